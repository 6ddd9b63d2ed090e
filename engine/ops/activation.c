/* Activations: functions of one element that networks put between their layers. Relu, Clip
 * and PRelu are in clamp.c, Sigmoid in sigmoid.c. */

#include "kernels/pointwise.h"
#include "ops/elementwise.h"

#include <math.h>

typedef struct
{
  float p[4];
} Parameters;

/* Celu, Elu and Selu: p[0] * x above 0, p[1] * (exp (x * p[2]) - 1) below. At 0 the gradient is
 * that of the lower side. */
static void
exponential_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhSpan *span = data;
  const float p0 = span->p[0], p1 = span->p[1], p2 = span->p[2];
  float buffer[PH_CHUNK];

  for (gsize at = begin; at < end; at += PH_CHUNK)
    {
      const gsize n = MIN (end - at, PH_CHUNK);
      const float *x = span->x + at;
      float *y = span->y + at;

      PH_FOR_ELEMENTS (i, 0, n)
      {
        buffer[i] = MIN (0, x[i] * p2);
      }
      ph_pointwise_exp (n, buffer, buffer);
      PH_FOR_ELEMENTS (i, 0, n)
      {
        const float above = x[i] * p0, below = (buffer[i] - 1) * p1;
        y[i] = x[i] > 0 ? above : below;
      }
    }
}

PH_SPAN_BACKWARD (exponential_back_span, PH_LOAD_XY, x > 0 ? p[0] : (y + p[1]) * p[2])

/* max (0, x) + min (0, alpha * (exp (x / alpha) - 1)) */
static gboolean
celu_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;
  float alpha = ph_attrs_get_real (node->attrs, "alpha", 1);

  if (!(alpha > 0))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected a positive alpha, got %g",
                         (double)alpha);
  config->p[0] = 1;
  config->p[1] = alpha;
  config->p[2] = 1 / alpha;
  return TRUE;
}

static gboolean
elu_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;

  config->p[0] = 1;
  config->p[1] = ph_attrs_get_real (node->attrs, "alpha", 1);
  config->p[2] = 1;
  return TRUE;
}

/* Source: Klambauer et al. 2017. */
static gboolean
selu_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;
  float alpha = ph_attrs_get_real (node->attrs, "alpha", 1.67326319217681884765625f);

  config->p[0] = ph_attrs_get_real (node->attrs, "gamma", 1.05070102214813232421875f);
  config->p[1] = config->p[0] * alpha;
  config->p[2] = 1;
  return TRUE;
}

/* Written so that the compiler makes it two vector instructions. */
static inline float
clamp_to_unit (float x)
{
  const float above = x > 0 ? x : 0;

  return above < 1 ? above : 1;
}

/* LeakyRelu: p = alpha. At 0 the gradient is alpha. */
static gboolean
leaky_relu_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;

  config->p[0] = ph_attrs_get_real (node->attrs, "alpha", 0.01f);
  return TRUE;
}

PH_SPAN_FORWARD (leaky_relu_span, x > 0 ? x : p[0] * x)
PH_SPAN_BACKWARD (leaky_relu_back_span, PH_LOAD_X, x > 0 ? 1 : p[0])

/* ThresholdedRelu: p = alpha. At alpha the value and the gradient are 0. */
static gboolean
thresholded_relu_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;

  config->p[0] = ph_attrs_get_real (node->attrs, "alpha", 1);
  return TRUE;
}

PH_SPAN_FORWARD (thresholded_relu_span, x > p[0] ? x : 0)
PH_SPAN_BACKWARD (thresholded_relu_back_span, PH_LOAD_X, x > p[0] ? 1 : 0)

/* HardSigmoid: min (1, max (0, alpha * x + beta)); p = alpha, beta. 0 at both kinks. */
static gboolean
hard_sigmoid_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;

  config->p[0] = ph_attrs_get_real (node->attrs, "alpha", 0.2f);
  config->p[1] = ph_attrs_get_real (node->attrs, "beta", 0.5f);
  return TRUE;
}

PH_SPAN_FORWARD (hard_sigmoid_span, clamp_to_unit (p[0] * x + p[1]))
PH_SPAN_BACKWARD (hard_sigmoid_back_span, PH_LOAD_Y, y > 0 && y < 1 ? p[0] : 0)

/* Shrink: x + bias below -lambd, x - bias above lambd, 0 between; p = lambd, bias. */
static gboolean
shrink_configure (PhNode *node, GError **error)
{
  Parameters *config = node->config;

  config->p[0] = ph_attrs_get_real (node->attrs, "lambd", 0.5f);
  config->p[1] = ph_attrs_get_real (node->attrs, "bias", 0);
  return TRUE;
}

PH_SPAN_FORWARD (shrink_span, x<-p[0] ? x + p[1] : x> p[0] ? x - p[1] : 0)
PH_SPAN_BACKWARD (shrink_back_span, PH_LOAD_X, x<-p[0] || x> p[0] ? 1 : 0)

/* HardSwish: x * min (1, max (0, x / 6 + 1 / 2)). Source: Howard et al. 2019. */
PH_SPAN_FORWARD (hard_swish_span, x *clamp_to_unit (x *(1 / 6.0f) + 0.5f))
PH_SPAN_BACKWARD (hard_swish_back_span, PH_LOAD_X, x <= -3 ? 0 : x >= 3 ? 1 : x * (1 / 3.0f) + 0.5f)

PH_SPAN_KERNEL (tanh_span, ph_pointwise_tanh)
PH_SPAN_BACKWARD (tanh_back_span, PH_LOAD_Y, 1 - y * y)

