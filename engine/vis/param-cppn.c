#include "vis/param.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

/*
 * A picture as a function of the place: a small network of its own that gets the coordinates of a
 * pixel and gives its colour; its weights are what is optimised. Such pictures are smooth and can
 * be drawn at any size.
 *
 * Layers of FEATURES numbers; between them every number x becomes atan (x) and its square, each
 * brought to the same spread. Values: for each layer its weights (to, from), then its biases; all
 * are stored GAIN times as large as they act, so that the step sizes of other spaces suit.
 *
 * Source: Stanley 2007; Mordvintsev et al., "Differentiable Image Parameterizations", Distill 2018.
 */

#define FEATURES 24
#define N_LAYERS 9 /* the last gives the colours */
#define GAIN 20.0f
#define SPREAD 0.67f       /* of atan (x) for normal x */
#define SQUARE_SPREAD 0.6f /* of its square */
#define EXTENT 1.7320508f  /* coordinates of the longer side: standard deviation 1 */
#define TILE 2048          /* pixels at a time */

typedef struct
{
  guint channels, height, width;
  float *inputs[N_LAYERS + 1]; /* owned: (from, TILE) of each layer; the last is the output */
  float *atans[N_LAYERS];      /* owned: (FEATURES, TILE): atan of the layer's sums */
  float *d_a, *d_b;            /* owned: (2 FEATURES, TILE) */
  float *weights;              /* owned: values as they act */
  gsize n_values;
} Cppn;

static gsize
n_from (guint layer)
{
  return layer == 0 ? 2 : 2 * FEATURES;
}

static gsize
n_to (guint layer, guint channels)
{
  return layer + 1 == N_LAYERS ? channels : FEATURES;
}

static gsize
cppn_n_values (const PhParamSpec *spec)
{
  gsize n = 0;

  for (guint i = 0; i < N_LAYERS; i++)
    n += n_to (i, spec->channels) * (n_from (i) + 1);
  return n;
}

static void
cppn_state_free (gpointer state)
{
  Cppn *c = state;

  for (guint i = 0; i <= N_LAYERS; i++)
    ph_aligned_free (c->inputs[i]);
  for (guint i = 0; i < N_LAYERS; i++)
    ph_aligned_free (c->atans[i]);
  ph_aligned_free (c->d_a);
  ph_aligned_free (c->d_b);
  ph_aligned_free (c->weights);
  g_free (c);
}

static gpointer
cppn_state_new (const PhParamSpec *spec, GError **error)
{
  Cppn *c = g_new0 (Cppn, 1);
  gboolean there = TRUE;

  c->channels = spec->channels;
  c->height = spec->height;
  c->width = spec->width;
  c->n_values = cppn_n_values (spec);
  for (guint i = 0; i <= N_LAYERS; i++)
    {
      gsize n = i == N_LAYERS ? spec->channels : n_from (i);

      c->inputs[i] = ph_aligned_alloc (sizeof (float) * n * TILE);
      there = there && c->inputs[i] != NULL;
    }
  for (guint i = 0; i < N_LAYERS; i++)
    {
      c->atans[i] = ph_aligned_alloc (sizeof (float) * FEATURES * TILE);
      there = there && c->atans[i] != NULL;
    }
  c->d_a = ph_aligned_alloc (sizeof (float) * 2 * FEATURES * TILE);
  c->d_b = ph_aligned_alloc (sizeof (float) * 2 * FEATURES * TILE);
  c->weights = ph_aligned_alloc (sizeof (float) * c->n_values);
  if (there && c->d_a != NULL && c->d_b != NULL && c->weights != NULL)
    return c;
  cppn_state_free (c);
  return ph_param_no_memory (spec, error);
}

/* Sums of spread 1 in every layer; the colours start near grey. */
static void
cppn_init (gpointer state, PhRng *rng, double sd, float *values)
{
  const Cppn *c = state;

  for (guint i = 0; i < N_LAYERS; i++)
    {
      gsize to = n_to (i, c->channels), from = n_from (i);
      double spread = GAIN * (i + 1 == N_LAYERS ? 0.1 : 1) / sqrt ((double)from);

      for (gsize j = 0; j < to * from; j++)
        *values++ = (float)(spread * ph_rng_normal (rng));
      for (gsize j = 0; j < to; j++)
        *values++ = 0;
    }
}

static void
set_weights (Cppn *c, const float *values)
{
  for (gsize i = 0; i < c->n_values; i++)
    c->weights[i] = values[i] / GAIN;
}

static void
set_coordinates (Cppn *c, gsize first, gsize n)
{
  double unit = 2 * EXTENT / MAX (c->height, c->width);

  for (gsize i = 0; i < n; i++)
    {
      gsize row = (first + i) / c->width, column = (first + i) % c->width;

      c->inputs[0][i] = (float)(((double)column + 0.5 - 0.5 * c->width) * unit);
      c->inputs[0][TILE + i] = (float)(((double)row + 0.5 - 0.5 * c->height) * unit);
    }
}

