#include "onnx/import.h"

#include <glib/gi18n.h>
#include <math.h>

#include "onnx/attributes-private.h"
#include "onnx/parse-private.h"
#include "onnx/tensor-private.h"

#define NEWEST_OPSET 17
#define OLDEST_OPSET 7
#define MIB (G_GUINT64_CONSTANT (1) << 20)

typedef struct
{
  /* borrowed */
  const char *folder;
  Onnx__GraphProto *source;
  PhGraph *graph;
  GPtrArray *notes;
  GCancellable *cancellable;

  int opset;
} Import;

static const char *
text_or_empty (const char *text)
{
  return text != NULL ? text : "";
}

static gboolean
is_default_domain (const char *domain)
{
  return domain == NULL || domain[0] == '\0' || g_str_equal (domain, "ai.onnx");
}

G_GNUC_PRINTF (2, 3)
static void
note (Import *import, const char *format, ...)
{
  va_list args;

  if (import->notes == NULL)
    return;
  va_start (args, format);
  g_ptr_array_add (import->notes, g_strdup_vprintf (format, args));
  va_end (args);
}

/* Files before version 3 of the representation do not say which operator set they mean: the first.
 * Files that use other domains only do not need to say. */
static int
find_opset (const Onnx__ModelProto *model)
{
  for (gsize i = 0; i < model->n_opset_import; i++)
    if (is_default_domain (model->opset_import[i]->domain))
      return (int)CLAMP (model->opset_import[i]->version, 1, G_MAXINT);
  return model->n_opset_import > 0 ? NEWEST_OPSET : 1;
}

/* Operators that meant something else in a set before @since, from the change logs of ONNX. */
static const struct
{
  const char *op;
  int since;
} changed[] = {
  { "Add", 7 },     { "And", 7 },          { "BatchNormalization", 7 },
  { "Cast", 6 },    { "Concat", 4 },       { "Div", 7 },
  { "Dropout", 7 }, { "Equal", 7 },        { "GRU", 7 },
  { "Gemm", 7 },    { "GlobalLpPool", 2 }, { "Greater", 7 },
  { "LSTM", 7 },    { "Less", 7 },         { "LpPool", 2 },
  { "Mul", 7 },     { "Or", 7 },           { "PRelu", 7 },
  { "Pad", 2 },     { "Pow", 7 },          { "RNN", 7 },
  { "Reshape", 5 }, { "Split", 2 },        { "Sub", 7 },
  { "Tile", 6 },    { "Upsample", 7 },     { "Xor", 7 },
};

static gboolean
check_age (Import *import, const Onnx__NodeProto *node, GError **error)
{
  if (import->opset >= OLDEST_OPSET || !is_default_domain (node->domain))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    if (import->opset < changed[i].since && g_strcmp0 (node->op_type, changed[i].op) == 0)
      {
        g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                     _ ("node \"%s\": the network was written for operator set %d, where %s meant "
                        "something else than in %d and later, which are understood here; convert "
                        "the file with onnx.version_converter"),
                     text_or_empty (node->name), import->opset, changed[i].op, changed[i].since);
        return FALSE;
      }
  return TRUE;
}

/* Returns whether a shape is declared at all; free extents become -1. */
static gboolean
read_type (const Onnx__TypeProto *type, PhType *element, PhShape *shape)
{
  *element = PH_TYPE_NONE;
  if (type == NULL || type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
    return FALSE;

  const Onnx__TypeProto__Tensor *tensor = type->tensor_type;

  *element = (PhType)tensor->elem_type;
  if (*element != PH_TYPE_STRING && !ph_type_is_held (*element))
    *element = PH_TYPE_NONE;
  if (tensor->shape == NULL || tensor->shape->n_dim > PH_MAX_RANK)
    return FALSE;
  *shape = (PhShape){ .rank = tensor->shape->n_dim };
  for (guint i = 0; i < shape->rank; i++)
    {
      const Onnx__TensorShapeProto__Dimension *dimension = tensor->shape->dim[i];

      shape->dim[i] =
          dimension->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE &&
                  dimension->dim_value >= 0
              ? dimension->dim_value
              : -1;
    }
  return TRUE;
}

static void
declare (Import *import, const Onnx__ValueInfoProto *info)
{
  PhType type;
  PhShape shape;
  gboolean has_shape = read_type (info->type, &type, &shape);

  if (info->name != NULL && info->name[0] != '\0' && type != PH_TYPE_NONE)
    ph_graph_declare (import->graph, info->name, type, has_shape ? &shape : NULL);
}

static gboolean
add_constants (Import *import, GError **error)
{
  const Onnx__GraphProto *source = import->source;

  if (source->n_sparse_initializer > 0)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                           _ ("some of its weights are sparse tensors, which cannot be read; save "
                              "the network with dense weights"));
      return FALSE;
    }
  for (gsize i = 0; i < source->n_initializer; i++)
    {
      Onnx__TensorProto *message = source->initializer[i];

      if (g_cancellable_set_error_if_cancelled (import->cancellable, error))
        return FALSE;

      g_autoptr (PhTensor) tensor = ph_onnx_tensor_from_message (message, import->folder, error);

      if (tensor == NULL)
        {
          g_prefix_error (error, _ ("initialiser \"%s\": "), text_or_empty (message->name));
          return FALSE;
        }
      ph_onnx_release_raw (message);
      if (message->name == NULL || message->name[0] == '\0')
        {
          g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                               _ ("an initialiser has no name"));
          return FALSE;
        }
      if (ph_graph_add_constant (import->graph, message->name, tensor, error) < 0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_inputs (Import *import, GError **error)
{
  for (gsize i = 0; i < import->source->n_input; i++)
    {
      const Onnx__ValueInfoProto *info = import->source->input[i];
      int known = ph_graph_find_value (import->graph, text_or_empty (info->name));
      PhType type;
      PhShape shape;
      gboolean has_shape = read_type (info->type, &type, &shape);

      /* Before version 4 of the representation each initialiser was listed as an input too. */
      if (known >= 0 && ph_graph_get_value (import->graph, known)->constant != NULL)
        continue;
      if (info->name == NULL || info->name[0] == '\0')
        {
          g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("an input has no name"));
          return FALSE;
        }
      if (ph_graph_add_input (import->graph, info->name, type, has_shape ? &shape : NULL, error) <
          0)
        return FALSE;
    }
  return TRUE;
}

