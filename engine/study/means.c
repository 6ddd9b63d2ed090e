#include "study/means.h"

#include <glib/gi18n.h>
#include <string.h>

#include "kernels/summary.h"
#include "study/showing.h"

/* Images between two writes, and seconds after which there is one in any case. */
#define MOST_PENDING 256
#define SECONDS 4

typedef struct
{
  const PhTargets *targets;
  PhStore *store;
  gsize n_units;
  GArray *wanted;  /* owned; of guint64: digests of the images that are missing */
  GArray *items;   /* owned; of guint: where they are in the dataset */
  float *means;    /* owned; (MOST_PENDING, n_units) */
  guint64 *digest; /* owned; of those that are pending */
  guint n_pending;
  guint at;             /* of wanted: the next */
  const PhBatch *batch; /* in hand */
  gint64 written;
} Work;

static void
work_clear (Work *work)
{
  g_array_unref (work->wanted);
  g_array_unref (work->items);
  g_free (work->means);
  g_free (work->digest);
}

static double
mean_of (const PhTarget *target, const float *x)
{
  double sum = 0;

  if (target->stride == 1)
    {
      PhSummary summary;

      ph_summarise (target->count, x, &summary);
      return summary.sum / (double)target->count;
    }
  for (gsize i = 0; i < target->count; i++)
    sum += x[i * target->stride];
  return sum / (double)target->count;
}

static void
take_means (guint i, const float *const *values, gpointer data)
{
  Work *work = data;
  float *row = work->means + (work->n_pending + i) * work->n_units;

  for (guint t = 0; t < work->targets->targets->len; t++)
    {
      const PhTarget *target = work->targets->targets->pdata[t];

      for (guint c = 0; c < target->n_channels; c++)
        *row++ = (float)mean_of (target, values[t] + target->offset + c * target->step);
    }
}

static int
compare_digests (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *)a, y = *(const guint64 *)b;

  return x < y ? -1 : x > y;
}

static gboolean
find_missing (Work *work, PhDataset *dataset, const PhStoreImage *images, guint n, GError **error)
{
  g_autoptr (GArray) known = ph_store_list_means (work->store, error);
  g_autoptr (GHashTable) items = NULL;

  if (known == NULL)
    return FALSE;
  items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < ph_dataset_get_n_items (dataset); i++)
    g_hash_table_insert (items, ph_dataset_dup_item_name (dataset, i), GUINT_TO_POINTER (i + 1));
  for (guint i = 0; i < n; i++)
    {
      guint item = GPOINTER_TO_UINT (g_hash_table_lookup (items, images[i].name));

      if (item == 0 || g_array_binary_search (known, &images[i].digest, compare_digests, NULL))
        continue;
      item--;
      g_array_append_val (work->items, item);
      g_array_append_val (work->wanted, images[i].digest);
    }
  return TRUE;
}

static gboolean
write_pending (Work *work, GError **error)
{
  g_autofree const float **rows = g_new (const float *, work->n_pending + 1);

  for (guint i = 0; i < work->n_pending; i++)
    rows[i] = work->means + i * work->n_units;
  if (work->n_pending > 0 && !ph_store_write_means (work->store, work->targets, work->digest, rows,
                                                    work->n_pending, error))
    return FALSE;
  work->n_pending = 0;
  work->written = g_get_monotonic_time ();
  return TRUE;
}

static gboolean
look_at_batch (Work *work, PhShowing *showing, GCancellable *cancellable, GError **error)
{
  PhBatch *batch = ph_showing_read (showing, cancellable, error);
  guint kept = work->n_pending;

  if (batch == NULL || !ph_showing_look (showing, batch, take_means, work, cancellable, error))
    return FALSE;
  /* An image that can no longer be read is left out. */
  for (guint i = 0; i < batch->n; i++)
    {
      if (batch->failures[i] != NULL)
        continue;
      memmove (work->means + kept * work->n_units,
               work->means + (work->n_pending + i) * work->n_units, work->n_units * sizeof (float));
      work->digest[kept++] = g_array_index (work->wanted, guint64, work->at + i);
    }
  work->n_pending = kept;
  work->at += batch->n;
  ph_showing_release (showing, batch);
  if (work->n_pending + PH_SHOWING_BATCH <= MOST_PENDING &&
      g_get_monotonic_time () - work->written < SECONDS * (gint64)G_USEC_PER_SEC)
    return TRUE;
  return write_pending (work, error);
}

static gboolean
compute (Work *work, PhModel *model, PhDataset *dataset, const PhMonitor *monitor,
         GCancellable *cancellable, GError **error)
{
  guint n = work->wanted->len;
  g_autoptr (PhShowing) showing = NULL;

  if (n == 0)
    return TRUE;
  work->means = g_try_new (float, MOST_PENDING * work->n_units);
  work->digest = g_new (guint64, MOST_PENDING);
  if (work->means == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "There is no memory for the means of %zu units", work->n_units);
      return FALSE;
    }
  showing =
      ph_showing_new (model, work->targets, dataset, (guint *)work->items->data, n, FALSE, error);
  if (showing == NULL)
    return FALSE;
  work->written = g_get_monotonic_time ();
  while (work->at < n && !ph_monitor_should_stop (monitor))
    {
      g_autofree char *message = g_strdup_printf (_ ("%s: means of image %u of %u"),
                                                  ph_model_get_name (model), work->at, n);

      ph_monitor_wait (monitor, cancellable);
      ph_monitor_progress (monitor, (double)work->at / n, message);
      if (!look_at_batch (work, showing, cancellable, error))
        return FALSE;
    }
  return write_pending (work, error);
}

gboolean
ph_means_run (PhModel *model, const PhTargets *targets, PhDataset *dataset, PhStore *store,
              const PhStoreImage *images, guint n, const PhMonitor *monitor,
              GCancellable *cancellable, GError **error)
{
  Work work = { .targets = targets,
                .store = store,
                .n_units = ph_targets_get_n_units (targets),
                .wanted = g_array_new (FALSE, FALSE, sizeof (guint64)),
                .items = g_array_new (FALSE, FALSE, sizeof (guint)) };
  gboolean good = find_missing (&work, dataset, images, n, error) &&
                  compute (&work, model, dataset, monitor, cancellable, error);

  work_clear (&work);
  return good;
}
