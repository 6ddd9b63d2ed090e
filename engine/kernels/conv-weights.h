#pragma once

#include "kernels/conv.h"
#include "kernels/isa-private.h"

G_BEGIN_DECLS

#define PH_WEIGHTS_PIXELS 192 /* summed at a time: their panel of dy stays in the first cache */

/**
 * PhWeightsItem:
 * @pixels: how many are summed
 * @x, @at: where each pixel's window begins: x + at[i]
 * @rows: where the numbers of a window lie in it, one for each row of the tile
 * @dy: (pixels, width) of the tile
 * @sums: (rows, width), added to; rows are @pitch apart
 *
 * A tile of the gradient: some numbers of a window by some filters.
 */
typedef struct _PhWeightsItem
{
  gsize pixels;
  const float *x;
  const gsize *at;
  const gsize *rows;
  const float *dy;
  float *sums;
  gsize pitch;
} PhWeightsItem;

/** ph_conv_weights_scratch: bytes for that many @threads. */
gsize ph_conv_weights_scratch (const PhConvShape *shape, guint threads);

/**
 * ph_conv_weights_run:
 * @x: (N, C, H, W); @dy: (N, K, Ho, Wo); @dw: (K, C/groups, R, S), added to
 *
 * The gradient to the filters: for each filter and each number of a window, the sum over all pixels
 * of all images of the one times the other. A matrix product whose left side, dy, is transposed
 * panel by panel and whose right side, the unfolded input, is read where it lies, with zeros framed
 * around it. The order of each sum does not depend on the number of threads.
 */
void ph_conv_weights_run (const PhConvShape *shape, const float *x, const float *dy, float *dw,
                          guint threads, gpointer scratch);

/**
 * ph_conv_weights_choose_winograd: 2 or 4 where ph_conv_weights_winograd_run() with such a tile is
 * faster than ph_conv_weights_run(), else 0.
 */
gsize ph_conv_weights_choose_winograd (const PhConvShape *shape);

/** ph_conv_weights_winograd_scratch: bytes. */
gsize ph_conv_weights_winograd_scratch (const PhConvShape *shape, gsize tile);

/**
 * ph_conv_weights_winograd_run:
 * @shape: 3x3 filters at stride 1, one group
 *
 * As ph_conv_weights_run(), with a quarter of the products (4) or fewer than half of them (2), to
 * about 1e-5 of the largest entry. The order of each sum does not depend on the number of threads.
 */
void ph_conv_weights_winograd_run (const PhConvShape *shape, gsize tile, const float *x,
                                   const float *dy, float *dw, gpointer scratch);

G_END_DECLS
