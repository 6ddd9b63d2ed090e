#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/**
 * ph_batch_norm_get_affine:
 * @step: any step
 * @channels: how many the caller expects
 * @scale, @shift: (out caller-allocates): @channels elements; y = scale * x + shift
 *
 * For convolutions that take in the batch norm behind them.
 *
 * Returns: whether @step is BatchNormalization for inference with @channels channels whose
 * parameters are known before the run.
 */
gboolean ph_batch_norm_get_affine (const PhStep *step, gsize channels, float *scale, float *shift);

G_END_DECLS
