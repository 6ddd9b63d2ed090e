#include "unit-page-network.h"

static PhAttrs *
pads (void)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, "pads", (gint64[]){ 1, 1, 1, 1 }, 4);
  return attrs;
}

static void
add_weights (PhGraph *graph, const char *name, PhShape shape, guint64 seed)
{
  gsize n = ph_shape_count (&shape);
  g_autofree float *values = g_new (float, n);
  PhRng rng;

  ph_rng_init (&rng, seed, 0);
  for (gsize i = 0; i < n; i++)
    values[i] = (float)(0.3 * ph_rng_normal (&rng));

  g_autoptr (PhTensor) tensor = ph_tensor_new_floats (&shape, values);

  g_assert_cmpint (ph_graph_add_constant (graph, name, tensor, NULL), >=, 0);
}

static void
add_node (PhGraph *graph, const char *type, PhAttrs *attrs, const char *a, const char *b,
          const char *out)
{
  g_autoptr (GError) error = NULL;

  ph_graph_add_node (graph, type, "", out, attrs, (const char *[]){ a, b }, b != NULL ? 2 : 1, &out,
                     1, &error);
  g_assert_no_error (error);
}

PhModel *
ph_unit_page_network_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = ph_graph_new ("tiny", 13);
  const PhShape input = PH_SHAPE (1, 3, 18, 26);
  const char *const labels[] = { "ant", "bee", "cat", "dog", NULL };
  PhPreprocess preprocess = { .channels = 3,
                              .height = 18,
                              .width = 26,
                              .scale = 1,
                              .mean = { 0.5f, 0.5f, 0.5f, 0.5f },
                              .std = { 1, 1, 1, 1 },
                              .source = PH_PREPROCESS_FROM_FILE };

  g_assert_cmpint (ph_graph_add_input (graph, "input", PH_TYPE_FLOAT, &input, NULL), >=, 0);
  add_weights (graph, "w1", PH_SHAPE (5, 3, 3, 3), 1);
  add_weights (graph, "w2", PH_SHAPE (5, 4), 2);
  add_weights (graph, "w3", PH_SHAPE (2, 5, 3, 3), 3);
  add_node (graph, "Conv", pads (), "input", "w1", "conv1");
  add_node (graph, "Relu", NULL, "conv1", NULL, "relu1");
  add_node (graph, "GlobalAveragePool", NULL, "relu1", NULL, "pool");
  add_node (graph, "Flatten", NULL, "pool", NULL, "flat");
  add_node (graph, "Gemm", NULL, "flat", "w2", "scores");
  add_node (graph, "Mystery", NULL, "relu1", NULL, "mystery");
  add_node (graph, "Conv", pads (), "mystery", "w3", "beyond");
  ph_graph_add_output (graph, "scores");
  ph_graph_add_output (graph, "beyond");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);

  PhModel *model = ph_model_new ("tiny", NULL, "d1", graph, &preprocess, labels, NULL, &error);

  g_assert_no_error (error);
  return model;
}
