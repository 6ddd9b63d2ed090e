/* Max, Mean, Min and Sum of any number of inputs that stretch to a common shape.
 *
 * Where several inputs share the largest (smallest) value, they share the gradient equally. */

#include "ops/binary.h"

#include <math.h>
#include <string.h>

static gboolean
variadic_infer (PhStep *step, GError **error)
{
  PhShape out = step->in[0]->shape;

  for (guint i = 0; i < step->n_inputs; i++)
    {
      PhShape common;

      if (step->in[i] == NULL || step->in[i]->type != step->in[0]->type)
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                             "expected inputs of type %s, input %u has %s",
                             ph_type_name (step->in[0]->type), i + 1,
                             step->in[i] == NULL ? "none" : ph_type_name (step->in[i]->type));
      if (!ph_shape_broadcast (&out, &step->in[i]->shape, &common))
        {
          g_autofree char *want = ph_shape_dup_string (&out);
          g_autofree char *have = ph_shape_dup_string (&step->in[i]->shape);
          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "expected input %u to stretch with %s, got %s", i + 1, want, have);
        }
      out = common;
    }
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

static gboolean
variadic_infer_real (PhStep *step, GError **error)
{
  if (!ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected real numbers, got %s",
                         ph_type_name (step->in[0]->type));
  return variadic_infer (step, error);
}

/* y = x for the first input, y = f (y, x) for each further one. */
typedef struct
{
  PhBroadcast walk;
  gboolean first;
  float scale; /* applied with the last input */
  gconstpointer x;
  gpointer y;
} Fold;

#define FOLD_SPAN(NAME, TYPE, EXPRESSION)                                                          \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const Fold *f = data;                                                                          \
    const gsize step = ph_broadcast_step (&f->walk, 0);                                            \
    const float scale G_GNUC_UNUSED = f->scale;                                                    \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&f->walk, begin, end, &part); part.n > 0;                             \
         ph_broadcast_next (&f->walk, &part))                                                      \
      {                                                                                            \
        const TYPE *px = (const TYPE *)f->x + part.offset[0];                                      \
        TYPE *py = (TYPE *)f->y + part.begin;                                                      \
        if (f->first)                                                                              \
          for (gsize i = 0; i < part.n; i++)                                                       \
            py[i] = px[i * step];                                                                  \
        else if (step == 0)                                                                        \
          PH_FOR_ELEMENTS (i, 0, part.n)                                                           \
          {                                                                                        \
            const TYPE x = px[0], y = py[i];                                                       \
            py[i] = (EXPRESSION);                                                                  \
          }                                                                                        \
        else                                                                                       \
          PH_FOR_ELEMENTS (i, 0, part.n)                                                           \
          {                                                                                        \
            const TYPE x = px[i], y = py[i];                                                       \
            py[i] = (EXPRESSION);                                                                  \
          }                                                                                        \
      }                                                                                            \
  }

FOLD_SPAN (max_span, float, x > y || isnan (x) ? x : y)
FOLD_SPAN (max_int_span, gint64, MAX (x, y))
FOLD_SPAN (max_uint_span, guint64, MAX (x, y))
FOLD_SPAN (min_span, float, x < y || isnan (x) ? x : y)
FOLD_SPAN (min_int_span, gint64, MIN (x, y))
FOLD_SPAN (min_uint_span, guint64, MIN (x, y))
FOLD_SPAN (sum_span, float, (x + y) * scale)

static void
fold_inputs (const PhStep *step, PhRun *run, PhParallelFunc func, float scale)
{
  Fold f = { .scale = 1, .y = ph_run_out (run, step, 0) };

  for (guint k = 0; k < step->n_inputs; k++)
    {
      ph_broadcast_init (&f.walk, &step->out[0]->shape, (const PhShape *[]){ &step->in[k]->shape },
                         1);
      f.x = ph_run_in (run, step, k);
      f.first = k == 0;
      f.scale = k + 1 == step->n_inputs ? scale : 1;
      ph_parallel_for (ph_shape_count (&step->out[0]->shape), PH_GRAIN, func, &f);
    }
}

static PhParallelFunc
pick (const PhStep *step, PhParallelFunc real, PhParallelFunc ints, PhParallelFunc uints)
{
  PhType type = step->in[0]->type;

  return ph_type_is_real (type) ? real : type == PH_TYPE_UINT64 ? uints : ints;
}

static void
max_forward (const PhStep *step, PhRun *run)
{
  fold_inputs (step, run, pick (step, max_span, max_int_span, max_uint_span), 1);
}

static void
min_forward (const PhStep *step, PhRun *run)
{
  fold_inputs (step, run, pick (step, min_span, min_int_span, min_uint_span), 1);
}

static void
sum_forward (const PhStep *step, PhRun *run)
{
  fold_inputs (step, run, sum_span, 1);
}

static void
mean_forward (const PhStep *step, PhRun *run)
{
  fold_inputs (step, run, sum_span, 1.0f / (float)step->n_inputs);
}

/* Max and Min of more than two: share = dy / (number of inputs equal to y), then each of those
 * inputs gets it. */

static gboolean
extreme_prepare (PhStep *step, GError **error)
{
  if (step->n_inputs == 2)
    step->keep_outputs = 0;
  else if (step->wants_gradient)
    step->scratch_size = 2 * sizeof (float) * ph_shape_count (&step->out[0]->shape);
  return TRUE;
}

/* Of two inputs, the usual number, each tells by the other. */
PH_BINARY_BACK_ROW (larger_back_a, PH_LOAD_AB, a > b ? d : a == b ? 0.5f * d : 0)
PH_BINARY_BACK_ROW (larger_back_b, PH_LOAD_AB, b > a ? d : a == b ? 0.5f * d : 0)

