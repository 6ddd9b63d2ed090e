#pragma once

#include "base/rng.h"

G_BEGIN_DECLS

/**
 * PhCorruptionKind:
 * @PH_CORRUPTION_NONE: the picture stays
 * @PH_CORRUPTION_GAUSSIAN: normal noise is added to each number; the level is its deviation
 * @PH_CORRUPTION_SALT_AND_PEPPER: the level is the share of pixels that become black or white
 * @PH_CORRUPTION_MASKING: the level is the share of pixels that become black, in all channels
 *   (Vincent et al. 2008)
 */
typedef enum
{
  PH_CORRUPTION_NONE,
  PH_CORRUPTION_GAUSSIAN,
  PH_CORRUPTION_SALT_AND_PEPPER,
  PH_CORRUPTION_MASKING,
} PhCorruptionKind;

/** ph_corruption_names: %NULL-terminated names of the kinds, in order, as settings write them. */
extern const char *const ph_corruption_names[];

/**
 * PhCorruption:
 * @kind: #PhCorruptionKind
 * @level: 0 to 1
 * @vary: whether each picture draws its own level evenly from 0 to @level
 *
 * How a picture is spoiled for a network that learns to mend it.
 */
typedef struct
{
  int kind;
  double level;
  gboolean vary;
} PhCorruption;

/**
 * ph_corrupt:
 * @image: (channels, rows * columns = @n_pixels), 0..1, changed in place and cut to 0..1
 *
 * The same state of @rng gives the same noise. Safe on any thread.
 */
void ph_corrupt (const PhCorruption *corruption, guint channels, gsize n_pixels, float *image,
                 PhRng *rng);

G_END_DECLS
