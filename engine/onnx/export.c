#include "onnx/export.h"

#include <glib/gi18n.h>
#include <string.h>

#include "network/plan.h"
#include "onnx/attributes-private.h"
#include "onnx/labels-private.h"
#include "onnx/preprocess-private.h"
#include "onnx/tensor-private.h"

#define LARGEST_FILE (G_GUINT64_CONSTANT (1) << 31)

/* The message borrows names from the graph; what is made for it is in @memory, except the data of
 * tensors and attributes, which their own functions free. */
typedef struct
{
  PhGraph *source;
  const PhPreprocess *preprocess;
  PhPlan *plan; /* owned: made when an output has no declared shape */
  GPtrArray *memory;
  Onnx__ModelProto model;
  Onnx__GraphProto graph;
} Export;

static gpointer
make (Export *e, gsize size)
{
  gpointer memory = g_malloc0 (MAX (size, 1));

  g_ptr_array_add (e->memory, memory);
  return memory;
}

static void
add_metadata (Export *e, const char *key, char *value)
{
  Onnx__StringStringEntryProto *entry = make (e, sizeof *entry);

  onnx__string_string_entry_proto__init (entry);
  entry->key = (char *)key;
  entry->value = value;
  g_ptr_array_add (e->memory, value);
  e->model.metadata_props[e->model.n_metadata_props++] = entry;
}

static Onnx__TypeProto *
make_type (Export *e, PhType element, const PhShape *shape)
{
  Onnx__TypeProto *type = make (e, sizeof *type);
  Onnx__TypeProto__Tensor *tensor = make (e, sizeof *tensor);

  onnx__type_proto__init (type);
  onnx__type_proto__tensor__init (tensor);
  type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  type->tensor_type = tensor;
  tensor->has_elem_type = TRUE;
  tensor->elem_type = element;
  if (shape == NULL)
    return type;
  tensor->shape = make (e, sizeof *tensor->shape);
  onnx__tensor_shape_proto__init (tensor->shape);
  tensor->shape->dim = make (e, shape->rank * sizeof *tensor->shape->dim);
  for (guint i = 0; i < shape->rank; i++)
    {
      Onnx__TensorShapeProto__Dimension *dimension = make (e, sizeof *dimension);

      onnx__tensor_shape_proto__dimension__init (dimension);
      tensor->shape->dim[tensor->shape->n_dim++] = dimension;
      if (shape->dim[i] >= 0)
        {
          dimension->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
          dimension->dim_value = shape->dim[i];
        }
      else if (i == 0)
        {
          dimension->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
          dimension->dim_param = (char *)"N";
        }
    }
  return type;
}

static Onnx__ValueInfoProto *
make_info (Export *e, const PhValue *value, PhType type, const PhShape *shape)
{
  Onnx__ValueInfoProto *info = make (e, sizeof *info);

  onnx__value_info_proto__init (info);
  info->name = value->name;
  info->type = make_type (e, type, shape);
  return info;
}

static void
add_inputs (Export *e)
{
  guint n;
  const int *inputs = ph_graph_get_inputs (e->source, &n);

  e->graph.input = make (e, n * sizeof *e->graph.input);
  for (guint i = 0; i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (e->source, inputs[i]);

      e->graph.input[e->graph.n_input++] =
          make_info (e, value, value->type, value->has_shape ? &value->shape : NULL);
    }
}

/* The shapes that one picture of the usual size leads to. */
static gboolean
make_plan (Export *e, GError **error)
{
  guint n_inputs, n_outputs;
  const int *inputs = ph_graph_get_inputs (e->source, &n_inputs);
  const int *outputs = ph_graph_get_outputs (e->source, &n_outputs);
  int image = ph_onnx_find_image_input (e->source);
  g_autofree PhSpec *specs = g_new0 (PhSpec, n_inputs + 1);

  for (guint i = 0; i < n_inputs; i++)
    {
      const PhValue *value = ph_graph_get_value (e->source, inputs[i]);
      const PhPreprocess *p = e->preprocess;

      specs[i].type = value->type;
      specs[i].shape = value->shape;
      for (guint axis = 0; axis < value->shape.rank; axis++)
        if (value->shape.dim[axis] < 0)
          specs[i].shape.dim[axis] = 1;
      if (p == NULL || inputs[i] != image || (value->has_shape && value->shape.rank != 4))
        continue;

      gint64 n = value->has_shape && value->shape.dim[0] > 0 ? value->shape.dim[0] : 1;

      specs[i].shape = p->nhwc ? PH_SHAPE (n, p->height, p->width, p->channels)
                               : PH_SHAPE (n, p->channels, p->height, p->width);
    }

  PhQuestion question = {
    .inputs = specs, .n_inputs = n_inputs, .targets = outputs, .n_targets = n_outputs
  };

  e->plan = ph_plan_new (e->source, &question, error);
  return e->plan != NULL;
}

