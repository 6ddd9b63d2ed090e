#include "train/features.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "train/checkpoint.h"
#include "train/evaluate.h"
#include "train/feed.h"

#define CHUNK 256          /* images between two looks at the clock */
#define SAVE_AFTER 30      /* seconds of work that may be lost */
#define LARGEST (1u << 28) /* numbers in a cache file */

/* The vectors of all images that were ever asked for, by what tells an image from others. */
typedef struct
{
  char *path;       /* owned; %NULL: nothing is kept */
  char *identity;   /* owned */
  GArray *keys;     /* guint64: one an image */
  GArray *values;   /* float: size for each of the keys */
  GHashTable *rows; /* gint64 * (of the keys) → row + 1 */
  guint size;
} Cache;

/* Everything that the vectors depend on besides the image. */
static char *
dup_identity (PhModel *model, const char *value, PhDataset *dataset)
{
  g_autofree char *preprocess = ph_preprocess_dup_text (ph_model_get_preprocess (model));

  return g_strdup_printf ("%s\n%s\n%s\n%s\n%s", PH_VERSION, ph_model_get_digest (model), value,
                          ph_dataset_get_identity (dataset), preprocess);
}

static guint64
item_key (PhDataset *dataset, guint item)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *name = ph_dataset_dup_item_name (dataset, item);
  guint64 stamp = ph_dataset_get_stamp (dataset, item), key;
  guint8 digest[32];
  gsize n = sizeof digest;

  g_checksum_update (sum, (const guchar *)name, -1);
  g_checksum_update (sum, (const guchar *)&stamp, sizeof stamp);
  g_checksum_get_digest (sum, digest, &n);
  memcpy (&key, digest, sizeof key);
  return key;
}

static void
index_rows (Cache *cache, guint first)
{
  /* The keys move when their array grows, so the table has copies. */
  for (guint i = first; i < cache->keys->len; i++)
    g_hash_table_insert (cache->rows,
                         g_memdup2 (&g_array_index (cache->keys, guint64, i), sizeof (guint64)),
                         GUINT_TO_POINTER (i + 1));
}

/* A cache that cannot be read is as good as none. */
static void
cache_load (Cache *cache)
{
  g_autoptr (PhCheckpoint) file =
      cache->path != NULL ? ph_checkpoint_load (cache->path, cache->identity, NULL) : NULL;
  guint n = 0, size = 0;

  if (file == NULL)
    return;
  ph_checkpoint_bytes (file, &n, sizeof n);
  ph_checkpoint_bytes (file, &size, sizeof size);
  if (n == 0 || size == 0 || n > LARGEST / size)
    return;
  g_array_set_size (cache->keys, n);
  g_array_set_size (cache->values, n * size);
  ph_checkpoint_bytes (file, cache->keys->data, n * sizeof (guint64));
  ph_checkpoint_bytes (file, cache->values->data, (gsize)n * size * sizeof (float));
  cache->size = size;
  if (ph_checkpoint_is_complete (file))
    index_rows (cache, 0);
  else
    {
      g_array_set_size (cache->keys, 0);
      g_array_set_size (cache->values, 0);
      cache->size = 0;
    }
}

/* One that cannot be written costs time the next time, nothing else. */
static void
cache_save (Cache *cache)
{
  g_autoptr (PhCheckpoint) file = NULL;
  g_autofree char *folder = NULL;
  guint n = cache->keys->len;

  if (cache->path == NULL || n > LARGEST / MAX (cache->size, 1))
    return;
  folder = g_path_get_dirname (cache->path);
  if (g_mkdir_with_parents (folder, 0700) != 0)
    return;
  file = ph_checkpoint_new ();
  ph_checkpoint_bytes (file, &n, sizeof n);
  ph_checkpoint_bytes (file, &cache->size, sizeof cache->size);
  ph_checkpoint_bytes (file, cache->keys->data, n * sizeof (guint64));
  ph_checkpoint_bytes (file, cache->values->data, (gsize)n * cache->size * sizeof (float));
  ph_checkpoint_save (file, cache->path, cache->identity, NULL);
}

static void
cache_init (Cache *cache, PhModel *model, const char *value, PhDataset *dataset)
{
  const char *digest = ph_model_get_digest (model);

  *cache = (Cache){ .keys = g_array_new (FALSE, FALSE, sizeof (guint64)),
                    .values = g_array_new (FALSE, FALSE, sizeof (float)),
                    .rows = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL) };
  if (digest == NULL || *digest == '\0')
    return;
  cache->identity = dup_identity (model, value, dataset);

  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, cache->identity, -1);

  cache->path = g_build_filename (g_get_user_cache_dir (), "phosphene", "features", sum, NULL);
  cache_load (cache);
}

