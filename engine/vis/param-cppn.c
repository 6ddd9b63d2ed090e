#include "vis/param.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "kernels/pointwise.h"

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

/* What one thread works with. */
typedef struct
{
  float *inputs[N_LAYERS + 1]; /* owned: (from, TILE) of each layer; the last is the output */
  float *sums[N_LAYERS];       /* owned: (FEATURES, TILE): of the layer, with the bias */
  float *d_a, *d_b;            /* owned: (2 FEATURES, TILE) */
} Work;

typedef struct
{
  guint channels, height, width;
  gsize n_values, n_pixels, n_tiles;
  guint n_threads;
  Work *work;        /* owned: for each thread */
  float *weights;    /* owned: values as they act */
  float *d_of_tiles; /* owned: (n_tiles, n_values), so that sums do not depend on threads */

  /* Of the call at work. */
  float *planes;
  const float *d_planes;
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
work_clear (Work *work)
{
  for (guint i = 0; i <= N_LAYERS; i++)
    ph_aligned_free (work->inputs[i]);
  for (guint i = 0; i < N_LAYERS; i++)
    ph_aligned_free (work->sums[i]);
  ph_aligned_free (work->d_a);
  ph_aligned_free (work->d_b);
}

static float *
new_tile (gsize rows, gboolean *there)
{
  float *memory = ph_aligned_alloc (sizeof (float) * rows * TILE);

  *there = *there && memory != NULL;
  return memory;
}

static gboolean
work_init (Work *work, guint channels)
{
  gsize most = MAX (2 * FEATURES, channels);
  gboolean there = TRUE;

  for (guint i = 0; i <= N_LAYERS; i++)
    work->inputs[i] = new_tile (i == N_LAYERS ? channels : n_from (i), &there);
  for (guint i = 0; i < N_LAYERS; i++)
    work->sums[i] = new_tile (FEATURES, &there);
  work->d_a = new_tile (most, &there);
  work->d_b = new_tile (most, &there);
  return there;
}

static void
cppn_state_free (gpointer state)
{
  Cppn *c = state;

  for (guint i = 0; i < c->n_threads; i++)
    work_clear (&c->work[i]);
  g_free (c->work);
  ph_aligned_free (c->weights);
  ph_aligned_free (c->d_of_tiles);
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
  c->n_pixels = (gsize)spec->height * spec->width;
  c->n_tiles = (c->n_pixels + TILE - 1) / TILE;
  c->n_threads = ph_parallel_get_threads ();
  c->work = g_new0 (Work, c->n_threads);
  for (guint i = 0; i < c->n_threads; i++)
    there = work_init (&c->work[i], spec->channels) && there;
  c->weights = ph_aligned_alloc (sizeof (float) * c->n_values);
  c->d_of_tiles = ph_aligned_alloc (sizeof (float) * c->n_values * c->n_tiles);
  if (there && c->weights != NULL && c->d_of_tiles != NULL)
    return c;
  cppn_state_free (c);
  return ph_param_no_memory (spec, error);
}

/* Somebody may have asked for more threads since. */
static void
ensure_work (Cppn *c)
{
  guint n = ph_parallel_get_threads ();

  if (n <= c->n_threads)
    return;
  c->work = g_renew (Work, c->work, n);
  for (; c->n_threads < n; c->n_threads++)
    {
      gboolean there = work_init (&c->work[c->n_threads], c->channels);

      g_assert (there);
    }
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
set_coordinates (const Cppn *c, Work *work, gsize first, gsize n)
{
  double unit = 2 * EXTENT / MAX (c->height, c->width);

  for (gsize i = 0; i < n; i++)
    {
      gsize row = (first + i) / c->width, column = (first + i) % c->width;

      work->inputs[0][i] = (float)(((double)column + 0.5 - 0.5 * c->width) * unit);
      work->inputs[0][TILE + i] = (float)(((double)row + 0.5 - 0.5 * c->height) * unit);
    }
}

/* Rows of features: the bias is added, then atan and its square. */
static void
activate (const float *bias, gsize n, float *sums, float *next)
{
  for (gsize f = 0; f < FEATURES; f++)
    {
      float *sum = sums + f * TILE, *first = next + f * TILE, *second = first + FEATURES * TILE;

      for (gsize i = 0; i < n; i++)
        sum[i] += bias[f];
      ph_pointwise_atan (n, sum, first);
      for (gsize i = 0; i < n; i++)
        {
          second[i] = first[i] * first[i] / SQUARE_SPREAD;
          first[i] /= SPREAD;
        }
    }
}

/* @n pixels: from the coordinates to the output. */
static void
forward (const Cppn *c, Work *work, gsize n)
{
  const float *w = c->weights;

  for (guint i = 0; i < N_LAYERS; i++)
    {
      gsize to = n_to (i, c->channels), from = n_from (i);
      const float *bias = w + to * from;
      gboolean last = i + 1 == N_LAYERS;
      float *sums = last ? work->inputs[N_LAYERS] : work->sums[i];

      ph_gemm (FALSE, FALSE, to, n, from, 1, w, from, work->inputs[i], TILE, 0, sums, TILE);
      if (last)
        for (gsize f = 0; f < to; f++)
          for (gsize j = 0; j < n; j++)
            sums[f * TILE + j] += bias[f];
      else
        activate (bias, n, sums, work->inputs[i + 1]);
      w = bias + to;
    }
}

static void
apply_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  Cppn *c = data;
  Work *work = &c->work[thread];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize first = tile * TILE, n = MIN (TILE, c->n_pixels - first);

      set_coordinates (c, work, first, n);
      forward (c, work, n);
      for (gsize k = 0; k < c->channels; k++)
        memcpy (c->planes + k * c->n_pixels + first, work->inputs[N_LAYERS] + k * TILE,
                sizeof (float) * n);
    }
}

