#pragma once

#include "ops/broadcast.h"
#include "ops/elementwise.h"

G_BEGIN_DECLS

/** PhBinaryRow: y = f (a, b) for @n elements; @step_a and @step_b are 0 or 1. */
typedef void (*PhBinaryRow) (gsize n, const float *a, gsize step_a, const float *b, gsize step_b,
                             float *y);

/** PhBinaryBackRow: t = dy * ∂f/∂a or dy * ∂f/∂b. Only kept operands may be read; those that are
 * not are %NULL with step 0. */
typedef void (*PhBinaryBackRow) (gsize n, const float *a, gsize step_a, const float *b,
                                 gsize step_b, const float *dy, float *t);

/** PhBinaryInt: f (a, b) before it wraps to @type. */
typedef gint64 (*PhBinaryInt) (PhType type, gint64 a, gint64 b);

/* Bodies of rows: EXPRESSION reads `a` and `b` (and `d`, the gradient at the output). */

#define PH_BINARY_LOOP(LOADS, STORE)                                                               \
  PH_FOR_ELEMENTS (i, 0, n)                                                                        \
  {                                                                                                \
    LOADS STORE;                                                                                   \
  }

#define PH_BINARY_ROW(NAME, EXPRESSION)                                                            \
  static void NAME (gsize n, const float *pa, gsize step_a, const float *pb, gsize step_b,         \
                    float *y)                                                                      \
  {                                                                                                \
    if (step_a != 0 && step_b != 0)                                                                \
      PH_BINARY_LOOP (const float a = pa[i]; const float b = pb[i];, y[i] = (EXPRESSION))          \
    else if (step_a != 0)                                                                          \
      {                                                                                            \
        const float b = *pb;                                                                       \
        PH_BINARY_LOOP (const float a = pa[i];, y[i] = (EXPRESSION))                               \
      }                                                                                            \
    else                                                                                           \
      {                                                                                            \
        const float a = *pa;                                                                       \
        PH_BINARY_LOOP (const float b = pb[i * step_b];, y[i] = (EXPRESSION))                      \
      }                                                                                            \
  }

/* LOADS: what EXPRESSION reads besides `d`. */
#define PH_BINARY_BACK_ROW(NAME, LOADS, EXPRESSION)                                                \
  static void NAME (gsize n, const float *pa, gsize step_a, const float *pb, gsize step_b,         \
                    const float *dy, float *t)                                                     \
  {                                                                                                \
    PH_FOR_ELEMENTS (i, 0, n)                                                                      \
    {                                                                                              \
      const float d = dy[i];                                                                       \
      LOADS t[i] = (EXPRESSION);                                                                   \
    }                                                                                              \
  }
#define PH_LOAD_A const float a = pa[i * step_a];
#define PH_LOAD_B const float b = pb[i * step_b];
#define PH_LOAD_AB PH_LOAD_A PH_LOAD_B

/** ph_binary_infer: two inputs of one type that stretch to a common shape, which output 0 gets. */
gboolean ph_binary_infer (PhStep *step, GError **error);

/** ph_binary_infer_shape: the common shape, or an error with both shapes. */
gboolean ph_binary_infer_shape (const PhStep *step, PhShape *out, GError **error);

/** ph_binary_forward: output 0 from inputs 0 and 1. */
void ph_binary_forward (const PhStep *step, PhRun *run, PhBinaryRow row, PhBinaryInt integer);

/**
 * ph_binary_backward:
 * @row_a, @row_b: derivatives; %NULL when the derivative is 1
 *
 * Gradients of both inputs, summed over the axes along which they were stretched; for operators
 * with %PH_OP_OVERWRITES.
 */
void ph_binary_backward (const PhStep *step, PhRun *run, PhBinaryBackRow row_a,
                         PhBinaryBackRow row_b);

/**
 * ph_stretch_add:
 * @out, @in: shapes, of which @in stretches to @out
 * @scale: factor
 * @add: whether to add to @dx instead of overwriting it
 *
 * The adjoint of stretching: dx = scale * dy summed over the stretched axes.
 */
void ph_stretch_add (const PhShape *out, const PhShape *in, float scale, const float *dy,
                     gboolean add, float *dx);

G_END_DECLS
