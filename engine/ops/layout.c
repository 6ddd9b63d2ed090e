#include <string.h>

#include "ops/strided-private.h"

/* Transpose, DepthToSpace, SpaceToDepth, Expand and Tile: each is one strided movement, and its
 * adjoint the movement back. */

typedef struct
{
  const gint64 *perm; /* borrowed from the attributes */
  gsize n_perm;
  gint64 block;
  gboolean channels_first; /* mode CRD of DepthToSpace */
} LayoutConfig;

typedef struct
{
  PhStrided strided;
  gboolean one_to_one;
} LayoutState;

static void
layout_forward (const PhStep *step, PhRun *run)
{
  const LayoutState *state = step->state;

  ph_strided_copy (&state->strided, ph_type_size (step->out[0]->type), ph_run_in (run, step, 0),
                   ph_run_out (run, step, 0));
}

static void
layout_backward (const PhStep *step, PhRun *run)
{
  const LayoutState *state = step->state;
  const float *dy = ph_run_out_grad (run, step, 0);
  float *dx = ph_run_in_grad (run, step, 0);
  PhStrided back = ph_strided_reverse (&state->strided);

  if (dx == NULL)
    return;

  gboolean accumulates = ph_run_accumulates (run, step, 0);

  if (state->one_to_one && !accumulates)
    {
      ph_strided_copy (&back, sizeof (float), dy, dx);
      return;
    }
  if (!accumulates)
    memset (dx, 0, ph_shape_count (&step->in[0]->shape) * sizeof (float));
  ph_strided_add (&back, dy, dx);
}

static gboolean
transpose_configure (PhNode *node, GError **error)
{
  LayoutConfig *config = node->config;

  config->perm = ph_attrs_get_ints (node->attrs, "perm", &config->n_perm);
  return TRUE;
}

static gboolean
transpose_infer (PhStep *step, GError **error)
{
  const LayoutConfig *config = step->config;
  LayoutState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  gint64 from[PH_MAX_RANK], to[PH_MAX_RANK];
  guint perm[PH_MAX_RANK], seen = 0;
  PhShape y = *x;

  if (config->perm != NULL && config->n_perm != x->rank)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Transpose: perm has %" G_GSIZE_FORMAT " axes, the input %u",
                         config->n_perm, x->rank);
  for (guint i = 0; i < x->rank; i++)
    {
      int axis =
          config->perm == NULL ? (int)(x->rank - 1 - i) : ph_shape_axis (config->perm[i], x->rank);

      if (axis < 0 || (seen >> axis & 1) != 0)
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                             "Transpose: perm is no order of %u axes", x->rank);
      seen |= 1u << axis;
      perm[i] = (guint)axis;
      y.dim[i] = x->dim[axis];
    }

  ph_shape_strides (x, from);
  ph_shape_strides (&y, to);
  for (guint i = 0; i < y.rank; i++)
    ph_strided_push (&state->strided, y.dim[i], from[perm[i]], to[i]);
  state->one_to_one = TRUE;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Transpose = {
  .name = "Transpose",
  .summary = "the axes in another order",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .config_size = sizeof (LayoutConfig),
  .state_size = sizeof (LayoutState),
  .configure = transpose_configure,
  .infer = transpose_infer,
  .forward = layout_forward,
  .backward = layout_backward,
};

static gboolean
block_configure (PhNode *node, GError **error)
{
  LayoutConfig *config = node->config;
  const char *mode = ph_attrs_get_text (node->attrs, "mode", "DCR");

  config->block = ph_attrs_get_int (node->attrs, "blocksize", 0);
  if (config->block < 1 || config->block > G_MAXINT16)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "blocksize is %" G_GINT64_FORMAT "; at least 1 is possible",
                         config->block);
  config->channels_first = g_str_equal (mode, "CRD");
  if (!config->channels_first && !g_str_equal (mode, "DCR"))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "mode is \"%s\"; DCR and CRD exist", mode);
  return TRUE;
}

/* The movement from a deep tensor (N, C * b * b, H, W) to a wide one (N, C, H * b, W * b); @from
 * and @to are of these two. In mode DCR the channel is (row, column, c), in CRD (c, row, column).
 */
static void
push_blocks (PhStrided *s, const PhShape *deep, gint64 b, gboolean channels_first)
{
  gint64 c = deep->dim[1] / (b * b), h = deep->dim[2], w = deep->dim[3], plane = h * w;
  gint64 channel_step = channels_first ? b * b * plane : plane;
  gint64 column_step = channels_first ? plane : c * plane;

  ph_strided_push (s, deep->dim[0], deep->dim[1] * plane, deep->dim[1] * plane);
  ph_strided_push (s, c, channel_step, b * b * plane);
  ph_strided_push (s, h, w, b * b * w);
  ph_strided_push (s, b, b * column_step, b * w);
  ph_strided_push (s, w, 1, b);
  ph_strided_push (s, b, column_step, 1);
}

static gboolean
check_image (const PhStep *step, GError **error)
{
  g_autofree char *text = ph_shape_dup_string (&step->in[0]->shape);

  if (step->in[0]->shape.rank != 4)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "%s: the input is %s; N, C, H and W are expected", step->op->name, text);
  return TRUE;
}

