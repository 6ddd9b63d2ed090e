/* The textbook network is the ground truth: it is known what each of its neurons looks for. Here
 * that is held against what they answer, and against the pictures that are made of them. */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <kiss_fftnd.h>
#include <math.h>

#include "assets/textbook/filters.h"
#include "assets/textbook/patterns.h"
#include "assets/textbook/things.h"
#include "network/run.h"
#include "onnx/export.h"
#include "onnx/load.h"
#include "vis/ascent.h"

/* Steps of ascent: a quarter of the default's, which is enough for a single neuron when the picture
 * is shown to it as it is, without random changes. */
#define N_STEPS "128"

typedef struct
{
  TbTextbook *textbook;
  GPtrArray *patterns;
  PhModel *model;
} Fixture;

static char *
committed_path (void)
{
  return g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "assets", "textbook.onnx", NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = committed_path ();
  g_autoptr (GError) error = NULL;

  fixture->textbook = tb_textbook_new ();
  fixture->patterns = tb_patterns_new (fixture->textbook);
  fixture->model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  tb_textbook_free (fixture->textbook);
  g_ptr_array_unref (fixture->patterns);
  g_object_unref (fixture->model);
}

static void
test_committed (Fixture *fixture, gconstpointer data)
{
  TbTextbook *textbook = fixture->textbook;
  g_autofree char *committed = committed_path ();
  g_autofree char *made = NULL;
  g_autofree char *before = NULL, *after = NULL;
  gsize n_before, n_after;
  g_autoptr (GError) error = NULL;

  int file = g_file_open_tmp ("textbook-XXXXXX.onnx", &made, &error);
  g_assert_no_error (error);
  g_close (file, NULL);
  ph_onnx_export (textbook->graph, &textbook->preprocess, (const char *const *)textbook->labels,
                  textbook->channel_labels, tb_textbook_doc, made, &error);
  g_assert_no_error (error);
  g_file_get_contents (committed, &before, &n_before, &error);
  g_assert_no_error (error);
  g_file_get_contents (made, &after, &n_after, &error);
  g_assert_no_error (error);
  g_unlink (made);
  if (n_before != n_after || memcmp (before, after, n_before) != 0)
    {
      g_test_message ("assets/textbook.onnx is not what assets/textbook makes: make textbook");
      g_test_fail ();
    }
}

static void
test_labels (Fixture *fixture, gconstpointer data)
{
  static const char *const floors[] = { "edges",  "colours", "gratings", "contours",
                                        "shapes", "things",  NULL };
  const PhPreprocess *preprocess = ph_model_get_preprocess (fixture->model);
  PhUnit unit;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (preprocess->source, ==, PH_PREPROCESS_FROM_FILE);
  g_assert_cmpfloat (preprocess->mean[1], ==, 0.5);
  g_assert_cmpuint (ph_model_get_n_classes (fixture->model), ==, tb_n_classes);
  g_assert_cmpstr (ph_model_get_label (fixture->model, 4), ==, "checkerboard");
  g_assert_true (ph_unit_parse (fixture->model, "class:honeycomb", &unit, &error));
  g_assert_no_error (error);
  g_assert_null (ph_model_get_notes (fixture->model)[0]);

  for (guint i = 0; floors[i] != NULL; i++)
    {
      int found = ph_model_find_layer (fixture->model, floors[i]);
      g_assert_cmpint (found, >=, 0);
      const PhLayer *layer = ph_model_get_layer (fixture->model, (guint)found);
      g_assert_nonnull (layer->channel_labels);
      g_assert_cmpuint (g_strv_length (layer->channel_labels), ==, layer->n_channels);
    }
}

/* Answers of one layer: the mean over all positions, or the middle one. */
typedef struct
{
  PhModel *model;
  PhRun *run;
  int value;
  guint n_units, rows, columns;
  gboolean middle;
} Probe;

static void
probe_open (Probe *probe, PhModel *model, const char *name, gboolean middle)
{
  const PhLayer *layer = ph_model_get_layer (model, (guint)ph_model_find_layer (model, name));
  PhShape shape = ph_model_input_shape (model, 1, TB_SIZE, TB_SIZE);
  g_autoptr (GError) error = NULL;

  *probe = (Probe){ .model = model, .value = layer->value, .middle = middle };
  g_autoptr (PhPlan) plan =
      ph_plan_new_for_image (ph_model_get_graph (model), &shape, &probe->value, 1, FALSE, &error);
  g_assert_no_error (error);
  probe->run = ph_run_new (plan, &error);
  g_assert_no_error (error);
  probe->n_units = layer->n_channels;
  probe->rows = layer->rows;
  probe->columns = layer->columns;
}

