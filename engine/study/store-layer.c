/* What a scan knows of all units of a layer at once. */

#include "study/store-private.h"

#include <math.h>
#include <string.h>

/* Sums of all channels over the class and over all classes, in fixed point. */
static gboolean
sum_classes (PhStore *store, const PhLayerRow *layer, guint label, gint64 *own, double *all,
             guint64 *n_own, guint64 *n_all, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = ph_store_prepare (
      store,
      "SELECT class.label, n, sums FROM class_sum JOIN class ON class.label = class_sum.label "
      "WHERE layer = ?",
      error);
  g_autofree gint64 *sums = g_new0 (gint64, layer->n_channels);
  gboolean failed = FALSE;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int64 (statement, 1, layer->id);
  while (ph_store_step (store, statement, &failed, error))
    {
      guint64 n = (guint64)sqlite3_column_int64 (statement, 1);
      guint got = ph_store_get_array (statement, 2, sums, sizeof *sums, layer->n_channels);

      *n_all += n;
      for (guint c = 0; c < got; c++)
        all[c] += ph_class_sum_to_double (sums[c]);
      if ((guint)sqlite3_column_int64 (statement, 0) == label)
        {
          *n_own = n;
          memcpy (own, sums, got * sizeof *sums);
        }
    }
  return !failed;
}

static gboolean
read_selectivity (PhStore *store, const PhLayerRow *layer, guint label, double *values,
                  GError **error)
{
  g_autofree gint64 *own = g_new0 (gint64, layer->n_channels);
  g_autofree double *all = g_new0 (double, layer->n_channels);
  guint64 n_own = 0, n_all = 0;

  if (!sum_classes (store, layer, label, own, all, &n_own, &n_all, error))
    return FALSE;
  for (guint c = 0; c < layer->n_channels; c++)
    {
      double sum = ph_class_sum_to_double (own[c]);
      double mean = MAX (0, sum / MAX ((double)n_own, 1));
      double others = MAX (0, (all[c] - sum) / MAX ((double)(n_all - n_own), 1));

      values[c] = mean + others > 0 ? (mean - others) / (mean + others) : 0;
    }
  return TRUE;
}

GArray *
ph_store_read_layer (PhStore *store, const char *target, PhLayerColumn column, guint label,
                     GError **error)
{
  g_autoptr (GArray) values = g_array_new (FALSE, TRUE, sizeof (double));
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean failed = FALSE;
  guint positions;
  PhLayerRow layer;

  if (!ph_store_find_layer (store, target, &layer, error))
    return NULL;
  g_array_set_size (values, layer.n_channels);
  if (column == PH_COLUMN_SELECTIVITY)
    return read_selectivity (store, &layer, label, (double *)values->data, error)
               ? g_steal_pointer (&values)
               : NULL;
  positions = ph_store_count_positions (store, &layer);
  statement = ph_store_prepare (
      store, "SELECT channel, n, zeros, substr (highest, 1, 4) FROM unit WHERE layer = ?", error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, layer.id);
  while (ph_store_step (store, statement, &failed, error))
    {
      guint channel = (guint)sqlite3_column_int64 (statement, 0);
      double n = MAX (1, (double)sqlite3_column_int64 (statement, 1));
      float peak = 0;

      ph_store_get_array (statement, 3, &peak, sizeof peak, 1);
      if (channel < layer.n_channels)
        g_array_index (values, double, channel) =
            column == PH_COLUMN_PEAK
                ? peak
                : (double)sqlite3_column_int64 (statement, 2) / (n * positions);
    }
  return failed ? NULL : g_steal_pointer (&values);
}

GArray *
ph_store_read_tops (PhStore *store, const char *target, guint most, GError **error)
{
  g_autoptr (GArray) tops = g_array_new (FALSE, TRUE, sizeof (PhTop));
  g_autoptr (sqlite3_stmt) statement = NULL;
  gboolean failed = FALSE;
  PhLayerRow layer;

  if (!ph_store_find_layer (store, target, &layer, error))
    return NULL;
  g_array_set_size (tops, layer.n_channels);
  statement = ph_store_prepare (store, "SELECT channel, highest FROM unit WHERE layer = ?", error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, layer.id);
  while (ph_store_step (store, statement, &failed, error))
    {
      guint channel = (guint)sqlite3_column_int64 (statement, 0);
      PhExample highest[PH_N_HIGHEST];
      guint n =
          ph_store_get_array (statement, 1, highest, sizeof *highest, MIN (most, PH_N_HIGHEST));
      PhTop *top;

      if (channel >= layer.n_channels)
        continue;
      top = &g_array_index (tops, PhTop, channel);
      for (guint i = 0; i < n; i++)
        if (highest[i].value != 0)
          top->digest[top->n++] = highest[i].digest;
    }
  return failed ? NULL : g_steal_pointer (&tops);
}

double *
ph_store_read_class_means (PhStore *store, const char *target, guint n_classes, GError **error)
{
  g_autoptr (sqlite3_stmt) statement = NULL;
  g_autofree double *means = NULL;
  g_autofree gint64 *sums = NULL;
  gboolean failed = FALSE;
  PhLayerRow layer;

  if (!ph_store_find_layer (store, target, &layer, error))
    return NULL;
  sums = g_new0 (gint64, layer.n_channels + 1);
  means = g_new (double, (gsize)layer.n_channels *n_classes + 1);
  for (gsize i = 0; i < (gsize)layer.n_channels * n_classes; i++)
    means[i] = NAN;
  statement = ph_store_prepare (
      store,
      "SELECT class.label, n, sums FROM class_sum JOIN class ON class.label = class_sum.label "
      "WHERE layer = ? AND n > 0",
      error);
  if (statement == NULL)
    return NULL;
  sqlite3_bind_int64 (statement, 1, layer.id);
  while (ph_store_step (store, statement, &failed, error))
    {
      guint label = (guint)sqlite3_column_int64 (statement, 0);
      double n = (double)sqlite3_column_int64 (statement, 1);
      guint got = ph_store_get_array (statement, 2, sums, sizeof *sums, layer.n_channels);

      for (guint c = 0; label < n_classes && c < got; c++)
        means[(gsize)c * n_classes + label] = ph_class_sum_to_double (sums[c]) / n;
    }
  return failed ? NULL : g_steal_pointer (&means);
}
