/* Explanations: against an independent implementation on real networks (the numbers that
 * tests/golden/make-attribution.py wrote), against brute force on a small one, and the check with
 * shuffled weights. */
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "kernels/cpu.h"
#include "onnx/load.h"
#include "tiny-network.h"
#include "vis/attribution.h"
#include "vis/heat.h"
#include "vis/probe.h"
#include "vis/sanity.h"

/* Of the largest number, with exact kernels. */
#define TOLERANCE 1e-4

static const char *const networks[] = { "inception_v3_2015_trunk", "mobilenet_v2_1.0_224",
                                        "mobilenet_v2_1.0_224_inat_bird", "squeezenet1_0",
                                        "tinyvgg" };

/* The same formula as `noise` in make-attribution.py: multiples of 2^-24 in [0, 1). */
static PhImage *
make_noise (PhModel *model, guint64 seed)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  PhImage *image = ph_image_new (p->channels, p->height, p->width, NULL);

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    {
      guint64 h = (i * 2654435761u + seed * 40503) & 0xffffffff;

      h ^= h >> 15;
      h = h * 2246822519u & 0xffffffff;
      h ^= h >> 13;
      image->data[i] = (float)((double)(h >> 8) / 16777216);
    }
  return image;
}

static int
find_method (const char *name)
{
  for (int i = 0; ph_attribution_methods ()[i] != NULL; i++)
    if (g_str_equal (ph_attribution_methods ()[i]->name, name))
      return i;
  g_assert_not_reached ();
}

static void
assert_near (const char *what, gint64 at, double expected, double actual, double allowed)
{
  if (!(fabs (actual - expected) <= allowed))
    g_error ("%s [%" G_GINT64_FORMAT "]: expected %.9g, actual %.9g, allowed difference %.3g", what,
             at, expected, actual, allowed);
}

static void
compare (JsonObject *entry, const PhAttribution *made)
{
  const char *what = json_object_get_string_member (entry, "method");
  JsonArray *at = json_object_get_array_member (entry, "at");
  JsonArray *samples = json_object_get_array_member (entry, "samples");
  double largest = json_object_get_double_member (entry, "max");
  double norm = json_object_get_double_member (entry, "norm");
  double value = json_object_get_double_member (entry, "value");
  gint64 n = (gint64)made->channels * made->rows * made->columns;
  double squares = 0, absolute = 0, most = 0;

  g_assert_cmpint (n, ==, json_object_get_int_member (entry, "n"));
  assert_near (what, -1, value, made->value, TOLERANCE * fabs (value));
  for (guint i = 0; i < json_array_get_length (samples); i++)
    {
      gint64 place = json_array_get_int_element (at, i);

      assert_near (what, place, json_array_get_double_element (samples, i), made->values[place],
                   TOLERANCE * largest);
      most = MAX (most, fabs (made->values[place]));
    }
  g_assert_cmpfloat (most, >, 0);
  for (gint64 i = 0; i < n; i++)
    {
      absolute += fabs (made->values[i]);
      squares += (double)made->values[i] * made->values[i];
    }
  assert_near (what, -2, norm, sqrt (squares), TOLERANCE * norm);
  assert_near (what, -3, json_object_get_double_member (entry, "sum"), made->sum,
               TOLERANCE * absolute);
}

static void
check_network (PhModel *model, JsonObject *golden)
{
  JsonObject *given = json_object_get_object_member (golden, "settings");
  JsonArray *entries = json_object_get_array_member (golden, "entries");
  PhAttributionSettings settings;
  PhUnit unit;

  ph_settings_init (ph_attribution_settings, &settings);
  settings.steps = (int)json_object_get_int_member (given, "steps");
  settings.tolerance = 1; /* equal parts, as there */
  settings.samples = (int)json_object_get_int_member (given, "samples");
  settings.noise = json_object_get_double_member (given, "noise");
  settings.patch = json_object_get_double_member (given, "patch");
  settings.stride = json_object_get_double_member (given, "stride");
  settings.seed = (int)json_object_get_int_member (given, "seed");
  g_free (settings.layer);
  settings.layer = g_strdup (json_object_get_string_member (golden, "layer"));
  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonObject *entry = json_array_get_object_element (entries, i);
      g_autoptr (PhImage) picture =
          make_noise (model, (guint64)json_object_get_int_member (entry, "seed"));
      g_autoptr (GError) error = NULL;

      settings.method = find_method (json_object_get_string_member (entry, "method"));
      g_assert_true (
          ph_unit_parse (model,
                         json_object_get_string_member (
                             json_object_has_member (entry, "unit") ? entry : golden, "unit"),
                         &unit, NULL));

      g_autoptr (PhAttribution) made =
          ph_attribution_run (model, &unit, picture, &settings, NULL, NULL, NULL, &error);

      g_assert_no_error (error);
      compare (entry, made);
    }
  g_assert_cmpuint (json_array_get_length (entries), ==, 7);
  ph_settings_clear (ph_attribution_settings, &settings);
}

