/* One network written twice: as exporters of Keras write it, with the channels of the picture last,
 * padding of its own, biases as sums, relu6 as Clip and means as ReduceMean; and as those of
 * PyTorch do. Layers, scores and pictures are the same. */
#include <math.h>
#include <string.h>

#include "engine/engine.h"

enum
{
  HEIGHT = 22,
  WIDTH = 18,
};

static void
add_random (PhGraph *graph, const char *name, PhShape shape, guint64 seed)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
  PhRng rng;

  ph_rng_init (&rng, seed, 0);
  for (gsize i = 0; i < tensor->n; i++)
    tensor->f[i] = (float)(0.4 * ph_rng_normal (&rng));
  g_assert_cmpint (ph_graph_add_constant (graph, name, tensor, NULL), >=, 0);
}

static void
add_number (PhGraph *graph, const char *name, float number)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new_floats (&(PhShape){ 0 }, &number);

  g_assert_cmpint (ph_graph_add_constant (graph, name, tensor, NULL), >=, 0);
}

static void
add_node (PhGraph *graph, const char *type, PhAttrs *attrs, const char *inputs, const char *output)
{
  g_auto (GStrv) names = g_strsplit (inputs, " ", -1);
  g_autoptr (GError) error = NULL;

  ph_graph_add_node (graph, type, NULL, output, attrs, (const char *const *)names,
                     g_strv_length (names), &output, 1, &error);
  g_assert_no_error (error);
}

static PhAttrs *
ints (const char *name, const gint64 *numbers, gsize n)
{
  PhAttrs *attrs = ph_attrs_new ();

  ph_attrs_set_ints (attrs, name, numbers, n);
  return attrs;
}

#define INTS(name, ...)                                                                            \
  ints (name, (gint64[]){ __VA_ARGS__ }, sizeof ((gint64[]){ __VA_ARGS__ }) / sizeof (gint64))

/* What TensorFlow calls SAME: with a stride of 2 and an even picture, padding below and right. */
static PhAttrs *
same_attrs (gint64 group)
{
  PhAttrs *attrs = INTS ("pads", 0, 0, 1, 1);

  ph_attrs_set_ints (attrs, "strides", (gint64[]){ 2, 2 }, 2);
  ph_attrs_set_int (attrs, "group", group);
  return attrs;
}

static PhGraph *
begin (PhShape input)
{
  PhGraph *graph = ph_graph_new ("twice", 13);

  g_assert_cmpint (ph_graph_add_input (graph, "picture", PH_TYPE_FLOAT, &input, NULL), >=, 0);
  add_random (graph, "w1", PH_SHAPE (6, 3, 3, 3), 1);
  add_random (graph, "w2", PH_SHAPE (6, 1, 3, 3), 2);
  add_random (graph, "w3", PH_SHAPE (6, 5), 3);
  add_random (graph, "b3", PH_SHAPE (5), 6);
  add_number (graph, "zero", 0);
  add_number (graph, "six", 6);
  return graph;
}

static PhModel *
finish (PhGraph *graph, gboolean nhwc)
{
  PhPreprocess preprocess = { .channels = 3,
                              .height = HEIGHT,
                              .width = WIDTH,
                              .scale = 1,
                              .mean = { 0.5f, 0.4f, 0.6f },
                              .std = { 0.2f, 0.3f, 0.25f },
                              .nhwc = nhwc,
                              .source = PH_PREPROCESS_FROM_FILE };
  g_autoptr (GError) error = NULL;
  PhModel *model;

  add_node (graph, "Softmax", NULL, "scores", "probabilities");
  ph_graph_add_output (graph, "probabilities");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);
  model = ph_model_new ("twice", NULL, "d", graph, &preprocess, NULL, NULL, &error);
  g_assert_no_error (error);
  return model;
}

static PhModel *
create_as_pytorch (void)
{
  g_autoptr (PhGraph) graph = begin (PH_SHAPE (1, 3, HEIGHT, WIDTH));

  add_random (graph, "b1", PH_SHAPE (6), 4);
  add_random (graph, "b2", PH_SHAPE (6), 5);
  add_node (graph, "Conv", same_attrs (1), "picture w1 b1", "conv");
  add_node (graph, "Clip", NULL, "conv zero six", "relu6");
  add_node (graph, "Conv", same_attrs (6), "relu6 w2 b2", "depthwise");
  add_node (graph, "GlobalAveragePool", NULL, "depthwise", "mean");
  add_node (graph, "Flatten", NULL, "mean", "flat");
  add_node (graph, "Gemm", NULL, "flat w3 b3", "scores");
  return finish (graph, FALSE);
}

