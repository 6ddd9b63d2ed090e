/* Comparisons and logic, answered by a bool, and the choice made by one. */

#include "ops/binary.h"

#include <string.h>

typedef struct
{
  PhBroadcast walk;
  gconstpointer a, b;
  gint64 *y;
} Question;

#define QUESTION_SPAN(NAME, TYPE, EXPRESSION)                                                      \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const Question *q = data;                                                                      \
    const gsize step_a = ph_broadcast_step (&q->walk, 0);                                          \
    const gsize step_b = ph_broadcast_step (&q->walk, 1);                                          \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&q->walk, begin, end, &part); part.n > 0;                             \
         ph_broadcast_next (&q->walk, &part))                                                      \
      {                                                                                            \
        const TYPE *pa = (const TYPE *)q->a + part.offset[0];                                      \
        const TYPE *pb = (const TYPE *)q->b + part.offset[1];                                      \
        gint64 *y = q->y + part.begin;                                                             \
        for (gsize i = 0; i < part.n; i++)                                                         \
          {                                                                                        \
            const TYPE a = pa[i * step_a], b = pb[i * step_b];                                     \
            y[i] = (EXPRESSION);                                                                   \
          }                                                                                        \
      }                                                                                            \
  }

static gboolean
compare_infer (PhStep *step, GError **error)
{
  if (!ph_binary_infer (step, error))
    return FALSE;
  step->out[0]->type = PH_TYPE_BOOL;
  return TRUE;
}

static gboolean
logic_infer (PhStep *step, GError **error)
{
  if (step->in[0]->type != PH_TYPE_BOOL)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected bool, got %s",
                         ph_type_name (step->in[0]->type));
  return compare_infer (step, error);
}

static void
run_question (const PhStep *step, PhRun *run, PhParallelFunc func)
{
  Question q = { .a = ph_run_in (run, step, 0),
                 .b = ph_run_in (run, step, 1),
                 .y = ph_run_out (run, step, 0) };

  ph_broadcast_init (&q.walk, &step->out[0]->shape,
                     (const PhShape *[]){ &step->in[0]->shape, &step->in[1]->shape }, 2);
  ph_parallel_for (ph_shape_count (&step->out[0]->shape), PH_GRAIN, func, &q);
}

#define QUESTION_CLASS(SYMBOL, NAME, SUMMARY, INFER)                                               \
  const PhOpClass ph_op_##NAME = {                                                                 \
    .name = #NAME,                                                                                 \
    .summary = SUMMARY,                                                                            \
    .min_inputs = 2,                                                                               \
    .max_inputs = 2,                                                                               \
    .max_outputs = 1,                                                                              \
    .flags = PH_OP_POINTWISE,                                                                      \
    .infer = INFER,                                                                                \
    .forward = SYMBOL##_forward,                                                                   \
  };