static void
test_golden (gconstpointer data)
{
  const char *name = data, *shared = g_getenv ("PHOSPHENE_SHARED");
  g_autofree char *file = g_strconcat (name, ".onnx", NULL);
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "models", file, NULL);
  g_autofree char *json = g_strconcat (name, "-attribution.json", NULL);
  g_autofree char *golden_path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "tests", "golden", json, NULL);
  g_autoptr (GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_test_skip ("there is no such network under PHOSPHENE_SHARED");
      return;
    }

  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (PhModel) model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  json_parser_load_from_file (parser, golden_path, &error);
  g_assert_no_error (error);
  ph_cpu_set_exact (TRUE);
  check_network (model, json_node_get_object (json_parser_get_root (parser)));
  ph_cpu_set_exact (FALSE);
}

typedef struct
{
  PhModel *model;
  PhImage *picture;
  PhUnit unit;
  PhAttributionSettings settings;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->picture = make_noise (f->model, 3);
  g_assert_true (ph_unit_parse (f->model, "class:bee", &f->unit, NULL));
  ph_settings_init (ph_attribution_settings, &f->settings);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  ph_settings_clear (ph_attribution_settings, &f->settings);
  ph_image_free (f->picture);
  g_object_unref (f->model);
}

static PhAttribution *
explain (Fixture *f, const char *method)
{
  g_autoptr (GError) error = NULL;

  f->settings.method = find_method (method);

  PhAttribution *made =
      ph_attribution_run (f->model, &f->unit, f->picture, &f->settings, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return made;
}

static double
value_of (Fixture *f, const PhImage *picture)
{
  g_autoptr (PhProbe) probe =
      ph_probe_new (f->model, &f->unit, &(PhProbeOptions){ .n = 1, .also = -1 }, NULL);
  double value;

  g_assert_true (ph_probe_forward (probe, picture->data, &value, NULL, NULL));
  return value;
}

/* The names of the setting are those of the methods. */
static void
test_table (void)
{
  const PhSetting *method = ph_settings_find (ph_attribution_settings, "method");
  const PhAttributionMethod *const *methods = ph_attribution_methods ();
  guint n = 0;

  for (; methods[n] != NULL; n++)
    {
      g_assert_cmpstr (method->choices[n], ==, methods[n]->name);
      g_assert_cmpuint (strlen (methods[n]->explanation), >, 80);
      g_assert_nonnull (strstr (methods[n]->source, "20"));
      for (guint i = 0; methods[n]->settings != NULL && methods[n]->settings[i] != NULL; i++)
        g_assert_nonnull (ph_settings_find (ph_attribution_settings, methods[n]->settings[i]));
    }
  g_assert_null (method->choices[n]);
}

/* Units of all kinds: the gradient predicts what a small change does. */
static void
test_gradient (Fixture *f, gconstpointer unused)
{
  const char *const units[] = { "class:eel", "conv2:3", "conv2:3:2,4", "conv2", NULL };

  for (guint u = 0; units[u] != NULL; u++)
    {
      g_assert_true (ph_unit_parse (f->model, units[u], &f->unit, NULL));

      g_autoptr (PhAttribution) made = explain (f, "gradient");
      g_autoptr (PhImage) moved = ph_image_copy (f->picture, NULL);
      double expected = 0, squares = 0, before = value_of (f, f->picture);

      g_assert_cmpuint (made->channels, ==, 3);
      g_assert_cmpuint (made->rows, ==, 20);
      g_assert_cmpuint (made->columns, ==, 28);
      g_assert_cmpfloat_with_epsilon (made->value, before, 1e-6 * MAX (fabs (before), 1));
      g_assert_true (isnan (ph_attribution_get_completeness (made)));
      for (gsize i = 0; i < 3 * 20 * 28; i++)
        squares += (double)made->values[i] * made->values[i];
      g_assert_cmpfloat (squares, >, 0);
      for (gsize i = 0; i < 3 * 20 * 28; i++)
        {
          double step = 1e-3 * made->values[i] / sqrt (squares);

          moved->data[i] += (float)step;
          expected += step * made->values[i];
        }
      assert_near (units[u], -1, expected, value_of (f, moved) - before, 0.05 * expected);
      for (gsize i = 0; i < 20 * 28; i++)
        {
          float most = MAX (MAX (fabsf (made->values[i]), fabsf (made->values[560 + i])),
                            fabsf (made->values[1120 + i]));

          g_assert_cmpfloat (made->map[i], ==, most);
        }
    }
}

static void
test_integrated (Fixture *f, gconstpointer unused)
{
  const PhBaseline baselines[] = { PH_BASELINE_BLACK, PH_BASELINE_MEAN, PH_BASELINE_WHITE,
                                   PH_BASELINE_BLUR };

  for (guint i = 0; i < G_N_ELEMENTS (baselines); i++)
    {
      f->settings.baseline = baselines[i];

      g_autoptr (PhAttribution) made = explain (f, "integrated-gradients");

      g_assert_cmpfloat (fabs (made->value - made->baseline_value), >, 1e-3);
      g_assert_cmpfloat_with_epsilon (ph_attribution_get_completeness (made), 1, 0.01);
      g_assert_true (made->is_signed && !made->stopped);
    }
}

/* Every patch by itself, against the picture with that part hidden by hand. */
static void
test_occlusion (Fixture *f, gconstpointer unused)
{
  f->settings.patch = 0.3; /* 6 pixels, 4 places down, 5 across */
  f->settings.stride = 1;

  g_autoptr (PhAttribution) made = explain (f, "occlusion");
  g_autoptr (PhImage) hidden = ph_image_copy (f->picture, NULL);

  /* The last row of patches begins at 14 and overlaps the one at 12; here only one covers. */
  for (guint c = 0; c < 3; c++)
    for (guint y = 6; y < 12; y++)
      for (guint x = 12; x < 18; x++)
        hidden->data[(c * 20 + y) * 28 + x] = 0;
  for (guint y = 6; y < 12; y++)
    for (guint x = 12; x < 18; x++)
      assert_near ("occlusion", y * 28 + x, made->value - value_of (f, hidden),
                   made->values[y * 28 + x], 1e-5);
  for (gsize i = 0; i < 20 * 28; i++)
    g_assert_cmpfloat (made->map[i], ==, made->values[i]);
}

/* The tiny classifier averages the last map, so that Grad-CAM on it is known: the weight of each
 * channel is that of the Gemm, by the number of positions. */
static void
test_gradcam (Fixture *f, gconstpointer unused)
{
  g_autoptr (PhAttribution) made = explain (f, "grad-cam");
  g_autoptr (GError) error = NULL;
  double most = 0;

  g_assert_cmpstr (made->layer, ==, "relu2");
  g_assert_cmpuint (made->channels, ==, 1);
  g_assert_cmpuint (made->rows * made->columns, >, 1);
  for (gsize i = 0; i < (gsize)made->rows * made->columns; i++)
    {
      g_assert_cmpfloat (made->values[i], >=, 0);
      most = MAX (most, made->values[i]);
    }
  g_assert_cmpfloat (most, >, 0);

  g_assert_cmpint (ph_attribution_find_layer (f->model, &f->unit, "conv1", NULL), ==,
                   ph_model_find_layer (f->model, "conv1"));
  g_assert_cmpint (ph_attribution_find_layer (f->model, &f->unit, "logits", &error), ==, -1);
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);
  g_assert_cmpint (ph_attribution_find_layer (f->model, &f->unit, "nowhere", &error), ==, -1);
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  g_clear_error (&error);
  g_assert_true (ph_unit_parse (f->model, "conv1:0", &f->unit, NULL));
  g_assert_cmpint (ph_attribution_find_layer (f->model, &f->unit, "auto", &error), ==, -1);
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
}

