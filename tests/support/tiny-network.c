#include "tiny-network.h"

#include <math.h>

#include "base/rng.h"

static void
add_weights (PhGraph *graph, PhRng *rng, const char *name, PhShape shape, float last)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
  gsize fan_in = shape.rank > 1 ? ph_shape_count_range (&shape, 1, shape.rank) : 100;
  int value;

  for (gsize i = 0; i < tensor->n; i++)
    tensor->f[i] = (float)(ph_rng_normal (rng) * sqrt (2.0 / (double)fan_in));
  tensor->f[tensor->n - 1] += last;
  value = ph_graph_add_constant (graph, name, tensor, NULL);
  g_assert_cmpint (value, >=, 0);
}

static void
add_node (PhGraph *graph, const char *type, const char *output, PhAttrs *attrs, const char *a,
          const char *b, const char *c)
{
  const char *inputs[] = { a, b, c };
  gboolean added = ph_graph_add_node (graph, type, "", output, attrs, inputs,
                                      c != NULL   ? 3
                                      : b != NULL ? 2
                                                  : 1,
                                      &output, 1, NULL);

  g_assert_true (added);
}

static void
add_conv (PhGraph *graph, PhRng *rng, const char *name, const char *input, gint64 channels,
          gint64 filters, float last_bias)
{
  PhAttrs *attrs = ph_attrs_new ();
  g_autofree char *weight = g_strconcat (name, "/weight", NULL);
  g_autofree char *bias = g_strconcat (name, "/bias", NULL);

  ph_attrs_set_ints (attrs, "pads", (gint64[]){ 1, 1, 1, 1 }, 4);
  add_weights (graph, rng, weight, PH_SHAPE (filters, channels, 3, 3), 0);
  add_weights (graph, rng, bias, PH_SHAPE (filters), last_bias);
  add_node (graph, "Conv", name, attrs, input, weight, bias);
}

static void
add_gemm (PhGraph *graph, PhRng *rng, const char *input, gint64 n_inputs)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_int (attrs, "transB", 1);
  add_weights (graph, rng, "logits/weight", PH_SHAPE (5, n_inputs), 0);
  add_weights (graph, rng, "logits/bias", PH_SHAPE (5), 0);
  add_node (graph, "Gemm", "logits", attrs, input, "logits/weight", "logits/bias");
}

static void
add_pool (PhGraph *graph)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "kernel_shape", (gint64[]){ 2, 2 }, 2);
  ph_attrs_set_ints (attrs, "strides", (gint64[]){ 2, 2 }, 2);
  add_node (graph, "MaxPool", "pool1", attrs, "relu1", NULL, NULL);
}

static void
add_join (PhGraph *graph)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_int (attrs, "axis", 1);
  add_node (graph, "Concat", "joined", attrs, "relu2", "relu3", NULL);
}

static void
add_head (PhGraph *graph, PhRng *rng, PhTinyHead head)
{
  switch (head)
    {
    case PH_TINY_ANY_SIZE:
      add_node (graph, "GlobalAveragePool", "mean", NULL, "relu2", NULL, NULL);
      add_node (graph, "Flatten", "features", NULL, "mean", NULL, NULL);
      add_gemm (graph, rng, "features", 10);
      break;
    case PH_TINY_ONE_SIZE:
      add_node (graph, "Flatten", "features", NULL, "relu2", NULL, NULL);
      add_gemm (graph, rng, "features", 10 * 10 * 14);
      break;
    case PH_TINY_JOINED:
      add_conv (graph, rng, "conv3", "pool1", 6, 4, -9);
      add_node (graph, "Relu", "relu3", NULL, "conv3", NULL, NULL);
      add_join (graph);
      add_node (graph, "GlobalAveragePool", "mean", NULL, "joined", NULL, NULL);
      add_node (graph, "Flatten", "features", NULL, "mean", NULL, NULL);
      add_gemm (graph, rng, "features", 14);
      break;
    case PH_TINY_RELU_MEAN:
    default:
      add_conv (graph, rng, "conv3", "relu2", 10, 5, -4);
      add_node (graph, "Relu", "relu3", NULL, "conv3", NULL, NULL);
      add_node (graph, "GlobalAveragePool", "mean", NULL, "relu3", NULL, NULL);
      add_node (graph, "Flatten", "logits", NULL, "mean", NULL, NULL);
      break;
    }
}

PhModel *
ph_tiny_network_new (PhTinyHead head)
{
  const char *const labels[] = { "ant", "bee", "cat, house cat", "dog", "eel", NULL };
  g_autoptr (PhGraph) graph = ph_graph_new ("tiny", 13);
  g_autoptr (GError) error = NULL;
  PhPreprocess preprocess = { .channels = 3,
                              .height = 20,
                              .width = 28,
                              .scale = 1,
                              .mean = { 0.5f, 0.4f, 0.45f },
                              .std = { 0.25f, 0.3f, 0.2f },
                              .source = PH_PREPROCESS_FROM_FILE };
  PhRng rng;

  ph_rng_init (&rng, 17, 0);
  ph_graph_add_input (graph, "input", PH_TYPE_FLOAT, NULL, &error);
  g_assert_no_error (error);
  add_conv (graph, &rng, "conv1", "input", 3, 6, 0);
  add_node (graph, "Relu", "relu1", NULL, "conv1", NULL, NULL);
  add_pool (graph);
  add_conv (graph, &rng, "conv2", "pool1", 6, 10, 0);
  add_node (graph, "Relu", "relu2", NULL, "conv2", NULL, NULL);
  add_head (graph, &rng, head);
  add_node (graph, "Softmax", "prob", NULL, "logits", NULL, NULL);
  ph_graph_add_output (graph, "prob");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);

  PhModel *model = ph_model_new ("tiny", NULL, "abc123", graph, &preprocess, labels, NULL, &error);

  g_assert_no_error (error);
  return model;
}
