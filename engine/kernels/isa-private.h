#pragma once

#include <glib.h>

#include "kernels/pool.h"
#include "kernels/summary.h"

G_BEGIN_DECLS

/* Element by element; each function has one signature and uses what it needs of it. */
typedef enum
{
  PH_POINTWISE_FILL,
  PH_POINTWISE_CLAMP,
  PH_POINTWISE_CLAMP_BACKWARD,
  PH_POINTWISE_GATE,
  PH_POINTWISE_PASS,
  PH_POINTWISE_COPY,
  PH_POINTWISE_ACCUMULATE,
  PH_POINTWISE_ADD,
  PH_POINTWISE_SUBTRACT,
  PH_POINTWISE_MULTIPLY,
  PH_POINTWISE_MULTIPLY_ACCUMULATE,
  PH_POINTWISE_SCALE_SHIFT,
  PH_POINTWISE_SCALE_SHIFT_ACCUMULATE,
  PH_POINTWISE_EXP,
  PH_POINTWISE_SIGMOID,
  PH_POINTWISE_TANH,
  PH_POINTWISE_ERF,
  PH_POINTWISE_ATAN,
  PH_POINTWISE_SILU,
  PH_POINTWISE_SILU_BACKWARD,
  PH_POINTWISE_SILU_BACKWARD_ADD,
  PH_POINTWISE_LAST
} PhPointwise;

/* @a, @b: inputs; @p, @q: constants in the order of the public function */
typedef void (*PhPointwiseFunc) (gsize n, const float *a, const float *b, float p, float q,
                                 float *y);

/**
 * PhMicroStore:
 * @y: first row's first pixel; rows are @pitch apart
 * @rows, @pixels: how many of the tile's are wanted
 * @add, @summand, @gate: (nullable): laid out like @y: added before and after the bias; what lets
 *   through where low < gate < high
 * @bias: (nullable): one number a row
 * @clamp: whether to limit the results to [low, high]
 *
 * Where and how the product of two panels goes to memory.
 */
typedef struct
{
  float *y;
  gsize pitch, rows, pixels;
  const float *add, *summand, *gate;
  const float *bias;
  gboolean clamp;
  float low, high;
} PhMicroStore;

/**
 * PhMicroFunc:
 * @a: panel of filters, (depth, rows)
 * @b, @offsets: pixels of depth d start at b + offsets[d]
 *
 * The innermost product: a tile of rows by pixels, held in registers while the depth is summed.
 */
typedef void (*PhMicroFunc) (gsize depth, const float *a, const float *b, const gint32 *offsets,
                             const PhMicroStore *store);

#define PH_MICRO_MAX_VECTORS 8
#define PH_MICRO_MAX_ROWS 8

/**
 * PhMicro:
 * @rows: filters of a tile
 * @lanes, @vectors: pixels in a vector, and vectors in the largest tile
 * @func: for 1 to @vectors vectors
 */
typedef struct
{
  gsize rows, lanes, vectors;
  PhMicroFunc func[PH_MICRO_MAX_VECTORS];
} PhMicro;

typedef struct _PhImplicit PhImplicit;
typedef struct _PhWinograd PhWinograd;
typedef struct _PhDepthwise PhDepthwise;
struct _PhCorrelationCall;
struct _PhWeightsItem;
struct _PhFilters;

#define PH_WEIGHTS_ROWS 6 /* numbers of a window that a tile of the gradient to filters has */

/** PhImplicitItem: a piece of work: some pixels and some panels of filters of a group. */
typedef struct
{
  gsize image, group;
  gsize pixel_begin, pixel_end;
  gsize panel_begin, panel_end;
} PhImplicitItem;

/**
 * PhFrameShape:
 * @h, @w: rows and columns of a plane
 * @top, @left: rows and columns of zeros before it
 * @frame_h, @frame_w: rows and columns with all zeros around it
 */
typedef struct
{
  gsize h, w, top, left, frame_h, frame_w;
} PhFrameShape;

