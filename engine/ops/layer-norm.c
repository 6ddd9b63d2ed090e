/* LayerNormalization and InstanceNormalization: rows brought to mean 0 and variance 1, then scaled
 * and moved by learned numbers. Sources: Ba et al. 2016, Ulyanov et al. 2016. */

#include "network/op.h"
#include "ops/moments.h"

typedef struct
{
  gint64 axis;
  float epsilon;
} NormConfig;

typedef struct
{
  gsize rows, n, period;
} NormState;

enum
{
  X,
  SCALE,
  BIAS
};

/* Everything but the data. */
static PhMomentRows
describe_rows (const PhStep *step, PhRun *run, gboolean per_row)
{
  const NormState *state = step->state;

  return (PhMomentRows){ .rows = state->rows,
                         .n = state->n,
                         .epsilon = ((const NormConfig *)step->config)->epsilon,
                         .scale = ph_run_in (run, step, SCALE),
                         .bias = step->in[BIAS] != NULL ? ph_run_in (run, step, BIAS) : NULL,
                         .per_row = per_row,
                         .period = state->period,
                         .x = ph_run_in (run, step, X) };
}

/* The statistics survive until the way back; where there is none they are scratch. */
static gboolean
norm_prepare (PhStep *step, GError **error)
{
  const NormState *state = step->state;
  gsize size = 2 * state->rows * sizeof (float);

  step->saved_size = step->wants_gradient ? size : 0;
  step->scratch_size = step->wants_gradient ? 0 : size;
  step->keep_inputs = (1 << X) | (1 << SCALE);
  return TRUE;
}

static void
set_statistics (PhMomentRows *m, const PhStep *step, PhRun *run)
{
  m->mean = step->saved_size > 0 ? ph_run_saved (run, step) : ph_run_scratch (run, step);
  m->r = m->mean + m->rows;
}

static void
run_backward (const PhStep *step, PhRun *run, PhMomentRows *m)
{
  set_statistics (m, step, run);
  m->dx = ph_run_in_grad (run, step, X);
  if (m->dx != NULL && m->n > 0)
    ph_moments_backward (m);
  if (m->dy == NULL)
    return;
  float *dscale = ph_run_in_grad (run, step, SCALE);
  float *dbias = step->in[BIAS] != NULL ? ph_run_in_grad (run, step, BIAS) : NULL;
  if (dscale != NULL || dbias != NULL)
    ph_moments_backward_parameters (m, dscale, dbias);
}

static gboolean
norm_configure (PhNode *node, GError **error)
{
  NormConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", -1);
  config->epsilon = ph_attrs_get_real (node->attrs, "epsilon", 1e-5f);
  return TRUE;
}

static gboolean
check_real (const PhStep *step, GError **error)
{
  for (guint i = 0; i < step->n_inputs; i++)
    if (step->in[i] != NULL && !ph_type_is_real (step->in[i]->type))
      return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected real numbers, got %s",
                           ph_type_name (step->in[i]->type));
  return TRUE;
}

/* LayerNormalization: over all axes from the given one on; scale and bias have their shape. */

static gboolean
layer_norm_infer (PhStep *step, GError **error)
{
  const NormConfig *config = step->config;
  NormState *state = step->state;
  const PhShape *shape = &step->in[X]->shape;
  int axis = ph_shape_axis (config->axis, shape->rank);

  if (!check_real (step, error))
    return FALSE;
  if (axis < 0)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected an axis of %s, got %" G_GINT64_FORMAT, text, config->axis);
    }
  state->rows = ph_shape_count_range (shape, 0, (guint)axis);
  state->n = ph_shape_count_range (shape, (guint)axis, shape->rank);
  state->period = 1;
  for (guint i = SCALE; i <= BIAS; i++)
    if (step->in[i] != NULL && ph_shape_count (&step->in[i]->shape) != state->n)
      {
        g_autofree char *want = ph_shape_dup_string (shape);
        g_autofree char *have = ph_shape_dup_string (&step->in[i]->shape);
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "expected scale and bias of the last %u axes of %s, got %s",
                             shape->rank - (guint)axis, want, have);
      }
  PhShape statistics = *shape;
  for (guint i = (guint)axis; i < shape->rank; i++)
    statistics.dim[i] = 1;
  ph_step_set_out (step, 0, step->in[X]->type, shape);
  ph_step_set_out (step, 1, PH_TYPE_FLOAT, &statistics);
  ph_step_set_out (step, 2, PH_TYPE_FLOAT, &statistics);
  return TRUE;
}

