#include "network/graph-private.h"

#include <glib/gi18n.h>

static void
value_clear (gpointer data)
{
  PhValue *value = data;

  g_free (value->name);
  g_clear_pointer (&value->constant, ph_tensor_unref);
}

void
ph_node_free (PhNode *node)
{
  if (node->config != NULL && node->op->clear_config != NULL)
    node->op->clear_config (node->config);
  g_free (node->config);
  g_free (node->name);
  g_free (node->op_type);
  g_free (node->domain);
  g_clear_pointer (&node->attrs, ph_attrs_free);
  g_free (node->inputs);
  g_free (node->outputs);
  g_free (node);
}

PhGraph *
ph_graph_new (const char *name, int opset)
{
  PhGraph *graph = g_new0 (PhGraph, 1);

  graph->name = g_strdup (name);
  graph->opset = opset;
  graph->values = g_array_new (FALSE, TRUE, sizeof (PhValue));
  g_array_set_clear_func (graph->values, value_clear);
  graph->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_node_free);
  graph->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  graph->node_names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  graph->inputs = g_array_new (FALSE, FALSE, sizeof (int));
  graph->outputs = g_array_new (FALSE, FALSE, sizeof (int));
  g_atomic_ref_count_init (&graph->refs);
  return graph;
}

PhGraph *
ph_graph_ref (PhGraph *graph)
{
  g_atomic_ref_count_inc (&graph->refs);
  return graph;
}

void
ph_graph_unref (PhGraph *graph)
{
  if (!g_atomic_ref_count_dec (&graph->refs))
    return;
  g_free (graph->name);
  g_ptr_array_unref (graph->nodes);
  g_array_unref (graph->values);
  g_hash_table_unref (graph->by_name);
  g_hash_table_unref (graph->node_names);
  g_array_unref (graph->inputs);
  g_array_unref (graph->outputs);
  g_free (graph);
}

PhValue *
ph_graph_value (PhGraph *graph, int i)
{
  return &g_array_index (graph->values, PhValue, i);
}

gboolean *
ph_graph_mark_sources (const PhGraph *graph, int value)
{
  gboolean *marked = g_new0 (gboolean, graph->values->len + 1);

  marked[value] = TRUE;
  for (guint i = graph->nodes->len; i-- > 0;)
    {
      const PhNode *node = graph->nodes->pdata[i];
      gboolean needed = FALSE;

      for (guint j = 0; j < node->n_outputs; j++)
        needed |= node->outputs[j] >= 0 && marked[node->outputs[j]];
      for (guint j = 0; needed && j < node->n_inputs; j++)
        if (node->inputs[j] >= 0)
          marked[node->inputs[j]] = TRUE;
    }
  marked[value] = FALSE;
  return marked;
}

int
ph_graph_find_value (const PhGraph *graph, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (graph->by_name, name)) - 1;
}

/* The index of the value of that name, made on first mention. */
static int
mention (PhGraph *graph, const char *name)
{
  int index = ph_graph_find_value (graph, name);

  if (index >= 0)
    return index;

  PhValue value = { .name = g_strdup (name), .producer = -1 };

  index = (int)graph->values->len;
  g_array_append_val (graph->values, value);
  g_hash_table_insert (graph->by_name, g_strdup (name), GINT_TO_POINTER (index + 1));
  return index;
}

static gboolean
is_input (const PhGraph *graph, int index)
{
  for (guint i = 0; i < graph->inputs->len; i++)
    if (g_array_index (graph->inputs, int, i) == index)
      return TRUE;
  return FALSE;
}

/* A value has one origin: an input, a constant or a node. */
static gboolean
claim (PhGraph *graph, int index, GError **error)
{
  PhValue *value = ph_graph_value (graph, index);

  if (value->producer < 0 && value->constant == NULL && !is_input (graph, index))
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("two things are called “%s”"),
               value->name);
  return FALSE;
}

int
ph_graph_add_input (PhGraph *graph, const char *name, PhType type, const PhShape *shape,
                    GError **error)
{
  g_return_val_if_fail (!graph->finished, -1);

  int index = mention (graph, name);

  if (!claim (graph, index, error))
    return -1;
  ph_graph_declare (graph, name, type, shape);
  g_array_append_val (graph->inputs, index);
  return index;
}

int
ph_graph_add_constant (PhGraph *graph, const char *name, PhTensor *tensor, GError **error)
{
  g_return_val_if_fail (!graph->finished, -1);

  int index = mention (graph, name);

  if (!claim (graph, index, error))
    return -1;
  ph_graph_value (graph, index)->constant = ph_tensor_ref (tensor);
  ph_graph_declare (graph, name, tensor->type, &tensor->shape);
  return index;
}

void
ph_graph_declare (PhGraph *graph, const char *name, PhType type, const PhShape *shape)
{
  PhValue *value = ph_graph_value (graph, mention (graph, name));

  value->type = type;
  value->has_shape = shape != NULL;
  if (shape != NULL)
    value->shape = *shape;
}

