/* The scan's side of the store. */

#include "study/store-private.h"

#include <glib/gi18n.h>
#include <string.h>

enum
{
  STATE_WAITING,
  STATE_DONE,
  STATE_FAILED,
};

static gboolean
set_meta (PhStore *store, const char *key, const char *text, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "INSERT OR REPLACE INTO meta VALUES (?, ?)", error);

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 2, text, -1, SQLITE_STATIC);
  return ph_store_finish (store, statement, error);
}

/* Counts commits, so that a second writer notices the first. */
static gboolean
check_generation (PhStore *store, gboolean adopt, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT value FROM meta WHERE key = 'generation'", error);
  gboolean failed = FALSE;
  gint64 found = 0;

  if (statement == NULL)
    return FALSE;
  if (ph_store_step (store, statement, &failed, error))
    found = sqlite3_column_int64 (statement, 0);
  if (failed)
    return FALSE;
  if (adopt)
    store->generation = found;
  if (found == store->generation)
    return TRUE;
  g_set_error (
      error, PH_ERROR, PH_ERROR_DATA_INVALID,
      _ ("“%s”: another scan of the same images is running; wait for it, then start again"),
      store->path);
  return FALSE;
}

static gboolean
raise_generation (PhStore *store, GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("INSERT OR REPLACE INTO meta VALUES ('generation', %" G_GINT64_FORMAT ")",
                       store->generation + 1);

  return ph_store_run (store, sql, error);
}

/* Whether the item is still what was scanned as that row. */
static gboolean
is_unchanged (PhDataset *dataset, guint item, guint64 stamp, guint64 digest)
{
  g_autoptr (GBytes) bytes = NULL;

  if (ph_dataset_get_stamp (dataset, item) == stamp)
    return TRUE;
  bytes = ph_dataset_read (dataset, item, NULL);
  return bytes != NULL && ph_dataset_digest (bytes) == digest;
}

typedef struct
{
  PhDataset *dataset;
  GHashTable *items; /* name → item + 1; what is left is new */
  GArray *waiting;
  gboolean changed;
  guint32 next; /* number for the next new image */
} Registration;

/* Compares the images that are known with those that are there. */
static gboolean
look_at_known (PhStore *store, Registration *r, GCancellable *cancellable, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "SELECT id, name, stamp, digest, state FROM image ORDER BY id", error);
  gboolean failed = FALSE;

  while (statement != NULL && ph_store_step (store, statement, &failed, error))
    {
      PhWaiting image = { .image = (guint32)sqlite3_column_int64 (statement, 0) };
      const char *name = (const char *)sqlite3_column_text (statement, 1);
      int state = sqlite3_column_int (statement, 4);
      guint found = GPOINTER_TO_UINT (g_hash_table_lookup (r->items, name));

      r->next = image.image + 1;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (found == 0)
        {
          r->changed = TRUE;
          return TRUE;
        }
      g_hash_table_remove (r->items, name);
      image.item = found - 1;
      if (state == STATE_WAITING)
        g_array_append_val (r->waiting, image);
      else if (!is_unchanged (r->dataset, image.item, (guint64)sqlite3_column_int64 (statement, 2),
                              (guint64)sqlite3_column_int64 (statement, 3)))
        {
          /* One that could not be read counted nowhere and may have been mended. */
          if (state == STATE_FAILED)
            {
              g_array_append_val (r->waiting, image);
              continue;
            }
          r->changed = TRUE;
          return TRUE;
        }
    }
  return statement != NULL && !failed;
}