/* @answers: (n_units), overwritten */
static void
probe_ask (Probe *probe, const PhImage *image, double *answers)
{
  gsize n = (gsize)probe->rows * probe->columns;
  gsize middle = (gsize)probe->rows / 2 * probe->columns + probe->columns / 2;

  ph_preprocess_apply (ph_model_get_preprocess (probe->model), 1, TB_SIZE, TB_SIZE, image->data,
                       ph_run_get_input (probe->run, 0));
  g_assert_true (ph_run_forward (probe->run, NULL, NULL));
  const float *values = ph_run_get_value (probe->run, probe->value);
  for (guint unit = 0; unit < probe->n_units; unit++, values += n)
    {
      double sum = 0;
      for (gsize i = 0; i < n; i++)
        sum += values[i];
      answers[unit] = probe->middle ? values[middle] : sum / n;
    }
}

/* (patterns, units): answers to the whole test set. */
static double *
probe_ask_all (Probe *probe, const GPtrArray *patterns)
{
  double *answers = g_new (double, patterns->len * probe->n_units);
  for (guint i = 0; i < patterns->len; i++)
    {
      const TbPattern *pattern = g_ptr_array_index (patterns, i);
      probe_ask (probe, pattern->image, answers + i * probe->n_units);
    }
  return answers;
}

/* The table of peaks fits: a unit that sees what it was designed for has the sum it should have. */
static void
test_calibration (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *layer;
    const char *kind; /* what the labels contain; the first that fits */
    double steepness;
  } kinds[] = {
    { "colours", " and ", 4 }, { "colours", "spot", 3 }, { "colours", "", 1 },
    { "shapes", "", 2.5 },     { "things", "", 1.5 },
  };
  guint n_wrong = 0;

  for (guint i = 0; i < fixture->patterns->len; i++)
    {
      const TbPattern *pattern = g_ptr_array_index (fixture->patterns, i);
      g_auto (GStrv) parts = g_strsplit (pattern->name, "/", 2);
      guint k = 0;

      while (k < G_N_ELEMENTS (kinds) && (!g_str_equal (kinds[k].layer, parts[0]) ||
                                          strstr (pattern->subject, kinds[k].kind) == NULL))
        k++;
      if (k == G_N_ELEMENTS (kinds))
        continue;

      const TbBank *bank = g_str_equal (parts[0], "colours")  ? fixture->textbook->colours
                           : g_str_equal (parts[0], "shapes") ? fixture->textbook->shapes
                                                              : fixture->textbook->things;
      guint unit = tb_bank_find (bank, pattern->subject);
      double bias = g_array_index (bank->biases, double, unit);
      g_autofree char *layer = g_strconcat (parts[0], "/conv", NULL);
      Probe probe;

      probe_open (&probe, fixture->model, layer, FALSE);
      ph_preprocess_apply (ph_model_get_preprocess (fixture->model), 1, TB_SIZE, TB_SIZE,
                           pattern->image->data, ph_run_get_input (probe.run, 0));
      g_assert_true (ph_run_forward (probe.run, NULL, NULL));
      const float *sums = ph_run_get_value (probe.run, probe.value);
      double most = -G_MAXDOUBLE;
      for (guint r = probe.rows / 6; r < probe.rows - probe.rows / 6; r++)
        for (guint c = probe.columns / 6; c < probe.columns - probe.columns / 6; c++)
          most = MAX (most, sums[(unit * probe.rows + r) * probe.columns + c]);
      ph_run_free (probe.run);
      double factor = (most - bias) / (kinds[k].steepness - bias);
      if (fabs (factor - 1) > 0.02)
        {
          g_test_message ("%s: the peak in peaks.inc must be %.4f times as high", pattern->name,
                          factor);
          n_wrong++;
        }
    }
  g_assert_cmpuint (n_wrong, ==, 0);
}

/* What a unit of a layer was designed for, and whether a picture shows it. Phases of a wave differ
 * only for `edges`, which are therefore asked at the middle; a thing shows its parts, too. */
