#include "vis/param.h"

#include "base/tensor.h"

struct _PhParam
{
  const PhParamClass *klass;
  PhColour colour;
  guint channels;
  gsize n_pixels, n_values;
  gpointer state; /* owned */
  float *planes;  /* owned: (channels, height, width) */
};

const PhParamClass *const *
ph_param_classes (void)
{
  static const PhParamClass *const classes[] = { &ph_param_fourier, &ph_param_pixel, NULL };

  return classes;
}

PhParam *
ph_param_new (const PhParamClass *klass, PhColour colour, guint channels, guint height, guint width,
              GError **error)
{
  g_return_val_if_fail (channels > 0 && height > 0 && width > 0, NULL);

  g_autoptr (PhParam) param = g_new0 (PhParam, 1);

  param->klass = klass;
  param->colour = colour;
  param->channels = channels;
  param->n_pixels = (gsize)height * width;
  param->n_values = klass->n_values (channels, height, width);
  param->planes = ph_aligned_alloc (sizeof (float) * channels * param->n_pixels);
  if (klass->state_new != NULL)
    param->state = klass->state_new (channels, height, width);
  if (param->planes == NULL || (klass->state_new != NULL && param->state == NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "There is no memory for a picture of %u × %u pixels", width, height);
      return NULL;
    }
  return g_steal_pointer (&param);
}

void
ph_param_free (PhParam *param)
{
  if (param == NULL)
    return;
  if (param->klass->state_free != NULL && param->state != NULL)
    param->klass->state_free (param->state);
  ph_aligned_free (param->planes);
  g_free (param);
}

void
ph_param_set_falloff (PhParam *param, double falloff)
{
  if (param->klass->set_falloff != NULL)
    param->klass->set_falloff (param->state, falloff);
}

gsize
ph_param_get_n_values (const PhParam *param)
{
  return param->n_values;
}

void
ph_param_init (PhParam *param, PhRng *rng, double sd, float *values)
{
  for (gsize i = 0; i < param->n_values; i++)
    values[i] = (float)(sd * ph_rng_normal (rng));
}

void
ph_param_invert (PhParam *param, const float *image, float *values)
{
  ph_colour_invert (param->colour, param->channels, param->n_pixels, image, param->planes);
  param->klass->invert (param->state, param->planes, values);
}

void
ph_param_apply (PhParam *param, const float *values, float *image)
{
  param->klass->apply (param->state, values, param->planes);
  ph_colour_apply (param->colour, param->channels, param->n_pixels, param->planes, image);
}

void
ph_param_adjoint (PhParam *param, const float *image, const float *d_image, float *d_values)
{
  ph_colour_adjoint (param->colour, param->channels, param->n_pixels, image, d_image,
                     param->planes);
  param->klass->adjoint (param->state, param->planes, d_values);
}