static PhModel *
create_as_keras (void)
{
  g_autoptr (PhGraph) graph = begin (PH_SHAPE (-1, HEIGHT, WIDTH, 3));

  add_random (graph, "b1", PH_SHAPE (1, 6, 1, 1), 4);
  add_random (graph, "b2", PH_SHAPE (6), 5);
  add_node (graph, "Transpose", INTS ("perm", 0, 3, 1, 2), "picture", "planes");
  add_node (graph, "Conv", same_attrs (1), "planes w1", "product");
  add_node (graph, "Add", NULL, "product b1", "conv");
  add_node (graph, "Clip", NULL, "conv zero six", "relu6");
  add_node (graph, "Conv", same_attrs (6), "relu6 w2", "product2");
  add_node (graph, "Transpose", INTS ("perm", 0, 2, 3, 1), "product2", "last");
  add_node (graph, "Add", NULL, "last b2", "depthwise");

  PhAttrs *mean = INTS ("axes", 1, 2);

  ph_attrs_set_int (mean, "keepdims", 0);
  add_node (graph, "ReduceMean", mean, "depthwise", "flat");
  add_node (graph, "MatMul", NULL, "flat w3", "product3");
  add_node (graph, "Add", NULL, "product3 b3", "scores");
  return finish (graph, TRUE);
}

static void
test_layers (void)
{
  const char *names[] = { "conv", "relu6", "depthwise" };
  g_autoptr (PhModel) a = create_as_pytorch ();
  g_autoptr (PhModel) b = create_as_keras ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      PhUnit in_a, in_b;
      g_autoptr (GError) error = NULL;

      ph_unit_parse (a, names[i], &in_a, &error);
      g_assert_no_error (error);
      ph_unit_parse (b, names[i], &in_b, &error);
      g_assert_no_error (error);

      const PhLayer *x = ph_model_get_layer (a, in_a.layer);
      const PhLayer *y = ph_model_get_layer (b, in_b.layer);

      g_assert_cmpuint (x->n_channels, ==, y->n_channels);
      g_assert_cmpuint (x->rows, ==, y->rows);
      g_assert_cmpuint (x->columns, ==, y->columns);
      g_assert_cmpfloat (x->field.height, ==, y->field.height);
      g_assert_cmpfloat (x->field.left, ==, y->field.left);
      g_assert_cmpfloat (x->field.stride_w, ==, y->field.stride_w);
    }
  g_assert_cmpuint (ph_model_get_n_classes (a), ==, 5);
  g_assert_cmpuint (ph_model_get_n_classes (b), ==, 5);
}

static void
test_scores (void)
{
  g_autoptr (PhModel) pytorch = create_as_pytorch ();
  g_autoptr (PhModel) keras = create_as_keras ();
  PhModel *models[] = { pytorch, keras };
  g_autoptr (PhImage) image = ph_image_new (3, HEIGHT, WIDTH, NULL);
  PhPrediction *all[2];
  guint n;

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = (float)(0.5 + 0.5 * sin (0.37 * (double)i));
  for (guint m = 0; m < 2; m++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PhClassifier) classifier = ph_classifier_new (models[m], &error);

      g_assert_no_error (error);
      all[m] = ph_classifier_predict (classifier, image, &n, NULL, &error);
      g_assert_no_error (error);
    }
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (all[0][i].class_number, ==, all[1][i].class_number);
      g_assert_cmpfloat_with_epsilon (all[0][i].probability, all[1][i].probability, 1e-6);
    }
  g_free (all[0]);
  g_free (all[1]);
}

/* Gradients as well: the same steps lead to the same picture. */
static void
test_pictures (void)
{
  g_autoptr (PhModel) pytorch = create_as_pytorch ();
  g_autoptr (PhModel) keras = create_as_keras ();
  PhModel *models[] = { pytorch, keras };
  const char *units[] = { "class:2", "conv:3", "depthwise:1", "depthwise:4:2,3", "relu6" };
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 12;
  settings.wake = 0;
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      PhAscentResult *results[2];

      for (guint m = 0; m < 2; m++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (PhAscent) ascent = ph_ascent_new (models[m], units[i], &settings, &error);

          g_assert_no_error (error);
          results[m] = ph_ascent_run (ascent, NULL, NULL, &error);
          g_assert_no_error (error);
        }
      g_assert_cmpfloat_with_epsilon (results[0]->objective, results[1]->objective,
                                      1e-4 * fabs (results[0]->objective));
      for (gsize j = 0; j < ph_image_n_values (results[0]->image); j++)
        g_assert_cmpfloat_with_epsilon (results[0]->image->data[j], results[1]->image->data[j],
                                        2e-3);
      ph_ascent_result_free (results[0]);
      ph_ascent_result_free (results[1]);
    }
  ph_settings_clear (ph_ascent_settings, &settings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nhwc/layers", test_layers);
  g_test_add_func ("/nhwc/scores", test_scores);
  g_test_add_func ("/nhwc/pictures", test_pictures);
  return g_test_run ();
}
