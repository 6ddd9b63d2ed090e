#include "study/scan.h"

#include <glib/gi18n.h>
#include <string.h>

#include "study/showing.h"

#define BATCH PH_SHOWING_BATCH

/* Seconds between two writes: short at first, so that results appear, then longer, and never so
 * short that writing takes more than a twentieth of the time. */
#define FIRST_ROUND 2.0
#define LATER_ROUNDS 8.0
#define ROUND_PER_WRITE 20.0

typedef struct
{
  PhModel *model;
  PhDataset *dataset;
  const PhPeers *peers;
  const PhMonitor *monitor;
  GCancellable *cancellable;
  gint64 begun; /* when the scanning itself began */

  /* owned */
  PhTargets *targets;
  PhStore *store;    /* rank 0 */
  PhTally *tally;    /* rank 0: everything; others: since the last time they told */
  PhTally *received; /* rank 0, when there are others */
  GArray *waiting;   /* of PhWaiting: all that is to be done */
  GArray *own;       /* of PhWaiting: this rank's share */
  PhShowing *showing;
  GArray *scanned; /* of PhScanned: in this round */
  guint at;        /* of own: the next */
  guint n_done;    /* of waiting, by all ranks */
} Scan;

static void
clear_scanned (gpointer data)
{
  g_free (((PhScanned *)data)->failure);
}

static gboolean
is_first (const Scan *scan)
{
  return scan->peers == NULL || scan->peers->rank == 0;
}

static gboolean
agree (const Scan *scan, gboolean good)
{
  return scan->peers != NULL ? scan->peers->agree (good, scan->peers->data) : good;
}

static void
scan_clear (Scan *scan)
{
  g_clear_pointer (&scan->showing, ph_showing_free);
  g_clear_pointer (&scan->waiting, g_array_unref);
  g_clear_pointer (&scan->own, g_array_unref);
  g_clear_pointer (&scan->scanned, g_array_unref);
  g_clear_pointer (&scan->tally, ph_tally_free);
  g_clear_pointer (&scan->received, ph_tally_free);
  g_clear_pointer (&scan->store, ph_store_close);
  g_clear_pointer (&scan->targets, ph_targets_free);
}

/* Rank 0 looks what there is to do and tells the others. */
static gboolean
find_work (Scan *scan, const char *path, gboolean *anew, GError **error)
{
  gboolean good = TRUE;

  if (is_first (scan))
    {
      scan->store = ph_store_open (path, TRUE, error);
      good = scan->store != NULL &&
             ph_store_begin (scan->store, scan->model, scan->targets, scan->dataset, &scan->waiting,
                             anew, scan->cancellable, error) &&
             ph_store_load (scan->store, scan->tally, error);
    }
  if (!agree (scan, good))
    return FALSE;
  if (scan->peers == NULL)
    return TRUE;

  g_autoptr (GBytes) mine =
      is_first (scan) ? g_bytes_new (scan->waiting->data, scan->waiting->len * sizeof (PhWaiting))
                      : NULL;
  g_autoptr (GBytes) told = scan->peers->broadcast (mine, scan->peers->data);

  if (!is_first (scan))
    {
      gsize n;
      gconstpointer data = g_bytes_get_data (told, &n);

      scan->waiting = g_array_new (FALSE, FALSE, sizeof (PhWaiting));
      g_array_append_vals (scan->waiting, data, (guint)(n / sizeof (PhWaiting)));
    }
  return TRUE;
}

/* The images are dealt out one by one, so that all ranks are about equally far. */
static gboolean
take_share (Scan *scan, GError **error)
{
  guint rank = scan->peers != NULL ? scan->peers->rank : 0;
  guint size = scan->peers != NULL ? scan->peers->size : 1;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));

  scan->own = g_array_new (FALSE, FALSE, sizeof (PhWaiting));
  for (guint i = rank; i < scan->waiting->len; i += size)
    {
      PhWaiting *image = &g_array_index (scan->waiting, PhWaiting, i);

      g_array_append_val (scan->own, *image);
      g_array_append_val (items, image->item);
    }
  scan->showing = ph_showing_new (scan->model, scan->targets, scan->dataset, (guint *)items->data,
                                  items->len, TRUE, error);
  return scan->showing != NULL;
}

/* A batch that is being looked at. */
typedef struct
{
  Scan *scan;
  const PhBatch *batch;
  const PhWaiting *images;
  int places[BATCH]; /* in the even sample */
} Work;

static void
add_to_tally (guint i, const float *const *values, gpointer data)
{
  Work *work = data;

  ph_tally_add (work->scan->tally, work->images[i].image, work->batch->digests[i],
                work->batch->labels[i], work->places[i], values);
}

