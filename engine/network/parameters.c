#include "network/parameters.h"

/* Networks may add their biases as plain arithmetic: whether input @i of an addition is that, a
 * constant added to what filters or a matrix made. */
static gboolean
is_added_bias (PhGraph *graph, const PhNode *node, guint i)
{
  if (!g_str_equal (node->op->name, "Add"))
    return FALSE;

  int producer = ph_graph_get_value (graph, node->inputs[1 - i])->producer;
  const PhNode *before = producer < 0 ? NULL : ph_graph_get_node (graph, (guint)producer);

  return ph_graph_get_value (graph, node->inputs[i])->constant->n > 1 && before != NULL &&
         before->op != NULL && before->op->roles[1] == PH_ROLE_WEIGHT;
}

PhParameter *
ph_graph_list_parameters (PhGraph *graph, guint *n)
{
  g_autofree gboolean *seen = g_new0 (gboolean, ph_graph_get_n_values (graph) + 1);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (PhParameter));

  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      for (guint j = 0; node->op != NULL && j < MIN (node->n_inputs, PH_MAX_ROLES); j++)
        {
          PhParameter parameter = { node->inputs[j], node->op->roles[j], i };
          const PhTensor *constant =
              node->inputs[j] < 0 ? NULL : ph_graph_get_value (graph, node->inputs[j])->constant;

          if (constant == NULL || seen[parameter.value] || !ph_type_is_real (constant->type))
            continue;
          if (is_added_bias (graph, node, j))
            parameter.role = PH_ROLE_BIAS;
          if (parameter.role == PH_ROLE_NONE)
            continue;
          seen[parameter.value] = TRUE;
          g_array_append_val (list, parameter);
        }
    }
  *n = list->len;
  return (PhParameter *)(gpointer)g_array_free (list, FALSE);
}
