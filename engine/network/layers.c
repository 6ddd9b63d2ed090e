#include "network/layers.h"

#include <math.h>
#include <string.h>

#include "network/layer-kind.h"
#include "network/layer-name.h"

/* Operators that are a layer wherever they stand; others only where a module ends with them. */
static const char *const major_kinds[] = {
  "AveragePool",
  "BatchNormalization",
  "Celu",
  "Clip",
  "Concat",
  "Conv",
  "ConvTranspose",
  "DepthToSpace",
  "Elu",
  "Gemm",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "HardSigmoid",
  "HardSwish",
  "InstanceNormalization",
  "LayerNormalization",
  "LeakyRelu",
  "LogSoftmax",
  "LRN",
  "MatMul",
  "MaxPool",
  "MaxUnpool",
  "PRelu",
  "Relu",
  "Resize",
  "Selu",
  "Sigmoid",
  "Softmax",
  "Softplus",
  "Softsign",
  "Tanh",
  "Upsample",
  NULL,
};

/* Operators that only move numbers about. */
static const char *const shuffle_kinds[] = {
  "Cast",     "Dropout",   "Expand",    "Flatten",   "Gather", "GatherElements", "GatherND",
  "Identity", "Pad",       "Reshape",   "ScatterND", "Slice",  "Split",          "Squeeze",
  "Tile",     "Transpose", "Unsqueeze", "Where",     NULL,
};

/* Operators whose output has its channels along axis 1, whatever came in. */
static const char *const channels_first_kinds[] = {
  "AveragePool",
  "BatchNormalization",
  "Conv",
  "ConvTranspose",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "InstanceNormalization",
  "LRN",
  "MaxPool",
  "MaxUnpool",
  NULL,
};

typedef struct
{
  PhGraph *graph;
  PhTrace *trace;
  int *axis;               /* per value: axis of the channels, -1 when unknown */
  PhReceptiveField *field; /* per value */
  gboolean *has_field;
} Survey;

void
ph_layer_free (PhLayer *layer)
{
  g_free (layer->name);
  g_free (layer->group);
  g_free (layer->obstacle);
  g_strfreev (layer->channel_labels);
  g_free (layer);
}

static int
default_axis (guint rank)
{
  return rank == 3 ? 2 : rank >= 2 ? 1 : -1;
}

/* Where the channels are after a change of shape that keeps the order of elements. */
static int
reshaped_axis (const PhShape *from, int axis, const PhShape *to)
{
  if (axis < 0 || to->rank < 2)
    return -1;
  for (guint j = 1; j < to->rank; j++)
    if (ph_shape_count_range (from, 0, (guint)axis) == ph_shape_count_range (to, 0, j) &&
        to->dim[j] == from->dim[axis])
      return (int)j;
  return -1;
}

static int
channel_axis (const Survey *survey, const PhStep *step)
{
  const PhShape *out = &step->out[0]->shape;
  const char *kind = step->op->name;

  if (g_strv_contains (channels_first_kinds, kind))
    return 1;
  if (g_str_equal (kind, "MatMul") || g_str_equal (kind, "Gemm") ||
      g_str_equal (kind, "LayerNormalization"))
    return (int)out->rank - 1;
  for (guint i = 0; i < step->n_inputs; i++)
    {
      const PhSpec *in = step->in[i];
      int axis;

      if (in == NULL || in->constant != NULL)
        continue;
      axis = survey->axis[step->in_values[i]];
      if (g_str_equal (kind, "Transpose") && axis >= 0)
        {
          gsize n;
          const gint64 *perm = ph_attrs_get_ints (step->node->attrs, "perm", &n);

          for (guint j = 0; j < out->rank; j++)
            if ((perm != NULL && j < n ? (int)perm[j] : (int)(out->rank - 1 - j)) == axis)
              return (int)j;
        }
      if (step->is_view && in->shape.rank != out->rank)
        {
          axis = reshaped_axis (&in->shape, axis, out);
          return axis >= 0 ? axis : default_axis (out->rank);
        }
      if (in->shape.rank == out->rank && axis >= 0)
        return axis;
    }
  return default_axis (out->rank);
}