#define COMPARISON(SYMBOL, NAME, SUMMARY, OPERATOR)                                                \
  QUESTION_SPAN (SYMBOL##_span, float, a OPERATOR b)                                               \
  QUESTION_SPAN (SYMBOL##_int_span, gint64, a OPERATOR b)                                          \
  QUESTION_SPAN (SYMBOL##_uint_span, guint64, a OPERATOR b)                                        \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    PhType type = step->in[0]->type;                                                               \
    run_question (step, run,                                                                       \
                  ph_type_is_real (type)   ? SYMBOL##_span                                         \
                  : type == PH_TYPE_UINT64 ? SYMBOL##_uint_span                                    \
                                           : SYMBOL##_int_span);                                   \
  }                                                                                                \
  QUESTION_CLASS (SYMBOL, NAME, SUMMARY, compare_infer)

#define LOGIC(SYMBOL, NAME, SUMMARY, EXPRESSION)                                                   \
  QUESTION_SPAN (SYMBOL##_span, gint64, EXPRESSION)                                                \
  static void SYMBOL##_forward (const PhStep *step, PhRun *run)                                    \
  {                                                                                                \
    run_question (step, run, SYMBOL##_span);                                                       \
  }                                                                                                \
  QUESTION_CLASS (SYMBOL, NAME, SUMMARY, logic_infer)

COMPARISON (equal, Equal, "whether a = b", ==)
COMPARISON (greater, Greater, "whether a > b", >)
COMPARISON (greater_or_equal, GreaterOrEqual, "whether a >= b", >=)
COMPARISON (less, Less, "whether a < b", <)
COMPARISON (less_or_equal, LessOrEqual, "whether a <= b", <=)
LOGIC (and, And, "whether a and b hold", a != 0 && b != 0)
LOGIC (or, Or, "whether a or b holds", a != 0 || b != 0)
LOGIC (xor, Xor, "whether exactly one of a and b holds", (a != 0) != (b != 0))

/* Where: the gradient goes to the branch that was chosen. */

static gboolean
where_infer (PhStep *step, GError **error)
{
  const PhSpec *c = step->in[0], *a = step->in[1], *b = step->in[2];
  PhShape branches, out;

  if (c->type != PH_TYPE_BOOL || a->type != b->type)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected a bool and two branches of one type, got %s, %s and %s",
                         ph_type_name (c->type), ph_type_name (a->type), ph_type_name (b->type));
  if (!ph_shape_broadcast (&a->shape, &b->shape, &branches) ||
      !ph_shape_broadcast (&branches, &c->shape, &out))
    {
      g_autofree char *text_c = ph_shape_dup_string (&c->shape);
      g_autofree char *text_a = ph_shape_dup_string (&a->shape);
      g_autofree char *text_b = ph_shape_dup_string (&b->shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected shapes that stretch to a common one, got %s, %s and %s",
                           text_c, text_a, text_b);
    }
  step->keep_inputs = 1;
  ph_step_set_out (step, 0, a->type, &out);
  return TRUE;
}

static gboolean
where_prepare (PhStep *step, GError **error)
{
  if (step->wants_gradient)
    step->scratch_size = sizeof (float) * ph_shape_count (&step->out[0]->shape);
  return TRUE;
}

typedef struct
{
  PhBroadcast walk;
  const gint64 *condition;
  gconstpointer a, b;
  gpointer y;
} Choice;

#define CHOICE_SPAN(NAME, TYPE)                                                                    \
  static void NAME (gsize begin, gsize end, guint thread, gpointer data)                           \
  {                                                                                                \
    const Choice *w = data;                                                                        \
    const gsize step_c = ph_broadcast_step (&w->walk, 0);                                          \
    const gsize step_a = ph_broadcast_step (&w->walk, 1);                                          \
    const gsize step_b = ph_broadcast_step (&w->walk, 2);                                          \
    PhBroadcastPart part;                                                                          \
    for (ph_broadcast_first (&w->walk, begin, end, &part); part.n > 0;                             \
         ph_broadcast_next (&w->walk, &part))                                                      \
      {                                                                                            \
        const gint64 *c = w->condition + part.offset[0];                                           \
        const TYPE *a = (const TYPE *)w->a + part.offset[1];                                       \
        const TYPE *b = (const TYPE *)w->b + part.offset[2];                                       \
        TYPE *y = (TYPE *)w->y + part.begin;                                                       \
        for (gsize i = 0; i < part.n; i++)                                                         \
          y[i] = c[i * step_c] != 0 ? a[i * step_a] : b[i * step_b];                               \
      }                                                                                            \
  }

CHOICE_SPAN (choice_span, float)
CHOICE_SPAN (choice_int_span, gint64)

static void
where_forward (const PhStep *step, PhRun *run)
{
  Choice w = { .condition = ph_run_in (run, step, 0),
               .a = ph_run_in (run, step, 1),
               .b = ph_run_in (run, step, 2),
               .y = ph_run_out (run, step, 0) };

  ph_broadcast_init (
      &w.walk, &step->out[0]->shape,
      (const PhShape *[]){ &step->in[0]->shape, &step->in[1]->shape, &step->in[2]->shape }, 3);
  ph_parallel_for (ph_shape_count (&step->out[0]->shape), PH_GRAIN,
                   ph_type_is_real (step->in[1]->type) ? choice_span : choice_int_span, &w);
}

static void
where_backward (const PhStep *step, PhRun *run)
{
  const PhShape *out = &step->out[0]->shape, scalar = { 0 };
  const float *dy = ph_run_out_grad (run, step, 0);
  const float zero = 0;
  float *chosen = ph_run_scratch (run, step);

  for (guint i = 1; i <= 2 && dy != NULL; i++)
    {
      float *dx = ph_run_in_grad (run, step, i);
      Choice w = { .condition = ph_run_in (run, step, 0),
                   .a = i == 1 ? dy : &zero,
                   .b = i == 1 ? &zero : dy,
                   .y = chosen };

      if (dx == NULL)
        continue;
      ph_broadcast_init (&w.walk, out,
                         (const PhShape *[]){ &step->in[0]->shape, i == 1 ? out : &scalar,
                                              i == 1 ? &scalar : out },
                         3);
      ph_parallel_for (ph_shape_count (out), PH_GRAIN, choice_span, &w);
      ph_stretch_add (out, &step->in[i]->shape, 1, chosen, ph_run_accumulates (run, step, i), dx);
    }
}

const PhOpClass ph_op_Where = {
  .name = "Where",
  .summary = "a where the condition holds, else b",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_OVERWRITES | PH_OP_KEEP_INPUTS,
  .infer = where_infer,
  .prepare = where_prepare,
  .forward = where_forward,
  .backward = where_backward,
};
