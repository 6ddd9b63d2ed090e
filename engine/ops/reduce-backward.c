/* Gradients of the reductions: every element gets the gradient of its result times a factor. */

#include "ops/reduce-private.h"

#include <math.h>
#include <string.h>

/* dx = g * EXPRESSION, which may read x, y, g (the gradient at the result), sum and aside. One loop
 * for results that are the same along the row, one for those that are neighbours. */
#define BACK_SPAN(NAME, LOADS, EXPRESSION)                                                         \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const ReduceJob *job = data;                                                                   \
    const float factor G_GNUC_UNUSED = job->factor;                                                \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&job->walk, begin, end, &part); part.n > 0;                           \
         ph_broadcast_next (&job->walk, &part))                                                    \
      {                                                                                            \
        const float *px G_GNUC_UNUSED = job->x + part.begin;                                       \
        const float *py G_GNUC_UNUSED = job->y + part.offset[0];                                   \
        const float *dy = job->dy + part.offset[0];                                                \
        const double *psum G_GNUC_UNUSED = job->sum + part.offset[0];                              \
        const double *paside G_GNUC_UNUSED = job->aside + part.offset[0];                          \
        float *dx = job->dx + part.begin;                                                          \
        if (!job->add)                                                                             \
          memset (dx, 0, part.n * sizeof (float));                                                 \
        if (ph_broadcast_step (&job->walk, 0) == 0)                                                \
          PH_FOR_ELEMENTS (i, 0, part.n)                                                           \
          {                                                                                        \
            const gsize at G_GNUC_UNUSED = 0;                                                      \
            const float g = dy[0];                                                                 \
            LOADS dx[i] += g * (EXPRESSION);                                                       \
          }                                                                                        \
        else                                                                                       \
          PH_FOR_ELEMENTS (i, 0, part.n)                                                           \
          {                                                                                        \
            const gsize at G_GNUC_UNUSED = i;                                                      \
            const float g = dy[i];                                                                 \
            LOADS dx[i] += g * (EXPRESSION);                                                       \
          }                                                                                        \
      }                                                                                            \
  }
#define LOAD_X const float x = px[i];
#define LOAD_Y const float y = py[at];
#define LOAD_SUM const double sum = psum[at];
#define LOAD_ASIDE const double aside = paside[at];

BACK_SPAN (constant_span, , factor)
BACK_SPAN (l1_span, LOAD_X, (float)((x > 0) - (x < 0)))
BACK_SPAN (l2_span, LOAD_X LOAD_Y, y > 0 ? x / y : 0)
BACK_SPAN (log_sum_span, LOAD_Y, expf (-y))
BACK_SPAN (log_sum_exp_span, LOAD_X LOAD_Y, expf (x - y))
BACK_SPAN (sum_square_span, LOAD_X, 2 * x)
BACK_SPAN (extreme_span, LOAD_X LOAD_Y LOAD_SUM, x == y ? (float)(1 / sum) : 0)
/* sum: how many zeros; aside: product of the others. */
BACK_SPAN (prod_span, LOAD_X LOAD_SUM LOAD_ASIDE,
           (float)(sum == 0             ? aside / x
                   : sum == 1 && x == 0 ? aside
                                        : 0))

static gboolean
begin_backward (const PhStep *step, PhRun *run, ReduceJob *job)
{
  const ReduceState *state = step->state;

  *job = (ReduceJob){ .x = ph_run_in (run, step, 0),
                      .y = ph_run_out (run, step, 0),
                      .dy = ph_run_out_grad (run, step, 0),
                      .dx = ph_run_in_grad (run, step, 0),
                      .sum = ph_run_scratch (run, step) };
  job->aside = job->sum + ph_shape_count (&state->kept);
  if (job->dy == NULL || job->dx == NULL)
    return FALSE;
  job->add = ph_run_accumulates (run, step, 0);
  ph_broadcast_init (&job->walk, &step->in[0]->shape, (const PhShape *[]){ &state->kept }, 1);
  return TRUE;
}

static void
run_backward (const PhStep *step, ReduceJob *job, PhParallelFunc func)
{
  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN, func, job);
}

#define BACKWARD(SYMBOL, SPAN, FACTOR)                                                             \
  void ph_reduce_##SYMBOL##_backward (const PhStep *step, PhRun *run)                              \
  {                                                                                                \
    ReduceJob job;                                                                                 \
    if (!begin_backward (step, run, &job))                                                         \
      return;                                                                                      \
    job.factor = (FACTOR);                                                                         \
    run_backward (step, &job, SPAN);                                                               \
  }

BACKWARD (l1, l1_span, 1)
BACKWARD (l2, l2_span, 1)
BACKWARD (log_sum, log_sum_span, 1)
BACKWARD (log_sum_exp, log_sum_exp_span, 1)
BACKWARD (mean, constant_span, 1 / (float)((const ReduceState *)step->state)->share)
BACKWARD (sum, constant_span, 1)
BACKWARD (sum_square, sum_square_span, 1)

/* How many elements attain the result. */
static void
count_groups (gsize begin, gsize end, guint thread, gpointer data)
{
  const ReduceJob *job = data;
  const gsize step = ph_broadcast_step (&job->walk, 0);
  PhBroadcastPart part;

  for (ph_broadcast_first (&job->walk, begin * job->group, end * job->group, &part); part.n > 0;
       ph_broadcast_next (&job->walk, &part))
    for (gsize i = 0; i < part.n; i++)
      {
        const gsize at = part.offset[0] + i * step;
        job->sum[at] += job->x[part.begin + i] == job->y[at];
      }
}

static void
extreme_backward (const PhStep *step, PhRun *run)
{
  const ReduceState *state = step->state;
  ReduceJob job;

  if (!begin_backward (step, run, &job))
    return;
  memset (job.sum, 0, ph_shape_count (&state->kept) * sizeof (double));
  ph_reduce_walk (step, count_groups, &job);
  run_backward (step, &job, extreme_span);
}

void
ph_reduce_max_backward (const PhStep *step, PhRun *run)
{
  extreme_backward (step, run);
}

void
ph_reduce_min_backward (const PhStep *step, PhRun *run)
{
  extreme_backward (step, run);
}

static void
factor_groups (gsize begin, gsize end, guint thread, gpointer data)
{
  const ReduceJob *job = data;
  const gsize step = ph_broadcast_step (&job->walk, 0);
  PhBroadcastPart part;

  for (ph_broadcast_first (&job->walk, begin * job->group, end * job->group, &part); part.n > 0;
       ph_broadcast_next (&job->walk, &part))
    for (gsize i = 0; i < part.n; i++)
      {
        const gsize at = part.offset[0] + i * step;
        const float x = job->x[part.begin + i];

        if (x == 0)
          job->sum[at] += 1;
        else
          job->aside[at] *= x;
      }
}

/* The derivative is the product of all others, also where elements are 0. */
void
ph_reduce_prod_backward (const PhStep *step, PhRun *run)
{
  const ReduceState *state = step->state;
  ReduceJob job;

  if (!begin_backward (step, run, &job))
    return;
  for (gsize i = 0; i < ph_shape_count (&state->kept); i++)
    {
      job.sum[i] = 0;
      job.aside[i] = 1;
    }
  ph_reduce_walk (step, factor_groups, &job);
  run_backward (step, &job, prod_span);
}