static void
widen (double *size, double *first, double other_size, double other_first)
{
  double end = MAX (*first + *size, other_first + other_size);

  *first = MIN (*first, other_first);
  *size = end - *first;
}

/* Whether each position of the output is made of the same position of the input, though the
 * operator may do otherwise: channels that change place, or are summed up at each position. */
static gboolean
keeps_positions (const Survey *survey, const PhStep *step)
{
  const PhSpec *in = step->n_inputs > 0 ? step->in[0] : NULL;
  const char *kind = step->op->name;

  if (in == NULL || in->shape.rank != 4 || step->out[0]->shape.rank != 4)
    return FALSE;

  int channels = survey->axis[step->in_values[0]];
  const PhAttrs *attrs = step->node->attrs;
  gsize n;

  if (g_str_equal (kind, "Transpose"))
    {
      const gint64 *perm = ph_attrs_get_ints (attrs, "perm", &n);
      int last = 0;

      /* Rows must stay before columns. */
      for (guint i = 0; perm != NULL && i < n; i++)
        if (perm[i] != channels)
          {
            if (perm[i] < last)
              return FALSE;
            last = (int)perm[i];
          }
      return perm != NULL && perm[0] == 0;
    }
  if (channels != 3)
    return FALSE;
  if (g_str_has_prefix (kind, "Reduce"))
    {
      const gint64 *axes = ph_attrs_get_ints (attrs, "axes", &n);

      if (axes == NULL && step->n_inputs > 1 && step->in[1] != NULL &&
          step->in[1]->constant != NULL)
        {
          axes = step->in[1]->constant->i;
          n = step->in[1]->constant->n;
        }
      return axes != NULL && n == 1 && (axes[0] == 3 || axes[0] == -1);
    }
  if (g_str_equal (kind, "LayerNormalization"))
    {
      gint64 axis = ph_attrs_get_int (attrs, "axis", -1);

      return axis == 3 || axis == -1;
    }
  return g_str_equal (kind, "MatMul") && step->in[1] != NULL && step->in[1]->constant != NULL;
}

/* What one output position sees, from what positions of the inputs see. */
static void
follow_field (Survey *survey, const PhStep *step, PhReceptiveField *field)
{
  gboolean first = TRUE;
  PhWindow rows = { 1, 1, 0 }, columns = { 1, 1, 0 };

  *field = (PhReceptiveField){ INFINITY, INFINITY, 0, 0, -INFINITY, -INFINITY };
  if (step->op->window != NULL)
    step->op->window (step, &rows, &columns);
  else if (!(step->op->flags & PH_OP_POINTWISE) && !step->is_view &&
           !keeps_positions (survey, step))
    return;
  if (step->is_view && (step->out[0]->shape.rank != 4 || step->in[0]->shape.rank != 4))
    return;
  for (guint i = 0; i < step->n_inputs; i++)
    {
      const PhReceptiveField *in;

      if (step->in_values[i] < 0 || step->in[i]->constant != NULL ||
          !survey->has_field[step->in_values[i]])
        continue;
      in = &survey->field[step->in_values[i]];
      if (first)
        *field = *in;
      else
        {
          widen (&field->height, &field->top, in->height, in->top);
          widen (&field->width, &field->left, in->width, in->left);
        }
      first = FALSE;
    }
  if (!isfinite (field->height) || !isfinite (field->width))
    {
      *field = (PhReceptiveField){ INFINITY, INFINITY, 0, 0, -INFINITY, -INFINITY };
      return;
    }
  field->top -= rows.before * field->stride_h;
  field->left -= columns.before * field->stride_w;
  field->height += (rows.extent - 1) * field->stride_h;
  field->width += (columns.extent - 1) * field->stride_w;
  field->stride_h *= rows.stride;
  field->stride_w *= columns.stride;
}

