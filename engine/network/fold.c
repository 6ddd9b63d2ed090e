#include "network/graph-private.h"

#include <glib/gi18n.h>
#include "network/step-private.h"

/* Forgets what nothing reads any more: nodes that lead to no output, then their constants. */
static void
drop_unread (PhGraph *graph)
{
  guint n_values = graph->values->len;
  g_autofree gboolean *wanted = g_new0 (gboolean, n_values + 1);
  g_autofree int *place = g_new (int, graph->nodes->len + 1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; i < graph->outputs->len; i++)
    wanted[g_array_index (graph->outputs, int, i)] = TRUE;
  for (guint i = graph->nodes->len; i-- > 0;)
    {
      PhNode *node = graph->nodes->pdata[i];
      gboolean live = FALSE;

      for (guint j = 0; j < node->n_outputs; j++)
        live |= node->outputs[j] >= 0 && wanted[node->outputs[j]];
      place[i] = live ? 0 : -1;
      if (!live)
        continue;
      for (guint j = 0; j < node->n_inputs; j++)
        if (node->inputs[j] >= 0)
          wanted[node->inputs[j]] = TRUE;
    }
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      PhNode *node = graph->nodes->pdata[i];

      if (place[i] < 0)
        {
          ph_node_free (node);
          continue;
        }
      place[i] = (int)kept->len;
      g_ptr_array_add (kept, node);
    }
  g_ptr_array_set_free_func (graph->nodes, NULL);
  g_ptr_array_set_size (graph->nodes, 0);
  g_ptr_array_set_free_func (graph->nodes, (GDestroyNotify)ph_node_free);
  for (guint i = 0; i < kept->len; i++)
    g_ptr_array_add (graph->nodes, kept->pdata[i]);

  for (guint i = 0; i < n_values; i++)
    {
      PhValue *value = ph_graph_value (graph, (int)i);

      if (value->producer >= 0)
        value->producer = place[value->producer];
      if (!wanted[i])
        g_clear_pointer (&value->constant, ph_tensor_unref);
    }
  ph_graph_count_consumers (graph);
}

static gboolean
inputs_are_constant (const PhNode *node, const PhSpec *specs)
{
  for (guint i = 0; i < node->n_inputs; i++)
    if (node->inputs[i] >= 0 && specs[node->inputs[i]].constant == NULL)
      return FALSE;
  return TRUE;
}

gboolean
ph_graph_fold (PhGraph *graph, gsize limit, GError **error)
{
  g_return_val_if_fail (graph->finished, FALSE);

  guint n_values = graph->values->len;
  g_autofree PhSpec *specs = g_new0 (PhSpec, n_values + 1);
  g_autofree gpointer *data = g_new0 (gpointer, n_values + 1);
  gsize used = 0;

  for (guint i = 0; i < n_values; i++)
    {
      const PhValue *value = ph_graph_value (graph, (int)i);

      if (value->constant != NULL)
        specs[i] = (PhSpec){ value->constant->type, value->constant->shape, value->constant };
    }
  for (guint i = 0; i < graph->nodes->len; i++)
    {
      PhNode *node = graph->nodes->pdata[i];

      if (node->op == NULL || (node->op->flags & PH_OP_RANDOM) ||
          !inputs_are_constant (node, specs))
        continue;

      PhStep *step = ph_step_new (node, specs);
      g_autofree PhTensor **results = g_new0 (PhTensor *, node->n_outputs + 1);
      gsize size = 0;

      if (!ph_step_infer (step, error))
        {
          ph_step_free (step);
          return FALSE;
        }
      for (guint j = 0; j < node->n_outputs; j++)
        if (step->out[j] != NULL)
          size += ph_shape_count (&step->out[j]->shape) * ph_type_size (step->out[j]->type);
      if (size > limit - used)
        {
          g_set_error (
              error, PH_ERROR, PH_ERROR_MODEL_INVALID,
              _ ("node “%s” (%s) would blow the constants of the network up beyond reason"),
              node->name, node->op_type);
          ph_step_free (step);
          return FALSE;
        }
      used += size;

      gboolean ok = ph_step_fold (step, data, results, error);

      ph_step_free (step);
      if (!ok)
        return FALSE;
      for (guint j = 0; j < node->n_outputs; j++)
        {
          if (results[j] == NULL)
            continue;

          PhValue *value = ph_graph_value (graph, node->outputs[j]);

          value->constant = results[j];
          value->producer = -1;
          specs[node->outputs[j]] = (PhSpec){ results[j]->type, results[j]->shape, results[j] };
          node->outputs[j] = -1;
        }
    }
  drop_unread (graph);
  return TRUE;
}
