#include <math.h>
#include <string.h>

#include "ops/mapped-private.h"
#include "ops/resize-private.h"

typedef struct
{
  PhResizeRule rule;
  float extrapolation;
  /* borrowed from the attributes of Upsample before version 9 */
  const float *scales;
  gsize n_scales;
} ResizeConfig;

/* Nearest neighbours are moved at once; other rules go axis by axis. */
typedef struct
{
  PhMapped mapped; /* owned tables, when mode is nearest */
  PhResizeTable table[PH_MAX_RANK];
  double scale[PH_MAX_RANK];
  guint axes[PH_MAX_RANK], n_axes; /* those that change, in the order they are done */
  gsize buffer;                    /* elements of the largest tensor between two axes */
} ResizeState;

static gboolean
read_choice (const PhAttrs *attrs, const char *name, const char *const *names, guint n,
             const char *value, guint *choice, GError **error)
{
  const char *text = ph_attrs_get_text (attrs, name, value);

  for (*choice = 0; *choice < n; (*choice)++)
    if (g_str_equal (names[*choice], text))
      return TRUE;
  return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED, "%s is \"%s\", which is not known", name,
                       text);
}

static gboolean
resize_configure (PhNode *node, GError **error)
{
  static const char *const modes[] = { "nearest", "linear", "cubic" };
  static const char *const coordinates[] = { "half_pixel",           "pytorch_half_pixel",
                                             "align_corners",        "asymmetric",
                                             "tf_half_pixel_for_nn", "tf_crop_and_resize" };
  static const char *const roundings[] = { "round_prefer_floor", "round_prefer_ceil", "floor",
                                           "ceil" };
  ResizeConfig *config = node->config;
  gboolean old = node->opset < 11 || g_str_equal (node->op_type, "Upsample");
  guint choice;

  if (!read_choice (node->attrs, "mode", modes, G_N_ELEMENTS (modes), "nearest", &choice, error))
    return FALSE;
  config->rule.mode = (PhResizeMode)choice;
  /* Before version 11 there was one rule: x / scale, rounded down. */
  if (!read_choice (node->attrs, "coordinate_transformation_mode", coordinates,
                    G_N_ELEMENTS (coordinates), old ? "asymmetric" : "half_pixel", &choice, error))
    return FALSE;
  config->rule.coordinates = (PhResizeCoordinates)choice;
  if (!read_choice (node->attrs, "nearest_mode", roundings, G_N_ELEMENTS (roundings),
                    old ? "floor" : "round_prefer_floor", &choice, error))
    return FALSE;
  config->rule.rounding = (PhResizeRounding)choice;
  config->rule.cubic_a = (double)ph_attrs_get_real (node->attrs, "cubic_coeff_a", -0.75f);
  config->rule.exclude_outside = ph_attrs_get_int (node->attrs, "exclude_outside", 0) != 0;
  config->extrapolation = ph_attrs_get_real (node->attrs, "extrapolation_value", 0);
  config->scales = ph_attrs_get_reals (node->attrs, "scales", &config->n_scales);
  return TRUE;
}

/* Known real numbers of input @i; *n is 0 when it is absent or empty. */
static gboolean
get_reals (const PhStep *step, guint i, const char *what, const float **values, gsize *n,
           GError **error)
{
  *values = NULL;
  *n = 0;
  if (step->in[i] == NULL || ph_shape_count (&step->in[i]->shape) == 0)
    return TRUE;

  const PhTensor *tensor = ph_step_constant (step, i);

  if (tensor == NULL || !ph_type_is_real (tensor->type))
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "%s: its %s must be real numbers that are known before the run",
                         step->op->name, what);
  *values = tensor->f;
  *n = tensor->n;
  return TRUE;
}

