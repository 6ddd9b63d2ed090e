#include <math.h>
#include <string.h>

#include "engine/engine.h"

static const PhArchitectureSizes sizes = { .n_classes = 5, .bottleneck = 6, .seed = 7 };

static PhGraph *
build (const char *text, PhShape *input)
{
  g_autoptr (GError) error = NULL;
  PhGraph *graph = ph_architecture_build (text, "test", &sizes, input, &error);

  g_assert_no_error (error);
  return graph;
}

/* The shape of the value of that name, for one image. */
static PhShape
shape_of (PhGraph *graph, const PhShape *input, const char *name)
{
  g_autoptr (GError) error = NULL;
  int value = ph_graph_find_value (graph, name);

  g_assert_cmpint (value, >=, 0);

  g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, input, &value, 1, FALSE, &error);

  g_assert_no_error (error);
  return ph_plan_get_spec (plan, value)->shape;
}

static void
assert_shape (PhGraph *graph, const PhShape *input, const char *name, PhShape expected)
{
  PhShape actual = shape_of (graph, input, name);
  g_autofree char *a = ph_shape_dup_string (&actual);
  g_autofree char *e = ph_shape_dup_string (&expected);

  g_assert_cmpstr (a, ==, e);
}

static void
test_layers (void)
{
  PhShape input;
  g_autoptr (PhGraph) graph = build ("input 3 17 24 # odd\n"
                                     "conv 6 3x5 stride 2, relu\n"
                                     "conv 4 3x3 valid groups 2 no-bias\n"
                                     "depthwise 3x3 dilation 2, batchnorm, relu6, leaky\n"
                                     "maxpool 2\navgpool 3 stride 1\n"
                                     "dropout 0.5, dense 7, sigmoid, tanh\nclasses\n",
                                     &input);

  assert_shape (graph, &input, "conv1", PH_SHAPE (1, 6, 9, 12));
  assert_shape (graph, &input, "conv2", PH_SHAPE (1, 4, 7, 10));
  assert_shape (graph, &input, "depthwise1", PH_SHAPE (1, 4, 7, 10));
  assert_shape (graph, &input, "maxpool1", PH_SHAPE (1, 4, 3, 5));
  assert_shape (graph, &input, "avgpool1", PH_SHAPE (1, 4, 3, 5));
  assert_shape (graph, &input, "dense1", PH_SHAPE (1, 7));
  assert_shape (graph, &input, "logits", PH_SHAPE (1, 5));
  g_assert_cmpint (ph_graph_find_value (graph, "conv2.bias"), <, 0);
  g_assert_cmpint (ph_graph_find_value (graph, "conv1.bias"), >=, 0);
}

static void
test_blocks (void)
{
  PhShape input;
  g_autoptr (PhGraph) graph = build ("input 3 16 20\n"
                                     "block a { repeat 2 { residual { conv 3 3x3, relu } } }\n"
                                     "residual { conv 8 3x3 stride 2, batchnorm }\n"
                                     "block b {\n  branches {\n"
                                     "    path { conv 2 1x1 }\n"
                                     "    path { conv 3 3x3, relu\n conv 4 3x3 }\n  }\n"
                                     "  branches { path 5x5 { conv 2 5x5 }\n path { relu } }\n}\n"
                                     "globalpool\nclasses",
                                     &input);

  assert_shape (graph, &input, "a/residual2/add", PH_SHAPE (1, 3, 16, 20));
  g_assert_cmpint (ph_graph_find_value (graph, "a/residual1/shortcut1"), <, 0);
  assert_shape (graph, &input, "residual1/shortcut1", PH_SHAPE (1, 8, 8, 10));
  /* A projection is normalised where the body is, so it needs no bias. */
  g_assert_cmpint (ph_graph_find_value (graph, "residual1/shortcut1.bias"), <, 0);
  assert_shape (graph, &input, "residual1/add", PH_SHAPE (1, 8, 8, 10));
  assert_shape (graph, &input, "b/path2/conv2", PH_SHAPE (1, 4, 8, 10));
  assert_shape (graph, &input, "b/concat", PH_SHAPE (1, 6, 8, 10));
  assert_shape (graph, &input, "b/branches2/5x5/conv1", PH_SHAPE (1, 2, 8, 10));
  assert_shape (graph, &input, "b/branches2/concat", PH_SHAPE (1, 8, 8, 10));
}

