#include "network/graph-copy.h"

/* Marks what @targets need, going back from them as far as @wanted is not yet set, and which nodes
 * that takes. */
static void
mark_needed (PhGraph *graph, const int *targets, guint n_targets, const gboolean *stop,
             gboolean *values, gboolean *nodes)
{
  for (guint i = 0; i < n_targets; i++)
    values[targets[i]] = TRUE;
  for (guint i = ph_graph_get_n_nodes (graph); i-- > 0;)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      for (guint j = 0; j < node->n_outputs; j++)
        nodes[i] |= node->outputs[j] >= 0 && values[node->outputs[j]] && !stop[node->outputs[j]];
      for (guint j = 0; nodes[i] && j < node->n_inputs; j++)
        if (node->inputs[j] >= 0)
          values[node->inputs[j]] = TRUE;
    }
}

static gboolean
copy_node (PhGraph *copy, PhGraph *graph, const PhNode *node, GError **error)
{
  g_autofree const char **inputs = g_new0 (const char *, node->n_inputs + 1);
  g_autofree const char **outputs = g_new0 (const char *, node->n_outputs + 1);

  for (guint i = 0; i < node->n_inputs; i++)
    if (node->inputs[i] >= 0)
      inputs[i] = ph_graph_get_value (graph, node->inputs[i])->name;
  for (guint i = 0; i < node->n_outputs; i++)
    if (node->outputs[i] >= 0)
      outputs[i] = ph_graph_get_value (graph, node->outputs[i])->name;
  return ph_graph_add_node (copy, node->op_type, node->domain, node->name,
                            node->attrs != NULL ? ph_attrs_copy (node->attrs) : NULL, inputs,
                            node->n_inputs, outputs, node->n_outputs, error);
}

static PhGraph *
copy (PhGraph *graph, const int *cut, const PhShape *shapes, guint n_cut, const int *targets,
      guint n_targets, PhTensor *const *constants, GError **error)
{
  guint n_values = ph_graph_get_n_values (graph), n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);
  g_autoptr (PhGraph) result = ph_graph_new (ph_graph_get_name (graph), ph_graph_get_opset (graph));
  g_autofree gboolean *values = g_new0 (gboolean, n_values + 1);
  g_autofree gboolean *stop = g_new0 (gboolean, n_values + 1);
  g_autofree gboolean *nodes = g_new0 (gboolean, ph_graph_get_n_nodes (graph) + 1);

  for (guint i = 0; i < n_cut; i++)
    stop[cut[i]] = TRUE;
  mark_needed (graph, targets, n_targets, stop, values, nodes);
  for (guint i = 0; i < n_cut; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, cut[i]);

      if (ph_graph_add_input (result, value->name, PH_TYPE_FLOAT, &shapes[i], error) < 0)
        return NULL;
    }
  for (guint i = 0; i < n_inputs; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, inputs[i]);

      if ((n_cut == 0 || values[inputs[i]]) && !stop[inputs[i]] &&
          ph_graph_add_input (result, value->name, value->type,
                              value->has_shape ? &value->shape : NULL, error) < 0)
        return NULL;
    }
  for (guint i = 0; i < n_values; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, (int)i);
      PhTensor *other = constants != NULL ? constants[i] : NULL;

      if (value->constant != NULL && values[i] && !stop[i] &&
          ph_graph_add_constant (result, value->name, other != NULL ? other : value->constant,
                                 error) < 0)
        return NULL;
    }
  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    if (nodes[i] && !copy_node (result, graph, ph_graph_get_node (graph, i), error))
      return NULL;
  return g_steal_pointer (&result);
}

PhGraph *
ph_graph_copy (PhGraph *graph, const int *targets, guint n_targets, PhTensor *const *constants,
               GError **error)
{
  return copy (graph, NULL, NULL, 0, targets, n_targets, constants, error);
}

PhGraph *
ph_graph_copy_tail (PhGraph *graph, const int *cut, const PhShape *shapes, guint n_cut,
                    const int *targets, guint n_targets, GError **error)
{
  return copy (graph, cut, shapes, n_cut, targets, n_targets, NULL, error);
}
