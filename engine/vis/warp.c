#include "vis/warp.h"

#include <glib/gi18n.h>
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
  Pixel *pixels; /* owned: the picture, minus grey, and one more pixel: what lies outside */
  Pixel *bands;  /* owned: N_BANDS such pictures that gradients are gathered in */
  Pixel *lines;  /* owned: the view */

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
  gsize bytes = sizeof (Pixel) * ((gsize)height * width + 1);

  resampler->channels = channels;
  resampler->height = height;
  resampler->width = width;
  resampler->out_height = out_height;
  resampler->out_width = out_width;
  resampler->pixels = ph_aligned_alloc (bytes);
  resampler->bands = ph_aligned_alloc (bytes * N_BANDS);
  resampler->lines = ph_aligned_alloc (sizeof (Pixel) * out_height * out_width);
  if (resampler->pixels == NULL || resampler->bands == NULL || resampler->lines == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory to move a picture of %u × %u pixels"), width, height);
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
  ph_aligned_free (resampler->lines);
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

/* floorf() without a call, for numbers far from the ends of int. */
static inline gint32
floor_to_int (float x)
{
  gint32 i = (gint32)x;

  return i - (x < (float)i);
}

static inline void
find_taps (const PhResampler *r, float x, float y, Taps *taps)
{
  gint32 ix = floor_to_int (x), iy = floor_to_int (y);
  float fx = x - (float)ix, fy = y - (float)iy;
  const float weight[4] = { (1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy };

  memcpy (taps->weight, weight, sizeof weight);
  if (G_LIKELY (ix >= 0 && iy >= 0 && ix + 1 < (gint32)r->width && iy + 1 < (gint32)r->height))
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
      gssize column = edge_index (r->warp->edge, ix + (gint32)(i & 1), r->width);
      gssize row = edge_index (r->warp->edge, iy + (gint32)(i >> 1), r->height);

      if (column < 0 || row < 0)
        {
          /* The pixel after the last, which is 0. */
          taps->index[i] = (gsize)r->height * r->width;
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

/* The same for the first pixel of row @y, at one of the places where a pixel is sampled. */
static inline void
locate_place (const PhResampler *r, gsize y, guint place, double *column, double *row)
{
  locate (r, (place % r->samples + 0.5) / r->samples - 0.5,
          (double)y + (place / r->samples + 0.5) / r->samples - 0.5, column, row);
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

/* One bilinear sample of the picture. */
static inline Pixel
sample_pixel (const PhResampler *r, float x, float y)
{
  Taps taps;

  find_taps (r, x, y, &taps);
  return (r->pixels[taps.index[0]] * taps.weight[0] + r->pixels[taps.index[1]] * taps.weight[1]) +
         (r->pixels[taps.index[2]] * taps.weight[2] + r->pixels[taps.index[3]] * taps.weight[3]);
}

/* Adds the samples of one place in each pixel of row @y to @line. */
static void
sample_line (const PhResampler *r, gsize y, guint place, Pixel *line)
{
  float step_x = (float)r->warp->matrix[0], step_y = (float)r->warp->matrix[3];
  float share = 1.0f / (float)(r->samples * r->samples);
  double x0, y0;

  locate_place (r, y, place, &x0, &y0);
  for (gsize x = 0; x < r->out_width; x++)
    line[x] +=
        share * sample_pixel (r, (float)x0 + step_x * (float)x, (float)y0 + step_y * (float)x);
}

static void
sample_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->out_height * r->out_width;

  for (gsize y = begin; y < end; y++)
    {
      Pixel *line = r->lines + y * r->out_width;

      for (gsize x = 0; x < r->out_width; x++)
        line[x] = (Pixel){ 0.5f, 0.5f, 0.5f, 0.5f };
      for (guint place = 0; place < r->samples * r->samples; place++)
        sample_line (r, y, place, line);
      for (guint c = 0; c < r->channels; c++)
        {
          float *to = r->to + c * plane + y * r->out_width;

          for (gsize x = 0; x < r->out_width; x++)
            to[x] = line[x][c];
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

/* Adds what one place in each pixel of row @y saw to the gradient of the pixels it saw. */
static void
gather_line (const PhResampler *r, gsize y, guint place, const Pixel *line, Pixel *gradient)
{
  float step_x = (float)r->warp->matrix[0], step_y = (float)r->warp->matrix[3];
  double x0, y0;

  locate_place (r, y, place, &x0, &y0);
  for (gsize x = 0; x < r->out_width; x++)
    {
      Taps taps;

      find_taps (r, (float)x0 + step_x * (float)x, (float)y0 + step_y * (float)x, &taps);
      for (guint i = 0; i < 4; i++)
        gradient[taps.index[i]] += line[x] * taps.weight[i];
    }
}

static void
gather_bands (gsize band_begin, gsize band_end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->out_height * r->out_width;
  float share = 1.0f / (float)(r->samples * r->samples);

  for (gsize band = band_begin; band < band_end; band++)
    {
      Pixel *gradient = r->bands + band * ((gsize)r->height * r->width + 1);
      gsize begin = r->out_height * band / N_BANDS, end = r->out_height * (band + 1) / N_BANDS;

      find_touched (r, (guint)band, begin, end);
      memset (gradient + (gsize)r->touched[band].begin * r->width, 0,
              sizeof (Pixel) * (r->touched[band].end - r->touched[band].begin) * r->width);
      for (gsize y = begin; y < end; y++)
        {
          Pixel *line = r->lines + y * r->out_width;

          for (guint c = 0; c < 4; c++)
            {
              const float *from = r->from + c * plane + y * r->out_width;

              for (gsize x = 0; x < r->out_width; x++)
                line[x][c] = c < r->channels ? share * from[x] : 0;
            }
          for (guint place = 0; place < r->samples * r->samples; place++)
            gather_line (r, y, place, line, gradient);
        }
    }
}

static void
add_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  PhResampler *r = data;
  gsize plane = (gsize)r->height * r->width;

  for (gsize y = begin; y < end; y++)
    {
      Pixel *sum = r->pixels + y * r->width;

      memset (sum, 0, sizeof (Pixel) * r->width);
      for (guint band = 0; band < N_BANDS; band++)
        {
          const Pixel *gradient = r->bands + band * (plane + 1) + y * r->width;

          if (y < r->touched[band].begin || y >= r->touched[band].end)
            continue;
          for (gsize x = 0; x < r->width; x++)
            sum[x] += gradient[x];
        }
      for (guint c = 0; c < r->channels; c++)
        {
          float *to = r->to + c * plane + y * r->width;

          for (gsize x = 0; x < r->width; x++)
            to[x] += sum[x][c];
        }
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
