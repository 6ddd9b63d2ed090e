/* Reductions over any axes. Reducing is the adjoint of stretching: the result, with 1 in place of
 * the reduced axes, stretches to the shape of the input, and both are walked that way.
 *
 * Where several elements share the largest (smallest) value, they share the gradient equally. */

#include "kernels/pointwise.h"
#include "ops/reduce-private.h"

#include <math.h>
#include <string.h>

static gboolean
reduce_configure (PhNode *node, GError **error)
{
  ReduceConfig *config = node->config;
  gsize n;
  const gint64 *axes = ph_attrs_get_ints (node->attrs, "axes", &n);

  if (n > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected at most %d axes, got %" G_GSIZE_FORMAT, PH_MAX_RANK, n);
  config->keep = ph_attrs_get_int (node->attrs, "keepdims", 1) != 0;
  config->none_when_empty = ph_attrs_get_int (node->attrs, "noop_with_empty_axes", 0) != 0;
  config->n_axes = (guint)n;
  for (gsize i = 0; i < n; i++)
    config->axes[i] = axes[i];
  return TRUE;
}

static gboolean
reduce_infer (PhStep *step, GError **error)
{
  const ReduceConfig *config = step->config;
  ReduceState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;
  const gint64 *axes = config->axes;
  gsize n_axes = config->n_axes, n;
  gboolean reduced[PH_MAX_RANK] = { FALSE };
  PhShape out = { 0 };

  /* Axes are an attribute or, by later definitions, an input. */
  if (step->in[1] != NULL)
    {
      axes = ph_step_get_ints (step, 1, "axes", &n_axes, error);
      if (axes == NULL)
        return FALSE;
    }
  for (gsize i = 0; i < n_axes; i++)
    {
      int axis = ph_shape_axis (axes[i], shape->rank);

      if (axis < 0)
        {
          g_autofree char *text = ph_shape_dup_string (shape);
          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "expected axes of %s, got %" G_GINT64_FORMAT, text, axes[i]);
        }
      reduced[axis] = TRUE;
    }
  for (guint i = 0; i < shape->rank && n_axes == 0; i++)
    reduced[i] = !config->none_when_empty;

  state->kept = *shape;
  for (guint i = 0; i < shape->rank; i++)
    {
      if (reduced[i])
        state->kept.dim[i] = 1;
      if (!reduced[i] || config->keep)
        out.dim[out.rank++] = state->kept.dim[i];
    }
  n = ph_shape_count (&state->kept);
  state->share = n > 0 ? ph_shape_count (shape) / n : 0;
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

static gboolean
reduce_infer_real (PhStep *step, GError **error)
{
  if (!ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "expected real numbers, got %s",
                         ph_type_name (step->in[0]->type));
  return reduce_infer (step, error);
}

/* Two doubles per result: what is summed up, and a second pass's value or count. */
static gboolean
reduce_prepare (PhStep *step, GError **error)
{
  const ReduceState *state = step->state;

  step->scratch_size = 2 * ph_shape_count (&state->kept) * sizeof (double);
  return TRUE;
}

void
ph_reduce_walk (const PhStep *step, PhParallelFunc func, ReduceJob *job)
{
  const ReduceState *state = step->state;
  const PhShape *shape = &step->in[0]->shape;

  ph_broadcast_init (&job->walk, shape, (const PhShape *[]){ &state->kept }, 1);
  gsize n = job->walk.rows * job->walk.columns;
  if (n == 0)
    return;

  /* Leading axes that are not reduced make groups with results of their own. */
  gsize groups = 1;
  for (guint i = 0; i < job->walk.rank && job->walk.stride[0][i] != 0; i++)
    groups *= job->walk.dim[i];
  job->group = n / groups;
  ph_parallel_for (groups, MAX (PH_GRAIN / job->group, 1), func, job);
}

/* Sums of f (x) in double. Stretches of a row are summed in lanes first. */
#define SUM_GROUPS(NAME, EXPRESSION)                                                               \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const ReduceJob *job = data;                                                                   \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&job->walk, begin * job->group, end * job->group, &part); part.n > 0; \
         ph_broadcast_next (&job->walk, &part))                                                    \
      {                                                                                            \
        const float *px = job->x + part.begin;                                                     \
        double *sum = job->sum + part.offset[0];                                                   \
        if (ph_broadcast_step (&job->walk, 0) == 0)                                                \
          for (gsize at = 0; at < part.n; at += PH_CHUNK)                                          \
            {                                                                                      \
              float lane[16] = { 0 };                                                              \
              const gsize n = MIN (part.n - at, PH_CHUNK);                                         \
              gsize i = 0;                                                                         \
              for (; i + 16 <= n; i += 16)                                                         \
                for (guint k = 0; k < 16; k++)                                                     \
                  {                                                                                \
                    const float x = px[at + i + k];                                                \
                    lane[k] += (EXPRESSION);                                                       \
                  }                                                                                \
              for (guint k = 0; i < n; i++, k++)                                                   \
                {                                                                                  \
                  const float x = px[at + i];                                                      \
                  lane[k] += (EXPRESSION);                                                         \
                }                                                                                  \
              for (guint k = 0; k < 16; k++)                                                       \
                *sum += lane[k];                                                                   \
            }                                                                                      \
        else                                                                                       \
          for (gsize i = 0; i < part.n; i++)                                                       \
            {                                                                                      \
              const float x = px[i];                                                               \
              sum[i] += (EXPRESSION);                                                              \
            }                                                                                      \
      }                                                                                            \
  }

