#include "network/trace.h"

#include <glib/gi18n.h>

#include "network/step-private.h"

/* Which nodes the targets need, through any input. */
static gboolean *
mark_needed (PhGraph *graph, const int *targets, guint n_targets)
{
  guint n = ph_graph_get_n_nodes (graph);
  gboolean *needed = g_new0 (gboolean, n + 1);
  g_autofree gboolean *wanted = g_new0 (gboolean, ph_graph_get_n_values (graph) + 1);

  for (guint i = 0; i < n_targets; i++)
    wanted[targets[i]] = TRUE;
  for (guint i = n; i-- > 0;)
    {
      const PhNode *node = ph_graph_get_node (graph, i);

      needed[i] = targets == NULL;
      for (guint j = 0; j < node->n_outputs; j++)
        needed[i] |= node->outputs[j] >= 0 && wanted[node->outputs[j]];
      for (guint j = 0; needed[i] && j < node->n_inputs; j++)
        if (node->inputs[j] >= 0)
          wanted[node->inputs[j]] = TRUE;
    }
  return needed;
}

static gboolean
fold_step (PhTrace *trace, PhStep *step, gpointer *data, GError **error)
{
  g_autofree PhTensor **results = g_new0 (PhTensor *, step->n_outputs + 1);

  if (!ph_step_fold (step, data, results, error))
    return FALSE;
  for (guint i = 0; i < step->n_outputs; i++)
    if (results[i] != NULL)
      {
        step->out[i]->constant = results[i];
        g_ptr_array_add (trace->tensors, results[i]);
      }
  return TRUE;
}

static gboolean
trace_node (PhTrace *trace, guint i, gboolean training, gpointer *data, GError **error)
{
  const PhNode *node = ph_graph_get_node (trace->graph, i);

  if (node->op == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_OP_UNSUPPORTED,
                   _ ("node “%s” needs the operator %s%s%s, which Phosphene does not have"),
                   node->name, node->domain != NULL ? node->domain : "",
                   node->domain != NULL && *node->domain != '\0' ? "." : "", node->op_type);
      return FALSE;
    }

  PhStep *step = ph_step_new (node, trace->specs);
  gboolean ok, folds;

  step->training = training;
  for (guint j = 0; j < node->n_inputs; j++)
    if (node->inputs[j] >= 0 && trace->is_parameter[node->inputs[j]])
      step->parameter_inputs |= G_GUINT64_CONSTANT (1) << MIN (j, 63);
  ok = ph_step_infer (step, error);
  folds = ok && ph_step_is_foldable (step);

  if (folds)
    ok = fold_step (trace, step, data, error);
  if (ok && !folds)
    trace->steps[i] = step;
  else
    ph_step_free (step);
  return ok;
}

PhTrace *
ph_trace_new (PhGraph *graph, const PhSpec *inputs, const int *targets, guint n_targets,
              const int *parameters, guint n_parameters, gboolean training, gboolean tolerant,
              GError **error)
{
  g_autoptr (PhTrace) trace = g_new0 (PhTrace, 1);
  guint n_values = ph_graph_get_n_values (graph);
  guint n_nodes = ph_graph_get_n_nodes (graph);
  g_autofree gpointer *data = g_new0 (gpointer, n_values + 1);
  g_autofree gboolean *needed = mark_needed (graph, targets, n_targets);
  guint n_inputs;
  const int *input_values = ph_graph_get_inputs (graph, &n_inputs);

  trace->graph = ph_graph_ref (graph);
  trace->specs = g_new0 (PhSpec, n_values + 1);
  trace->steps = g_new0 (PhStep *, n_nodes + 1);
  trace->errors = g_new0 (GError *, n_nodes + 1);
  trace->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_tensor_unref);
  trace->is_parameter = g_new0 (gboolean, n_values + 1);

  for (guint i = 0; i < n_values; i++)
    {
      PhTensor *constant = ph_graph_get_value (graph, (int)i)->constant;

      if (constant != NULL)
        trace->specs[i] = (PhSpec){ constant->type, constant->shape, constant };
    }
  for (guint i = 0; i < n_inputs; i++)
    trace->specs[input_values[i]] = inputs[i];
  for (guint i = 0; i < n_parameters; i++)
    {
      trace->specs[parameters[i]].constant = NULL;
      trace->is_parameter[parameters[i]] = TRUE;
    }

  for (guint i = 0; i < n_nodes; i++)
    {
      const PhNode *node = ph_graph_get_node (graph, i);
      GError *failure = NULL;

      if (!needed[i])
        continue;
      for (guint j = 0; j < node->n_inputs && failure == NULL; j++)
        {
          int producer =
              node->inputs[j] < 0 ? -1 : ph_graph_get_value (graph, node->inputs[j])->producer;

          if (producer >= 0 && trace->errors[producer] != NULL)
            failure = g_error_copy (trace->errors[producer]);
        }
      if (failure != NULL || !trace_node (trace, i, training, data, &failure))
        {
          if (!tolerant)
            {
              g_propagate_error (error, failure);
              return NULL;
            }
          trace->errors[i] = failure;
          for (guint j = 0; j < node->n_outputs; j++)
            if (node->outputs[j] >= 0)
              trace->specs[node->outputs[j]] = (PhSpec){ .type = PH_TYPE_NONE };
        }
    }
  return g_steal_pointer (&trace);
}

void
ph_trace_free (PhTrace *trace)
{
  guint n = ph_graph_get_n_nodes (trace->graph);

  for (guint i = 0; i < n; i++)
    {
      g_clear_pointer (&trace->steps[i], ph_step_free);
      g_clear_error (&trace->errors[i]);
    }
  g_free (trace->steps);
  g_free (trace->errors);
  g_free (trace->specs);
  g_free (trace->is_parameter);
  g_ptr_array_unref (trace->tensors);
  ph_graph_unref (trace->graph);
  g_free (trace);
}
