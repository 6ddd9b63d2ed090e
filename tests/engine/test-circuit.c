/* Weights between units: against the answers of the network itself to a single lit pixel. */
#include <math.h>

#include "network/run.h"
#include "onnx/load.h"
#include "study/circuit.h"
#include "tiny-network.h"

#define ROWS 7
#define COLUMNS 9

static void
add_constant (PhGraph *graph, const char *name, const PhShape *shape, const float *values)
{
  g_autoptr (PhTensor) tensor = ph_tensor_new_floats (shape, values);

  g_assert_cmpint (ph_graph_add_constant (graph, name, tensor, NULL), >=, 0);
}

static void
add_random (PhGraph *graph, const char *name, const PhShape *shape)
{
  gsize n = ph_shape_count (shape);
  g_autofree float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float)g_test_rand_double_range (0.2, 1) * (g_test_rand_bit () ? 1 : -1);
  add_constant (graph, name, shape, values);
}

/* x → a (the picture as it is) → b (3 × 3) → norm; norm and a joined. All of it is linear. */
static PhModel *
linear_network (void)
{
  g_autoptr (PhGraph) graph = ph_graph_new ("linear", 13);
  g_autoptr (GError) error = NULL;
  PhPreprocess p = { .channels = 3, .height = ROWS, .width = COLUMNS, .scale = 1 };
  PhShape x = PH_SHAPE (1, 3, ROWS, COLUMNS), four = PH_SHAPE (4);
  PhShape filters = PH_SHAPE (4, 3, 3, 3), one = PH_SHAPE (3, 3, 1, 1);
  PhAttrs *pads = ph_attrs_new (), *axis = ph_attrs_new ();

  for (guint i = 0; i < 3; i++)
    p.std[i] = 1;
  ph_attrs_set_ints (pads, "pads", (gint64[]){ 1, 1, 1, 1 }, 4);
  ph_attrs_set_int (axis, "axis", 1);
  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, &x, NULL);
  add_constant (graph, "identity", &one, (float[]){ 1, 0, 0, 0, 1, 0, 0, 0, 1 });
  add_random (graph, "filters", &filters);
  add_random (graph, "scale", &four);
  add_constant (graph, "zero", &four, (float[4]){ 0 });
  add_constant (graph, "variance", &four, (float[]){ 0.5f, 1, 2, 3 });
  ph_graph_add_node (graph, "Conv", "", "a", NULL, (const char *[]){ "x", "identity" }, 2,
                     (const char *[]){ "a" }, 1, NULL);
  ph_graph_add_node (graph, "Conv", "", "b", pads, (const char *[]){ "a", "filters" }, 2,
                     (const char *[]){ "b" }, 1, NULL);
  ph_graph_add_node (graph, "BatchNormalization", "", "norm", NULL,
                     (const char *[]){ "b", "scale", "zero", "zero", "variance" }, 5,
                     (const char *[]){ "norm" }, 1, NULL);
  ph_graph_add_node (graph, "Concat", "", "joined", axis, (const char *[]){ "a", "norm" }, 2,
                     (const char *[]){ "joined" }, 1, NULL);
  ph_graph_add_output (graph, "joined");
  g_assert_true (ph_graph_finish (graph, &error));

  PhModel *model = ph_model_new ("linear", NULL, NULL, graph, &p, NULL, NULL, &error);

  g_assert_no_error (error);
  return model;
}

static void
test_impulse (void)
{
  g_autoptr (PhModel) model = linear_network ();
  int value = ph_model_get_layer (model, (guint)ph_model_find_layer (model, "joined"))->value;
  PhShape input = ph_model_input_shape (model, 1, ROWS, COLUMNS);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &input, &value, 1, FALSE, NULL);
  g_autoptr (PhRun) run = ph_run_new (plan, NULL);

  for (guint k = 0; k < 4; k++)
    {
      PhUnit unit = { .kind = PH_UNIT_CHANNEL,
                      .layer = (guint)ph_model_find_layer (model, "joined"),
                      .channel = 3 + k };
      g_autoptr (PhCircuit) circuit = ph_circuit_new (model, &unit, NULL);

      g_assert_cmpuint (circuit->fed_by->len, ==, 3);
      for (guint i = 0; i < 3; i++)
        {
          const PhSynapse *synapse = circuit->fed_by->pdata[i];
          float *x = ph_run_get_input (run, 0);
          double sum = 0;

          g_assert_cmpuint (synapse->unit.layer, ==, (guint)ph_model_find_layer (model, "a"));
          for (guint j = 0; j < 3 * ROWS * COLUMNS; j++)
            x[j] = 0;
          x[(synapse->unit.channel * ROWS + 3) * COLUMNS + 4] = 1;
          g_assert_true (ph_run_forward (run, NULL, NULL));

          const float *y = ph_run_get_value (run, value);

          /* The answer at row 4 - r looks at the pixel through row r of the kernel. */
          for (guint r = 0; r < 3; r++)
            for (guint s = 0; s < 3; s++)
              {
                double answer = y[((3 + k) * ROWS + 4 - r) * COLUMNS + 5 - s];

                g_assert_cmpfloat_with_epsilon (synapse->kernel[r * 3 + s], answer, 1e-5);
                sum += answer;
              }
          g_assert_cmpfloat_with_epsilon (synapse->weight, sum, 1e-4);
          if (i > 0)
            g_assert_cmpfloat (((PhSynapse *)circuit->fed_by->pdata[i - 1])->strength, >=,
                               synapse->strength);
        }
    }
}

static void
expect_mutual (PhModel *model, const char *text, guint n_fed_by, guint n_feeds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhCircuit) circuit = NULL;
  PhUnit unit;

  g_assert_true (ph_unit_parse (model, text, &unit, &error));
  circuit = ph_circuit_new (model, &unit, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (circuit->fed_by->len, ==, n_fed_by);
  g_assert_cmpuint (circuit->feeds->len, ==, n_feeds);
  for (guint i = 0; i < MIN (n_feeds, 5); i++)
    {
      const PhSynapse *there = circuit->feeds->pdata[i];
      g_autoptr (PhCircuit) other = ph_circuit_new (model, &there->unit, NULL);
      gboolean found = FALSE;

      for (guint j = 0; j < other->fed_by->len; j++)
        {
          const PhSynapse *back = other->fed_by->pdata[j];

          if (!ph_unit_equal (&back->unit, &unit))
            continue;
          found = TRUE;
          g_assert_cmpfloat_with_epsilon (back->weight, there->weight, 1e-9);
        }
      g_assert_true (found);
    }
}

static void
test_mutual (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (GError) error = NULL;
  PhUnit layer = { .kind = PH_UNIT_LAYER };

  expect_mutual (model, "relu1:2", 0, 10);
  g_assert_null (ph_circuit_new (model, &layer, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
}

static void
test_squeezenet (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SHARED"), "models", "squeezenet1_0.onnx", NULL);
  g_autoptr (PhModel) model = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("no shared folder beside the checkout");
      return;
    }
  model = ph_model_load (path, NULL, NULL);
  g_assert_nonnull (model);
  expect_mutual (model, "fire6/concat:37", 48, 48);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/circuit/impulse", test_impulse);
  g_test_add_func ("/circuit/mutual", test_mutual);
  g_test_add_func ("/circuit/squeezenet", test_squeezenet);
  return g_test_run ();
}