SUM_GROUPS (sum_groups, x)
SUM_GROUPS (magnitude_groups, fabsf (x))
SUM_GROUPS (square_groups, x *x)

/* Runs @func over x into zeroed sums. */
static double *
sum_up (const PhStep *step, PhRun *run, PhParallelFunc func, gsize *n)
{
  const ReduceState *state = step->state;
  ReduceJob job = { .x = ph_run_in (run, step, 0), .sum = ph_run_scratch (run, step) };

  *n = ph_shape_count (&state->kept);
  memset (job.sum, 0, *n * sizeof (double));
  ph_reduce_walk (step, func, &job);
  return job.sum;
}

/* y = expression of the sum. */
#define FROM_SUMS(SYMBOL, SUM, EXPRESSION)                                                         \
  static void SYMBOL##_real (const PhStep *step, PhRun *run)                                       \
  {                                                                                                \
    gsize n;                                                                                       \
    const double share G_GNUC_UNUSED = (double)((const ReduceState *)step->state)->share;          \
    const double *sums = sum_up (step, run, SUM, &n);                                              \
    float *y = ph_run_out (run, step, 0);                                                          \
    for (gsize i = 0; i < n; i++)                                                                  \
      {                                                                                            \
        const double sum = sums[i];                                                                \
        y[i] = (float)(EXPRESSION);                                                                \
      }                                                                                            \
  }

FROM_SUMS (l1, magnitude_groups, sum)
FROM_SUMS (l2, square_groups, sqrt (sum))
FROM_SUMS (log_sum, sum_groups, log (sum))
FROM_SUMS (mean, sum_groups, sum / share)
FROM_SUMS (sum, sum_groups, sum)
FROM_SUMS (sum_square, square_groups, sum)

/* Integers: sums wrap; a mean is truncated. */
#define INTS(SYMBOL, START, EXPRESSION)                                                            \
  static void SYMBOL##_ints (const PhStep *step, PhRun *run)                                       \
  {                                                                                                \
    const ReduceState *state = step->state;                                                        \
    const PhType type = step->in[0]->type;                                                         \
    const gint64 *px = ph_run_in (run, step, 0);                                                   \
    gint64 *py = ph_run_out (run, step, 0);                                                        \
    PhBroadcast walk;                                                                              \
    PhBroadcastPart part;                                                                          \
    for (gsize i = 0; i < ph_shape_count (&state->kept); i++)                                      \
      py[i] = (START);                                                                             \
    ph_broadcast_init (&walk, &step->in[0]->shape, (const PhShape *[]){ &state->kept }, 1);        \
    for (ph_broadcast_first (&walk, 0, ph_shape_count (&step->in[0]->shape), &part); part.n > 0;   \
         ph_broadcast_next (&walk, &part))                                                         \
      for (gsize i = 0; i < part.n; i++)                                                           \
        {                                                                                          \
          const gint64 x = px[part.begin + i];                                                     \
          gint64 *at = &py[part.offset[0] + i * ph_broadcast_step (&walk, 0)];                     \
          const gint64 y = *at;                                                                    \
          *at = ph_type_wrap (type, (gint64)(EXPRESSION));                                         \
        }                                                                                          \
  }

