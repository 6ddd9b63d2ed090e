/* What all layers do with one picture, against a plan for each layer alone. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "study/activations.h"
#include "tiny-network.h"

static PhImage *
make_picture (guint64 seed)
{
  PhImage *image = ph_image_new (3, 20, 28, NULL);
  PhRng rng;

  ph_rng_init (&rng, seed, 0);
  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = (float)ph_rng_uniform (&rng, 0, 1);
  return image;
}

static void
test_layers (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhActivations) activations = ph_activations_new (model, &error);
  g_autoptr (PhImage) picture = make_picture (5);
  const PhPreprocess *p = ph_model_get_preprocess (model);

  g_assert_no_error (error);
  g_assert_true (ph_activations_run (activations, picture, NULL, &error));
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      PhShape input = ph_model_input_shape (model, 1, 20, 28), shape;
      g_autoptr (PhPlan) plan =
          ph_plan_new_for_image (ph_model_get_graph (model), &input, &layer->value, 1, FALSE, NULL);
      g_autoptr (PhRun) run = ph_run_new (plan, NULL);
      const float *all = ph_activations_get_layer (activations, i, &shape), *alone;
      gsize n = ph_shape_count (&shape);

      ph_preprocess_apply (p, 1, 20, 28, picture->data, ph_run_get_input (run, 0));
      g_assert_true (ph_run_forward (run, NULL, NULL));
      alone = ph_run_get_value (run, layer->value);
      g_assert_cmpuint (n, ==, layer->n_channels * layer->rows * layer->columns);
      for (gsize j = 0; j < n; j++)
        g_assert_cmpfloat_with_epsilon (all[j], alone[j], 1e-5 * MAX (1, fabs (alone[j])));
    }
}

static void
test_maps_and_tops (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhActivations) activations = ph_activations_new (model, NULL);
  g_autoptr (PhImage) picture = make_picture (6);
  guint index = (guint)ph_model_find_layer (model, "relu1"), n = 4;
  const PhLayer *layer = ph_model_get_layer (model, index);
  gsize plane = (gsize)layer->rows * layer->columns, at = 3 * layer->columns + 7;
  g_autofree float *mean = g_new (float, plane), *most = g_new (float, plane);
  g_autofree float *one = g_new (float, plane);
  PhShape shape;

  g_assert_true (ph_activations_run (activations, picture, NULL, NULL));

  const float *x = ph_activations_get_layer (activations, index, &shape);

  ph_activations_fill_map (activations, index, PH_MAP_MEAN, 0, mean);
  ph_activations_fill_map (activations, index, PH_MAP_MAX, 0, most);
  ph_activations_fill_map (activations, index, PH_MAP_CHANNEL, 2, one);
  for (gsize j = 0; j < plane; j++)
    {
      double sum = 0, largest = -INFINITY;

      for (guint k = 0; k < layer->n_channels; k++)
        {
          sum += x[k * plane + j];
          largest = MAX (largest, x[k * plane + j]);
        }
      g_assert_cmpfloat_with_epsilon (mean[j], sum / layer->n_channels, 1e-5);
      g_assert_cmpfloat (most[j], ==, (float)largest);
      g_assert_cmpfloat (one[j], ==, x[2 * plane + j]);
    }

  g_autofree PhActive *here = ph_activations_get_top (activations, index, 3, 7, &n);

  g_assert_cmpuint (n, ==, 4);
  for (guint i = 0; i < n; i++)
    {
      guint above = 0;

      g_assert_cmpfloat (here[i].value, ==, x[here[i].channel * plane + at]);
      for (guint k = 0; k < layer->n_channels; k++)
        above += x[k * plane + at] > here[i].value;
      g_assert_cmpuint (above, <=, i);
    }

  n = 100;
  g_autofree PhActive *anywhere = ph_activations_get_top (activations, index, -1, 0, &n);

  g_assert_cmpuint (n, ==, layer->n_channels);
  for (gsize j = 0; j < plane; j++)
    g_assert_cmpfloat (x[anywhere[0].channel * plane + j], <=, anywhere[0].value);
}

/* A place of a map that is cut into blocks is the mean of its positions, in every channel. */
static void
test_directions (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhActivations) activations = ph_activations_new (model, NULL);
  g_autoptr (PhImage) picture = make_picture (8);
  guint index = (guint)ph_model_find_layer (model, "relu1"), rows, columns;
  const PhLayer *layer = ph_model_get_layer (model, index);
  gsize plane = (gsize)layer->rows * layer->columns;
  const guint limits[] = { 1, 3, 5, 100 };
  PhShape shape;

  g_assert_true (ph_activations_run (activations, picture, NULL, NULL));

  const float *x = ph_activations_get_layer (activations, index, &shape);

  for (guint l = 0; l < G_N_ELEMENTS (limits); l++)
    {
      g_autofree float *vectors =
          ph_activations_dup_directions (activations, index, limits[l], &rows, &columns);
      guint block = 1;

      while (block * limits[l] < MAX (layer->rows, layer->columns))
        block++;
      g_assert_cmpuint (MAX (rows, columns), <=, limits[l]);
      g_assert_cmpuint (rows, ==, (layer->rows + block - 1) / block);
      for (guint r = 0; r < rows; r++)
        for (guint c = 0; c < columns; c++)
          for (guint k = 0; k < layer->n_channels; k++)
            {
              double sum = 0;
              guint n = 0;

              for (guint row = r * block; row < MIN ((r + 1) * block, layer->rows); row++)
                for (guint column = c * block; column < MIN ((c + 1) * block, layer->columns);
                     column++, n++)
                  sum += x[k * plane + row * layer->columns + column];
              g_assert_cmpfloat_with_epsilon (vectors[(r * columns + c) * layer->n_channels + k],
                                              sum / n, 1e-5);
            }
    }
}

static void
test_values (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhActivations) activations = ph_activations_new (model, NULL);
  g_autoptr (PhClassifier) classifier = ph_classifier_new (model, NULL);
  g_autoptr (PhImage) picture = make_picture (7);
  g_autoptr (PhImage) wrong = ph_image_new (3, 28, 20, NULL);
  g_autoptr (GError) error = NULL;
  PhUnit unit;
  double value;
  guint n;

  g_assert_true (ph_activations_run (activations, picture, NULL, NULL));

  g_autofree PhPrediction *seen = ph_activations_get_predictions (activations, &n);

  g_assert_cmpuint (n, ==, 5);
  unit = (PhUnit){ .kind = PH_UNIT_CLASS, .channel = seen[0].class_number };
  g_assert_true (ph_activations_get_value (activations, &unit, &value, NULL));
  g_assert_cmpfloat (value, ==, seen[0].logit);
  g_assert_true (ph_unit_parse (model, "relu1:2:3,7", &unit, NULL));
  g_assert_true (ph_activations_get_value (activations, &unit, &value, NULL));
  unit.row = 1000;
  g_assert_false (ph_activations_get_value (activations, &unit, &value, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);
  g_assert_false (ph_activations_run (activations, wrong, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/activations/layers", test_layers);
  g_test_add_func ("/activations/maps-and-tops", test_maps_and_tops);
  g_test_add_func ("/activations/directions", test_directions);
  g_test_add_func ("/activations/values", test_values);
  return g_test_run ();
}
