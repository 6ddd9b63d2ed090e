#include "vis/warp.h"

#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "kernels/parallel.h"

/* Bands of rows of the view that are carried back apart from one another: as many whatever the
 * number of threads, so that the sums are the same. */
#define N_BANDS 8

/* The channels of a pixel, side by side; unused ones are 0. */
typedef float Pixel __attribute__ ((vector_size (16)));

struct _PhResampler
{
  guint channels, height, width, out_height, out_width;
  Pixel *pixels; /* owned: the picture, minus grey */
  Pixel *bands;  /* owned: N_BANDS pictures that gradients are gathered in */

  /* Of the call at work. */
  const PhWarp *warp;
  guint samples; /* per pixel of the view and axis */
  const float *from;
  float *to;
  struct
  {
    guint begin, end; /* rows of the picture that the band may touch */
  } touched[N_BANDS];
};

void
ph_warp_identity (PhWarp *warp)
{
  *warp = (PhWarp){ { 1, 0, 0, 0, 1, 0 }, PH_EDGE_GREY };
}

void
ph_warp_compose (PhWarp *warp, const double matrix[6])
{
  const double *a = warp->matrix, *b = matrix;
  double product[6] = {
    a[0] * b[0] + a[1] * b[3], a[0] * b[1] + a[1] * b[4], a[0] * b[2] + a[1] * b[5] + a[2],
    a[3] * b[0] + a[4] * b[3], a[3] * b[1] + a[4] * b[4], a[3] * b[2] + a[4] * b[5] + a[5],
  };

  memcpy (warp->matrix, product, sizeof product);
}

PhResampler *
ph_resampler_new (guint channels, guint height, guint width, guint out_height, guint out_width,
                  GError **error)
{
  g_return_val_if_fail (channels >= 1 && channels <= 4, NULL);

  g_autoptr (PhResampler) resampler = g_new0 (PhResampler, 1);
  gsize bytes = sizeof (Pixel) * height * width;

  resampler->channels = channels;
  resampler->height = height;
  resampler->width = width;
  resampler->out_height = out_height;
  resampler->out_width = out_width;
  resampler->pixels = ph_aligned_alloc (bytes);
  resampler->bands = ph_aligned_alloc (bytes * N_BANDS);
  if (resampler->pixels == NULL || resampler->bands == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "There is no memory to move a picture of %u × %u pixels", width, height);
      return NULL;
    }
  return g_steal_pointer (&resampler);
}

void
ph_resampler_free (PhResampler *resampler)
{
  if (resampler == NULL)
    return;
  ph_aligned_free (resampler->pixels);
  ph_aligned_free (resampler->bands);
  g_free (resampler);
}

/* Index of the pixel that a tap at @i sees, or -1 for grey. */
static inline gssize
edge_index (PhEdge edge, gssize i, gssize n)
{
  if (i >= 0 && i < n)
    return i;
  if (edge == PH_EDGE_GREY)
    return -1;

  gssize period = i % (2 * n);

  if (period < 0)
    period += 2 * n;
  return period < n ? period : 2 * n - 1 - period;
}

/* One bilinear sample: up to four pixels of the picture and their weights. */
typedef struct
{
  gsize index[4];
  float weight[4];
} Taps;

static inline void
find_taps (const PhResampler *r, float x, float y, Taps *taps)
{
  float left = floorf (x), top = floorf (y);
  float fx = x - left, fy = y - top;
  const float weight[4] = { (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy };
  gssize ix = (gssize)left, iy = (gssize)top;

  memcpy (taps->weight, weight, sizeof weight);
  if (G_LIKELY (ix >= 0 && iy >= 0 && ix + 1 < r->width && iy + 1 < r->height))
    {
      gsize at = (gsize)iy * r->width + (gsize)ix;

      taps->index[0] = at;
      taps->index[1] = at + 1;
      taps->index[2] = at + r->width;
      taps->index[3] = at + r->width + 1;
      return;
    }
  for (guint i = 0; i < 4; i++)
    {
      gssize column = edge_index (r->warp->edge, ix + (i & 1), r->width);
      gssize row = edge_index (r->warp->edge, iy + (i >> 1), r->height);

      if (column < 0 || row < 0)
        {
          taps->index[i] = 0;
          taps->weight[i] = 0;
        }
      else
        taps->index[i] = (gsize)(row * r->width + column);
    }
}

/* Where the sample at (@x, @y) of the view lies in the picture, in pixels with the first one's
 * centre at 0. */
static inline void
locate (const PhResampler *r, double x, double y, double *column, double *row)
{
  const double *m = r->warp->matrix;
  double u = x - 0.5 * (r->out_width - 1.0), v = y - 0.5 * (r->out_height - 1.0);

  *column = m[0] * u + m[1] * v + m[2] + 0.5 * (r->width - 1.0);
  *row = m[3] * u + m[4] * v + m[5] + 0.5 * (r->height - 1.0);
}

static void
choose_samples (PhResampler *r)
{
  const double *m = r->warp->matrix;
  double reduction = MAX (hypot (m[0], m[3]), hypot (m[1], m[4]));

  /* Two neighbouring bilinear samples at up to 1.5 pixels from one another still see everything. */
  r->samples = (guint)CLAMP (ceil (reduction - 0.5), 1, 16);
}

static void
interleave_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->height * r->width;

  for (gsize i = begin * r->width; i < end * r->width; i++)
    {
      Pixel pixel = { 0 };

      for (guint c = 0; c < r->channels; c++)
        pixel[c] = r->from[c * plane + i] - 0.5f;
      r->pixels[i] = pixel;
    }
}

