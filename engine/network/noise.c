#include "network/noise.h"

#include "base/rng.h"
#include "kernels/pointwise.h"

#define MOST 256 /* factors at a time */

void
ph_noise_apply (const PhStep *step, double amount, guint64 seed, guint index, float *x)
{
  const PhShape *shape = &step->out[0]->shape;
  gsize n = ph_shape_count_range (shape, 0, 2),
        plane = ph_shape_count_range (shape, 2, shape->rank);
  float factors[MOST];
  PhRng rng;

  ph_rng_init (&rng, seed, index);
  for (gsize i = 0; i < n; i += MOST)
    {
      gsize part = MIN (n - i, MOST);

      for (gsize j = 0; j < part; j++)
        factors[j] = (float)ph_rng_uniform (&rng, 1 - amount, 1 + amount);
      ph_pointwise_channels_scale_shift (1, part, plane, factors, NULL, FALSE, x + i * plane,
                                         x + i * plane);
    }
}