static gboolean
scan_batch (Scan *scan, GError **error)
{
  PhBatch *batch = ph_showing_read (scan->showing, scan->cancellable, error);
  Work work = { .scan = scan, .batch = batch };

  if (batch == NULL)
    return FALSE;
  work.images = &g_array_index (scan->own, PhWaiting, scan->at);
  for (guint i = 0; i < batch->n; i++)
    work.places[i] = batch->failures[i] == NULL
                         ? ph_tally_sample (scan->tally, batch->digests[i], work.images[i].image)
                         : -1;
  /* A later image of the batch may have taken the place of an earlier one. */
  for (guint i = 0; i < batch->n; i++)
    if (work.places[i] >= 0 && scan->tally->sample.image[work.places[i]] != work.images[i].image)
      work.places[i] = -1;
  if (!ph_showing_look (scan->showing, batch, add_to_tally, &work, scan->cancellable, error))
    return FALSE;
  for (guint i = 0; i < batch->n; i++)
    {
      PhScanned scanned = { work.images[i].image, batch->digests[i],
                            g_strdup (batch->failures[i]) };

      g_array_append_val (scan->scanned, scanned);
    }
  scan->at += batch->n;
  ph_showing_release (scan->showing, batch);
  return TRUE;
}

static void
report (const Scan *scan, guint n_round)
{
  guint size = scan->peers != NULL ? scan->peers->size : 1;
  guint n = scan->waiting->len, done = MIN (scan->n_done + n_round * size, n);
  double seconds = (double)(g_get_monotonic_time () - scan->begun) * 1e-6;
  double rate = done / MAX (seconds, 1e-3), left = (n - done) / MAX (rate, 1e-3);
  g_autofree char *message =
      left < 90
          ? g_strdup_printf (_ ("%u of %u images, %.0f a second, %.0f s left"), done, n, rate, left)
          : g_strdup_printf (_ ("%u of %u images, %.0f a second, %.0f min left"), done, n, rate,
                             left / 60);

  ph_monitor_progress (scan->monitor, (double)done / MAX (n, 1), message);
}

/* What a rank tells of a round: how many images, those, then its tally. */
static GBytes *
pack_round (const Scan *scan)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr (GBytes) tally = ph_tally_pack (scan->tally);
  guint n = scan->scanned->len;
  gsize size;

  g_byte_array_append (bytes, (guint8 *)&n, sizeof n);
  for (guint i = 0; i < n; i++)
    {
      const PhScanned *scanned = &g_array_index (scan->scanned, PhScanned, i);
      const char *failure = scanned->failure != NULL ? scanned->failure : "";

      g_byte_array_append (bytes, (guint8 *)&scanned->image, sizeof scanned->image);
      g_byte_array_append (bytes, (guint8 *)&scanned->digest, sizeof scanned->digest);
      g_byte_array_append (bytes, (guint8 *)failure, (guint)strlen (failure) + 1);
    }
  g_byte_array_append (bytes, g_bytes_get_data (tally, &size), (guint)g_bytes_get_size (tally));
  return g_byte_array_free_to_bytes (bytes);
}

static void
unpack_round (Scan *scan, GBytes *bytes)
{
  gsize size, at = sizeof (guint);
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint n;

  memcpy (&n, data, sizeof n);
  for (guint i = 0; i < n; i++)
    {
      PhScanned scanned;

      memcpy (&scanned.image, data + at, sizeof scanned.image);
      at += sizeof scanned.image;
      memcpy (&scanned.digest, data + at, sizeof scanned.digest);
      at += sizeof scanned.digest;
      scanned.failure = data[at] != '\0' ? g_strdup ((const char *)data + at) : NULL;
      at += strlen ((const char *)data + at) + 1;
      g_array_append_val (scan->scanned, scanned);
    }

  g_autoptr (GBytes) tally = g_bytes_new_from_bytes (bytes, at, size - at);

  g_assert (ph_tally_unpack (scan->received, tally));
  ph_tally_join (scan->tally, scan->received);
}

/* Brings together what all ranks found in the round; in rank 0 it is written. */
static gboolean
end_round (Scan *scan, GError **error)
{
  gboolean good = TRUE;

  if (scan->peers != NULL)
    {
      g_autoptr (GBytes) mine = is_first (scan) ? g_bytes_new (NULL, 0) : pack_round (scan);
      g_autoptr (GPtrArray) all = scan->peers->gather (mine, scan->peers->data);

      for (guint i = 1; all != NULL && i < all->len; i++)
        unpack_round (scan, all->pdata[i]);
      if (!is_first (scan))
        ph_tally_clear (scan->tally);
    }
  scan->n_done += scan->scanned->len;
  if (is_first (scan) && scan->scanned->len > 0)
    good = ph_store_commit (scan->store, scan->tally, (PhScanned *)scan->scanned->data,
                            scan->scanned->len, error);
  g_array_set_size (scan->scanned, 0);
  return agree (scan, good);
}

