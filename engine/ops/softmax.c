/* Softmax, LogSoftmax and Hardmax. Before opset 13 all axes from the given one on count as one;
 * since then they work along a single axis. */

#include "kernels/pointwise.h"
#include "ops/elementwise.h"

#include <math.h>
#include <string.h>

typedef struct
{
  gint64 axis;
  gboolean flattens;
} SoftmaxConfig;

/* The tensor as (outer, n, inner), n being normalised. */
typedef struct
{
  gsize outer, n, inner;
} SoftmaxState;

static gboolean
softmax_configure (PhNode *node, GError **error)
{
  SoftmaxConfig *config = node->config;

  config->flattens = node->opset < 13;
  config->axis = ph_attrs_get_int (node->attrs, "axis", config->flattens ? 1 : -1);
  return TRUE;
}

static gboolean
softmax_infer (PhStep *step, GError **error)
{
  const SoftmaxConfig *config = step->config;
  SoftmaxState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;
  int axis = ph_shape_axis (config->axis, shape->rank);

  /* Flattening allows an axis behind the last one. */
  if (axis < 0 && config->flattens && config->axis == shape->rank)
    axis = (int)shape->rank;
  if (axis < 0)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected an axis of %s, got %" G_GINT64_FORMAT, text, config->axis);
    }
  guint end = config->flattens ? shape->rank : (guint)axis + 1;
  state->outer = ph_shape_count_range (shape, 0, (guint)axis);
  state->n = ph_shape_count_range (shape, (guint)axis, end);
  state->inner = ph_shape_count_range (shape, end, shape->rank);
  return ph_elementwise_infer_real (step, error);
}

/* Work is shared out in tiles: up to PH_CHUNK neighbours along the inner axes, all of n. */
typedef struct
{
  SoftmaxState s;
  gsize tiles; /* per outer index */
  const float *x, *dy;
  float *y, *dx;
} Job;

static void
run_tiles (Job *job, PhParallelFunc func)
{
  job->tiles = (job->s.inner + PH_CHUNK - 1) / PH_CHUNK;
  gsize tile = MAX (job->s.n * MIN (job->s.inner, PH_CHUNK), 1);
  ph_parallel_for (job->s.outer * job->tiles, MAX (PH_GRAIN / tile, 1), func, job);
}

/* First element and width of a tile. */
static gsize
locate_tile (const Job *job, gsize tile, gsize *width)
{
  gsize first = tile % job->tiles * PH_CHUNK;

  *width = MIN (job->s.inner - first, PH_CHUNK);
  return tile / job->tiles * job->s.n * job->s.inner + first;
}

/* max over n, then sum of exp (x - max), for each column of a tile. */
static void
tile_statistics (const SoftmaxState *s, const float *x, gsize width, float *largest, float *sum)
{
  float e[PH_CHUNK];

  memcpy (largest, x, width * sizeof (float));
  memset (sum, 0, width * sizeof (float));
  for (gsize i = 1; i < s->n; i++)
    for (gsize j = 0; j < width; j++)
      largest[j] = MAX (largest[j], x[i * s->inner + j]);
  for (gsize i = 0; i < s->n; i++)
    {
      for (gsize j = 0; j < width; j++)
        e[j] = x[i * s->inner + j] - largest[j];
      ph_pointwise_exp (width, e, e);
      for (gsize j = 0; j < width; j++)
        sum[j] += e[j];
    }
}

static void
softmax_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n = job->s.n, inner = job->s.inner;
  float largest[PH_CHUNK], sum[PH_CHUNK];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize width, at = locate_tile (job, tile, &width);
      const float *x = job->x + at;
      float *y = job->y + at;

      tile_statistics (&job->s, x, width, largest, sum);
      for (gsize i = 0; i < n; i++)
        {
          PH_FOR_ELEMENTS (j, 0, width)
          {
            y[i * inner + j] = x[i * inner + j] - largest[j];
          }
          ph_pointwise_exp (width, y + i * inner, y + i * inner);
          PH_FOR_ELEMENTS (j, 0, width)
          {
            y[i * inner + j] /= sum[j];
          }
        }
    }
}

