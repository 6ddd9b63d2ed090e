#include "vis/preset-file.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/folder.h"
#include "base/save.h"

#define MAX_NAME 60

/* A preset of the user owns its texts, unlike those that come with the program. */
static void
preset_free (gpointer data)
{
  PhAscentPreset *preset = data;

  g_free ((char *)preset->name);
  g_free ((char *)preset->summary);
  g_free ((char *)preset->changes);
  g_free (preset);
}

static PhAscentPreset *
preset_new (const char *name, const char *changes)
{
  PhAscentPreset *preset = g_new0 (PhAscentPreset, 1);
  g_auto (GStrv) lines = g_strsplit (changes, "\n", -1);
  g_autofree char *list = g_strjoinv (" · ", lines);

  preset->name = g_strdup (name);
  preset->title = preset->name;
  preset->summary = g_strdup (list);
  /* Each line ends with one. */
  if (g_str_has_suffix (preset->summary, " · "))
    ((char *)preset->summary)[strlen (preset->summary) - strlen (" · ")] = '\0';
  preset->changes = g_strdup (changes);
  return preset;
}

char *
ph_preset_file_dup_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "phosphene", "presets.ini", NULL);
}

/* "name = value" lines of a group, each checked. */
static char *
read_group (GKeyFile *file, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, group, NULL, error);
  g_autoptr (GString) changes = g_string_new (NULL);
  PhAscentSettings settings;
  gboolean good = keys != NULL;

  ph_settings_init (ph_ascent_settings, &settings);
  for (guint i = 0; good && keys[i] != NULL; i++)
    {
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, keys[i]);
      g_autofree char *value = g_key_file_get_string (file, group, keys[i], error);

      good = value != NULL && setting != NULL && ph_setting_set (setting, &settings, value, error);
      if (good)
        g_string_append_printf (changes, "%s = %s\n", keys[i], value);
      else if (setting == NULL && value != NULL)
        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("there is no setting “%s”"),
                     keys[i]);
    }
  ph_settings_clear (ph_ascent_settings, &settings);
  return good ? g_string_free (g_steal_pointer (&changes), FALSE) : NULL;
}

GPtrArray *
ph_preset_file_load (const char *path, GError **error)
{
  g_autoptr (GPtrArray) presets = g_ptr_array_new_with_free_func (preset_free);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) failure = NULL;
  g_autofree char *shown = g_filename_display_name (path);
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &failure))
    {
      if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&presets);
      if (failure->domain == G_FILE_ERROR)
        g_propagate_error (error, g_steal_pointer (&failure));
      else
        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                     _ ("“%s” is no file of presets (%s); correct or delete it"), shown,
                     failure->message);
      return NULL;
    }
  groups = g_key_file_get_groups (file, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    {
      g_autofree char *changes = read_group (file, groups[i], &failure);

      if (changes == NULL)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       _ ("“%s”, preset “%s”: %s; correct or delete it"), shown, groups[i],
                       failure->message);
          return NULL;
        }
      g_ptr_array_add (presets, preset_new (groups[i], changes));
    }
  return g_steal_pointer (&presets);
}

gboolean
ph_preset_file_save (const char *path, GPtrArray *presets, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize size;

  for (guint i = 0; i < presets->len; i++)
    {
      const PhAscentPreset *preset = presets->pdata[i];
      g_auto (GStrv) lines = g_strsplit (preset->changes, "\n", -1);

      /* A group without keys is written too: all settings are the defaults. */
      g_key_file_set_comment (file, preset->name, NULL, NULL, NULL);
      g_key_file_set_string (file, preset->name, "steps", "");
      g_key_file_remove_key (file, preset->name, "steps", NULL);
      for (guint j = 0; lines[j] != NULL; j++)
        {
          char *equals = strstr (lines[j], " = ");

          if (equals == NULL)
            continue;
          *equals = '\0';
          g_key_file_set_string (file, preset->name, lines[j], equals + strlen (" = "));
        }
    }
  text = g_key_file_to_data (file, &size, NULL);
  return ph_folder_make (folder, 0700, error) && ph_save_bytes (path, text, size, error);
}

static gboolean
check_name (const char *name, GError **error)
{
  gsize length = strlen (name);

  if (ph_ascent_preset_find (name) != NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%s” comes with the program and cannot be changed; choose another name"),
                   name);
      return FALSE;
    }
  if (length > 0 && length <= MAX_NAME && strpbrk (name, "[]\n\r\t") == NULL &&
      g_utf8_validate (name, -1, NULL) && name[0] != ' ' && name[length - 1] != ' ')
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               _ ("The name of a preset has 1 to %d bytes, no brackets, and no spaces at its ends"),
               MAX_NAME);
  return FALSE;
}

gboolean
ph_presets_set (GPtrArray *presets, const char *name, const PhAscentSettings *settings,
                GError **error)
{
  g_autoptr (GString) changes = g_string_new (NULL);

  if (!check_name (name, error))
    return FALSE;
  for (const PhSetting *s = ph_ascent_settings; s->name != NULL; s++)
    {
      g_autofree char *value = ph_setting_get (s, settings);

      if (!ph_setting_is_default (s, settings) && !g_str_equal (s->name, "seed") &&
          !g_str_equal (s->name, "width") && !g_str_equal (s->name, "height"))
        g_string_append_printf (changes, "%s = %s\n", s->name, value);
    }
  ph_presets_remove (presets, name);
  g_ptr_array_add (presets, preset_new (name, changes->str));
  return TRUE;
}

const PhAscentPreset *
ph_presets_find (GPtrArray *presets, const char *name)
{
  for (guint i = 0; i < presets->len; i++)
    if (g_str_equal (((PhAscentPreset *)presets->pdata[i])->name, name))
      return presets->pdata[i];
  return NULL;
}

const PhAscentPreset *
ph_presets_find_matching (GPtrArray *presets, const PhAscentSettings *settings)
{
  const PhAscentPreset *match = NULL;

  for (guint i = 0; i < presets->len && match == NULL; i++)
    {
      PhAscentSettings other;

      ph_settings_copy (ph_ascent_settings, &other, settings);
      ph_ascent_preset_apply (presets->pdata[i], &other);
      if (ph_settings_equal (ph_ascent_settings, &other, settings))
        match = presets->pdata[i];
      ph_settings_clear (ph_ascent_settings, &other);
    }
  return match;
}

void
ph_presets_remove (GPtrArray *presets, const char *name)
{
  const PhAscentPreset *preset = ph_presets_find (presets, name);

  if (preset != NULL)
    g_ptr_array_remove (presets, (gpointer)preset);
}
