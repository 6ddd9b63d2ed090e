/* MatMul: matrix products over batches that stretch to a common shape, as NumPy's matmul. */

#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "network/op.h"
#include "ops/broadcast.h"

#include <string.h>

/* Multiplications worth handing to another thread. */
#define PRODUCT_GRAIN 32768

/**
 * MatMulState:
 * @batches: products to do; 1 when b is a single matrix, whose rows of a then are all rows of a
 * @walk: offsets of both in whole matrices
 *
 * y (batches, m, n) = a (batches, m, k) * b (batches, k, n).
 */
typedef struct
{
  gsize batches, m, n, k;
  PhBroadcast walk;
} MatMulState;

static gboolean
matmul_infer (PhStep *step, GError **error)
{
  MatMulState *state = step->state;
  PhShape a = step->in[0]->shape, b = step->in[1]->shape, out;
  g_autofree char *text_a = ph_shape_dup_string (&a);
  g_autofree char *text_b = ph_shape_dup_string (&b);
  gboolean row = a.rank == 1, column = b.rank == 1;

  if (step->in[0]->type != step->in[1]->type)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected two inputs of one type, got %s and %s",
                         ph_type_name (step->in[0]->type), ph_type_name (step->in[1]->type));
  if (a.rank == 0 || b.rank == 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "expected matrices, got %s and %s", text_a,
                         text_b);
  if (row)
    a = PH_SHAPE (1, a.dim[0]);
  if (column)
    b = PH_SHAPE (b.dim[0], 1);
  state->m = (gsize)a.dim[a.rank - 2];
  state->k = (gsize)a.dim[a.rank - 1];
  state->n = (gsize)b.dim[b.rank - 1];
  if (b.dim[b.rank - 2] != a.dim[a.rank - 1])
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "expected as many rows on the right as columns on the left, got %s and %s",
                         text_a, text_b);
  a.rank -= 2;
  b.rank -= 2;
  if (!ph_shape_broadcast (&a, &b, &out))
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "expected batches that stretch to a common shape, got %s and %s", text_a,
                         text_b);
  ph_broadcast_init (&state->walk, &out, (const PhShape *[]){ &a, &b }, 2);
  state->batches = ph_shape_count (&out);
  if (ph_shape_count (&b) == 1 && ph_shape_count (&a) == state->batches)
    {
      state->m *= state->batches;
      state->batches = 1;
    }
  if (out.rank + !row + !column > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "expected at most %d axes, got %s and %s",
                         PH_MAX_RANK, text_a, text_b);
  if (!row)
    out.dim[out.rank++] = step->in[0]->shape.dim[step->in[0]->shape.rank - 2];
  if (!column)
    out.dim[out.rank++] = (gint64)state->n;
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

/* Each gradient reads the other matrix only. */
static gboolean
matmul_prepare (PhStep *step, GError **error)
{
  step->keep_inputs = (step->gradient_inputs & 1 ? 2 : 0) | (step->gradient_inputs & 2 ? 1 : 0);
  return TRUE;
}

typedef struct
{
  const MatMulState *state;
  gconstpointer a, b;
  gpointer y;
  const float *dy;
  float beta;
} Job;

static void
find_matrices (const MatMulState *s, gsize batch, gsize *a, gsize *b)
{
  PhBroadcastPart part;

  ph_broadcast_first (&s->walk, batch, batch + 1, &part);
  *a = part.offset[0] * s->m * s->k;
  *b = part.offset[1] * s->k * s->n;
}

static void
multiply_batches (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const MatMulState *s = job->state;

  for (gsize i = begin; i < end; i++)
    {
      gsize a, b;
      find_matrices (s, i, &a, &b);
      ph_gemm (FALSE, FALSE, s->m, s->n, s->k, 1, (const float *)job->a + a, s->k,
               (const float *)job->b + b, s->n, 0, (float *)job->y + i * s->m * s->n, s->n);
    }
}

