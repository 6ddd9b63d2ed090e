#include "embed/linear-probe.h"

#include <math.h>
#include <string.h>

/* Of the variance of a standardised number: enough that numbers which say the same do no harm. */
#define RIDGE 1e-3

/* One of so many vectors is kept for measuring. */
#define HELD_OUT 4

struct _PhLinearProbe
{
  gatomicrefcount refs;
  gsize size;
  guint n_values;

  /* owned */
  double *mean, *scale; /* (size): standardise a vector */
  double *weights;      /* (n_values, size) */
  double *offset;       /* (n_values) */
  double *r2;           /* (n_values) */
};

static gboolean
is_held_out (guint i)
{
  return i % HELD_OUT == HELD_OUT - 1;
}

static gboolean
counts (const float *vectors, gsize size, guint i)
{
  return !isnan (vectors[(gsize)i * size]);
}

static guint
measure_numbers (PhLinearProbe *self, guint n, const float *vectors)
{
  const gsize size = self->size;
  guint counted = 0;

  for (guint i = 0; i < n; i++)
    {
      if (is_held_out (i) || !counts (vectors, size, i))
        continue;
      counted++;
      for (gsize j = 0; j < size; j++)
        {
          double x = (double)vectors[i * size + j];

          self->mean[j] += x;
          self->scale[j] += x * x;
        }
    }
  for (gsize j = 0; j < size && counted > 0; j++)
    {
      double variance;

      self->mean[j] /= counted;
      variance = self->scale[j] / counted - self->mean[j] * self->mean[j];
      /* A number that never changes says nothing. */
      self->scale[j] = variance > 1e-20 ? 1 / sqrt (variance) : 0;
    }
  return counted;
}

static void
standardise (const PhLinearProbe *self, const float *vector, double *x)
{
  for (gsize j = 0; j < self->size; j++)
    x[j] = ((double)vector[j] - self->mean[j]) * self->scale[j];
}

/* Adds up Σ x xᵀ (lower half) and Σ x y over the vectors to learn from. */
static gboolean
add_up (PhLinearProbe *self, guint n, const float *vectors, const double *values, double *gram,
        GCancellable *cancellable, GError **error)
{
  const gsize size = self->size;
  g_autofree double *x = g_new (double, size);

  for (guint i = 0; i < n; i++)
    {
      if (is_held_out (i) || !counts (vectors, size, i))
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      standardise (self, vectors + i * size, x);
      for (gsize a = 0; a < size; a++)
        for (gsize b = 0; b <= a; b++)
          gram[a * size + b] += x[a] * x[b];
      for (guint v = 0; v < self->n_values; v++)
        for (gsize j = 0; j < size; j++)
          self->weights[v * size + j] +=
              x[j] * (values[(gsize)i * self->n_values + v] - self->offset[v]);
    }
  return TRUE;
}

/* Cholesky: gram = L Lᵀ in its lower half. */
static void
factorise (double *gram, gsize size)
{
  for (gsize a = 0; a < size; a++)
    for (gsize b = 0; b <= a; b++)
      {
        double sum = gram[a * size + b];

        for (gsize k = 0; k < b; k++)
          sum -= gram[a * size + k] * gram[b * size + k];
        gram[a * size + b] = a == b ? sqrt (MAX (sum, 1e-300)) : sum / gram[b * size + b];
      }
}

/* L Lᵀ w = right side, in place. */
static void
solve (const double *l, gsize size, double *w)
{
  for (gsize a = 0; a < size; a++)
    {
      for (gsize k = 0; k < a; k++)
        w[a] -= l[a * size + k] * w[k];
      w[a] /= l[a * size + a];
    }
  for (gsize a = size; a-- > 0;)
    {
      for (gsize k = a + 1; k < size; k++)
        w[a] -= l[k * size + a] * w[k];
      w[a] /= l[a * size + a];
    }
}

static void
measure_offsets (PhLinearProbe *self, guint n, const float *vectors, const double *values,
                 guint counted)
{
  for (guint i = 0; i < n; i++)
    if (!is_held_out (i) && counts (vectors, self->size, i))
      for (guint v = 0; v < self->n_values; v++)
        self->offset[v] += values[(gsize)i * self->n_values + v] / counted;
}

/* With vectors that it has not learned from. */
static void
measure_r2 (PhLinearProbe *self, guint n, const float *vectors, const double *values)
{
  g_autofree double *read = g_new (double, self->n_values);
  g_autofree double *wrong = g_new0 (double, self->n_values);
  g_autofree double *varied = g_new0 (double, self->n_values);

  for (guint i = 0; i < n; i++)
    {
      if (!is_held_out (i) || !counts (vectors, self->size, i))
        continue;
      ph_linear_probe_read (self, vectors + i * self->size, read);
      for (guint v = 0; v < self->n_values; v++)
        {
          double y = values[(gsize)i * self->n_values + v];

          wrong[v] += (y - read[v]) * (y - read[v]);
          varied[v] += (y - self->offset[v]) * (y - self->offset[v]);
        }
    }
  for (guint v = 0; v < self->n_values; v++)
    self->r2[v] = varied[v] > 0 ? 1 - wrong[v] / varied[v] : 0;
}

/* Public */

PhLinearProbe *
ph_linear_probe_new (guint n, gsize size, const float *vectors, guint n_values,
                     const double *values, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhLinearProbe) self = g_new0 (PhLinearProbe, 1);
  g_autofree double *gram = NULL;
  guint counted;

  g_atomic_ref_count_init (&self->refs);
  self->size = size;
  self->n_values = n_values;
  self->mean = g_new0 (double, size);
  self->scale = g_new0 (double, size);
  self->weights = g_new0 (double, size *n_values);
  self->offset = g_new0 (double, n_values);
  self->r2 = g_new0 (double, n_values);
  counted = measure_numbers (self, n, vectors);
  gram = size <= PH_LINEAR_PROBE_LARGEST ? g_try_new0 (double, size *size) : NULL;
  if (counted < 6 || gram == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "nothing can be read off %u vectors of %" G_GSIZE_FORMAT
                   " numbers: it takes eight vectors, of %u numbers at most",
                   counted, size, PH_LINEAR_PROBE_LARGEST);
      return NULL;
    }
  measure_offsets (self, n, vectors, values, counted);
  if (!add_up (self, n, vectors, values, gram, cancellable, error))
    return NULL;
  for (gsize j = 0; j < size; j++)
    gram[j * size + j] += RIDGE * counted;
  factorise (gram, size);
  for (guint v = 0; v < n_values; v++)
    solve (gram, size, self->weights + v * size);
  measure_r2 (self, n, vectors, values);
  return g_steal_pointer (&self);
}

PhLinearProbe *
ph_linear_probe_ref (PhLinearProbe *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
ph_linear_probe_unref (PhLinearProbe *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->mean);
  g_free (self->scale);
  g_free (self->weights);
  g_free (self->offset);
  g_free (self->r2);
  g_free (self);
}

void
ph_linear_probe_read (const PhLinearProbe *self, const float *vector, double *values)
{
  for (guint v = 0; v < self->n_values; v++)
    {
      const double *weights = self->weights + v * self->size;
      double sum = self->offset[v];

      for (gsize j = 0; j < self->size; j++)
        sum += weights[j] * ((double)vector[j] - self->mean[j]) * self->scale[j];
      values[v] = sum;
    }
}

double
ph_linear_probe_get_r2 (const PhLinearProbe *self, guint i)
{
  g_return_val_if_fail (i < self->n_values, NAN);

  return self->r2[i];
}