static gboolean
add_new (PhStore *store, Registration *r, GCancellable *cancellable, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store,
                        "INSERT INTO image (id, name, label, stamp, digest, state) "
                        "VALUES (?, ?, ?, ?, 0, 0)",
                        error);
  guint n = ph_dataset_get_n_items (r->dataset);

  for (guint i = 0; statement != NULL && i < n; i++)
    {
      g_autofree char *name = ph_dataset_dup_item_name (r->dataset, i);
      PhWaiting image = { r->next, i };

      if (!g_hash_table_contains (r->items, name))
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      sqlite3_bind_int64 (statement, 1, image.image);
      sqlite3_bind_text (statement, 2, name, -1, SQLITE_STATIC);
      sqlite3_bind_int (statement, 3, ph_dataset_get_label (r->dataset, i));
      sqlite3_bind_int64 (statement, 4, (gint64)ph_dataset_get_stamp (r->dataset, i));
      if (!ph_store_finish (store, statement, error))
        return FALSE;
      g_array_append_val (r->waiting, image);
      r->next++;
    }
  return statement != NULL;
}

static gboolean
write_layers (PhStore *store, const PhTargets *targets, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "INSERT OR REPLACE INTO layer VALUES (?, ?, ?, ?, ?, ?, ?)", error);

  for (guint i = 0; statement != NULL && i < targets->targets->len; i++)
    {
      const PhTarget *target = targets->targets->pdata[i];

      sqlite3_bind_int64 (statement, 1, i);
      sqlite3_bind_text (statement, 2, target->name, -1, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 3, target->n_channels);
      sqlite3_bind_int64 (statement, 4, target->rows);
      sqlite3_bind_int64 (statement, 5, target->columns);
      if (targets->at_position)
        {
          sqlite3_bind_int64 (statement, 6, targets->row);
          sqlite3_bind_int64 (statement, 7, targets->column);
        }
      if (!ph_store_finish (store, statement, error))
        return FALSE;
    }
  return statement != NULL;
}

static gboolean
write_class_names (PhStore *store, PhDataset *dataset, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "INSERT INTO class VALUES (?1, ?2, 0) ON CONFLICT (label) DO UPDATE SET name = ?2",
      error);

  for (guint i = 0; statement != NULL && i < ph_dataset_get_n_classes (dataset); i++)
    {
      sqlite3_bind_int64 (statement, 1, i);
      sqlite3_bind_text (statement, 2, ph_dataset_get_class_name (dataset, i), -1, SQLITE_STATIC);
      if (!ph_store_finish (store, statement, error))
        return FALSE;
    }
  return statement != NULL;
}

/* Class numbers shift when a class comes in between; sums are then of no use. */
static gboolean
classes_fit (PhStore *store, PhDataset *dataset, gboolean *fit, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT label, name FROM class", error);
  gboolean failed = FALSE;

  *fit = TRUE;
  while (statement != NULL && ph_store_step (store, statement, &failed, error))
    {
      guint label = (guint)sqlite3_column_int (statement, 0);

      *fit = *fit && label < ph_dataset_get_n_classes (dataset) &&
             g_strcmp0 (ph_dataset_get_class_name (dataset, label),
                        (const char *)sqlite3_column_text (statement, 1)) == 0;
    }
  return statement != NULL && !failed;
}

static GHashTable *
index_items (PhDataset *dataset)
{
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < ph_dataset_get_n_items (dataset); i++)
    g_hash_table_insert (items, ph_dataset_dup_item_name (dataset, i), GUINT_TO_POINTER (i + 1));
  return items;
}

static gboolean
begin (PhStore *store, PhModel *model, const PhTargets *targets, Registration *r, gboolean *anew,
       GCancellable *cancellable, GError **error)
{
  gboolean fit;

  if (!check_generation (store, TRUE, error) || !classes_fit (store, r->dataset, &fit, error) ||
      !look_at_known (store, r, cancellable, error))
    return FALSE;
  *anew = r->changed || !fit;
  if (*anew)
    {
      g_hash_table_unref (r->items);
      r->items = index_items (r->dataset);
      g_array_set_size (r->waiting, 0);
      r->next = 0;
      if (!ph_store_run (store,
                         "DELETE FROM image; DELETE FROM unit; DELETE FROM sample;"
                         "DELETE FROM class; DELETE FROM class_sum",
                         error))
        return FALSE;
    }
  return set_meta (store, "network", ph_model_get_name (model), error) &&
         set_meta (store, "dataset", ph_dataset_get_path (r->dataset), error) &&
         write_layers (store, targets, error) && write_class_names (store, r->dataset, error) &&
         add_new (store, r, cancellable, error) && raise_generation (store, error) &&
         ph_store_run (store, "COMMIT", error);
}