/**
 * PhKernels:
 *
 * The functions that exist once for each instruction set. All work on the calling thread alone.
 */
typedef struct
{
  const PhPointwiseFunc *pointwise; /* indexed by #PhPointwise */
  float (*sum) (gsize n, const float *x);
  void (*summary) (gsize n, const float *x, PhSummary *summary);
  float (*squares) (gsize n, float mean, const float *x);
  void (*moments) (gsize n, float mean, const float *x, const float *y, float *sums);
  void (*blend) (gsize n, float p, const float *a, float q, const float *b, float r, gboolean add,
                 float *y);
  void (*softmax) (gsize n, const float *x, float *y);
  void (*softmax_backward) (gsize n, const float *y, const float *dy, float *dx);

  const PhMicro *micro_wide, *micro_thin; /* for many filters, and for up to three */
  void (*implicit_item) (const PhImplicit *implicit, const struct _PhCorrelationCall *call,
                         const PhImplicitItem *item, float *scratch);
  void (*winograd_filters) (const PhWinograd *winograd, const struct _PhFilters *filters,
                            gsize panel);
  void (*winograd_input) (const PhWinograd *winograd, const struct _PhCorrelationCall *call,
                          gsize channel, gsize tile, gsize n, float *v);
  void (*winograd_output_back) (const PhWinograd *winograd, const float *dy, gsize filter,
                                gsize tile, gsize n, float *m);
  void (*winograd_output) (const PhWinograd *winograd, const struct _PhCorrelationCall *call,
                           gsize filter, gsize tile, gsize n, const float *m);
  void (*depthwise_planes) (const PhDepthwise *depthwise, const struct _PhCorrelationCall *call,
                            gsize begin, gsize end, float *scratch);
  void (*frame) (const PhFrameShape *frame, const float *x, const float *mask, float low,
                 float high, float *to);

  /* The gradient to filters (conv-weights.c). */
  const gsize *weights_width; /* filters of a tile */
  void (*weights_item) (const struct _PhWeightsItem *item);
  void (*transpose) (gsize rows, gsize columns, const float *from, gsize from_pitch, gboolean add,
                     float *to, gsize to_pitch);
  float (*dot_rows) (gsize rows, gsize columns, const float *a, gsize a_pitch, const float *b,
                     gsize b_pitch);

  /* One plane; @indices may be NULL. */
  void (*pool_max) (const PhPoolShape *shape, const float *x, float *y, gint32 *indices);
  void (*pool_average) (const PhPoolShape *shape, gboolean count_include_pad, const float *x,
                        float *y);
  void (*pool_average_backward) (const PhPoolShape *shape, gboolean count_include_pad,
                                 const float *dy, gboolean accumulate, float *dx);

  /* y = alpha * a x + beta * y for @rows rows of @columns numbers, @lda apart, and the same with a
   * transposed; y is not read when @beta is 0. */
  void (*matvec) (gsize rows, gsize columns, float alpha, const float *a, gsize lda, const float *x,
                  float beta, float *y);
  void (*matvec_transposed) (gsize rows, gsize columns, float alpha, const float *a, gsize lda,
                             const float *x, float beta, float *y);

  /* One pass of a transform; @m transforms of @radix points, @s lanes each. */
  void (*fft_pass) (guint radix, gsize m, gsize s, const float *twiddles, const float *xr,
                    const float *xi, float *yr, float *yi);

  float (*squared_distance) (const void *a, const void *b, const void *n);
  gsize (*select_below) (gsize n, const float *x, const float *scale, const float *shift,
                         float limit, guint32 *found);
} PhKernels;

/** ph_kernels: those for ph_cpu_level(). */
const PhKernels *ph_kernels (void);