#define IS_WIDE (type == PH_TYPE_UINT64)
#define LESS(a, b) (IS_WIDE ? (guint64)(a) < (guint64)(b) : (a) < (b))

INTS (l1, 0, x < 0 && !IS_WIDE ? (guint64)y - (guint64)x : (guint64)y + (guint64)x)
INTS (sum, 0, (guint64)y + (guint64)x)
INTS (sum_square, 0, (guint64)y + (guint64)x * (guint64)x)
INTS (prod, 1, (guint64)y *(guint64)x)
INTS (max, IS_WIDE ? 0 : G_MININT64, LESS (y, x) ? x : y)
INTS (min, IS_WIDE ? -1 : G_MAXINT64, LESS (x, y) ? x : y)

static void
mean_ints (const PhStep *step, PhRun *run)
{
  const ReduceState *state = step->state;
  gint64 *y = ph_run_out (run, step, 0);

  sum_ints (step, run);
  for (gsize i = 0; i < ph_shape_count (&state->kept) && state->share > 0; i++)
    y[i] /= (gint64)state->share;
}

/* Largest, smallest and product straight into y. */
#define FOLD_GROUPS(NAME, EXPRESSION)                                                              \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const ReduceJob *job = data;                                                                   \
    const gsize step = ph_broadcast_step (&job->walk, 0);                                          \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&job->walk, begin * job->group, end * job->group, &part); part.n > 0; \
         ph_broadcast_next (&job->walk, &part))                                                    \
      {                                                                                            \
        const float *px = job->x + part.begin;                                                     \
        float *py = job->y + part.offset[0];                                                       \
        if (step == 0)                                                                             \
          {                                                                                        \
            float y = *py;                                                                         \
            for (gsize i = 0; i < part.n; i++)                                                     \
              {                                                                                    \
                const float x = px[i];                                                             \
                y = (EXPRESSION);                                                                  \
              }                                                                                    \
            *py = y;                                                                               \
          }                                                                                        \
        else                                                                                       \
          for (gsize i = 0; i < part.n; i++)                                                       \
            {                                                                                      \
              const float x = px[i], y = py[i];                                                    \
              py[i] = (EXPRESSION);                                                                \
            }                                                                                      \
      }                                                                                            \
  }

FOLD_GROUPS (max_groups, x > y || isnan (x) ? x : y)
FOLD_GROUPS (min_groups, x < y || isnan (x) ? x : y)
FOLD_GROUPS (prod_groups, x *y)

static void
fold (const PhStep *step, PhRun *run, PhParallelFunc func, float start)
{
  const ReduceState *state = step->state;
  ReduceJob job = { .x = ph_run_in (run, step, 0), .y = ph_run_out (run, step, 0) };

  for (gsize i = 0; i < ph_shape_count (&state->kept); i++)
    job.y[i] = start;
  ph_reduce_walk (step, func, &job);
}

static void
max_real (const PhStep *step, PhRun *run)
{
  fold (step, run, max_groups, -INFINITY);
}

static void
min_real (const PhStep *step, PhRun *run)
{
  fold (step, run, min_groups, INFINITY);
}

static void
prod_real (const PhStep *step, PhRun *run)
{
  fold (step, run, prod_groups, 1);
}

