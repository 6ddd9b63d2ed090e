#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhBatchNormShape:
 *
 * x is (images, channels, plane); each channel is normalised by itself.
 */
typedef struct
{
  gsize images, channels, plane;
  float epsilon;
} PhBatchNormShape;

/**
 * ph_batch_norm_forward:
 * @scale, @bias: (channels)
 * @mean, @variance: (out): (channels): those of the batch; the variance divides by the count
 * @y: (nullable): as @x, which it may be
 *
 * y = scale * (x - mean) / sqrt (variance + epsilon) + bias with the statistics of the batch.
 * Sums are kept in many lanes for each plane and in double over images; they do not depend on the
 * number of threads. Threads: over channels. Source: Ioffe and Szegedy 2015.
 */
void ph_batch_norm_forward (const PhBatchNormShape *shape, const float *x, const float *scale,
                            const float *bias, float *mean, float *variance, float *y);

/**
 * ph_batch_norm_backward:
 * @mean, @variance: of the forward call
 * @accumulate: whether to add to @dx instead of overwriting it
 * @dx: (nullable): as @x; may be @dy
 * @dscale, @dbias: (nullable): (channels), added into
 *
 * The gradient through the normalisation and the statistics. With r = 1 / sqrt (variance +
 * epsilon), z = (x - mean) r and m elements of a channel: dbias = Σ dy, dscale = Σ dy z, dx = scale
 * r (dy - dbias / m - z dscale / m).
 */
void ph_batch_norm_backward (const PhBatchNormShape *shape, const float *x, const float *dy,
                             const float *scale, const float *mean, const float *variance,
                             gboolean accumulate, float *dx, float *dscale, float *dbias);

G_END_DECLS
