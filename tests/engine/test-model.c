#include "engine/network/run.h"
#include "engine/network/unit.h"

#include <math.h>
#include <string.h>

/* conv 5×3 stride 2 → relu → conv 3×3 dilated → global average → gemm → softmax, on 3×17×23. */
static PhGraph *
small_network (void)
{
  PhGraph *graph = ph_graph_new ("small", 13);
  PhShape image = PH_SHAPE (-1, 3, 17, 23);
  PhShape w1 = PH_SHAPE (4, 3, 5, 3), w2 = PH_SHAPE (6, 4, 3, 3), w3 = PH_SHAPE (5, 6);
  const PhShape *shapes[] = { &w1, &w2, &w3 };
  const char *names[] = { "a.weight", "b.weight", "c.weight" };
  PhAttrs *first = ph_attrs_new (), *second = ph_attrs_new (), *dense = ph_attrs_new ();
  g_autoptr (GError) error = NULL;

  ph_graph_add_input (graph, "image", PH_TYPE_FLOAT, &image, NULL);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (PhTensor) w = ph_tensor_new (PH_TYPE_FLOAT, shapes[i], NULL);

      /* Positive weights keep every relu open, so the receptive field shows in the gradient. */
      for (gsize j = 0; j < w->n; j++)
        w->f[j] = (float)g_test_rand_double_range (0.1, 1);
      ph_graph_add_constant (graph, names[i], w, NULL);
    }
  ph_attrs_set_ints (first, "strides", (gint64[]){ 2, 2 }, 2);
  ph_attrs_set_ints (first, "pads", (gint64[]){ 2, 1, 1, 0 }, 4);
  ph_attrs_set_ints (second, "dilations", (gint64[]){ 2, 1 }, 2);
  ph_attrs_set_ints (second, "pads", (gint64[]){ 2, 1, 2, 1 }, 4);
  ph_attrs_set_int (dense, "transB", 1);
  ph_graph_add_node (graph, "Conv", "", "block/a", first, (const char *[]){ "image", "a.weight" },
                     2, (const char *[]){ "block/a" }, 1, NULL);
  ph_graph_add_node (graph, "Relu", "", "block/relu", NULL, (const char *[]){ "block/a" }, 1,
                     (const char *[]){ "block/relu" }, 1, NULL);
  ph_graph_add_node (graph, "Conv", "", "b", second, (const char *[]){ "block/relu", "b.weight" },
                     2, (const char *[]){ "b" }, 1, NULL);
  ph_graph_add_node (graph, "GlobalAveragePool", "", "pool", NULL, (const char *[]){ "b" }, 1,
                     (const char *[]){ "pool" }, 1, NULL);
  ph_graph_add_node (graph, "Flatten", "", "flat", NULL, (const char *[]){ "pool" }, 1,
                     (const char *[]){ "flat" }, 1, NULL);
  ph_graph_add_node (graph, "Gemm", "", "scores", dense, (const char *[]){ "flat", "c.weight" }, 2,
                     (const char *[]){ "scores" }, 1, NULL);
  ph_graph_add_node (graph, "Softmax", "", "probabilities", NULL, (const char *[]){ "scores" }, 1,
                     (const char *[]){ "probabilities" }, 1, NULL);
  ph_graph_add_output (graph, "probabilities");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);
  return graph;
}

static const PhPreprocess preprocess = {
  .channels = 3,
  .height = 17,
  .width = 23,
  .scale = 255,
  .mean = { 120, 110, 100 },
  .std = { 60, 50, 40 },
  .bgr = TRUE,
};

static const char *const labels[] = { "cat, domestic cat", "dog", "dogfish", "zebra",
                                      "cat flap",          NULL };

static PhModel *
small_model (void)
{
  g_autoptr (PhGraph) graph = small_network ();
  g_autoptr (GError) error = NULL;
  PhModel *model = ph_model_new ("small", NULL, "0", graph, &preprocess, labels, NULL, &error);

  g_assert_no_error (error);
  return model;
}