/* log Σ exp (x), the largest element subtracted first; it lies in y meanwhile. */
static void
exponential_groups (gsize begin, gsize end, guint thread, gpointer data)
{
  const ReduceJob *job = data;
  const gsize step = ph_broadcast_step (&job->walk, 0);
  float e[PH_CHUNK];
  PhBroadcastPart part;

  for (ph_broadcast_first (&job->walk, begin * job->group, end * job->group, &part); part.n > 0;
       ph_broadcast_next (&job->walk, &part))
    for (gsize at = 0; at < part.n; at += PH_CHUNK)
      {
        const gsize n = MIN (part.n - at, PH_CHUNK);
        const gsize first = part.offset[0] + at * step;

        for (gsize i = 0; i < n; i++)
          {
            float largest = job->y[first + i * step];
            e[i] = job->x[part.begin + at + i] - (isfinite (largest) ? largest : 0);
          }
        ph_pointwise_exp (n, e, e);
        for (gsize i = 0; i < n; i++)
          job->sum[first + i * step] += e[i];
      }
}

static void
log_sum_exp_real (const PhStep *step, PhRun *run)
{
  const ReduceState *state = step->state;
  const gsize n = ph_shape_count (&state->kept);
  ReduceJob job = { .x = ph_run_in (run, step, 0),
                    .y = ph_run_out (run, step, 0),
                    .sum = ph_run_scratch (run, step) };

  max_real (step, run);
  memset (job.sum, 0, n * sizeof (double));
  ph_reduce_walk (step, exponential_groups, &job);
  for (gsize i = 0; i < n; i++)
    job.y[i] = (float)(log (job.sum[i]) + (isfinite (job.y[i]) ? job.y[i] : 0));
}

#define REAL_FORWARD(SYMBOL)                                                                       \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    SYMBOL##_real (step, run);                                                                     \
  }
#define ANY_FORWARD(SYMBOL)                                                                        \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    if (ph_type_is_real (step->in[0]->type))                                                       \
      SYMBOL##_real (step, run);                                                                   \
    else                                                                                           \
      SYMBOL##_ints (step, run);                                                                   \
  }

REAL_FORWARD (l2)
REAL_FORWARD (log_sum)
REAL_FORWARD (log_sum_exp)
ANY_FORWARD (l1)
ANY_FORWARD (max)
ANY_FORWARD (mean)
ANY_FORWARD (min)
ANY_FORWARD (prod)
ANY_FORWARD (sum)
ANY_FORWARD (sum_square)

#define KEEP_X PH_OP_KEEP_INPUTS
#define KEEP_Y PH_OP_KEEP_OUTPUTS

#define REDUCTION(SYMBOL, NAME, SUMMARY, KEEP, INFER)                                              \
  const PhOpClass ph_op_##NAME = {                                                                 \
    .name = #NAME,                                                                                 \
    .summary = SUMMARY,                                                                            \
    .min_inputs = 1,                                                                               \
    .max_inputs = 2,                                                                               \
    .max_outputs = 1,                                                                              \
    .flags = PH_OP_OVERWRITES | (KEEP),                                                            \
    .config_size = sizeof (ReduceConfig),                                                          \
    .state_size = sizeof (ReduceState),                                                            \
    .configure = reduce_configure,                                                                 \
    .infer = INFER,                                                                                \
    .prepare = reduce_prepare,                                                                     \
    .forward = SYMBOL##_forward,                                                                   \
    .backward = ph_reduce_##SYMBOL##_backward,                                                     \
  };

REDUCTION (l1, ReduceL1, "sum of magnitudes", KEEP_X, reduce_infer)
REDUCTION (l2, ReduceL2, "length", KEEP_X | KEEP_Y, reduce_infer_real)
REDUCTION (log_sum, ReduceLogSum, "logarithm of the sum", KEEP_Y, reduce_infer_real)
REDUCTION (log_sum_exp, ReduceLogSumExp, "logarithm of the sum of exponentials", KEEP_X | KEEP_Y,
           reduce_infer_real)
REDUCTION (max, ReduceMax, "largest element", KEEP_X | KEEP_Y, reduce_infer)
REDUCTION (mean, ReduceMean, "mean", 0, reduce_infer)
REDUCTION (min, ReduceMin, "smallest element", KEEP_X | KEEP_Y, reduce_infer)
REDUCTION (prod, ReduceProd, "product", KEEP_X, reduce_infer)
REDUCTION (sum, ReduceSum, "sum", 0, reduce_infer)
REDUCTION (sum_square, ReduceSumSquare, "sum of squares", KEEP_X, reduce_infer)