static void
softmax_forward (const PhStep *step, PhRun *run)
{
  Job job = { .s = *(const SoftmaxState *)step->state,
              .x = ph_run_in (run, step, 0),
              .y = ph_run_out (run, step, 0) };

  if (job.s.outer * job.s.n * job.s.inner == 0)
    return;
  if (job.s.inner == 1)
    ph_pointwise_softmax (job.s.outer, job.s.n, job.x, job.y);
  else
    run_tiles (&job, softmax_tiles);
}

/* dx += y * (dy - Σ dy * y) */
static void
softmax_back_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n = job->s.n, inner = job->s.inner;
  float sum[PH_CHUNK];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize width, at = locate_tile (job, tile, &width);
      const float *y = job->y + at, *dy = job->dy + at;
      float *dx = job->dx + at;

      memset (sum, 0, sizeof sum);
      for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < width; j++)
          sum[j] += y[i * inner + j] * dy[i * inner + j];
      for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < width; j++)
          dx[i * inner + j] += y[i * inner + j] * (dy[i * inner + j] - sum[j]);
    }
}

static void
softmax_backward (const PhStep *step, PhRun *run)
{
  Job job = { .s = *(const SoftmaxState *)step->state,
              .y = ph_run_out (run, step, 0),
              .dy = ph_run_out_grad (run, step, 0),
              .dx = ph_run_in_grad (run, step, 0) };

  if (job.dy == NULL || job.dx == NULL || job.s.outer * job.s.n * job.s.inner == 0)
    return;
  if (job.s.inner == 1)
    ph_pointwise_softmax_backward (job.s.outer, job.s.n, job.y, job.dy, job.dx);
  else
    run_tiles (&job, softmax_back_tiles);
}

const PhOpClass ph_op_Softmax = {
  .name = "Softmax",
  .summary = "exp (x) / sum of exp (x)",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_IN_PLACE | PH_OP_KEEP_OUTPUTS,
  .config_size = sizeof (SoftmaxConfig),
  .state_size = sizeof (SoftmaxState),
  .configure = softmax_configure,
  .infer = softmax_infer,
  .forward = softmax_forward,
  .backward = softmax_backward,
};

/* LogSoftmax: y = x - max - log Σ exp (x - max). */

/* A row whose elements are neighbours. */
static void
log_softmax_row (gsize n, const float *x, float *y)
{
  float e[PH_CHUNK], largest = x[0];
  double sum = 0;

  for (gsize i = 1; i < n; i++)
    largest = MAX (largest, x[i]);
  for (gsize at = 0; at < n; at += PH_CHUNK)
    {
      gsize width = MIN (n - at, PH_CHUNK);
      for (gsize j = 0; j < width; j++)
        e[j] = x[at + j] - largest;
      ph_pointwise_exp (width, e, e);
      for (gsize j = 0; j < width; j++)
        sum += e[j];
    }
  float shift = largest + (float)log (sum);
  PH_FOR_ELEMENTS (i, 0, n)
  {
    y[i] = x[i] - shift;
  }
}

static void
log_softmax_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n = job->s.n, inner = job->s.inner;
  float largest[PH_CHUNK], sum[PH_CHUNK];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize width, at = locate_tile (job, tile, &width);
      const float *x = job->x + at;
      float *y = job->y + at;

      if (inner == 1)
        {
          log_softmax_row (n, x, y);
          continue;
        }
      tile_statistics (&job->s, x, width, largest, sum);
      for (gsize j = 0; j < width; j++)
        largest[j] += logf (sum[j]);
      for (gsize i = 0; i < n; i++)
        PH_FOR_ELEMENTS (j, 0, width)
        {
          y[i * inner + j] = x[i * inner + j] - largest[j];
        }
    }
}

