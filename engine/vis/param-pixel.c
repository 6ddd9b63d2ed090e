#include "vis/param.h"

#include <string.h>

/* Every pixel for itself: the identity. */

static gsize
pixel_n_values (const PhParamSpec *spec)
{
  return (gsize)spec->channels * spec->height * spec->width;
}

static gpointer
pixel_state_new (const PhParamSpec *spec, GError **error)
{
  gsize *bytes = g_new (gsize, 1);

  *bytes = sizeof (float) * pixel_n_values (spec);
  return bytes;
}

static void
pixel_apply (gpointer state, const float *values, float *planes)
{
  memcpy (planes, values, *(const gsize *)state);
}

static void
pixel_adjoint (gpointer state, const float *values, const float *d_planes, float *d_values)
{
  memcpy (d_values, d_planes, *(const gsize *)state);
}

const PhParamClass ph_param_pixel = {
  .name = "pixels",
  .summary = "Every pixel is changed by itself. Plain, but gradients favour fine noise.",
  .linear = TRUE,
  .n_values = pixel_n_values,
  .state_new = pixel_state_new,
  .state_free = g_free,
  .apply = pixel_apply,
  .adjoint = pixel_adjoint,
  .invert = pixel_apply,
};
