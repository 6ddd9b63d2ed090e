#include "network/graph-rewrite-private.h"

const char *
ph_rewrite_name (const PhRewrite *r, int value)
{
  if (value < 0)
    return NULL;
  return r->names[value] != NULL ? r->names[value] : ph_graph_get_value (r->from, value)->name;
}

gboolean
ph_rewrite_add (PhRewrite *r, const PhNode *node, const char *const *inputs, guint n_inputs)
{
  g_autofree const char **outputs = g_new0 (const char *, node->n_outputs + 1);

  for (guint i = 0; i < node->n_outputs; i++)
    if (node->outputs[i] >= 0)
      outputs[i] = ph_graph_get_value (r->from, node->outputs[i])->name;
  return ph_graph_add_node (r->to, node->op_type, node->domain, node->name,
                            node->attrs != NULL ? ph_attrs_copy (node->attrs) : NULL, inputs,
                            n_inputs, outputs, node->n_outputs, r->error);
}

gboolean
ph_rewrite_copy (PhRewrite *r, const PhNode *node)
{
  g_autofree const char **inputs = g_new0 (const char *, node->n_inputs + 1);

  for (guint i = 0; i < node->n_inputs; i++)
    inputs[i] = ph_rewrite_name (r, node->inputs[i]);
  return ph_rewrite_add (r, node, inputs, node->n_inputs);
}

gboolean
ph_rewrite_begin (PhRewrite *r, PhGraph *graph, const gboolean *keep, GError **error)
{
  guint n_inputs, n_values = ph_graph_get_n_values (graph);
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);

  *r = (PhRewrite){ graph, ph_graph_new (ph_graph_get_name (graph), ph_graph_get_opset (graph)),
                    g_new0 (char *, n_values + 1), error };
  for (guint i = 0; i < n_inputs; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, inputs[i]);

      if (ph_graph_add_input (r->to, value->name, value->type,
                              value->has_shape ? &value->shape : NULL, error) < 0)
        return FALSE;
    }
  for (guint i = 0; i < n_values; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, (int)i);

      if (value->constant != NULL && keep[i] &&
          ph_graph_add_constant (r->to, value->name, value->constant, error) < 0)
        return FALSE;
    }
  return TRUE;
}

PhGraph *
ph_rewrite_end (PhRewrite *r, gboolean done)
{
  guint n_outputs;
  const int *outputs = ph_graph_get_outputs (r->from, &n_outputs);

  for (guint i = 0; done && i < n_outputs; i++)
    ph_graph_add_output (r->to, ph_rewrite_name (r, outputs[i]));
  done = done && ph_graph_finish (r->to, r->error);
  for (guint i = 0; i < ph_graph_get_n_values (r->from); i++)
    g_free (r->names[i]);
  g_free (r->names);
  if (!done)
    g_clear_pointer (&r->to, ph_graph_unref);
  return r->to;
}
