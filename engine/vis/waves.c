#include "vis/waves.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/fft.h"
#include "kernels/parallel.h"

#define LANES PH_FFT_BATCH

struct _PhWaves
{
  PhWavesSize size;
  guint n_blocks;               /* of LANES columns of the half spectrum */
  guint n_pairs;                /* blocks of LANES pairs of rows */
  gsize padded;                 /* rows rounded up to whole blocks of pairs */
  PhFft *down, *along;          /* owned: transforms of length rows and columns */
  float *middle_re, *middle_im; /* owned: (channels, half, padded): transformed along one axis */
  float *scratch;               /* owned: per thread, two transforms */
  gsize scratch_size;
  guint n_threads; /* that scratch is there for */

  /* Of the call at work. */
  const float *scale; /* (rows, half); nullable */
  const float *values;
  float *d_values;
  float *planes;
  const float *d_planes;
  guint plane_rows, plane_columns;
};

void
ph_waves_get_size (guint channels, guint height, guint width, PhWavesSize *size)
{
  size->channels = channels;
  size->height = height;
  size->width = width;
  size->rows = ph_fft_good_size (height);
  size->columns = ph_fft_good_size (width);
  size->half = size->columns / 2 + 1;
  size->n = (gsize)channels * size->rows * size->half;
}

void
ph_waves_free (PhWaves *f)
{
  if (f == NULL)
    return;
  ph_fft_free (f->down);
  ph_fft_free (f->along);
  ph_aligned_free (f->middle_re);
  ph_aligned_free (f->middle_im);
  ph_aligned_free (f->scratch);
  g_free (f);
}

PhWaves *
ph_waves_new (guint channels, guint height, guint width)
{
  PhWaves *f = g_new0 (PhWaves, 1);
  PhWavesSize *size = &f->size;

  ph_waves_get_size (channels, height, width, size);
  f->n_blocks = (size->half + LANES - 1) / LANES;
  f->n_pairs = (size->rows + 2 * LANES - 1) / (2 * LANES);
  f->padded = (gsize)f->n_pairs * 2 * LANES;
  f->down = ph_fft_new (size->rows);
  f->along = ph_fft_new (size->columns);
  f->scratch_size = (gsize)4 * LANES * MAX (size->rows, size->columns);
  f->middle_re = ph_aligned_alloc (sizeof (float) * channels * size->half * f->padded);
  f->middle_im = ph_aligned_alloc (sizeof (float) * channels * size->half * f->padded);
  f->n_threads = ph_parallel_get_threads ();
  f->scratch = ph_aligned_alloc (sizeof (float) * f->scratch_size * f->n_threads);
  if (f->middle_re != NULL && f->middle_im != NULL && f->scratch != NULL)
    return f;
  ph_waves_free (f);
  return NULL;
}

/* Somebody may have asked for more threads since. */
static void
ensure_scratch (PhWaves *f)
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
weight_of_column (const PhWaves *f, guint x)
{
  return x == 0 || 2 * x == f->size.columns ? 1.0f : 2.0f;
}

