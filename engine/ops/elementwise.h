#pragma once

#include "kernels/parallel.h"
#include "network/op.h"

G_BEGIN_DECLS

/** PH_GRAIN: elements worth handing to another thread. */
#define PH_GRAIN 16384

/** PH_CHUNK: elements that pass through a local buffer at a time. */
#define PH_CHUNK 512

/**
 * PhSpan:
 * @x: input
 * @y: in forward the output, in backward its data
 * @dy: gradient at the output
 * @dx: gradient of the input
 * @add: whether @dx already holds something
 * @p: parameters of the function
 *
 * What a loop over elements needs. Those that the loop does not use are %NULL.
 */
typedef struct
{
  const float *x;
  float *y;
  const float *dy;
  float *dx;
  gboolean add;
  float p[4];
} PhSpan;

/** PH_FOR_ELEMENTS: a loop whose rounds do not depend on one another even where output and input
 * are the same memory (%PH_OP_IN_PLACE), which the compiler could not know. */
#define PH_FOR_ELEMENTS(i, begin, end) _Pragma ("GCC ivdep") for (gsize i = (begin); i < (end); i++)

/**
 * PH_SPAN_FORWARD: defines the #PhParallelFunc NAME with y = EXPRESSION, where EXPRESSION reads `x`
 * and the parameters `p`.
 */
#define PH_SPAN_FORWARD(NAME, EXPRESSION)                                                          \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const PhSpan *span = data;                                                                     \
    const float *px = span->x;                                                                     \
    float *py = span->y;                                                                           \
    const float p[4] G_GNUC_UNUSED = { span->p[0], span->p[1], span->p[2], span->p[3] };           \
    PH_FOR_ELEMENTS (i, begin, end)                                                                \
    {                                                                                              \
      const float x = px[i];                                                                       \
      py[i] = (EXPRESSION);                                                                        \
    }                                                                                              \
  }

/** PH_SPAN_KERNEL: defines the #PhParallelFunc NAME that hands the span to a kernel. */
#define PH_SPAN_KERNEL(NAME, KERNEL)                                                               \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const PhSpan *span = data;                                                                     \
    KERNEL (end - begin, span->x + begin, span->y + begin);                                        \
  }

/**
 * PH_SPAN_BACKWARD: defines the #PhParallelFunc NAME with dx = dy * EXPRESSION (added where
 * something is there already). LOAD names what EXPRESSION reads besides `p`: %PH_LOAD_X,
 * %PH_LOAD_Y or %PH_LOAD_XY.
 */
#define PH_SPAN_BACKWARD(NAME, LOAD, EXPRESSION)                                                   \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const PhSpan *span = data;                                                                     \
    const float *px G_GNUC_UNUSED = span->x;                                                       \
    const float *py G_GNUC_UNUSED = span->y;                                                       \
    const float *dy = span->dy;                                                                    \
    float *dx = span->dx;                                                                          \
    const float p[4] G_GNUC_UNUSED = { span->p[0], span->p[1], span->p[2], span->p[3] };           \
    if (span->add)                                                                                 \
      PH_FOR_ELEMENTS (i, begin, end)                                                              \
      {                                                                                            \
        LOAD dx[i] += dy[i] * (EXPRESSION);                                                        \
      }                                                                                            \
    else                                                                                           \
      PH_FOR_ELEMENTS (i, begin, end)                                                              \
      {                                                                                            \
        LOAD dx[i] = dy[i] * (EXPRESSION);                                                         \
      }                                                                                            \
  }

#define PH_LOAD_X const float x = px[i];
#define PH_LOAD_Y const float y = py[i];
#define PH_LOAD_XY PH_LOAD_X PH_LOAD_Y

/** ph_elementwise_infer_real: one real input, output 0 of its type and shape. */
gboolean ph_elementwise_infer_real (PhStep *step, GError **error);

/** ph_elementwise_infer_any: one input of any type, output 0 of its type and shape. */
gboolean ph_elementwise_infer_any (PhStep *step, GError **error);

/** ph_elementwise_forward: output 0 from input 0 by @func, in parallel; @p as #PhSpan.p, or
 * %NULL. */
void ph_elementwise_forward (const PhStep *step, PhRun *run, PhParallelFunc func, const float *p);

/** ph_elementwise_backward: the same for the gradient; for operators with %PH_OP_OVERWRITES. */
void ph_elementwise_backward (const PhStep *step, PhRun *run, PhParallelFunc func, const float *p);

G_END_DECLS