/* How many images each rank looks at before the next write. */
static guint
plan_round (Scan *scan, double seconds, double writing, guint n_last)
{
  double wanted = MAX (n_last == 0 ? FIRST_ROUND : LATER_ROUNDS, ROUND_PER_WRITE * writing);
  guint n = n_last == 0 ? BATCH : (guint)MIN (n_last * wanted / MAX (seconds, 1e-3), 1e6);

  n = MAX (n / BATCH, 1) * BATCH;
  if (scan->peers != NULL)
    {
      g_autoptr (GBytes) mine = g_bytes_new (&n, sizeof n);
      g_autoptr (GBytes) told = scan->peers->broadcast (mine, scan->peers->data);

      memcpy (&n, g_bytes_get_data (told, NULL), sizeof n);
    }
  return n;
}

static gboolean
scan_rounds (Scan *scan, GError **error)
{
  guint size = scan->peers != NULL ? scan->peers->size : 1;
  guint n_rounds_left = scan->waiting->len, n = 0;
  double seconds = 0, writing = 0;
  gboolean go_on = TRUE, good = TRUE;

  scan->begun = g_get_monotonic_time ();
  while (go_on && n_rounds_left > 0)
    {
      gint64 start = g_get_monotonic_time ();
      guint end;

      n = plan_round (scan, seconds, writing, n);
      end = MIN (scan->at + n, scan->own->len);
      while (good && scan->at < end && !ph_monitor_should_stop (scan->monitor))
        {
          ph_monitor_wait (scan->monitor, scan->cancellable);
          good = scan_batch (scan, error);
          report (scan, good ? scan->scanned->len : 0);
        }
      seconds = (double)(g_get_monotonic_time () - start) * 1e-6;
      start = g_get_monotonic_time ();
      if (!agree (scan, good) || !end_round (scan, error))
        return FALSE;
      writing = (double)(g_get_monotonic_time () - start) * 1e-6;
      n_rounds_left -= MIN (n_rounds_left, n * size);
      go_on = agree (scan, !ph_monitor_should_stop (scan->monitor));
    }
  return TRUE;
}

static gboolean
run (Scan *scan, const char *const *layers, gboolean at_position, guint row, guint column,
     PhScanResult *result, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  PhProgress progress = { 0 };
  gboolean good;

  scan->scanned = g_array_new (FALSE, FALSE, sizeof (PhScanned));
  g_array_set_clear_func (scan->scanned, clear_scanned);
  scan->targets = ph_targets_new (scan->model, layers, at_position, row, column, error);
  good = scan->targets != NULL;
  if (good)
    {
      guint n_classes = ph_dataset_get_n_classes (scan->dataset);

      result->path =
          ph_store_dup_path (scan->model, ph_dataset_get_identity (scan->dataset), scan->targets);
      result->n_units = ph_targets_get_n_units (scan->targets);
      scan->tally = ph_tally_new (scan->targets, n_classes, error);
      if (scan->peers != NULL && is_first (scan))
        scan->received = ph_tally_new (scan->targets, n_classes, error);
      good = scan->tally != NULL && (scan->peers == NULL || !is_first (scan) || scan->received);
    }
  if (!agree (scan, good) || !find_work (scan, result->path, &result->anew, error))
    return FALSE;
  good = take_share (scan, error);
  if (!agree (scan, good) || !scan_rounds (scan, error))
    return FALSE;
  if (is_first (scan) && !ph_store_get_progress (scan->store, &progress, error))
    return FALSE;
  result->n_images = progress.n;
  result->n_done = progress.done;
  result->n_failed = progress.failed;
  result->n_scanned = scan->n_done;
  result->seconds = (double)(g_get_monotonic_time () - start) * 1e-6;
  return TRUE;
}

gboolean
ph_scan_run (PhModel *model, PhDataset *dataset, const char *const *layers, gboolean at_position,
             guint row, guint column, const PhPeers *peers, PhScanResult *result,
             const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  Scan scan = { .model = model,
                .dataset = dataset,
                .peers = peers,
                .monitor = monitor,
                .cancellable = cancellable };
  gboolean good;

  memset (result, 0, sizeof *result);
  good = run (&scan, layers, at_position, row, column, result, error);
  scan_clear (&scan);
  if (!good)
    g_clear_pointer (&result->path, g_free);
  return good;
}
