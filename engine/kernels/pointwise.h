#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Arithmetic element by element on dense float arrays, vectorised for the processor and spread over
 * the threads when large. @n counts elements. Unless said otherwise, an output may be the very
 * array of an input, but not overlap it otherwise. NaN goes in, NaN comes out.
 */

/** ph_pointwise_fill: y = value. */
void ph_pointwise_fill (gsize n, float value, float *y);

/** ph_pointwise_clamp: y = x limited to [low, high]; relu is [0, +inf]. */
void ph_pointwise_clamp (gsize n, const float *x, float low, float high, float *y);

/**
 * ph_pointwise_clamp_backward:
 * @x: input or output of the forward call, which serve alike
 *
 * dx += dy where low < x < high, and nothing elsewhere: the gradient at a limit is 0.
 */
void ph_pointwise_clamp_backward (gsize n, const float *x, const float *dy, float low, float high,
                                  float *dx);

/** ph_pointwise_gate: y = y where low < x < high, 0 elsewhere. */
void ph_pointwise_gate (gsize n, const float *x, float low, float high, float *y);

/**
 * ph_pointwise_pass:
 * @by: (nullable): what says where @x counts; everywhere when absent
 * @accumulate: whether to add to @y instead of overwriting it
 *
 * y = x where low < by < high, and 0 elsewhere.
 */
void ph_pointwise_pass (gsize n, const float *by, const float *x, float low, float high,
                        gboolean accumulate, float *y);

/** ph_pointwise_accumulate: y += alpha * x. */
void ph_pointwise_accumulate (gsize n, float alpha, const float *x, float *y);

/** ph_pointwise_add: y = a + b. */
void ph_pointwise_add (gsize n, const float *a, const float *b, float *y);

/** ph_pointwise_subtract: y = a - b. */
void ph_pointwise_subtract (gsize n, const float *a, const float *b, float *y);

/** ph_pointwise_multiply: y = a * b. */
void ph_pointwise_multiply (gsize n, const float *a, const float *b, float *y);

/** ph_pointwise_multiply_accumulate: y += a * b. */
void ph_pointwise_multiply_accumulate (gsize n, const float *a, const float *b, float *y);

/** ph_pointwise_scale_shift: y = scale * x + shift. */
void ph_pointwise_scale_shift (gsize n, float scale, float shift, const float *x, float *y);

/**
 * ph_pointwise_channels_scale_shift:
 * @x, @y: (n_images, channels, plane)
 * @scale, @shift: (nullable): (channels); %NULL means 1 and 0
 * @accumulate: whether to add to @y; with it and a %NULL shift this is also the gradient
 */
void ph_pointwise_channels_scale_shift (gsize n_images, gsize channels, gsize plane,
                                        const float *scale, const float *shift, gboolean accumulate,
                                        const float *x, float *y);

/**
 * ph_pointwise_plane_sums:
 * @x: (planes, plane)
 * @y: (planes), overwritten: factor * the sum of each plane; factor 1 / plane gives the means
 *
 * Sums are kept in many lanes, so their error grows with the logarithm, and do not depend on the
 * number of threads.
 */
void ph_pointwise_plane_sums (gsize planes, gsize plane, float factor, const float *x, float *y);

/** ph_pointwise_plane_spread: x[p][i] += factor * y[p]: the adjoint of the above. */
void ph_pointwise_plane_spread (gsize planes, gsize plane, float factor, const float *y, float *x);

/*
 * Functions by polynomials on a reduced range. Error bounds are in units in the last place of the
 * correctly rounded result, found by trying all floats on a dense grid (tests/engine/
 * test-kernel-pointwise.c asserts them).
 */

/** ph_pointwise_exp: y = e^x, at most 2 ulp; 0 and +inf beyond the range of float. */
void ph_pointwise_exp (gsize n, const float *x, float *y);

/** ph_pointwise_sigmoid: y = 1 / (1 + e^-x), at most 4 ulp. */
void ph_pointwise_sigmoid (gsize n, const float *x, float *y);

/** ph_pointwise_tanh: at most 4 ulp. */
void ph_pointwise_tanh (gsize n, const float *x, float *y);

/** ph_pointwise_erf: at most 4 ulp. */
void ph_pointwise_erf (gsize n, const float *x, float *y);

/** ph_pointwise_atan: at most 4 ulp. */
void ph_pointwise_atan (gsize n, const float *x, float *y);

/** ph_pointwise_silu: y = x / (1 + e^-x), also called swish, at most 5 ulp. */
void ph_pointwise_silu (gsize n, const float *x, float *y);

/**
 * ph_pointwise_silu_backward:
 * @x: input of the forward call
 * @accumulate: whether to add to @dx instead of overwriting it
 *
 * dx = dy * s (1 + x (1 - s)), where s is the sigmoid of x.
 */
void ph_pointwise_silu_backward (gsize n, const float *x, const float *dy, gboolean accumulate,
                                 float *dx);

/**
 * ph_pointwise_softmax:
 * @x, @y: (rows, columns)
 *
 * Softmax of each row, with the row's maximum subtracted first. A row of -inf alone gives NaN.
 */
void ph_pointwise_softmax (gsize rows, gsize columns, const float *x, float *y);

/**
 * ph_pointwise_softmax_backward:
 * @y: output of the forward call
 *
 * dx += y * (dy - <dy, y>) in each row.
 */
void ph_pointwise_softmax_backward (gsize rows, gsize columns, const float *y, const float *dy,
                                    float *dx);

G_END_DECLS