static gboolean
is_own (const Fixture *fixture, const char *layer, guint unit, const TbPattern *pattern,
        gboolean *shown)
{
  TbTextbook *textbook = fixture->textbook;
  gboolean own;

  if (g_str_equal (layer, "classes"))
    return *shown = g_str_has_prefix (pattern->subject, tb_classes[unit].subject);

  char **labels = g_hash_table_lookup (textbook->channel_labels, layer);
  if (g_str_equal (layer, "edges"))
    {
      g_autofree char *name = g_strconcat ("edges/", labels[unit], NULL);
      return *shown = g_str_equal (pattern->name, name);
    }
  own = g_str_equal (pattern->subject, labels[unit]);
  *shown = tb_pattern_shows (pattern, labels[unit]);
  return own;
}

/* Each unit is excited most by what it was designed for. */
static void
test_designed (Fixture *fixture, gconstpointer data)
{
  const char *layer = data;
  Probe probe;
  guint n_wrong = 0;

  probe_open (&probe, fixture->model, layer, g_str_equal (layer, "edges"));
  g_autofree double *answers = probe_ask_all (&probe, fixture->patterns);

  for (guint unit = 0; unit < probe.n_units; unit++)
    {
      double own = -G_MAXDOUBLE, other = -G_MAXDOUBLE;
      const char *rival = "";

      for (guint i = 0; i < fixture->patterns->len; i++)
        {
          const TbPattern *pattern = g_ptr_array_index (fixture->patterns, i);
          double answer = answers[i * probe.n_units + unit];
          gboolean shown;

          if (is_own (fixture, layer, unit, pattern, &shown))
            own = MAX (own, answer);
          else if (!shown && answer > other)
            {
              other = answer;
              rival = pattern->name;
            }
        }
      g_assert_cmpfloat (own, >, -G_MAXDOUBLE);
      if (own <= other)
        {
          g_test_message ("%s:%u answers %g to its own picture and %g to %s", layer, unit, own,
                          other, rival);
          n_wrong++;
        }
    }
  ph_run_free (probe.run);
  g_assert_cmpuint (n_wrong, ==, 0);
}

/**
 * dominant_wave:
 * @direction: (out): of the lines, degrees, 0 to 180
 * @wave: (out): pixels from crest to crest
 *
 * From the power spectrum of the brightness in the middle, in which each frequency is taken
 * together with those around it.
 */
static void
dominant_wave (const PhImage *image, double *direction, double *wave)
{
  const int n = TB_SIZE, reach = 9; /* a neuron sees 5 pixels each way */
  kiss_fftnd_cfg fft = kiss_fftnd_alloc ((int[]){ n, n }, 2, 0, NULL, NULL);
  g_autofree kiss_fft_cpx *in = g_new0 (kiss_fft_cpx, n * n);
  g_autofree kiss_fft_cpx *out = g_new0 (kiss_fft_cpx, n * n);
  double best = -1, x_best = 0, y_best = 0;

  for (int y = -reach; y <= reach; y++)
    for (int x = -reach; x <= reach; x++)
      {
        int i = (y + n / 2) * n + x + n / 2;
        double hann = (1 + cos (G_PI * x / (reach + 1))) * (1 + cos (G_PI * y / (reach + 1)));
        double grey = (image->data[i] + image->data[n * n + i] + image->data[2 * n * n + i]) / 3;
        in[i].r = (float)(hann * (grey - 0.5));
      }
  kiss_fftnd (fft, in, out);
  kiss_fft_free (fft);

  for (int v = 0; v <= n / 2; v++)
    for (int u = -n / 2 + 3; u < n / 2 - 3; u++)
      {
        double power = 0, x = 0, y = 0;
        if (hypot (u, v) < 7)
          continue;
        for (int dv = -2; dv <= 2; dv++)
          for (int du = -2; du <= 2; du++)
            {
              const kiss_fft_cpx *c = &out[(v + dv + n) % n * n + (u + du + n) % n];
              double p = c->r * c->r + c->i * c->i;
              power += p;
              x += p * (u + du);
              y += p * (v + dv);
            }
        if (power > best)
          {
            best = power;
            x_best = x / power;
            y_best = y / power;
          }
      }
  *wave = n / hypot (x_best, y_best);
  /* Lines run across the way the wave goes, which is (sin, cos) of their direction. */
  *direction = fmod (atan2 (x_best, y_best) * 180 / G_PI + 360, 180);
}

