#include "embed/encode.h"

#include <math.h>

#include "base/folder.h"
#include "base/npy.h"

/* (nullable): the file for these vectors: another one as soon as an image, the network or the
 * program has changed. */
static char *
dup_path (const PhEncoder *encoder, PhDataset *dataset)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *const texts[] = { PH_VERSION, ph_encoder_get_identity (encoder),
                                ph_dataset_get_identity (dataset) };
  g_autofree char *name = NULL;

  if (ph_encoder_get_identity (encoder) == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_checksum_update (sum, (const guchar *)texts[i], -1);
      g_checksum_update (sum, (const guchar *)"\n", 1);
    }
  for (guint i = 0; i < ph_dataset_get_n_items (dataset); i++)
    {
      g_autofree char *item = ph_dataset_dup_item_name (dataset, i);
      guint64 stamp = ph_dataset_get_stamp (dataset, i);

      g_checksum_update (sum, (const guchar *)item, -1);
      g_checksum_update (sum, (const guchar *)&stamp, sizeof stamp);
    }
  name = g_strconcat (g_checksum_get_string (sum), ".npy", NULL);
  return g_build_filename (g_get_user_cache_dir (), "phosphene", "embeddings", name, NULL);
}

/* A file that cannot be read is as good as none. */
static PhTensor *
load (const PhEncoder *encoder, PhDataset *dataset, const char *path, guint *n_failed)
{
  const gsize size = ph_encoder_get_size (encoder);
  g_autoptr (PhTensor) kept = ph_npy_load (path, NULL);

  if (kept == NULL || kept->type != PH_TYPE_FLOAT || kept->shape.rank != 2 ||
      kept->shape.dim[0] != ph_dataset_get_n_items (dataset) || kept->shape.dim[1] != (gint64)size)
    return NULL;
  for (gint64 i = 0; i < kept->shape.dim[0]; i++)
    *n_failed += isnan (kept->f[(gsize)i * size]);
  return g_steal_pointer (&kept);
}

PhTensor *
ph_encoder_dataset_kept (PhEncoder *encoder, PhDataset *dataset, guint *n_failed,
                         const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autofree char *path = dup_path (encoder, dataset);
  guint failed = 0;
  PhTensor *vectors = path != NULL ? load (encoder, dataset, path, &failed) : NULL;

  if (vectors == NULL)
    {
      g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

      failed = 0;
      vectors =
          ph_encoder_dataset (encoder, dataset, NULL, 0, &failed, monitor, cancellable, error);
      /* One that cannot be written costs time the next time, nothing else. */
      if (vectors != NULL && folder != NULL && ph_folder_make (folder, 0700, NULL))
        ph_npy_save (vectors, path, NULL);
    }
  if (n_failed != NULL)
    *n_failed = failed;
  return vectors;
}
