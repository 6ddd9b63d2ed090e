#include "vis/param.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/fft.h"
#include "kernels/parallel.h"

/*
 * A picture as the waves it is made of, each scaled as strong as it is in photographs: with 1 over
 * its frequency. A step of equal length in every wave then draws large shapes first instead of
 * noise.
 *
 * Values: (channels, 2, rows, half) with real parts before imaginary parts; half = columns / 2 + 1
 * as for every real transform. The canvas of rows × columns is the picture's size or a little more,
 * where that makes the transform fast; the picture is its top left part.
 *
 * Source: Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017.
 */

#define LANES PH_FFT_BATCH
#define CONTRAST 0.25f /* of the picture in planes; the published code divides by 4 */
#define PIVOT 20.0     /* pixels */

typedef struct
{
  guint channels, height, width;
  guint rows, columns, half;
  guint n_blocks;               /* of LANES columns of the half spectrum */
  guint n_pairs;                /* blocks of LANES pairs of rows */
  gsize padded;                 /* rows rounded up to whole blocks of pairs */
  PhFft *down, *along;          /* owned: transforms of length rows and columns */
  float *scale;                 /* owned: (rows, half) */
  float *middle_re, *middle_im; /* owned: (channels, half, padded): transformed along one axis */
  float *scratch;               /* owned: per thread, two transforms */
  gsize scratch_size;
  guint n_threads; /* that scratch is there for */

  /* Of the call at work. */
  const float *values;
  float *d_values;
  float *planes;
  const float *d_planes;
  guint plane_rows, plane_columns;
} Fourier;

static guint
fourier_half (guint width)
{
  return ph_fft_good_size (width) / 2 + 1;
}

static gsize
fourier_n_values (guint channels, guint height, guint width)
{
  return (gsize)2 * channels * ph_fft_good_size (height) * fourier_half (width);
}

static void
fourier_state_free (gpointer state)
{
  Fourier *f = state;

  ph_fft_free (f->down);
  ph_fft_free (f->along);
  ph_aligned_free (f->scale);
  ph_aligned_free (f->middle_re);
  ph_aligned_free (f->middle_im);
  ph_aligned_free (f->scratch);
  g_free (f);
}

/* Waves as long as PIVOT keep their strength whatever the falloff. */
static void
fourier_set_falloff (gpointer state, double falloff)
{
  Fourier *f = state;
  double lowest = 1.0 / MAX (f->rows, f->columns);
  double unit = CONTRAST * PIVOT / sqrt ((double)f->rows * f->columns);

  for (guint y = 0; y < f->rows; y++)
    for (guint x = 0; x < f->half; x++)
      {
        double down = (double)MIN (y, f->rows - y) / f->rows;
        double along = (double)x / f->columns;
        double length = 1 / MAX (hypot (down, along), lowest); /* in pixels */

        f->scale[(gsize)y * f->half + x] = (float)(unit * pow (length / PIVOT, falloff));
      }
}

static gpointer
fourier_state_new (guint channels, guint height, guint width)
{
  Fourier *f = g_new0 (Fourier, 1);

  f->channels = channels;
  f->height = height;
  f->width = width;
  f->rows = ph_fft_good_size (height);
  f->columns = ph_fft_good_size (width);
  f->half = f->columns / 2 + 1;
  f->n_blocks = (f->half + LANES - 1) / LANES;
  f->n_pairs = (f->rows + 2 * LANES - 1) / (2 * LANES);
  f->padded = (gsize)f->n_pairs * 2 * LANES;
  f->down = ph_fft_new (f->rows);
  f->along = ph_fft_new (f->columns);
  f->scratch_size = (gsize)4 * LANES * MAX (f->rows, f->columns);
  f->scale = ph_aligned_alloc (sizeof (float) * f->rows * f->half);
  f->middle_re = ph_aligned_alloc (sizeof (float) * channels * f->half * f->padded);
  f->middle_im = ph_aligned_alloc (sizeof (float) * channels * f->half * f->padded);
  f->n_threads = ph_parallel_get_threads ();
  f->scratch = ph_aligned_alloc (sizeof (float) * f->scratch_size * f->n_threads);
  if (f->scale == NULL || f->middle_re == NULL || f->middle_im == NULL || f->scratch == NULL)
    {
      fourier_state_free (f);
      return NULL;
    }
  fourier_set_falloff (f, 1);
  return f;
}

