#include "lesson/record.h"

#include <string.h>

#include "base/folder.h"
#include "base/save.h"

/* One key file: a group for each lesson, a key for each answer. */

struct _PhLessonRecord
{
  GKeyFile *file;
};

#define PREFIX "lesson "
#define STATE "state"

PhLessonRecord *
ph_lesson_record_new (void)
{
  PhLessonRecord *record = g_new0 (PhLessonRecord, 1);

  record->file = g_key_file_new ();
  return record;
}

void
ph_lesson_record_free (PhLessonRecord *record)
{
  g_key_file_unref (record->file);
  g_free (record);
}

char *
ph_lesson_record_dup_path (void)
{
  return g_build_filename (g_get_user_data_dir (), "phosphene", "lessons.ini", NULL);
}

/* Names of groups may not hold brackets. */
static char *
dup_group (const char *lesson)
{
  g_autofree char *escaped = g_uri_escape_string (lesson, "/ ", TRUE);

  return g_strconcat (PREFIX, escaped, NULL);
}

PhLessonRecord *
ph_lesson_record_load (const char *path, GError **error)
{
  g_autoptr (PhLessonRecord) record = ph_lesson_record_new ();
  g_autoptr (GError) failure = NULL;

  if (g_key_file_load_from_file (record->file, path, G_KEY_FILE_NONE, &failure) ||
      g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return g_steal_pointer (&record);
  if (failure->domain == G_FILE_ERROR)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 "“%s” does not tell what was done in lessons (%s); correct or delete it", path,
                 failure->message);
  return NULL;
}

static gboolean
save (GKeyFile *file, const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  gsize size;
  g_autofree char *text = g_key_file_to_data (file, &size, NULL);

  return ph_folder_make (folder, 0700, error) && ph_save_bytes (path, text, size, error);
}

gboolean
ph_lesson_record_save (const PhLessonRecord *record, const char *path, GError **error)
{
  return save (record->file, path, error);
}

/* Whoever edits the file gets what can be read of it. */
static guint
get_number (const PhLessonRecord *record, const char *lesson, const char *key)
{
  g_autofree char *group = dup_group (lesson);

  return (guint)CLAMP (g_key_file_get_integer (record->file, group, key, NULL), 0, 1000000);
}

static void
set_number (PhLessonRecord *record, const char *lesson, const char *key, guint value)
{
  g_autofree char *group = dup_group (lesson);

  g_key_file_set_integer (record->file, group, key, (int)value);
}

guint
ph_lesson_record_get_step (const PhLessonRecord *record, const char *lesson)
{
  return get_number (record, lesson, "step");
}

void
ph_lesson_record_set_step (PhLessonRecord *record, const char *lesson, guint step, guint n_steps)
{
  set_number (record, lesson, "step", step);
  set_number (record, lesson, "steps", n_steps);
}

guint
ph_lesson_record_get_n_steps (const PhLessonRecord *record, const char *lesson)
{
  return get_number (record, lesson, "steps");
}

gboolean
ph_lesson_record_is_finished (const PhLessonRecord *record, const char *lesson)
{
  g_autofree char *group = dup_group (lesson);

  return g_key_file_get_boolean (record->file, group, "finished", NULL);
}

void
ph_lesson_record_set_finished (PhLessonRecord *record, const char *lesson)
{
  g_autofree char *group = dup_group (lesson);

  g_key_file_set_boolean (record->file, group, "finished", TRUE);
}

/* Counted from 1, as people do. */
static char *
dup_key (guint step, guint block)
{
  return g_strdup_printf ("answer-%u-%u", step + 1, block + 1);
}

char *
ph_lesson_record_dup_answer (const PhLessonRecord *record, const char *lesson, guint step,
                             guint block)
{
  g_autofree char *group = dup_group (lesson);
  g_autofree char *key = dup_key (step, block);

  return g_key_file_get_string (record->file, group, key, NULL);
}

void
ph_lesson_record_set_answer (PhLessonRecord *record, const char *lesson, guint step, guint block,
                             const char *answer)
{
  g_autofree char *group = dup_group (lesson);
  g_autofree char *key = dup_key (step, block);

  g_key_file_set_string (record->file, group, key, answer);
}

void
ph_lesson_record_forget (PhLessonRecord *record, const char *lesson)
{
  g_autofree char *group = dup_group (lesson);

  g_key_file_remove_group (record->file, group, NULL);
}

static void
copy_group (GKeyFile *to, GKeyFile *from, const char *group)
{
  g_auto (GStrv) keys = g_key_file_get_keys (from, group, NULL, NULL);

  g_key_file_remove_group (to, group, NULL);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_value (from, group, keys[i], NULL);

      g_key_file_set_value (to, group, keys[i], value);
    }
}

void
ph_lesson_record_merge (PhLessonRecord *record, const PhLessonRecord *other)
{
  g_auto (GStrv) groups = g_key_file_get_groups (other->file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    if (g_str_has_prefix (groups[i], PREFIX))
      copy_group (record->file, other->file, groups[i]);
}

/* Handing out */

static const struct
{
  const char *key;
  gsize offset;
} state_fields[] = {
  { "lesson", G_STRUCT_OFFSET (PhLessonState, lesson) },
  { "language", G_STRUCT_OFFSET (PhLessonState, language) },
  { "text", G_STRUCT_OFFSET (PhLessonState, text) },
  { "network", G_STRUCT_OFFSET (PhLessonState, network) },
  { "unit", G_STRUCT_OFFSET (PhLessonState, unit) },
};

void
ph_lesson_state_free (PhLessonState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_fields); i++)
    g_free (G_STRUCT_MEMBER (char *, state, state_fields[i].offset));
  g_free (state);
}

gboolean
ph_lesson_state_save (const PhLessonState *state, const PhLessonRecord *record, const char *path,
                      GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *group = dup_group (state->lesson);

  for (guint i = 0; i < G_N_ELEMENTS (state_fields); i++)
    {
      const char *value = G_STRUCT_MEMBER (char *, state, state_fields[i].offset);

      if (value != NULL)
        g_key_file_set_string (file, STATE, state_fields[i].key, value);
    }
  copy_group (file, record->file, group);
  return save (file, path, error);
}

PhLessonState *
ph_lesson_state_load (const char *path, PhLessonRecord **record, GError **error)
{
  g_autoptr (PhLessonRecord) found = NULL;
  g_autoptr (PhLessonState) state = g_new0 (PhLessonState, 1);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "there is no file “%s”", path);
      return NULL;
    }
  found = ph_lesson_record_load (path, error);
  if (found == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (state_fields); i++)
    G_STRUCT_MEMBER (char *, state, state_fields[i].offset) =
        g_key_file_get_string (found->file, STATE, state_fields[i].key, NULL);
  if (state->lesson == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "“%s” holds no lesson that was handed out", path);
      return NULL;
    }
  *record = g_steal_pointer (&found);
  return g_steal_pointer (&state);
}
