#pragma once

#include "kernels/conv.h"
#include "ops/spatial-private.h"

G_BEGIN_DECLS

/**
 * PhVolume:
 * @plane: the 2-D convolution that the kernels do
 * @has_depth: whether there is a third spatial axis (the first of them)
 * @n, @c, @depth, @k, @filter_depth, @out_depth: of the 3-D convolution
 *
 * A convolution over one to three axes by the 2-D kernels. Signals are images of one row. In three
 * dimensions each output slice is a 2-D convolution of the filter_depth input slices it sees, which
 * are gathered into one image of C * filter_depth channels; the filters already lie in memory like
 * that.
 */
typedef struct
{
  PhConvShape plane;
  gboolean has_depth;
  gsize n, c, depth, k, filter_depth, out_depth;
  gsize stride, dilation;
  gssize before;
} PhVolume;

/**
 * ph_volume_init:
 * @x: (N, C, …), @w: (K, C/groups, …), @y: (N, K, …)
 * @spatial: resolved
 */
void ph_volume_init (PhVolume *volume, const PhShape *x, const PhShape *w, const PhShape *y,
                     gsize groups, const PhSpatial *spatial);

/** ph_volume_scratch: bytes of scratch for the functions below. */
gsize ph_volume_scratch (const PhVolume *volume, const PhConv *conv);

/* As the functions of kernels/conv.h with the same names; @conv was made for volume->plane. */
void ph_volume_forward (const PhVolume *volume, const PhConv *conv, const float *x,
                        const float *summand, float *y, gpointer scratch);
void ph_volume_backward_data (const PhVolume *volume, const PhConv *conv, const float *dy,
                              const float *y, gboolean accumulate, const PhValueGate *gate,
                              float *dx, gpointer scratch);
void ph_volume_backward_weights (const PhVolume *volume, const PhConv *conv, const float *x,
                                 const float *dy, float *dw, float *db, gpointer scratch);

G_END_DECLS
