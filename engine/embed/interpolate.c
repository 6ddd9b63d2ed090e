#include "embed/interpolate.h"

#include <math.h>
#include <string.h>

/* Sine of the angle below which an arc is as good as straight and divides by nearly nothing. */
#define LEAST_SINE 1e-3

const char *const ph_path_names[] = { "linear", "spherical", NULL };

void
ph_path_point (PhPathKind kind, gsize size, const float *a, const float *b, double t, float *result)
{
  double product = 0, a_length = 0, b_length = 0, from = 1 - t, to = t;

  for (gsize i = 0; i < size; i++)
    {
      product += (double)a[i] * b[i];
      a_length += (double)a[i] * a[i];
      b_length += (double)b[i] * b[i];
    }
  a_length = sqrt (a_length);
  b_length = sqrt (b_length);
  if (kind == PH_PATH_SPHERICAL && a_length > 0 && b_length > 0)
    {
      double cosine = CLAMP (product / (a_length * b_length), -1, 1), angle = acos (cosine);
      double length = (1 - t) * a_length + t * b_length;

      if (sin (angle) > LEAST_SINE)
        {
          from = sin ((1 - t) * angle) / sin (angle) * length / a_length;
          to = sin (t * angle) / sin (angle) * length / b_length;
        }
    }
  for (gsize i = 0; i < size; i++)
    result[i] = (float)(from * a[i] + to * b[i]);
}

void
ph_path_grid (PhPathKind kind, gsize size, const float *const corners[4], guint rows, guint columns,
              float *points)
{
  g_autofree float *left = g_new (float, size), *right = g_new (float, size);

  for (guint i = 0; i < rows; i++)
    {
      double down = rows > 1 ? (double)i / (rows - 1) : 0;

      ph_path_point (kind, size, corners[0], corners[2], down, left);
      ph_path_point (kind, size, corners[1], corners[3], down, right);
      for (guint j = 0; j < columns; j++)
        ph_path_point (kind, size, left, right, columns > 1 ? (double)j / (columns - 1) : 0,
                       points + ((gsize)i * columns + j) * size);
    }
}

gboolean
ph_direction_between (guint n, gsize size, const float *vectors, const double *weights,
                      double threshold, float *direction, guint *n_with, guint *n_without)
{
  g_autofree double *sums = g_new0 (double, 2 * size);
  guint counts[2] = { 0, 0 };

  for (guint i = 0; i < n; i++)
    {
      const float *row = vectors + i * size;
      guint side = weights[i] > threshold;

      if (isnan (row[0]))
        continue;
      counts[side]++;
      for (gsize j = 0; j < size; j++)
        sums[side * size + j] += (double)row[j];
    }
  *n_without = counts[0];
  *n_with = counts[1];
  if (counts[0] == 0 || counts[1] == 0)
    return FALSE;
  for (gsize j = 0; j < size; j++)
    direction[j] = (float)(sums[size + j] / counts[1] - sums[j] / counts[0]);
  return TRUE;
}

double
ph_curve_monotony (guint n, const double *values)
{
  double sum = 0;

  for (guint i = 1; i < n; i++)
    sum += fabs (values[i] - values[i - 1]);
  return n < 2 || sum == 0 ? NAN : fabs (values[n - 1] - values[0]) / sum;
}
