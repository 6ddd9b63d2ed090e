#include "vis/param.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/optimiser.h"
#include "base/tensor.h"
#include "vis/upsample.h"

/* Where a class cannot invert a picture: so many steps of Adam towards it. */
#define SEARCH_STEPS 400
#define SEARCH_RATE 0.2 /* at first; it shrinks to nothing */

extern const PhParamClass ph_param_fourier, ph_param_pixel, ph_param_pyramid, ph_param_maco,
    ph_param_cppn;

struct _PhParam
{
  const PhParamClass *klass;
  PhParamSpec spec; /* its text is not kept */
  guint n_pictures;
  guint base_height, base_width; /* 0: no base */
  gsize n_pixels, n_values;      /* of one picture */
  gsize n_base;
  gpointer state; /* owned */
  float *planes;  /* owned: (channels, height, width) */
  float *base;    /* owned: as planes; NULL without base */
  float *d_base;  /* owned: (channels, base_height, base_width) */
};

const PhParamClass *const *
ph_param_classes (void)
{
  static const PhParamClass *const classes[] = {
    &ph_param_fourier, &ph_param_pixel, &ph_param_pyramid, &ph_param_maco, &ph_param_cppn, NULL,
  };

  return classes;
}

gpointer
ph_param_no_memory (const PhParamSpec *spec, GError **error)
{
  g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
               _ ("There is no memory for a picture of %u × %u pixels"), spec->width, spec->height);
  return NULL;
}

PhParam *
ph_param_new (const PhParamClass *klass, const PhParamSpec *spec, guint n_pictures, guint base,
              GError **error)
{
  g_return_val_if_fail (spec->channels > 0 && spec->height > 0 && spec->width > 0, NULL);
  g_return_val_if_fail (n_pictures > 0, NULL);

  g_autoptr (PhParam) param = g_new0 (PhParam, 1);

  param->klass = klass;
  param->spec = *spec;
  param->spec.spectrum = NULL;
  param->n_pictures = n_pictures;
  param->n_pixels = (gsize)spec->height * spec->width;
  param->n_values = klass->n_values (spec);
  param->planes = ph_aligned_alloc (sizeof (float) * spec->channels * param->n_pixels);
  if (base > 0)
    {
      param->base_height = (spec->height + base - 1) / base;
      param->base_width = (spec->width + base - 1) / base;
      param->n_base = (gsize)spec->channels * param->base_height * param->base_width;
      param->base = ph_aligned_alloc (sizeof (float) * spec->channels * param->n_pixels);
      param->d_base = ph_aligned_alloc (sizeof (float) * param->n_base);
    }
  if (param->planes == NULL || (base > 0 && (param->base == NULL || param->d_base == NULL)))
    return ph_param_no_memory (spec, error);
  param->state = klass->state_new (spec, error);
  return param->state != NULL ? g_steal_pointer (&param) : NULL;
}

void
ph_param_free (PhParam *param)
{
  if (param == NULL)
    return;
  if (param->state != NULL)
    param->klass->state_free (param->state);
  ph_aligned_free (param->planes);
  ph_aligned_free (param->base);
  ph_aligned_free (param->d_base);
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
  return param->n_base + param->n_pictures * param->n_values;
}

/* The values of a picture behind those of the base. */
static gsize
first_value (const PhParam *param, guint picture)
{
  return param->n_base + picture * param->n_values;
}

static gsize
first_pixel (const PhParam *param, guint picture)
{
  return picture * param->spec.channels * param->n_pixels;
}

void
ph_param_init (PhParam *param, PhRng *rng, double sd, float *values)
{
  memset (values, 0, sizeof (float) * param->n_base);
  for (guint p = 0; p < param->n_pictures; p++)
    {
      float *own = values + first_value (param, p);

      if (param->klass->init != NULL)
        param->klass->init (param->state, rng, sd, own);
      else
        for (gsize i = 0; i < param->n_values; i++)
          own[i] = (float)(sd * ph_rng_normal (rng));
    }
}

/* The opacity is an axis by itself. */
static void
mix_colours (PhParam *param, const float *planes, float *image)
{
  guint n = param->spec.channels - param->spec.alpha;

  ph_colour_apply (param->spec.colour, n, param->n_pixels, planes, image);
  if (param->spec.alpha)
    ph_colour_apply (PH_COLOUR_RGB, 1, param->n_pixels, planes + n * param->n_pixels,
                     image + n * param->n_pixels);
}

