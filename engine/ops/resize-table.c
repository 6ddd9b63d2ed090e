#include "ops/resize-private.h"

#include <math.h>
#include <string.h>

#include "kernels/parallel.h"

/* The place in the input, in its own pixels, that output @i stands for. */
static double
source_of (const PhResizeRule *rule, const PhResizeAxis *axis, gint64 i)
{
  double at = (double)i, n = (double)axis->n_in;

  switch (rule->coordinates)
    {
    case PH_RESIZE_PYTORCH_HALF_PIXEL:
      return axis->n_out > 1 ? (at + 0.5) / axis->scale - 0.5 : 0;
    case PH_RESIZE_ALIGN_CORNERS:
      return axis->width == 1 ? 0 : at * (n - 1) / (axis->width - 1);
    case PH_RESIZE_ASYMMETRIC:
      return at / axis->scale;
    case PH_RESIZE_TF_HALF_PIXEL_FOR_NN:
      return (at + 0.5) / axis->scale;
    case PH_RESIZE_TF_CROP_AND_RESIZE:
      if (axis->n_out <= 1)
        return 0.5 * (axis->roi_start + axis->roi_end) * (n - 1);
      return axis->roi_start * (n - 1) +
             at * (axis->roi_end - axis->roi_start) * (n - 1) / (double)(axis->n_out - 1);
    case PH_RESIZE_HALF_PIXEL:
    default:
      return (at + 0.5) / axis->scale - 0.5;
    }
}

static double
round_place (PhResizeRounding rounding, double at)
{
  switch (rounding)
    {
    case PH_RESIZE_ROUND_PREFER_CEIL:
      return floor (at + 0.5);
    case PH_RESIZE_FLOOR:
      return floor (at);
    case PH_RESIZE_CEIL:
      return ceil (at);
    case PH_RESIZE_ROUND_PREFER_FLOOR:
    default:
      return ceil (at - 0.5);
    }
}

/* Keys 1981, "Cubic convolution interpolation for digital image processing", eq. 4. */
static void
cubic_weights (double a, double r, double weights[4])
{
  weights[0] = ((a * (r + 1) - 5 * a) * (r + 1) + 8 * a) * (r + 1) - 4 * a;
  weights[1] = ((a + 2) * r - (a + 3)) * r * r + 1;
  weights[2] = ((a + 2) * (1 - r) - (a + 3)) * (1 - r) * (1 - r) + 1;
  weights[3] = ((a * (2 - r) - 5 * a) * (2 - r) + 8 * a) * (2 - r) - 4 * a;
}

void
ph_resize_table_init (PhResizeTable *table, const PhResizeRule *rule, const PhResizeAxis *axis)
{
  table->n_in = axis->n_in;
  table->n_out = axis->n_out;
  table->taps = rule->mode == PH_RESIZE_NEAREST ? 1 : rule->mode == PH_RESIZE_LINEAR ? 2 : 4;
  table->place = g_new0 (gint32, (gsize)axis->n_out * table->taps + 1);
  table->weight = g_new0 (float, (gsize)axis->n_out * table->taps + 1);
  table->inside = g_new0 (guint8, (gsize)axis->n_out + 1);

  for (gint64 i = 0; i < axis->n_out; i++)
    {
      double at = source_of (rule, axis, i), weights[PH_RESIZE_TAPS] = { 1 }, sum = 0;
      double last = (double)(axis->n_in - 1);
      gint64 first;

      table->inside[i] =
          rule->coordinates != PH_RESIZE_TF_CROP_AND_RESIZE || (at >= 0 && at <= last);
      /* Far outside only the edge matters; this keeps the conversion to integers defined. */
      at = CLAMP (at, -4, last + 4);
      first =
          (gint64)(rule->mode == PH_RESIZE_NEAREST ? round_place (rule->rounding, at) : floor (at));
      if (rule->mode == PH_RESIZE_LINEAR)
        {
          weights[1] = at - (double)first;
          weights[0] = 1 - weights[1];
        }
      else if (rule->mode == PH_RESIZE_CUBIC)
        {
          cubic_weights (rule->cubic_a, at - (double)first, weights);
          first--;
        }

      for (guint t = 0; t < table->taps; t++)
        {
          if (rule->exclude_outside && (first + t < 0 || first + t >= axis->n_in))
            weights[t] = 0;
          sum += weights[t];
        }
      for (guint t = 0; t < table->taps; t++)
        {
          double weight = rule->exclude_outside && sum != 0 ? weights[t] / sum : weights[t];

          table->place[i * table->taps + t] = (gint32)CLAMP (first + t, 0, axis->n_in - 1);
          table->weight[i * table->taps + t] = (float)weight;
        }
    }
}

