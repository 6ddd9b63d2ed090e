#include "vis/preset-file.h"

#include <glib/gstdio.h>
#include <string.h>

static void
set_text (PhAscentSettings *settings, const char *name, const char *value)
{
  g_assert_true (
      ph_setting_set (ph_settings_find (ph_ascent_settings, name), settings, value, NULL));
}

/* Saved, loaded, applied: the same settings, but for size and seed. */
static void
test_round_trip (void)
{
  g_autofree char *folder = g_dir_make_tmp ("phosphene-presets-XXXXXX", NULL);
  g_autofree char *inner = g_build_filename (folder, "new", NULL);
  g_autofree char *path = g_build_filename (inner, "presets.ini", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) presets = ph_preset_file_load (path, &error);
  PhAscentSettings settings, other;

  g_assert_no_error (error);
  g_assert_cmpuint (presets->len, ==, 0);
  ph_settings_init (ph_ascent_settings, &settings);
  g_assert_true (ph_presets_set (presets, "Nothing special", &settings, &error));
  set_text (&settings, "transforms", "jitter 3, scale 0.9 1.1");
  set_text (&settings, "learning-rate", "0.123456789012345");
  set_text (&settings, "image", "pixels");
  settings.width = 99;
  settings.seed = 5;
  g_assert_true (ph_presets_set (presets, "Poster, große", &settings, &error));
  g_assert_true (ph_presets_set (presets, "Poster, große", &settings, &error));
  g_assert_true (ph_preset_file_save (path, presets, &error));
  g_assert_no_error (error);

  g_autoptr (GPtrArray) loaded = ph_preset_file_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (loaded->len, ==, 2);

  const PhAscentPreset *preset = ph_presets_find (loaded, "Poster, große");

  g_assert_nonnull (preset);
  g_assert_true (ph_presets_find_matching (loaded, &settings) == preset);
  ph_settings_init (ph_ascent_settings, &other);
  g_assert_true (ph_presets_find_matching (loaded, &other) ==
                 ph_presets_find (loaded, "Nothing special"));
  ph_ascent_preset_apply (preset, &other);
  g_assert_cmpint (other.width, ==, 0);
  g_assert_cmpint (other.seed, ==, 0);
  g_assert_cmpfloat (other.learning_rate, ==, settings.learning_rate);
  g_assert_cmpstr (other.transforms, ==, settings.transforms);
  ph_presets_remove (loaded, "Poster, große");
  g_assert_null (ph_presets_find_matching (loaded, &settings));
  ph_settings_clear (ph_ascent_settings, &settings);
  ph_settings_clear (ph_ascent_settings, &other);
  g_unlink (path);
  g_rmdir (inner);
  g_rmdir (folder);
}

static void
test_broken (void)
{
  static const char *const files[][2] = {
    { "steps = 4\n", "no file of presets" },        { "[a\nsteps = 4\n", "no file of presets" },
    { "[a]\nsteps = many\n", "preset “a”: steps" }, { "[b]\ncolor = red\n", "no setting “color”" },
    { "\xff\xfe\x00", "no file of presets" },
  };
  g_autofree char *folder = g_dir_make_tmp ("phosphene-presets-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "presets.ini", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (g_file_set_contents (path, files[i][0], -1, NULL));
      g_assert_null (ph_preset_file_load (path, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_assert_nonnull (strstr (error->message, "presets.ini"));
      g_assert_nonnull (strstr (error->message, files[i][1]));
    }
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_names (void)
{
  static const char *const bad[] = { "", "a]b", "two\nlines", " before", "Standard", "standard" };
  g_autoptr (GPtrArray) presets = ph_preset_file_load ("/nonexistent/presets.ini", NULL);
  PhAscentSettings settings;

  g_assert_nonnull (presets);
  ph_settings_init (ph_ascent_settings, &settings);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ph_presets_set (presets, bad[i], &settings, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
    }
  g_assert_cmpuint (presets->len, ==, 0);
  ph_settings_clear (ph_ascent_settings, &settings);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preset-file/round-trip", test_round_trip);
  g_test_add_func ("/preset-file/broken", test_broken);
  g_test_add_func ("/preset-file/names", test_names);
  return g_test_run ();
}
