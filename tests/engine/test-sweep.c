/* Settings compared side by side, and pictures that follow one another. */
#include "vis/sweep.h"

#include <math.h>
#include <string.h>

#include "tiny-network.h"
#include "vis/sequence.h"

static void
assert_values (const char *text, const char *const *values)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhSweepAxis) axis = ph_sweep_axis_parse (text, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ph_sweep_axis_get_n (axis), ==, g_strv_length ((char **)values));
  for (guint i = 0; values[i] != NULL; i++)
    g_assert_cmpstr (axis->values[i], ==, values[i]);
}

static void
test_parse (void)
{
  static const char *const bad[] = {
    "learning-rate",
    "nonsense = 1 | 2",
    "steps = 1 | many",
    "jitter = x",
    "learning-rate = 1 .. 2",
    "steps = 0 .. 2 / 3",
    "image = waves",
    "learning-rate = ",
    "scale = x",
    "seed = 1 .. 2 / 1000000",
  };

  assert_values ("steps = 8|16 | 32", (const char *[]){ "8", "16", "32", NULL });
  assert_values ("steps = 10 .. 40 / 4", (const char *[]){ "10", "20", "30", "40", NULL });
  assert_values ("learning-rate = 0.01 .. 1 / 3", (const char *[]){ "0.01", "0.1", "1", NULL });
  assert_values ("tv = 0 .. 1 / 3", (const char *[]){ "0", "0.5", "1", NULL });
  assert_values ("jitter = none | 4 | 10%", (const char *[]){ "none", "4", "10%", NULL });
  assert_values ("transforms = none | jitter 2, scale 0.9 1.1",
                 (const char *[]){ "none", "jitter 2, scale 0.9 1.1", NULL });
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ph_sweep_axis_parse (bad[i], &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
    }
}

static void
assert_list (const PhObjective *objective, const char *list, const char *axis_text,
             const char *expected)
{
  g_autoptr (PhSweepAxis) axis = ph_sweep_axis_parse (axis_text, NULL);
  PhAscentSettings settings;

  g_assert_nonnull (axis);
  ph_settings_init (ph_ascent_settings, &settings);
  g_assert_true (
      ph_setting_set (ph_settings_find (ph_ascent_settings, "transforms"), &settings, list, NULL));
  ph_sweep_axis_apply (axis, 0, objective, &settings);
  g_assert_cmpstr (settings.transforms, ==, expected);
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* A single change is put in, altered and taken out without touching the others. */
static void
test_changes (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhObjective) objective = ph_objective_parse (model, "class:ant", NULL);
  PhAscentSettings defaults;

  assert_list (objective, "none", "jitter = 4", "jitter 4");
  assert_list (objective, "pad 3, jitter 2, scale 0.9 1.1", "jitter = 10%",
               "pad 3, jitter 10%, scale 0.9 1.1");
  assert_list (objective, "pad 3, jitter 2, scale 0.9 1.1", "jitter = none",
               "pad 3, scale 0.9 1.1");
  assert_list (objective, "jitter 2", "jitter = none", "none");
  assert_list (objective, "jitter 2", "mirror = ", "jitter 2, mirror");

  ph_settings_init (ph_ascent_settings, &defaults);

  g_autofree char *meant = g_strdup (ph_ascent_get_transforms (&defaults, objective));
  g_autofree char *longer = g_strconcat (meant, ", noise 0.1", NULL);

  g_assert_null (strstr (meant, "noise"));
  assert_list (objective, "auto", "noise = 0.1", longer);
  ph_settings_clear (ph_ascent_settings, &defaults);
}

/* Every setting and every change has values to show what it does, all different; only which files
 * there are nobody can know. */
