/* Batch normalisations folded into convolutions and put back, and weights of 16 bits: the same
 * answers. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/engine.h"

static const char *const text =
    "input 3 14 18\n"
    "conv 6 3x3 stride 2, batchnorm, relu\n"
    "residual { conv 6 3x3 no-bias, batchnorm, relu\n"
    "  conv 6 3x3 no-bias, batchnorm }\n"
    "branches { path { depthwise 3x3, batchnorm }, path { conv 300 1x1 } }\n"
    "globalpool\nclasses";

/* A network with numbers that are not those it was made with. */
static PhGraph *
make_graph (const char *description)
{
  g_autoptr (GError) error = NULL;
  PhArchitectureSizes sizes = { .n_classes = 5, .seed = 3 };
  PhShape input;
  g_autoptr (PhGraph) graph = ph_architecture_build (description, "net", &sizes, &input, &error);
  g_autoptr (PhWeights) weights = NULL;
  PhGraph *result;

  g_assert_no_error (error);
  weights = ph_weights_new (graph, &error);
  for (guint i = 0; i < weights->n; i++)
    for (gsize j = 0; j < weights->weights[i].n; j++)
      if (weights->weights[i].parameter.role != PH_ROLE_WEIGHT)
        weights->weights[i].data[j] = (float)g_test_rand_double_range (0.3, 1.5);
  result = ph_weights_publish (weights, &error);
  g_assert_no_error (error);
  return result;
}

static guint
count (PhGraph *graph, const char *op_type)
{
  guint n = 0;

  for (guint i = 0; i < ph_graph_get_n_nodes (graph); i++)
    n += g_str_equal (ph_graph_get_node (graph, i)->op_type, op_type);
  return n;
}

/* What @name is for some picture: (transfer full). */
static PhTensor *
answer (PhGraph *graph, const char *name)
{
  g_autoptr (GError) error = NULL;
  PhShape input = PH_SHAPE (2, 3, 14, 18);
  int target = ph_graph_find_value (graph, name);
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, &input, &target, 1, FALSE, &error);
  g_autoptr (PhRun) run = plan != NULL ? ph_run_new (plan, &error) : NULL;
  PhTensor *result;
  float *x;

  g_assert_no_error (error);
  x = ph_run_get_input (run, 0);
  for (gsize i = 0; i < ph_shape_count (&input); i++)
    x[i] = (float)sin ((double)i * i + 1);
  g_assert_true (ph_run_forward (run, NULL, NULL));
  result = ph_tensor_new (PH_TYPE_FLOAT, &ph_plan_get_spec (plan, target)->shape, NULL);
  memcpy (result->f, ph_run_get_value (run, target), result->n * sizeof (float));
  return result;
}

static void
assert_close (PhGraph *a, const char *name, PhGraph *b, const char *other, double tolerance)
{
  g_autoptr (PhTensor) x = answer (a, name);
  g_autoptr (PhTensor) y = answer (b, other);
  double largest = 0, worst = 0;

  g_assert_cmpuint (x->n, ==, y->n);
  for (gsize i = 0; i < x->n; i++)
    {
      largest = MAX (largest, fabs (x->f[i]));
      worst = MAX (worst, fabs (x->f[i] - y->f[i]));
    }
  g_assert_cmpfloat (largest, >, 0.01);
  g_assert_cmpfloat (worst, <=, tolerance * largest);
}