static void
test_layers (void)
{
  g_autoptr (PhModel) model = small_model ();
  const PhLayer *layer;

  g_assert_cmpuint (ph_model_get_n_layers (model), ==, 6);
  layer = ph_model_get_layer (model, 0);
  g_assert_cmpstr (layer->name, ==, "block/a");
  g_assert_cmpstr (layer->group, ==, "block");
  g_assert_cmpstr (layer->kind, ==, "Conv");
  g_assert_cmpuint (layer->n_channels, ==, 4);
  g_assert_cmpuint (layer->rows, ==, 8);
  g_assert_cmpuint (layer->columns, ==, 11);
  g_assert_cmpuint (layer->n_parameters, ==, 180);
  layer = ph_model_get_layer (model, 2);
  g_assert_cmpfloat (layer->field.height, ==, 13);
  g_assert_cmpfloat (layer->field.width, ==, 7);
  g_assert_cmpfloat (layer->field.stride_h, ==, 2);
  g_assert_true (isinf (ph_model_get_layer (model, 4)->field.height));
  g_assert_cmpuint (ph_model_get_n_classes (model), ==, 5);
  g_assert_true (ph_model_has_softmax (model));
  g_assert_cmpstr (
      ph_graph_get_value (ph_model_get_graph (model), ph_model_get_logits (model))->name, ==,
      "scores");
  g_assert_cmpint (ph_model_find_layer (model, "block"), ==, 1);
  g_assert_cmpint (ph_model_find_layer (model, "bloc"), ==, -1);
}

static void
check_unit (PhModel *model, const char *text, const char *canonical)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  PhUnit unit, again;

  g_assert_true (ph_unit_parse (model, text, &unit, &error));
  g_assert_no_error (error);
  name = ph_unit_dup_name (model, &unit);
  g_assert_cmpstr (name, ==, canonical);
  g_assert_true (ph_unit_parse (model, name, &again, &error));
  g_assert_true (ph_unit_equal (&unit, &again));
}