static gboolean
depth_to_space_infer (PhStep *step, GError **error)
{
  const LayoutConfig *config = step->config;
  LayoutState *state = step->state;
  PhShape y = step->in[0]->shape;
  gint64 b = config->block;

  if (!check_image (step, error))
    return FALSE;
  if (y.dim[1] % (b * b) != 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "DepthToSpace: %" G_GINT64_FORMAT
                         " channels do not make blocks of %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT,
                         y.dim[1], b, b);
  push_blocks (&state->strided, &y, b, config->channels_first);
  state->one_to_one = TRUE;
  y.dim[1] /= b * b;
  y.dim[2] *= b;
  y.dim[3] *= b;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

/* One row of a block is a row of the output, so neighbours come from one input position. */
static void
depth_to_space_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const LayoutConfig *config = step->config;

  *rows = *columns = (PhWindow){ .extent = 1, .stride = 1.0 / (double)config->block };
}

const PhOpClass ph_op_DepthToSpace = {
  .name = "DepthToSpace",
  .summary = "channels spread out as blocks of pixels",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .config_size = sizeof (LayoutConfig),
  .state_size = sizeof (LayoutState),
  .configure = block_configure,
  .infer = depth_to_space_infer,
  .forward = layout_forward,
  .backward = layout_backward,
  .window = depth_to_space_window,
};

static gboolean
space_to_depth_infer (PhStep *step, GError **error)
{
  const LayoutConfig *config = step->config;
  LayoutState *state = step->state;
  PhShape y = step->in[0]->shape;
  gint64 b = config->block;

  if (!check_image (step, error))
    return FALSE;
  if (y.dim[2] % b != 0 || y.dim[3] % b != 0)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "SpaceToDepth: %" G_GINT64_FORMAT "×%" G_GINT64_FORMAT
                         " pixels do not divide into blocks of %" G_GINT64_FORMAT
                         "×%" G_GINT64_FORMAT,
                         y.dim[2], y.dim[3], b, b);
  y.dim[1] *= b * b;
  y.dim[2] /= b;
  y.dim[3] /= b;

  PhStrided back = { 0 };

  push_blocks (&back, &y, b, FALSE);
  state->strided = ph_strided_reverse (&back);
  state->one_to_one = TRUE;
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

static void
space_to_depth_window (const PhStep *step, PhWindow *rows, PhWindow *columns)
{
  const LayoutConfig *config = step->config;

  *rows = *columns = (PhWindow){ .extent = (double)config->block, .stride = (double)config->block };
}

const PhOpClass ph_op_SpaceToDepth = {
  .name = "SpaceToDepth",
  .summary = "blocks of pixels gathered as channels",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .config_size = sizeof (LayoutConfig),
  .state_size = sizeof (LayoutState),
  .configure = block_configure,
  .infer = space_to_depth_infer,
  .forward = layout_forward,
  .backward = layout_backward,
  .window = space_to_depth_window,
};

static gboolean
expand_infer (PhStep *step, GError **error)
{
  LayoutState *state = step->state;
  const PhShape *x = &step->in[0]->shape;
  gsize n;
  const gint64 *wanted = ph_step_get_ints (step, 1, "shape", &n, error);
  PhShape y;

  if (wanted == NULL)
    return FALSE;

  PhShape shape = ph_shape ((guint)MIN (n, PH_MAX_RANK), wanted);

  if (n > PH_MAX_RANK || !ph_shape_broadcast (x, &shape, &y))
    {
      g_autofree char *from = ph_shape_dup_string (x);
      g_autofree char *to = ph_shape_dup_string (&shape);

      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH, "Expand: %s does not stretch to %s",
                           from, to);
    }

  gint64 from[PH_MAX_RANK], to[PH_MAX_RANK];

  ph_shape_strides (x, from);
  ph_shape_strides (&y, to);
  for (guint i = 0; i < y.rank; i++)
    {
      gboolean there = i + x->rank >= y.rank;
      guint axis = there ? i + x->rank - y.rank : 0;

      ph_strided_push (&state->strided, y.dim[i], there && x->dim[axis] != 1 ? from[axis] : 0,
                       to[i]);
    }
  step->is_view = ph_shape_equal (x, &y);
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Expand = {
  .name = "Expand",
  .summary = "axes of one element repeated to a given shape",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .state_size = sizeof (LayoutState),
  .infer = expand_infer,
  .forward = layout_forward,
  .backward = layout_backward,
};

static gboolean
tile_infer (PhStep *step, GError **error)
{
  LayoutState *state = step->state;
  PhShape y = step->in[0]->shape;
  gint64 from[PH_MAX_RANK], to[PH_MAX_RANK];
  gsize n;
  const gint64 *repeats = ph_step_get_ints (step, 1, "repeats", &n, error);

  if (repeats == NULL)
    return FALSE;
  if (n != y.rank)
    return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                         "Tile: %" G_GSIZE_FORMAT " repeats for %u axes", n, y.rank);
  for (guint i = 0; i < y.rank; i++)
    {
      if (repeats[i] < 0 || repeats[i] > G_MAXINT32)
        return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                             "Tile: axis %u cannot be repeated %" G_GINT64_FORMAT " times", i,
                             repeats[i]);
      y.dim[i] *= repeats[i];
    }
  ph_shape_strides (&step->in[0]->shape, from);
  ph_shape_strides (&y, to);
  for (guint i = 0; i < y.rank; i++)
    {
      gint64 extent = step->in[0]->shape.dim[i];

      ph_strided_push (&state->strided, repeats[i], 0, extent * to[i]);
      ph_strided_push (&state->strided, extent, from[i], to[i]);
    }
  step->is_view = ph_shape_equal (&step->in[0]->shape, &y);
  ph_step_set_out (step, 0, step->in[0]->type, &y);
  return TRUE;
}

const PhOpClass ph_op_Tile = {
  .name = "Tile",
  .summary = "the tensor repeated along its axes",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_OVERWRITES,
  .state_size = sizeof (LayoutState),
  .infer = tile_infer,
  .forward = layout_forward,
  .backward = layout_backward,
};