/* Blocks of columns: scale, transform down, turn over: values → middle. */
static void
synthesise_columns (gsize begin, gsize end, guint thread, gpointer data)
{
  PhWaves *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->size.rows * LANES;
  gsize plane = (gsize)f->size.rows * f->size.half;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_blocks;
      guint first = (guint)(item % f->n_blocks) * LANES;
      guint n = MIN (LANES, f->size.half - first);
      const float *re = f->values + 2 * channel * plane + first;
      const float *im = re + plane;

      if (n < LANES)
        memset (input, 0, sizeof (float) * 2 * part);
      for (gsize y = 0; y < f->size.rows; y++)
        for (guint i = 0; i < n; i++)
          {
            float scale = f->scale != NULL ? f->scale[y * f->size.half + first + i] : 1;

            input[y * LANES + i] = scale * re[y * f->size.half + i];
            input[part + y * LANES + i] = scale * im[y * f->size.half + i];
          }

      const float *output = ph_fft_run (f->down, TRUE, input, input + 2 * part);

      for (guint i = 0; i < n; i++)
        {
          gsize at = (channel * f->size.half + first + i) * f->padded;

          for (gsize y = 0; y < f->size.rows; y++)
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
  PhWaves *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->size.columns * LANES;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_pairs;
      gsize first = item % f->n_pairs * 2 * LANES;

      for (guint x = 0; x < f->size.half; x++)
        {
          gsize at = (channel * f->size.half + x) * f->padded + first;
          const float *re = f->middle_re + at, *im = f->middle_im + at;
          /* The mirrored half: X[columns - x] is the conjugate of X[x]. */
          guint mirrored = x == 0 ? 0 : f->size.columns - x;
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
  PhWaves *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->size.columns * LANES;

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

      for (guint x = 0; x < f->size.half; x++)
        {
          gsize at = (channel * f->size.half + x) * f->padded + first;
          float *re = f->middle_re + at, *im = f->middle_im + at;
          guint mirrored = x == 0 ? 0 : f->size.columns - x;
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
  PhWaves *f = data;
  float *input = f->scratch + thread * f->scratch_size;
  gsize part = (gsize)f->size.rows * LANES;
  gsize plane = (gsize)f->size.rows * f->size.half;

  for (gsize item = begin; item < end; item++)
    {
      gsize channel = item / f->n_blocks;
      guint first = (guint)(item % f->n_blocks) * LANES;
      guint n = MIN (LANES, f->size.half - first);
      float *re = f->d_values + 2 * channel * plane + first;
      float *im = re + plane;

      if (n < LANES)
        memset (input, 0, sizeof (float) * 2 * part);
      for (guint i = 0; i < n; i++)
        {
          gsize at = (channel * f->size.half + first + i) * f->padded;

          for (gsize y = 0; y < f->size.rows; y++)
            {
              input[y * LANES + i] = f->middle_re[at + y];
              input[part + y * LANES + i] = f->middle_im[at + y];
            }
        }

      const float *output = ph_fft_run (f->down, FALSE, input, input + 2 * part);

      for (gsize y = 0; y < f->size.rows; y++)
        for (guint i = 0; i < n; i++)
          {
            float scale = f->scale != NULL ? f->scale[y * f->size.half + first + i] : 1;

            re[y * f->size.half + i] = scale * output[y * LANES + i];
            im[y * f->size.half + i] = scale * output[part + y * LANES + i];
          }
    }
}

void
ph_waves_synthesise (PhWaves *f, const float *scale, const float *values, float *planes)
{
  f->scale = scale;
  f->values = values;
  f->planes = planes;
  f->plane_rows = f->size.height;
  f->plane_columns = f->size.width;
  ensure_scratch (f);
  ph_parallel_for ((gsize)f->size.channels * f->n_blocks, 1, synthesise_columns, f);
  ph_parallel_for ((gsize)f->size.channels * f->n_pairs, 1, synthesise_rows, f);
}

static void
analyse (PhWaves *f, const float *scale, const float *d_planes, guint rows, guint columns,
         float *d_values)
{
  f->scale = scale;
  f->d_planes = d_planes;
  f->d_values = d_values;
  f->plane_rows = rows;
  f->plane_columns = columns;
  ensure_scratch (f);
  ph_parallel_for ((gsize)f->size.channels * f->n_pairs, 1, analyse_rows, f);
  ph_parallel_for ((gsize)f->size.channels * f->n_blocks, 1, analyse_columns, f);
}

void
ph_waves_adjoint (PhWaves *f, const float *scale, const float *d_planes, float *d_values)
{
  analyse (f, scale, d_planes, f->size.height, f->size.width, d_values);
}

/* On the whole canvas the transform is orthogonal up to weight, so its inverse is the adjoint
 * divided by it. Beyond the picture the canvas is the picture mirrored. */
void
ph_waves_invert (PhWaves *f, const float *planes, float *values)
{
  const PhWavesSize *s = &f->size;
  gsize plane = (gsize)s->rows * s->half;
  g_autofree float *canvas = g_new (float, (gsize)s->channels * s->rows * s->columns);

  for (guint c = 0; c < s->channels; c++)
    for (guint y = 0; y < s->rows; y++)
      for (guint x = 0; x < s->columns; x++)
        {
          guint from_y = y < s->height ? y : s->height - 1 - MIN (y - s->height, s->height - 1);
          guint from_x = x < s->width ? x : s->width - 1 - MIN (x - s->width, s->width - 1);

          canvas[((gsize)c * s->rows + y) * s->columns + x] =
              planes[((gsize)c * s->height + from_y) * s->width + from_x];
        }
  analyse (f, NULL, canvas, s->rows, s->columns, values);
  for (guint part = 0; part < 2 * s->channels; part++)
    for (gsize y = 0; y < s->rows; y++)
      for (guint x = 0; x < s->half; x++)
        values[part * plane + y * s->half + x] /=
            weight_of_column (f, x) * (float)((gsize)s->rows * s->columns);
}
