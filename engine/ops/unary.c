/* Mathematical functions of one element. */

#include "kernels/pointwise.h"
#include "ops/elementwise.h"

#include <math.h>

#define UNARY_CLASS(SYMBOL, NAME, SUMMARY, KEEP, INFER)                                            \
  const PhOpClass ph_op_##NAME = {                                                                 \
    .name = #NAME,                                                                                 \
    .summary = SUMMARY,                                                                            \
    .min_inputs = 1,                                                                               \
    .max_inputs = 1,                                                                               \
    .max_outputs = 1,                                                                              \
    .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | (KEEP),                         \
    .infer = INFER,                                                                                \
    .forward = SYMBOL##_forward,                                                                   \
    .backward = SYMBOL##_backward,                                                                 \
  };

/* Of real numbers: y = FORWARD of x, dx = dy * BACKWARD of what LOAD names. */
#define REAL_UNARY(SYMBOL, NAME, SUMMARY, KEEP, LOAD, FORWARD, BACKWARD)                           \
  PH_SPAN_FORWARD (SYMBOL##_span, FORWARD)                                                         \
  PH_SPAN_BACKWARD (SYMBOL##_back_span, LOAD, BACKWARD)                                            \
  REAL_CLASS (SYMBOL, NAME, SUMMARY, KEEP)

#define REAL_CLASS(SYMBOL, NAME, SUMMARY, KEEP)                                                    \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    ph_elementwise_forward (step, run, SYMBOL##_span, NULL);                                       \
  }                                                                                                \
  static void SYMBOL##_backward (const PhStep *step, PhRun *run)                                   \
  {                                                                                                \
    ph_elementwise_backward (step, run, SYMBOL##_back_span, NULL);                                 \
  }                                                                                                \
  UNARY_CLASS (SYMBOL, NAME, SUMMARY, KEEP, ph_elementwise_infer_real)

#define OF_X(SYMBOL, NAME, SUMMARY, FORWARD, BACKWARD)                                             \
  REAL_UNARY (SYMBOL, NAME, SUMMARY, PH_OP_KEEP_INPUTS, PH_LOAD_X, FORWARD, BACKWARD)
#define OF_Y(SYMBOL, NAME, SUMMARY, FORWARD, BACKWARD)                                             \
  REAL_UNARY (SYMBOL, NAME, SUMMARY, PH_OP_KEEP_OUTPUTS, PH_LOAD_Y, FORWARD, BACKWARD)
/* Steps have the gradient 0 everywhere, also where they jump. */
#define STAIRCASE(SYMBOL, NAME, SUMMARY, FORWARD)                                                  \
  REAL_UNARY (SYMBOL, NAME, SUMMARY, 0, , FORWARD, 0)

OF_X (acos, Acos, "inverse cosine", acosf (x), -1 / sqrtf (1 - x * x))
OF_X (acosh, Acosh, "inverse hyperbolic cosine", acoshf (x), 1 / sqrtf (x * x - 1))
OF_X (asin, Asin, "inverse sine", asinf (x), 1 / sqrtf (1 - x * x))
OF_X (asinh, Asinh, "inverse hyperbolic sine", asinhf (x), 1 / sqrtf (x * x + 1))
OF_X (atan, Atan, "inverse tangent", atanf (x), 1 / (1 + x * x))
OF_X (atanh, Atanh, "inverse hyperbolic tangent", atanhf (x), 1 / (1 - x * x))
STAIRCASE (ceil, Ceil, "next integer above", ceilf (x))
OF_X (cos, Cos, "cosine", cosf (x), -sinf (x))
OF_X (cosh, Cosh, "hyperbolic cosine", coshf (x), sinhf (x))
STAIRCASE (floor, Floor, "next integer below", floorf (x))
OF_X (log, Log, "natural logarithm", logf (x), 1 / x)
OF_Y (reciprocal, Reciprocal, "1 / x", 1 / x, -y *y)
STAIRCASE (round, Round, "nearest integer, halves to even", rintf (x))
OF_X (sin, Sin, "sine", sinf (x), cosf (x))
OF_X (sinh, Sinh, "hyperbolic sine", sinhf (x), coshf (x))
OF_Y (sqrt, Sqrt, "square root; gradient infinite at 0", sqrtf (x), 0.5f / y)
OF_Y (tan, Tan, "tangent", tanf (x), 1 + y * y)

PH_SPAN_KERNEL (exp_span, ph_pointwise_exp)
PH_SPAN_BACKWARD (exp_back_span, PH_LOAD_Y, y)
REAL_CLASS (exp, Exp, "exponential", PH_OP_KEEP_OUTPUTS)

/* Erf, with the derivative 2 / √π exp (-x²). */

PH_SPAN_KERNEL (erf_span, ph_pointwise_erf)

static void
erf_back_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhSpan *span = data;
  float slope[PH_CHUNK];

  for (gsize at = begin; at < end; at += PH_CHUNK)
    {
      const gsize n = MIN (end - at, PH_CHUNK);
      const float *x = span->x + at, *dy = span->dy + at;
      float *dx = span->dx + at;

      PH_FOR_ELEMENTS (i, 0, n)
      {
        slope[i] = -x[i] * x[i];
      }
      ph_pointwise_exp (n, slope, slope);
      if (span->add)
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] += dy[i] * slope[i] * 1.1283791670955126f;
        }
      else
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] = dy[i] * slope[i] * 1.1283791670955126f;
        }
    }
}