static void
check_no_unit (PhModel *model, const char *text, const char *part)
{
  g_autoptr (GError) error = NULL;
  PhUnit unit;

  g_assert_false (ph_unit_parse (model, text, &unit, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_units (void)
{
  g_autoptr (PhModel) model = small_model ();

  check_unit (model, "block/a", "block/a");
  check_unit (model, "block/a:3", "block/a:3");
  check_unit (model, "b:5:7,10", "b:5:7,10");
  check_unit (model, "b:5:middle", "b:5:4,5");
  check_unit (model, "class:2", "class:2");
  check_unit (model, "class:Zebra", "class:3");
  check_unit (model, "class:domestic cat", "class:0");
  check_unit (model, "class:dog", "class:1");
  check_unit (model, "class:dogf", "class:2");
  check_no_unit (model, "class:5", "0 to 4");
  check_no_unit (model, "class:do", "class 1 (dog) or class 2 (dogfish)");
  check_no_unit (model, "class:horse", "no class");
  check_no_unit (model, "class:", "no class");
  check_no_unit (model, "b:6", "0 to 5");
  check_no_unit (model, "b:-1", "0 to 5");
  check_no_unit (model, "b:1:2", "ROW,COLUMN");
  check_no_unit (model, "nothing:1", "no layer “nothing”");
  check_no_unit (model, "", "no layer");
}

/* The receptive field is where the gradient of a neuron can be other than zero. */
static void
test_receptive_field (void)
{
  g_autoptr (PhModel) model = small_model ();
  const PhLayer *layer = ph_model_get_layer (model, 2);
  PhShape shape = ph_model_input_shape (model, 1, 17, 23);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, &layer->value, 1, TRUE, NULL);
  g_autoptr (PhRun) run = ph_run_new (plan, NULL);
  guint n_whole = 0;

  for (guint row = 0; row < layer->rows; row++)
    for (guint column = 0; column < layer->columns; column++)
      {
        PhUnit unit = { PH_UNIT_NEURON, 2, 4, row, column };
        const PhShape *map = &ph_plan_get_spec (plan, layer->value)->shape;
        double top, left, height, width;
        guint first_row = 17, last_row = 0, first_column = 23, last_column = 0;
        float *x = ph_run_get_input (run, 0);
        const float *dx;
        PhRegion region;

        for (int i = 0; i < 3 * 17 * 23; i++)
          x[i] = 1;
        g_assert_true (ph_unit_locate (model, &unit, map, &region, NULL));
        g_assert_cmpuint (region.count, ==, 1);
        ph_run_forward (run, NULL, NULL);
        ph_run_clear_gradients (run);
        ph_run_get_gradient (run, layer->value)[region.offset] = 1;
        ph_run_backward (run, NULL, NULL);
        dx = ph_run_get_input_gradient (run, 0);
        for (guint i = 0; i < 17; i++)
          for (guint j = 0; j < 23; j++)
            if (dx[i * 23 + j] != 0)
              {
                first_row = MIN (first_row, i);
                last_row = MAX (last_row, i);
                first_column = MIN (first_column, j);
                last_column = MAX (last_column, j);
              }
        ph_receptive_field_rectangle (&layer->field, row, column, 17, 23, &top, &left, &height,
                                      &width);
        g_assert_cmpfloat (top, <=, first_row);
        g_assert_cmpfloat (left, <=, first_column);
        g_assert_cmpfloat (top + height, >=, last_row + 1);
        g_assert_cmpfloat (left + width, >=, last_column + 1);
        /* At the border the padding of the maps in between cuts it. */
        if (height == layer->field.height)
          {
            g_assert_cmpfloat (top, ==, first_row);
            g_assert_cmpfloat (top + height, ==, last_row + 1);
            n_whole++;
          }
        if (width == layer->field.width)
          {
            g_assert_cmpfloat (left, ==, first_column);
            g_assert_cmpfloat (left + width, ==, last_column + 1);
            n_whole++;
          }
      }
  g_assert_cmpuint (n_whole, >, 20);
}

static void
test_preprocess (void)
{
  enum
  {
    N = 2,
    H = 3,
    W = 5,
    SIZE = N * 3 * H * W
  };
  float image[SIZE], x[SIZE], y[SIZE], back[SIZE], zero[SIZE] = { 0 }, base[SIZE];

  for (int nhwc = 0; nhwc < 2; nhwc++)
    {
      PhPreprocess p = preprocess;
      double left = 0, right = 0;

      p.nhwc = nhwc;
      for (int i = 0; i < SIZE; i++)
        {
          image[i] = (float)g_test_rand_double_range (0, 1);
          y[i] = (float)g_test_rand_double_range (-1, 1);
        }
      ph_preprocess_apply (&p, N, H, W, image, x);
      /* Red of the second picture at row 1, column 2 comes last in each pixel. */
      g_assert_cmpfloat_with_epsilon (
          nhwc ? x[((1 * H + 1) * W + 2) * 3 + 2] : x[((1 * 3 + 2) * H + 1) * W + 2],
          (image[((1 * 3 + 0) * H + 1) * W + 2] * 255 - 120) / 60, 1e-5);

      ph_preprocess_apply (&p, N, H, W, zero, base);
      ph_preprocess_adjoint (&p, N, H, W, y, back);
      for (int i = 0; i < SIZE; i++)
        {
          left += (x[i] - base[i]) * y[i];
          right += image[i] * back[i];
        }
      g_assert_cmpfloat_with_epsilon (left, right, 1e-4 * (fabs (left) + 1));
    }
}

static void
test_labels (void)
{
  g_autoptr (PhGraph) graph = small_network ();
  g_autoptr (PhModel) model =
      ph_model_new ("small", NULL, NULL, graph, &preprocess,
                    (const char *const[]){ "one", "two", NULL }, NULL, NULL);

  g_assert_null (ph_model_get_label (model, 0));
  g_assert_nonnull (ph_model_get_notes (model)[0]);
  g_assert_nonnull (strstr (ph_model_get_notes (model)[0], "2 labels for 5 classes"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/layers", test_layers);
  g_test_add_func ("/model/labels", test_labels);
  g_test_add_func ("/model/receptive-field", test_receptive_field);
  g_test_add_func ("/model/preprocess", test_preprocess);
  g_test_add_func ("/unit/names", test_units);
  return g_test_run ();
}
