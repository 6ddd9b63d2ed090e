#include "base/rng.h"

#include <math.h>

guint32
ph_rng_next (PhRng *rng)
{
  guint64 old = rng->state;

  rng->state = old * G_GUINT64_CONSTANT (6364136223846793005) + rng->increment;

  guint32 xorshifted = (guint32)(((old >> 18) ^ old) >> 27);
  guint32 rotation = (guint32)(old >> 59);

  return (xorshifted >> rotation) | (xorshifted << ((32 - rotation) & 31));
}

void
ph_rng_init (PhRng *rng, guint64 seed, guint64 stream)
{
  *rng = (PhRng){ .state = 0, .increment = (stream << 1) | 1 };
  ph_rng_next (rng);
  rng->state += seed;
  ph_rng_next (rng);
}

guint32
ph_rng_below (PhRng *rng, guint32 n)
{
  guint32 threshold = (0u - n) % n;

  for (;;)
    {
      guint32 r = ph_rng_next (rng);

      if (r >= threshold)
        return r % n;
    }
}

double
ph_rng_uniform (PhRng *rng, double low, double high)
{
  return low + (high - low) * (ph_rng_next (rng) * (1.0 / 4294967296.0));
}

double
ph_rng_normal (PhRng *rng)
{
  double u, v, s;

  if (rng->has_spare)
    {
      rng->has_spare = FALSE;
      return rng->spare;
    }
  do
    {
      u = ph_rng_uniform (rng, -1.0, 1.0);
      v = ph_rng_uniform (rng, -1.0, 1.0);
      s = u * u + v * v;
    }
  while (s >= 1.0 || s == 0.0);
  s = sqrt (-2.0 * log (s) / s);
  rng->spare = v * s;
  rng->has_spare = TRUE;
  return u * s;
}