/* Somebody may have asked for more threads since. */
static void
ensure_scratch (Fourier *f)
{
  if (ph_parallel_get_threads () <= f->n_threads)
    return;
  f->n_threads = ph_parallel_get_threads ();
  ph_aligned_free (f->scratch);
  f->scratch = ph_aligned_alloc (sizeof (float) * f->scratch_size * f->n_threads);
  g_assert (f->scratch != NULL);
}

/* How often a column of the half spectrum stands in the full one. */
static float
weight_of_column (const Fourier *f, guint x)
{
  return x == 0 || 2 * x == f->columns ? 1.0f : 2.0f;
}

/* Blocks of columns: scale, transform down, turn over: values → middle. */
static void
synthesise_columns (gsize begin, gsize end, guint thread, gpointer data)
{
  Fourier *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->rows * LANES;
  gsize plane = (gsize)f->rows * f->half;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_blocks;
      guint first = (guint)(item % f->n_blocks) * LANES;
      guint n = MIN (LANES, f->half - first);
      const float *re = f->values + 2 * channel * plane + first;
      const float *im = re + plane;

      if (n < LANES)
        memset (input, 0, sizeof (float) * 2 * part);
      for (gsize y = 0; y < f->rows; y++)
        for (guint i = 0; i < n; i++)
          {
            float scale = f->scale[y * f->half + first + i];

            input[y * LANES + i] = scale * re[y * f->half + i];
            input[part + y * LANES + i] = scale * im[y * f->half + i];
          }

      const float *output = ph_fft_run (f->down, TRUE, input, input + 2 * part);

      for (guint i = 0; i < n; i++)
        {
          gsize at = (channel * f->half + first + i) * f->padded;

          for (gsize y = 0; y < f->rows; y++)
            {
              f->middle_re[at + y] = output[y * LANES + i];
              f->middle_im[at + y] = output[part + y * LANES + i];
            }
        }
    }
}

/* Blocks of pairs of rows: two real rows are one complex row. middle → planes. */
static void
synthesise_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  Fourier *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->columns * LANES;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_pairs;
      gsize first = item % f->n_pairs * 2 * LANES;

      for (guint x = 0; x < f->half; x++)
        {
          gsize at = (channel * f->half + x) * f->padded + first;
          const float *re = f->middle_re + at, *im = f->middle_im + at;
          /* The mirrored half: X[columns - x] is the conjugate of X[x]. */
          guint mirrored = x == 0 ? 0 : f->columns - x;
          gboolean real = mirrored == x;
          float *zr = input + (gsize)x * LANES, *zi = zr + part;
          float *mr = input + (gsize)mirrored * LANES, *mi = mr + part;

          /* Row i and row LANES + i of the block make a pair: z = a + i b. */
          for (guint i = 0; i < LANES; i++)
            {
              float ar = re[i], ai = real ? 0 : im[i];
              float br = re[LANES + i], bi = real ? 0 : im[LANES + i];

              zr[i] = ar - bi;
              zi[i] = ai + br;
              mr[i] = ar + bi;
              mi[i] = br - ai;
            }
        }

      const float *output = ph_fft_run (f->along, TRUE, input, input + 2 * part);

      for (guint i = 0; i < 2 * LANES && first + i < f->plane_rows; i++)
        {
          const float *from = output + (i < LANES ? i : part + i - LANES);
          float *to = f->planes + (channel * f->plane_rows + first + i) * f->plane_columns;

          for (gsize x = 0; x < f->plane_columns; x++)
            to[x] = from[x * LANES];
        }
    }
}

/* The adjoint of synthesise_rows: d_planes → middle. */
static void
analyse_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  Fourier *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->columns * LANES;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_pairs;
      gsize first = item % f->n_pairs * 2 * LANES;

      memset (input, 0, sizeof (float) * 2 * part);
      for (guint i = 0; i < 2 * LANES && first + i < f->plane_rows; i++)
        {
          const float *from =
              f->d_planes + (channel * f->plane_rows + first + i) * f->plane_columns;
          float *to = input + (i < LANES ? i : part + i - LANES);

          for (gsize x = 0; x < f->plane_columns; x++)
            to[x * LANES] = from[x];
        }

      const float *output = ph_fft_run (f->along, FALSE, input, input + 2 * part);

      for (guint x = 0; x < f->half; x++)
        {
          gsize at = (channel * f->half + x) * f->padded + first;
          float *re = f->middle_re + at, *im = f->middle_im + at;
          guint mirrored = x == 0 ? 0 : f->columns - x;
          float weight = 0.5f * weight_of_column (f, x);
          const float *zr = output + (gsize)x * LANES, *zi = zr + part;
          const float *mr = output + (gsize)mirrored * LANES, *mi = mr + part;

          for (guint i = 0; i < LANES; i++)
            {
              re[i] = weight * (zr[i] + mr[i]);
              im[i] = weight * (zi[i] - mi[i]);
              re[LANES + i] = weight * (zi[i] + mi[i]);
              im[LANES + i] = weight * (mr[i] - zr[i]);
            }
        }
    }
}