static void
cppn_apply (gpointer state, const float *values, float *planes)
{
  Cppn *c = state;

  set_weights (c, values);
  ensure_work (c);
  c->planes = planes;
  ph_parallel_for (c->n_tiles, 1, apply_tiles, c);
}

/* From the gradient at the output, in d_a, to that at the weights, overwritten. */
static void
backward (const Cppn *c, Work *work, gsize n, float *d_values)
{
  gsize end = c->n_values;
  float *d_sums = work->d_a, *d_inputs = work->d_b;

  for (guint i = N_LAYERS; i-- > 0;)
    {
      gsize to = n_to (i, c->channels), from = n_from (i);
      gsize first = end - to * (from + 1);

      for (gsize f = 0; f < to; f++)
        {
          double sum = 0;

          for (gsize j = 0; j < n; j++)
            sum += d_sums[f * TILE + j];
          d_values[first + to * from + f] = (float)sum / GAIN;
        }
      ph_gemm (FALSE, TRUE, to, from, n, 1 / GAIN, d_sums, TILE, work->inputs[i], TILE, 0,
               d_values + first, from);
      if (i == 0)
        break;
      ph_gemm (TRUE, FALSE, from, n, to, 1, c->weights + first, from, d_sums, TILE, 0, d_inputs,
               TILE);

      /* d atan (x) = dx / (1 + x²) */
      for (gsize f = 0; f < FEATURES; f++)
        for (gsize j = 0; j < n; j++)
          {
            float x = work->sums[i - 1][f * TILE + j], y = work->inputs[i][f * TILE + j] * SPREAD;

            d_sums[f * TILE + j] = (d_inputs[f * TILE + j] / SPREAD +
                                    d_inputs[(FEATURES + f) * TILE + j] * 2 * y / SQUARE_SPREAD) /
                                   (1 + x * x);
          }
      end = first;
    }
}

static void
adjoint_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  Cppn *c = data;
  Work *work = &c->work[thread];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize first = tile * TILE, n = MIN (TILE, c->n_pixels - first);

      set_coordinates (c, work, first, n);
      forward (c, work, n);
      for (gsize k = 0; k < c->channels; k++)
        memcpy (work->d_a + k * TILE, c->d_planes + k * c->n_pixels + first, sizeof (float) * n);
      backward (c, work, n, c->d_of_tiles + tile * c->n_values);
    }
}

static void
cppn_adjoint (gpointer state, const float *values, const float *d_planes, float *d_values)
{
  Cppn *c = state;

  set_weights (c, values);
  ensure_work (c);
  c->d_planes = d_planes;
  ph_parallel_for (c->n_tiles, 1, adjoint_tiles, c);
  memset (d_values, 0, sizeof (float) * c->n_values);
  for (gsize tile = 0; tile < c->n_tiles; tile++)
    for (gsize i = 0; i < c->n_values; i++)
      d_values[i] += c->d_of_tiles[tile * c->n_values + i];
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
