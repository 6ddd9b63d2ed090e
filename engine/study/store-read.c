/* The readers' side of the store, the scan that goes on included. */

#include "study/store-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

guint
ph_store_get_array (sqlite3_stmt *statement, int column, gpointer to, gsize size, guint most)
{
  gsize n = (gsize)sqlite3_column_bytes (statement, column) / size;

  n = MIN (n, most);
  if (n > 0)
    memcpy (to, sqlite3_column_blob (statement, column), n * size);
  return (guint)n;
}

static void
get_histogram (sqlite3_stmt *statement, int column, PhHistogram *histogram)
{
  PhHistogramHead head = { 0 };
  gsize size = (gsize)sqlite3_column_bytes (statement, column);
  const guint8 *bytes = sqlite3_column_blob (statement, column);

  memset (histogram, 0, sizeof *histogram);
  if (size < sizeof head)
    return;
  memcpy (&head, bytes, sizeof head);
  if (head.first + (guint64)head.n_bins > PH_N_BINS ||
      size < sizeof head + head.n_bins * sizeof (guint32))
    return;
  histogram->exponent = head.exponent;
  memcpy (histogram->count + head.first, bytes + sizeof head, head.n_bins * sizeof (guint32));
  for (guint i = 0; i < PH_N_BINS; i++)
    histogram->n += histogram->count[i];
}

/* Columns: n, highest, lowest, sample, histogram, sum, squares, zeros. */
#define UNIT_COLUMNS "n, highest, lowest, sample, histogram, sum, squares, zeros"

static void
get_unit (sqlite3_stmt *statement, PhUnitTally *unit, PhSampleRow *rows, guint *n_rows)
{
  memset (unit, 0, sizeof *unit);
  unit->n = (guint64)sqlite3_column_int64 (statement, 0);
  unit->examples.n_highest =
      ph_store_get_array (statement, 1, unit->examples.highest, sizeof (PhExample), PH_N_HIGHEST);
  unit->examples.n_lowest =
      ph_store_get_array (statement, 2, unit->examples.lowest, sizeof (PhExample), PH_N_LOWEST);
  *n_rows = ph_store_get_array (statement, 3, rows, sizeof *rows, PH_N_SAMPLE);
  get_histogram (statement, 4, &unit->histogram);
  ph_store_get_array (statement, 5, &unit->sum, sizeof unit->sum, 1);
  ph_store_get_array (statement, 6, &unit->squares, sizeof unit->squares, 1);
  unit->zeros = (guint64)sqlite3_column_int64 (statement, 7);
}

static gboolean
load_sample (PhStore *store, PhSample *sample, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT image, digest FROM sample ORDER BY place", error);
  gboolean failed = FALSE;

  sample->n = 0;
  while (statement != NULL && ph_store_step (store, statement, &failed, error) &&
         sample->n < PH_N_SAMPLE)
    {
      sample->image[sample->n] = (guint32)sqlite3_column_int64 (statement, 0);
      sample->digest[sample->n++] = (guint64)sqlite3_column_int64 (statement, 1);
    }
  return statement != NULL && !failed;
}

static gboolean
load_units (PhStore *store, PhTally *tally, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT " UNIT_COLUMNS ", layer, channel FROM unit", error);
  gboolean failed = FALSE;

  while (statement != NULL && ph_store_step (store, statement, &failed, error))
    {
      guint t = (guint)sqlite3_column_int64 (statement, 8);
      guint c = (guint)sqlite3_column_int64 (statement, 9);
      PhSampleRow rows[PH_N_SAMPLE];
      guint n_rows;

      if (t >= tally->targets->targets->len ||
          c >= ((PhTarget *)tally->targets->targets->pdata[t])->n_channels)
        continue;
      get_unit (statement, &tally->units[t][c], rows, &n_rows);
      for (guint i = 0; i < n_rows; i++)
        {
          tally->units[t][c].sample_value[i] = rows[i].value;
          tally->units[t][c].sample_position[i] = rows[i].position;
        }
    }
  return statement != NULL && !failed;
}

static gboolean
load_classes (PhStore *store, PhTally *tally, GError **error)
{
  g_autoptr (sqlite3_stmt) counts = ph_store_prepare (store, "SELECT label, n FROM class", error);
  g_autoptr (sqlite3_stmt) sums =
      ph_store_prepare (store, "SELECT layer, label, sums FROM class_sum", error);
  gboolean failed = FALSE;

  if (counts == NULL || sums == NULL)
    return FALSE;
  while (ph_store_step (store, counts, &failed, error))
    {
      guint label = (guint)sqlite3_column_int64 (counts, 0);

      if (label < tally->n_classes)
        tally->class_count[label] = (guint64)sqlite3_column_int64 (counts, 1);
    }
  memcpy (tally->class_written, tally->class_count, tally->n_classes * sizeof (guint64));
  while (!failed && ph_store_step (store, sums, &failed, error))
    {
      guint t = (guint)sqlite3_column_int64 (sums, 0);
      guint label = (guint)sqlite3_column_int64 (sums, 1);

      if (t < tally->targets->targets->len && label < tally->n_classes)
        {
          guint n = ((PhTarget *)tally->targets->targets->pdata[t])->n_channels;

          ph_store_get_array (sums, 2, tally->class_sums[t] + (gsize)label * n, sizeof (gint64), n);
        }
    }
  return !failed;
}

