/* Transforms that mix red, green and blue of each pixel. Pictures of other than three colours stay
 * as they are. */
#include "vis/transform-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* @sample is the matrix (3, 3) by rows; @transposed for the way back. */
static void
mix (const float *sample, gboolean transposed, guint channels, gsize n, float *view)
{
  float *r = view, *g = view + n, *b = view + 2 * n;
  const guint down = transposed ? 1 : 3, along = transposed ? 3 : 1;

  if (channels != 3)
    return;
  for (gsize i = 0; i < n; i++)
    {
      float x = r[i], y = g[i], z = b[i];

      r[i] = sample[0] * x + sample[along] * y + sample[2 * along] * z;
      g[i] = sample[down] * x + sample[down + along] * y + sample[down + 2 * along] * z;
      b[i] = sample[2 * down] * x + sample[2 * down + along] * y + sample[2 * down + 2 * along] * z;
    }
}

static void
mix_apply (const PhTransformArgs *args, const float *sample, PhRng *rng, guint channels, gsize n,
           float *view)
{
  mix (sample, FALSE, channels, n, view);
}

static void
mix_adjoint (const PhTransformArgs *args, const float *sample, guint channels, gsize n,
             float *d_view)
{
  mix (sample, TRUE, channels, n, d_view);
}

/* @c, @s: cosine and sine of a turn about the axis of greys (Rodrigues' formula). */
static void
set_turn (double c, double s, float *sample)
{
  double same = (1 + 2 * c) / 3, next = (1 - c) / 3;

  for (guint i = 0; i < 3; i++)
    for (guint j = 0; j < 3; j++)
      sample[3 * i + j] =
          (float)(i == j ? same : next + ((j + 3 - i) % 3 == 1 ? -s : s) / sqrt (3.0));
}

static void
hue_sample (const PhTransformArgs *args, PhRng *rng, float *sample)
{
  double angle = ph_rng_uniform (rng, -args->number[0], args->number[0]) * G_PI / 180;

  set_turn (cos (angle), sin (angle), sample);
}

const PhTransformClass ph_transform_hue = {
  .name = "hue",
  .usage = "ANGLE",
  .summary = N_ ("Turns all colours around the circle of hues by up to so many degrees."),
  .min_numbers = 1,
  .max_numbers = 1,
  .sample = hue_sample,
  .apply = mix_apply,
  .adjoint = mix_adjoint,
};

static void
saturation_sample (const PhTransformArgs *args, PhRng *rng, float *sample)
{
  double factor = exp (args->number[0] * ph_rng_normal (rng));

  for (guint i = 0; i < 9; i++)
    sample[i] = (float)((1 - factor) / 3 + (i % 4 == 0 ? factor : 0));
}

const PhTransformClass ph_transform_saturation = {
  .name = "saturation",
  .usage = "SD",
  .summary = N_ ("Multiplies the distance of colours from grey by a random factor; its logarithm "
                 "has that standard deviation."),
  .min_numbers = 1,
  .max_numbers = 1,
  .sample = saturation_sample,
  .apply = mix_apply,
  .adjoint = mix_adjoint,
};
