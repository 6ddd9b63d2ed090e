/* 256 colours for the pictures of a film: boxes of colours are split where that removes most of the
 * error (as in Wu 1992, but by the widest variance at its mean), then each pixel takes the nearest,
 * its error spread over its neighbours. */
#include <math.h>
#include <string.h>

#include "base/film-private.h"

/* Colours are counted to 5 bits, but their means are exact. */
#define BITS 5
#define N_BINS (1 << (3 * BITS))

typedef struct
{
  double n, sum[3], squares[3];
} Bin;

typedef struct
{
  Bin total;
  guint *bins; /* those inside, a part of one common list */
  guint n_bins;
  double error; /* sum of squared distances from the mean along the worst axis */
  guint axis;
} Box;

static void
count (const PhFilmShot *shots, guint n, Bin *bins)
{
  for (guint i = 0; i < n; i++)
    {
      gsize size;
      const guint8 *p = g_bytes_get_data (shots[i].frame->pixels, &size);

      for (const guint8 *end = p + size; p < end; p += 3)
        {
          Bin *bin = &bins[(p[0] >> 3) << 10 | (p[1] >> 3) << 5 | p[2] >> 3];

          bin->n++;
          for (guint c = 0; c < 3; c++)
            {
              bin->sum[c] += p[c];
              bin->squares[c] += (double)p[c] * p[c];
            }
        }
    }
}

static void
measure (Box *box, const Bin *bins)
{
  memset (&box->total, 0, sizeof box->total);
  for (guint i = 0; i < box->n_bins; i++)
    {
      const Bin *bin = &bins[box->bins[i]];

      box->total.n += bin->n;
      for (guint c = 0; c < 3; c++)
        {
          box->total.sum[c] += bin->sum[c];
          box->total.squares[c] += bin->squares[c];
        }
    }
  box->error = 0;
  box->axis = 0;
  for (guint c = 0; c < 3 && box->n_bins > 1; c++)
    {
      double error = box->total.squares[c] - box->total.sum[c] * box->total.sum[c] / box->total.n;

      if (error > box->error)
        {
          box->error = error;
          box->axis = c;
        }
    }
}

/* Moves the bins beyond the mean to @other. Returns: whether both have some. */
static gboolean
split (Box *box, Box *other, const Bin *bins)
{
  double mean = box->total.sum[box->axis] / box->total.n;
  guint below = 0;

  for (guint i = 0; i < box->n_bins; i++)
    {
      const Bin *bin = &bins[box->bins[i]];
      guint swap = box->bins[i];

      if (bin->sum[box->axis] / bin->n >= mean)
        continue;
      box->bins[i] = box->bins[below];
      box->bins[below++] = swap;
    }
  if (below == 0 || below == box->n_bins)
    return FALSE;
  *other = (Box){ .bins = box->bins + below, .n_bins = box->n_bins - below };
  box->n_bins = below;
  measure (box, bins);
  measure (other, bins);
  return TRUE;
}

PhPalette *
ph_palette_new (const PhFilmShot *shots, guint n)
{
  PhPalette *palette = g_new0 (PhPalette, 1);
  g_autofree Bin *bins = g_new0 (Bin, N_BINS);
  g_autofree guint *used = g_new (guint, N_BINS);
  Box boxes[PH_PALETTE_SIZE] = { { .bins = used } };
  guint n_boxes = 1;

  count (shots, n, bins);
  for (guint i = 0; i < N_BINS; i++)
    if (bins[i].n > 0)
      used[boxes[0].n_bins++] = i;
  measure (&boxes[0], bins);
  while (n_boxes < PH_PALETTE_SIZE)
    {
      Box *worst = &boxes[0];

      for (guint i = 1; i < n_boxes; i++)
        if (boxes[i].error > worst->error)
          worst = &boxes[i];
      if (worst->error <= 0)
        break;
      if (split (worst, &boxes[n_boxes], bins))
        n_boxes++;
      else
        worst->error = 0;
    }
  palette->n = n_boxes;
  for (guint i = 0; i < n_boxes; i++)
    for (guint c = 0; c < 3; c++)
      palette->rgb[3 * i + c] = (guint8)lround (boxes[i].total.sum[c] / boxes[i].total.n);
  return palette;
}

static guint8
find_nearest (PhPalette *palette, const int *rgb)
{
  guint16 *known = &palette->nearest[(rgb[0] >> 2) << 12 | (rgb[1] >> 2) << 6 | rgb[2] >> 2];
  int least = G_MAXINT;
  guint best = 0;

  if (*known != 0)
    return (guint8)(*known - 1);
  for (guint i = 0; i < palette->n; i++)
    {
      const guint8 *p = palette->rgb + 3 * i;
      /* Distance of the middle of what shares the entry. */
      int r = (rgb[0] & ~3) + 2 - p[0], g = (rgb[1] & ~3) + 2 - p[1], b = (rgb[2] & ~3) + 2 - p[2];
      int distance = r * r + g * g + b * b;

      if (distance < least)
        {
          least = distance;
          best = i;
        }
    }
  *known = (guint16)(best + 1);
  return (guint8)best;
}

/* Sixteenths of a pixel's error for its neighbours ahead. */
static void
spread (float *row, float *next, guint x, int ahead, guint width, const float *error)
{
  for (guint c = 0; c < 3; c++)
    {
      gboolean left = (int)x - ahead >= 0 && (int)x - ahead < (int)width;
      gboolean right = (int)x + ahead >= 0 && (int)x + ahead < (int)width;

      if (right)
        row[3 * ((int)x + ahead) + (int)c] += error[c] * 7 / 16;
      if (left)
        next[3 * ((int)x - ahead) + (int)c] += error[c] * 3 / 16;
      next[3 * x + c] += error[c] * 5 / 16;
      if (right)
        next[3 * ((int)x + ahead) + (int)c] += error[c] * 1 / 16;
    }
}

void
ph_palette_map (PhPalette *palette, const PhFrame *frame, guint8 *indices)
{
  const guint8 *pixels = g_bytes_get_data (frame->pixels, NULL);
  guint width = frame->width;
  g_autofree float *row = g_new0 (float, 3 * (gsize)width);
  g_autofree float *next = g_new0 (float, 3 * (gsize)width);

  for (guint y = 0; y < frame->height; y++)
    {
      int ahead = y % 2 == 0 ? 1 : -1;

      for (guint i = 0; i < width; i++)
        {
          guint x = ahead > 0 ? i : width - 1 - i;
          const guint8 *p = pixels + 3 * ((gsize)y * width + x);
          int rgb[3];
          float error[3];
          guint8 index;

          for (guint c = 0; c < 3; c++)
            rgb[c] = CLAMP ((int)lroundf (p[c] + row[3 * x + c]), 0, 255);
          index = find_nearest (palette, rgb);
          for (guint c = 0; c < 3; c++)
            error[c] = (float)(rgb[c] - palette->rgb[3 * index + c]);
          spread (row, next, x, ahead, width, error);
          indices[(gsize)y * width + x] = index;
        }

      float *swap = row;

      row = next;
      next = swap;
      memset (next, 0, sizeof (float) * 3 * width);
    }
}
