#pragma once

#include "kernels/conv.h"

G_BEGIN_DECLS

/* Convolution as its definition reads, one output at a time, summed in double: what the fast
 * kernels are compared with. Arguments are those of the functions in kernels/conv.h. */
void ph_conv_forward_reference (const PhConvShape *shape, const float *weights, const float *bias,
                                const PhEpilogue *epilogue, const float *x, float *y);
void ph_conv_backward_data_reference (const PhConvShape *shape, const float *weights,
                                      const PhEpilogue *epilogue, const float *dy, const float *y,
                                      gboolean accumulate, float *dx);
void ph_conv_backward_weights_reference (const PhConvShape *shape, const float *x, const float *dy,
                                         float *dw, float *db);

G_END_DECLS