/* Same seed, same weights; their spread is the one that He et al. give. */
static void
test_weights (void)
{
  PhShape input;
  g_autoptr (PhGraph) a = build ("input 3 8 8\nconv 500 3x3\nglobalpool, classes", &input);
  g_autoptr (PhGraph) b = build ("input 3 8 8\nconv 500 3x3\nglobalpool, classes", &input);
  const PhTensor *w = ph_graph_get_value (a, ph_graph_find_value (a, "conv1.weight"))->constant;
  const PhTensor *same = ph_graph_get_value (b, ph_graph_find_value (b, "conv1.weight"))->constant;
  double sum = 0, squares = 0;

  g_assert_cmpmem (w->f, w->n * sizeof (float), same->f, same->n * sizeof (float));
  for (gsize i = 0; i < w->n; i++)
    {
      sum += w->f[i];
      squares += (double)w->f[i] * w->f[i];
    }
  g_assert_cmpfloat_with_epsilon (sum / w->n, 0, 0.01);
  g_assert_cmpfloat_with_epsilon (squares / w->n, 2.0 / 27, 0.003);

  g_autoptr (PhGraph) other =
      ph_architecture_build ("input 3 8 8\nconv 500 3x3\nglobalpool, classes", "x",
                             &(PhArchitectureSizes){ .n_classes = 5, .seed = 8 }, &input, NULL);
  const PhTensor *different =
      ph_graph_get_value (other, ph_graph_find_value (other, "conv1.weight"))->constant;

  g_assert_cmpfloat (different->f[0], !=, w->f[0]);
}

