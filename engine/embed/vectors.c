#include "embed/vectors.h"

#include <math.h>
#include <string.h>

#define SHORTEST 1e-12
#define LONGEST 1e12

const char *
ph_metric_name (PhMetric metric)
{
  return metric == PH_METRIC_COSINE ? "cosine" : "euclidean";
}

gboolean
ph_metric_parse (const char *name, PhMetric *metric, GError **error)
{
  for (int m = PH_METRIC_EUCLIDEAN; m <= PH_METRIC_COSINE; m++)
    if (g_str_equal (name, ph_metric_name ((PhMetric)m)))
      {
        *metric = (PhMetric)m;
        return TRUE;
      }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               "there is no metric “%s”; choose euclidean or cosine", name);
  return FALSE;
}

/* Vectors */

double
ph_vector_square (const float *x, gsize size)
{
  double sums[4] = { 0 };

  /* One sum alone would wait for the addition before it. */
  for (gsize i = 0; i < size; i++)
    sums[i % 4] += (double)x[i] * x[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

gboolean
ph_vectors_check (const PhVectors *vectors, GError **error)
{
  for (gsize i = 0; i < vectors->n; i++)
    {
      double square = ph_vector_square (vectors->data + i * vectors->size, vectors->size);

      if (square == 0 || (square > SHORTEST * SHORTEST && square < LONGEST * LONGEST))
        continue;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "vector %" G_GSIZE_FORMAT " %s", i,
                   isfinite (square) ? "is too long or too short to be compared with others"
                                     : "holds something that is no finite number");
      return FALSE;
    }
  return TRUE;
}

void
ph_vectors_normalise (const float *from, gsize size, float *to)
{
  double length = sqrt (ph_vector_square (from, size));

  for (gsize i = 0; i < size; i++)
    to[i] = length > 0 ? (float)(from[i] / length) : 0;
}

gsize
ph_vectors_keep_numbers (PhTensor *table, guint *items)
{
  const gsize size = (gsize)table->shape.dim[1];
  gsize kept = 0;

  for (gint64 i = 0; i < table->shape.dim[0]; i++)
    {
      const float *row = table->f + (gsize)i * size;

      if (isnan (row[0]))
        continue;
      memmove (table->f + kept * size, row, size * sizeof (float));
      if (items != NULL)
        items[kept] = (guint)i;
      kept++;
    }
  return kept;
}
