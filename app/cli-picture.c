#include "app/cli.h"

PhImage *
ph_cli_load_picture (const char *name, PhDataset *dataset, GError **error)
{
  guint64 number;
  int item;

  if (dataset == NULL)
    return ph_image_load (name, error);
  if (g_ascii_string_to_unsigned (name, 10, 0, ph_dataset_get_n_items (dataset) - 1, &number, NULL))
    return ph_dataset_load (dataset, (guint)number, 0, error);
  item = ph_dataset_find (dataset, name);
  if (item >= 0)
    return ph_dataset_load (dataset, (guint)item, 0, error);
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               "%s holds no image “%s”; name one, or give its number, 0 to %u",
               ph_dataset_get_name (dataset), name, ph_dataset_get_n_items (dataset) - 1);
  return NULL;
}
