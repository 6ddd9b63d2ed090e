/* LpNormalization and MeanVarianceNormalization. */

#include "ops/binary.h"

#include <math.h>
#include <string.h>

/* LpNormalization: x divided by the sum of magnitudes (p = 1) or the length (p = 2) along an axis.
 * Where that is 0, the output and its gradient are 0. */

typedef struct
{
  gint64 axis;
  gboolean square;
} LpConfig;

/* The tensor as (outer, n, inner). */
typedef struct
{
  gsize outer, n, inner;
} LpState;

static gboolean
lp_configure (PhNode *node, GError **error)
{
  LpConfig *config = node->config;
  gint64 p = ph_attrs_get_int (node->attrs, "p", 2);

  if (p != 1 && p != 2)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected p to be 1 or 2, got %" G_GINT64_FORMAT, p);
  config->axis = ph_attrs_get_int (node->attrs, "axis", -1);
  config->square = p == 2;
  return TRUE;
}

static gboolean
lp_infer (PhStep *step, GError **error)
{
  const LpConfig *config = step->config;
  LpState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;
  int axis = ph_shape_axis (config->axis, shape->rank);

  if (axis < 0)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected an axis of %s, got %" G_GINT64_FORMAT, text, config->axis);
    }
  state->outer = ph_shape_count_range (shape, 0, (guint)axis);
  state->n = (gsize)shape->dim[axis];
  state->inner = ph_shape_count_range (shape, (guint)axis + 1, shape->rank);
  return ph_elementwise_infer_real (step, error);
}

typedef struct
{
  LpState s;
  gboolean square;
  const float *x, *dy;
  float *y, *dx;
} LpJob;

static double
lane_norm (const LpJob *job, const float *x)
{
  double sum = 0;

  for (gsize i = 0; i < job->s.n; i++)
    {
      double value = x[i * job->s.inner];
      sum += job->square ? value * value : fabs (value);
    }
  return job->square ? sqrt (sum) : sum;
}

static void
lp_lanes (gsize begin, gsize end, guint thread, gpointer data)
{
  const LpJob *job = data;
  const gsize n = job->s.n, inner = job->s.inner;

  for (gsize lane = begin; lane < end; lane++)
    {
      const gsize at = lane / inner * n * inner + lane % inner;
      const double norm = lane_norm (job, job->x + at);
      const float r = norm > 0 ? (float)(1 / norm) : 0;

      for (gsize i = 0; i < n; i++)
        job->y[at + i * inner] = job->x[at + i * inner] * r;
    }
}

/* With the norm s and its derivative u: x / s for p = 2, the sign of x for p = 1:
 * dx = dy / s - u Σ (dy x) / s². */
static void
lp_back_lanes (gsize begin, gsize end, guint thread, gpointer data)
{
  const LpJob *job = data;
  const gsize n = job->s.n, inner = job->s.inner;

  for (gsize lane = begin; lane < end; lane++)
    {
      const gsize at = lane / inner * n * inner + lane % inner;
      const float *x = job->x + at, *dy = job->dy + at;
      const double norm = lane_norm (job, x);
      double along = 0;

      if (!(norm > 0))
        continue;
      for (gsize i = 0; i < n; i++)
        along += (double)dy[i * inner] * x[i * inner];
      for (gsize i = 0; i < n; i++)
        {
          double value = x[i * inner];
          double u = job->square ? value / norm : (value > 0) - (value < 0);
          job->dx[at + i * inner] += (float)((dy[i * inner] - u * along / norm) / norm);
        }
    }
}

static void
run_lanes (LpJob *job, PhParallelFunc func)
{
  ph_parallel_for (job->s.outer * job->s.inner, MAX (PH_GRAIN / MAX (job->s.n, 1), 1), func, job);
}

static void
lp_forward (const PhStep *step, PhRun *run)
{
  LpJob job = { .s = *(const LpState *)step->state,
                .square = ((const LpConfig *)step->config)->square,
                .x = ph_run_in (run, step, 0),
                .y = ph_run_out (run, step, 0) };

  run_lanes (&job, lp_lanes);
}

static void
lp_backward (const PhStep *step, PhRun *run)
{
  LpJob job = { .s = *(const LpState *)step->state,
                .square = ((const LpConfig *)step->config)->square,
                .x = ph_run_in (run, step, 0),
                .dy = ph_run_out_grad (run, step, 0),
                .dx = ph_run_in_grad (run, step, 0) };

  if (job.dy != NULL && job.dx != NULL)
    run_lanes (&job, lp_back_lanes);
}

const PhOpClass ph_op_LpNormalization = {
  .name = "LpNormalization",
  .summary = "divides by the length along an axis",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS,
  .config_size = sizeof (LpConfig),
  .state_size = sizeof (LpState),
  .configure = lp_configure,
  .infer = lp_infer,
  .forward = lp_forward,
  .backward = lp_backward,
};

/* MeanVarianceNormalization: (x - mean) / (deviation + 1e-9) over the given axes, as its definition
 * in ONNX has it. Where the deviation is 0, the output and its gradient are 0. */

typedef struct
{
  guint n_axes;
  gint64 axes[PH_MAX_RANK];
} MvnConfig;

typedef struct
{
  PhShape groups; /* shape of x with 1 in place of the axes */
} MvnState;

