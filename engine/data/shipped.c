#include "data/shipped.h"

char *
ph_shipped_dup_path (const char *name)
{
  const char *folder = g_getenv ("PHOSPHENE_DATA_DIR");

  return g_build_filename (folder != NULL ? folder : PH_DATA_DIR, name, NULL);
}
