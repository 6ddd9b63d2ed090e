#include <string.h>

#include "engine/engine.h"

/* A model from a description, as the trainer makes one. */
static PhModel *
model_of (const char *text)
{
  g_autoptr (GError) error = NULL;
  PhShape input;
  g_autoptr (PhGraph) graph = ph_architecture_build (
      text, "test", &(PhArchitectureSizes){ .n_classes = 4, .seed = 3 }, &input, &error);
  PhPreprocess p = { .channels = (guint)input.dim[1],
                     .height = (guint)input.dim[2],
                     .width = (guint)input.dim[3],
                     .scale = 1,
                     .std = { 1, 1, 1, 1 } };
  PhModel *model;

  g_assert_no_error (error);
  model = ph_model_new ("test", NULL, NULL, graph, &p, NULL, NULL, &error);
  g_assert_no_error (error);
  return model;
}

static float *
run_value (PhGraph *graph, const char *name, const float *image, gsize n_image, PhShape input,
           gsize *n)
{
  g_autoptr (GError) error = NULL;
  int value = ph_graph_find_value (graph, name);

  g_assert_cmpint (value, >=, 0);

  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, &input, &value, 1, FALSE, &error);
  g_assert_no_error (error);
  g_autoptr (PhRun) run = ph_run_new (plan, &error);

  memcpy (ph_run_get_input (run, 0), image, n_image * sizeof (float));
  g_assert_true (ph_run_forward (run, NULL, &error));
  *n = ph_shape_count (&ph_plan_get_spec (plan, value)->shape);
  return g_memdup2 (ph_run_get_value (run, value), *n * sizeof (float));
}

#define TEXT                                                                                       \
  "input 3 12 10\nblock a { conv 5 3x3, batchnorm, relu }\nmaxpool 2\nblock b { conv 7 3x3, relu " \
  "} "                                                                                             \
  "\nglobalpool, dropout 0.3, classes"

/* The features are those of the old network, and the head is what its weights say. */
static void
test_attach (void)
{
  g_autoptr (PhModel) model = model_of (TEXT);
  g_autoptr (GError) error = NULL;
  int value = ph_model_find_features (model, &error);
  PhHead head = { .n_classes = 6, .seed = 9 };
  g_autofree char *features = NULL;
  float image[3 * 12 * 10];
  gsize n;

  g_assert_no_error (error);
  g_assert_cmpstr (ph_graph_get_value (ph_model_get_graph (model), value)->name, ==, "globalpool1");

  g_autoptr (PhGraph) graph = ph_head_attach (model, value, &head, &features, &error);

  g_assert_no_error (error);
  g_assert_cmpint (ph_graph_find_value (graph, "logits.weight"), <, 0);
  for (guint i = 0; i < G_N_ELEMENTS (image); i++)
    image[i] = (float)g_test_rand_double_range (-1, 1);

  PhShape input = PH_SHAPE (1, 3, 12, 10);
  g_autofree float *before =
      run_value (ph_model_get_graph (model), "globalpool1", image, G_N_ELEMENTS (image), input, &n);
  g_autofree float *x = run_value (graph, features, image, G_N_ELEMENTS (image), input, &n);

  g_assert_cmpuint (n, ==, 7);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpfloat (x[i], ==, before[i]);

  g_autofree float *y = run_value (graph, "head/logits", image, G_N_ELEMENTS (image), input, &n);
  const PhTensor *w =
      ph_graph_get_value (graph, ph_graph_find_value (graph, "head/logits.weight"))->constant;

  g_assert_cmpuint (n, ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      double sum = 0;

      for (guint j = 0; j < 7; j++)
        sum += (double)w->f[i * 7 + j] * x[j];
      g_assert_cmpfloat_with_epsilon (y[i], sum, 1e-5);
    }
}

