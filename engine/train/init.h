#pragma once

#include "base/rng.h"

G_BEGIN_DECLS

/**
 * PhInitKind:
 * @PH_INIT_HE: normal with variance 2 / fan-in, for layers before a rectifier (He et al. 2015)
 * @PH_INIT_XAVIER: uniform with variance 2 / (fan-in + fan-out), for others (Glorot, Bengio 2010)
 */
typedef enum
{
  PH_INIT_HE,
  PH_INIT_XAVIER,
} PhInitKind;

/**
 * ph_init_weights:
 * @fan_in: numbers of the input that one output sees
 * @fan_out: outputs that one number of the input reaches
 * @w: @n weights, overwritten
 *
 * Random weights to start learning from.
 */
void ph_init_weights (PhInitKind kind, gsize fan_in, gsize fan_out, gsize n, float *w, PhRng *rng);

G_END_DECLS
