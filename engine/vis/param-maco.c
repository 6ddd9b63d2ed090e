#include "vis/param.h"

#include <math.h>

#include "base/tensor.h"
#include "vis/spectrum.h"
#include "vis/waves.h"

/*
 * A picture of which every wave is as strong as it is on average in photographs; only where its
 * crests lie is optimised. Nothing that has the wrong spectrum, as noise has, can be drawn at all.
 *
 * Values: (channels, rows, half), the phases in radians.
 *
 * Source: Fel et al., "Unlocking Feature Visualization for Deeper Networks with MAgnitude
 * Constrained Optimization", NeurIPS 2023.
 */

typedef struct
{
  PhWavesSize size;
  PhWaves *waves;   /* owned */
  float *magnitude; /* owned: (channels, rows, half) */
  float *values;    /* owned: of the waves */
} Maco;

static gsize
maco_n_values (const PhParamSpec *spec)
{
  PhWavesSize size;

  ph_waves_get_size (spec->channels, spec->height, spec->width, &size);
  return size.n;
}

static void
maco_state_free (gpointer state)
{
  Maco *m = state;

  ph_waves_free (m->waves);
  ph_aligned_free (m->values);
  g_free (m->magnitude);
  g_free (m);
}

static gpointer
maco_state_new (const PhParamSpec *spec, GError **error)
{
  Maco *m = g_new0 (Maco, 1);

  ph_waves_get_size (spec->channels, spec->height, spec->width, &m->size);
  m->waves = ph_waves_new (spec->channels, spec->height, spec->width);
  m->values = ph_aligned_alloc (sizeof (float) * 2 * m->size.n);
  m->magnitude = ph_spectrum_load (spec, error);
  if (m->waves != NULL && m->values != NULL && m->magnitude != NULL)
    return m;
  if (m->magnitude != NULL)
    ph_param_no_memory (spec, error);
  maco_state_free (m);
  return NULL;
}

static void
maco_init (gpointer state, PhRng *rng, double sd, float *values)
{
  const Maco *m = state;

  for (gsize i = 0; i < m->size.n; i++)
    values[i] = (float)ph_rng_uniform (rng, -G_PI, G_PI);
}

/* Where the wave @i of all channels has its real part; its imaginary part is a plane further on. */
static inline gsize
real_of (gsize i, gsize plane)
{
  return 2 * (i / plane) * plane + i % plane;
}

static void
maco_apply (gpointer state, const float *values, float *planes)
{
  Maco *m = state;
  gsize plane = (gsize)m->size.rows * m->size.half;

  for (gsize i = 0; i < m->size.n; i++)
    {
      m->values[real_of (i, plane)] = m->magnitude[i] * cosf (values[i]);
      m->values[real_of (i, plane) + plane] = m->magnitude[i] * sinf (values[i]);
    }
  ph_waves_synthesise (m->waves, NULL, m->values, planes);
}

static void
maco_adjoint (gpointer state, const float *values, const float *d_planes, float *d_values)
{
  Maco *m = state;
  gsize plane = (gsize)m->size.rows * m->size.half;

  ph_waves_adjoint (m->waves, NULL, d_planes, m->values);
  for (gsize i = 0; i < m->size.n; i++)
    {
      float re = m->values[real_of (i, plane)], im = m->values[real_of (i, plane) + plane];

      d_values[i] = m->magnitude[i] * (im * cosf (values[i]) - re * sinf (values[i]));
    }
}

/* The phases of the picture; its own magnitudes are lost. */
static void
maco_invert (gpointer state, const float *planes, float *values)
{
  Maco *m = state;
  gsize plane = (gsize)m->size.rows * m->size.half;

  ph_waves_invert (m->waves, planes, m->values);
  for (gsize i = 0; i < m->size.n; i++)
    values[i] = atan2f (m->values[real_of (i, plane) + plane], m->values[real_of (i, plane)]);
}

const PhParamClass ph_param_maco = {
  .name = "maco",
  .summary = "Waves as strong as in photographs, always; only their phases change. Looks natural, "
             "wants several views per step with crops.",
  .n_values = maco_n_values,
  .state_new = maco_state_new,
  .state_free = maco_state_free,
  .init = maco_init,
  .apply = maco_apply,
  .adjoint = maco_adjoint,
  .invert = maco_invert,
};