gboolean
ph_store_load (PhStore *store, PhTally *tally, GError **error)
{
  return load_sample (store, &tally->sample, error) && load_units (store, tally, error) &&
         load_classes (store, tally, error);
}

gboolean
ph_store_get_progress (PhStore *store, PhProgress *progress, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "SELECT count (*), total (state > 0), total (state = 2) FROM image", error);
  gboolean failed = FALSE;

  if (statement == NULL || !ph_store_step (store, statement, &failed, error))
    return FALSE;
  *progress = (PhProgress){ (guint)sqlite3_column_int64 (statement, 0),
                            (guint)sqlite3_column_double (statement, 1),
                            (guint)sqlite3_column_double (statement, 2) };
  return TRUE;
}

gboolean
ph_store_find_layer (PhStore *store, const char *target, PhLayerRow *layer, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "SELECT id, channels, height, width FROM layer WHERE name = ?", error);
  gboolean failed = FALSE;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, target, -1, SQLITE_STATIC);
  if (ph_store_step (store, statement, &failed, error))
    {
      *layer = (PhLayerRow){ sqlite3_column_int64 (statement, 0),
                             (guint)sqlite3_column_int64 (statement, 1),
                             MAX (1, (guint)sqlite3_column_int64 (statement, 2)),
                             MAX (1, (guint)sqlite3_column_int64 (statement, 3)) };
      return TRUE;
    }
  if (!failed)
    g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("“%s” was not part of this scan"),
                 target);
  return FALSE;
}

static int
compare_means (gconstpointer a, gconstpointer b)
{
  const PhClassMean *x = a, *y = b;

  if (x->mean != y->mean)
    return x->mean > y->mean ? -1 : 1;
  return x->label < y->label ? -1 : 1;
}

/* One number of a blob of sums, without reading the others. */
static gboolean
read_classes (PhStore *store, const PhLayerRow *layer, guint channel, PhUnitStudy *study,
              GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store,
                        "SELECT class.label, n, substr (sums, ?2 * 8 + 1, 8) FROM class_sum "
                        "JOIN class ON class.label = class_sum.label WHERE layer = ?1 AND n > 0",
                        error);
  g_autoptr (GArray) means = g_array_new (FALSE, FALSE, sizeof (PhClassMean));
  gboolean failed = FALSE;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, layer->id);
  sqlite3_bind_int64 (statement, 2, channel);
  while (ph_store_step (store, statement, &failed, error))
    {
      PhClassMean mean = { (guint)sqlite3_column_int64 (statement, 0),
                           (guint)sqlite3_column_int64 (statement, 1), 0 };
      gint64 sum = 0;

      ph_store_get_array (statement, 2, &sum, sizeof sum, 1);
      mean.mean = ph_class_sum_to_double (sum) / mean.n;
      g_array_append_val (means, mean);
    }
  if (failed)
    return FALSE;
  g_array_sort (means, compare_means);
  study->n_classes = means->len;
  study->classes = (PhClassMean *)g_array_free (g_steal_pointer (&means), FALSE);
  return TRUE;
}

static int
compare_examples (gconstpointer a, gconstpointer b)
{
  const PhExample *x = a, *y = b;

  if (x->value != y->value)
    return x->value < y->value ? -1 : 1;
  return x->image < y->image ? -1 : x->image > y->image;
}

/* Share and moments from the exact sums. */
static void
set_moments (PhUnitStudy *study, const PhUnitTally *unit, guint positions)
{
  double n = MAX ((double)unit->n, 1);
  double squares = ph_exact_to_double (unit->squares) / n;

  study->n_images = (guint)unit->n;
  study->mean = ph_exact_to_double (unit->sum) / n;
  study->spread = sqrt (MAX (0, squares - study->mean * study->mean));
  study->zeros = (double)unit->zeros / (n * positions);
  study->peak = unit->examples.n_highest > 0 ? unit->examples.highest[0].value : 0;
  study->examples = unit->examples;
  study->histogram = unit->histogram;
}

guint
ph_store_count_positions (PhStore *store, const PhLayerRow *layer)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT at_row IS NULL FROM layer WHERE id = ?", NULL);
  gboolean failed = FALSE;

  sqlite3_bind_int64 (statement, 1, layer->id);
  return ph_store_step (store, statement, &failed, NULL) && sqlite3_column_int (statement, 0)
             ? layer->rows * layer->columns
             : 1;
}

