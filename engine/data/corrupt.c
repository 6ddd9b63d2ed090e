#include "data/corrupt.h"

#include <glib/gi18n.h>

const char *const ph_corruption_names[] = { NC_ ("choice", "none"), NC_ ("choice", "gaussian"),
                                            NC_ ("choice", "salt-and-pepper"),
                                            NC_ ("choice", "masking"), NULL };

static void
add_noise (gsize n, double deviation, float *image, PhRng *rng)
{
  for (gsize i = 0; i < n; i++)
    {
      double value = image[i] + deviation * ph_rng_normal (rng);

      image[i] = (float)CLAMP (value, 0, 1);
    }
}

static void
replace_pixels (guint channels, gsize n_pixels, double share, gboolean salt, float *image,
                PhRng *rng)
{
  for (gsize i = 0; i < n_pixels; i++)
    {
      gboolean chosen = ph_rng_uniform (rng, 0, 1) < share;
      gboolean white = ph_rng_below (rng, 2) == 1 && salt;

      for (guint c = 0; c < channels && chosen; c++)
        image[c * n_pixels + i] = white ? 1 : 0;
    }
}

void
ph_corrupt (const PhCorruption *corruption, guint channels, gsize n_pixels, float *image,
            PhRng *rng)
{
  double level = corruption->vary ? ph_rng_uniform (rng, 0, corruption->level) : corruption->level;

  switch (corruption->kind)
    {
    case PH_CORRUPTION_GAUSSIAN:
      add_noise (channels * n_pixels, level, image, rng);
      break;
    case PH_CORRUPTION_SALT_AND_PEPPER:
    case PH_CORRUPTION_MASKING:
      replace_pixels (channels, n_pixels, level, corruption->kind == PH_CORRUPTION_SALT_AND_PEPPER,
                      image, rng);
      break;
    case PH_CORRUPTION_NONE:
    default:
      break;
    }
}
