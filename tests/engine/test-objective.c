#include "vis/objective.h"

#include <math.h>
#include <string.h>

#include "tiny-network.h"

typedef struct
{
  PhModel *model;
  PhRun *run;
  PhObjective *objective;
  PhImage *image;
} Fixture;

static const PhPreprocess *
preprocess_of (const Fixture *f)
{
  return ph_model_get_preprocess (f->model);
}

static void
set_up (Fixture *f, PhTinyHead head, const char *text, guint n)
{
  g_autoptr (GError) error = NULL;
  guint n_targets;

  f->model = ph_tiny_network_new (head);
  f->objective = ph_objective_parse (f->model, text, &error);
  g_assert_no_error (error);

  const int *targets = ph_objective_get_targets (f->objective, &n_targets);
  PhShape shape = ph_model_input_shape (f->model, n, 20, 28);
  g_autoptr (PhPlan) plan = ph_plan_new_for_image (ph_model_get_graph (f->model), &shape, targets,
                                                   n_targets, TRUE, &error);

  g_assert_no_error (error);
  g_assert_true (ph_objective_bind (f->objective, plan, &error));
  g_assert_no_error (error);
  f->run = ph_run_new (plan, &error);
  g_assert_no_error (error);
  f->image = ph_image_new (3, 20, 28, &error);
  for (gsize i = 0; i < ph_image_n_values (f->image); i++)
    f->image->data[i] = (float)g_test_rand_double_range (0.1, 0.9);
}

static void
tear_down (Fixture *f)
{
  ph_objective_free (f->objective);
  ph_run_free (f->run);
  ph_image_free (f->image);
  g_object_unref (f->model);
}

static double
evaluate (Fixture *f, gboolean gradient, float *d_image)
{
  ph_preprocess_apply (preprocess_of (f), 1, 20, 28, f->image->data, ph_run_get_input (f->run, 0));
  g_assert_true (ph_run_forward (f->run, NULL, NULL));
  ph_run_clear_gradients (f->run);

  double value = ph_objective_evaluate (f->objective, f->run, f->image, gradient, d_image);

  if (gradient)
    {
      g_autofree float *from_network = g_new (float, ph_image_n_values (f->image));

      g_assert_true (ph_run_backward (f->run, NULL, NULL));
      ph_preprocess_adjoint (preprocess_of (f), 1, 20, 28, ph_run_get_input_gradient (f->run, 0),
                             from_network);
      for (gsize i = 0; i < ph_image_n_values (f->image); i++)
        d_image[i] += from_network[i];
    }
  return value;
}

static double
mean_of (const float *x, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += x[i];
  return sum / (double)n;
}

/* Values against the network's numbers, taken by hand. */
static void
test_values (void)
{
  Fixture f;
  float d[3 * 20 * 28];

  set_up (&f, PH_TINY_ANY_SIZE, "relu2:3 + 2*conv2:4:7,11 - 0.5*relu1 + class:dog", 1);
  memset (d, 0, sizeof d);

  double value = evaluate (&f, FALSE, d);
  const float *relu2 =
      ph_run_get_value (f.run, ph_graph_find_value (ph_model_get_graph (f.model), "relu2"));
  const float *conv2 =
      ph_run_get_value (f.run, ph_graph_find_value (ph_model_get_graph (f.model), "conv2"));
  const float *relu1 =
      ph_run_get_value (f.run, ph_graph_find_value (ph_model_get_graph (f.model), "relu1"));
  const float *logits =
      ph_run_get_value (f.run, ph_graph_find_value (ph_model_get_graph (f.model), "logits"));
  double squares = 0;

  for (guint i = 0; i < 6 * 20 * 28; i++)
    squares += relu1[i] * relu1[i];

  double expected = mean_of (relu2 + 3 * 140, 140) + 2 * conv2[4 * 140 + 7 * 14 + 11] -
                    0.5 * squares / (6 * 20 * 28) + logits[3];

  g_assert_cmpfloat_with_epsilon (value, expected, 1e-4);
  tear_down (&f);
}

static void
test_image_terms_by_hand (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhObjective) tv = ph_objective_parse (model, "tv", NULL);
  g_autoptr (PhObjective) l1 = ph_objective_parse (model, "l1", NULL);
  g_autoptr (PhObjective) l2 = ph_objective_parse (model, "-2*l2", NULL);
  float pixels[6] = { 0.5f, 0.75f, 0.25f, 0.5f, 0.5f, 1.0f };
  PhImage image = { 1, 2, 3, pixels };
  float d[6] = { 0 };

  /* Rows: 0.25 + 0.5 and 0 + 0.5; columns: 0 + 0.25 + 0.75; over 6 pixels. */
  g_assert_cmpfloat_with_epsilon (ph_objective_evaluate (tv, NULL, &image, TRUE, d), 2.25 / 6,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (d[1], 3.0 / 6, 1e-6);
  g_assert_cmpfloat_with_epsilon (d[2], -2.0 / 6, 1e-6);
  g_assert_cmpfloat_with_epsilon (ph_objective_evaluate (l1, NULL, &image, FALSE, NULL), 1.0 / 6,
                                  1e-6);
  memset (d, 0, sizeof d);
  g_assert_cmpfloat_with_epsilon (ph_objective_evaluate (l2, NULL, &image, TRUE, d), -2 * 0.375 / 6,
                                  1e-6);
  g_assert_cmpfloat_with_epsilon (d[5], -2 * 2 * 0.5 / 6, 1e-6);
}

