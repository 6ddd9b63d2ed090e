#pragma once

#include "kernels/gate.h"

G_BEGIN_DECLS

/**
 * PhPoolShape:
 * @planes: N * C, each pooled by itself
 * @h, @w: rows and columns of an input plane
 * @r, @s: rows and columns of the window
 * @pad_top, @pad_left: padding before; what lies behind follows from @out_h and @out_w
 * @out_h, @out_w: rows and columns of an output plane, with ceil_mode already resolved
 *
 * Everything about a 2-D pooling but its numbers. 1-D ones have h = r = 1. Each window must hold at
 * least one pixel of the image; see ph_pool_shape_is_valid().
 */
typedef struct
{
  gsize planes, h, w;
  gsize r, s;
  gsize stride_h, stride_w;
  gsize dilation_h, dilation_w;
  gssize pad_top, pad_left, pad_bottom, pad_right;
  gsize out_h, out_w;
} PhPoolShape;

/**
 * ph_pool_output_size:
 * @ceil_mode: whether a last, partly filled window counts; as ONNX and PyTorch have it, never one
 *   that would start behind the image and the padding before it
 *
 * Returns: number of windows along one axis, 0 when the window does not fit.
 */
gsize ph_pool_output_size (gsize in, gssize pad_before, gssize pad_after, gsize window,
                           gsize dilation, gsize stride, gboolean ceil_mode);

/**
 * ph_pool_shape_is_valid:
 *
 * Returns: whether extents are positive, a plane has fewer than 2^31 pixels, and each window holds
 * at least one pixel. The functions below require it.
 */
gboolean ph_pool_shape_is_valid (const PhPoolShape *shape);

/**
 * ph_pool_max_forward:
 * @x: (planes, H, W)
 * @y: (planes, Ho, Wo), overwritten: the largest number in each window
 * @indices: (nullable): (planes, Ho, Wo), overwritten: where it was, as row * W + column
 *
 * Ties go to the first in scan order. NaN loses against every number; a window of NaN alone gives
 * NaN and the index of its first pixel. Padding never wins. Threads: over planes.
 */
void ph_pool_max_forward (const PhPoolShape *shape, const float *x, float *y, gint32 *indices);

/**
 * ph_pool_max_backward:
 * @dy: (planes, Ho, Wo)
 * @indices: as written by ph_pool_max_forward()
 * @accumulate: whether to add to @dx instead of overwriting it
 * @gate: (nullable): of the size of @dx: what it does not let through is not added
 * @dx: (planes, H, W)
 *
 * Each window's gradient goes to its winner alone.
 */
void ph_pool_max_backward (const PhPoolShape *shape, const float *dy, const gint32 *indices,
                           gboolean accumulate, const PhValueGate *gate, float *dx);

/**
 * ph_pool_average_forward:
 * @count_include_pad: whether padded pixels count (as zeros) in the divisor; what ceil_mode lets
 *   hang over beyond the padding never counts
 * @y: (planes, Ho, Wo), overwritten
 */
void ph_pool_average_forward (const PhPoolShape *shape, gboolean count_include_pad, const float *x,
                              float *y);

/** ph_pool_average_backward: the adjoint of ph_pool_average_forward(). */
void ph_pool_average_backward (const PhPoolShape *shape, gboolean count_include_pad,
                               const float *dy, gboolean accumulate, float *dx);

G_END_DECLS
