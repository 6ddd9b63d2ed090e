#include "tiny-ascent.h"
#include "vis/pace.h"

static void
test_paces (void)
{
  g_assert_cmpfloat (ph_pace_at ("1", 0.3), ==, 1);
  g_assert_cmpfloat_with_epsilon (ph_pace_at ("1 0", 0.25), 0.75, 1e-9);
  g_assert_cmpfloat_with_epsilon (ph_pace_at (" 0 2  1 ", 0.25), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (ph_pace_at ("0 2 1", 0.75), 1.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (ph_pace_at ("0 2 1", 1), 1, 1e-9);
  g_assert_true (ph_pace_check ("0.5 1 1", NULL));
  g_assert_false (ph_pace_check ("", NULL));
  g_assert_false (ph_pace_check ("1 much", NULL));
  g_assert_false (ph_pace_check ("1 -1", NULL));
}

static void
test_presets (void)
{
  PhAscentSettings settings;

  g_assert_cmpstr (ph_ascent_presets[0].changes, ==, "");
  ph_tiny_settings_init (&settings, "seed=5;width=40");
  for (const PhAscentPreset *preset = ph_ascent_presets; preset->name != NULL; preset++)
    {
      ph_ascent_preset_apply (preset, &settings);
      g_assert_cmpint (settings.seed, ==, 5);
      g_assert_cmpint (settings.width, ==, 40);
      g_assert_true (ph_ascent_preset_matching (&settings) == preset);
      g_assert_true (ph_ascent_preset_find (preset->name) == preset);
      g_assert_true (ph_setting_set (ph_settings_find (ph_ascent_settings, "transforms"), &settings,
                                     settings.transforms, NULL));
    }
  settings.steps = 7;
  g_assert_null (ph_ascent_preset_matching (&settings));
  g_assert_null (ph_ascent_preset_find ("absent"));
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
test_choices_are_the_classes (void)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, "image");
  guint n = 0;

  for (const PhParamClass *const *k = ph_param_classes (); *k != NULL; k++, n++)
    g_assert_cmpstr ((*k)->name, ==, setting->choices[n]);
  g_assert_null (setting->choices[n]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ascent-settings/paces", test_paces);
  g_test_add_func ("/ascent-settings/presets", test_presets);
  g_test_add_func ("/ascent-settings/choices-are-the-classes", test_choices_are_the_classes);
  return g_test_run ();
}