typedef struct
{
  const float *bias;
  gsize n;
  float *sums, *atans, *next; /* of a layer */
} Activation;

/* Rows of features: add the bias, then atan and its square. */
static void
activate (gsize begin, gsize end, guint thread, gpointer data)
{
  const Activation *a = data;

  for (gsize f = begin; f < end; f++)
    for (gsize i = 0; i < a->n; i++)
      {
        float x = atanf (a->sums[f * TILE + i] + a->bias[f]);

        a->atans[f * TILE + i] = x;
        a->next[f * TILE + i] = x / SPREAD;
        a->next[(FEATURES + f) * TILE + i] = x * x / SQUARE_SPREAD;
      }
}

/* @n pixels: from the coordinates to the output. */
static void
forward (Cppn *c, gsize n)
{
  const float *w = c->weights;

  for (guint i = 0; i < N_LAYERS; i++)
    {
      gsize to = n_to (i, c->channels), from = n_from (i);
      const float *bias = w + to * from;
      gboolean last = i + 1 == N_LAYERS;
      float *sums = last ? c->inputs[N_LAYERS] : c->d_a;

      ph_gemm (FALSE, FALSE, to, n, from, 1, w, from, c->inputs[i], TILE, 0, sums, TILE);
      if (last)
        for (gsize f = 0; f < to; f++)
          for (gsize j = 0; j < n; j++)
            sums[f * TILE + j] += bias[f];
      else
        {
          Activation activation = { bias, n, sums, c->atans[i], c->inputs[i + 1] };

          ph_parallel_for (FEATURES, 1, activate, &activation);
        }
      w = bias + to;
    }
}

static void
cppn_apply (gpointer state, const float *values, float *planes)
{
  Cppn *c = state;
  gsize n_pixels = (gsize)c->height * c->width;

  set_weights (c, values);
  for (gsize first = 0; first < n_pixels; first += TILE)
    {
      gsize n = MIN (TILE, n_pixels - first);

      set_coordinates (c, first, n);
      forward (c, n);
      for (guint k = 0; k < c->channels; k++)
        memcpy (planes + k * n_pixels + first, c->inputs[N_LAYERS] + (gsize)k * TILE,
                sizeof (float) * n);
    }
}

/* From the gradient at the output, in d_a, to that at the weights, added to @d_values. */
static void
backward (Cppn *c, gsize n, float *d_values)
{
  gsize end = c->n_values;
  float *d_sums = c->d_a, *d_inputs = c->d_b;

  for (guint i = N_LAYERS; i-- > 0;)
    {
      gsize to = n_to (i, c->channels), from = n_from (i);
      gsize first = end - to * (from + 1);
      const float *atans = i > 0 ? c->atans[i - 1] : NULL;

      for (gsize f = 0; f < to; f++)
        {
          double sum = 0;

          for (gsize j = 0; j < n; j++)
            sum += d_sums[f * TILE + j];
          d_values[first + to * from + f] += (float)sum / GAIN;
        }
      ph_gemm (FALSE, TRUE, to, from, n, 1 / GAIN, d_sums, TILE, c->inputs[i], TILE, 1,
               d_values + first, from);
      if (i == 0)
        break;
      ph_gemm (TRUE, FALSE, from, n, to, 1, c->weights + first, from, d_sums, TILE, 0, d_inputs,
               TILE);

      /* d atan (x) = dx / (1 + x²) = dx cos² (atan x) */
      for (gsize f = 0; f < FEATURES; f++)
        for (gsize j = 0; j < n; j++)
          {
            float x = atans[f * TILE + j], cosine = cosf (x);

            d_sums[f * TILE + j] = cosine * cosine *
                                   (d_inputs[f * TILE + j] / SPREAD +
                                    d_inputs[(FEATURES + f) * TILE + j] * 2 * x / SQUARE_SPREAD);
          }
      end = first;
    }
}

static void
cppn_adjoint (gpointer state, const float *values, const float *d_planes, float *d_values)
{
  Cppn *c = state;
  gsize n_pixels = (gsize)c->height * c->width;

  set_weights (c, values);
  memset (d_values, 0, sizeof (float) * c->n_values);
  for (gsize first = 0; first < n_pixels; first += TILE)
    {
      gsize n = MIN (TILE, n_pixels - first);

      set_coordinates (c, first, n);
      forward (c, n);
      for (guint k = 0; k < c->channels; k++)
        memcpy (c->d_a + (gsize)k * TILE, d_planes + k * n_pixels + first, sizeof (float) * n);
      backward (c, n, d_values);
    }
}

const PhParamClass ph_param_cppn = {
  .name = "cppn",
  .summary = "The picture is drawn by a small network of its own, from the coordinates: smooth, "
             "glowing shapes without any noise.",
  .n_values = cppn_n_values,
  .state_new = cppn_state_new,
  .state_free = cppn_state_free,
  .init = cppn_init,
  .apply = cppn_apply,
  .adjoint = cppn_adjoint,
};
