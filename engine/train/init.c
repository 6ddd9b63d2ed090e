#include "train/init.h"

#include <math.h>

void
ph_init_weights (PhInitKind kind, gsize fan_in, gsize fan_out, gsize n, float *w, PhRng *rng)
{
  double deviation = sqrt (2.0 / (double)MAX (fan_in, 1));
  double bound = sqrt (6.0 / (double)MAX (fan_in + fan_out, 1));

  for (gsize i = 0; i < n; i++)
    w[i] = (float)(kind == PH_INIT_HE ? deviation * ph_rng_normal (rng)
                                      : ph_rng_uniform (rng, -bound, bound));
}