static void
layer_norm_forward (const PhStep *step, PhRun *run)
{
  PhMomentRows m = describe_rows (step, run, FALSE);
  float *mean = ph_run_out (run, step, 1), *r = ph_run_out (run, step, 2);

  m.y = ph_run_out (run, step, 0);
  set_statistics (&m, step, run);
  ph_moments_forward (&m);
  for (gsize i = 0; i < m.rows; i++)
    {
      if (mean != NULL)
        mean[i] = m.mean[i];
      if (r != NULL)
        r[i] = m.r[i];
    }
}

static void
layer_norm_backward (const PhStep *step, PhRun *run)
{
  PhMomentRows m = describe_rows (step, run, FALSE);

  m.dy = ph_run_out_grad (run, step, 0);
  m.dmean = ph_run_out_grad (run, step, 1);
  m.dr = ph_run_out_grad (run, step, 2);
  run_backward (step, run, &m);
}

const PhOpClass ph_op_LayerNormalization = {
  .name = "LayerNormalization",
  .summary = "mean 0 and variance 1 over the last axes, then a learned scale and bias",
  .min_inputs = 2,
  .max_inputs = 3,
  .max_outputs = 3,
  .flags = PH_OP_KEEP_INPUTS,
  .roles = { [1] = PH_ROLE_SCALE, PH_ROLE_BIAS },
  .config_size = sizeof (NormConfig),
  .state_size = sizeof (NormState),
  .configure = norm_configure,
  .infer = layer_norm_infer,
  .prepare = norm_prepare,
  .forward = layer_norm_forward,
  .backward = layer_norm_backward,
};

/* InstanceNormalization: over the positions of each channel of each image. */

static gboolean
instance_norm_infer (PhStep *step, GError **error)
{
  NormState *state = step->state;
  const PhShape *shape = &step->in[X]->shape;

  if (!check_real (step, error))
    return FALSE;
  g_autofree char *text = ph_shape_dup_string (shape);
  if (shape->rank < 2)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "expected images with channels, got %s",
                         text);
  state->rows = ph_shape_count_range (shape, 0, 2);
  state->n = ph_shape_count_range (shape, 2, shape->rank);
  state->period = MAX ((gsize)shape->dim[1], 1);
  for (guint i = SCALE; i <= BIAS; i++)
    if (ph_shape_count (&step->in[i]->shape) != (gsize)shape->dim[1])
      {
        g_autofree char *have = ph_shape_dup_string (&step->in[i]->shape);
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "expected scale and bias for each channel of %s, got %s", text, have);
      }
  ph_step_set_out (step, 0, step->in[X]->type, shape);
  return TRUE;
}

static void
instance_norm_forward (const PhStep *step, PhRun *run)
{
  PhMomentRows m = describe_rows (step, run, TRUE);

  m.y = ph_run_out (run, step, 0);
  set_statistics (&m, step, run);
  ph_moments_forward (&m);
}

static void
instance_norm_backward (const PhStep *step, PhRun *run)
{
  PhMomentRows m = describe_rows (step, run, TRUE);

  m.dy = ph_run_out_grad (run, step, 0);
  if (m.dy != NULL)
    run_backward (step, run, &m);
}

const PhOpClass ph_op_InstanceNormalization = {
  .name = "InstanceNormalization",
  .summary = "mean 0 and variance 1 in each channel of each image, then a learned scale and bias",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .roles = { [1] = PH_ROLE_SCALE, PH_ROLE_BIAS },
  .config_size = sizeof (NormConfig),
  .state_size = sizeof (NormState),
  .configure = norm_configure,
  .infer = instance_norm_infer,
  .prepare = norm_prepare,
  .forward = instance_norm_forward,
  .backward = instance_norm_backward,
};