/* A hidden layer, an earlier layer, and a head over a head. */
static void
test_variants (void)
{
  g_autoptr (PhModel) model = model_of (TEXT);
  g_autoptr (GError) error = NULL;
  int value = ph_graph_find_value (ph_model_get_graph (model), "a/relu1");
  PhHead head = { .n_classes = 2, .hidden = 11, .dropout = 0.2, .seed = 9 };
  g_autofree char *features = NULL, *again = NULL;
  g_autoptr (PhGraph) graph = ph_head_attach (model, value, &head, &features, &error);
  float image[3 * 12 * 10] = { 0 };
  gsize n;

  g_assert_no_error (error);
  g_assert_cmpint (ph_graph_find_value (graph, "b/conv1"), <, 0);

  g_autofree float *x =
      run_value (graph, features, image, G_N_ELEMENTS (image), PH_SHAPE (1, 3, 12, 10), &n);
  g_assert_cmpuint (n, ==, 5);

  g_autoptr (PhModel) second = ph_model_new ("second", NULL, NULL, graph,
                                             ph_model_get_preprocess (model), NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ph_model_get_n_classes (second), ==, 2);
  value = ph_graph_find_value (graph, "head/logits");
  head.n_classes = 3;

  g_autoptr (PhGraph) twice = ph_head_attach (second, value, &head, &again, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ph_graph_find_value (twice, "head2/logits"), >=, 0);

  /* The bottleneck is what the last weights look at, before what dropout does to it. */
  value = ph_model_find_features (second, &error);
  g_assert_cmpstr (ph_graph_get_value (graph, value)->name, ==, "head/relu");
}

static void
test_no_classes (void)
{
  g_autoptr (PhModel) model = model_of (TEXT);
  g_autoptr (GError) error = NULL;
  int relu = ph_graph_find_value (ph_model_get_graph (model), "a/relu1");
  g_autoptr (PhGraph) graph = ph_graph_copy (ph_model_get_graph (model), &relu, 1, NULL, &error);

  g_assert_no_error (error);
  ph_graph_add_output (graph, "a/relu1");
  g_assert_true (ph_graph_finish (graph, &error));

  g_autoptr (PhModel) trunk = ph_model_new ("trunk", NULL, NULL, graph,
                                            ph_model_get_preprocess (model), NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ph_model_find_features (trunk, &error), ==, -1);
  g_assert_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID);
}

/* What comes after a value gives the same results when fed with that value. */
static void
test_tail (void)
{
  g_autoptr (PhModel) model = model_of (TEXT);
  PhGraph *graph = ph_model_get_graph (model);
  g_autoptr (GError) error = NULL;
  int cut = ph_graph_find_value (graph, "maxpool1");
  int logits = ph_model_get_logits (model);
  PhShape shape = PH_SHAPE (-1, 5, 6, 5);
  g_autoptr (PhGraph) tail = ph_graph_copy_tail (graph, &cut, &shape, 1, &logits, 1, &error);
  float image[3 * 12 * 10];
  gsize n_middle, n;

  g_assert_no_error (error);
  ph_graph_add_output (tail, "logits");
  g_assert_true (ph_graph_finish (tail, &error));
  for (guint i = 0; i < G_N_ELEMENTS (image); i++)
    image[i] = (float)g_test_rand_double_range (-1, 1);

  g_autofree float *middle = run_value (graph, "maxpool1", image, G_N_ELEMENTS (image),
                                        PH_SHAPE (1, 3, 12, 10), &n_middle);
  g_autofree float *whole =
      run_value (graph, "logits", image, G_N_ELEMENTS (image), PH_SHAPE (1, 3, 12, 10), &n);
  g_autofree float *part = run_value (tail, "logits", middle, n_middle, PH_SHAPE (1, 5, 6, 5), &n);

  g_assert_cmpuint (n, ==, 4);
  g_assert_cmpmem (whole, n * sizeof (float), part, n * sizeof (float));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/head/attach", test_attach);
  g_test_add_func ("/head/variants", test_variants);
  g_test_add_func ("/head/no-classes", test_no_classes);
  g_test_add_func ("/head/tail", test_tail);
  return g_test_run ();
}
