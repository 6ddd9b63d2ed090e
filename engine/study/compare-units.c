#include "study/compare-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/similarity.h"

/* The most exciting images are at most this share of all. */
#define TOP_SHARE 0.1

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static void
fill_spreads (PhLayerChange *layer, guint side, const PhLayerMeans *means)
{
  g_autofree double *sorted = g_new (double, layer->n_units + 1);

  for (guint i = 0; i < layer->n_units; i++)
    {
      double squares = 0;

      for (gsize row = 0; row < means->n; row++)
        squares += (double)means->x[row * means->c + i] * means->x[row * means->c + i];
      sorted[i] = layer->units[i].spread[side] = sqrt (squares / (double)means->n);
    }
  qsort (sorted, layer->n_units, sizeof *sorted, compare_doubles);
  layer->typical_spread[side] = sorted[layer->n_units / 2];
}

static double
jaccard (const PhTop *a, const PhTop *b)
{
  guint both = 0;

  for (guint i = 0; i < a->n; i++)
    for (guint j = 0; j < b->n; j++)
      both += a->digest[i] == b->digest[j];
  return a->n + b->n > 0 ? (double)both / (a->n + b->n - both) : NAN;
}

static gboolean
fill_overlaps (PhLayerChange *layer, const PhCompareSide sides[2], guint n_images, GError **error)
{
  guint most = MAX (1, (guint)(n_images * TOP_SHARE));
  g_autoptr (GArray) a = ph_store_read_tops (sides[0].store, layer->target[0], most, error);
  g_autoptr (GArray) b =
      a != NULL ? ph_store_read_tops (sides[1].store, layer->target[1], most, error) : NULL;

  for (guint i = 0; b != NULL && i < MIN (MIN (a->len, b->len), layer->n_units); i++)
    layer->units[i].measure[PH_UNIT_OVERLAP] =
        jaccard (&g_array_index (a, PhTop, i), &g_array_index (b, PhTop, i));
  return b != NULL;
}

/* @means: of the unit's values over each class. */
static void
find_favourite (const double *means, guint n_classes, double *selectivity, int *favourite)
{
  double sum = 0, own, others;
  guint n = 0;

  *favourite = -1;
  *selectivity = NAN;
  for (guint c = 0; c < n_classes; c++)
    {
      if (isnan (means[c]))
        continue;
      if (*favourite < 0 || means[c] > means[*favourite])
        *favourite = (int)c;
      sum += means[c];
      n++;
    }
  if (n < 2)
    {
      *favourite = -1;
      return;
    }
  own = MAX (0, means[*favourite]);
  others = MAX (0, (sum - means[*favourite]) / (n - 1));
  *selectivity = own + others > 0 ? (own - others) / (own + others) : 0;
}

static gboolean
fill_selectivity (PhLayerChange *layer, const PhCompareSide sides[2], guint n_classes,
                  GError **error)
{
  for (guint side = 0; side < 2; side++)
    {
      g_autofree double *means =
          ph_store_read_class_means (sides[side].store, layer->target[side], n_classes, error);

      if (means == NULL)
        return FALSE;
      for (guint i = 0; i < layer->n_units; i++)
        find_favourite (means + (gsize)i * n_classes, n_classes, &layer->units[i].selectivity[side],
                        &layer->units[i].favourite[side]);
    }
  for (guint i = 0; i < layer->n_units; i++)
    layer->units[i].measure[PH_UNIT_SELECTIVITY] =
        layer->units[i].selectivity[1] - layer->units[i].selectivity[0];
  return TRUE;
}

gboolean
ph_compare_units (PhLayerChange *layer, const PhLayerMeans means[2], const PhCompareSide sides[2],
                  guint n_classes, guint n_images, GError **error)
{
  fill_spreads (layer, 0, &means[0]);
  fill_spreads (layer, 1, &means[1]);
  for (guint i = 0; i < layer->n_units; i++)
    layer->units[i].measure[PH_UNIT_CORRELATION] =
        ph_correlation (means[0].n, means[0].x, means[0].c, i, means[1].x, means[1].c, i);
  return fill_overlaps (layer, sides, n_images, error) &&
         (n_classes < 2 || fill_selectivity (layer, sides, n_classes, error));
}
