/* Real networks against another implementation: outputs, and gradients of a neuron, a channel, a
 * layer and a class at the input, with the numbers that tests/golden/make-golden.py wrote. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "kernels/cpu.h"
#include "network/run.h"
#include "network/unit.h"
#include "onnx/load.h"

/* Of the largest entry, with exact kernels. */
#define TOLERANCE 1e-4
/* The same with the fast ones: they round more, and so decide a Relu or a maximum here and there
 * otherwise than the other implementation, in the deep gradients that the golden files mark. Sums
 * and norms hardly feel it. */
#define DECISION_TOLERANCE 2e-2
#define DECISION_TOTAL_TOLERANCE 1e-3

static const char *const networks[] = { "inception_v3_2015_trunk", "mobilenet_v2_1.0_224",
                                        "mobilenet_v2_1.0_224_inat_bird", "squeezenet1_0",
                                        "tinyvgg" };

/* The same formula as `noise` in make-golden.py: multiples of 2^-23 in [-1, 1). */
static void
fill_noise (float *x, gsize n, guint64 seed)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 h = (i * 2654435761u + seed * 40503) & 0xffffffff;

      h ^= h >> 15;
      h = h * 2246822519u & 0xffffffff;
      h ^= h >> 13;
      x[i] = (float)((double)(h >> 8) / 8388608 - 1);
    }
}

static void
assert_near (const char *what, gint64 at, double expected, double actual, double allowed)
{
  if (!(fabs (actual - expected) <= allowed))
    g_error ("%s [%" G_GINT64_FORMAT "]: expected %.9g, actual %.9g, allowed difference %.3g", what,
             at, expected, actual, allowed);
}

/* Compares numbers with the entry of the golden file that describes them. */
static void
compare (JsonObject *golden, const char *what, const float *actual)
{
  gint64 n = json_object_get_int_member (golden, "n");
  JsonArray *at = json_object_get_array_member (golden, "at");
  JsonArray *samples = json_object_get_array_member (golden, "samples");
  double largest = json_object_get_double_member (golden, "max");
  gboolean decisions = !ph_cpu_is_exact () &&
                       json_object_get_boolean_member_with_default (golden, "decisions", FALSE);
  double tolerance = decisions ? DECISION_TOLERANCE : TOLERANCE;
  double total_tolerance = decisions ? DECISION_TOTAL_TOLERANCE : TOLERANCE;
  double sum = 0, squares = 0, absolute = 0, most = 0;
  g_autofree char *sum_of = g_strconcat (what, ": sum", NULL);
  g_autofree char *norm_of = g_strconcat (what, ": norm", NULL);
  g_autofree char *max_of = g_strconcat (what, ": largest", NULL);

  g_assert_cmpint (json_array_get_length (samples), >, 0);
  for (guint i = 0; i < json_array_get_length (samples); i++)
    {
      gint64 place = json_array_get_int_element (at, i);

      g_assert_cmpint (place, <, n);
      assert_near (what, place, json_array_get_double_element (samples, i), actual[place],
                   tolerance * largest);
    }
  for (gint64 i = 0; i < n; i++)
    {
      sum += actual[i];
      absolute += fabs (actual[i]);
      squares += (double)actual[i] * actual[i];
      most = MAX (most, fabs (actual[i]));
    }

  double norm = json_object_get_double_member (golden, "norm");

  assert_near (sum_of, -1, json_object_get_double_member (golden, "sum"), sum,
               total_tolerance * absolute);
  assert_near (norm_of, -1, norm, sqrt (squares), total_tolerance * norm);
  assert_near (max_of, -1, largest, most, tolerance * largest);
}

static PhRun *
make_run (PhModel *model, JsonObject *entry, int target, gboolean gradient)
{
  g_autoptr (GError) error = NULL;
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, &target, 1, gradient, &error);

  g_assert_no_error (error);

  PhRun *run = ph_run_new (plan, &error);

  g_assert_no_error (error);
  fill_noise (ph_run_get_input (run, 0), ph_shape_count (&shape),
              (guint64)json_object_get_int_member (entry, "seed"));
  g_assert_true (ph_run_forward (run, NULL, &error));
  return run;
}

static void
check_output (PhModel *model, JsonObject *entry)
{
  const char *name = json_object_get_string_member (entry, "value");
  int value = ph_graph_find_value (ph_model_get_graph (model), name);
  g_autoptr (PhRun) run = make_run (model, entry, value, FALSE);

  compare (entry, name, ph_run_get_value (run, value));
}

/* The objective of a unit; its gradient is left in @gradient. */
static double
evaluate (const PhUnit *unit, const PhRegion *region, const float *value, float *gradient)
{
  double sum = 0;

  for (gsize i = 0; i < region->count; i++)
    {
      gsize at = region->offset + i * region->stride;

      if (unit->kind == PH_UNIT_LAYER)
        {
          sum += (double)value[at] * value[at] / region->count;
          gradient[at] += 2 * value[at] / (float)region->count;
        }
      else
        {
          sum += (double)value[at] / region->count;
          gradient[at] += 1 / (float)region->count;
        }
    }
  return sum;
}

static void
check_gradient (PhModel *model, JsonObject *entry)
{
  g_autoptr (GError) error = NULL;
  const char *name = json_object_get_string_member (entry, "unit");
  double objective = json_object_get_double_member (entry, "objective");
  PhUnit unit;
  PhRegion region;

  g_assert_true (ph_unit_parse (model, name, &unit, &error));

  int value = ph_unit_get_value (model, &unit);
  g_autoptr (PhRun) run = make_run (model, entry, value, TRUE);
  const PhSpec *spec = ph_plan_get_spec (ph_run_get_plan (run), value);

  g_assert_true (ph_unit_locate (model, &unit, &spec->shape, &region, &error));
  ph_run_clear_gradients (run);
  assert_near (
      name, -1, objective,
      evaluate (&unit, &region, ph_run_get_value (run, value), ph_run_get_gradient (run, value)),
      TOLERANCE * fabs (objective));
  g_assert_true (ph_run_backward (run, NULL, &error));
  compare (entry, name, ph_run_get_input_gradient (run, 0));
}

static void
test_network (gconstpointer data)
{
  const char *name = data;
  const char *shared = g_getenv ("PHOSPHENE_SHARED");
  g_autofree char *file = g_strconcat (name, ".onnx", NULL);
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "models", file, NULL);
  g_autofree char *json = g_strconcat (name, ".json", NULL);
  g_autofree char *golden_path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", json, NULL);
  g_autoptr (GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no such network under PHOSPHENE_SHARED");
      return;
    }

  g_autoptr (JsonParser) parser = json_parser_new ();

  json_parser_load_from_file (parser, golden_path, &error);
  g_assert_no_error (error);

  JsonObject *golden = json_node_get_object (json_parser_get_root (parser));
  g_autoptr (PhModel) model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (ph_model_get_digest (model), ==,
                   json_object_get_string_member (golden, "sha256"));

  JsonArray *outputs = json_object_get_array_member (golden, "outputs");
  JsonArray *gradients = json_object_get_array_member (golden, "gradients");

  for (int exact = 0; exact < 2; exact++)
    {
      ph_cpu_set_exact (exact);
      for (guint i = 0; i < json_array_get_length (outputs); i++)
        check_output (model, json_array_get_object_element (outputs, i));
      for (guint i = 0; i < json_array_get_length (gradients); i++)
        check_gradient (model, json_array_get_object_element (gradients, i));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *path = g_strconcat ("/golden/", networks[i], NULL);

      g_test_add_data_func (path, networks[i], test_network);
    }
  return g_test_run ();
}
