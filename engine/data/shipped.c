#include "data/shipped.h"

#include <glib/gi18n.h>
#include <string.h>

const PhShippedNetwork ph_shipped_networks[] = {
  { "things", "networks/things.onnx", N_ ("Textures and Things") },
  { "emotions-head", "networks/emotions-head.onnx", N_ ("Emotions, New Head Only") },
  { "emotions-fine-tuned", "networks/emotions-fine-tuned.onnx", N_ ("Emotions, Fine-Tuned") },
  { "emotions-scratch", "networks/emotions-scratch.onnx", N_ ("Emotions, from Scratch") },
  { "faces-autoencoder", "networks/faces-autoencoder.onnx", N_ ("Autoencoder of Faces") },
  { "faces-denoiser", "networks/faces-denoiser.onnx", N_ ("Denoiser of Faces") },
  { "textbook", PH_SHIPPED_TEXTBOOK, N_ ("Textbook, Designed by Hand") },
  { NULL },
};

char *
ph_shipped_dup_path (const char *name)
{
  const char *folder = g_getenv ("PHOSPHENE_DATA_DIR");

  return g_build_filename (folder != NULL ? folder : PH_DATA_DIR, name, NULL);
}

char *
ph_shipped_dup_network (const char *name)
{
  gsize length = name == NULL                       ? 0
                 : g_str_has_suffix (name, ".onnx") ? strlen (name) - strlen (".onnx")
                                                    : strlen (name);

  for (const PhShippedNetwork *network = ph_shipped_networks; network->name != NULL; network++)
    {
      g_autofree char *path = NULL;

      if (name != NULL &&
          (strlen (network->name) != length || strncmp (network->name, name, length) != 0))
        continue;
      path = ph_shipped_dup_path (network->file);
      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return NULL;
}