gboolean
ph_store_begin (PhStore *store, PhModel *model, const PhTargets *targets, PhDataset *dataset,
                GArray **waiting, gboolean *anew, GCancellable *cancellable, GError **error)
{
  Registration r = { .dataset = dataset };
  gboolean good;

  if (!ph_store_run (store, "BEGIN IMMEDIATE", error))
    return FALSE;
  r.items = index_items (dataset);
  r.waiting = g_array_new (FALSE, FALSE, sizeof (PhWaiting));
  good = begin (store, model, targets, &r, anew, cancellable, error);
  g_hash_table_unref (r.items);
  if (!good)
    {
      sqlite3_exec (store->db, "ROLLBACK", NULL, NULL, NULL);
      g_array_unref (r.waiting);
      return FALSE;
    }
  store->generation++;
  *waiting = r.waiting;
  return TRUE;
}

static void
bind_blob (sqlite3_stmt *statement, int at, gconstpointer data, gsize size)
{
  sqlite3_bind_blob (statement, at, size > 0 ? data : "", (int)size, SQLITE_TRANSIENT);
}

static void
bind_histogram (sqlite3_stmt *statement, int at, const PhHistogram *histogram)
{
  PhHistogramHead head = { histogram->exponent, 0, 0 };
  guint8 bytes[sizeof head + sizeof histogram->count];
  guint end = PH_N_BINS;

  while (head.first < PH_N_BINS && histogram->count[head.first] == 0)
    head.first++;
  while (end > head.first && histogram->count[end - 1] == 0)
    end--;
  head.n_bins = end - head.first;
  memcpy (bytes, &head, sizeof head);
  memcpy (bytes + sizeof head, histogram->count + head.first, head.n_bins * sizeof (guint32));
  bind_blob (statement, at, bytes, sizeof head + head.n_bins * sizeof (guint32));
}

static int
compare_places (gconstpointer a, gconstpointer b, gpointer data)
{
  const PhSample *sample = data;
  guint32 x = sample->image[*(const guint *)a], y = sample->image[*(const guint *)b];

  return x < y ? -1 : x > y;
}

/* Places of the sample in the order of their images: how the images came does not show. */
static void
sort_places (const PhSample *sample, guint *order)
{
  for (guint i = 0; i < sample->n; i++)
    order[i] = i;
  g_qsort_with_data (order, (int)sample->n, sizeof *order, compare_places, (gpointer)sample);
}

static gboolean
write_unit (PhStore *store, sqlite3_stmt *statement, guint layer, guint channel,
            const PhUnitTally *unit, const PhSample *sample, const guint *order, GError **error)
{
  PhSampleRow rows[PH_N_SAMPLE];

  for (guint i = 0; i < sample->n; i++)
    rows[i] = (PhSampleRow){ sample->image[order[i]], unit->sample_position[order[i]],
                             unit->sample_value[order[i]] };
  sqlite3_bind_int64 (statement, 1, layer);
  sqlite3_bind_int64 (statement, 2, channel);
  sqlite3_bind_int64 (statement, 3, (gint64)unit->n);
  bind_blob (statement, 4, unit->examples.highest, unit->examples.n_highest * sizeof (PhExample));
  bind_blob (statement, 5, unit->examples.lowest, unit->examples.n_lowest * sizeof (PhExample));
  bind_blob (statement, 6, rows, sample->n * sizeof *rows);
  bind_histogram (statement, 7, &unit->histogram);
  bind_blob (statement, 8, &unit->sum, sizeof unit->sum);
  bind_blob (statement, 9, &unit->squares, sizeof unit->squares);
  sqlite3_bind_int64 (statement, 10, (gint64)unit->zeros);
  return ph_store_finish (store, statement, error);
}