/* Along the gradient and along a random direction, against central differences. */
static void
check_gradient (PhTinyHead head, const char *text)
{
  Fixture f;
  float d[3 * 20 * 28] = { 0 }, start[3 * 20 * 28], direction[3 * 20 * 28];
  const gsize n = 3 * 20 * 28;

  set_up (&f, head, text, 1);
  evaluate (&f, TRUE, d);
  memcpy (start, f.image->data, sizeof start);
  for (guint trial = 0; trial < 2; trial++)
    {
      double slope = 0, norm = 0, up, down, step = 2e-3;

      for (gsize i = 0; i < n; i++)
        {
          direction[i] = trial == 0 ? d[i] : (float)g_test_rand_double_range (-1, 1);
          norm += (double)direction[i] * direction[i];
        }
      norm = sqrt (norm);
      for (gsize i = 0; i < n; i++)
        slope += d[i] * direction[i] / norm;
      for (gsize i = 0; i < n; i++)
        f.image->data[i] = start[i] + (float)(step * direction[i] / norm);
      up = evaluate (&f, FALSE, NULL);
      for (gsize i = 0; i < n; i++)
        f.image->data[i] = start[i] - (float)(step * direction[i] / norm);
      down = evaluate (&f, FALSE, NULL);

      double size = 0;

      for (gsize i = 0; i < n; i++)
        size += (double)d[i] * d[i];
      if (fabs (slope - (up - down) / (2 * step)) > 0.03 * sqrt (size) + 1e-4)
        g_error ("“%s”: slope %g, differences give %g", text, slope, (up - down) / (2 * step));
    }
  tear_down (&f);
}

static void
test_gradients (void)
{
  const char *texts[] = { "conv1:2",        "conv2:5:3,11", "relu2",
                          "class:0",        "pool1:1",      "class:bee - class:eel",
                          "relu2:3 - 3*l2", "-relu2:1",     "conv2:7:middle + 0.2*l2",
                          "-0.5*conv2" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      check_gradient (PH_TINY_ANY_SIZE, texts[i]);
      check_gradient (PH_TINY_ONE_SIZE, texts[i]);
    }
  check_gradient (PH_TINY_RELU_MEAN, "class:2");
  check_gradient (PH_TINY_JOINED, "joined:2");
  check_gradient (PH_TINY_JOINED, "-joined:12");
}

/* Against rivals a class is climbed along the logarithm of its odds, whose gradient at the scores
 * is 1 for its own and less the others' shares among themselves; values stay scores. */
static void
test_rivals (void)
{
  const double parts[] = { 0, 0.25, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      Fixture f;
      int value;

      set_up (&f, PH_TINY_ANY_SIZE, "2*class:bee + conv1:2", 1);
      value = ph_model_get_logits (f.model);
      ph_objective_set_rivals (f.objective, parts[i]);
      ph_preprocess_apply (preprocess_of (&f), 1, 20, 28, f.image->data,
                           ph_run_get_input (f.run, 0));
      g_assert_true (ph_run_forward (f.run, NULL, NULL));
      ph_run_clear_gradients (f.run);

      double with = ph_objective_evaluate (f.objective, f.run, NULL, TRUE, NULL);
      const float *x = ph_run_get_value (f.run, value);
      const float *gradient = ph_run_get_gradient (f.run, value);
      double others = exp (x[0]) + exp (x[2]) + exp (x[3]) + exp (x[4]);

      for (guint c = 0; c < 5; c++)
        {
          double expected = c == 1 ? 2 : -2 * parts[i] * exp (x[c]) / others;

          g_assert_cmpfloat_with_epsilon (gradient[c], expected, 1e-5);
        }
      ph_objective_set_rivals (f.objective, 0);
      g_assert_cmpfloat (with, ==, ph_objective_evaluate (f.objective, f.run, NULL, FALSE, NULL));
      tear_down (&f);
    }
}

/* A unit that is silent everywhere has no gradient behind its relu, unless what is before it is
 * climbed: then a few plain steps make it speak. */