static void
interleave_rgb_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->height * r->width;
  const float *red = r->from, *green = red + plane, *blue = green + plane;

  for (gsize i = begin * r->width; i < end * r->width; i++)
    r->pixels[i] = (Pixel){ red[i], green[i], blue[i], 0.5f } - 0.5f;
}

static void
sample_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->out_height * r->out_width;
  float step_x = (float)r->warp->matrix[0], step_y = (float)r->warp->matrix[3];
  float share = 1.0f / (float)(r->samples * r->samples);

  for (gsize y = begin; y < end; y++)
    {
      float *to = r->to + y * r->out_width;

      for (gsize x = 0; x < r->out_width; x++)
        for (guint c = 0; c < r->channels; c++)
          to[c * plane + x] = 0.5f;
      for (guint s = 0; s < r->samples * r->samples; s++)
        {
          double x0, y0;

          locate (r, (s % r->samples + 0.5) / r->samples - 0.5,
                  (double)y + (s / r->samples + 0.5) / r->samples - 0.5, &x0, &y0);
          for (gsize x = 0; x < r->out_width; x++)
            {
              Taps taps;

              find_taps (r, (float)x0 + step_x * (float)x, (float)y0 + step_y * (float)x, &taps);

              Pixel pixel = (r->pixels[taps.index[0]] * taps.weight[0] +
                             r->pixels[taps.index[1]] * taps.weight[1]) +
                            (r->pixels[taps.index[2]] * taps.weight[2] +
                             r->pixels[taps.index[3]] * taps.weight[3]);

              pixel *= share;
              for (guint c = 0; c < r->channels; c++)
                to[c * plane + x] += pixel[c];
            }
        }
    }
}

void
ph_resampler_apply (PhResampler *resampler, const PhWarp *warp, const float *image, float *view)
{
  resampler->warp = warp;
  resampler->from = image;
  resampler->to = view;
  choose_samples (resampler);
  ph_parallel_for (resampler->height, 16,
                   resampler->channels == 3 ? interleave_rgb_rows : interleave_rows, resampler);
  ph_parallel_for (resampler->out_height, 16, sample_rows, resampler);
}

/* Rows of the picture that rows @begin to @end of the view can see. */
static void
find_touched (PhResampler *r, guint band, gsize begin, gsize end)
{
  double low = r->height, high = -1;

  for (guint corner = 0; corner < 4; corner++)
    {
      double column, row;

      locate (r, corner & 1 ? r->out_width - 0.5 : -0.5,
              corner & 2 ? (double)end - 0.5 : (double)begin - 0.5, &column, &row);
      low = MIN (low, row - 2);
      high = MAX (high, row + 3);
    }
  if (r->warp->edge == PH_EDGE_REFLECT && (low < 0 || high > r->height))
    {
      low = 0;
      high = r->height;
    }
  r->touched[band].begin = (guint)CLAMP (low, 0, r->height);
  r->touched[band].end = (guint)CLAMP (high, r->touched[band].begin, r->height);
}

static void
gather_bands (gsize band_begin, gsize band_end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->out_height * r->out_width;
  float step_x = (float)r->warp->matrix[0], step_y = (float)r->warp->matrix[3];
  float share = 1.0f / (float)(r->samples * r->samples);

  for (gsize band = band_begin; band < band_end; band++)
    {
      Pixel *gradient = r->bands + band * r->height * r->width;
      gsize begin = r->out_height * band / N_BANDS, end = r->out_height * (band + 1) / N_BANDS;

      find_touched (r, (guint)band, begin, end);
      memset (gradient + (gsize)r->touched[band].begin * r->width, 0,
              sizeof (Pixel) * (r->touched[band].end - r->touched[band].begin) * r->width);
      for (gsize y = begin; y < end; y++)
        for (guint s = 0; s < r->samples * r->samples; s++)
          {
            const float *from = r->from + y * r->out_width;
            double x0, y0;

            locate (r, (s % r->samples + 0.5) / r->samples - 0.5,
                    (double)y + (s / r->samples + 0.5) / r->samples - 0.5, &x0, &y0);
            for (gsize x = 0; x < r->out_width; x++)
              {
                Pixel pixel = { 0 };
                Taps taps;

                find_taps (r, (float)x0 + step_x * (float)x, (float)y0 + step_y * (float)x, &taps);
                for (guint c = 0; c < r->channels; c++)
                  pixel[c] = from[c * plane + x];
                pixel *= share;
                for (guint i = 0; i < 4; i++)
                  if (taps.weight[i] != 0)
                    gradient[taps.index[i]] += pixel * taps.weight[i];
              }
          }
    }
}

static void
add_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->height * r->width;

  for (gsize y = begin; y < end; y++)
    for (guint band = 0; band < N_BANDS; band++)
      {
        const Pixel *gradient = r->bands + band * plane;

        if (y < r->touched[band].begin || y >= r->touched[band].end)
          continue;
        for (gsize i = y * r->width; i < (y + 1) * r->width; i++)
          for (guint c = 0; c < r->channels; c++)
            r->to[c * plane + i] += gradient[i][c];
      }
}

void
ph_resampler_adjoint (PhResampler *resampler, const PhWarp *warp, const float *d_view,
                      float *d_image)
{
  resampler->warp = warp;
  resampler->from = d_view;
  resampler->to = d_image;
  choose_samples (resampler);
  ph_parallel_for (N_BANDS, 1, gather_bands, resampler);
  ph_parallel_for (resampler->height, 16, add_rows, resampler);
}