REAL_CLASS (erf, Erf, "error function", PH_OP_KEEP_INPUTS)

/* Abs, Neg and Sign also take integers. */

typedef struct
{
  PhType type;
  const gint64 *x;
  gint64 *y;
} IntSpan;

#define INT_SPAN(NAME, EXPRESSION)                                                                 \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const IntSpan *span = data;                                                                    \
    for (gsize i = begin; i < end; i++)                                                            \
      {                                                                                            \
        const gint64 x = span->x[i];                                                               \
        span->y[i] = ph_type_wrap (span->type, EXPRESSION);                                        \
      }                                                                                            \
  }

static void
int_forward (const PhStep *step, PhRun *run, PhParallelFunc func)
{
  IntSpan span = { step->in[0]->type, ph_run_in (run, step, 0), ph_run_out (run, step, 0) };

  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN, func, &span);
}

#define ANY_UNARY(SYMBOL, NAME, SUMMARY, KEEP, LOAD, FORWARD, INT_FORWARD, BACKWARD)               \
  PH_SPAN_FORWARD (SYMBOL##_span, FORWARD)                                                         \
  PH_SPAN_BACKWARD (SYMBOL##_back_span, LOAD, BACKWARD)                                            \
  INT_SPAN (SYMBOL##_int_span, INT_FORWARD)                                                        \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    if (ph_type_is_real (step->in[0]->type))                                                       \
      ph_elementwise_forward (step, run, SYMBOL##_span, NULL);                                     \
    else                                                                                           \
      int_forward (step, run, SYMBOL##_int_span);                                                  \
  }                                                                                                \
  static void SYMBOL##_backward (const PhStep *step, PhRun *run)                                   \
  {                                                                                                \
    ph_elementwise_backward (step, run, SYMBOL##_back_span, NULL);                                 \
  }                                                                                                \
  UNARY_CLASS (SYMBOL, NAME, SUMMARY, KEEP, ph_elementwise_infer_any)

/* Negation in unsigned arithmetic is defined for the smallest integer too. */
#define NEGATED(x) ((gint64)(0 - (guint64)(x)))
#define IS_UNSIGNED (span->type == PH_TYPE_UINT64)

ANY_UNARY (abs, Abs, "magnitude; gradient 0 at 0", PH_OP_KEEP_INPUTS, PH_LOAD_X, fabsf (x),
           x < 0 && !IS_UNSIGNED ? NEGATED (x) : x, (float)((x > 0) - (x < 0)))
ANY_UNARY (neg, Neg, "-x", 0, , -x, NEGATED (x), -1)
ANY_UNARY (sign, Sign, "-1, 0 or 1", 0, , (float)((x > 0) - (x < 0)),
           IS_UNSIGNED ? x != 0 : (x > 0) - (x < 0), 0)

/* Questions, answered by a bool. */

static gboolean
question_infer (PhStep *step, GError **error)
{
  if (!ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected real numbers, got %s",
                         ph_type_name (step->in[0]->type));
  ph_step_set_out (step, 0, PH_TYPE_BOOL, &step->in[0]->shape);
  return TRUE;
}

typedef struct
{
  gboolean positive, negative;
} IsInfConfig;

static gboolean
is_inf_configure (PhNode *node, GError **error)
{
  IsInfConfig *config = node->config;

  config->positive = ph_attrs_get_int (node->attrs, "detect_positive", 1) != 0;
  config->negative = ph_attrs_get_int (node->attrs, "detect_negative", 1) != 0;
  return TRUE;
}

static void
is_inf_forward (const PhStep *step, PhRun *run)
{
  const IsInfConfig *config = step->config;
  const float *x = ph_run_in (run, step, 0);
  gint64 *y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->in[0]->shape);

  for (gsize i = 0; i < n; i++)
    y[i] = isinf (x[i]) && (x[i] > 0 ? config->positive : config->negative);
}

const PhOpClass ph_op_IsInf = {
  .name = "IsInf",
  .summary = "whether x is infinite",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE,
  .config_size = sizeof (IsInfConfig),
  .configure = is_inf_configure,
  .infer = question_infer,
  .forward = is_inf_forward,
};

static void
is_nan_forward (const PhStep *step, PhRun *run)
{
  const float *x = ph_run_in (run, step, 0);
  gint64 *y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->in[0]->shape);

  for (gsize i = 0; i < n; i++)
    y[i] = isnan (x[i]) != 0;
}

const PhOpClass ph_op_IsNaN = {
  .name = "IsNaN",
  .summary = "whether x is not a number",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE,
  .infer = question_infer,
  .forward = is_nan_forward,
};

static gboolean
not_infer (PhStep *step, GError **error)
{
  if (step->in[0]->type != PH_TYPE_BOOL)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected bool, got %s",
                         ph_type_name (step->in[0]->type));
  return ph_elementwise_infer_any (step, error);
}

static void
not_forward (const PhStep *step, PhRun *run)
{
  const gint64 *x = ph_run_in (run, step, 0);
  gint64 *y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->in[0]->shape);

  for (gsize i = 0; i < n; i++)
    y[i] = x[i] == 0;
}

const PhOpClass ph_op_Not = {
  .name = "Not",
  .summary = "logical negation",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE,
  .infer = not_infer,
  .forward = not_forward,
};
