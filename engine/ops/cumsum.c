/* CumSum: running sums along an axis, forwards or from the end, with or without the element itself.
 * The gradient is the same sum in the other direction. */

#include "ops/elementwise.h"

#include <string.h>

typedef struct
{
  gboolean exclusive, reverse;
} CumSumConfig;

typedef struct
{
  guint axis;
} CumSumState;

static gboolean
cum_sum_configure (PhNode *node, GError **error)
{
  CumSumConfig *config = node->config;

  config->exclusive = ph_attrs_get_int (node->attrs, "exclusive", 0) != 0;
  config->reverse = ph_attrs_get_int (node->attrs, "reverse", 0) != 0;
  return TRUE;
}

static gboolean
cum_sum_infer (PhStep *step, GError **error)
{
  CumSumState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;
  gsize n;
  const gint64 *value = ph_step_get_ints (step, 1, "axis", &n, error);

  if (value == NULL)
    return FALSE;
  int axis = n == 1 ? ph_shape_axis (*value, shape->rank) : -1;
  if (axis < 0)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected one axis of %s, got %" G_GINT64_FORMAT, text, *value);
    }
  state->axis = (guint)axis;
  return ph_elementwise_infer_any (step, error);
}

/* Adds running sums of x to y, or writes them. */
#define CUM_SUM(NAME, TYPE)                                                                        \
  static void NAME (const PhShape *shape, guint axis, gboolean exclusive, gboolean reverse,        \
                    gboolean add, const TYPE *x, TYPE *y)                                          \
  {                                                                                                \
    const gsize outer = ph_shape_count_range (shape, 0, axis), n = (gsize)shape->dim[axis];        \
    const gsize inner = ph_shape_count_range (shape, axis + 1, shape->rank);                       \
    for (gsize o = 0; o < outer; o++)                                                              \
      for (gsize j = 0; j < inner; j++)                                                            \
        {                                                                                          \
          TYPE sum = 0;                                                                            \
          for (gsize i = 0; i < n; i++)                                                            \
            {                                                                                      \
              const gsize at = (o * n + (reverse ? n - 1 - i : i)) * inner + j;                    \
              const TYPE before = sum;                                                             \
              sum += x[at];                                                                        \
              y[at] = (exclusive ? before : sum) + (add ? y[at] : 0);                              \
            }                                                                                      \
        }                                                                                          \
  }

CUM_SUM (cum_sum_real, float)
CUM_SUM (cum_sum_int, guint64)

static void
cum_sum_forward (const PhStep *step, PhRun *run)
{
  const CumSumConfig *config = step->config;
  const CumSumState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;
  const PhType type = step->in[0]->type;

  if (ph_type_is_real (type))
    {
      cum_sum_real (shape, state->axis, config->exclusive, config->reverse, FALSE,
                    ph_run_in (run, step, 0), ph_run_out (run, step, 0));
      return;
    }
  gint64 *y = ph_run_out (run, step, 0);
  cum_sum_int (shape, state->axis, config->exclusive, config->reverse, FALSE,
               ph_run_in (run, step, 0), (guint64 *)y);
  for (gsize i = 0; i < ph_shape_count (shape); i++)
    y[i] = ph_type_wrap (type, y[i]);
}

static void
cum_sum_backward (const PhStep *step, PhRun *run)
{
  const CumSumConfig *config = step->config;
  const CumSumState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);

  if (dy != NULL && dx != NULL)
    cum_sum_real (&step->in[0]->shape, state->axis, config->exclusive, !config->reverse, TRUE, dy,
                  dx);
}

const PhOpClass ph_op_CumSum = {
  .name = "CumSum",
  .summary = "running sums along an axis",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .config_size = sizeof (CumSumConfig),
  .state_size = sizeof (CumSumState),
  .configure = cum_sum_configure,
  .infer = cum_sum_infer,
  .forward = cum_sum_forward,
  .backward = cum_sum_backward,
};
