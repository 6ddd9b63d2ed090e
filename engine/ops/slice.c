#include <string.h>

#include "ops/strided-private.h"

/* Attributes before version 10, inputs since. */
typedef struct
{
  /* borrowed from the attributes */
  const gint64 *starts, *ends, *axes;
  gsize n_starts, n_ends, n_axes;
} SliceConfig;

typedef struct
{
  PhStrided strided;
  gint64 first;              /* element of the input where the slice starts */
  gint64 start[PH_MAX_RANK]; /* per axis, and the step */
  gint64 step[PH_MAX_RANK];
} SliceState;

static gboolean
slice_configure (PhNode *node, GError **error)
{
  SliceConfig *config = node->config;

  config->starts = ph_attrs_get_ints (node->attrs, "starts", &config->n_starts);
  config->ends = ph_attrs_get_ints (node->attrs, "ends", &config->n_ends);
  config->axes = ph_attrs_get_ints (node->attrs, "axes", &config->n_axes);
  return TRUE;
}

/* The elements @start, @start + @step, … before @end (after it for negative steps), as NumPy
 * counts; limits beyond the tensor are moved to its ends. */
static gint64
slice_axis (gint64 n, gint64 end, gint64 step, gint64 *start)
{
  /* Ends such as INT64_MIN must not overflow; nothing changes outside -n … n. */
  gint64 s = CLAMP (*start, -n - 1, n), e = CLAMP (end, -n - 1, n);

  if (s < 0)
    s += n;
  if (e < 0)
    e += n;
  if (step > 0)
    {
      *start = CLAMP (s, 0, n);
      e = CLAMP (e, 0, n);
      return e <= *start ? 0 : (e - *start - 1) / step + 1;
    }
  *start = CLAMP (s, -1, n - 1);
  e = CLAMP (e, -1, n - 1);
  return e >= *start ? 0 : (*start - e - 1) / -step + 1;
}

static gboolean
slice_infer (PhStep *step, GError **error)
{
  const SliceConfig *config = step->config;
  SliceState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  const gint64 *starts = config->starts, *ends = config->ends, *axes = config->axes, *steps = NULL;
  gsize n = config->n_starts, n_ends = config->n_ends, n_axes = config->n_axes, n_steps = 0;

  if (step->node->opset >= 10)
    {
      axes = NULL;
      if ((starts = ph_step_get_ints (step, 1, "starts", &n, error)) == NULL ||
          (ends = ph_step_get_ints (step, 2, "ends", &n_ends, error)) == NULL)
        return FALSE;
      if (step->in[3] != NULL &&
          (axes = ph_step_get_ints (step, 3, "axes", &n_axes, error)) == NULL)
        return FALSE;
      if (step->in[4] != NULL &&
          (steps = ph_step_get_ints (step, 4, "steps", &n_steps, error)) == NULL)
        return FALSE;
    }
  if (n_ends != n || (axes != NULL && n_axes != n) || (steps != NULL && n_steps != n) ||
      (axes == NULL && n > x->rank))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "Slice: %" G_GSIZE_FORMAT " starts, %" G_GSIZE_FORMAT
                         " ends, %" G_GSIZE_FORMAT " axes and %" G_GSIZE_FORMAT
                         " steps for a tensor with %u axes",
                         n, n_ends, n_axes, n_steps, x->rank);

  PhShape y = *x;

  for (guint i = 0; i < x->rank; i++)
    state->step[i] = 1;
  for (gsize i = 0; i < n; i++)
    {
      int axis = ph_shape_axis (axes == NULL ? (gint64)i : axes[i], x->rank);
      gint64 stride = steps == NULL ? 1 : steps[i];

      if (axis < 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Slice: axis %" G_GINT64_FORMAT " of a tensor with %u axes", axes[i],
                             x->rank);
      if (stride == 0)
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "Slice: a step is 0");
      state->start[axis] = starts[i];
      state->step[axis] = CLAMP (stride, -G_MAXINT32, G_MAXINT32);
      y.dim[axis] = slice_axis (x->dim[axis], ends[i], state->step[axis], &state->start[axis]);
    }

  gint64 from[PH_MAX_RANK], to[PH_MAX_RANK];

  ph_shape_strides (x, from);
  ph_shape_strides (&y, to);
  step->is_view = ph_shape_equal (x, &y);
  for (guint i = 0; i < x->rank; i++)
    {
      state->first += state->start[i] * from[i];
      ph_strided_push (&state->strided, y.dim[i], state->step[i] * from[i], to[i]);
      step->is_view &= state->step[i] == 1 || x->dim[i] <= 1;
    }
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static void
slice_forward (const PhStep *step, PhRun *run)
{
  const SliceState *state = step->state;
  gsize element = ph_type_size (step->in[0]->type);

  if (!state->strided.is_empty)
    ph_strided_copy (&state->strided, element,
                     (const char *)ph_run_in (run, step, 0) + state->first * (gint64)element,
                     ph_run_out (run, step, 0));
}

static void
slice_backward (const PhStep *step, PhRun *run)
{
  const SliceState *state = step->state;
  float *dx = ph_run_in_grad (run, step, 0);
  PhStrided back = ph_strided_reverse (&state->strided);

  if (dx != NULL && !state->strided.is_empty)
    ph_strided_add (&back, ph_run_out_grad (run, step, 0), dx + state->first);
}

static void
slice_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const SliceState *state = step->state;
  guint rank = step->in[0]->shape.rank;

  *rows = *columns = (PhWindow){ .extent = 1, .stride = 1, .before = 0 };
  if (rank >= 1)
    *columns = (PhWindow){ .extent = 1,
                           .stride = (double)state->step[rank - 1],
                           .before = -(double)state->start[rank - 1] };
  if (rank >= 2)
    *rows = (PhWindow){ .extent = 1,
                        .stride = (double)state->step[rank - 2],
                        .before = -(double)state->start[rank - 2] };
}

const PhOpClass ph_op_Slice = {
  .name = "Slice",
  .summary = "a part of a tensor, with steps in either direction",
  .min_inputs = 1,
  .max_inputs = 5,
  .max_outputs = 1,
  .config_size = sizeof (SliceConfig),
  .state_size = sizeof (SliceState),
  .configure = slice_configure,
  .infer = slice_infer,
  .forward = slice_forward,
  .backward = slice_backward,
  .window = slice_window,
};