/* The adjoint of synthesise_columns: middle → d_values. */
static void
analyse_columns (gsize begin, gsize end, guint thread, gpointer data)
{
  Fourier *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->rows * LANES;
  gsize plane = (gsize)f->rows * f->half;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_blocks;
      guint first = (guint)(item % f->n_blocks) * LANES;
      guint n = MIN (LANES, f->half - first);
      float *re = f->d_values + 2 * channel * plane + first;
      float *im = re + plane;

      if (n < LANES)
        memset (input, 0, sizeof (float) * 2 * part);
      for (guint i = 0; i < n; i++)
        {
          gsize at = (channel * f->half + first + i) * f->padded;

          for (gsize y = 0; y < f->rows; y++)
            {
              input[y * LANES + i] = f->middle_re[at + y];
              input[part + y * LANES + i] = f->middle_im[at + y];
            }
        }

      const float *output = ph_fft_run (f->down, FALSE, input, input + 2 * part);

      for (gsize y = 0; y < f->rows; y++)
        for (guint i = 0; i < n; i++)
          {
            float scale = f->scale[y * f->half + first + i];

            re[y * f->half + i] = scale * output[y * LANES + i];
            im[y * f->half + i] = scale * output[part + y * LANES + i];
          }
    }
}

static void
fourier_apply (gpointer state, const float *values, float *planes)
{
  Fourier *f = state;

  f->values = values;
  f->planes = planes;
  f->plane_rows = f->height;
  f->plane_columns = f->width;
  ensure_scratch (f);
  ph_parallel_for ((gsize)f->channels * f->n_blocks, 1, synthesise_columns, f);
  ph_parallel_for ((gsize)f->channels * f->n_pairs, 1, synthesise_rows, f);
}

static void
analyse (Fourier *f, const float *d_planes, guint rows, guint columns, float *d_values)
{
  f->d_planes = d_planes;
  f->d_values = d_values;
  f->plane_rows = rows;
  f->plane_columns = columns;
  ensure_scratch (f);
  ph_parallel_for ((gsize)f->channels * f->n_pairs, 1, analyse_rows, f);
  ph_parallel_for ((gsize)f->channels * f->n_blocks, 1, analyse_columns, f);
}

static void
fourier_adjoint (gpointer state, const float *d_planes, float *d_values)
{
  Fourier *f = state;

  analyse (f, d_planes, f->height, f->width, d_values);
}

/* On the whole canvas the transform is orthogonal up to scale and weight, so its inverse is the
 * adjoint divided by their squares. Beyond the picture the canvas is the picture mirrored. */
static void
fourier_invert (gpointer state, const float *planes, float *values)
{
  Fourier *f = state;
  gsize plane = (gsize)f->rows * f->half;
  g_autofree float *canvas = g_new (float, (gsize)f->channels * f->rows * f->columns);

  for (guint c = 0; c < f->channels; c++)
    for (guint y = 0; y < f->rows; y++)
      for (guint x = 0; x < f->columns; x++)
        {
          guint from_y = y < f->height ? y : f->height - 1 - MIN (y - f->height, f->height - 1);
          guint from_x = x < f->width ? x : f->width - 1 - MIN (x - f->width, f->width - 1);

          canvas[((gsize)c * f->rows + y) * f->columns + x] =
              planes[((gsize)c * f->height + from_y) * f->width + from_x];
        }
  analyse (f, canvas, f->rows, f->columns, values);
  for (guint part = 0; part < 2 * f->channels; part++)
    for (gsize y = 0; y < f->rows; y++)
      for (guint x = 0; x < f->half; x++)
        {
          float scale = f->scale[y * f->half + x];

          values[part * plane + y * f->half + x] /=
              scale * scale * weight_of_column (f, x) * (float)((gsize)f->rows * f->columns);
        }
}

const PhParamClass ph_param_fourier = {
  .name = "fourier",
  .summary = "The picture is a sum of waves, coarse ones stronger, as in photographs: shapes "
             "appear before noise.",
  .n_values = fourier_n_values,
  .state_new = fourier_state_new,
  .state_free = fourier_state_free,
  .set_falloff = fourier_set_falloff,
  .apply = fourier_apply,
  .adjoint = fourier_adjoint,
  .invert = fourier_invert,
};
