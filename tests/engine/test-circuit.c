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

static PhGraph *
begin_graph (guint channels)
{
  PhGraph *graph = ph_graph_new ("linear", 13);
  PhShape x = PH_SHAPE (1, channels, ROWS, COLUMNS), filters = PH_SHAPE (channels, channels, 1, 1);
  g_autofree float *identity = g_new0 (float, channels *channels);

  for (guint i = 0; i < channels; i++)
    identity[i * channels + i] = 1;
  ph_graph_add_input (graph, "x", PH_TYPE_FLOAT, &x, NULL);
  add_constant (graph, "identity", &filters, identity);
  ph_graph_add_node (graph, "Conv", "", "a", NULL, (const char *[]){ "x", "identity" }, 2,
                     (const char *[]){ "a" }, 1, NULL);
  return graph;
}

static void
add_node (PhGraph *graph, const char *type, PhAttrs *attrs, const char *name, const char *first,
          const char *second)
{
  g_autoptr (GError) error = NULL;

  ph_graph_add_node (graph, type, "", name, attrs, (const char *[]){ first, second },
                     second != NULL ? 2 : 1, (const char *[]){ name }, 1, &error);
  g_assert_no_error (error);
}

/* Random filters, 3 × 3 with padding or 1 × 1. */
static void
add_conv (PhGraph *graph, const char *name, const char *from, guint outputs, guint inputs,
          guint side, guint groups)
{
  PhShape shape = PH_SHAPE (outputs, inputs / groups, side, side);
  PhAttrs *attrs = ph_attrs_new ();
  gint64 pad = side / 2;
  g_autofree char *filters = g_strconcat (name, "-filters", NULL);

  ph_attrs_set_ints (attrs, "pads", (gint64[]){ pad, pad, pad, pad }, 4);
  ph_attrs_set_int (attrs, "group", groups);
  add_random (graph, filters, &shape);
  add_node (graph, "Conv", attrs, name, from, filters);
}

static PhModel *
end_graph (PhGraph *graph, guint channels, const char *output)
{
  g_autoptr (GError) error = NULL;
  PhPreprocess p = { .channels = channels, .height = ROWS, .width = COLUMNS, .scale = 1 };
  PhModel *model;

  for (guint i = 0; i < channels; i++)
    p.std[i] = 1;
  ph_graph_add_output (graph, output);
  g_assert_true (ph_graph_finish (graph, &error));
  model = ph_model_new ("linear", NULL, NULL, graph, &p, NULL, NULL, &error);
  g_assert_no_error (error);
  ph_graph_unref (graph);
  return model;
}

/* x → a (the picture as it is) → b (3 × 3) → norm; a and norm joined. */
static PhModel *
joined_network (void)
{
  PhGraph *graph = begin_graph (3);
  PhShape four = PH_SHAPE (4);
  PhAttrs *axis = ph_attrs_new ();

  ph_attrs_set_int (axis, "axis", 1);
  add_random (graph, "scale", &four);
  add_constant (graph, "zero", &four, (float[4]){ 0 });
  add_constant (graph, "variance", &four, (float[]){ 0.5f, 1, 2, 3 });
  add_conv (graph, "b", "a", 4, 3, 3, 1);
  ph_graph_add_node (graph, "BatchNormalization", "", "norm", NULL,
                     (const char *[]){ "b", "scale", "zero", "zero", "variance" }, 5,
                     (const char *[]){ "norm" }, 1, NULL);
  add_node (graph, "Concat", axis, "last", "a", "norm");
  return end_graph (graph, 3, "last");
}

/* a → one filter a channel → all channels mixed at each place. */
static PhModel *
depthwise_network (void)
{
  PhGraph *graph = begin_graph (3);

  add_conv (graph, "own", "a", 3, 3, 3, 3);
  add_conv (graph, "last", "own", 4, 3, 1, 1);
  return end_graph (graph, 3, "last");
}

/* a + what is made of a. */
static PhModel *
residual_network (void)
{
  PhGraph *graph = begin_graph (3);

  add_conv (graph, "b", "a", 3, 3, 3, 1);
  add_node (graph, "Add", NULL, "last", "a", "b");
  return end_graph (graph, 3, "last");
}

/* Groups, whose outputs are dealt to other groups as ShuffleNet does. */
static PhModel *
shuffle_network (void)
{
  PhGraph *graph = begin_graph (4);
  PhAttrs *order = ph_attrs_new ();
  const gint64 apart[] = { 1, 2, 2, ROWS, COLUMNS }, together[] = { 1, 4, ROWS, COLUMNS };
  PhShape five = PH_SHAPE (5), four = PH_SHAPE (4);
  g_autoptr (PhTensor) to_parts = ph_tensor_new_ints (&five, apart);
  g_autoptr (PhTensor) from_parts = ph_tensor_new_ints (&four, together);

  ph_attrs_set_ints (order, "perm", (gint64[]){ 0, 2, 1, 3, 4 }, 5);
  ph_graph_add_constant (graph, "apart", to_parts, NULL);
  ph_graph_add_constant (graph, "together", from_parts, NULL);
  add_node (graph, "Reshape", NULL, "parts", "a", "apart");
  add_node (graph, "Transpose", order, "dealt", "parts", NULL);
  add_node (graph, "Reshape", NULL, "shuffled", "dealt", "together");
  add_conv (graph, "last", "shuffled", 4, 4, 3, 2);
  return end_graph (graph, 4, "last");
}

