#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhRng:
 *
 * An explicit pseudo-random generator by value: PCG32 (O'Neill 2014). Same seed and stream, same
 * numbers on every machine. There is no global generator.
 */
typedef struct
{
  guint64 state, increment;
  gboolean has_spare;
  double spare;
} PhRng;

/** ph_rng_init: @stream separates generators that share a seed (one per purpose). */
void ph_rng_init (PhRng *rng, guint64 seed, guint64 stream);

guint32 ph_rng_next (PhRng *rng);

/** ph_rng_below: uniform integer in 0 … @n - 1 without modulo bias; @n > 0. */
guint32 ph_rng_below (PhRng *rng, guint32 n);

/** ph_rng_uniform: uniform in [low, high). */
double ph_rng_uniform (PhRng *rng, double low, double high);

/** ph_rng_normal: mean 0, standard deviation 1 (Marsaglia's polar method). */
double ph_rng_normal (PhRng *rng);

G_END_DECLS
