#include "network/autoencoder.h"

#include <glib/gi18n.h>

#include "network/graph-copy.h"
#include "network/trace.h"

/* Whether the image reaches @to on a way that does not lead through @cut. */
static gboolean
goes_round (const PhGraph *graph, int to, int cut)
{
  g_autofree gboolean *needed = g_new0 (gboolean, ph_graph_get_n_values (graph) + 1);
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);

  needed[to] = TRUE;
  for (guint i = ph_graph_get_n_nodes (graph); i-- > 0;)
    {
      const PhNode *node = ph_graph_get_node (graph, i);
      gboolean runs = FALSE;

      for (guint j = 0; j < node->n_outputs; j++)
        runs |= node->outputs[j] >= 0 && node->outputs[j] != cut && needed[node->outputs[j]];
      for (guint j = 0; runs && j < node->n_inputs; j++)
        if (node->inputs[j] >= 0)
          needed[node->inputs[j]] = TRUE;
    }
  return n_inputs > 0 && needed[inputs[0]];
}

/* The shapes of everything that leads to the outputs, for one image: no weights are packed, so that
 * asking costs nothing. NULL where the network has more inputs than the image. */
static PhTrace *
trace_outputs (PhModel *model, PhShape *input)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhGraph *graph = ph_model_get_graph (model);
  PhSpec spec = { .type = PH_TYPE_FLOAT };
  guint n_inputs, n_outputs;
  const int *outputs = ph_graph_get_outputs (graph, &n_outputs);

  ph_graph_get_inputs (graph, &n_inputs);
  *input = spec.shape = ph_model_input_shape (model, 1, p->height, p->width);
  return n_inputs == 1 ? ph_trace_new (graph, &spec, outputs, n_outputs, NULL, 0, FALSE, TRUE, NULL)
                       : NULL;
}

/* An output with the shape of the image. */
static int
find_picture (PhGraph *graph, const PhTrace *trace, const PhShape *input)
{
  guint n;
  const int *outputs = ph_graph_get_outputs (graph, &n);

  for (guint i = 0; i < n; i++)
    if (trace->specs[outputs[i]].type == PH_TYPE_FLOAT &&
        ph_shape_equal (&trace->specs[outputs[i]].shape, input))
      return outputs[i];
  return -1;
}

static int
find_code (PhModel *model, int picture)
{
  PhGraph *graph = ph_model_get_graph (model);
  g_autofree gboolean *sources = ph_graph_mark_sources (graph, picture);
  int named = ph_model_find_layer (model, "bottleneck"), best = -1;
  gsize fewest = G_MAXSIZE;

  if (named >= 0 && sources[ph_model_get_layer (model, (guint)named)->value])
    return ph_model_get_layer (model, (guint)named)->value;
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      gsize n = (gsize)layer->n_channels * layer->rows * layer->columns;

      if (layer->obstacle == NULL && n > 0 && n < fewest && sources[layer->value] &&
          !goes_round (graph, picture, layer->value))
        {
          fewest = n;
          best = layer->value;
        }
    }
  return best;
}

gboolean
ph_autoencoder_find (PhModel *model, PhAutoencoder *parts)
{
  PhShape input;
  g_autoptr (PhTrace) trace = trace_outputs (model, &input);

  parts->picture = trace != NULL ? find_picture (ph_model_get_graph (model), trace, &input) : -1;
  parts->code = parts->picture >= 0 ? find_code (model, parts->picture) : -1;
  if (parts->code < 0)
    return FALSE;
  parts->shape = trace->specs[parts->code].shape;
  parts->size = ph_shape_count (&parts->shape);
  return parts->shape.rank >= 2 && parts->shape.dim[0] == 1;
}

PhGraph *
ph_autoencoder_copy_decoder (PhModel *model, const PhAutoencoder *parts, GError **error)
{
  PhGraph *whole = ph_model_get_graph (model);
  g_autoptr (PhGraph) graph = NULL;
  PhShape shape = parts->shape;

  if (goes_round (whole, parts->picture, parts->code))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("The decoder of %s reads more of the encoder than the embedding (the places "
                      "of its max-pooling, say), so it can make no picture of an embedding alone; "
                      "choose another un-pooling"),
                   ph_model_get_name (model));
      return NULL;
    }
  shape.dim[0] = -1;
  graph = ph_graph_copy_tail (whole, &parts->code, &shape, 1, &parts->picture, 1, error);
  if (graph == NULL)
    return NULL;
  ph_graph_add_output (graph, ph_graph_get_value (whole, parts->picture)->name);
  return ph_graph_finish (graph, error) ? g_steal_pointer (&graph) : NULL;
}
