#include <json-glib/json-glib.h>
#include <math.h>

#include "engine/engine.h"

static double
real (JsonObject *object, const char *name, guint i)
{
  return json_array_get_double_element (json_object_get_array_member (object, name), i);
}

/* The numbers of PyTorch. */
static void
test_golden (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", "losses.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *root;
  JsonArray *cases;
  guint n, n_classes;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  n = (guint)json_object_get_int_member (root, "n");
  n_classes = (guint)json_object_get_int_member (root, "classes");
  cases = json_object_get_array_member (root, "cases");
  g_assert_cmpuint (json_array_get_length (cases), ==, 12);
  for (guint c = 0; c < json_array_get_length (cases); c++)
    {
      JsonObject *object = json_array_get_object_element (cases, c);
      const char *kind = json_object_get_string_member (object, "kind");
      gboolean weighted = !json_object_get_null_member (object, "weights");
      g_autofree float *scores = g_new (float, n *n_classes);
      g_autofree float *gradient = g_new (float, n *n_classes);
      g_autofree float *weights = g_new (float, n_classes);
      g_autofree int *labels = g_new (int, n);
      PhLoss loss = { .smoothing = json_object_get_double_member (object, "smoothing"),
                      .class_weights = weighted ? weights : NULL };

      while (!g_str_equal (ph_loss_names[loss.kind], kind))
        loss.kind++;
      for (guint i = 0; i < n * n_classes; i++)
        scores[i] = (float)real (object, "scores", i);
      for (guint i = 0; i < n; i++)
        labels[i] = (int)real (object, "labels", i);
      for (guint i = 0; weighted && i < n_classes; i++)
        weights[i] = (float)real (object, "weights", i);
      g_assert_cmpfloat_with_epsilon (
          ph_loss_classes (&loss, n, n_classes, scores, labels, gradient),
          json_object_get_double_member (object, "loss"), 2e-6);
      for (guint i = 0; i < n * n_classes; i++)
        g_assert_cmpfloat_with_epsilon (gradient[i], real (object, "gradient", i), 1e-6);
    }
}

/* Scores that overflow exp() and a batch of one. */
static void
test_extremes (void)
{
  const float scores[3] = { 1000, -1000, 0 };
  float gradient[3];

  for (PhLossKind kind = PH_LOSS_CROSS_ENTROPY; kind <= PH_LOSS_BCE; kind++)
    {
      PhLoss loss = { .kind = kind };

      g_assert_true (isfinite (ph_loss_classes (&loss, 1, 3, scores, (int[]){ 1 }, gradient)));
      for (guint i = 0; i < 3; i++)
        g_assert_true (isfinite (gradient[i]));
    }
  g_assert_cmpfloat (ph_loss_classes (&(PhLoss){ 0 }, 1, 3, scores, (int[]){ 0 }, NULL), ==, 0);
  g_assert_cmpfloat (ph_loss_classes (&(PhLoss){ 0 }, 1, 3, scores, (int[]){ 1 }, NULL), ==, 2000);
}

/* Losses of pictures against central differences. */
static void
test_values (void)
{
  float outputs[6], targets[6], gradient[6];

  for (guint i = 0; i < 6; i++)
    {
      outputs[i] = (float)g_test_rand_double_range (-2, 2);
      targets[i] = (float)g_test_rand_double_range (0, 1);
    }
  for (PhLossKind kind = PH_LOSS_MSE; kind <= PH_LOSS_BCE; kind++)
    {
      ph_loss_values (kind, 6, outputs, targets, gradient);
      for (guint i = 0; i < 6; i++)
        {
          const float h = 1e-2f, middle = outputs[i];
          double up, down;

          outputs[i] = middle + h;
          up = ph_loss_values (kind, 6, outputs, targets, NULL);
          outputs[i] = middle - h;
          down = ph_loss_values (kind, 6, outputs, targets, NULL);
          outputs[i] = middle;
          g_assert_cmpfloat_with_epsilon (gradient[i], (up - down) / (2 * h), 1e-4);
        }
    }
  g_assert_cmpfloat (ph_loss_values (PH_LOSS_MSE, 6, targets, targets, gradient), ==, 0);
  g_assert_cmpfloat (gradient[3], ==, 0);
}

static void
test_schedule (void)
{
  PhSchedule s = { .rate = 0.5, .total = 100, .warm_up = 9, .period = 30, .factor = 0.1 };

  /* A climb of nine steps, then the full rate. */
  g_assert_cmpfloat_with_epsilon (ph_schedule_rate (&s, 0), 0.05, 1e-12);
  g_assert_cmpfloat_with_epsilon (ph_schedule_rate (&s, 8), 0.45, 1e-12);
  g_assert_cmpfloat (ph_schedule_rate (&s, 9), ==, 0.5);
  g_assert_cmpfloat (ph_schedule_rate (&s, 5000), ==, 0.5);
  s.kind = PH_SCHEDULE_STEP;
  g_assert_cmpfloat (ph_schedule_rate (&s, 9 + 29), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (ph_schedule_rate (&s, 9 + 30), 0.05, 1e-12);
  g_assert_cmpfloat_with_epsilon (ph_schedule_rate (&s, 9 + 60), 0.005, 1e-12);
  s.kind = PH_SCHEDULE_COSINE;
  s.warm_up = 0;
  g_assert_cmpfloat (ph_schedule_rate (&s, 0), ==, 0.5);
  g_assert_cmpfloat_with_epsilon (ph_schedule_rate (&s, 50), 0.25, 1e-12);
  for (guint64 step = 1; step < 100; step++)
    g_assert_cmpfloat (ph_schedule_rate (&s, step), <, ph_schedule_rate (&s, step - 1));
  g_assert_cmpfloat (ph_schedule_rate (&s, 99), >, 0);
  s.total = s.warm_up = 0;
  g_assert_cmpfloat (ph_schedule_rate (&s, 7), ==, 0.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/loss/golden", test_golden);
  g_test_add_func ("/loss/extremes", test_extremes);
  g_test_add_func ("/loss/values", test_values);
  g_test_add_func ("/schedule", test_schedule);
  return g_test_run ();
}