/* Guided differs from the gradient once there are two relus, and only there. */
static void
test_guided (Fixture *f, gconstpointer unused)
{
  const char *const units[] = { "conv1:2", "class:bee" };

  for (guint u = 0; u < 2; u++)
    {
      g_assert_true (ph_unit_parse (f->model, units[u], &f->unit, NULL));

      g_autoptr (PhAttribution) plain = explain (f, "gradient");
      g_autoptr (PhAttribution) guided = explain (f, "guided-backprop");
      double difference = 0;

      for (gsize i = 0; i < 3 * 20 * 28; i++)
        difference += fabs (plain->values[i] - guided->values[i]);
      if (u == 0)
        g_assert_cmpfloat (difference, ==, 0);
      else
        g_assert_cmpfloat (difference, >, 0);
    }
}

static gboolean
stop_now (gpointer data)
{
  return TRUE;
}

static void
cancel_now (double fraction, const char *message, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_stop_and_cancel (Fixture *f, gconstpointer unused)
{
  const char *const slow[] = { "smoothgrad", "integrated-gradients", "occlusion" };

  for (guint i = 0; i < G_N_ELEMENTS (slow); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      PhMonitor stopper = { .should_stop = stop_now };
      PhMonitor canceller = { .progress = cancel_now, .data = cancellable };

      f->settings.method = find_method (slow[i]);

      g_autoptr (PhAttribution) part = ph_attribution_run (
          f->model, &f->unit, f->picture, &f->settings, NULL, &stopper, NULL, &error);

      g_assert_no_error (error);
      g_assert_true (part->stopped);
      g_assert_cmpfloat (fabs (part->sum), >, 0);
      g_assert_null (ph_attribution_run (f->model, &f->unit, f->picture, &f->settings, NULL,
                                         &canceller, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static void
test_wrong_size (Fixture *f, gconstpointer unused)
{
  g_autoptr (PhImage) other = ph_image_new (3, 21, 28, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      ph_attribution_run (f->model, &f->unit, other, &f->settings, NULL, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH);
  g_assert_nonnull (strstr (error->message, "28 × 21"));
}

static void
test_rank_correlation (void)
{
  const float a[] = { 1, -2, 3, 4 }, up[] = { 10, 20, -30, 40 }, down[] = { 4, 3, 2, 1 };
  const float ties[] = { 1, 1, 2, 2 }, same[] = { 5, 5, -5, 5 };

  g_assert_cmpfloat_with_epsilon (ph_rank_correlation (a, up, 4), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (ph_rank_correlation (a, down, 4), -1, 1e-12);
  /* ranks 0.5 0.5 2.5 2.5 against 0 1 2 3: 4 / sqrt (4 * 5) */
  g_assert_cmpfloat_with_epsilon (ph_rank_correlation (a, ties, 4), 4 / sqrt (20), 1e-12);
  g_assert_cmpfloat (ph_rank_correlation (a, same, 4), ==, 0);
}

/* The network itself stays as it was, the steps go from the top down, and a map that depends on
 * the weights changes. */
static void
test_sanity (Fixture *f, gconstpointer unused)
{
  g_autoptr (PhAttribution) real = explain (f, "gradient");
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) steps =
      ph_sanity_check (f->model, &f->unit, f->picture, &f->settings, real, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (steps->len, ==, 3);
  for (guint i = 0; i < steps->len; i++)
    {
      const PhSanityStep *step = steps->pdata[i];

      g_assert_cmpuint (step->n_nodes, ==, i + 1);
      g_assert_cmpfloat (fabs (step->similarity), <, 0.999);
      g_assert_cmpuint (step->heat->width, ==, 28);
    }
  g_assert_cmpstr (((PhSanityStep *)steps->pdata[2])->layer, ==, "conv1");

  g_autoptr (PhAttribution) again = explain (f, "gradient");

  g_assert_cmpmem (real->values, 3 * 20 * 28 * sizeof (float), again->values,
                   3 * 20 * 28 * sizeof (float));
}

static void
test_heat (void)
{
  const float map[] = { 0, 1, -1, 0.5f, NAN, 0 };
  g_autoptr (PhFrame) both = ph_heat_to_frame (map, 2, 3, TRUE);
  g_autoptr (PhFrame) sizes = ph_heat_to_frame (map, 2, 3, FALSE);
  const guint8 *p = g_bytes_get_data (both->pixels, NULL);
  const guint8 *q = g_bytes_get_data (sizes->pixels, NULL);

  g_assert_cmpint (p[3], ==, 255); /* for: warm */
  g_assert_cmpint (p[3 + 2], <, p[3]);
  g_assert_cmpint (p[6 + 2], ==, 255); /* against: cold */
  g_assert_cmpint (p[6], <, p[6 + 2]);
  g_assert_cmpint (p[0], <, 10);
  g_assert_cmpint (p[9], <, p[3] + 1);
  g_assert_cmpmem (p, 3, p + 12, 3); /* not a number is nothing */
  g_assert_cmpmem (q, 3, q + 6, 3);  /* no size below 0 */

  g_autoptr (PhImage) picture = ph_image_new (3, 4, 6, NULL);
  g_autoptr (PhImage) none = ph_heat_overlay (picture, both, 0, NULL);
  g_autoptr (PhImage) all = ph_heat_overlay (picture, both, 1, NULL);

  g_assert_cmpuint (all->height, ==, 4);
  g_assert_cmpuint (all->width, ==, 6);
  g_assert_cmpfloat (none->data[1], ==, 0);
  g_assert_cmpfloat (all->data[3], >, 0.5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autofree char *path = g_strconcat ("/attribution/golden/", networks[i], NULL);

      g_test_add_data_func (path, networks[i], test_golden);
    }
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  g_test_add_func ("/attribution/table", test_table);
  ADD ("/attribution/gradient", test_gradient);
  ADD ("/attribution/integrated", test_integrated);
  ADD ("/attribution/occlusion", test_occlusion);
  ADD ("/attribution/grad-cam", test_gradcam);
  ADD ("/attribution/guided", test_guided);
  ADD ("/attribution/stop-and-cancel", test_stop_and_cancel);
  ADD ("/attribution/wrong-size", test_wrong_size);
  g_test_add_func ("/attribution/rank-correlation", test_rank_correlation);
  ADD ("/attribution/sanity", test_sanity);
  g_test_add_func ("/attribution/heat", test_heat);
  return g_test_run ();
}