void
ph_graph_add_output (PhGraph *graph, const char *name)
{
  int index = mention (graph, name);

  g_array_append_val (graph->outputs, index);
}

static int *
mention_all (PhGraph *graph, const char *const *names, guint n)
{
  int *indices = g_new (int, MAX (n, 1));

  for (guint i = 0; i < n; i++)
    indices[i] = names[i] == NULL || *names[i] == '\0' ? -1 : mention (graph, names[i]);
  return indices;
}

static char *
unique_node_name (PhGraph *graph, const char *name, const char *op_type, const char *output)
{
  g_autofree char *base = NULL;

  if (name != NULL && *name != '\0')
    base = g_strdup (name);
  else if (output != NULL && *output != '\0')
    base = g_strdup (output);
  else
    base = g_strdup (op_type);

  char *unique = g_strdup (base);

  for (guint i = 2; g_hash_table_contains (graph->node_names, unique); i++)
    {
      g_free (unique);
      unique = g_strdup_printf ("%s~%u", base, i);
    }
  g_hash_table_add (graph->node_names, g_strdup (unique));
  return unique;
}

gboolean
ph_graph_add_node (PhGraph *graph, const char *op_type, const char *domain, const char *name,
                   PhAttrs *attrs, const char *const *inputs, guint n_inputs,
                   const char *const *outputs, guint n_outputs, GError **error)
{
  g_return_val_if_fail (!graph->finished, FALSE);

  PhNode *node = g_new0 (PhNode, 1);
  gboolean ours = domain == NULL || *domain == '\0' || g_str_equal (domain, "ai.onnx");

  node->op_type = g_strdup (op_type);
  node->domain = g_strdup (domain);
  node->attrs = attrs;
  node->opset = graph->opset;
  node->op = ours ? ph_op_lookup (op_type) : NULL;
  node->n_inputs = n_inputs;
  node->n_outputs = n_outputs;
  node->inputs = mention_all (graph, inputs, n_inputs);
  node->outputs = mention_all (graph, outputs, n_outputs);
  node->name = unique_node_name (graph, name, op_type, n_outputs > 0 ? outputs[0] : NULL);

  int index = (int)graph->nodes->len;

  g_ptr_array_add (graph->nodes, node);
  for (guint i = 0; i < n_outputs; i++)
    {
      if (node->outputs[i] < 0)
        continue;
      if (!claim (graph, node->outputs[i], error))
        {
          g_prefix_error (error, _ ("node “%s”: "), node->name);
          return FALSE;
        }
      ph_graph_value (graph, node->outputs[i])->producer = index;
    }
  return TRUE;
}

void
ph_graph_count_consumers (PhGraph *graph)
{
  for (guint i = 0; i < graph->values->len; i++)
    ph_graph_value (graph, (int)i)->n_consumers = 0;
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const PhNode *node = graph->nodes->pdata[i];

      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] >= 0)
          ph_graph_value (graph, node->inputs[j])->n_consumers++;
    }
}