/* The sum of all kernels by which @unit is fed by a channel of the picture, 3 × 3; a smaller one
 * counts in the middle. */
static void
add_kernels (const PhCircuit *circuit, guint source, guint channel, double kernel[9])
{
  for (guint i = 0; i < circuit->fed_by->len; i++)
    {
      const PhSynapse *synapse = circuit->fed_by->pdata[i];

      g_assert_cmpuint (synapse->unit.layer, ==, source);
      if (synapse->unit.channel != channel)
        continue;
      g_assert_cmpuint (synapse->rows, ==, synapse->columns);
      if (synapse->rows == 1)
        kernel[4] += synapse->kernel[0];
      else
        for (guint j = 0; j < 9; j++)
          kernel[j] += synapse->kernel[j];
    }
}

/* All units of the last layer, against the network's answers to a lit pixel: all of it is linear.
 */
static void
check_impulses (PhModel *model, guint first)
{
  guint last = (guint)ph_model_find_layer (model, "last");
  guint source = (guint)ph_model_find_layer (model, "a");
  guint n = ph_model_get_layer (model, source)->n_channels;
  int value = ph_model_get_layer (model, last)->value;
  PhShape input = ph_model_input_shape (model, 1, ROWS, COLUMNS);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &input, &value, 1, FALSE, NULL);
  g_autoptr (PhRun) run = ph_run_new (plan, NULL);

  for (guint k = first; k < ph_model_get_layer (model, last)->n_channels; k++)
    {
      PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = last, .channel = k };
      g_autoptr (PhCircuit) circuit = ph_circuit_new (model, &unit, NULL);

      g_assert_null (circuit->obstacle);
      for (guint c = 0; c < n; c++)
        {
          float *x = ph_run_get_input (run, 0);
          double kernel[9] = { 0 };

          add_kernels (circuit, source, c, kernel);
          for (guint j = 0; j < n * ROWS * COLUMNS; j++)
            x[j] = 0;
          x[(c * ROWS + 3) * COLUMNS + 4] = 1;
          g_assert_true (ph_run_forward (run, NULL, NULL));

          const float *y = ph_run_get_value (run, value);

          /* The answer at row 4 - r looks at the pixel through row r of the kernel. */
          for (guint r = 0; r < 3; r++)
            for (guint s = 0; s < 3; s++)
              g_assert_cmpfloat_with_epsilon (kernel[r * 3 + s],
                                              y[(k * ROWS + 4 - r) * COLUMNS + 5 - s], 1e-5);
        }
      for (guint i = 0; i < circuit->fed_by->len; i++)
        {
          const PhSynapse *synapse = circuit->fed_by->pdata[i];
          double sum = 0;

          for (guint j = 0; j < synapse->rows * synapse->columns; j++)
            sum += synapse->kernel[j];
          g_assert_cmpfloat_with_epsilon (synapse->weight, sum, 1e-9);
          if (i > 0)
            g_assert_cmpfloat (((PhSynapse *)circuit->fed_by->pdata[i - 1])->strength, >=,
                               synapse->strength);
        }
    }
}

/* What a unit of the picture's copy feeds, and that they name it back with the same weight. */
static void
check_feeds (PhModel *model, guint n_feeds)
{
  PhUnit unit = { .kind = PH_UNIT_CHANNEL,
                  .layer = (guint)ph_model_find_layer (model, "a"),
                  .channel = 1 };
  g_autoptr (PhCircuit) circuit = ph_circuit_new (model, &unit, NULL);

  g_assert_cmpuint (circuit->feeds->len, ==, n_feeds);
  for (guint i = 0; i < n_feeds; i++)
    {
      const PhSynapse *there = circuit->feeds->pdata[i];
      g_autoptr (PhCircuit) other = ph_circuit_new (model, &there->unit, NULL);
      gboolean found = FALSE;

      for (guint j = 0; j < other->fed_by->len; j++)
        {
          const PhSynapse *back = other->fed_by->pdata[j];

          found |= ph_unit_equal (&back->unit, &unit) && back->rows == there->rows &&
                   fabs (back->weight - there->weight) < 1e-9;
        }
      g_assert_true (found);
    }
}

static void
test_joined (void)
{
  g_autoptr (PhModel) model = joined_network ();

  check_impulses (model, 3);
}

static void
test_depthwise (void)
{
  g_autoptr (PhModel) model = depthwise_network ();

  check_impulses (model, 0);
}

static void
test_residual (void)
{
  g_autoptr (PhModel) model = residual_network ();

  check_impulses (model, 0);
  check_feeds (model, 4); /* three through the weights, its own by the skip connection */
}

static void
test_shuffle (void)
{
  g_autoptr (PhModel) model = shuffle_network ();

  check_impulses (model, 0);
  check_feeds (model, 2); /* the channels of one group */
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
  g_test_add_func ("/circuit/joined", test_joined);
  g_test_add_func ("/circuit/depthwise", test_depthwise);
  g_test_add_func ("/circuit/residual", test_residual);
  g_test_add_func ("/circuit/shuffle", test_shuffle);
  g_test_add_func ("/circuit/mutual", test_mutual);
  g_test_add_func ("/circuit/squeezenet", test_squeezenet);
  return g_test_run ();
}
