#include "study/circuit-walk.h"

#include <math.h>
#include <string.h>

/* Each number is a function of the number at the same place alone, or nearly: a normalisation over
 * neighbours divides by what is common to them. */
static const char *const same_place[] = {
  "Cast", "Celu",     "Clip",      "Dropout", "Elu",     "Flatten",   "HardSigmoid", "HardSwish",
  "LRN",  "Identity", "LeakyRelu", "PRelu",   "Relu",    "Reshape",   "Selu",        "Sigmoid",
  "Tanh", "Softplus", "Softsign",  "Softmax", "Squeeze", "Unsqueeze", "LogSoftmax",  NULL,
};

/* A channel's map becomes another map of the same channel. */
static const char *const same_channel[] = {
  "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "MaxPool", NULL,
};

static const PhTensor *
constant (const PhTrace *trace, const PhNode *node, guint i)
{
  return i < node->n_inputs && node->inputs[i] >= 0 ? trace->specs[node->inputs[i]].constant : NULL;
}

static gsize
plane_of (const PhShape *shape)
{
  return ph_shape_count_range (shape, MIN (2, shape->rank), shape->rank);
}

/* The element of a constant that meets element @index of @shape when both are broadcast; NaN when
 * the constant varies over more than one image can tell. */
static double
constant_at (const PhTensor *tensor, const PhShape *shape, gsize index)
{
  gsize at = 0, step = 1;

  for (guint i = 0; i < shape->rank; i++)
    {
      guint axis = shape->rank - 1 - i;
      gsize along = index % (gsize)shape->dim[axis];

      index /= (gsize)shape->dim[axis];
      if (i >= tensor->shape.rank)
        continue;

      gsize extent = (gsize)tensor->shape.dim[tensor->shape.rank - 1 - i];

      at += extent == 1 ? 0 : along * step;
      step *= extent;
    }
  return ph_tensor_get_real (tensor, at);
}

static PhStepBack
back_through_arithmetic (const PhTrace *trace, const PhNode *node, PhPlace *before)
{
  const PhShape *shape = &trace->specs[before->value].shape;
  const char *kind = node->op_type;
  gboolean adds = g_str_equal (kind, "Add") || g_str_equal (kind, "Sum");
  const PhTensor *left = constant (trace, node, 0), *right = constant (trace, node, 1);
  int input = node->inputs[left != NULL ? 1 : 0];

  if (left == NULL && right == NULL)
    return adds ? PH_STEP_SUM : PH_STEP_END;
  if (!ph_shape_equal (shape, &trace->specs[input].shape))
    return PH_STEP_END;
  if (g_str_equal (kind, "Mul"))
    before->factor *= constant_at (left != NULL ? left : right, shape, before->index);
  else if (g_str_equal (kind, "Div") && right != NULL)
    before->factor /= constant_at (right, shape, before->index);
  else if (g_str_equal (kind, "Sub") && left != NULL)
    before->factor = -before->factor;
  else if (!adds && !g_str_equal (kind, "Sub"))
    return PH_STEP_END;
  before->value = input;
  return PH_STEP_ONE;
}

static PhStepBack
back_through_norm (const PhTrace *trace, const PhNode *node, PhPlace *before)
{
  const PhTensor *scale = constant (trace, node, 1), *variance = constant (trace, node, 4);
  const PhShape *shape = &trace->specs[before->value].shape;
  gsize channel = before->index / plane_of (shape);

  if (scale == NULL || variance == NULL)
    return PH_STEP_END;
  before->factor *= ph_tensor_get_real (scale, channel) /
                    sqrt (ph_tensor_get_real (variance, channel) +
                          (double)ph_attrs_get_real (node->attrs, "epsilon", 1e-5f));
  before->value = node->inputs[0];
  return PH_STEP_ONE;
}