static gboolean
mvn_configure (PhNode *node, GError **error)
{
  MvnConfig *config = node->config;
  const gint64 usual[] = { 0, 2, 3 };
  gsize n;
  const gint64 *axes = ph_attrs_get_ints (node->attrs, "axes", &n);

  if (!ph_attrs_has (node->attrs, "axes"))
    {
      axes = usual;
      n = G_N_ELEMENTS (usual);
    }
  if (n > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected at most %d axes, got %" G_GSIZE_FORMAT, PH_MAX_RANK, n);
  config->n_axes = (guint)n;
  for (gsize i = 0; i < n; i++)
    config->axes[i] = axes[i];
  return TRUE;
}

static gboolean
mvn_infer (PhStep *step, GError **error)
{
  const MvnConfig *config = step->config;
  MvnState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;

  state->groups = *shape;
  for (guint i = 0; i < config->n_axes; i++)
    {
      int axis = ph_shape_axis (config->axes[i], shape->rank);

      if (axis < 0)
        {
          g_autofree char *text = ph_shape_dup_string (shape);
          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "expected axes of %s, got %" G_GINT64_FORMAT, text, config->axes[i]);
        }
      state->groups.dim[axis] = 1;
    }
  return ph_elementwise_infer_real (step, error);
}

static gboolean
mvn_prepare (PhStep *step, GError **error)
{
  const MvnState *state = step->state;

  step->scratch_size =
      (ph_shape_count (&step->in[0]->shape) + 2 * ph_shape_count (&state->groups)) * sizeof (float);
  step->saved_size = step->wants_gradient ? ph_shape_count (&state->groups) * sizeof (float) : 0;
  return TRUE;
}

typedef struct
{
  PhBroadcast walk;
  const float *x, *a, *b;
  float *y;
} MvnJob;

/* y = x - a */
static void
subtract_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const MvnJob *job = data;
  const gsize step = ph_broadcast_step (&job->walk, 0);
  PhBroadcastPart part;

  for (ph_broadcast_first (&job->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&job->walk, &part))
    PH_FOR_ELEMENTS (i, 0, part.n)
    {
      job->y[part.begin + i] = job->x[part.begin + i] - job->a[part.offset[0] + i * step];
    }
}

/* y = y * a */
static void
scale_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const MvnJob *job = data;
  const gsize step = ph_broadcast_step (&job->walk, 0);
  PhBroadcastPart part;

  for (ph_broadcast_first (&job->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&job->walk, &part))
    PH_FOR_ELEMENTS (i, 0, part.n)
    {
      job->y[part.begin + i] *= job->a[part.offset[0] + i * step];
    }
}

static void
multiply_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const MvnJob *job = data;

  PH_FOR_ELEMENTS (i, begin, end)
  {
    job->y[i] = job->x[i] * job->b[i];
  }
}

static void
mvn_forward (const PhStep *step, PhRun *run)
{
  const PhShape *shape = &step->in[0]->shape, *groups = &((const MvnState *)step->state)->groups;
  const gsize n = ph_shape_count (shape), n_groups = ph_shape_count (groups);
  float *squares = ph_run_scratch (run, step), *mean = squares + n, *r = mean + n_groups;
  float *saved = ph_run_saved (run, step);
  MvnJob job = { .x = ph_run_in (run, step, 0), .a = mean, .y = ph_run_out (run, step, 0) };

  if (n == 0)
    return;
  const float share = (float)n_groups / (float)n;
  ph_broadcast_init (&job.walk, shape, &groups, 1);
  ph_stretch_add (shape, groups, share, job.x, FALSE, mean);
  ph_parallel_for (n, PH_GRAIN, subtract_span, &job);
  MvnJob square = { .x = job.y, .b = job.y, .y = squares };
  ph_parallel_for (n, PH_GRAIN, multiply_span, &square);
  ph_stretch_add (shape, groups, share, squares, FALSE, r);
  for (gsize i = 0; i < n_groups; i++)
    r[i] = r[i] > 0 ? 1 / (sqrtf (r[i]) + 1e-9f) : 0;
  if (saved != NULL)
    memcpy (saved, r, n_groups * sizeof (float));
  job.a = r;
  ph_parallel_for (n, PH_GRAIN, scale_span, &job);
}

/* dx = r (dy - mean (dy) - y mean (dy y)), r being the inverse deviation. */
static void
mvn_backward (const PhStep *step, PhRun *run)
{
  const PhShape *shape = &step->in[0]->shape, *groups = &((const MvnState *)step->state)->groups;
  const gsize n = ph_shape_count (shape), n_groups = ph_shape_count (groups);
  float *product = ph_run_scratch (run, step), *mean = product + n, *moment = mean + n_groups;
  const float *r = ph_run_saved (run, step), *y = ph_run_out (run, step, 0);
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  PhBroadcast walk;
  PhBroadcastPart part;

  if (dy == NULL || dx == NULL || n == 0)
    return;
  const float share = (float)n_groups / (float)n;
  MvnJob job = { .x = dy, .b = y, .y = product };
  ph_parallel_for (n, PH_GRAIN, multiply_span, &job);
  ph_stretch_add (shape, groups, share, dy, FALSE, mean);
  ph_stretch_add (shape, groups, share, product, FALSE, moment);
  ph_broadcast_init (&walk, shape, &groups, 1);
  const gsize along = ph_broadcast_step (&walk, 0);
  for (ph_broadcast_first (&walk, 0, n, &part); part.n > 0; ph_broadcast_next (&walk, &part))
    for (gsize j = 0; j < part.n; j++)
      {
        gsize i = part.begin + j, g = part.offset[0] + j * along;
        dx[i] += r[g] * (dy[i] - mean[g] - y[i] * moment[g]);
      }
}

const PhOpClass ph_op_MeanVarianceNormalization = {
  .name = "MeanVarianceNormalization",
  .summary = "mean 0 and variance 1 over the given axes",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_OUTPUTS,
  .config_size = sizeof (MvnConfig),
  .state_size = sizeof (MvnState),
  .configure = mvn_configure,
  .infer = mvn_infer,
  .prepare = mvn_prepare,
  .forward = mvn_forward,
  .backward = mvn_backward,
};
