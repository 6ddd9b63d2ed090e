#include "vis/opacity.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vis/blur.h"

#define BACKGROUND_SD 0.7 /* in the space of waves: colours from dark to bright */
#define OPAQUE_FROM 0.8   /* share of pixels that lie below */
#define SMOOTHING 8       /* passes over a gradient, which is speckled */

const char *const ph_opacity_names[] = { NC_ ("choice", "full"), NC_ ("choice", "optimised"),
                                         NC_ ("choice", "gradient"), NULL };

void
ph_opacity_lay (guint channels, gsize n, const float *picture, const float *background, float *view)
{
  const float *alpha = picture + channels * n;

  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < n; i++)
      {
        float behind = background != NULL ? background[c * n + i] : 0.5f;

        view[c * n + i] = behind + alpha[i] * (picture[c * n + i] - behind);
      }
}

void
ph_opacity_lay_adjoint (guint channels, gsize n, const float *picture, const float *background,
                        const float *d_view, float *d_picture)
{
  const float *alpha = picture + channels * n;
  float *d_alpha = d_picture + channels * n;

  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < n; i++)
      {
        float behind = background != NULL ? background[c * n + i] : 0.5f;

        d_picture[c * n + i] += alpha[i] * d_view[c * n + i];
        d_alpha[i] += (picture[c * n + i] - behind) * d_view[c * n + i];
      }
}

void
ph_opacity_background (PhParam *param, PhRng *rng, float *values, float *background)
{
  ph_param_init (param, rng, BACKGROUND_SD, values);
  ph_param_apply (param, values, background);
}

void
ph_opacity_gather (guint channels, gsize n, const float *d_picture, float *sum)
{
  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < n; i++)
      sum[i] += fabsf (d_picture[c * n + i]) / (float)channels;
}

static int
compare_floats (const void *a, const void *b)
{
  float x = *(const float *)a, y = *(const float *)b;

  return (x > y) - (x < y);
}

void
ph_opacity_from_sum (guint height, guint width, const float *sum, float *alpha)
{
  gsize n = (gsize)height * width;
  g_autofree float *sorted = g_new (float, n);
  g_autofree float *scratch = g_new (float, MAX (height, width));

  memcpy (alpha, sum, sizeof (float) * n);
  ph_blur (SMOOTHING, height, width, alpha, scratch);
  memcpy (sorted, alpha, sizeof (float) * n);
  qsort (sorted, n, sizeof *sorted, compare_floats);

  float most = sorted[MIN ((gsize)(OPAQUE_FROM * (double)n), n - 1)];

  /* Before the first step nothing is known of what matters. */
  for (gsize i = 0; i < n; i++)
    alpha[i] = most > 0 ? MIN (alpha[i] / most, 1) : 1;
}