static void
unmix_colours (PhParam *param, const float *image, const float *d_image, float *d_planes)
{
  guint n = param->spec.channels - param->spec.alpha;
  gsize last = n * param->n_pixels;

  ph_colour_adjoint (param->spec.colour, n, param->n_pixels, image, d_image, d_planes);
  if (param->spec.alpha)
    ph_colour_adjoint (PH_COLOUR_RGB, 1, param->n_pixels, image + last, d_image + last,
                       d_planes + last);
}

void
ph_param_apply (PhParam *param, const float *values, float *image)
{
  const PhParamSpec *spec = &param->spec;
  gsize size = spec->channels * param->n_pixels;

  if (param->base != NULL)
    {
      memset (param->base, 0, sizeof (float) * size);
      ph_upsample_add (spec->channels, param->base_height, param->base_width, values, spec->height,
                       spec->width, param->base);
    }
  for (guint p = 0; p < param->n_pictures; p++)
    {
      param->klass->apply (param->state, values + first_value (param, p), param->planes);
      for (gsize i = 0; param->base != NULL && i < size; i++)
        param->planes[i] += param->base[i];
      mix_colours (param, param->planes, image + first_pixel (param, p));
    }
}

void
ph_param_adjoint (PhParam *param, const float *values, const float *image, const float *d_image,
                  float *d_values)
{
  const PhParamSpec *spec = &param->spec;

  memset (d_values, 0, sizeof (float) * param->n_base);
  for (guint p = 0; p < param->n_pictures; p++)
    {
      gsize at = first_pixel (param, p), own = first_value (param, p);

      unmix_colours (param, image + at, d_image + at, param->planes);
      param->klass->adjoint (param->state, values + own, param->planes, d_values + own);
      if (param->base == NULL)
        continue;
      ph_upsample_adjoint (spec->channels, param->base_height, param->base_width, param->d_base,
                           spec->height, spec->width, param->planes);
      for (gsize i = 0; i < param->n_base; i++)
        d_values[i] += param->d_base[i];
    }
}

/* Least squares in the planes, from where the class starts. */
static void
search (PhParam *param, const float *planes, float *values)
{
  gsize n = param->n_values, size = param->spec.channels * param->n_pixels;
  g_autoptr (PhOptimiser) adam = ph_optimiser_new (PH_OPTIMISER_ADAM, n, NULL);
  g_autofree float *target = g_memdup2 (planes, sizeof (float) * size);
  g_autofree float *made = g_new (float, size);
  g_autofree float *d_values = g_new (float, n);
  PhRng rng;

  g_assert (adam != NULL);
  ph_rng_init (&rng, 0, 0);
  if (param->klass->init != NULL)
    param->klass->init (param->state, &rng, 0.01, values);
  for (guint step = 0; step < SEARCH_STEPS; step++)
    {
      double rate = SEARCH_RATE * (1 - (double)step / SEARCH_STEPS);

      param->klass->apply (param->state, values, made);
      for (gsize i = 0; i < size; i++)
        made[i] = target[i] - made[i];
      param->klass->adjoint (param->state, values, made, d_values);
      ph_optimiser_step (adam, values, d_values, rate);
    }
}

void
ph_param_invert (PhParam *param, const float *image, float *values)
{
  const PhParamSpec *spec = &param->spec;
  guint n = spec->channels - spec->alpha;
  gsize last = n * param->n_pixels;
  float *own = values + param->n_base;

  ph_colour_invert (spec->colour, n, param->n_pixels, image, param->planes);
  if (spec->alpha)
    ph_colour_invert (PH_COLOUR_RGB, 1, param->n_pixels, image + last, param->planes + last);
  memset (values, 0, sizeof (float) * ph_param_get_n_values (param));
  if (param->klass->invert != NULL)
    param->klass->invert (param->state, param->planes, own);
  else
    search (param, param->planes, own);
  for (guint p = 1; p < param->n_pictures; p++)
    memcpy (values + first_value (param, p), own, sizeof (float) * param->n_values);
}