static void
survey_values (Survey *survey, gboolean nhwc)
{
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (survey->graph, &n_inputs);
  guint n_values = ph_graph_get_n_values (survey->graph);

  for (guint i = 0; i < n_values; i++)
    survey->axis[i] = -1;
  for (guint i = 0; i < n_inputs; i++)
    {
      survey->axis[inputs[i]] = nhwc ? 3 : 1;
      survey->field[inputs[i]] = (PhReceptiveField){ 1, 1, 1, 1, 0, 0 };
      survey->has_field[inputs[i]] = TRUE;
    }
  for (guint i = 0; i < ph_graph_get_n_nodes (survey->graph); i++)
    {
      const PhStep *step = survey->trace->steps[i];
      PhReceptiveField field;
      int axis;

      if (step == NULL)
        continue;
      axis = channel_axis (survey, step);
      follow_field (survey, step, &field);
      for (guint j = 0; j < step->n_outputs; j++)
        if (step->out_values[j] >= 0)
          {
            survey->axis[step->out_values[j]] = axis;
            survey->field[step->out_values[j]] = field;
            survey->has_field[step->out_values[j]] = TRUE;
          }
    }
}

/* Channels, rows and columns of a tensor whose channels lie along @axis. */
static gboolean
set_layout (PhLayer *layer, const PhShape *shape, int axis)
{
  layer->rows = layer->columns = 1;
  if (shape->rank < 2 || shape->rank > 4 || shape->dim[0] != 1 || axis < 1 ||
      axis >= (int)shape->rank)
    return FALSE;
  layer->n_channels = (guint)shape->dim[axis];
  switch (shape->rank)
    {
    case 2:
      layer->layout = PH_LAYOUT_VECTOR;
      break;
    case 3:
      layer->layout = axis == 2 ? PH_LAYOUT_TOKENS : PH_LAYOUT_NCT;
      layer->columns = (guint)shape->dim[axis == 2 ? 1 : 2];
      break;
    default:
      if (axis == 2)
        return FALSE;
      layer->layout = axis == 3 ? PH_LAYOUT_NHWC : PH_LAYOUT_NCHW;
      layer->rows = (guint)shape->dim[axis == 3 ? 1 : 2];
      layer->columns = (guint)shape->dim[axis == 3 ? 2 : 3];
    }
  return layer->n_channels > 0 && layer->rows > 0 && layer->columns > 0;
}

static guint
count_variable_inputs (const PhGraph *graph, const PhNode *node)
{
  guint n = 0;

  for (guint i = 0; i < node->n_inputs; i++)
    n += node->inputs[i] >= 0 && ph_graph_get_value (graph, node->inputs[i])->constant == NULL;
  return n;
}

/* Per node: whether its result is used outside of the module it stands in. */
static gboolean *
mark_leaving (const PhGraph *graph, char **modules)
{
  guint n = ph_graph_get_n_nodes (graph), n_outputs;
  const int *outputs = ph_graph_get_outputs (graph, &n_outputs);
  gboolean *leaves = g_new0 (gboolean, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      for (guint j = 0; j < node->n_inputs; j++)
        {
          int producer =
              node->inputs[j] < 0 ? -1 : ph_graph_get_value (graph, node->inputs[j])->producer;

          if (producer >= 0 && !g_str_equal (modules[producer], modules[i]))
            leaves[producer] = TRUE;
        }
    }
  for (guint i = 0; i < n_outputs; i++)
    {
      int producer = ph_graph_get_value (graph, outputs[i])->producer;

      if (producer >= 0)
        leaves[producer] = TRUE;
    }
  return leaves;
}

/* Whether a join puts positions, not channels, beside one another, as windows that were shifted. */
static gboolean
joins_positions (const Survey *survey, const PhStep *step)
{
  gint64 axis = ph_attrs_get_int (step->node->attrs, "axis", 1);
  int channels = survey->axis[step->out_values[0]];

  if (axis < 0)
    axis += step->out[0]->shape.rank;
  return g_str_equal (step->op->name, "Concat") && channels >= 0 && axis != channels;
}

static gboolean
is_layer (const Survey *survey, guint i, gboolean leaves)
{
  const PhNode *node = ph_graph_get_node (survey->graph, i);
  const PhStep *step = survey->trace->steps[i];
  gboolean several = count_variable_inputs (survey->graph, node) > 1;

  if (step == NULL || step->is_view || step->out_values[0] < 0 ||
      !ph_type_is_real (step->out[0]->type) || g_strv_contains (shuffle_kinds, node->op_type) ||
      ph_layer_is_part (survey->graph, node) || joins_positions (survey, step))
    return FALSE;
  if (g_strv_contains (major_kinds, node->op_type))
    return !g_str_equal (node->op_type, "MatMul") || leaves || !several;
  return leaves || (several && g_str_equal (node->op_type, "Add"));
}

