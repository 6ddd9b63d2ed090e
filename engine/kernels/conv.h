#pragma once

#include "kernels/gate.h"

G_BEGIN_DECLS

/**
 * ph_conv_wish_winograd:
 * @tile: 2 or 4: Winograd's algorithm with outputs of that side, wherever a filter is 3x3 at stride
 *   1; 1: nowhere; 0: where it is fastest, as always but in tests
 *
 * Tests reach every algorithm with shapes of every size by this. Holds for later ph_conv_new().
 */
void ph_conv_wish_winograd (gsize tile);

/**
 * PhConvShape:
 * @n, @c, @h, @w: input batch, channels, rows, columns
 * @k: output channels; @r, @s: filter rows, columns
 * @out_h, @out_w: output rows and columns, from ph_conv_output_size()
 *
 * Everything about a 2-D convolution but its numbers. 1-D ones have h = r = 1.
 */
typedef struct
{
  gsize n, c, h, w;
  gsize k, r, s;
  gsize groups;
  gsize stride_h, stride_w;
  gsize dilation_h, dilation_w;
  gssize pad_top, pad_left, pad_bottom, pad_right;
  gsize out_h, out_w;
} PhConvShape;

/** PhActivation: what is applied to a convolution's output on the way to memory. */
typedef enum
{
  PH_ACTIVATION_NONE,
  PH_ACTIVATION_CLAMP, /* to [low, high]; relu is [0, +inf] */
} PhActivation;

typedef struct
{
  PhActivation kind;
  float low, high;
} PhEpilogue;

typedef struct _PhConv PhConv;

/** PhConvNeeds: what a prepared convolution will be asked for. */
typedef enum
{
  PH_CONV_FORWARD = 1 << 0,
  PH_CONV_BACKWARD_DATA = 1 << 1,
  PH_CONV_BACKWARD_WEIGHTS = 1 << 2,
  PH_CONV_GRADIENT_GATED = 1 << 3, /* dy is 0 already where the clamp lets nothing through */
} PhConvNeeds;

/** ph_conv_output_size: floor ((in + pads - (filter - 1) * dilation - 1) / stride) + 1, or 0. */
gsize ph_conv_output_size (gsize in, gssize pad_before, gssize pad_after, gsize filter,
                           gsize dilation, gsize stride);

/**
 * ph_conv_new:
 * @weights: (nullable): (K, C/groups, R, S), copied into the layout the chosen algorithm wants;
 *   %NULL: ph_conv_set_weights() will be called
 * @bias: (nullable): (K)
 * @epilogue: (nullable): activation applied after the bias
 * @needs: which of the functions below will be called
 *
 * Chooses algorithms for the shape and this processor and packs the weights for them once; the
 * result may be used by several threads, each with its own scratch, until the weights are changed.
 *
 * Returns: (transfer full): %NULL when memory for the packed weights is not to be had.
 */
PhConv *ph_conv_new (const PhConvShape *shape, const float *weights, const float *bias,
                     const PhEpilogue *epilogue, PhConvNeeds needs);
void ph_conv_free (PhConv *conv);

/** ph_conv_set_weights: other weights and (nullable) bias for the directions that @needs names, of
 * those it was made for. Allocates nothing. Not while another thread uses @conv. */
void ph_conv_set_weights (PhConv *conv, const float *weights, const float *bias, PhConvNeeds needs);

/** ph_conv_scratch: bytes of 64-byte-aligned scratch that each call below may use. */
gsize ph_conv_scratch (const PhConv *conv);

/** ph_conv_algorithm: name of the algorithms chosen, for reports, as "winograd4/implicit". */
const char *ph_conv_algorithm (const PhConv *conv);

/**
 * ph_conv_forward:
 * @x: (N, C, H, W)
 * @summand: (nullable): as large as @y, added before the epilogue; may be @y itself
 * @y: (N, K, Ho, Wo), overwritten
 *
 * Cross-correlation as ONNX `Conv` defines it, no flip; padding contributes 0; then bias, summand
 * and epilogue.
 */
void ph_conv_forward (const PhConv *conv, const float *x, const float *summand, float *y,
                      gpointer scratch);

/**
 * ph_conv_backward_data:
 * @dy: (N, K, Ho, Wo), gradient at the output (after the epilogue)
 * @y: (nullable): the forward output, if the convolution has a clamp, whose derivative is 1 where
 *   low < y < high and 0 elsewhere, unless it was made with %PH_CONV_GRADIENT_GATED; without it
 *   @dy passes as it is
 * @accumulate: whether to add to @dx instead of overwriting it
 * @gate: (nullable): of the size of @dx, which is 0 where it is closed; what @dx held to be added
 *   to must be so already
 * @dx: (N, C, H, W)
 */
void ph_conv_backward_data (const PhConv *conv, const float *dy, const float *y,
                            gboolean accumulate, const PhValueGate *gate, float *dx,
                            gpointer scratch);

/**
 * ph_conv_backward_weights:
 * @dy: gradient before the epilogue (the caller has applied its mask)
 * @dw: (nullable): (K, C/groups, R, S), added into
 * @db: (nullable): (K), added into
 */
void ph_conv_backward_weights (const PhConv *conv, const float *x, const float *dy, float *dw,
                               float *db, gpointer scratch);

G_END_DECLS