void
ph_resize_table_clear (PhResizeTable *table)
{
  g_clear_pointer (&table->place, g_free);
  g_clear_pointer (&table->weight, g_free);
  g_clear_pointer (&table->inside, g_free);
}

gboolean
ph_resize_table_is_identity (const PhResizeTable *table)
{
  if (table->n_in != table->n_out)
    return FALSE;
  for (gint64 i = 0; i < table->n_out; i++)
    {
      float own = 0;

      for (guint t = 0; t < table->taps; t++)
        if (table->place[i * table->taps + t] == i)
          own += table->weight[i * table->taps + t];
        else if (table->weight[i * table->taps + t] != 0)
          return FALSE;
      if (own != 1 || !table->inside[i])
        return FALSE;
    }
  return TRUE;
}

typedef struct
{
  const PhResizeTable *table;
  gsize inner;
  float fill;
  const float *from;
  float *to;
} Pass;

/* Items are rows of @inner numbers of the output. */
static void
apply_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhResizeTable *table = pass->table;
  gsize n_in = (gsize)table->n_in, n_out = (gsize)table->n_out, inner = pass->inner;

  for (gsize item = begin; item < end; item++)
    {
      gsize i = item % n_out;
      const float *x = pass->from + item / n_out * n_in * inner;
      float *y = pass->to + item * inner;

      for (gsize j = 0; j < inner; j++)
        y[j] = table->inside[i] ? 0 : pass->fill;
      for (guint t = 0; table->inside[i] && t < table->taps; t++)
        {
          const float *row = x + (gsize)table->place[i * table->taps + t] * inner;
          float weight = table->weight[i * table->taps + t];

          for (gsize j = 0; j < inner; j++)
            y[j] += weight * row[j];
        }
    }
}

void
ph_resize_table_apply (const PhResizeTable *table, gsize outer, gsize inner, float fill,
                       const float *x, float *y)
{
  Pass pass = { table, inner, fill, x, y };

  if (inner > 0)
    ph_parallel_for (outer * (gsize)table->n_out, 4096 / inner + 1, apply_rows, &pass);
}

/* Items are whole lines of the axis, as several outputs write to one input. */
static void
add_lines (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pass *pass = data;
  const PhResizeTable *table = pass->table;
  gsize n_in = (gsize)table->n_in, n_out = (gsize)table->n_out, inner = pass->inner;

  for (gsize item = begin; item < end; item++)
    for (gsize i = 0; i < n_out; i++)
      {
        const float *dy = pass->from + (item * n_out + i) * inner;

        for (guint t = 0; table->inside[i] && t < table->taps; t++)
          {
            float *row =
                pass->to + (item * n_in + (gsize)table->place[i * table->taps + t]) * inner;
            float weight = table->weight[i * table->taps + t];

            for (gsize j = 0; j < inner; j++)
              row[j] += weight * dy[j];
          }
      }
}

void
ph_resize_table_adjoint (const PhResizeTable *table, gsize outer, gsize inner, const float *dy,
                         float *dx)
{
  Pass pass = { table, inner, 0, dy, dx };

  if (inner > 0 && table->n_out > 0)
    ph_parallel_for (outer, 4096 / (inner * (gsize)table->n_out) + 1, add_lines, &pass);
}