/* The last layer of a module takes the module's name, earlier ones add their own. */
static void
name_layers (GPtrArray *layers, char **bases, char **leaves)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = layers->len; i-- > 0;)
    {
      PhLayer *layer = layers->pdata[i];

      layer->name = g_strdup (bases[i]);
      if (g_hash_table_contains (taken, layer->name))
        {
          g_free (layer->name);
          layer->name = g_strdup_printf ("%s.%s", bases[i], leaves[i]);
        }
      for (guint k = 2; g_hash_table_contains (taken, layer->name); k++)
        {
          g_free (layer->name);
          layer->name = g_strdup_printf ("%s.%s_%u", bases[i], leaves[i], k);
        }
      g_hash_table_add (taken, layer->name);
      layer->group = ph_layer_dup_group (layer->name);
    }
}

static PhLayer *
layer_for_node (const Survey *survey, guint i, gboolean leaves)
{
  const PhNode *node = ph_graph_get_node (survey->graph, i);
  const GError *obstacle = survey->trace->errors[i];
  PhLayer *layer = g_new0 (PhLayer, 1);

  layer->value = node->outputs[0];
  layer->kind = ph_layer_kind (survey->graph, node, &layer->n_parameters);
  layer->rows = layer->columns = 1;
  if (obstacle != NULL)
    {
      const PhValue *value =
          layer->value >= 0 ? ph_graph_get_value (survey->graph, layer->value) : NULL;

      if (value != NULL && (g_strv_contains (major_kinds, node->op_type) || node->op == NULL))
        {
          if (value->has_shape && value->shape.rank > 1 && value->shape.dim[1] > 0)
            layer->n_channels = (guint)MIN (value->shape.dim[1], G_MAXINT);
          layer->obstacle = g_strdup (obstacle->message);
          return layer;
        }
    }
  else if (is_layer (survey, i, leaves) &&
           set_layout (layer, &survey->trace->specs[layer->value].shape,
                       survey->axis[layer->value]))
    {
      layer->field = survey->field[layer->value];
      return layer;
    }
  ph_layer_free (layer);
  return NULL;
}

GPtrArray *
ph_layers_new (PhTrace *trace, gboolean nhwc)
{
  PhGraph *graph = trace->graph;
  guint n = ph_graph_get_n_nodes (graph), n_values = ph_graph_get_n_values (graph);
  g_autofree int *axis = g_new (int, n_values + 1);
  g_autofree PhReceptiveField *field = g_new0 (PhReceptiveField, n_values + 1);
  g_autofree gboolean *has_field = g_new0 (gboolean, n_values + 1);
  g_autoptr (GPtrArray) layers = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_layer_free);
  g_autoptr (GPtrArray) modules = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) bases = g_ptr_array_new ();
  g_autoptr (GPtrArray) leaf_names = g_ptr_array_new ();

  Survey survey = { graph, trace, axis, field, has_field };

  survey_values (&survey, nhwc);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (modules, ph_layer_dup_module (graph, ph_graph_get_node (graph, i)));

  g_autofree gboolean *leaves = mark_leaving (graph, (char **)modules->pdata);

  for (guint i = 0; i < n; i++)
    {
      PhLayer *layer = layer_for_node (&survey, i, leaves[i]);
      const char *slash = strrchr (ph_graph_get_node (graph, i)->name, '/');

      if (layer == NULL)
        continue;
      g_ptr_array_add (layers, layer);
      g_ptr_array_add (bases, modules->pdata[i]);
      g_ptr_array_add (leaf_names, slash != NULL ? (gpointer)(slash + 1)
                                                 : (gpointer)ph_graph_get_node (graph, i)->op_type);
    }
  name_layers (layers, (char **)bases->pdata, (char **)leaf_names->pdata);
  return g_steal_pointer (&layers);
}
