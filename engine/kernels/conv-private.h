#pragma once

#include "kernels/conv.h"
#include "kernels/isa-private.h"

G_BEGIN_DECLS

/**
 * PhCorrelation:
 * @shape: n, c, h, w of what is read; k, r, s, groups, strides, dilations, pads before; out_h and
 *   out_w of what is computed
 * @y_h, @y_w: rows and columns of a plane that is written
 * @y_top, @y_left, @y_step_h, @y_step_w: output (oh, ow) goes to row y_top + oh * y_step_h, and to
 *   the column likewise
 *
 * What both directions of a convolution come down to. The forward pass is one of these; so is the
 * gradient to the input, with filters turned and transposed, at stride 1; at larger strides the
 * gradient is one for each of stride_h * stride_w phases.
 */
typedef struct
{
  PhConvShape shape;
  gsize y_h, y_w;
  gsize y_top, y_left, y_step_h, y_step_w;
} PhCorrelation;

/**
 * PhCorrelationCall:
 * @x: what is read, (N, C, H, W)
 * @mask: (nullable): as large as @x; elements of @x count as 0 unless low < mask < high
 * @add: (nullable): as large as @y, possibly the same: added to the sums and the bias
 * @gate: (nullable): as large as @y, which becomes 0 unless low < gate < high
 * @low, @high: for @mask or @gate; no pass has both
 *
 * The numbers of one execution.
 */
typedef struct _PhCorrelationCall
{
  const float *x;
  const float *mask;
  const float *add, *gate;
  float low, high;
  float *y;
} PhCorrelationCall;

/**
 * PhFilters:
 * @first: the number of group 0, filter 0, channel 0, row 0, column 0
 * @group, @filter, @channel, @row, @column: from there to the next of each
 *
 * Filters where they lie, in any order: those of the gradient are the same numbers turned, with
 * filters and channels exchanged.
 */
typedef struct _PhFilters
{
  const float *first;
  gssize group, filter, channel, row, column;
} PhFilters;

/** conv_shape_depth: numbers that one output sums over, C/groups * R * S. */
static inline gsize
conv_shape_depth (const PhConvShape *shape)
{
  return shape->c / shape->groups * shape->r * shape->s;
}

/** conv_align: bytes for @n floats, whole lines of the cache. */
static inline gsize
conv_align (gsize n)
{
  return (n * sizeof (float) + 63) & ~(gsize)63;
}

/* --- Implicit matrix product (conv-implicit.c) --- */

#define PH_IMPLICIT_MAX_TILES 8
#define PH_IMPLICIT_SLACK 128

/* What packing one vector of pixels costs, counted in products of one filter with it. */
#define PH_IMPLICIT_PACK_COST 3

/**
 * PhImplicit:
 *
 * A correlation as a matrix product whose right side, the unfolded input, exists only as one panel
 * of pixels at a time, or not at all when the input can be read in place.
 */
struct _PhImplicit
{
  PhCorrelation p;
  PhEpilogue epilogue;
  const PhMicro *micro;
  const PhKernels *kernels;
  guint threads;

  gsize depth, block_channels; /* depth of the product; channels taken at a time */
  gsize panels;                /* of micro->rows filters, in one group */
  gboolean direct;             /* pixels are read in place; rows of them are p.shape.w apart */
  gboolean has_bias;
  gboolean slack; /* a whole tile may be read behind the end of the input */
  gsize images;   /* whose pixels follow each other in a panel: 1, or all */
  gsize pixels;   /* of these, with what lies between the rows when direct */
  gsize tile;     /* pixels packed at a time */
  gsize pixel_parts, panel_parts;

  /* owned */
  float *weights;         /* (groups, panels, depth, rows) */
  float *bias;            /* (groups, panels, rows) */
  gint32 *offsets;        /* where depth d of a pixel lies when direct */
  gint32 *packed_offsets; /* where it lies in a panel */
};

/**
 * ph_implicit_new:
 * @masked: whether calls will have a mask
 * @slack: whether %PH_IMPLICIT_SLACK floats may be read behind the end of the input
 *
 * Room for filters, which ph_implicit_set_weights() fills.
 *
 * Returns: (transfer full): %NULL when there is no memory.
 */
PhImplicit *ph_implicit_new (const PhCorrelation *p, const PhEpilogue *epilogue, gboolean masked,
                             gboolean slack);

/** ph_implicit_set_weights: @bias: (nullable): (K) */
void ph_implicit_set_weights (PhImplicit *implicit, const PhFilters *filters, const float *bias);
void ph_implicit_free (PhImplicit *implicit);
gsize ph_implicit_scratch (const PhImplicit *implicit);
void ph_implicit_run (const PhImplicit *implicit, const PhCorrelationCall *call, gpointer scratch);

/* --- Winograd's minimal filtering (conv-winograd.c) --- */

#define PH_WINOGRAD_MAX_TILE 4
#define PH_WINOGRAD_MAX_SPAN 6
#define PH_WINOGRAD_MAX_BLOCK 48 /* tiles that are transformed and multiplied together */

/**
 * PhWinograd:
 *
 * A 3x3 correlation at stride 1 as small matrix products over transformed tiles: 36 of them by
 * F(4x4, 3x3), 16 by F(2x2, 3x3) of Lavin and Gray 2015.
 */
struct _PhWinograd
{
  PhCorrelation p;
  PhEpilogue epilogue;
  const PhKernels *kernels;
  const PhMicro *micro;
  guint threads;

