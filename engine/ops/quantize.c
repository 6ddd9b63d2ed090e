#include <math.h>

#include "network/op.h"

/* QuantizeLinear, DequantizeLinear and DynamicQuantizeLinear. */

typedef struct
{
  gint64 axis;
} QuantizeConfig;

/* The tensor is (outer, extent, inner); scale i belongs to index i of the middle axis. */
typedef struct
{
  gsize extent, inner;
} QuantizeState;

static gboolean
quantize_configure (PhNode *node, GError **error)
{
  QuantizeConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", 1);
  return TRUE;
}

static gboolean
quantize_start (PhStep *step, PhType out, GError **error)
{
  const QuantizeConfig *config = step->config;
  QuantizeState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  gsize n = ph_shape_count (&step->in[1]->shape);

  state->extent = state->inner = 1;
  if (n != 1)
    {
      int axis = ph_shape_axis (config->axis, x->rank);

      if (axis < 0 || n != (gsize)x->dim[axis])
        {
          g_autofree char *text = ph_shape_dup_string (x);

          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "%s: %" G_GSIZE_FORMAT " scales for axis %" G_GINT64_FORMAT
                               " of a tensor of %s",
                               step->op->name, n, config->axis, text);
        }
      state->extent = n;
      state->inner = ph_shape_count_range (x, (guint)axis + 1, x->rank);
    }
  if (!ph_type_is_real (step->in[1]->type) ||
      (step->in[2] != NULL &&
       (ph_type_is_real (step->in[2]->type) || ph_shape_count (&step->in[2]->shape) != n)))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "%s: real scales and as many integer zero points are expected",
                         step->op->name);
  ph_step_set_out (step, 0, out, x);
  return TRUE;
}

static gboolean
quantize_infer (PhStep *step, GError **error)
{
  return quantize_start (step, step->in[2] == NULL ? PH_TYPE_UINT8 : step->in[2]->type, error);
}

static gboolean
dequantize_infer (PhStep *step, GError **error)
{
  if (ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "DequantizeLinear: the input is %s, not integers",
                         ph_type_name (step->in[0]->type));
  return quantize_start (step, step->in[1]->type, error);
}

/* The nearest integer, ties to even, within the range of 8-bit types. */
static gint64
saturate (PhType type, double value)
{
  double low = type == PH_TYPE_UINT8 ? 0 : type == PH_TYPE_INT8 ? -128 : G_MININT32;
  double high = type == PH_TYPE_UINT8 ? 255 : type == PH_TYPE_INT8 ? 127 : G_MAXINT32;

  return isnan (value) ? 0 : (gint64)CLAMP (value, low, high);
}

static void
quantize_forward (const PhStep *step, PhRun *run)
{
  const QuantizeState *state = step->state;
  gboolean real = ph_type_is_real (step->in[0]->type);
  gconstpointer x = ph_run_in (run, step, 0);
  const float *scale = ph_run_in (run, step, 1);
  const gint64 *zero = step->in[2] == NULL ? NULL : ph_run_in (run, step, 2);
  gint64 *y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->out[0]->shape);

  for (gsize i = 0; i < n; i++)
    {
      gsize c = i / state->inner % state->extent;
      float value = real ? ((const float *)x)[i] : (float)((const gint64 *)x)[i];

      y[i] = saturate (step->out[0]->type,
                       (double)rintf (value / scale[c]) + (double)(zero == NULL ? 0 : zero[c]));
    }
}

const PhOpClass ph_op_QuantizeLinear = {
  .name = "QuantizeLinear",
  .summary = "reals as small integers with a scale and a zero point",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 1,
  .config_size = sizeof (QuantizeConfig),
  .state_size = sizeof (QuantizeState),
  .configure = quantize_configure,
  .infer = quantize_infer,
  .forward = quantize_forward,
};

static void
dequantize_forward (const PhStep *step, PhRun *run)
{
  const QuantizeState *state = step->state;
  const gint64 *x = ph_run_in (run, step, 0);
  const float *scale = ph_run_in (run, step, 1);
  const gint64 *zero = step->in[2] == NULL ? NULL : ph_run_in (run, step, 2);
  float *y = ph_run_out (run, step, 0);
  gsize n = ph_shape_count (&step->out[0]->shape);

  for (gsize i = 0; i < n; i++)
    {
      gsize c = i / state->inner % state->extent;

      y[i] = (float)(x[i] - (zero == NULL ? 0 : zero[c])) * scale[c];
    }
}

const PhOpClass ph_op_DequantizeLinear = {
  .name = "DequantizeLinear",
  .summary = "small integers with a scale and a zero point as reals",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 1,
  .config_size = sizeof (QuantizeConfig),
  .state_size = sizeof (QuantizeState),
  .configure = quantize_configure,
  .infer = dequantize_infer,
  .forward = dequantize_forward,
};

static gboolean
dynamic_infer (PhStep *step, GError **error)
{
  PhShape scalar = { .rank = 0 };

  if (!ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "DynamicQuantizeLinear: the input is %s, not reals",
                         ph_type_name (step->in[0]->type));
  ph_step_set_out (step, 0, PH_TYPE_UINT8, &step->in[0]->shape);
  ph_step_set_out (step, 1, PH_TYPE_FLOAT, &scalar);
  ph_step_set_out (step, 2, PH_TYPE_UINT8, &scalar);
  return TRUE;
}

/* The range of the input, widened to hold 0, becomes 0 … 255. */
static void
dynamic_forward (const PhStep *step, PhRun *run)
{
  const float *x = ph_run_in (run, step, 0);
  gint64 *y = ph_run_out (run, step, 0), *zero_out = ph_run_out (run, step, 2);
  float *scale_out = ph_run_out (run, step, 1);
  gsize n = ph_shape_count (&step->in[0]->shape);
  float low = 0, high = 0;

  for (gsize i = 0; i < n; i++)
    {
      low = MIN (low, x[i]);
      high = MAX (high, x[i]);
    }

  float scale = (high - low) / 255;
  gint64 zero = scale > 0 ? (gint64)CLAMP (rintf (-low / scale), 0, 255) : 0;

  for (gsize i = 0; y != NULL && i < n; i++)
    y[i] = scale > 0 ? saturate (PH_TYPE_UINT8, (double)rintf (x[i] / scale) + (double)zero) : 0;
  if (scale_out != NULL)
    *scale_out = scale;
  if (zero_out != NULL)
    *zero_out = zero;
}

const PhOpClass ph_op_DynamicQuantizeLinear = {
  .name = "DynamicQuantizeLinear",
  .summary = "reals as 8-bit integers with a scale found from their range",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 3,
  .infer = dynamic_infer,
  .forward = dynamic_forward,
};