static void
test_suggestions (void)
{
  PhAscentSettings settings;
  const char *const changes[] = { "jitter", "scale", "mirror", "noise",     "pad",
                                  "rotate", "crop",  "hue",    "saturation" };
  guint n = 0;

  ph_settings_init (ph_ascent_settings, &settings);
  while (ph_ascent_settings[n].name != NULL)
    n++;
  for (guint i = 0; i < n + G_N_ELEMENTS (changes); i++)
    {
      const char *name = i < n ? ph_ascent_settings[i].name : changes[i - n];
      g_autoptr (PhSweepAxis) axis = ph_sweep_axis_suggest (name, &settings);

      if (g_str_equal (name, "spectrum"))
        {
          g_assert_null (axis);
          continue;
        }
      g_assert_nonnull (axis);
      g_assert_cmpuint (ph_sweep_axis_get_n (axis), >=, 2);
      for (guint j = 1; axis->values[j] != NULL; j++)
        g_assert_cmpstr (axis->values[j], !=, axis->values[j - 1]);
    }
  g_assert_null (ph_sweep_axis_suggest ("nonsense", &settings));
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
init_settings (PhAscentSettings *settings)
{
  ph_settings_init (ph_ascent_settings, settings);
  settings->width = 28;
  settings->height = 20;
  settings->steps = 12;
}

static void
test_grid (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhSweepAxis) x = ph_sweep_axis_parse ("learning-rate = 0.01 | 0.1 | 0.3", NULL);
  g_autoptr (PhSweepAxis) y = ph_sweep_axis_parse ("jitter = none | 3", NULL);
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  init_settings (&settings);

  g_autoptr (GPtrArray) cells = ph_sweep_cells (model, "class:bee", &settings, x, y, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (cells->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    {
      const PhSheetCell *cell = cells->pdata[i];

      const double rates[] = { 0.01, 0.1, 0.3 };

      g_assert_cmpfloat (cell->settings.learning_rate, ==, rates[i % 3]);
      g_assert_true ((strstr (cell->settings.transforms, "jitter 3") != NULL) == (i >= 3));
    }
  g_assert_true (ph_sheet_make (model, cells, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);

  g_autoptr (PhImage) sheet = ph_sweep_draw (cells, "tiny", x, y, 40, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sheet->width, >, 3 * 40);
  g_assert_null (ph_sweep_cells (model, "class:bee", &settings, x, x, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);
  g_assert_null (ph_sweep_cells (model, "class:yeti", &settings, x, y, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* The film's last picture is the picture. */
static void
test_run (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  init_settings (&settings);

  g_autoptr (GPtrArray) frames =
      ph_sequence_of_run (model, "relu2:3", &settings, 5, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 5);
  for (guint i = 0; i < 5; i++)
    g_assert_cmpuint (((PhFrame *)frames->pdata[i])->step, ==, 3 * i);

  g_autoptr (PhAscent) ascent = ph_ascent_new (model, "relu2:3", &settings, NULL);
  g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, NULL, NULL, &error);
  g_autoptr (GBytes) pixels = ph_image_pack (result->image);

  g_assert_true (g_bytes_equal (pixels, ((PhFrame *)frames->pdata[4])->pixels));

  g_autoptr (GPtrArray) all =
      ph_sequence_of_run (model, "relu2:3", &settings, 99, NULL, NULL, &error);

  g_assert_cmpuint (all->len, ==, 13);
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* What nothing changes has no picture, but a reason. */
static void
test_dead (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (GError) error = NULL;
  const PhSheetCell *dead, *alive;
  PhAscentSettings settings;

  init_settings (&settings);
  g_ptr_array_add (cells, ph_sheet_cell_new ("0*relu2:3", "dead", &settings));
  g_ptr_array_add (cells, ph_sheet_cell_new ("relu2:3", "alive", &settings));
  g_assert_true (ph_sheet_make (model, cells, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  dead = cells->pdata[0];
  alive = cells->pdata[1];
  g_assert_null (dead->image);
  g_assert_cmpstr (dead->failure, ==, "Nothing in a picture changes it");
  g_assert_nonnull (alive->image);
  g_assert_null (alive->failure);
  ph_settings_clear (ph_ascent_settings, &settings);
}

static double
measure (PhModel *model, const char *objective, const PhFrame *frame)
{
  PhAscentSettings settings;
  double value;

  init_settings (&settings);

  g_autoptr (PhAscent) ascent = ph_ascent_new (model, objective, &settings, NULL);
  g_autoptr (PhImage) image = ph_image_new_from_pixels (g_bytes_get_data (frame->pixels, NULL),
                                                        frame->height, frame->width, NULL);

  g_assert_true (ph_ascent_set_start (ascent, image, NULL));
  g_assert_true (ph_ascent_measure (ascent, &value, NULL, NULL));
  ph_settings_clear (ph_ascent_settings, &settings);
  return value;
}

/* On the way from one class to another the second gains on the first all the time. */
static void
test_interpolation (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  const char *const units[] = { "class:ant", "class:dog", NULL };
  const char *const nonsense[] = { "class:ant", "class:yeti", NULL };
  g_autoptr (GError) error = NULL;
  double lead[3];
  PhAscentSettings settings;

  init_settings (&settings);

  g_autoptr (GPtrArray) frames =
      ph_sequence_of_interpolation (model, units, &settings, 5, 6, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 5);
  for (guint i = 0; i < 3; i++)
    lead[i] = measure (model, units[1], frames->pdata[2 * i]) -
              measure (model, units[0], frames->pdata[2 * i]);
  g_assert_cmpfloat (lead[0], <, lead[1]);
  g_assert_cmpfloat (lead[1], <, lead[2]);
  g_assert_null (
      ph_sequence_of_interpolation (model, nonsense, &settings, 5, 6, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
test_sweep (void)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  g_autoptr (PhSweepAxis) axis = ph_sweep_axis_parse ("steps = 1 | 5 | 12", NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  init_settings (&settings);

  g_autoptr (GPtrArray) frames =
      ph_sequence_of_sweep (model, "class:cat, house cat", &settings, axis, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (frames->len, ==, 3);
  g_assert_cmpfloat (((PhFrame *)frames->pdata[0])->objective, <,
                     ((PhFrame *)frames->pdata[2])->objective);
  g_cancellable_cancel (cancelled);
  g_assert_null (
      ph_sequence_of_sweep (model, "class:ant", &settings, axis, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ph_settings_clear (ph_ascent_settings, &settings);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheet/dead", test_dead);
  g_test_add_func ("/sweep/parse", test_parse);
  g_test_add_func ("/sweep/changes", test_changes);
  g_test_add_func ("/sweep/suggestions", test_suggestions);
  g_test_add_func ("/sweep/grid", test_grid);
  g_test_add_func ("/sequence/run", test_run);
  g_test_add_func ("/sequence/interpolation", test_interpolation);
  g_test_add_func ("/sequence/sweep", test_sweep);
  return g_test_run ();
}