static gboolean
check_sources (PhGraph *graph, GError **error)
{
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const PhNode *node = graph->nodes->pdata[i];

      for (guint j = 0; j < node->n_inputs; j++)
        {
          int index = node->inputs[j];
          const PhValue *value;

          if (index < 0)
            continue;
          value = ph_graph_value (graph, index);
          if (value->producer < 0 && value->constant == NULL && !is_input (graph, index))
            {
              g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                           _ ("node “%s” (%s) reads “%s”, which nothing in the file makes"),
                           node->name, node->op_type, value->name);
              return FALSE;
            }
        }
    }
  for (guint i = 0; i < graph->outputs->len; i++)
    {
      int index = g_array_index (graph->outputs, int, i);
      const PhValue *value = ph_graph_value (graph, index);

      if (value->producer < 0 && value->constant == NULL && !is_input (graph, index))
        {
          g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                       _ ("the output “%s” is made by no node"), value->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* Kahn's algorithm, always taking the ready node that was added first. */
static gboolean
sort_nodes (PhGraph *graph, GError **error)
{
  guint n = graph->nodes->len;
  g_autofree guint *waiting = g_new0 (guint, n + 1);
  g_autofree gboolean *done = g_new0 (gboolean, n + 1);
  g_autofree gpointer *sorted = g_new (gpointer, n + 1);
  g_autofree int *place = g_new (int, n + 1);
  g_autoptr (GPtrArray) readers = g_ptr_array_new_full (n, (GDestroyNotify)g_array_unref);
  GSequence *ready = g_sequence_new (NULL);
  guint n_sorted = 0;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (readers, g_array_new (FALSE, FALSE, sizeof (guint)));
  for (guint i = 0; i < n; i++)
    {
      const PhNode *node = graph->nodes->pdata[i];

      for (guint j = 0; j < node->n_inputs; j++)
        {
          int producer =
              node->inputs[j] < 0 ? -1 : ph_graph_value (graph, node->inputs[j])->producer;

          if (producer < 0)
            continue;
          waiting[i]++;
          g_array_append_val (readers->pdata[producer], i);
        }
    }

#define BY_INDEX(a, b) (GPOINTER_TO_INT (a) - GPOINTER_TO_INT (b))
  for (guint i = 0; i < n; i++)
    if (waiting[i] == 0)
      g_sequence_append (ready, GUINT_TO_POINTER (i));
  while (!g_sequence_is_empty (ready))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (ready);
      guint i = GPOINTER_TO_UINT (g_sequence_get (first));
      GArray *next = readers->pdata[i];

      g_sequence_remove (first);
      done[i] = TRUE;
      place[i] = (int)n_sorted;
      sorted[n_sorted++] = graph->nodes->pdata[i];
      for (guint j = 0; j < next->len; j++)
        {
          guint reader = g_array_index (next, guint, j);

          if (--waiting[reader] == 0)
            {
              GSequenceIter *at = g_sequence_get_end_iter (ready);

              while (!g_sequence_iter_is_begin (at) &&
                     BY_INDEX (g_sequence_get (g_sequence_iter_prev (at)),
                               GUINT_TO_POINTER (reader)) > 0)
                at = g_sequence_iter_prev (at);
              g_sequence_insert_before (at, GUINT_TO_POINTER (reader));
            }
        }
    }
#undef BY_INDEX
  g_sequence_free (ready);

  if (n_sorted < n)
    {
      for (guint i = 0; i < n; i++)
        if (!done[i])
          {
            g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                         _ ("node “%s” is part of a cycle: it needs its own result"),
                         ((PhNode *)graph->nodes->pdata[i])->name);
            return FALSE;
          }
    }
  for (guint i = 0; i < n; i++)
    graph->nodes->pdata[i] = sorted[i];
  for (guint i = 0; i < graph->values->len; i++)
    {
      PhValue *value = ph_graph_value (graph, (int)i);

      if (value->producer >= 0)
        value->producer = place[value->producer];
    }
  return TRUE;
}

static gboolean
configure_node (PhNode *node, GError **error)
{
  const PhOpClass *op = node->op;

  if (op == NULL)
    return TRUE;
  if (node->n_inputs < op->min_inputs || node->n_inputs > op->max_inputs ||
      node->n_outputs > op->max_outputs || node->n_outputs == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("node “%s”: %s takes %u to %u inputs and 1 to %u outputs, not %u and %u"),
                   node->name, op->name, op->min_inputs,
                   op->max_inputs == G_MAXUINT ? 9999 : op->max_inputs, op->max_outputs,
                   node->n_inputs, node->n_outputs);
      return FALSE;
    }
  for (guint i = 0; i < op->min_inputs; i++)
    if (node->inputs[i] < 0)
      {
        g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                     _ ("node “%s”: %s lacks its input %u"), node->name, op->name, i + 1);
        return FALSE;
      }
  node->config = op->config_size > 0 ? g_malloc0 (op->config_size) : NULL;
  if (op->configure != NULL && !op->configure (node, error))
    {
      g_prefix_error (error, _ ("node “%s” (%s): "), node->name, node->op_type);
      return FALSE;
    }
  return TRUE;
}

gboolean
ph_graph_finish (PhGraph *graph, GError **error)
{
  g_return_val_if_fail (!graph->finished, FALSE);

  if (!check_sources (graph, error) || !sort_nodes (graph, error))
    return FALSE;
  for (guint i = 0; i < graph->nodes->len; i++)
    if (!configure_node (graph->nodes->pdata[i], error))
      return FALSE;
  ph_graph_count_consumers (graph);
  graph->finished = TRUE;
  return TRUE;
}

const char *
ph_graph_get_name (const PhGraph *graph)
{
  return graph->name;
}

int
ph_graph_get_opset (const PhGraph *graph)
{
  return graph->opset;
}

guint
ph_graph_get_n_nodes (const PhGraph *graph)
{
  return graph->nodes->len;
}

const PhNode *
ph_graph_get_node (const PhGraph *graph, guint i)
{
  return graph->nodes->pdata[i];
}

guint
ph_graph_get_n_values (const PhGraph *graph)
{
  return graph->values->len;
}

const PhValue *
ph_graph_get_value (const PhGraph *graph, int i)
{
  return &g_array_index (graph->values, PhValue, i);
}

const int *
ph_graph_get_inputs (const PhGraph *graph, guint *n)
{
  *n = graph->inputs->len;
  return (const int *)(gpointer)graph->inputs->data;
}

const int *
ph_graph_get_outputs (const PhGraph *graph, guint *n)
{
  *n = graph->outputs->len;
  return (const int *)(gpointer)graph->outputs->data;
}