static PhAscentResult *
ascend (Fixture *fixture, const char *objective)
{
  static const struct
  {
    const char *name, *value;
  } changes[] = {
    { "steps", N_STEPS }, { "width", "96" }, { "height", "96" }, { "transforms", "none" }
  };
  PhAscentSettings settings;
  g_autoptr (GError) error = NULL;

  ph_settings_init (ph_ascent_settings, &settings);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_assert_true (ph_setting_set (ph_settings_find (ph_ascent_settings, changes[i].name),
                                   &settings, changes[i].value, &error));
  g_autoptr (PhAscent) ascent = ph_ascent_new (fixture->model, objective, &settings, &error);
  g_assert_no_error (error);
  PhAscentResult *result = ph_ascent_run (ascent, NULL, NULL, &error);
  g_assert_no_error (error);
  ph_settings_clear (ph_ascent_settings, &settings);
  return result;
}

typedef struct
{
  const char *layer;
  guint unit;
} Climb;

/* The picture that ascent finds excites the unit more than any picture of the test set, and if it
 * is a grating, it is the one that was designed. */
static void
test_ascent (Fixture *fixture, gconstpointer data)
{
  const Climb *climb = data;
  g_autofree char *objective = g_str_equal (climb->layer, "classes")
                                   ? g_strdup_printf ("class:%u", climb->unit)
                                   : g_strdup_printf ("%s:%u:middle", climb->layer, climb->unit);
  Probe probe;

  probe_open (&probe, fixture->model, climb->layer, TRUE);
  g_autofree double *answers = probe_ask_all (&probe, fixture->patterns);
  g_autofree double *found = g_new (double, probe.n_units);
  g_autoptr (PhAscentResult) result = ascend (fixture, objective);

  probe_ask (&probe, result->image, found);
  for (guint i = 0; i < fixture->patterns->len; i++)
    {
      const TbPattern *pattern = g_ptr_array_index (fixture->patterns, i);
      double answer = answers[i * probe.n_units + climb->unit];
      if (answer >= found[climb->unit])
        g_test_message ("%s answers %g to %s and %g to its own ascent", objective, answer,
                        pattern->name, found[climb->unit]);
      g_assert_cmpfloat (found[climb->unit], >, answer);
    }
  ph_run_free (probe.run);

  if (g_str_equal (climb->layer, "gratings"))
    {
      double direction, wave;
      double designed = tb_direction (climb->unit % TB_N_DIRECTIONS);
      double designed_wave = tb_waves[climb->unit / TB_N_DIRECTIONS];

      dominant_wave (result->image, &direction, &wave);
      g_test_message ("%s: lines at %.1f°, %.2f px", objective, direction, wave);
      double apart = fabs (direction - designed);
      g_assert_cmpfloat (MIN (apart, 180 - apart), <, 10);
      g_assert_cmpfloat (fabs (log (wave / designed_wave)), <, log (1.3));
    }
}

/* The measure itself, on gratings that are known. */
static void
test_spectrum (Fixture *fixture, gconstpointer data)
{
  for (guint unit = 0; unit < TB_N_WAVES * TB_N_DIRECTIONS; unit++)
    {
      const TbPattern *pattern = g_ptr_array_index (fixture->patterns, unit * TB_N_PHASES + 1);
      double direction, wave;

      dominant_wave (pattern->image, &direction, &wave);
      double apart = fabs (direction - tb_direction (unit % TB_N_DIRECTIONS));
      g_assert_cmpfloat (MIN (apart, 180 - apart), <, 3);
      g_assert_cmpfloat (fabs (wave - tb_waves[unit / TB_N_DIRECTIONS]), <, 0.6);
    }
}

int
main (int argc, char *argv[])
{
  static const char *const layers[] = { "edges",  "colours", "gratings",
                                        "shapes", "things",  "classes" };
  /* One or two of each floor. */
  static const Climb climbs[] = {
    { "gratings", 1 }, { "gratings", 14 }, { "colours", 0 }, { "colours", 10 }, { "shapes", 27 },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/textbook/committed", Fixture, NULL, set_up, test_committed, tear_down);
  g_test_add ("/textbook/labels", Fixture, NULL, set_up, test_labels, tear_down);
  g_test_add ("/textbook/spectrum", Fixture, NULL, set_up, test_spectrum, tear_down);
  g_test_add ("/textbook/calibration", Fixture, NULL, set_up, test_calibration, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    {
      g_autofree char *path = g_strconcat ("/textbook/designed/", layers[i], NULL);
      g_test_add (path, Fixture, layers[i], set_up, test_designed, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (climbs); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/textbook/ascent/%s-%u", climbs[i].layer, climbs[i].unit);
      g_test_add (path, Fixture, &climbs[i], set_up, test_ascent, tear_down);
    }
  return g_test_run ();
}