static void
log_softmax_forward (const PhStep *step, PhRun *run)
{
  Job job = { .s = *(const SoftmaxState *)step->state,
              .x = ph_run_in (run, step, 0),
              .y = ph_run_out (run, step, 0) };

  if (job.s.outer * job.s.n * job.s.inner > 0)
    run_tiles (&job, log_softmax_tiles);
}

/* dx += dy - exp (y) * Σ dy */
static void
log_softmax_back_tiles (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const gsize n = job->s.n, inner = job->s.inner;
  float sum[PH_CHUNK], e[PH_CHUNK];

  for (gsize tile = begin; tile < end; tile++)
    {
      gsize width, at = locate_tile (job, tile, &width);
      const float *y = job->y + at, *dy = job->dy + at;
      float *dx = job->dx + at;

      memset (sum, 0, sizeof sum);
      for (gsize i = 0; i < n; i++)
        for (gsize j = 0; j < width; j++)
          sum[j] += dy[i * inner + j];
      if (inner == 1)
        for (gsize first = 0; first < n; first += PH_CHUNK)
          {
            gsize count = MIN (n - first, PH_CHUNK);
            ph_pointwise_exp (count, y + first, e);
            for (gsize i = 0; i < count; i++)
              dx[first + i] += dy[first + i] - e[i] * sum[0];
          }
      else
        for (gsize i = 0; i < n; i++)
          {
            ph_pointwise_exp (width, y + i * inner, e);
            for (gsize j = 0; j < width; j++)
              dx[i * inner + j] += dy[i * inner + j] - e[j] * sum[j];
          }
    }
}

static void
log_softmax_backward (const PhStep *step, PhRun *run)
{
  Job job = { .s = *(const SoftmaxState *)step->state,
              .y = ph_run_out (run, step, 0),
              .dy = ph_run_out_grad (run, step, 0),
              .dx = ph_run_in_grad (run, step, 0) };

  if (job.dy != NULL && job.dx != NULL && job.s.outer * job.s.n * job.s.inner > 0)
    run_tiles (&job, log_softmax_back_tiles);
}

const PhOpClass ph_op_LogSoftmax = {
  .name = "LogSoftmax",
  .summary = "logarithm of Softmax",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_IN_PLACE | PH_OP_KEEP_OUTPUTS,
  .config_size = sizeof (SoftmaxConfig),
  .state_size = sizeof (SoftmaxState),
  .configure = softmax_configure,
  .infer = softmax_infer,
  .forward = log_softmax_forward,
  .backward = log_softmax_backward,
};

/* Hardmax: 1 at the first largest element, 0 elsewhere. */

static void
hardmax_forward (const PhStep *step, PhRun *run)
{
  const SoftmaxState *s = step->state;
  const float *x = ph_run_in (run, step, 0);
  float *y = ph_run_out (run, step, 0);

  memset (y, 0, s->outer * s->n * s->inner * sizeof (float));
  for (gsize i = 0; i < s->outer && s->n > 0; i++)
    for (gsize j = 0; j < s->inner; j++)
      {
        const gsize at = i * s->n * s->inner + j;
        gsize best = 0;

        for (gsize k = 1; k < s->n; k++)
          if (x[at + k * s->inner] > x[at + best * s->inner])
            best = k;
        y[at + best * s->inner] = 1;
      }
}

/* A staircase: the gradient is 0, as the run has left it. */
static void
hardmax_backward (const PhStep *step, PhRun *run)
{
}

const PhOpClass ph_op_Hardmax = {
  .name = "Hardmax",
  .summary = "1 at the first largest element, else 0",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .config_size = sizeof (SoftmaxConfig),
  .state_size = sizeof (SoftmaxState),
  .configure = softmax_configure,
  .infer = softmax_infer,
  .forward = hardmax_forward,
  .backward = hardmax_backward,
};
