#include "ops/moments.h"

#include "ops/elementwise.h"

#include <math.h>

/* Wide enough for two vectors of 16. */
#define LANES 32

static double
fold_lanes (const float *lane)
{
  double sum = 0;

  for (guint k = 0; k < LANES; k++)
    sum += lane[k];
  return sum;
}

static double
row_sum (const float *x, gsize n)
{
  float lane[LANES] = { 0 };
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (guint k = 0; k < LANES; k++)
      lane[k] += x[i + k];
  for (guint k = 0; i < n; i++, k++)
    lane[k] += x[i];
  return fold_lanes (lane);
}

static double
row_squares (const float *x, gsize n, float mean)
{
  float lane[LANES] = { 0 };
  gsize i = 0;

  for (; i + LANES <= n; i += LANES)
    for (guint k = 0; k < LANES; k++)
      lane[k] += (x[i + k] - mean) * (x[i + k] - mean);
  for (guint k = 0; i < n; i++, k++)
    lane[k] += (x[i] - mean) * (x[i] - mean);
  return fold_lanes (lane);
}

static void
forward_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhMomentRows *m = data;

  for (gsize row = begin; row < end; row++)
    {
      const float *x = m->x + row * m->n;
      const float mean = (float)(row_sum (x, m->n) / (double)m->n);
      const float r = (float)(1 / sqrt (row_squares (x, m->n, mean) / (double)m->n + m->epsilon));

      m->mean[row] = mean;
      m->r[row] = r;
      if (m->y == NULL)
        continue;
      float *y = m->y + row * m->n;
      if (m->per_row || m->scale == NULL)
        {
          const float a = r * (m->scale != NULL ? m->scale[row % m->period] : 1);
          const float b = m->bias != NULL ? m->bias[row % m->period] : 0;
          PH_FOR_ELEMENTS (i, 0, m->n)
          {
            y[i] = (x[i] - mean) * a + b;
          }
        }
      else if (m->bias != NULL)
        PH_FOR_ELEMENTS (i, 0, m->n)
        {
          y[i] = (x[i] - mean) * r * m->scale[i] + m->bias[i];
        }
      else
        PH_FOR_ELEMENTS (i, 0, m->n)
        {
          y[i] = (x[i] - mean) * r * m->scale[i];
        }
    }
}

static gsize
row_grain (const PhMomentRows *m)
{
  return MAX (PH_GRAIN / MAX (m->n, 1), 1);
}

void
ph_moments_forward (PhMomentRows *m)
{
  ph_parallel_for (m->rows, row_grain (m), forward_rows, m);
}

/* With g = dy * scale and h = (x - mean) * r: dx = r (g - mean (g) - h mean (g h)). The mean itself
 * passes 1/n to each element, r passes -r² h / n. */
static void
backward_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhMomentRows *m = data;
  const gsize n = m->n;

  for (gsize row = begin; row < end; row++)
    {
      const float *x = m->x + row * n, *dy = m->dy != NULL ? m->dy + row * n : NULL;
      const gboolean columns = !m->per_row && m->scale != NULL;
      const float mean = m->mean[row], r = m->r[row];
      const float factor = m->per_row && m->scale != NULL ? m->scale[row % m->period] : 1;
      float *dx = m->dx + row * n;
      float sum[LANES] = { 0 }, moment[LANES] = { 0 };

      for (gsize first = 0; dy != NULL && first < n; first += LANES)
        {
          gsize width = MIN (n - first, LANES);
          for (gsize k = 0; k < width; k++)
            {
              gsize i = first + k;
              float g = dy[i] * (columns ? m->scale[i] : factor);
              sum[k] += g;
              moment[k] += g * (x[i] - mean);
            }
        }
      double a = -fold_lanes (sum) * r, b = -fold_lanes (moment) * r * r * r;
      if (m->dmean != NULL)
        a += m->dmean[row];
      if (m->dr != NULL)
        b -= (double)m->dr[row] * r * r * r;
      const float shift = (float)(a / (double)n), slope = (float)(b / (double)n);
      if (dy == NULL)
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] += shift + slope * (x[i] - mean);
        }
      else if (columns)
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] += dy[i] * m->scale[i] * r + shift + slope * (x[i] - mean);
        }
      else
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] += dy[i] * factor * r + shift + slope * (x[i] - mean);
        }
    }
}

void
ph_moments_backward (PhMomentRows *m)
{
  ph_parallel_for (m->rows, row_grain (m), backward_rows, m);
}

void
ph_moments_backward_parameters (const PhMomentRows *m, float *dscale, float *dbias)
{
  for (gsize row = 0; row < m->rows; row++)
    for (gsize i = 0; i < m->n; i++)
      {
        gsize at = m->per_row ? row % m->period : i;
        float dy = m->dy[row * m->n + i];

        if (dscale != NULL)
          dscale[at] += dy * (m->x[row * m->n + i] - m->mean[row]) * m->r[row];
        if (dbias != NULL)
          dbias[at] += dy;
      }
}
