#include <math.h>
#include <string.h>

#include "kernels/gate.h"
#include "kernels/parallel.h"
#include "kernels/pointwise.h"
#include "network/op.h"

/* Concat and Split: blocks of memory moved between one tensor and several along an axis. */

typedef struct
{
  gint64 axis;
  /* borrowed from the attributes; NULL when equal parts or an input say */
  const gint64 *sizes;
  gsize n_sizes;
} JoinConfig;

/* The whole tensor is (outer, extent, inner); part i has extents[i] of the middle axis. */
typedef struct
{
  guint axis, n;
  gint64 *extents; /* owned */
  gsize outer, inner;
} JoinState;

static gboolean
join_configure (PhNode *node, GError **error)
{
  JoinConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", 0);
  config->sizes = ph_attrs_get_ints (node->attrs, "split", &config->n_sizes);
  return TRUE;
}

static void
join_clear_state (gpointer data)
{
  JoinState *state = data;

  g_clear_pointer (&state->extents, g_free);
}

static gboolean
join_start (PhStep *step, const PhShape *shape, guint n, GError **error)
{
  const JoinConfig *config = step->config;
  JoinState *state = step->state;
  int axis = ph_shape_axis (config->axis, shape->rank);

  if (axis < 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: axis %" G_GINT64_FORMAT " of a tensor with %u axes", step->op->name,
                         config->axis, shape->rank);
  state->axis = (guint)axis;
  state->n = n;
  state->extents = g_new0 (gint64, n + 1);
  state->outer = ph_shape_count_range (shape, 0, state->axis);
  state->inner = ph_shape_count_range (shape, state->axis + 1, shape->rank);
  return TRUE;
}

typedef struct
{
  char *to;
  const char *from;
  gsize block, to_step, from_step;
  PhValueGate gate; /* for pass_blocks(), laid out like @to */
  gboolean add;
} BlockCopy;

static void
copy_blocks (gsize begin, gsize end, guint thread, gpointer data)
{
  const BlockCopy *copy = data;

  for (gsize i = begin; i < end; i++)
    memcpy (copy->to + i * copy->to_step, copy->from + i * copy->from_step, copy->block);
}

static void
pass_blocks (gsize begin, gsize end, guint thread, gpointer data)
{
  const BlockCopy *copy = data;

  for (gsize i = begin; i < end; i++)
    {
      const char *by = (const char *)copy->gate.values + i * copy->to_step;

      ph_pointwise_pass (copy->block / sizeof (float), (const float *)by,
                         (const float *)(copy->from + i * copy->from_step), copy->gate.low,
                         copy->gate.high, copy->add, (float *)(copy->to + i * copy->to_step));
    }
}

static void
add_blocks (gsize begin, gsize end, guint thread, gpointer data)
{
  const BlockCopy *copy = data;

  for (gsize i = begin; i < end; i++)
    {
      float *to = (float *)(copy->to + i * copy->to_step);
      const float *from = (const float *)(copy->from + i * copy->from_step);

      for (gsize j = 0; j < copy->block / sizeof (float); j++)
        to[j] += from[j];
    }
}

/* Moves part @i between the @whole and @part, in the direction that @gather says. Nothing moves
 * where the plan has put the part into the whole. */
static void
move_part (const JoinState *state, guint i, gsize element, gpointer whole, gpointer part,
           gboolean gather, gboolean add, const PhValueGate *gate)
{
  gsize total = 0, offset = 0;

  for (guint j = 0; j < state->n; j++)
    {
      if (j == i)
        offset = total;
      total += (gsize)state->extents[j];
    }

  gsize unit = state->inner * element, block = (gsize)state->extents[i] * unit;
  char *in_whole = (char *)whole + offset * unit;
  BlockCopy copy = {
    .to = gather ? in_whole : part,
    .from = gather ? part : in_whole,
    .block = block,
    .to_step = gather ? total * unit : block,
    .from_step = gather ? block : total * unit,
    .add = add,
  };
  PhParallelFunc func = add ? add_blocks : copy_blocks;

  if (in_whole == part)
    {
      if (gate != NULL)
        ph_pointwise_gate (block / sizeof (float), gate->values, gate->low, gate->high, part);
      return;
    }
  if (gate != NULL)
    {
      copy.gate = *gate;
      func = pass_blocks;
    }
  if (block > 0 && state->outer > 1)
    ph_parallel_for (state->outer, 65536 / block + 1, func, &copy);
  else if (block > 0)
    func (0, state->outer, 0, &copy);
}