PhUnitStudy *
ph_store_read_unit (PhStore *store, const char *target, guint channel, GError **error)
{
  g_autoptr (PhUnitStudy) study = g_new0 (PhUnitStudy, 1);
  g_autofree PhUnitTally *unit = g_new0 (PhUnitTally, 1);
  g_autoptr (sqlite3_stmt) statement = NULL;
  PhSampleRow rows[PH_N_SAMPLE];
  guint n_rows = 0;
  gboolean failed = FALSE;
  PhLayerRow layer;

  if (!ph_store_find_layer (store, target, &layer, error))
    return NULL;
  statement = ph_store_prepare (
      store, "SELECT " UNIT_COLUMNS " FROM unit WHERE layer = ? AND channel = ?", error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, layer.id);
  sqlite3_bind_int64 (statement, 2, channel);
  if (ph_store_step (store, statement, &failed, error))
    get_unit (statement, unit, rows, &n_rows);
  if (failed)
    return NULL;
  if (channel >= layer.n_channels)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("“%s” has %u units, 0 to %u"), target,
                   layer.n_channels, layer.n_channels - 1);
      return NULL;
    }
  study->rows = layer.rows;
  study->columns = layer.columns;
  set_moments (study, unit, ph_store_count_positions (store, &layer));
  for (guint i = 0; i < n_rows; i++)
    if (isfinite (rows[i].value))
      study->sample[study->n_sample++] = (PhExample){ .value = rows[i].value,
                                                      .tie = rows[i].value,
                                                      .image = rows[i].image,
                                                      .position = rows[i].position };
  qsort (study->sample, study->n_sample, sizeof (PhExample), compare_examples);
  return read_classes (store, &layer, channel, study, error) ? g_steal_pointer (&study) : NULL;
}

void
ph_unit_study_free (PhUnitStudy *study)
{
  g_free (study->classes);
  g_free (study);
}

const PhExample *
ph_unit_study_quantile (const PhUnitStudy *study, double share)
{
  guint i = (guint)(CLAMP (share, 0, 1) * study->n_sample);

  return study->n_sample > 0 ? &study->sample[MIN (i, study->n_sample - 1)] : NULL;
}

char *
ph_store_read_image (PhStore *store, guint32 image, int *label, GError **error)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT name, label FROM image WHERE id = ?", error);
  gboolean failed = FALSE;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, image);
  if (ph_store_step (store, statement, &failed, error))
    {
      *label = sqlite3_column_int (statement, 1);
      return g_strdup ((const char *)sqlite3_column_text (statement, 0));
    }
  if (!failed)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 _ ("“%s” is damaged; delete it and scan again"), store->path);
  return NULL;
}

char *
ph_store_dup_class_name (PhStore *store, guint label)
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store, "SELECT name FROM class WHERE label = ?", NULL);
  gboolean failed = FALSE;

  sqlite3_bind_int64 (statement, 1, label);
  return ph_store_step (store, statement, &failed, NULL)
             ? g_strdup ((const char *)sqlite3_column_text (statement, 0))
             : NULL;
}

GPtrArray *
ph_store_list_failures (PhStore *store, guint most, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store, "SELECT name || ': ' || failure FROM image WHERE state = 2 ORDER BY id LIMIT ?",
      error);
  g_autoptr (GPtrArray) failures = g_ptr_array_new_with_free_func (g_free);
  gboolean failed = FALSE;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, most);
  while (ph_store_step (store, statement, &failed, error))
    g_ptr_array_add (failures, g_strdup ((const char *)sqlite3_column_text (statement, 0)));
  return failed ? NULL : g_steal_pointer (&failures);
}

/* How many images a store has done for the target; 0 when it does not watch it. */
static guint
count_done (PhStore *store, const char *target, const guint position[2])
{
  g_autoptr (sqlite3_stmt) statement =
      ph_store_prepare (store,
                        "SELECT (SELECT count (*) FROM image WHERE state > 0) + 1 FROM layer "
                        "WHERE name = ?1 AND at_row IS ?2 AND at_column IS ?3",
                        NULL);
  gboolean failed = FALSE;

  if (statement == NULL)
    return 0;
  sqlite3_bind_text (statement, 1, target, -1, SQLITE_STATIC);
  if (position != NULL)
    {
      sqlite3_bind_int64 (statement, 2, position[0]);
      sqlite3_bind_int64 (statement, 3, position[1]);
    }
  return ph_store_step (store, statement, &failed, NULL)
             ? (guint)sqlite3_column_int64 (statement, 0)
             : 0;
}

PhStore *
ph_store_find (const char *folder, const char *target, const guint position[2])
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  PhStore *best = NULL;
  guint most = 0;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (PhStore) store =
          g_str_has_suffix (name, ".db") ? ph_store_open (path, FALSE, NULL) : NULL;
      guint done = store != NULL ? count_done (store, target, position) : 0;

      if (done <= most)
        continue;
      most = done;
      ph_store_close (best);
      best = g_steal_pointer (&store);
    }
  return best;
}