static void
test_fold (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = make_graph (text);
  g_autoptr (PhGraph) folded = ph_graph_fold_norms (graph, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (count (graph, "BatchNormalization"), ==, 4);
  g_assert_cmpuint (count (folded, "BatchNormalization"), ==, 0);
  g_assert_cmpuint (ph_graph_get_n_nodes (folded), ==, ph_graph_get_n_nodes (graph) - 4);
  assert_close (graph, "logits", folded, "logits", 1e-5);
  assert_close (graph, "residual1/batchnorm1", folded, "residual1/conv1", 1e-5);
}

/* Between a network and itself there is only itself, in whichever form each of the two is. */
static void
test_blend_forms (void)
{
  const PhPreprocess preprocess = {
    .channels = 3, .height = 14, .width = 18, .scale = 1, .std = { 1, 1, 1, 1 }
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = make_graph (text);
  g_autoptr (PhGraph) folded = ph_graph_fold_norms (graph, &error);
  PhGraph *forms[] = { graph, folded };

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (PhModel) a =
          ph_model_new ("a", NULL, NULL, forms[i % 2], &preprocess, NULL, NULL, &error);
      g_autoptr (PhModel) b =
          ph_model_new ("b", NULL, NULL, forms[i / 2], &preprocess, NULL, NULL, &error);
      gsize n_blended, n_weights;
      g_autoptr (PhModel) between = ph_model_blend (a, b, 0.3, &n_blended, &n_weights, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (n_blended, ==, n_weights);
      assert_close (graph, "logits", ph_model_get_graph (between), "logits", 1e-5);
    }
}

/* What others read before the normalisation, and what does not follow a convolution, stays. */
static void
test_not_folded (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = make_graph ("input 3 14 18\nbatchnorm\nconv 4 1x1\n"
                                          "residual { batchnorm, relu }\nglobalpool, classes");
  g_autoptr (PhGraph) folded = ph_graph_fold_norms (graph, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (count (folded, "BatchNormalization"), ==, 2);
  assert_close (graph, "logits", folded, "logits", 1e-6);
}

/* Putting them back changes nothing (but by their epsilon) until something is learned. */
static void
test_insert (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = make_graph (text);
  g_autoptr (PhGraph) folded = ph_graph_fold_norms (graph, &error);
  g_autoptr (PhGraph) back =
      ph_graph_insert_norms (folded, ph_graph_find_value (folded, "logits"), &error);
  g_autoptr (PhGraph) same = ph_graph_insert_norms (graph, -1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (count (back, "BatchNormalization"), ==, 5);
  assert_close (folded, "logits", back, "logits", 1e-4);
  assert_close (folded, "conv1", back, "conv1/batchnorm", 1e-4);
  for (guint i = 0; i < ph_graph_get_n_nodes (back); i++)
    if (g_str_equal (ph_graph_get_node (back, i)->op_type, "Conv"))
      g_assert_cmpuint (ph_graph_get_node (back, i)->n_inputs, ==, 2);
  /* One that has its own is left as it is. */
  g_assert_cmpuint (count (same, "BatchNormalization"), ==, 4);
}

/* The convolution that makes the scores is none of those that get one. */
static void
test_classifier (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = make_graph ("input 3 14 18\nconv 4 3x3, relu\nconv 5 1x1, relu\n"
                                          "globalpool\nclasses");
  int pooled = ph_graph_find_value (graph, "globalpool1");
  g_autoptr (PhGraph) whole = ph_graph_insert_norms (graph, -1, &error);
  g_autoptr (PhGraph) scores = ph_graph_insert_norms (graph, pooled, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (count (whole, "BatchNormalization"), ==, 2);
  g_assert_cmpuint (count (scores, "BatchNormalization"), ==, 1);
  g_assert_cmpint (ph_graph_find_value (scores, "conv1/batchnorm"), >=, 0);
}

/* Half as large a file, which opens as if nothing had happened. */
static void
test_half (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhGraph) graph = make_graph (text);
  g_autoptr (PhGraph) half = ph_graph_halve (graph, &error);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-half-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "net.onnx", NULL);
  PhPreprocess preprocess = { .channels = 3,
                              .height = 14,
                              .width = 18,
                              .scale = 1,
                              .std = { 1, 1, 1, 1 },
                              .source = PH_PREPROCESS_FROM_FILE };
  const PhTensor *w;

  g_assert_no_error (error);
  g_assert_cmpuint (count (half, "Cast"), >, 2);
  ph_onnx_export (half, &preprocess, NULL, NULL, NULL, path, &error);
  g_assert_no_error (error);

  g_autoptr (PhModel) model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ph_graph_get_n_nodes (ph_model_get_graph (model)), ==,
                    ph_graph_get_n_nodes (graph));
  assert_close (graph, "logits", ph_model_get_graph (model), "logits", 5e-3);
  w = ph_graph_get_value (
          ph_model_get_graph (model),
          ph_graph_find_value (ph_model_get_graph (model), "residual1/conv1.weight"))
          ->constant;
  g_assert_nonnull (w);
  g_assert_cmpint (w->type, ==, PH_TYPE_FLOAT);
  g_remove (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph-norms/fold", test_fold);
  g_test_add_func ("/graph-norms/blend", test_blend_forms);
  g_test_add_func ("/graph-norms/not-folded", test_not_folded);
  g_test_add_func ("/graph-norms/insert", test_insert);
  g_test_add_func ("/graph-norms/classifier", test_classifier);
  g_test_add_func ("/graph-norms/half", test_half);
  return g_test_run ();
}