static void
check_wakes (PhTinyHead head, const char *text)
{
  Fixture f;
  float d[3 * 20 * 28] = { 0 };
  double size = 0;

  set_up (&f, head, text, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (d); i++)
    f.image->data[i] = 0.5f + 0.1f * (f.image->data[i] - 0.5f);
  g_assert_cmpfloat (evaluate (&f, TRUE, d), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (d); i++)
    g_assert_cmpfloat (d[i], ==, 0);
  ph_objective_set_wake (f.objective, 0.5);
  g_assert_cmpfloat (evaluate (&f, TRUE, d), ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (d); i++)
    size += fabs (d[i]);
  g_assert_cmpfloat (size, >, 0);
  for (guint step = 0; step < 100; step++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (d); i++)
        f.image->data[i] = CLAMP (f.image->data[i] + 20 * d[i], 0, 1);
      memset (d, 0, sizeof d);
      evaluate (&f, TRUE, d);
    }
  g_assert_cmpfloat (evaluate (&f, FALSE, NULL), >, 0);
  tear_down (&f);
}

static void
test_silent_unit_wakes (void)
{
  check_wakes (PH_TINY_RELU_MEAN, "class:eel");
  check_wakes (PH_TINY_JOINED, "joined:13");
  check_wakes (PH_TINY_JOINED, "joined:13:4,9");
}

/* Over a batch, the mean over its pictures. */
static void
test_batch (void)
{
  Fixture f;
  g_autofree float *two = g_new (float, 2 * 3 * 20 * 28);
  double each[2], both;

  set_up (&f, PH_TINY_ANY_SIZE, "relu2:3", 1);
  for (guint i = 0; i < 2; i++)
    {
      for (gsize j = 0; j < 3 * 20 * 28; j++)
        two[i * 3 * 20 * 28 + j] = f.image->data[j] = (float)g_test_rand_double_range (0, 1);
      each[i] = evaluate (&f, FALSE, NULL);
    }
  tear_down (&f);

  set_up (&f, PH_TINY_ANY_SIZE, "relu2:3", 2);
  ph_preprocess_apply (preprocess_of (&f), 2, 20, 28, two, ph_run_get_input (f.run, 0));
  g_assert_true (ph_run_forward (f.run, NULL, NULL));
  both = ph_objective_evaluate (f.objective, f.run, NULL, FALSE, NULL);
  g_assert_cmpfloat_with_epsilon (both, (each[0] + each[1]) / 2, 1e-4);
  tear_down (&f);
}

static void
test_texts (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  const struct
  {
    const char *text, *back;
  } good[] = {
    { "conv1:2", "conv1:2" },
    { "  conv1:2  ", "conv1:2" },
    { "class:house cat", "class:2" },
    { "class:CAT", "class:2" },
    { "conv1:2 + 0.5*class:dog - 1e-3*tv", "conv1:2 + 0.5*class:3 - 0.001*tv" },
    { "-conv1:2", "-conv1:2" },
    { "- 2 * conv1:2:middle - relu2", "-2*conv1:2:10,14 - relu2" },
    { "relu2 - -3*l1", "relu2 + 3*l1" },
  };
  const struct
  {
    const char *text, *part;
    PhError code;
  } bad[] = {
    { "", "column 1", PH_ERROR_DATA_INVALID },
    { "conv1:2 + ", "column 11", PH_ERROR_DATA_INVALID },
    { "conv1:2 + 3*", "column 13", PH_ERROR_DATA_INVALID },
    { "conv1:2 - conv9:1", "column 11", PH_ERROR_NO_SUCH_UNIT },
    { "conv1:6", "column 1", PH_ERROR_NO_SUCH_UNIT },
    { "class:fox", "column 1", PH_ERROR_NO_SUCH_UNIT },
    { "inf*conv1:2", "column 1", PH_ERROR_DATA_INVALID },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (PhObjective) objective = ph_objective_parse (model, good[i].text, &error);

      g_assert_no_error (error);

      g_autofree char *text = ph_objective_dup_text (objective);

      g_assert_cmpstr (text, ==, good[i].back);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ph_objective_parse (model, bad[i].text, &error));
      g_assert_error (error, PH_ERROR, (int)bad[i].code);
      if (strstr (error->message, bad[i].part) == NULL)
        g_error ("“%s” gives “%s”", bad[i].text, error->message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/objective/values", test_values);
  g_test_add_func ("/objective/image-terms-by-hand", test_image_terms_by_hand);
  g_test_add_func ("/objective/gradients", test_gradients);
  g_test_add_func ("/objective/rivals", test_rivals);
  g_test_add_func ("/objective/silent-unit-wakes", test_silent_unit_wakes);
  g_test_add_func ("/objective/batch", test_batch);
  g_test_add_func ("/objective/texts", test_texts);
  return g_test_run ();
}
