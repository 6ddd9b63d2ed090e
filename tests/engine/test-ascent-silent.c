/* Units that a picture does not wake, so that there is no gradient to follow. */
#include "tiny-ascent.h"

/* What @unit reaches from @start in @changes, and what it was there; none of the random changes
 * that may wake it by chance. */
static double
climb_from (PhModel *model, const char *unit, const PhImage *start, const char *changes,
            double *before)
{
  g_autofree char *all = g_strconcat ("steps=60;transforms=none;", changes, NULL);
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  ph_tiny_settings_init (&settings, all);

  g_autoptr (PhAscent) ascent = ph_ascent_new (model, unit, &settings, &error);

  g_assert_no_error (error);
  g_assert_true (ph_ascent_set_start (ascent, start, &error));
  g_assert_true (ph_ascent_measure (ascent, before, NULL, &error));

  g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, NULL, NULL, &error);

  g_assert_no_error (error);
  ph_settings_clear (ph_ascent_settings, &settings);
  return result->objective;
}

/* Behind a pool, too, a channel that is silent everywhere is woken, by either means; without them
 * it stays so. */
static void
test_behind_pool (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  const PhPreprocess *pre = ph_model_get_preprocess (model);
  g_autoptr (PhImage) flat = ph_image_new (3, pre->height, pre->width, NULL);
  gsize plane = (gsize)pre->height * pre->width;
  guint n_silent = 0;

  for (guint colour = 0; colour < 8; colour++)
    for (guint channel = 0; channel < 6; channel++)
      {
        g_autofree char *unit = g_strdup_printf ("pool1:%u", channel);
        double before, after;

        for (gsize i = 0; i < 3 * plane; i++)
          flat->data[i] = colour >> (i / plane) & 1 ? 0.9f : 0.1f;
        after = climb_from (model, unit, flat, "wake=0;redirect=0", &before);
        if (before != 0)
          continue;
        n_silent++;
        g_assert_cmpfloat (after, ==, 0);
        g_assert_cmpfloat (climb_from (model, unit, flat, "wake=16;redirect=0", &before), >, 0.01);
        g_assert_cmpfloat (climb_from (model, unit, flat, "wake=0;redirect=16", &before), >, 0.01);
      }
  g_test_message ("%u silent channels", n_silent);
  g_assert_cmpuint (n_silent, >, 0);
}

static void
add_conv (PhGraph *graph, const char *name, const char *input, const float *weights)
{
  PhShape shape = PH_SHAPE (2, 2, 1, 1);
  g_autofree char *weight = g_strconcat (name, "/weight", NULL);
  g_autoptr (PhTensor) tensor = ph_tensor_new (PH_TYPE_FLOAT, &shape, NULL);
  const char *inputs[] = { input, weight };
  gboolean added;

  for (guint i = 0; i < 4; i++)
    tensor->f[i] = weights[i];
  ph_graph_add_constant (graph, weight, tensor, NULL);
  added = ph_graph_add_node (graph, "Conv", "", name, ph_attrs_new (), inputs, 2, &name, 1, NULL);
  g_assert_true (added);
}

/* Two layers of two channels; the first is silent where both colours are bright. The second is no
 * relu. */
static PhModel *
deaf_network_new (void)
{
  g_autoptr (PhGraph) graph = ph_graph_new ("deaf", 13);
  g_autoptr (GError) error = NULL;
  const PhPreprocess preprocess = { .channels = 2,
                                    .height = 8,
                                    .width = 12,
                                    .scale = 1,
                                    .mean = { 0.5f, 0.5f },
                                    .std = { 0.25f, 0.25f },
                                    .source = PH_PREPROCESS_FROM_FILE };

  ph_graph_add_input (graph, "input", PH_TYPE_FLOAT, NULL, &error);
  g_assert_no_error (error);
  add_conv (graph, "conv1", "input", (float[]){ -1, -1, -2, 0.5f });
  ph_graph_add_node (graph, "Relu", "", "relu1", NULL, (const char *[]){ "conv1" }, 1,
                     (const char *[]){ "relu1" }, 1, &error);
  g_assert_no_error (error);
  add_conv (graph, "conv2", "relu1", (float[]){ 1, 1, -1, -1 });
  ph_graph_add_output (graph, "conv2");
  ph_graph_finish (graph, &error);
  g_assert_no_error (error);

  PhModel *model = ph_model_new ("deaf", NULL, "abc124", graph, &preprocess, NULL, NULL, &error);

  g_assert_no_error (error);
  return model;
}

/* Where all that a unit listens to is silent, waking the unit itself is of no use; redirection
 * reaches further. A unit that any sound only lowers is at its highest: nothing may wake it. */
static void
test_everywhere_zero (void)
{
  g_autoptr (PhModel) model = deaf_network_new ();
  g_autoptr (PhImage) bright = ph_image_new (2, 8, 12, NULL);
  double before, after;

  for (gsize i = 0; i < ph_image_n_values (bright); i++)
    bright->data[i] = 0.6f;
  after = climb_from (model, "conv2:0", bright, "wake=16;redirect=0", &before);
  g_assert_cmpfloat (before, ==, 0);
  g_assert_cmpfloat (after, ==, 0);
  after = climb_from (model, "conv2:0", bright, "wake=0;redirect=16", &before);
  g_assert_cmpfloat (before, ==, 0);
  g_test_message ("from 0 to %g", after);
  g_assert_cmpfloat (after, >, 0.1);
  after = climb_from (model, "conv2:1", bright, "wake=16;redirect=16", &before);
  g_assert_cmpfloat (before, ==, 0);
  g_assert_cmpfloat (after, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ascent-silent/behind-pool", test_behind_pool);
  g_test_add_func ("/ascent-silent/everywhere-zero", test_everywhere_zero);
  return g_test_run ();
}