static gboolean
write_units (PhStore *store, const PhTally *tally, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "INSERT OR REPLACE INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", error);
  guint order[PH_N_SAMPLE];

  if (statement == NULL)
    return FALSE;
  sort_places (&tally->sample, order);
  for (guint t = 0; t < tally->targets->targets->len; t++)
    for (guint c = 0; c < ((PhTarget *)tally->targets->targets->pdata[t])->n_channels; c++)
      if (!write_unit (store, statement, t, c, &tally->units[t][c], &tally->sample, order, error))
        return FALSE;
  return TRUE;
}

static gboolean
write_sample (PhStore *store, const PhSample *sample, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "INSERT OR REPLACE INTO sample VALUES (?, ?, ?)", error);
  guint order[PH_N_SAMPLE];

  sort_places (sample, order);
  for (guint i = 0; statement != NULL && i < sample->n; i++)
    {
      sqlite3_bind_int64 (statement, 1, i);
      sqlite3_bind_int64 (statement, 2, sample->image[order[i]]);
      sqlite3_bind_int64 (statement, 3, (gint64)sample->digest[order[i]]);
      if (!ph_store_finish (store, statement, error))
        return FALSE;
    }
  return statement != NULL;
}

static gboolean
write_classes (PhStore *store, const PhTally *tally, GError **error)
{
  g_autoptr (sqlite3_stmt) counts =
      ph_store_prepare (store, "UPDATE class SET n = ?2 WHERE label = ?1", error);
  g_autoptr (sqlite3_stmt) sums =
      ph_store_prepare (store, "INSERT OR REPLACE INTO class_sum VALUES (?, ?, ?)", error);

  for (guint label = 0; label < tally->n_classes; label++)
    {
      if (tally->class_count[label] == tally->class_written[label])
        continue;
      sqlite3_bind_int64 (counts, 1, label);
      sqlite3_bind_int64 (counts, 2, (gint64)tally->class_count[label]);
      if (!ph_store_finish (store, counts, error))
        return FALSE;
      for (guint t = 0; t < tally->targets->targets->len; t++)
        {
          gsize n = ((PhTarget *)tally->targets->targets->pdata[t])->n_channels;

          sqlite3_bind_int64 (sums, 1, t);
          sqlite3_bind_int64 (sums, 2, label);
          bind_blob (sums, 3, tally->class_sums[t] + label * n, n * sizeof (gint64));
          if (!ph_store_finish (store, sums, error))
            return FALSE;
        }
    }
  return TRUE;
}

static gboolean
write_scanned (PhStore *store, const PhScanned *scanned, guint n, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "UPDATE image SET digest = ?2, state = ?3, failure = ?4 WHERE id = ?1", error);

  for (guint i = 0; statement != NULL && i < n; i++)
    {
      sqlite3_bind_int64 (statement, 1, scanned[i].image);
      sqlite3_bind_int64 (statement, 2, (gint64)scanned[i].digest);
      sqlite3_bind_int (statement, 3, scanned[i].failure != NULL ? STATE_FAILED : STATE_DONE);
      if (scanned[i].failure != NULL)
        sqlite3_bind_text (statement, 4, scanned[i].failure, -1, SQLITE_STATIC);
      if (!ph_store_finish (store, statement, error))
        return FALSE;
    }
  return statement != NULL;
}

gboolean
ph_store_commit (PhStore *store, const PhTally *tally, const PhScanned *scanned, guint n,
                 GError **error)
{
  if (!ph_store_run (store, "BEGIN IMMEDIATE", error))
    return FALSE;
  if (!check_generation (store, FALSE, error) || !write_units (store, tally, error) ||
      !write_sample (store, &tally->sample, error) || !write_classes (store, tally, error) ||
      !write_scanned (store, scanned, n, error) || !raise_generation (store, error) ||
      !ph_store_run (store, "COMMIT", error))
    {
      sqlite3_exec (store->db, "ROLLBACK", NULL, NULL, NULL);
      return FALSE;
    }
  store->generation++;
  memcpy (tally->class_written, tally->class_count, tally->n_classes * sizeof (guint64));
  return TRUE;
}