/* Each isa-NAME.c defines its part of the table, and isa-table.c joins them. */
#define PH_DECLARE_ISA(isa)                                                                        \
  extern const PhPointwiseFunc ph_pointwise_##isa[PH_POINTWISE_LAST];                              \
  float ph_sum_##isa (gsize n, const float *x);                                                    \
  void ph_summary_##isa (gsize n, const float *x, PhSummary *summary);                             \
  float ph_squares_##isa (gsize n, float mean, const float *x);                                    \
  float ph_squared_distance_##isa (const void *a, const void *b, const void *n);                   \
  gsize ph_select_below_##isa (gsize n, const float *x, const float *scale, const float *shift,    \
                               float limit, guint32 *found);                                       \
  void ph_moments_##isa (gsize n, float mean, const float *x, const float *y, float *sums);        \
  void ph_blend_##isa (gsize n, float p, const float *a, float q, const float *b, float r,         \
                       gboolean add, float *y);                                                    \
  void ph_softmax_##isa (gsize n, const float *x, float *y);                                       \
  void ph_softmax_backward_##isa (gsize n, const float *y, const float *dy, float *dx);            \
  void ph_pool_max_##isa (const PhPoolShape *shape, const float *x, float *y, gint32 *indices);    \
  void ph_pool_average_##isa (const PhPoolShape *shape, gboolean count_include_pad,                \
                              const float *x, float *y);                                           \
  void ph_pool_average_backward_##isa (const PhPoolShape *shape, gboolean count_include_pad,       \
                                       const float *dy, gboolean accumulate, float *dx);           \
  void ph_matvec_##isa (gsize rows, gsize columns, float alpha, const float *a, gsize lda,         \
                        const float *x, float beta, float *y);                                     \
  void ph_matvec_transposed_##isa (gsize rows, gsize columns, float alpha, const float *a,         \
                                   gsize lda, const float *x, float beta, float *y);               \
  void ph_implicit_item_##isa (const PhImplicit *implicit, const struct _PhCorrelationCall *call,  \
                               const PhImplicitItem *item, float *scratch);                        \
  void ph_winograd_filters_##isa (const PhWinograd *winograd, const struct _PhFilters *filters,    \
                                  gsize panel);                                                    \
  void ph_winograd_input_##isa (const PhWinograd *winograd, const struct _PhCorrelationCall *call, \
                                gsize channel, gsize tile, gsize n, float *v);                     \
  void ph_winograd_output_back_##isa (const PhWinograd *winograd, const float *dy, gsize filter,   \
                                      gsize tile, gsize n, float *m);                              \
  void ph_winograd_output_##isa (const PhWinograd *winograd,                                       \
                                 const struct _PhCorrelationCall *call, gsize filter, gsize tile,  \
                                 gsize n, const float *m);                                         \
  void ph_depthwise_planes_##isa (const PhDepthwise *depthwise,                                    \
                                  const struct _PhCorrelationCall *call, gsize begin, gsize end,   \
                                  float *scratch);                                                 \
  void ph_frame_##isa (const PhFrameShape *frame, const float *x, const float *mask, float low,    \
                       float high, float *to);                                                     \
  extern const gsize ph_weights_width_##isa;                                                       \
  void ph_weights_item_##isa (const struct _PhWeightsItem *item);                                  \
  void ph_transpose_##isa (gsize rows, gsize columns, const float *from, gsize from_pitch,         \
                           gboolean add, float *to, gsize to_pitch);                               \
  float ph_dot_rows_##isa (gsize rows, gsize columns, const float *a, gsize a_pitch,               \
                           const float *b, gsize b_pitch);                                         \
  extern const PhMicro ph_micro_wide_##isa, ph_micro_thin_##isa;                                   \
  void ph_fft_pass_##isa (guint radix, gsize m, gsize s, const float *twiddles, const float *xr,   \
                          const float *xi, float *yr, float *yi);                                  \
  extern const PhKernels ph_kernels_##isa;

PH_DECLARE_ISA (portable)
PH_DECLARE_ISA (avx2)
PH_DECLARE_ISA (avx512)

G_END_DECLS