static gboolean
add_outputs (Export *e, GError **error)
{
  guint n, n_inputs;
  const int *outputs = ph_graph_get_outputs (e->source, &n);
  const int *inputs = ph_graph_get_inputs (e->source, &n_inputs);
  const PhValue *first = n_inputs > 0 ? ph_graph_get_value (e->source, inputs[0]) : NULL;
  gboolean any_batch = first != NULL && first->shape.rank > 0 && first->shape.dim[0] < 0;

  e->graph.output = make (e, n * sizeof *e->graph.output);
  for (guint i = 0; i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (e->source, outputs[i]);
      PhSpec spec = { value->type, value->shape, NULL };

      if (!value->has_shape || value->type == PH_TYPE_NONE)
        {
          if (e->plan == NULL && !make_plan (e, error))
            return FALSE;
          spec = *ph_plan_get_spec (e->plan, outputs[i]);
          if (any_batch && spec.shape.rank > 0 && spec.shape.dim[0] == 1)
            spec.shape.dim[0] = -1;
        }
      e->graph.output[e->graph.n_output++] = make_info (e, value, spec.type, &spec.shape);
    }
  return TRUE;
}

/* Declared shapes of what is neither input nor output. */
static void
add_value_infos (Export *e)
{
  guint n = ph_graph_get_n_values (e->source);
  guint n_outputs;
  const int *outputs = ph_graph_get_outputs (e->source, &n_outputs);

  e->graph.value_info = make (e, n * sizeof *e->graph.value_info);
  for (guint i = 0; i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (e->source, (int)i);
      gboolean inner = value->producer >= 0 && value->has_shape && value->type != PH_TYPE_NONE;

      for (guint j = 0; j < n_outputs; j++)
        inner = inner && outputs[j] != (int)i;
      if (inner)
        e->graph.value_info[e->graph.n_value_info++] =
            make_info (e, value, value->type, &value->shape);
    }
}

static gboolean
add_constants (Export *e, GError **error)
{
  guint n = ph_graph_get_n_values (e->source);

  e->graph.initializer = make (e, n * sizeof *e->graph.initializer);
  for (guint i = 0; i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (e->source, (int)i);

      if (value->constant == NULL)
        continue;

      Onnx__TensorProto *tensor = make (e, sizeof *tensor);

      onnx__tensor_proto__init (tensor);
      e->graph.initializer[e->graph.n_initializer++] = tensor;
      if (!ph_onnx_tensor_to_message (value->constant, value->name, tensor, error))
        return FALSE;
    }
  return TRUE;
}

static char **
names_of (Export *e, const int *values, guint n)
{
  char **names = make (e, n * sizeof *names);

  for (guint i = 0; i < n; i++)
    names[i] = values[i] < 0 ? (char *)"" : ph_graph_get_value (e->source, values[i])->name;
  return names;
}

