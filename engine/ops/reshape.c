#include "network/op.h"

/* Operators that give the same numbers another shape: all of them are views. */

typedef struct
{
  gint64 axis;
  gboolean allow_zero;
  /* borrowed from the attributes, NULL when the axes are an input or absent */
  const gint64 *axes;
  gsize n_axes;
} ReshapeConfig;

static gboolean
fail_sizes (const PhStep *step, const char *what, const PhShape *wanted, GError **error)
{
  g_autofree char *from = ph_shape_dup_string (&step->in[0]->shape);
  g_autofree char *to = ph_shape_dup_string (wanted);

  return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "%s: %s cannot become %s", what, from, to);
}

static gboolean
reshape_configure (PhNode *node, GError **error)
{
  ReshapeConfig *config = node->config;

  config->allow_zero = ph_attrs_get_int (node->attrs, "allowzero", 0) != 0;
  return TRUE;
}

static gboolean
reshape_infer (PhStep *step, GError **error)
{
  const ReshapeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;
  gsize n;
  const gint64 *wanted = ph_step_get_ints (step, 1, "shape", &n, error);
  PhShape y = { .rank = 0 };
  int free_axis = -1;
  gsize known = 1;

  if (wanted == NULL)
    return FALSE;
  if (n > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Reshape: %" G_GSIZE_FORMAT " axes, at most %d are possible", n,
                         PH_MAX_RANK);
  y = ph_shape ((guint)n, wanted);
  for (guint i = 0; i < y.rank; i++)
    {
      if (y.dim[i] == 0 && !config->allow_zero && i < x->rank)
        y.dim[i] = x->dim[i];
      if (y.dim[i] == -1 && free_axis < 0)
        free_axis = (int)i;
      else if (y.dim[i] < 0)
        return fail_sizes (step, "Reshape", &y, error);
      else
        known *= (gsize)y.dim[i];
    }

  gsize total = ph_shape_count (x), result;

  if (free_axis >= 0)
    {
      if (known == 0 || total % known != 0)
        return fail_sizes (step, "Reshape", &y, error);
      y.dim[free_axis] = (gint64)(total / known);
    }
  if (!ph_shape_n_elements (&y, &result) || result != total)
    return fail_sizes (step, "Reshape", &y, error);
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Reshape = {
  .name = "Reshape",
  .summary = "the same numbers under another shape",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_VIEW,
  .config_size = sizeof (ReshapeConfig),
  .configure = reshape_configure,
  .infer = reshape_infer,
  .forward = ph_op_copy_forward,
};

static gboolean
flatten_configure (PhNode *node, GError **error)
{
  ReshapeConfig *config = node->config;

  config->axis = ph_attrs_get_int (node->attrs, "axis", 1);
  return TRUE;
}

static gboolean
flatten_infer (PhStep *step, GError **error)
{
  const ReshapeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;
  gint64 axis = config->axis < 0 ? config->axis + x->rank : config->axis;

  if (axis < 0 || axis > x->rank)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Flatten: axis %" G_GINT64_FORMAT " of a tensor with %u axes",
                         config->axis, x->rank);

  PhShape y = PH_SHAPE ((gint64)ph_shape_count_range (x, 0, (guint)axis),
                        (gint64)ph_shape_count_range (x, (guint)axis, x->rank));

  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Flatten = {
  .name = "Flatten",
  .summary = "all axes before one as rows, all others as columns",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_VIEW,
  .config_size = sizeof (ReshapeConfig),
  .configure = flatten_configure,
  .infer = flatten_infer,
  .forward = ph_op_copy_forward,
};

static gboolean
axes_configure (PhNode *node, GError **error)
{
  ReshapeConfig *config = node->config;

  config->axes = ph_attrs_get_ints (node->attrs, "axes", &config->n_axes);
  return TRUE;
}

/* The axes, an attribute before version 13 and an input since, as bits below @rank. */
static gboolean
get_axes (const PhStep *step, const char *what, guint rank, gboolean *given, guint *bits,
          GError **error)
{
  const ReshapeConfig *config = step->config;
  const gint64 *axes = config->axes;
  gsize n = config->n_axes;

  *bits = 0;
  *given = axes != NULL;
  if (step->node->opset >= 13)
    {
      *given = step->in[1] != NULL;
      axes = NULL;
      n = 0;
      if (*given && (axes = ph_step_get_ints (step, 1, "axes", &n, error)) == NULL)
        return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      int axis = ph_shape_axis (axes[i], rank);

      if (axis < 0)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "%s: axis %" G_GINT64_FORMAT " of a tensor with %u axes", what,
                             axes[i], rank);
      *bits |= 1u << axis;
    }
  return TRUE;
}

static gboolean
squeeze_infer (PhStep *step, GError **error)
{
  const PhShape *x = &step->in[0]->shape;
  PhShape y = { .rank = 0 };
  gboolean given;
  guint bits;

  if (!get_axes (step, "Squeeze", x->rank, &given, &bits, error))
    return FALSE;
  for (guint i = 0; i < x->rank; i++)
    {
      gboolean drop = given ? (bits >> i & 1) != 0 : x->dim[i] == 1;

      if (drop && x->dim[i] != 1)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Squeeze: axis %u has %" G_GINT64_FORMAT
                             " elements; only 1 can be left out",
                             i, x->dim[i]);
      if (!drop)
        y.dim[y.rank++] = x->dim[i];
    }
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Squeeze = {
  .name = "Squeeze",
  .summary = "leaves out axes of one element",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_VIEW,
  .config_size = sizeof (ReshapeConfig),
  .configure = axes_configure,
  .infer = squeeze_infer,
  .forward = ph_op_copy_forward,
};

static gboolean
unsqueeze_infer (PhStep *step, GError **error)
{
  const ReshapeConfig *config = step->config;
  const PhShape *x = &step->in[0]->shape;
  gsize n_axes = config->n_axes;
  PhShape y = { .rank = 0 };
  gboolean given;
  guint bits;

  if (step->node->opset >= 13)
    n_axes = step->in[1] == NULL ? 0 : ph_shape_count (&step->in[1]->shape);
  if (x->rank + n_axes > PH_MAX_RANK)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Unsqueeze: %u axes and %" G_GSIZE_FORMAT
                         " new ones; at most %d are possible",
                         x->rank, n_axes, PH_MAX_RANK);
  y.rank = x->rank + (guint)n_axes;
  if (!get_axes (step, "Unsqueeze", y.rank, &given, &bits, error))
    return FALSE;
  for (guint i = 0, from = 0; i < y.rank; i++)
    {
      gboolean new_axis = (bits >> i & 1) != 0;

      if (!new_axis && from == x->rank)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "Unsqueeze: an axis is named twice");
      y.dim[i] = new_axis ? 1 : x->dim[from++];
    }
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Unsqueeze = {
  .name = "Unsqueeze",
  .summary = "inserts axes of one element",
  .min_inputs = 1,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_VIEW,
  .config_size = sizeof (ReshapeConfig),
  .configure = axes_configure,
  .infer = unsqueeze_infer,
  .forward = ph_op_copy_forward,
};