static gboolean
add_nodes (Import *import, GError **error)
{
  for (gsize i = 0; i < import->source->n_node; i++)
    {
      const Onnx__NodeProto *node = import->source->node[i];
      const char *domain = is_default_domain (node->domain) ? "" : node->domain;

      if (node->op_type == NULL || node->op_type[0] == '\0')
        {
          g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("node \"%s\" has no operator"),
                       text_or_empty (node->name));
          return FALSE;
        }
      if (!check_age (import, node, error))
        return FALSE;

      g_autoptr (PhAttrs) attrs = ph_onnx_attributes (node, import->folder, error);

      if (attrs == NULL ||
          !ph_graph_add_node (import->graph, node->op_type, domain, node->name,
                              g_steal_pointer (&attrs), (const char *const *)node->input,
                              (guint)node->n_input, (const char *const *)node->output,
                              (guint)node->n_output, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
build (Import *import, GError **error)
{
  const Onnx__GraphProto *source = import->source;

  if (!add_constants (import, error) || !add_inputs (import, error) || !add_nodes (import, error))
    return FALSE;
  for (gsize i = 0; i < source->n_value_info; i++)
    declare (import, source->value_info[i]);
  for (gsize i = 0; i < source->n_output; i++)
    {
      const Onnx__ValueInfoProto *info = source->output[i];

      if (info->name == NULL || info->name[0] == '\0')
        {
          g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                               _ ("an output has no name"));
          return FALSE;
        }
      ph_graph_add_output (import->graph, info->name);
      declare (import, info);
    }
  return TRUE;
}

static const PhNode *
find_reader (PhGraph *graph, int value)
{
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] == value)
          return node;
    }
  return NULL;
}

/* A network with NaN among its weights runs, but everything after them is NaN: say where it is. */
static void
note_bad_weights (Import *import)
{
  for (guint i = 0; i < ph_graph_get_n_values (import->graph); i++)
    {
      const PhTensor *constant = ph_graph_get_value (import->graph, (int)i)->constant;
      gsize bad = 0;

      if (constant == NULL || !ph_type_is_real (constant->type))
        continue;
      for (gsize j = 0; j < constant->n; j++)
        bad += isnan (constant->f[j]) != 0;
      if (bad == 0)
        continue;

      const PhNode *reader = find_reader (import->graph, (int)i);

      note (import,
            "Node “%s”: %" G_GSIZE_FORMAT " of the %" G_GSIZE_FORMAT
            " weights in “%s” are not a number, so nothing after it can be shown.",
            reader != NULL ? reader->name : "", bad, constant->n,
            ph_graph_get_value (import->graph, (int)i)->name);
    }
}

static GHashTable *
read_metadata (const Onnx__ModelProto *model)
{
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (gsize i = 0; i < model->n_metadata_props; i++)
    if (model->metadata_props[i]->key != NULL && model->metadata_props[i]->value != NULL)
      g_hash_table_insert (metadata, g_strdup (model->metadata_props[i]->key),
                           g_strdup (model->metadata_props[i]->value));
  return metadata;
}

PhGraph *
ph_onnx_import (const char *path, GHashTable **metadata, GPtrArray *notes,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (GMappedFile) file = ph_onnx_map (path, error);

  if (file == NULL)
    return NULL;

  gsize size = g_mapped_file_get_length (file);
  g_autoptr (PhOnnxModel) model = ph_onnx_parse (&onnx__model_proto__descriptor,
                                                 g_mapped_file_get_contents (file), size, error);

  if (model == NULL)
    return NULL;
  if (model->graph == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                           _ ("this is not an ONNX file: there is no graph in it"));
      return NULL;
    }

  g_autofree char *folder = g_path_get_dirname (path);
  int opset = find_opset (model);
  g_autoptr (PhGraph) graph = ph_graph_new (text_or_empty (model->graph->name), opset);
  Import import = { .folder = folder,
                    .source = model->graph,
                    .graph = graph,
                    .notes = notes,
                    .cancellable = cancellable,
                    .opset = opset };

  if (opset > NEWEST_OPSET)
    note (&import,
          "The network was written for operator set %d; sets up to %d are known here, so a newer "
          "operator may be computed by the older rule.",
          opset, NEWEST_OPSET);
  if (!build (&import, error) || !ph_graph_finish (graph, error) ||
      !ph_graph_fold (graph, (gsize)MIN (4096 * MIB, 2 * (guint64)size + 64 * MIB), error))
    return NULL;
  note_bad_weights (&import);
  if (metadata != NULL)
    *metadata = read_metadata (model);
  return g_steal_pointer (&graph);
}