static gboolean
add_nodes (Export *e, GError **error)
{
  guint n = ph_graph_get_n_nodes (e->source);

  e->graph.node = make (e, n * sizeof *e->graph.node);
  for (guint i = 0; i < n; i++)
    {
      const PhNode *from = ph_graph_get_node (e->source, i);
      Onnx__NodeProto *node = make (e, sizeof *node);

      onnx__node_proto__init (node);
      e->graph.node[e->graph.n_node++] = node;
      node->name = from->name;
      node->op_type = from->op_type;
      node->domain = from->domain != NULL && from->domain[0] != '\0' ? from->domain : NULL;
      node->n_input = from->n_inputs;
      node->input = names_of (e, from->inputs, from->n_inputs);
      node->n_output = from->n_outputs;
      node->output = names_of (e, from->outputs, from->n_outputs);
      if (!ph_onnx_attributes_to_message (from->attrs, node, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_labels (Export *e, const char *const *labels, GError **error)
{
  for (guint i = 0; labels[i] != NULL; i++)
    if (strpbrk (labels[i], "\r\n") != NULL || !g_utf8_validate (labels[i], -1, NULL))
      {
        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                     _ ("the label of class %u has a line end or is not UTF-8"), i);
        return FALSE;
      }
  add_metadata (e, "phosphene.labels", g_strjoinv ("\n", (char **)labels));
  return TRUE;
}

static gboolean
write_file (Export *e, const char *path, GError **error)
{
  gsize size = onnx__model_proto__get_packed_size (&e->model);

  if (size > LARGEST_FILE)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "the network has %" G_GSIZE_FORMAT " bytes; an ONNX file has at most 2 GiB",
                   size);
      return FALSE;
    }

  g_autofree guint8 *bytes = g_try_malloc (size);

  if (bytes == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "there is no memory to write a network of %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }
  onnx__model_proto__pack (&e->model, bytes);
  return g_file_set_contents_full (path, (const char *)bytes, (gssize)size,
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0666, error);
}

static void
fill_header (Export *e, const char *doc)
{
  Onnx__OperatorSetIdProto *opset = make (e, sizeof *opset);

  onnx__model_proto__init (&e->model);
  onnx__graph_proto__init (&e->graph);
  onnx__operator_set_id_proto__init (opset);
  opset->domain = (char *)"";
  opset->has_version = TRUE;
  opset->version = ph_graph_get_opset (e->source);
  e->model.has_ir_version = TRUE;
  e->model.ir_version = opset->version < 15 ? 7 : 8;
  e->model.producer_name = (char *)"phosphene";
  e->model.producer_version = (char *)PH_VERSION;
  e->model.doc_string = (char *)doc;
  e->model.opset_import = make (e, sizeof *e->model.opset_import);
  e->model.opset_import[e->model.n_opset_import++] = opset;
  e->model.metadata_props = make (e, 3 * sizeof *e->model.metadata_props);
  e->model.graph = &e->graph;
  e->graph.name = (char *)ph_graph_get_name (e->source);
  if (e->graph.name == NULL || e->graph.name[0] == '\0')
    e->graph.name = (char *)"graph";
}

static gboolean
fill (Export *e, const char *const *labels, GHashTable *channel_labels, GError **error)
{
  if (e->preprocess != NULL)
    add_metadata (e, "phosphene.preprocess", ph_onnx_preprocess_to_json (e->preprocess));
  if (labels != NULL && !add_labels (e, labels, error))
    return FALSE;
  if (channel_labels != NULL)
    add_metadata (e, "phosphene.channel_labels", ph_onnx_channel_labels_to_json (channel_labels));
  add_inputs (e);
  if (!add_outputs (e, error))
    return FALSE;
  add_value_infos (e);
  return add_constants (e, error) && add_nodes (e, error);
}

static void
clear (Export *e)
{
  for (gsize i = 0; i < e->graph.n_initializer; i++)
    ph_onnx_tensor_clear_message (e->graph.initializer[i]);
  for (gsize i = 0; i < e->graph.n_node; i++)
    ph_onnx_attributes_clear_message (e->graph.node[i]);
  g_clear_pointer (&e->plan, ph_plan_unref);
  g_ptr_array_unref (e->memory);
}

gboolean
ph_onnx_export (PhGraph *graph, const PhPreprocess *preprocess, const char *const *labels,
                GHashTable *channel_labels, const char *doc, const char *path, GError **error)
{
  Export e = { .source = graph,
               .preprocess = preprocess,
               .memory = g_ptr_array_new_with_free_func (g_free) };

  fill_header (&e, doc);

  gboolean done = fill (&e, labels, channel_labels, error) && write_file (&e, path, error);

  clear (&e);
  return done;
}
