/* Two networks as one, and the networks on the line between two. */

#include <math.h>
#include <string.h>

#include "engine/engine.h"

#include "../support/tiny-network.h"

/* The tiny network with every weight changed, and its input prepared in another way. */
static PhModel *
other_network (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhWeights) weights = ph_weights_new (ph_model_get_graph (model), NULL);
  g_autoptr (PhGraph) graph = NULL;
  g_autoptr (GError) error = NULL;
  PhPreprocess preprocess = *ph_model_get_preprocess (model);
  const char *const labels[] = { "ant", "bee", "cat, house cat", "dog", "eel", NULL };
  PhModel *other;
  PhRng rng;

  ph_rng_init (&rng, 5, 0);
  for (guint i = 0; i < weights->n; i++)
    for (gsize j = 0; j < weights->weights[i].n; j++)
      weights->weights[i].data[j] += (float)(0.3 * ph_rng_normal (&rng));
  graph = ph_weights_publish (weights, &error);
  g_assert_no_error (error);
  preprocess.scale = 255;
  preprocess.bgr = TRUE;
  for (guint c = 0; c < 3; c++)
    {
      preprocess.mean[c] = 100 + 10 * (float)c;
      preprocess.std[c] = 60;
    }
  other = ph_model_new ("other", NULL, "def456", graph, &preprocess, labels, NULL, &error);
  g_assert_no_error (error);
  return other;
}

static PhImage *
noise (void)
{
  PhImage *image = ph_image_new (3, 20, 28, NULL);
  PhRng rng;

  ph_rng_init (&rng, 3, 0);
  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = (float)ph_rng_uniform (&rng, 0, 1);
  return image;
}

static double
value_of (PhModel *model, const PhUnit *unit, const PhImage *picture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhActivations) activations = ph_activations_new (model, &error);
  double value;

  g_assert_no_error (error);
  ph_activations_run (activations, picture, NULL, &error);
  g_assert_no_error (error);
  ph_activations_get_value (activations, unit, &value, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_join (void)
{
  static const char *const units[] = { "conv1:2",     "relu1:5",  "relu2:0",
                                       "relu2:7:3,4", "logits:1", "class:dog" };
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = other_network ();
  g_autoptr (GError) error = NULL;
  g_autoptr (PhModel) joined = ph_model_join (a, b, &error);
  g_autoptr (PhImage) picture = noise ();

  g_assert_no_error (error);
  g_assert_cmpstr (ph_model_get_name (joined), ==, "tiny|other");
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    for (guint side = 0; side < 2; side++)
      {
        PhModel *model = side == 0 ? a : b;
        PhUnit unit, both;
        double expected;

        g_assert_true (ph_unit_parse (model, units[i], &unit, NULL));
        g_assert_true (ph_joined_unit (joined, model, side, &unit, &both, &error));
        g_assert_no_error (error);
        expected = value_of (model, &unit, picture);
        g_assert_cmpfloat_with_epsilon (value_of (joined, &both, picture), expected,
                                        1e-4 * MAX (1, fabs (expected)));
      }
}

/* The picture that only the second likes is liked by the second and not by the first, and the other
 * way round. */
static void
test_difference (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = other_network ();
  g_autoptr (PhModel) joined = ph_model_join (a, b, NULL);
  double found[2];
  PhAscentSettings settings;
  PhUnit unit;

  g_assert_true (ph_unit_parse (a, "conv2:4", &unit, NULL));
  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 40;
  for (guint side = 0; side < 2; side++)
    {
      const char *const texts[] = { "a/conv2:4 - b/conv2:4", "b/conv2:4 - a/conv2:4" };
      g_autoptr (GError) error = NULL;
      g_autoptr (PhAscent) ascent = ph_ascent_new (joined, texts[side], &settings, &error);
      g_autoptr (PhAscentResult) result = NULL;

      g_assert_no_error (error);
      result = ph_ascent_run (ascent, NULL, NULL, &error);
      g_assert_no_error (error);
      found[side] = value_of (b, &unit, result->image) - value_of (a, &unit, result->image);
      g_assert_cmpfloat_with_epsilon (result->objective, side == 1 ? found[1] : -found[0], 1e-3);
    }
  ph_settings_clear (ph_ascent_settings, &settings);
  g_assert_cmpfloat (found[1], >, found[0] + 0.5);
}

static void
test_join_errors (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (GError) error = NULL;
  PhUnit unit = { .kind = PH_UNIT_CHANNEL }, found;

  /* A network that was not joined has no parts. */
  g_assert_false (ph_joined_unit (a, a, 1, &unit, &found, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
}

static void
test_blend (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = other_network ();
  g_autoptr (PhWeights) first = ph_weights_new (ph_model_get_graph (a), NULL);
  g_autoptr (PhWeights) second = ph_weights_new (ph_model_get_graph (b), NULL);

  for (guint k = 0; k <= 4; k++)
    {
      double t = k / 4.0;
      gsize n_blended, n_weights;
      g_autoptr (GError) error = NULL;
      g_autoptr (PhModel) between = ph_model_blend (a, b, t, &n_blended, &n_weights, &error);
      g_autoptr (PhWeights) weights = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (n_blended, ==, n_weights);
      g_assert_cmpstr (ph_model_get_label (between, 3), ==, "dog");
      weights = ph_weights_new (ph_model_get_graph (between), NULL);
      g_assert_cmpuint (weights->n, ==, first->n);
      for (guint i = 0; i < weights->n; i++)
        for (gsize j = 0; j < weights->weights[i].n; j++)
          g_assert_cmpfloat_with_epsilon (
              weights->weights[i].data[j],
              (1 - t) * first->weights[i].data[j] + t * second->weights[i].data[j], 1e-6);
    }
}

/* Another head stays as it is. */
static void
test_blend_in_part (void)
{
  g_autoptr (PhModel) a = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhModel) b = ph_tiny_network_new (PH_TINY_JOINED);
  g_autoptr (GError) error = NULL;
  gsize n_blended, n_weights;
  g_autoptr (PhModel) between = ph_model_blend (a, b, 0.5, &n_blended, &n_weights, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (n_weights, ==, 3 * 27 * 2 + 6 + 6 * 90 + 10 + 50 + 5);
  g_assert_cmpuint (n_blended, ==, n_weights - 50);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/join/values", test_join);
  g_test_add_func ("/join/difference", test_difference);
  g_test_add_func ("/join/errors", test_join_errors);
  g_test_add_func ("/blend/line", test_blend);
  g_test_add_func ("/blend/in-part", test_blend_in_part);
  return g_test_run ();
}
