#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/**
 * ph_noise_apply:
 * @index: of the step in its plan
 * @x: output 0 of @step, (N, C, …), or the gradient there; changed in place
 *
 * Multiplies each channel of each image by its factor, which is the same for the same seed, step,
 * image and channel: ph_run_set_noise().
 */
void ph_noise_apply (const PhStep *step, double amount, guint64 seed, guint index, float *x);

G_END_DECLS