/* Reads scales or sizes and the region into @axes, and the output's shape. */
static gboolean
read_sizes (PhStep *step, PhResizeAxis *axes, PhShape *y, GError **error)
{
  const ResizeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;
  gboolean crops = config->rule.coordinates == PH_RESIZE_TF_CROP_AND_RESIZE;
  gboolean is_upsample = g_str_equal (step->op->name, "Upsample");
  const float *scales = config->scales, *roi = NULL;
  const gint64 *sizes = NULL;
  gsize n_scales = config->n_scales, n_sizes = 0, n_roi = 0;

  if (is_upsample ? step->node->opset >= 9 : step->node->opset == 10)
    {
      if (!get_reals (step, 1, "scales", &scales, &n_scales, error))
        return FALSE;
    }
  else if (!is_upsample)
    {
      if (!get_reals (step, 2, "scales", &scales, &n_scales, error) ||
          (crops && !get_reals (step, 1, "roi", &roi, &n_roi, error)))
        return FALSE;
      if (step->in[3] != NULL && n_scales == 0 &&
          (sizes = ph_step_get_ints (step, 3, "sizes", &n_sizes, error)) == NULL)
        return FALSE;
    }
  if ((scales == NULL) == (sizes == NULL) || n_scales + n_sizes != x->rank ||
      (crops && n_roi != 2 * x->rank))
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: %" G_GSIZE_FORMAT " scales, %" G_GSIZE_FORMAT
                         " sizes and %" G_GSIZE_FORMAT " limits for a tensor with %u axes",
                         step->op->name, n_scales, n_sizes, n_roi, x->rank);

  *y = *x;
  for (guint i = 0; i < x->rank; i++)
    {
      PhResizeAxis *axis = &axes[i];
      double n = (double)x->dim[i];

      axis->n_in = x->dim[i];
      axis->roi_start = roi == NULL ? 0 : roi[i];
      axis->roi_end = roi == NULL ? 1 : roi[x->rank + i];
      axis->scale = sizes == NULL ? (double)scales[i] : n == 0 ? 1 : (double)sizes[i] / n;
      axis->width = sizes == NULL ? n * axis->scale : (double)sizes[i];
      if (sizes == NULL && crops)
        axis->width *= axis->roi_end - axis->roi_start;
      if (!(axis->scale > 0) || !(axis->width < G_MAXINT32) || axis->width < 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "%s: %" G_GINT64_FORMAT " elements of axis %u cannot become %g",
                             step->op->name, x->dim[i], i, axis->width);
      axis->n_out = (gint64)floor (axis->width);
      if (x->dim[i] == 0 && axis->n_out > 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "%s: axis %u is empty, there is nothing to enlarge", step->op->name,
                             i);
      y->dim[i] = axis->n_out;
    }
  return TRUE;
}

