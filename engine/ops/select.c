#include <string.h>

#include "network/op.h"

/* OneHot, NonZero and Compress: operators that choose by value. */

typedef struct
{
  gint64 axis;
  gboolean has_axis;
} SelectConfig;

/* OneHot: the input (outer, inner) becomes (outer, depth, inner). */

typedef struct
{
  gint64 depth;
  gsize outer, inner;
} OneHotState;

static gboolean
one_hot_configure (PhNode *node, GError **error)
{
  SelectConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", -1);
  return TRUE;
}

static gboolean
one_hot_infer (PhStep *step, GError **error)
{
  const SelectConfig *config = step->config;
  OneHotState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  const PhTensor *depth = ph_step_constant (step, 1);
  int axis = ph_shape_axis (config->axis, x->rank + 1);
  PhShape y = { .rank = 0 };

  if (depth == NULL || depth->n != 1)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "OneHot: the depth must be a number that is known before the run");
  state->depth = ph_tensor_get_int (depth, 0);
  if (axis < 0 || x->rank + 1 > PH_MAX_RANK || state->depth < 0 || state->depth > G_MAXINT32)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "OneHot: a new axis %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                         " elements for a tensor with %u axes",
                         config->axis, state->depth, x->rank);
  if (ph_shape_count (&step->in[2]->shape) != 2)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "OneHot: %" G_GSIZE_FORMAT " values, 2 expected (off and on)",
                         ph_shape_count (&step->in[2]->shape));
  for (guint i = 0; i <= x->rank; i++)
    {
      if (i == (guint)axis)
        y.dim[y.rank++] = state->depth;
      if (i < x->rank)
        y.dim[y.rank++] = x->dim[i];
    }
  state->outer = ph_shape_count_range (x, 0, (guint)axis);
  state->inner = ph_shape_count_range (x, (guint)axis, x->rank);
  ph_step_set_out (step, 0, step->in[2]->type, &y);
  return TRUE;
}

static void
one_hot_forward (const PhStep *step, PhRun *run)
{
  const OneHotState *state = step->state;
  gboolean real = ph_type_is_real (step->in[0]->type);
  gconstpointer x = ph_run_in (run, step, 0);
  const char *values = ph_run_in (run, step, 2);
  char *y = ph_run_out (run, step, 0);
  gsize element = ph_type_size (step->out[0]->type), n = ph_shape_count (&step->out[0]->shape);

  for (gsize i = 0; i < n; i++)
    memcpy (y + i * element, values, element);
  for (gsize i = 0; i < state->outer * state->inner; i++)
    {
      gint64 at = real ? (gint64)((const float *)x)[i] : ((const gint64 *)x)[i];

      if (at < 0)
        at += state->depth;
      if (at < 0 || at >= state->depth)
        continue;

      gsize to =
          (i / state->inner * (gsize)state->depth + (gsize)at) * state->inner + i % state->inner;

      memcpy (y + to * element, values + element, element);
    }
}

const PhOpClass ph_op_OneHot = {
  .name = "OneHot",
  .summary = "numbers as rows in which one place is on",
  .min_inputs = 3,
  .max_inputs = 3,
  .max_outputs = 1,
  .config_size = sizeof (SelectConfig),
  .state_size = sizeof (OneHotState),
  .configure = one_hot_configure,
  .infer = one_hot_infer,
  .forward = one_hot_forward,
};

/* NonZero: only of known values, since the output's shape depends on them. */

static gboolean
is_set (const PhTensor *tensor, gsize i)
{
  return ph_type_is_real (tensor->type) ? tensor->f[i] != 0 : tensor->i[i] != 0;
}

static gboolean
non_zero_infer (PhStep *step, GError **error)
{
  const PhTensor *x = ph_step_constant (step, 0);
  gint64 n = 0;

  if (x == NULL)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "NonZero: its input must be known before the run");
  for (gsize i = 0; i < x->n; i++)
    n += is_set (x, i);

  PhShape y = PH_SHAPE (x->shape.rank, n);

  ph_step_set_out (step, 0, PH_TYPE_INT64, &y);
  return TRUE;
}