static void
test_mistakes (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "conv 3 3x3", "line 1: the description begins with “input" },
    { "input 3 8", "columns must be a number" },
    { "input 3 8 8\nconv\nclasses", "line 2: the number of filters" },
    { "input 3 8 8\nconv 4\nclasses", "line 2: conv wants the size" },
    { "input 3 8 8\nconv 4 3x\nclasses", "line 2: conv wants the size" },
    { "input 3 8 8\nconv 4 9x9 valid\nclasses", "does not fit" },
    { "input 3 8 8\nconv 4 3x3 groups 2\nclasses", "do not divide" },
    { "input 3 8 8\n\nwobble\nclasses", "line 3: “wobble” is no layer" },
    { "input 3 8 8\nrelu relu\nclasses", "“relu” is not understood here" },
    { "input 3 8 8\nrepeat 2 { relu\nclasses", "stands outside all braces" },
    { "input 3 8 8\nrepeat 2 { relu", "} is missing" },
    { "input 3 8 8\nrelu\n}\nclasses", "“}” is no layer" },
    { "input 3 8 8\nrelu", "“reconstruction” is missing" },
    { "input 3 8 8\nclasses\nrelu", "nothing can follow" },
    { "input 3 8 8\ndense 4\nconv 3 3x3\nclasses", "wants a picture" },
    { "input 3 8 8\ndropout 1.5\nclasses", "dropout wants" },
    { "input 3 8 8\nbranches { }\nclasses", "has no path" },
    { "input 3 8 8\nbranches { path { relu }, path { maxpool 2 } }\nclasses", "another size" },
    { "input 3 8 8\nbranches { relu }\nclasses", "inside branches" },
    { "input 3 8 8\nbranches { path a/b { relu } }\nclasses", "path wants statements" },
    { "input 3 8 8\nresidual { conv 3 3x3 valid }\nclasses", "no stride does the same" },
    { "input 3 8 8\nresidual { dense 3 }\nclasses", "must stay a picture" },
    { "input 3 8 8\nblock { relu }\nclasses", "block wants a name" },
    { "input 3 8 8\nrepeat 1000 { repeat 1000 { repeat 1000 { } } }\nclasses",
      "repeats more than" },
    { "input 3 8 8\nrepeat 1000 { repeat 1000 { relu } }\nclasses", "more than 4000" },
    { "", "line 1: the description begins" },
    { "input 3 8 8\nreconstruction", "has a “bottleneck” before" },
    { "input 3 8 8\nbottleneck\nbottleneck\nreconstruction", "there is one “bottleneck”" },
    { "input 3 8 8\nbottleneck\nreshape 2 2 2\nreconstruction", "8 numbers; here there are 6" },
    { "input 3 8 8\nbottleneck 8\nreshape 2 2 2\nreconstruction", "2x2 here, the picture was 8x8" },
    { "input 3 8 8\nbottleneck\nunpool 2\nreconstruction", "wants a picture" },
    { "input 3 8 8\nbottleneck 8\nreshape 2 2 2\nunpool\nreconstruction", "how many times" },
    { "input 3 8 8\nbottleneck 8\nreshape 2 2 2\nunpool 4 max\nreconstruction",
      "no “maxpool” is left" },
    { "input 3 8 8\nmaxpool 4\nbottleneck 8\nreshape 2 2 2\nunpool 4 max\nreconstruction",
      "to 3 channels of 2x2; here there are 2" },
    { "input 3 8 8\nbottleneck\nreconstruction\nrelu", "nothing can follow “reconstruction”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      PhShape input;

      g_assert_null (ph_architecture_build (cases[i].text, "test", &sizes, &input, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      if (strstr (error->message, cases[i].expected) == NULL)
        g_error ("“%s” gives “%s”, not “%s”", cases[i].text, error->message, cases[i].expected);
    }
}

/* Those that come with the program: built, and what goes through them is neither lost nor blown up.
 */
static void
test_shipped (void)
{
  for (guint i = 0; ph_architecture_names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = ph_architecture_load (ph_architecture_names[i], &error);
      PhShape input;

      g_assert_no_error (error);

      g_autoptr (PhGraph) graph = build (text, &input);
      int logits = ph_graph_find_value (graph, "logits");
      g_autoptr (PhPlan) plan = ph_plan_new_for_image (graph, &input, &logits, 1, FALSE, &error);
      g_autoptr (PhRun) run = ph_run_new (plan, &error);
      float *x = ph_run_get_input (run, 0);
      double squares = 0;

      g_assert_no_error (error);
      for (gsize j = 0; j < ph_shape_count (&input); j++)
        x[j] = (float)g_test_rand_double_range (-1.7, 1.7);
      g_assert_true (ph_run_forward (run, NULL, &error));
      for (guint j = 0; j < 5; j++)
        squares += pow (((const float *)ph_run_get_value (run, logits))[j], 2);
      g_assert_cmpfloat (squares, >, 1e-6);
      g_assert_cmpfloat (squares, <, 1e4);
    }
}

/* The autoencoders that come with the program, with each way of un-pooling: pictures of the size
 * that went in, and each embedding as large as chosen. */
static void
test_autoencoders (void)
{
  for (guint i = 0; ph_autoencoder_names[i] != NULL; i++)
    for (PhUnpool unpool = PH_UNPOOL_NEAREST; unpool <= PH_UNPOOL_TRANSPOSED; unpool++)
      {
        g_autoptr (GError) error = NULL;
        g_autofree char *text = ph_architecture_load (ph_autoencoder_names[i], &error);
        PhArchitectureSizes chosen = { .bottleneck = 9, .unpool = unpool, .seed = 7 };
        g_autoptr (PhGraph) graph = NULL;
        PhShape input;

        g_assert_no_error (error);
        g_assert_true (ph_architecture_is_autoencoder (text));
        graph = ph_architecture_build (text, "test", &chosen, &input, &error);
        g_assert_no_error (error);
        assert_shape (graph, &input, "bottleneck", PH_SHAPE (1, 9));
        assert_shape (graph, &input, "reconstruction", input);
        g_assert_cmpint (ph_graph_find_value (graph, "encoder/maxpool1.places") >= 0, ==,
                         unpool == PH_UNPOOL_MAX && strstr (text, "unpool") != NULL);
      }
  g_assert_false (ph_architecture_is_autoencoder ("input 3 8 8\n# reconstruction\nclasses"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/architecture/layers", test_layers);
  g_test_add_func ("/architecture/blocks", test_blocks);
  g_test_add_func ("/architecture/weights", test_weights);
  g_test_add_func ("/architecture/mistakes", test_mistakes);
  g_test_add_func ("/architecture/shipped", test_shipped);
  g_test_add_func ("/architecture/autoencoders", test_autoencoders);
  return g_test_run ();
}
