/* Sigmoid, and with the product that follows it in many networks, x * Sigmoid (x): SiLU, also
 * called swish. Exporters write two nodes, which would pass over memory twice as often. */

#include "kernels/pointwise.h"
#include "ops/elementwise.h"

typedef struct
{
  gboolean is_silu;
} Sigmoid;

/* Whether @next multiplies our output with our input. */
static gboolean
sigmoid_absorb (PhStep *step, const PhStep *next)
{
  Sigmoid *sigmoid = step->state;
  int x = step->in_values[0], y = step->out_values[0];

  if (sigmoid->is_silu || !g_str_equal (next->op->name, "Mul") ||
      !((next->in_values[0] == x && next->in_values[1] == y) ||
        (next->in_values[0] == y && next->in_values[1] == x)))
    return FALSE;
  sigmoid->is_silu = TRUE;
  step->keep_inputs |= 1;
  step->keep_outputs &= ~(guint64)1;
  return TRUE;
}

PH_SPAN_KERNEL (sigmoid_span, ph_pointwise_sigmoid)
PH_SPAN_BACKWARD (sigmoid_back_span, PH_LOAD_Y, y *(1 - y))

PH_SPAN_KERNEL (silu_span, ph_pointwise_silu)

static void
silu_back_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PhSpan *span = data;

  ph_pointwise_silu_backward (end - begin, span->x + begin, span->dy + begin, span->add,
                              span->dx + begin);
}

static void
sigmoid_forward (const PhStep *step, PhRun *run)
{
  const Sigmoid *sigmoid = step->state;

  ph_elementwise_forward (step, run, sigmoid->is_silu ? silu_span : sigmoid_span, NULL);
}

static void
sigmoid_backward (const PhStep *step, PhRun *run)
{
  const Sigmoid *sigmoid = step->state;

  ph_elementwise_backward (step, run, sigmoid->is_silu ? silu_back_span : sigmoid_back_span, NULL);
}

static const char *
sigmoid_algorithm (const PhStep *step)
{
  const Sigmoid *sigmoid = step->state;

  return sigmoid->is_silu ? "silu" : NULL;
}

const PhOpClass ph_op_Sigmoid = {
  .name = "Sigmoid",
  .summary = "1 / (1 + exp (-x))",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | PH_OP_KEEP_OUTPUTS,
  .state_size = sizeof (Sigmoid),
  .infer = ph_elementwise_infer_real,
  .absorb = sigmoid_absorb,
  .forward = sigmoid_forward,
  .backward = sigmoid_backward,
  .algorithm = sigmoid_algorithm,
};
