#pragma once

#include "kernels/conv.h"

G_BEGIN_DECLS

/**
 * conv_shape_depth:
 *
 * Numbers that one output of a convolution sums over: C/groups * R * S.
 */
static inline gsize
conv_shape_depth (const PhConvShape *shape)
{
  return shape->c / shape->groups * shape->r * shape->s;
}

/* The general algorithm, right for every shape: the input as a matrix, then a product
 * (Chellapilla et al. 2006). @weights are (K, C/groups, R, S) as given. */
gsize ph_conv_im2col_scratch (const PhConvShape *shape);
void ph_conv_im2col_forward (const PhConvShape *shape, const float *weights, const float *bias,
                             const PhEpilogue *epilogue, const float *x, float *y,
                             gpointer scratch);
void ph_conv_im2col_backward_data (const PhConvShape *shape, const float *weights, const float *dy,
                                   float *dx, gpointer scratch);
void ph_conv_im2col_backward_weights (const PhConvShape *shape, const float *x, const float *dy,
                                      float *dw, gpointer scratch);

G_END_DECLS
