#include "tiny-ascent.h"

void
ph_tiny_settings_init (PhAscentSettings *settings, const char *changes)
{
  g_auto (GStrv) parts = g_strsplit (changes, ";", -1);

  ph_settings_init (ph_ascent_settings, settings);
  for (guint i = 0; parts[i] != NULL && parts[i][0] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (parts[i], "=", 2);
      g_autoptr (GError) error = NULL;
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, pair[0]);

      g_assert_nonnull (setting);
      ph_setting_set (setting, settings, pair[1], &error);
      g_assert_no_error (error);
    }
}

PhAscent *
ph_tiny_ascent_new (PhTinyHead head, const char *objective, const char *changes, GError **error)
{
  g_autoptr (PhModel) model = ph_tiny_network_new (head);
  PhAscentSettings settings;

  ph_tiny_settings_init (&settings, changes);

  PhAscent *ascent = ph_ascent_new (model, objective, &settings, error);

  ph_settings_clear (ph_ascent_settings, &settings);
  return ascent;
}

PhAscentResult *
ph_tiny_ascent_run (const char *objective, const char *changes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) ascent = ph_tiny_ascent_new (PH_TINY_ANY_SIZE, objective, changes, &error);

  g_assert_no_error (error);

  PhAscentResult *result = ph_ascent_run (ascent, NULL, NULL, &error);

  g_assert_no_error (error);
  return result;
}
