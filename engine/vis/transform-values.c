/* Transforms that change the values of pixels where they are. */
#include "vis/transform-private.h"

#include <glib/gi18n.h>
#include <math.h>

static void
noise_apply (const PhTransformArgs *args, const float *sample, PhRng *rng, guint channels, gsize n,
             float *view)
{
  float sd = (float)args->number[0];

  /* The sum of four uniform numbers, which is near enough to normal and fast. */
  for (gsize i = 0; i < channels * n; i++)
    {
      guint32 a = ph_rng_next (rng), b = ph_rng_next (rng);
      float sum = (float)((a >> 16) + (a & 0xffff) + (b >> 16) + (b & 0xffff));

      view[i] += sd * (sum / 65536.0f - 2) * 1.7320508f;
    }
}

const PhTransformClass ph_transform_noise = {
  .name = "noise",
  .usage = "SD",
  .summary = N_ ("Adds noise of that standard deviation to every pixel (black is 0, white is 1)."),
  .min_numbers = 1,
  .max_numbers = 1,
  .apply = noise_apply,
};

static void
brightness_sample (const PhTransformArgs *args, PhRng *rng, float *sample)
{
  for (guint c = 0; c < 4; c++)
    sample[c] = (float)(args->number[0] * ph_rng_normal (rng));
}

static void
brightness_apply (const PhTransformArgs *args, const float *sample, PhRng *rng, guint channels,
                  gsize n, float *view)
{
  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < n; i++)
      view[c * n + i] += sample[c];
}

const PhTransformClass ph_transform_brightness = {
  .name = "brightness",
  .usage = "SD",
  .summary = N_ ("Adds a random amount of that standard deviation to each colour."),
  .min_numbers = 1,
  .max_numbers = 1,
  .sample = brightness_sample,
  .apply = brightness_apply,
};

static void
contrast_sample (const PhTransformArgs *args, PhRng *rng, float *sample)
{
  for (guint c = 0; c < 4; c++)
    sample[c] = (float)exp (args->number[0] * ph_rng_normal (rng));
}

static void
contrast_apply (const PhTransformArgs *args, const float *sample, PhRng *rng, guint channels,
                gsize n, float *view)
{
  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < n; i++)
      view[c * n + i] = 0.5f + sample[c] * (view[c * n + i] - 0.5f);
}

static void
contrast_adjoint (const PhTransformArgs *args, const float *sample, guint channels, gsize n,
                  float *d_view)
{
  for (guint c = 0; c < channels; c++)
    for (gsize i = 0; i < n; i++)
      d_view[c * n + i] *= sample[c];
}

const PhTransformClass ph_transform_contrast = {
  .name = "contrast",
  .usage = "SD",
  .summary = N_ ("Multiplies each colour's distance from grey by a random factor; its logarithm "
                 "has that standard deviation."),
  .min_numbers = 1,
  .max_numbers = 1,
  .sample = contrast_sample,
  .apply = contrast_apply,
  .adjoint = contrast_adjoint,
};
