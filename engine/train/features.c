#include "train/features.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/npy.h"
#include "train/evaluate.h"
#include "train/feed.h"

/* The file in the user's cache, named by everything that the features depend on. */
static char *
dup_cache_path (PhModel *model, const char *value, PhDataset *dataset, const guint *items, guint n)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  const PhPreprocess *p = ph_model_get_preprocess (model);
  g_autofree char *name = NULL;

  if (ph_model_get_digest (model) == NULL || ph_model_get_digest (model)[0] == '\0')
    return NULL;

  g_autofree char *about =
      g_strdup_printf ("%s\n%s\n%s\n%u %u %u %d %d %a\n", PH_VERSION, ph_model_get_digest (model),
                       value, p->channels, p->height, p->width, p->bgr, p->nhwc, (double)p->scale);

  g_checksum_update (sum, (const guchar *)about, -1);
  g_checksum_update (sum, (const guchar *)p->mean, sizeof p->mean);
  g_checksum_update (sum, (const guchar *)p->std, sizeof p->std);
  g_checksum_update (sum, (const guchar *)ph_dataset_get_identity (dataset), -1);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *item = ph_dataset_dup_item_name (dataset, items[i]);
      guint64 stamp = ph_dataset_get_stamp (dataset, items[i]);

      g_checksum_update (sum, (const guchar *)item, -1);
      g_checksum_update (sum, (const guchar *)&stamp, sizeof stamp);
    }
  name = g_strconcat (g_checksum_get_string (sum), ".npy", NULL);
  return g_build_filename (g_get_user_cache_dir (), "phosphene", "features", name, NULL);
}

static PhTensor *
load (const char *path, guint n)
{
  PhTensor *tensor = path != NULL ? ph_npy_load (path, NULL) : NULL;

  if (tensor != NULL && tensor->type == PH_TYPE_FLOAT && tensor->shape.rank == 2 &&
      tensor->shape.dim[0] == (gint64)n)
    return tensor;
  g_clear_pointer (&tensor, ph_tensor_unref);
  return NULL;
}

/* A cache that cannot be written costs time the next time, nothing else. */
static void
keep (const PhTensor *tensor, const char *path)
{
  g_autofree char *folder = NULL;

  if (path == NULL)
    return;
  folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) == 0)
    ph_npy_save (tensor, path, NULL);
}

PhTensor *
ph_features_compute (PhModel *model, PhGraph *graph, int value, PhDataset *dataset,
                     const guint *items, guint n, guint *size, const PhMonitor *monitor,
                     GCancellable *cancellable, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  g_autofree char *path =
      dup_cache_path (model, ph_graph_get_value (graph, value)->name, dataset, items, n);
  PhFeedOptions options = { .batch = 8, .n_epochs = 1 };
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width), result;
  g_autoptr (PhFeed) feed = NULL;
  PhTensor *tensor = load (path, n);
  float *features;

  if (tensor != NULL)
    {
      *size = (guint)tensor->shape.dim[1];
      return tensor;
    }
  feed = ph_feed_new_images (dataset, items, n, p, &options, error);
  if (feed == NULL)
    return NULL;
  features = ph_predict (graph, value, &shape, feed, n, size, "computing features", monitor,
                         cancellable, error);
  if (features == NULL)
    return NULL;
  result = PH_SHAPE (n, *size);
  tensor = ph_tensor_new (PH_TYPE_FLOAT, &result, error);
  if (tensor != NULL)
    {
      memcpy (tensor->f, features, tensor->n * sizeof (float));
      keep (tensor, path);
    }
  ph_aligned_free (features);
  return tensor;
}
