#include "vis/param.h"

#include <math.h>

#include "base/tensor.h"
#include "vis/waves.h"

/*
 * A picture as the waves it is made of, each scaled as strong as it is in photographs: with 1 over
 * its frequency. A step of equal length in every wave then draws large shapes first instead of
 * noise.
 *
 * Source: Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017.
 */

#define CONTRAST 0.25f /* of the picture in planes; the published code divides by 4 */
#define PIVOT 20.0     /* pixels */

typedef struct
{
  PhWavesSize size;
  PhWaves *waves; /* owned */
  float *scale;   /* owned: (rows, half) */
} Fourier;

static gsize
fourier_n_values (const PhParamSpec *spec)
{
  PhWavesSize size;

  ph_waves_get_size (spec->channels, spec->height, spec->width, &size);
  return 2 * size.n;
}

static void
fourier_state_free (gpointer state)
{
  Fourier *f = state;

  ph_waves_free (f->waves);
  ph_aligned_free (f->scale);
  g_free (f);
}

/* Waves as long as PIVOT keep their strength whatever the falloff. */
static void
fourier_set_falloff (gpointer state, double falloff)
{
  Fourier *f = state;
  double lowest = 1.0 / MAX (f->size.rows, f->size.columns);
  double unit = CONTRAST * PIVOT / sqrt ((double)f->size.rows * f->size.columns);

  for (guint y = 0; y < f->size.rows; y++)
    for (guint x = 0; x < f->size.half; x++)
      {
        double down = (double)MIN (y, f->size.rows - y) / f->size.rows;
        double along = (double)x / f->size.columns;
        double length = 1 / MAX (hypot (down, along), lowest); /* in pixels */

        f->scale[(gsize)y * f->size.half + x] = (float)(unit * pow (length / PIVOT, falloff));
      }
}

static gpointer
fourier_state_new (const PhParamSpec *spec, GError **error)
{
  Fourier *f = g_new0 (Fourier, 1);
  PhWavesSize *s = &f->size;

  ph_waves_get_size (spec->channels, spec->height, spec->width, s);
  f->waves = ph_waves_new (spec->channels, spec->height, spec->width);
  f->scale = ph_aligned_alloc (sizeof (float) * s->rows * s->half);
  if (f->waves == NULL || f->scale == NULL)
    {
      fourier_state_free (f);
      return ph_param_no_memory (spec, error);
    }
  fourier_set_falloff (f, 1);
  return f;
}

static void
fourier_apply (gpointer state, const float *values, float *planes)
{
  Fourier *f = state;

  ph_waves_synthesise (f->waves, f->scale, values, planes);
}

static void
fourier_adjoint (gpointer state, const float *values, const float *d_planes, float *d_values)
{
  Fourier *f = state;

  ph_waves_adjoint (f->waves, f->scale, d_planes, d_values);
}

static void
fourier_invert (gpointer state, const float *planes, float *values)
{
  Fourier *f = state;
  gsize plane = (gsize)f->size.rows * f->size.half;

  ph_waves_invert (f->waves, planes, values);
  for (gsize i = 0; i < 2 * f->size.n; i++)
    values[i] /= f->scale[i % plane];
}

const PhParamClass ph_param_fourier = {
  .name = "fourier",
  .summary = "The picture is a sum of waves, coarse ones stronger, as in photographs: shapes "
             "appear before noise.",
  .linear = TRUE,
  .n_values = fourier_n_values,
  .state_new = fourier_state_new,
  .state_free = fourier_state_free,
  .set_falloff = fourier_set_falloff,
  .apply = fourier_apply,
  .adjoint = fourier_adjoint,
  .invert = fourier_invert,
};