static void
cache_clear (Cache *cache)
{
  g_free (cache->path);
  g_free (cache->identity);
  g_array_unref (cache->keys);
  g_array_unref (cache->values);
  g_hash_table_unref (cache->rows);
}

static gboolean
compute_chunk (Cache *cache, PhModel *model, PhGraph *graph, int value, PhDataset *dataset,
               const guint *items, const guint64 *keys, guint n, const PhMonitor *monitor,
               GCancellable *cancellable, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);
  PhFeedOptions options = { .batch = 8, .n_epochs = 1 };
  g_autoptr (PhFeed) feed = ph_feed_new_images (dataset, items, n, p, &options, error);
  guint size, first = cache->keys->len;
  float *features = feed != NULL ? ph_predict (graph, value, &shape, feed, n, &size, NULL, monitor,
                                               cancellable, error)
                                 : NULL;

  if (features == NULL)
    return FALSE;
  cache->size = size;
  /* An image that cannot be read is tried again the next time. */
  for (guint i = 0; i < n; i++)
    if (!isnan (features[(gsize)i * size]))
      {
        g_array_append_val (cache->keys, keys[i]);
        g_array_append_vals (cache->values, features + (gsize)i * size, size);
      }
  index_rows (cache, first);
  ph_aligned_free (features);
  return TRUE;
}

/* Computes what is missing. */
static gboolean
complete (Cache *cache, PhModel *model, PhGraph *graph, int value, PhDataset *dataset,
          const guint *items, guint n, const PhMonitor *monitor, GCancellable *cancellable,
          GError **error)
{
  g_autoptr (GArray) missing = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  gint64 saved = g_get_monotonic_time ();
  gboolean done = TRUE;

  for (guint i = 0; i < n; i++)
    {
      guint64 key = item_key (dataset, items[i]);

      if (g_hash_table_contains (cache->rows, &key))
        continue;
      g_array_append_val (missing, items[i]);
      g_array_append_val (keys, key);
    }
  for (guint i = 0; i < missing->len && done; i += CHUNK)
    {
      ph_monitor_progress (monitor, (double)i / missing->len, _ ("computing features"));
      done = compute_chunk (cache, model, graph, value, dataset, &g_array_index (missing, guint, i),
                            &g_array_index (keys, guint64, i), MIN (CHUNK, missing->len - i),
                            monitor, cancellable, error);
      if (done && i + CHUNK < missing->len &&
          g_get_monotonic_time () - saved > SAVE_AFTER * (gint64)G_USEC_PER_SEC)
        {
          cache_save (cache);
          saved = g_get_monotonic_time ();
        }
    }
  if (missing->len > 0)
    cache_save (cache);
  return done;
}

static PhTensor *
collect (Cache *cache, PhDataset *dataset, const guint *items, guint n, GError **error)
{
  PhShape shape = PH_SHAPE (n, cache->size);
  PhTensor *tensor = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);

  for (guint i = 0; i < n && tensor != NULL; i++)
    {
      guint64 key = item_key (dataset, items[i]);
      guint row = GPOINTER_TO_UINT (g_hash_table_lookup (cache->rows, &key));
      float *vector = tensor->f + (gsize)i * cache->size;

      if (row > 0)
        memcpy (vector, &g_array_index (cache->values, float, (gsize)(row - 1) * cache->size),
                cache->size * sizeof (float));
      else
        for (guint j = 0; j < cache->size; j++)
          vector[j] = NAN;
    }
  return tensor;
}

/* A new head names what it reads alike wherever it is put: only what it was put on tells. */
static char *
dup_source (PhModel *model, const PhGraph *graph, int value)
{
  PhGraph *base = ph_model_get_graph (model);
  GString *text = g_string_new (ph_graph_get_value (graph, value)->name);

  while (ph_graph_find_value (base, ph_graph_get_value (graph, value)->name) < 0 &&
         ph_graph_get_value (graph, value)->producer >= 0)
    {
      value =
          ph_graph_get_node (graph, (guint)ph_graph_get_value (graph, value)->producer)->inputs[0];
      g_string_append_printf (text, " of %s", ph_graph_get_value (graph, value)->name);
    }
  return g_string_free (text, FALSE);
}

PhTensor *
ph_features_compute (PhModel *model, PhGraph *graph, int value, PhDataset *dataset,
                     const guint *items, guint n, guint *size, const PhMonitor *monitor,
                     GCancellable *cancellable, GError **error)
{
  g_autofree char *source = dup_source (model, graph, value);
  PhTensor *tensor = NULL;
  Cache cache;

  cache_init (&cache, model, source, dataset);
  if (complete (&cache, model, graph, value, dataset, items, n, monitor, cancellable, error))
    tensor = collect (&cache, dataset, items, n, error);
  *size = cache.size;
  cache_clear (&cache);
  return tensor;
}
