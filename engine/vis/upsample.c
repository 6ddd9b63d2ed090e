#include "vis/upsample.h"

#include <math.h>
#include <string.h>

/* Where pixel @i of @n lies among @small pixels: between the returned one and the next, or its own
 * neighbour at the end, with the share @t of the latter. */
static guint
locate (guint i, guint n, guint small, float *t)
{
  double at = CLAMP ((i + 0.5) * small / n - 0.5, 0, small - 1.0);
  guint low = (guint)floor (at);

  if (low + 1 >= small)
    {
      *t = 0;
      return small - 1;
    }
  *t = (float)(at - low);
  return low;
}

void
ph_upsample_add (guint channels, guint small_height, guint small_width, const float *small,
                 guint height, guint width, float *large)
{
  for (guint c = 0; c < channels; c++)
    for (guint y = 0; y < height; y++)
      {
        float ty;
        guint row = locate (y, height, small_height, &ty);
        const float *a = small + ((gsize)c * small_height + row) * small_width;
        const float *b = row + 1 < small_height ? a + small_width : a;
        float *to = large + ((gsize)c * height + y) * width;

        for (guint x = 0; x < width; x++)
          {
            float tx;
            guint i = locate (x, width, small_width, &tx), j = MIN (i + 1, small_width - 1);

            to[x] += (1 - ty) * ((1 - tx) * a[i] + tx * a[j]) + ty * ((1 - tx) * b[i] + tx * b[j]);
          }
      }
}

void
ph_upsample_adjoint (guint channels, guint small_height, guint small_width, float *d_small,
                     guint height, guint width, const float *d_large)
{
  memset (d_small, 0, sizeof (float) * channels * small_height * small_width);
  for (guint c = 0; c < channels; c++)
    for (guint y = 0; y < height; y++)
      {
        float ty;
        guint row = locate (y, height, small_height, &ty);
        float *a = d_small + ((gsize)c * small_height + row) * small_width;
        float *b = row + 1 < small_height ? a + small_width : a;
        const float *from = d_large + ((gsize)c * height + y) * width;

        for (guint x = 0; x < width; x++)
          {
            float tx;
            guint i = locate (x, width, small_width, &tx), j = MIN (i + 1, small_width - 1);

            a[i] += (1 - ty) * (1 - tx) * from[x];
            a[j] += (1 - ty) * tx * from[x];
            b[i] += ty * (1 - tx) * from[x];
            b[j] += ty * tx * from[x];
          }
      }
}