/* Softplus: log (1 + exp (x)) = max (x, 0) + log (1 + e) with e = exp (-|x|), at most 1, so that
 * nothing overflows. With z = e / (2 + e), at most 1/3, log (1 + e) = 2 artanh z
 * = 2 (z + z³/3 + z⁵/5 + …), whose terms beyond z¹³ are less than half a unit in the last place. */
static void
softplus_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhSpan *span = data;
  float e[PH_CHUNK];

  for (gsize at = begin; at < end; at += PH_CHUNK)
    {
      const gsize n = MIN (end - at, PH_CHUNK);
      const float *x = span->x + at;
      float *y = span->y + at;

      PH_FOR_ELEMENTS (i, 0, n)
      {
        e[i] = -fabsf (x[i]);
      }
      ph_pointwise_exp (n, e, e);
      PH_FOR_ELEMENTS (i, 0, n)
      {
        const float z = e[i] / (2 + e[i]), w = z * z;
        float series = 1 / 13.0f;
        series = series * w + 1 / 11.0f;
        series = series * w + 1 / 9.0f;
        series = series * w + 1 / 7.0f;
        series = series * w + 1 / 5.0f;
        series = series * w + 1 / 3.0f;
        y[i] = MAX (0, x[i]) + 2 * z * (series * w + 1);
      }
    }
}

/* The derivative is the sigmoid. */
static void
softplus_back_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhSpan *span = data;
  float slope[PH_CHUNK];

  for (gsize at = begin; at < end; at += PH_CHUNK)
    {
      const gsize n = MIN (end - at, PH_CHUNK);
      const float *dy = span->dy + at;
      float *dx = span->dx + at;

      ph_pointwise_sigmoid (n, span->x + at, slope);
      if (span->add)
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] += dy[i] * slope[i];
        }
      else
        PH_FOR_ELEMENTS (i, 0, n)
        {
          dx[i] = dy[i] * slope[i];
        }
    }
}

/* x / (1 + |x|), whose derivative 1 / (1 + |x|)^2 is (1 - |y|)^2. */
PH_SPAN_FORWARD (softsign_span, x / (1 + fabsf (x)))
PH_SPAN_BACKWARD (softsign_back_span, PH_LOAD_Y, (1 - fabsf (y)) * (1 - fabsf (y)))

/* The functions of the operators below differ in the loop only. */
#define ACTIVATION(SYMBOL, NAME, SUMMARY, KEEP, SPAN, CONFIGURE, CONFIG_SIZE)                      \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    const Parameters *config = step->config;                                                       \
    ph_elementwise_forward (step, run, SPAN##_span, CONFIG_SIZE ? config->p : NULL);               \
  }                                                                                                \
  static void SYMBOL##_backward (const PhStep *step, PhRun *run)                                   \
  {                                                                                                \
    const Parameters *config = step->config;                                                       \
    ph_elementwise_backward (step, run, SPAN##_back_span, CONFIG_SIZE ? config->p : NULL);         \
  }                                                                                                \
  const PhOpClass ph_op_##NAME = {                                                                 \
    .name = #NAME,                                                                                 \
    .summary = SUMMARY,                                                                            \
    .min_inputs = 1,                                                                               \
    .max_inputs = 1,                                                                               \
    .max_outputs = 1,                                                                              \
    .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | (KEEP),                         \
    .config_size = CONFIG_SIZE,                                                                    \
    .configure = CONFIGURE,                                                                        \
    .infer = ph_elementwise_infer_real,                                                            \
    .forward = SYMBOL##_forward,                                                                   \
    .backward = SYMBOL##_backward,                                                                 \
  };

#define WITH_PARAMETERS(SYMBOL, NAME, SUMMARY, KEEP, SPAN)                                         \
  ACTIVATION (SYMBOL, NAME, SUMMARY, KEEP, SPAN, SYMBOL##_configure, sizeof (Parameters))
#define WITHOUT_PARAMETERS(SYMBOL, NAME, SUMMARY, KEEP)                                            \
  ACTIVATION (SYMBOL, NAME, SUMMARY, KEEP, SYMBOL, NULL, 0)
#define KEEP_X PH_OP_KEEP_INPUTS
#define KEEP_Y PH_OP_KEEP_OUTPUTS

WITH_PARAMETERS (celu, Celu, "max (0, x) + min (0, a (exp (x / a) - 1))", KEEP_X | KEEP_Y,
                 exponential)
WITH_PARAMETERS (elu, Elu, "x above 0, a (exp (x) - 1) below", KEEP_X | KEEP_Y, exponential)
WITH_PARAMETERS (hard_sigmoid, HardSigmoid, "a x + b clamped to 0..1", KEEP_Y, hard_sigmoid)
WITHOUT_PARAMETERS (hard_swish, HardSwish, "x times (x / 6 + 1 / 2) clamped to 0..1", KEEP_X)
WITH_PARAMETERS (leaky_relu, LeakyRelu, "x above 0, a x below", KEEP_X, leaky_relu)
WITH_PARAMETERS (selu, Selu, "scaled Elu that keeps mean and variance", KEEP_X | KEEP_Y,
                 exponential)
WITH_PARAMETERS (shrink, Shrink, "moves x towards 0 outside a band, 0 within", KEEP_X, shrink)
WITHOUT_PARAMETERS (softplus, Softplus, "log (1 + exp (x))", KEEP_X)
WITHOUT_PARAMETERS (softsign, Softsign, "x / (1 + |x|)", KEEP_Y)
WITHOUT_PARAMETERS (tanh, Tanh, "hyperbolic tangent", KEEP_Y)
WITH_PARAMETERS (thresholded_relu, ThresholdedRelu, "x above a, else 0", KEEP_X, thresholded_relu)
