#include "train/weights.h"

#include <glib/gi18n.h>
#include <string.h>

#include "network/graph-copy.h"
#include "train/init.h"

PhWeights *
ph_weights_new (PhGraph *graph, GError **error)
{
  g_autoptr (PhWeights) weights = g_new0 (PhWeights, 1);
  guint n;
  g_autofree PhParameter *parameters = ph_graph_list_parameters (graph, &n);

  weights->graph = ph_graph_ref (graph);
  weights->weights = g_new0 (PhWeight, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, parameters[i].value);
      PhWeight *weight = &weights->weights[i];

      *weight = (PhWeight){ .name = value->name,
                            .parameter = parameters[i],
                            .n = value->constant->n,
                            .is_trained = parameters[i].role != PH_ROLE_STATISTIC,
                            .rate = 1 };
      weight->data = ph_aligned_alloc (MAX (weight->n, 1) * sizeof (float));
      weights->n = i + 1;
      if (weight->data == NULL)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                       _ ("There is no memory for a copy of the weights of %s"),
                       ph_graph_get_name (graph));
          return NULL;
        }
      memcpy (weight->data, value->constant->f, weight->n * sizeof (float));
    }
  return g_steal_pointer (&weights);
}

void
ph_weights_free (PhWeights *weights)
{
  for (guint i = 0; i < weights->n; i++)
    ph_aligned_free (weights->weights[i].data);
  g_free (weights->weights);
  ph_graph_unref (weights->graph);
  g_free (weights);
}

void
ph_weights_freeze (PhWeights *weights, int value)
{
  int last = value >= 0 ? ph_graph_get_value (weights->graph, value)->producer : -1;

  for (guint i = 0; i < weights->n; i++)
    weights->weights[i].is_trained = weights->weights[i].parameter.role != PH_ROLE_STATISTIC &&
                                     (int)weights->weights[i].parameter.node > last;
}

/* Whether the node of weight @i is being trained: its statistics move with it. */
static gboolean
node_is_trained (const PhWeights *weights, guint i)
{
  guint node = weights->weights[i].parameter.node;

  for (guint j = 0; j < weights->n; j++)
    if (weights->weights[j].parameter.node == node && weights->weights[j].is_trained)
      return TRUE;
  return FALSE;
}

int *
ph_weights_list (const PhWeights *weights, gboolean statistics, guint *n)
{
  int *values = g_new (int, weights->n + 1);

  *n = 0;
  for (guint i = 0; i < weights->n; i++)
    if (weights->weights[i].is_trained ||
        (statistics && weights->weights[i].parameter.role == PH_ROLE_STATISTIC &&
         node_is_trained (weights, i)))
      values[(*n)++] = weights->weights[i].parameter.value;
  return values;
}

void
ph_weights_bind (const PhWeights *weights, PhRun *run, const int *values, guint n)
{
  for (guint i = 0; i < weights->n; i++)
    for (guint j = 0; j < n; j++)
      if (weights->weights[i].parameter.value == values[j])
        ph_run_set_parameter (run, values[j], weights->weights[i].data);
}

gsize
ph_weights_count (const PhWeights *weights, gboolean trained_only)
{
  gsize sum = 0;

  for (guint i = 0; i < weights->n; i++)
    if (weights->weights[i].is_trained || !trained_only)
      sum += weights->weights[i].n;
  return sum;
}

/* Fan-in and fan-out of filters or of a matrix. */
static void
measure_fans (const PhWeights *weights, const PhWeight *weight, gsize *in, gsize *out)
{
  const PhNode *node = ph_graph_get_node (weights->graph, weight->parameter.node);
  const PhShape *shape =
      &ph_graph_get_value (weights->graph, weight->parameter.value)->constant->shape;
  gsize window = shape->rank > 2 ? ph_shape_count_range (shape, 2, shape->rank) : 1;
  gsize first = shape->rank > 0 ? (gsize)shape->dim[0] : 1;
  gsize second = shape->rank > 1 ? (gsize)shape->dim[1] : 1;
  gboolean input_first =
      g_str_equal (node->op_type, "ConvTranspose") || g_str_equal (node->op_type, "MatMul") ||
      (g_str_equal (node->op_type, "Gemm") && ph_attrs_get_int (node->attrs, "transB", 0) == 0);

  *in = (input_first ? first : second) * window;
  *out = (input_first ? second : first) * window;
}

void
ph_weights_randomise (PhWeights *weights, guint64 seed)
{
  for (guint i = 0; i < weights->n; i++)
    {
      PhWeight *weight = &weights->weights[i];
      gsize fan_in, fan_out;
      PhRng rng;

      switch (weight->parameter.role)
        {
        case PH_ROLE_WEIGHT:
          ph_rng_init (&rng, seed, i);
          measure_fans (weights, weight, &fan_in, &fan_out);
          ph_init_weights (PH_INIT_HE, fan_in, fan_out, weight->n, weight->data, &rng);
          break;
        case PH_ROLE_SCALE:
          for (gsize j = 0; j < weight->n; j++)
            weight->data[j] = 1;
          break;
        case PH_ROLE_STATISTIC:
          {
            /* The variance is the last input of a normalisation, the mean the one before. */
            const PhNode *node = ph_graph_get_node (weights->graph, weight->parameter.node);
            gboolean variance = node->inputs[node->n_inputs - 1] == weight->parameter.value;

            for (gsize j = 0; j < weight->n; j++)
              weight->data[j] = variance ? 1 : 0;
            break;
          }
        case PH_ROLE_BIAS:
        case PH_ROLE_NONE:
        default:
          memset (weight->data, 0, weight->n * sizeof (float));
          break;
        }
    }
}

PhWeight *
ph_weights_find (const PhWeights *weights, const char *name)
{
  for (guint i = 0; i < weights->n; i++)
    if (g_str_equal (weights->weights[i].name, name))
      return &weights->weights[i];
  return NULL;
}

PhGraph *
ph_weights_publish (const PhWeights *weights, GError **error)
{
  guint n_values = ph_graph_get_n_values (weights->graph), n_outputs;
  const int *outputs = ph_graph_get_outputs (weights->graph, &n_outputs);
  g_autofree PhTensor **constants = g_new0 (PhTensor *, n_values + 1);
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_tensor_unref);
  g_autoptr (PhGraph) graph = NULL;

  for (guint i = 0; i < weights->n; i++)
    {
      const PhWeight *weight = &weights->weights[i];
      const PhTensor *old = ph_graph_get_value (weights->graph, weight->parameter.value)->constant;
      PhTensor *tensor = ph_tensor_new (old->type, &old->shape, error);

      if (tensor == NULL)
        return NULL;
      g_ptr_array_add (made, tensor);
      memcpy (tensor->f, weight->data, weight->n * sizeof (float));
      constants[weight->parameter.value] = tensor;
    }
  graph = ph_graph_copy (weights->graph, outputs, n_outputs, constants, error);
  for (guint i = 0; graph != NULL && i < n_outputs; i++)
    ph_graph_add_output (graph, ph_graph_get_value (weights->graph, outputs[i])->name);
  return graph != NULL && ph_graph_finish (graph, error) ? g_steal_pointer (&graph) : NULL;
}
