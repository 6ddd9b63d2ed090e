#include "vis/blur.h"

/* One line of @n numbers, @skip apart. */
static void
blur_line (guint n, gsize skip, float *x, float *old)
{
  for (guint i = 0; i < n; i++)
    old[i] = x[i * skip];
  for (guint i = 0; i < n; i++)
    {
      float before = old[i > 0 ? i - 1 : 0], after = old[i + 1 < n ? i + 1 : n - 1];

      x[i * skip] = 0.25f * before + 0.5f * old[i] + 0.25f * after;
    }
}

void
ph_blur (guint passes, guint height, guint width, float *x, float *scratch)
{
  for (guint pass = 0; pass < passes; pass++)
    {
      for (gsize row = 0; row < height; row++)
        blur_line (width, 1, x + row * width, scratch);
      for (gsize column = 0; column < width; column++)
        blur_line (height, width, x + column, scratch);
    }
}