static PhStepBack
back_through_transpose (const PhTrace *trace, const PhNode *node, PhPlace *before)
{
  const PhShape *out = &trace->specs[before->value].shape;
  const PhShape *in = &trace->specs[node->inputs[0]].shape;
  gint64 strides[PH_MAX_RANK];
  gsize n, index = before->index, at = 0;
  const gint64 *order = ph_attrs_get_ints (node->attrs, "perm", &n);

  ph_shape_strides (in, strides);
  for (guint axis = out->rank; axis-- > 0;)
    {
      guint from = order != NULL ? (guint)order[axis] : out->rank - 1 - axis;

      at += index % (gsize)out->dim[axis] * (gsize)strides[from];
      index /= (gsize)out->dim[axis];
    }
  before->index = at;
  before->value = node->inputs[0];
  return PH_STEP_ONE;
}

/* Concat and Split: the same number at another place along one axis. */
static PhStepBack
back_through_parts (const PhTrace *trace, const PhNode *node, PhPlace *before)
{
  gboolean joins = g_str_equal (node->op_type, "Concat");
  const PhShape *out = &trace->specs[before->value].shape;
  int axis = ph_shape_axis (ph_attrs_get_int (node->attrs, "axis", joins ? 1 : 0), out->rank);
  gsize inner = ph_shape_count_range (out, (guint)axis + 1, out->rank);
  gsize extent = (gsize)out->dim[axis], along = before->index / inner % extent;
  gsize outer = before->index / inner / extent, rest = before->index % inner;
  int input = node->inputs[0];

  for (guint i = 0; joins && i < node->n_inputs; i++)
    {
      gsize part = (gsize)trace->specs[node->inputs[i]].shape.dim[axis];

      input = node->inputs[i];
      if (along < part)
        break;
      along -= part;
    }
  for (guint i = 0; !joins && node->outputs[i] != before->value; i++)
    along += node->outputs[i] >= 0 ? (gsize)trace->specs[node->outputs[i]].shape.dim[axis] : 0;
  before->index = (outer * (gsize)trace->specs[input].shape.dim[axis] + along) * inner + rest;
  before->value = input;
  return PH_STEP_ONE;
}

PhStepBack
ph_walk_back (const PhTrace *trace, const PhPlace *place, PhPlace *before)
{
  int producer = ph_graph_get_value (trace->graph, place->value)->producer;
  const PhNode *node = producer >= 0 ? ph_graph_get_node (trace->graph, (guint)producer) : NULL;

  *before = *place;
  if (node == NULL || trace->errors[producer] != NULL || node->n_inputs == 0 ||
      node->inputs[0] < 0 || trace->specs[place->value].shape.rank < 2)
    return PH_STEP_END;

  const char *kind = node->op_type;

  if (g_str_equal (kind, "Conv") || g_str_equal (kind, "Gemm") || g_str_equal (kind, "MatMul"))
    return constant (trace, node, 1) != NULL ? PH_STEP_WEIGHTED : PH_STEP_END;
  if (g_str_equal (kind, "BatchNormalization"))
    return back_through_norm (trace, node, before);
  if (g_str_equal (kind, "Concat") || g_str_equal (kind, "Split"))
    return back_through_parts (trace, node, before);
  if (g_str_equal (kind, "Transpose"))
    return back_through_transpose (trace, node, before);
  if (g_strv_contains (same_channel, kind))
    before->index = before->index / plane_of (&trace->specs[place->value].shape) *
                    plane_of (&trace->specs[node->inputs[0]].shape);
  else if (!g_strv_contains (same_place, kind))
    return node->n_inputs == 2 ? back_through_arithmetic (trace, node, before) : PH_STEP_END;
  before->value = node->inputs[0];
  return PH_STEP_ONE;
}

gboolean
ph_walk_unit (PhModel *model, int value, gsize index, PhUnit *unit, guint *position)
{
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      gsize n = (gsize)layer->rows * layer->columns;
      gboolean last = layer->layout == PH_LAYOUT_NHWC || layer->layout == PH_LAYOUT_TOKENS;

      if (layer->value != value || layer->obstacle != NULL || layer->n_channels == 0)
        continue;
      *unit = (PhUnit){ .kind = PH_UNIT_CHANNEL, .layer = i };
      unit->channel = (guint)(last ? index % layer->n_channels : index / n % layer->n_channels);
      *position = (guint)(last ? index / layer->n_channels : index % n);
      return TRUE;
    }
  return FALSE;
}
