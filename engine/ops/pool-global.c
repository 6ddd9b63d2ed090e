#include <math.h>
#include <string.h>

#include "kernels/parallel.h"
#include "kernels/pointwise.h"
#include "network/op.h"

/* Pools whose window is the whole plane. */

typedef struct
{
  double p;
} GlobalConfig;

typedef struct
{
  gsize planes, size;
} GlobalState;

static gboolean
global_infer (PhStep *step, GError **error)
{
  GlobalState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  g_autofree char *text = ph_shape_dup_string (x);

  if (x->rank < 3)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: the input is %s; N, C and at least one spatial axis are expected",
                         step->op->name, text);

  PhShape y = *x;

  for (guint i = 2; i < y.rank; i++)
    y.dim[i] = 1;
  state->planes = ph_shape_count_range (x, 0, 2);
  state->size = ph_shape_count_range (x, 2, x->rank);
  if (state->size == 0 || state->size > G_MAXINT32)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "%s: planes of %s cannot be pooled",
                         step->op->name, text);
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

typedef struct
{
  const float *x, *dy;
  float *y, *dx;
  gint32 *places;
  double p;
  gsize size;
  gboolean accumulate;
} GlobalPass;

static void
run_planes (const PhStep *step, PhRun *run, gboolean backward, PhParallelFunc func)
{
  const GlobalState *state = step->state;
  const GlobalConfig *config = step->config;
  GlobalPass pass = { .x = ph_run_in (run, step, 0),
                      .y = ph_run_out (run, step, 0),
                      .places = ph_run_saved (run, step),
                      .p = config == NULL ? 0 : config->p,
                      .size = state->size };

  if (backward)
    {
      pass.dy = ph_run_out_grad (run, step, 0);
      pass.dx = ph_run_in_grad (run, step, 0);
      if (pass.dx == NULL)
        return;
      pass.accumulate = ph_run_accumulates (run, step, 0);
    }
  ph_parallel_for (state->planes, 16384 / state->size + 1, func, &pass);
}

static void
mean_planes_back (gsize begin, gsize end, guint thread, gpointer data)
{
  const GlobalPass *pass = data;

  for (gsize i = begin; i < end; i++)
    {
      float *dx = pass->dx + i * pass->size;
      float share = pass->dy[i] / (float)pass->size;

      if (pass->accumulate)
        for (gsize j = 0; j < pass->size; j++)
          dx[j] += share;
      else
        for (gsize j = 0; j < pass->size; j++)
          dx[j] = share;
    }
}

static void
global_average_forward (const PhStep *step, PhRun *run)
{
  const GlobalState *state = step->state;

  ph_pointwise_plane_sums (state->planes, state->size, 1.0f / (float)state->size,
                           ph_run_in (run, step, 0), ph_run_out (run, step, 0));
}

static void
global_average_backward (const PhStep *step, PhRun *run)
{
  run_planes (step, run, TRUE, mean_planes_back);
}

const PhOpClass ph_op_GlobalAveragePool = {
  .name = "GlobalAveragePool",
  .summary = "the mean of each channel over all positions",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .state_size = sizeof (GlobalState),
  .infer = global_infer,
  .forward = global_average_forward,
  .backward = global_average_backward,
};

static gboolean
global_max_prepare (PhStep *step, GError **error)
{
  const GlobalState *state = step->state;

  if (step->wants_gradient)
    step->saved_size = state->planes * sizeof (gint32);
  return TRUE;
}

/* Ties go to the first; NaN loses against every number. */
static void
max_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const GlobalPass *pass = data;

  for (gsize i = begin; i < end; i++)
    {
      const float *x = pass->x + i * pass->size;
      gsize best = 0;

      for (gsize j = 1; j < pass->size; j++)
        if (x[j] > x[best] || (isnan (x[best]) && !isnan (x[j])))
          best = j;
      pass->y[i] = x[best];
      if (pass->places != NULL)
        pass->places[i] = (gint32)best;
    }
}

static void
max_planes_back (gsize begin, gsize end, guint thread, gpointer data)
{
  const GlobalPass *pass = data;

  for (gsize i = begin; i < end; i++)
    {
      float *dx = pass->dx + i * pass->size;

      if (!pass->accumulate)
        memset (dx, 0, pass->size * sizeof (float));
      dx[pass->places[i]] += pass->dy[i];
    }
}

static void
global_max_forward (const PhStep *step, PhRun *run)
{
  run_planes (step, run, FALSE, max_planes);
}

static void
global_max_backward (const PhStep *step, PhRun *run)
{
  run_planes (step, run, TRUE, max_planes_back);
}

const PhOpClass ph_op_GlobalMaxPool = {
  .name = "GlobalMaxPool",
  .summary = "the largest number of each channel",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .state_size = sizeof (GlobalState),
  .infer = global_infer,
  .prepare = global_max_prepare,
  .forward = global_max_forward,
  .backward = global_max_backward,
};

static gboolean
global_lp_configure (PhNode *node, GError **error)
{
  GlobalConfig *config = node->config;
  gint64 p = ph_attrs_get_int (node->attrs, "p", 2);

  if (p < 1)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "p is %" G_GINT64_FORMAT "; at least 1 is possible", p);
  config->p = (double)p;
  return TRUE;
}

static void
norm_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const GlobalPass *pass = data;

  for (gsize i = begin; i < end; i++)
    {
      const float *x = pass->x + i * pass->size;
      double sum = 0;

      for (gsize j = 0; j < pass->size; j++)
        sum += pow (fabs (x[j]), pass->p);
      pass->y[i] = (float)pow (sum, 1 / pass->p);
    }
}

/* dy/dx = sign (x) (|x| / y)^(p - 1), 0 where x is 0. */
static void
norm_planes_back (gsize begin, gsize end, guint thread, gpointer data)
{
  const GlobalPass *pass = data;

  for (gsize i = begin; i < end; i++)
    {
      const float *x = pass->x + i * pass->size;
      float *dx = pass->dx + i * pass->size;

      if (!pass->accumulate)
        memset (dx, 0, pass->size * sizeof (float));
      for (gsize j = 0; j < pass->size; j++)
        if (x[j] != 0)
          dx[j] +=
              (float)(pass->dy[i] * copysign (pow (fabs (x[j]) / pass->y[i], pass->p - 1), x[j]));
    }
}

static void
global_lp_forward (const PhStep *step, PhRun *run)
{
  run_planes (step, run, FALSE, norm_planes);
}

static void
global_lp_backward (const PhStep *step, PhRun *run)
{
  run_planes (step, run, TRUE, norm_planes_back);
}

const PhOpClass ph_op_GlobalLpPool = {
  .name = "GlobalLpPool",
  .summary = "the p-norm of each channel over all positions",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS | PH_OP_KEEP_OUTPUTS | PH_OP_OVERWRITES,
  .config_size = sizeof (GlobalConfig),
  .state_size = sizeof (GlobalState),
  .configure = global_lp_configure,
  .infer = global_infer,
  .forward = global_lp_forward,
  .backward = global_lp_backward,
};