static gboolean
concat_infer (PhStep *step, GError **error)
{
  JoinState *state = step->state;
  PhShape y = step->in[0]->shape;

  if (!join_start (step, &y, step->n_inputs, error))
    return FALSE;
  y.dim[state->axis] = 0;
  for (guint i = 0; i < step->n_inputs; i++)
    {
      if (step->in[i] == NULL)
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "Concat: input %u is missing", i + 1);

      PhShape rest = step->in[i]->shape, expected = step->in[0]->shape;

      if (rest.rank == expected.rank)
        {
          state->extents[i] = rest.dim[state->axis];
          rest.dim[state->axis] = expected.dim[state->axis];
        }
      if (!ph_shape_equal (&rest, &expected))
        {
          g_autofree char *first = ph_shape_dup_string (&step->in[0]->shape);
          g_autofree char *other = ph_shape_dup_string (&step->in[i]->shape);

          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "Concat: input 1 is %s, input %u is %s; they may differ in axis %u "
                               "only",
                               first, i + 1, other, state->axis);
        }
      if (ph_type_size (step->in[i]->type) != ph_type_size (step->in[0]->type))
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "Concat: %s and %s cannot be joined",
                             ph_type_name (step->in[0]->type), ph_type_name (step->in[i]->type));
      y.dim[state->axis] += state->extents[i];
    }
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

/* The same gate at all inputs can as well stand at the output. */
static gboolean
concat_gate (const PhStep *step, PhGate *gate)
{
  for (guint i = 0; i < step->n_inputs; i++)
    {
      const PhGate *here = ph_step_gate (step, i);

      if (here == NULL || (i > 0 && (here->low != gate->low || here->high != gate->high)))
        return FALSE;
      *gate = *here;
    }
  return TRUE;
}

static gboolean
concat_prepare (PhStep *step, GError **error)
{
  if (step->gated)
    g_clear_pointer (&step->gates, g_free);
  return TRUE;
}

static gboolean
concat_parts (const PhStep *step, guint i, gsize *offset)
{
  const JoinState *state = step->state;

  *offset = 0;
  for (guint j = 0; j < i; j++)
    *offset += (gsize)state->extents[j] * state->inner * ph_type_size (step->out[0]->type);
  return state->outer == 1;
}

static void
concat_forward (const PhStep *step, PhRun *run)
{
  const JoinState *state = step->state;
  gsize element = ph_type_size (step->out[0]->type);

  for (guint i = 0; i < state->n; i++)
    move_part (state, i, element, ph_run_out (run, step, 0), (gpointer)ph_run_in (run, step, i),
               TRUE, FALSE, NULL);
}

static void
concat_backward (const PhStep *step, PhRun *run)
{
  const JoinState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);

  for (guint i = 0; i < state->n; i++)
    {
      float *dx = ph_run_in_grad (run, step, i);

      const PhGate *gate = ph_run_gate (run, step, i);
      PhValueGate values = { ph_run_in (run, step, i), gate == NULL ? 0 : gate->low,
                             gate == NULL ? 0 : gate->high };

      if (dx != NULL)
        move_part (state, i, sizeof (float), (gpointer)dy, dx, FALSE,
                   ph_run_accumulates (run, step, i), gate == NULL ? NULL : &values);
    }
}

