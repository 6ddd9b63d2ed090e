/* The pairs of pictures that show what settings do: one for each setting, each file of its own. */

#include <string.h>

#include "engine/engine.h"

/* Where "PHOTO" stands any picture will do, as where "FOLDER" does. */
static char *
fill_in (const char *text)
{
  g_autofree char *effects = g_strdup_printf ("%s/assets/effects", g_getenv ("PHOSPHENE_SOURCE"));
  g_autofree char *photo = g_strdup_printf ("%s/steps.png", effects);
  g_auto (GStrv) parts = g_strsplit (text, PH_EFFECT_PHOTO, -1);
  g_autofree char *named = g_strjoinv (photo, parts);
  g_auto (GStrv) rest = g_strsplit (named, PH_EFFECT_FOLDER, -1);

  return g_strjoinv (effects, rest);
}

static void
set (PhAscentSettings *settings, const char *name, const char *value)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, name);
  g_autofree char *filled = fill_in (value);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (setting);
  ph_setting_set (setting, settings, filled, &error);
  g_assert_no_error (error);
}

/* Settings, changes and terms that somebody may wonder about; a unit explains itself, and tv, l1
 * and l2 are terms as well as settings. */
static void
test_complete (void)
{
  for (const PhSetting *s = ph_ascent_settings; s->name != NULL; s++)
    if (ph_effect_find_for_setting (s) == NULL)
      g_error ("the setting %s has no pair: add a line to engine/vis/effect.c, then “make effects”",
               s->name);
  for (const PhTransformClass *const *c = ph_transform_classes (); *c != NULL; c++)
    if (ph_effect_find ((*c)->name) == NULL)
      g_error ("the random change %s has no pair", (*c)->name);
  for (const PhObjectiveTerm *t = ph_objective_terms (); t->name != NULL; t++)
    if (ph_effect_find (t->name) == NULL)
      g_error ("the term %s has no pair", t->name);
  g_assert_null (ph_effect_find ("no such thing"));
  g_assert_null (ph_effect_find_for_setting (ph_settings_find (ph_dream_settings, "steps")));
}

static void
check_values (PhModel *model, const PhEffect *effect, const char *value)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, effect->name);
  g_auto (GStrv) lines = g_strsplit (effect->settings, "\n", -1);
  g_autofree char *objective = fill_in (effect->objective != NULL ? effect->objective : value);
  g_autoptr (PhObjective) parsed = NULL;
  g_autoptr (GError) error = NULL;
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], " = ", 2);

      if (g_strv_length (parts) == 2)
        set (&settings, parts[0], parts[1]);
    }
  if (effect->objective != NULL)
    set (&settings, setting != NULL ? setting->name : "transforms", value);
  parsed = ph_objective_parse (model, objective, &error);
  g_assert_no_error (error);
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* What the table says can be drawn. */
static void
test_values (void)
{
  g_autofree char *path = ph_shipped_dup_path (PH_SHIPPED_TEXTBOOK);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhModel) model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  for (const PhEffect *effect = ph_effects; effect->name != NULL; effect++)
    {
      g_assert_true (ph_effect_find (effect->name) == effect); /* no name stands twice */
      g_assert_cmpstr (effect->before, !=, effect->after);
      g_assert_cmpuint (strlen (effect->seen), >, 10);
      check_values (model, effect, effect->before);
      check_values (model, effect, effect->after);
    }
}

static gboolean
halves_differ (const PhImage *pair)
{
  for (guint y = 0; y < pair->height; y++)
    for (guint x = 0; x < pair->width / 2; x++)
      if (pair->data[y * pair->width + x] != pair->data[y * pair->width + x + pair->width / 2])
        return TRUE;
  return FALSE;
}

/* The files are of what the table says now, and show a difference. */
static void
test_files (void)
{
  for (const PhEffect *effect = ph_effects; effect->name != NULL; effect++)
    {
      g_autofree char *name = g_strdup_printf ("effects/%s.png", effect->name);
      g_autofree char *path = ph_shipped_dup_path (name);
      g_autofree char *wanted = ph_effect_dup_recipe (effect);
      g_autoptr (GError) error = NULL;
      g_autofree char *found = ph_png_load_recipe (path, &error);
      g_autoptr (PhImage) pair = ph_image_load (path, NULL);

      if (g_strcmp0 (found, wanted) != 0)
        g_error ("%s is not of the effect as it is now: “make effects” (%s)", path,
                 error != NULL ? error->message : found);
      g_assert_nonnull (pair);
      g_assert_cmpuint (pair->width, ==, 2 * pair->height);
      g_assert_true (halves_differ (pair));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/effect/complete", test_complete);
  g_test_add_func ("/effect/values", test_values);
  g_test_add_func ("/effect/files", test_files);
  return g_test_run ();
}