static void
non_zero_forward (const PhStep *step, PhRun *run)
{
  const PhTensor *x = ph_step_constant (step, 0);
  gint64 *y = ph_run_out (run, step, 0);
  gsize n = (gsize)step->out[0]->shape.dim[1], found = 0;

  for (gsize i = 0; i < x->n; i++)
    {
      gsize rest = i;

      if (!is_set (x, i))
        continue;
      for (guint axis = x->shape.rank; axis-- > 0;)
        {
          y[axis * n + found] = (gint64)(rest % (gsize)x->shape.dim[axis]);
          rest /= (gsize)x->shape.dim[axis];
        }
      found++;
    }
}

const PhOpClass ph_op_NonZero = {
  .name = "NonZero",
  .summary = "coordinates of the elements that are not zero, of a known tensor",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .infer = non_zero_infer,
  .forward = non_zero_forward,
};

/* Compress: slices whose condition, a known tensor, is true. */

typedef struct
{
  gsize *kept; /* owned */
  gsize n_kept, extent, outer, inner;
} CompressState;

static gboolean
compress_configure (PhNode *node, GError **error)
{
  SelectConfig *config = node->config;

  config->has_axis = ph_attrs_has (node->attrs, "axis");
  config->axis = ph_attrs_get_int (node->attrs, "axis", 0);
  return TRUE;
}

static gboolean
compress_infer (PhStep *step, GError **error)
{
  const SelectConfig *config = step->config;
  CompressState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  const PhTensor *condition = ph_step_constant (step, 1);
  PhShape y = { .rank = 1 };
  int axis = 0;

  state->outer = state->inner = 1;
  state->extent = ph_shape_count (x);
  if (condition == NULL)
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "Compress: its condition must be known before the run");
  if (config->has_axis)
    {
      axis = ph_shape_axis (config->axis, x->rank);
      if (axis < 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Compress: axis %" G_GINT64_FORMAT " of a tensor with %u axes",
                             config->axis, x->rank);
      y = *x;
      state->extent = (gsize)x->dim[axis];
      state->outer = ph_shape_count_range (x, 0, (guint)axis);
      state->inner = ph_shape_count_range (x, (guint)axis + 1, x->rank);
    }
  if (condition->n > state->extent)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Compress: %" G_GSIZE_FORMAT " conditions for %" G_GSIZE_FORMAT
                         " elements",
                         condition->n, state->extent);
  state->kept = g_new (gsize, condition->n + 1);
  for (gsize i = 0; i < condition->n; i++)
    if (is_set (condition, i))
      state->kept[state->n_kept++] = i;
  y.dim[axis] = (gint64)state->n_kept;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static void
compress_clear_state (gpointer data)
{
  CompressState *state = data;

  g_clear_pointer (&state->kept, g_free);
}

static void
compress_forward (const PhStep *step, PhRun *run)
{
  const CompressState *state = step->state;
  gsize block = state->inner * ph_type_size (step->in[0]->type);
  const char *x = ph_run_in (run, step, 0);
  char *y = ph_run_out (run, step, 0);

  for (gsize o = 0; o < state->outer; o++)
    for (gsize i = 0; i < state->n_kept; i++, y += block)
      memcpy (y, x + (o * state->extent + state->kept[i]) * block, block);
}

static void
compress_backward (const PhStep *step, PhRun *run)
{
  const CompressState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);

  for (gsize o = 0; dx != NULL && o < state->outer; o++)
    for (gsize i = 0; i < state->n_kept; i++, dy += state->inner)
      for (gsize j = 0; j < state->inner; j++)
        dx[(o * state->extent + state->kept[i]) * state->inner + j] += dy[j];
}

const PhOpClass ph_op_Compress = {
  .name = "Compress",
  .summary = "slices whose condition is true, of a known condition",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .config_size = sizeof (SelectConfig),
  .state_size = sizeof (CompressState),
  .configure = compress_configure,
  .infer = compress_infer,
  .clear_state = compress_clear_state,
  .forward = compress_forward,
  .backward = compress_backward,
};