static void
concat_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const JoinState *state = step->state;
  guint rank = step->out[0]->shape.rank;

  *rows = *columns = (PhWindow){ .extent = 1, .stride = 1, .before = 0 };
  /* Joined side by side, a position may come from anywhere along the axis. */
  if (rank >= 3 && state->axis == rank - 2)
    rows->extent = INFINITY;
  if (rank >= 3 && state->axis == rank - 1)
    columns->extent = INFINITY;
}

const PhOpClass ph_op_Concat = {
  .name = "Concat",
  .summary = "tensors one behind the other along an axis",
  .min_inputs = 1,
  .max_inputs = G_MAXUINT,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES | PH_OP_GATES,
  .config_size = sizeof (JoinConfig),
  .state_size = sizeof (JoinState),
  .configure = join_configure,
  .infer = concat_infer,
  .gate = concat_gate,
  .prepare = concat_prepare,
  .clear_state = join_clear_state,
  .parts = concat_parts,
  .forward = concat_forward,
  .backward = concat_backward,
  .window = concat_window,
};

static gboolean
split_infer (PhStep *step, GError **error)
{
  const JoinConfig *config = step->config;
  JoinState *state = step->state;
  PhShape shape = step->in[0]->shape;
  const gint64 *sizes = config->sizes;
  gsize n_sizes = config->n_sizes;
  guint n = step->n_outputs;

  if (!join_start (step, &shape, n, error))
    return FALSE;
  if (step->node->opset >= 13)
    {
      sizes = NULL;
      if (step->in[1] != NULL &&
          (sizes = ph_step_get_ints (step, 1, "split", &n_sizes, error)) == NULL)
        return FALSE;
    }

  gint64 whole = shape.dim[state->axis], sum = 0;

  if (sizes != NULL && n_sizes != n)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "Split: %" G_GSIZE_FORMAT " sizes for %u outputs", n_sizes, n);
  if (sizes == NULL && whole % n != 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Split: %" G_GINT64_FORMAT " elements do not make %u equal parts", whole,
                         n);
  for (guint i = 0; i < n; i++)
    {
      state->extents[i] = sizes == NULL ? whole / n : sizes[i];
      if (state->extents[i] < 0 || state->extents[i] > whole)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Split: a part of %" G_GINT64_FORMAT " out of %" G_GINT64_FORMAT
                             " elements",
                             state->extents[i], whole);
      sum += state->extents[i];
      shape.dim[state->axis] = state->extents[i];
      ph_step_set_out (step, i, step->in[0]->type, &shape);
    }
  if (sum != whole)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Split: the parts have %" G_GINT64_FORMAT
                         " elements together, the input has %" G_GINT64_FORMAT,
                         sum, whole);
  return TRUE;
}

static void
split_forward (const PhStep *step, PhRun *run)
{
  const JoinState *state = step->state;

  for (guint i = 0; i < state->n; i++)
    {
      gpointer part = ph_run_out (run, step, i);

      if (part != NULL)
        move_part (state, i, ph_type_size (step->in[0]->type), (gpointer)ph_run_in (run, step, 0),
                   part, FALSE, FALSE, NULL);
    }
}

static void
split_backward (const PhStep *step, PhRun *run)
{
  const JoinState *state = step->state;
  float *dx = ph_run_in_grad (run, step, 0);

  for (guint i = 0; dx != NULL && i < state->n; i++)
    {
      const float *dy = ph_run_out_grad (run, step, i);

      if (dy != NULL)
        move_part (state, i, sizeof (float), dx, (gpointer)dy, TRUE, TRUE, NULL);
    }
}

const PhOpClass ph_op_Split = {
  .name = "Split",
  .summary = "a tensor cut into parts along an axis",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = G_MAXUINT,
  .config_size = sizeof (JoinConfig),
  .state_size = sizeof (JoinState),
  .configure = join_configure,
  .infer = split_infer,
  .clear_state = join_clear_state,
  .forward = split_forward,
  .backward = split_backward,
  .window = concat_window,
};