  gsize tile;             /* outputs of a tile along each axis, 2 or 4 */
  gsize span;             /* inputs it reads along each axis, tile + 2 */
  gsize products;         /* span * span, instead of tile * tile * 9 */
  gsize tiles_h, tiles_w; /* of one image */
  gsize tiles;            /* of all images, without those left to @rest */
  gsize block;            /* tiles whose transform is one panel */
  gsize blocks;           /* panels that are in memory together */
  gsize panels, groups;   /* of filters, and groups of them that are one piece of work */
  gsize product_pitch;    /* floats between the panels of two products */

  /* owned */
  float *weights; /* (panels, products, C, rows) */
  float *bias;    /* (panels, rows); zeros where there is none */
  gint32 *offsets;
  PhImplicit *rest; /* nullable: the last tiles, too few to fill a vector */
};

/** PH_WINOGRAD_FREE: no wish. */
#define PH_WINOGRAD_FREE 1

/** ph_winograd_get_wish: what must be taken for @p, a tile or 0, because there is no other way or
 * ph_conv_wish_winograd() or ph_cpu_set_exact() said so; else %PH_WINOGRAD_FREE. */
gsize ph_winograd_get_wish (const PhConvShape *p);

/** ph_winograd_choose: the best tile for @p, or 0 when ph_implicit_new() is better or the only way.
 */
gsize ph_winograd_choose (const PhCorrelation *p);

/** ph_winograd_new: @tile as chosen; the other arguments as for ph_implicit_new(). */
PhWinograd *ph_winograd_new (const PhCorrelation *p, gsize tile, const PhEpilogue *epilogue,
                             gboolean masked);
void ph_winograd_set_weights (PhWinograd *winograd, const PhFilters *filters, const float *bias);
void ph_winograd_free (PhWinograd *winograd);
gsize ph_winograd_scratch (const PhWinograd *winograd);
void ph_winograd_run (const PhWinograd *winograd, const PhCorrelationCall *call, gpointer scratch);

/* --- Each channel by itself (depthwise.c) --- */

#define PH_DEPTHWISE_ROWS 4 /* of output that are summed together */

/**
 * PhDepthwisePart:
 * @rows, @columns: of the outputs of this part, at @y_top, @y_left and each @y_step-th from there
 * @row_step: rows of the frame from one output row to the next
 * @n_taps, @offsets: where the inputs of the first output lie in the frame
 * @taps_w: taps of one row
 * @is_3x3: whether the taps are nine neighbours, row by row, at stride 1
 * @weights: (C, n_taps)
 *
 * One phase of the outputs; the forward pass has only one.
 */
typedef struct
{
  gsize rows, columns;
  gsize y_top, y_left, y_step_h, y_step_w;
  gsize row_step, n_taps, taps_w;
  gboolean is_3x3;

  /* owned */
  gint32 *offsets;
  float *weights;
} PhDepthwisePart;

/**
 * PhDepthwise:
 *
 * A correlation of each channel with its own filter. A plane is first copied into a frame of zeros,
 * with every stride_w-th column next to each other, so that all edges look alike and all reads are
 * of neighbours: (stride_w, frame_h, pitch).
 */
struct _PhDepthwise
{
  PhConvShape shape; /* n, c, h, w read, out_h, out_w written */
  PhEpilogue epilogue;
  const PhKernels *kernels;
  guint threads;

  gsize stride;         /* columns of the input from one output to the next */
  gsize frame_h, pitch; /* rows of the frame, and columns of each of its stride_w planes */
  gsize top, left;      /* of the plane in the frame */
  gsize frames;         /* that are filled before the first is read */
  gsize n_parts;

  /* owned */
  PhDepthwisePart *parts;
  float *bias; /* (C); zeros where there is none */
};

/** ph_depthwise_new: for @n_parts correlations that write one output. */
PhDepthwise *ph_depthwise_new (const PhConvShape *shape, const PhCorrelation *parts, gsize n_parts,
                               const PhEpilogue *epilogue);

/** ph_depthwise_set_weights: @filters: one for each part */
void ph_depthwise_set_weights (PhDepthwise *depthwise, const PhFilters *filters, const float *bias);
void ph_depthwise_free (PhDepthwise *depthwise);
gsize ph_depthwise_scratch (const PhDepthwise *depthwise);
void ph_depthwise_run (const PhDepthwise *depthwise, const PhCorrelationCall *call,
                       gpointer scratch);

/* --- One direction of a convolution (conv-pass.c) --- */

typedef struct _PhPass PhPass;

/** ph_pass_new_forward: chooses and prepares algorithms for ph_conv_forward(). */
PhPass *ph_pass_new_forward (const PhConvShape *shape, const PhEpilogue *epilogue);

/** ph_pass_new_gradient: the same for ph_conv_backward_data(); @masked as in ph_implicit_new(). */
PhPass *ph_pass_new_gradient (const PhConvShape *shape, gboolean masked);

/** ph_pass_set_weights: @weights: (K, C/groups, R, S) of the convolution, whichever the direction;
 * @bias: (nullable): (K), of the forward pass. Allocates nothing. */
void ph_pass_set_weights (PhPass *pass, const float *weights, const float *bias);
void ph_pass_free (PhPass *pass);
const char *ph_pass_algorithm (const PhPass *pass);
gsize ph_pass_scratch (const PhPass *pass);
void ph_pass_run (const PhPass *pass, const PhCorrelationCall *call, gpointer scratch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhWinograd, ph_winograd_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhDepthwise, ph_depthwise_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPass, ph_pass_free)

G_END_DECLS