static gboolean
resize_infer (PhStep *step, GError **error)
{
  const ResizeConfig *config = step->config;
  ResizeState *state = step->state;
  gboolean nearest = config->rule.mode == PH_RESIZE_NEAREST;
  const PhShape *x = &step->in[0]->shape;
  PhResizeAxis axes[PH_MAX_RANK] = { 0 };
  PhShape y;

  if (!read_sizes (step, axes, &y, error))
    return FALSE;
  if (!nearest && !ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                         "%s: %s can only be resized to the nearest pixel", step->op->name,
                         ph_type_name (step->in[0]->type));

  if (nearest)
    ph_mapped_init (&state->mapped, x, &y);
  for (guint i = 0; i < x->rank; i++)
    {
      PhResizeTable *table = &state->table[i];

      ph_resize_table_init (table, &config->rule, &axes[i]);
      state->scale[i] = axes[i].scale;
      for (gint64 j = 0; nearest && j < y.dim[i]; j++)
        ph_mapped_set (&state->mapped, i, j, table->inside[j] ? table->place[j] : -1);
    }

  PhShape between = *x;

  /* From the fastest axis outwards. */
  for (guint i = x->rank; i-- > 0;)
    {
      if (ph_resize_table_is_identity (&state->table[i]))
        continue;
      state->axes[state->n_axes++] = i;
      between.dim[i] = y.dim[i];
      state->buffer = MAX (state->buffer, ph_shape_count (&between));
    }
  step->is_view = state->n_axes == 0;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static gboolean
resize_prepare (PhStep *step, GError **error)
{
  const ResizeConfig *config = step->config;
  const ResizeState *state = step->state;

  if (config->rule.mode != PH_RESIZE_NEAREST && state->n_axes > 1)
    step->scratch_size = 2 * (state->buffer + 16) * sizeof (float);
  return TRUE;
}

static void
resize_clear_state (gpointer data)
{
  ResizeState *state = data;

  ph_mapped_clear (&state->mapped);
  for (guint i = 0; i < PH_MAX_RANK; i++)
    ph_resize_table_clear (&state->table[i]);
}

static void
resize_forward (const PhStep *step, PhRun *run)
{
  const ResizeConfig *config = step->config;
  const ResizeState *state = step->state;
  const float *x = ph_run_in (run, step, 0);
  float *y = ph_run_out (run, step, 0), *scratch = ph_run_scratch (run, step);
  PhShape shape = step->in[0]->shape;

  if (state->n_axes == 0)
    {
      ph_op_copy_forward (step, run);
      return;
    }
  if (config->rule.mode == PH_RESIZE_NEAREST)
    {
      gint64 integer = (gint64)config->extrapolation;

      ph_mapped_copy (&state->mapped, ph_type_size (step->in[0]->type), x, y,
                      ph_type_is_real (step->in[0]->type) ? (gconstpointer)&config->extrapolation
                                                          : &integer);
      return;
    }
  for (guint i = 0; i < state->n_axes; i++)
    {
      guint axis = state->axes[i];
      gboolean last = i + 1 == state->n_axes;
      float *to = last ? y : scratch + (i % 2) * (state->buffer + 16);

      ph_resize_table_apply (&state->table[axis], ph_shape_count_range (&shape, 0, axis),
                             ph_shape_count_range (&shape, axis + 1, shape.rank),
                             config->extrapolation, x, to);
      shape.dim[axis] = state->table[axis].n_out;
      x = to;
    }
}

static void
resize_backward (const PhStep *step, PhRun *run)
{
  const ResizeConfig *config = step->config;
  const ResizeState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0), *scratch = ph_run_scratch (run, step);
  PhShape shape = step->out[0]->shape;

  if (dx == NULL)
    return;
  if (config->rule.mode == PH_RESIZE_NEAREST)
    {
      ph_mapped_add_back (&state->mapped, dy, dx);
      return;
    }
  for (guint i = state->n_axes; i-- > 0;)
    {
      guint axis = state->axes[i];
      float *to = i == 0 ? dx : scratch + (i % 2) * (state->buffer + 16);

      shape.dim[axis] = state->table[axis].n_in;
      if (i != 0)
        memset (to, 0, ph_shape_count (&shape) * sizeof (float));
      ph_resize_table_adjoint (&state->table[axis], ph_shape_count_range (&shape, 0, axis),
                               ph_shape_count_range (&shape, axis + 1, shape.rank), dy, to);
      dy = to;
    }
}

static void
resize_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const ResizeConfig *config = step->config;
  const ResizeState *state = step->state;
  guint rank = step->in[0]->shape.rank;
  double reach = config->rule.mode == PH_RESIZE_NEAREST  ? 0.5
                 : config->rule.mode == PH_RESIZE_LINEAR ? 1
                                                         : 2;
  PhWindow *windows[2] = { columns, rows };

  for (guint i = 0; i < 2; i++)
    {
      *windows[i] = (PhWindow){ .extent = 1, .stride = 1, .before = 0 };
      if (rank <= i || ph_resize_table_is_identity (&state->table[rank - 1 - i]))
        continue;

      double stride = 1 / state->scale[rank - 1 - i];

      *windows[i] = (PhWindow){ .extent = 1 + 2 * reach,
                                .stride = stride,
                                .before = reach + 0.5 - 0.5 * stride };
    }
}

const PhOpClass ph_op_Resize = {
  .name = "Resize",
  .summary = "another size by nearest, linear or cubic interpolation",
  .min_inputs = 1,
  .max_inputs = 4,
  .max_outputs = 1,
  .config_size = sizeof (ResizeConfig),
  .state_size = sizeof (ResizeState),
  .configure = resize_configure,
  .infer = resize_infer,
  .prepare = resize_prepare,
  .clear_state = resize_clear_state,
  .forward = resize_forward,
  .backward = resize_backward,
  .window = resize_window,
};

const PhOpClass ph_op_Upsample = {
  .name = "Upsample",
  .summary = "what Resize was called before version 10",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = 1,
  .config_size = sizeof (ResizeConfig),
  .state_size = sizeof (ResizeState),
  .configure = resize_configure,
  .infer = resize_infer,
  .prepare = resize_prepare,
  .clear_state = resize_clear_state,
  .forward = resize_forward,
  .backward = resize_backward,
  .window = resize_window,
};