typedef struct
{
  PhBroadcast walk;
  const float *x, *y, *dy, *share;
  float *to;
} Share;

/* One loop for an input that is the same along the row, one for neighbours. */
#define SHARE_SPAN(NAME, STATEMENT)                                                                \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const Share *s = data;                                                                         \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&s->walk, begin, end, &part); part.n > 0;                             \
         ph_broadcast_next (&s->walk, &part))                                                      \
      {                                                                                            \
        const float *px = s->x + part.offset[0], *y = s->y + part.begin;                           \
        const float *share G_GNUC_UNUSED = s->share + part.begin;                                  \
        float *to = s->to + part.begin;                                                            \
        if (ph_broadcast_step (&s->walk, 0) == 0)                                                  \
          PH_FOR_ELEMENTS (i, 0, part.n)                                                           \
          {                                                                                        \
            const float x = px[0];                                                                 \
            STATEMENT;                                                                             \
          }                                                                                        \
        else                                                                                       \
          PH_FOR_ELEMENTS (i, 0, part.n)                                                           \
          {                                                                                        \
            const float x = px[i];                                                                 \
            STATEMENT;                                                                             \
          }                                                                                        \
      }                                                                                            \
  }

SHARE_SPAN (count_span, to[i] += x == y[i] ? 1.0f : 0.0f)
SHARE_SPAN (select_span, to[i] = x == y[i] ? share[i] : 0)

static void
divide_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const Share *s = data;

  PH_FOR_ELEMENTS (i, begin, end)
  {
    s->to[i] = s->to[i] > 0 ? s->dy[i] / s->to[i] : 0;
  }
}

static void
extreme_backward (const PhStep *step, PhRun *run)
{
  const PhShape *out = &step->out[0]->shape;
  gsize n = ph_shape_count (out);
  float *share = ph_run_scratch (run, step), *selected = share + n;
  Share s = { .y = ph_run_out (run, step, 0),
              .dy = ph_run_out_grad (run, step, 0),
              .share = share,
              .to = share };

  if (s.dy == NULL)
    return;
  memset (share, 0, n * sizeof (float));
  for (guint k = 0; k < step->n_inputs; k++)
    {
      ph_broadcast_init (&s.walk, out, (const PhShape *[]){ &step->in[k]->shape }, 1);
      s.x = ph_run_in (run, step, k);
      ph_parallel_for (n, PH_GRAIN, count_span, &s);
    }
  ph_parallel_for (n, PH_GRAIN, divide_span, &s);
  s.to = selected;
  for (guint k = 0; k < step->n_inputs; k++)
    {
      float *dx = ph_run_in_grad (run, step, k);

      if (dx == NULL)
        continue;
      ph_broadcast_init (&s.walk, out, (const PhShape *[]){ &step->in[k]->shape }, 1);
      s.x = ph_run_in (run, step, k);
      ph_parallel_for (n, PH_GRAIN, select_span, &s);
      ph_stretch_add (out, &step->in[k]->shape, 1, selected, ph_run_accumulates (run, step, k), dx);
    }
}

static void
max_backward (const PhStep *step, PhRun *run)
{
  if (step->n_inputs == 2)
    ph_binary_backward (step, run, larger_back_a, larger_back_b);
  else
    extreme_backward (step, run);
}

/* The smaller of two is the one that is not the larger. */
static void
min_backward (const PhStep *step, PhRun *run)
{
  if (step->n_inputs == 2)
    ph_binary_backward (step, run, larger_back_b, larger_back_a);
  else
    extreme_backward (step, run);
}

static void
spread_backward (const PhStep *step, PhRun *run, float scale)
{
  const float *dy = ph_run_out_grad (run, step, 0);

  if (dy == NULL)
    return;
  for (guint k = 0; k < step->n_inputs; k++)
    {
      float *dx = ph_run_in_grad (run, step, k);

      if (dx != NULL)
        ph_stretch_add (&step->out[0]->shape, &step->in[k]->shape, scale, dy,
                        ph_run_accumulates (run, step, k), dx);
    }
}

static void
sum_backward (const PhStep *step, PhRun *run)
{
  spread_backward (step, run, 1);
}

static void
mean_backward (const PhStep *step, PhRun *run)
{
  spread_backward (step, run, 1.0f / (float)step->n_inputs);
}

#define VARIADIC_CLASS(SYMBOL, NAME, SUMMARY, KEEP, INFER, PREPARE, BACKWARD)                      \
  const PhOpClass ph_op_##NAME = {                                                                 \
    .name = #NAME,                                                                                 \
    .summary = SUMMARY,                                                                            \
    .min_inputs = 1,                                                                               \
    .max_inputs = G_MAXUINT,                                                                       \
    .max_outputs = 1,                                                                              \
    .flags = PH_OP_POINTWISE | PH_OP_OVERWRITES | (KEEP),                                          \
    .infer = INFER,                                                                                \
    .prepare = PREPARE,                                                                            \
    .forward = SYMBOL##_forward,                                                                   \
    .backward = BACKWARD,                                                                          \
  };

VARIADIC_CLASS (max, Max, "largest of the inputs", PH_OP_KEEP_INPUTS | PH_OP_KEEP_OUTPUTS,
                variadic_infer, extreme_prepare, max_backward)
VARIADIC_CLASS (mean, Mean, "mean of the inputs", 0, variadic_infer_real, NULL, mean_backward)
VARIADIC_CLASS (min, Min, "smallest of the inputs", PH_OP_KEEP_INPUTS | PH_OP_KEEP_OUTPUTS,
                variadic_infer, extreme_prepare, min_backward)
VARIADIC_CLASS (sum, Sum, "sum of the inputs", 0, variadic_infer_real, NULL, sum_backward)