static void
multiply_ints (const Job *job, PhType type)
{
  const MatMulState *s = job->state;

  for (gsize i = 0; i < s->batches; i++)
    {
      gsize at_a, at_b;
      find_matrices (s, i, &at_a, &at_b);
      const gint64 *a = (const gint64 *)job->a + at_a, *b = (const gint64 *)job->b + at_b;
      gint64 *y = (gint64 *)job->y + i * s->m * s->n;

      for (gsize row = 0; row < s->m; row++)
        for (gsize column = 0; column < s->n; column++)
          {
            guint64 sum = 0;
            for (gsize l = 0; l < s->k; l++)
              sum += (guint64)a[row * s->k + l] * (guint64)b[l * s->n + column];
            y[row * s->n + column] = ph_type_wrap (type, (gint64)sum);
          }
    }
}

/* da = dy * bᵀ */
static void
backward_a (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const MatMulState *s = job->state;

  for (gsize i = begin; i < end; i++)
    {
      gsize a, b;
      find_matrices (s, i, &a, &b);
      ph_gemm (FALSE, TRUE, s->m, s->k, s->n, 1, job->dy + i * s->m * s->n, s->n,
               (const float *)job->b + b, s->n, job->beta, (float *)job->y + a, s->k);
    }
}

/* db = aᵀ * dy */
static void
backward_b (gsize begin, gsize end, guint thread, gpointer data)
{
  const Job *job = data;
  const MatMulState *s = job->state;

  for (gsize i = begin; i < end; i++)
    {
      gsize a, b;
      find_matrices (s, i, &a, &b);
      ph_gemm (TRUE, FALSE, s->k, s->n, s->m, 1, (const float *)job->a + a, s->k,
               job->dy + i * s->m * s->n, s->n, job->beta, (float *)job->y + b, s->n);
    }
}

/* Few large products are split inside, many small ones are shared out. */
static void
run_batches (Job *job, PhParallelFunc func, gboolean shared)
{
  const MatMulState *s = job->state;
  gsize cost = MAX (s->m * s->n * s->k, 1);

  if (shared || s->batches < ph_parallel_get_threads ())
    func (0, s->batches, 0, job);
  else
    ph_parallel_for (s->batches, MAX (PRODUCT_GRAIN / cost, 1), func, job);
}

static void
matmul_forward (const PhStep *step, PhRun *run)
{
  Job job = { .state = step->state,
              .a = ph_run_in (run, step, 0),
              .b = ph_run_in (run, step, 1),
              .y = ph_run_out (run, step, 0) };

  if (!ph_type_is_real (step->in[0]->type))
    multiply_ints (&job, step->in[0]->type);
  else if (job.state->k == 0)
    memset (job.y, 0, ph_shape_count (&step->out[0]->shape) * sizeof (float));
  else
    run_batches (&job, multiply_batches, FALSE);
}

static void
matmul_backward (const PhStep *step, PhRun *run)
{
  const MatMulState *s = step->state;
  Job job = { .state = s,
              .a = ph_run_in (run, step, 0),
              .b = ph_run_in (run, step, 1),
              .dy = ph_run_out_grad (run, step, 0) };

  for (guint i = 0; i < 2 && job.dy != NULL; i++)
    {
      gsize count = ph_shape_count (&step->in[i]->shape);
      gboolean shared = count < s->batches * (i == 0 ? s->m * s->k : s->k * s->n);
      float *dx = ph_run_in_grad (run, step, i);

      if (dx == NULL)
        continue;
      gboolean add = ph_run_accumulates (run, step, i);
      if (!add && (shared || s->m == 0 || s->n == 0))
        memset (dx, 0, count * sizeof (float));
      job.beta = add || shared ? 1 : 0;
      job.y = dx;
      if (s->m > 0 && s->n > 0 && s->k > 0)
        run_batches (&job, i == 0 ? backward_a : backward_b, shared);
    }
}

const PhOpClass ph_op_MatMul = {
  .name = "MatMul",
  .summary = "matrix product over batches",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_KEEP_INPUTS | PH_OP_OVERWRITES,
  .roles = { PH_ROLE_WEIGHT, PH_ROLE_WEIGHT },
  .state_size = sizeof (MatMulState),
  .infer = matmul_infer,
  .prepare = matmul_prepare,
  .forward = matmul_forward,
  .backward = matmul_backward,
};
