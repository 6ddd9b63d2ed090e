#include "app/cli.h"

static struct
{
  gboolean list;
} options;

static void
begin_lesson (JsonBuilder *builder, const char *path, const PhLesson *lesson)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "title");
  json_builder_add_string_value (builder, lesson->title);
  json_builder_set_member_name (builder, "number");
  json_builder_add_int_value (builder, lesson->number);
  json_builder_set_member_name (builder, "minutes");
  json_builder_add_int_value (builder, lesson->minutes);
  json_builder_set_member_name (builder, "steps");
  json_builder_add_int_value (builder, lesson->steps->len);
}

/* Returns: whether there is none. */
static gboolean
tell_mistakes (PhCli *cli, const char *path, const PhLesson *lesson, JsonBuilder *builder)
{
  begin_lesson (builder, path, lesson);
  json_builder_set_member_name (builder, "mistakes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < lesson->mistakes->len; i++)
    {
      const PhLessonMistake *mistake = lesson->mistakes->pdata[i];

      if (!cli->json)
        g_print ("%s:%u: %s\n", path, mistake->line, mistake->reason);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "line");
      json_builder_add_int_value (builder, mistake->line);
      json_builder_set_member_name (builder, "reason");
      json_builder_add_string_value (builder, mistake->reason);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return lesson->mistakes->len == 0;
}

static gboolean
check_files (PhCli *cli, JsonBuilder *builder, GError **error)
{
  guint n_broken = 0, n = g_strv_length (cli->positional);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (PhLesson) lesson = ph_lesson_load (cli->positional[i], error);

      if (lesson == NULL)
        return FALSE;
      ph_lesson_check (lesson, cli->cancellable);
      if (!tell_mistakes (cli, cli->positional[i], lesson, builder))
        n_broken++;
      else if (!cli->json)
        g_print ("%s: %u steps, no mistake\n", cli->positional[i], lesson->steps->len);
    }
  if (n_broken > 0)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%u of %u lessons have mistakes", n_broken,
                 n);
  return n_broken == 0;
}

static gboolean
list (PhCli *cli, JsonBuilder *builder, GError **error)
{
  const char *const *languages = g_get_language_names ();
  g_autofree char *folder = ph_lesson_dup_folder (languages);
  g_autoptr (GPtrArray) files = ph_lesson_list (folder, error);

  if (files == NULL)
    return FALSE;
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (PhLesson) lesson = ph_lesson_load (files->pdata[i], error);

      if (lesson == NULL)
        return FALSE;
      if (cli->json)
        {
          begin_lesson (builder, files->pdata[i], lesson);
          json_builder_end_object (builder);
        }
      else
        g_print ("%2u  %-36s %3u min  %s\n", lesson->number, lesson->title, lesson->minutes,
                 (char *)files->pdata[i]);
    }
  return TRUE;
}

static gboolean
run_lesson (PhCli *cli, GError **error)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gboolean good;

  if (options.list != (cli->positional[0] == NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   "name the files to look through, or ask with --list which lessons there are");
      return FALSE;
    }
  json_builder_begin_array (builder);
  good = options.list ? list (cli, builder, error) : check_files (cli, builder, error);
  json_builder_end_array (builder);
  /* What is wrong with lessons is the result, also where it is a failure. */
  if (cli->json && (good || g_error_matches (*error, PH_ERROR, PH_ERROR_DATA_INVALID)))
    ph_cli_print_json (builder);
  return good;
}

static const char *const examples[] = {
  "Is what I have written right?",
  "phosphene-cli lesson my-lesson.md",
  "Which lessons come with the program?",
  "phosphene-cli lesson --list",
  NULL,
};

static const GOptionEntry entries[] = {
  { "list", 0, 0, G_OPTION_ARG_NONE, &options.list, "List the lessons that come with the program",
    NULL },
  { NULL },
};

const PhVerb ph_verb_lesson = {
  .name = "lesson",
  .arguments = "[FILE…]",
  .summary = "Look for mistakes in lessons",
  .description =
      "A lesson is a Markdown file whose buttons do things in the window; assets/lessons/README.md "
      "tells how to write one. This reads lessons, and looks whether there is all they name: "
      "networks, layers, units, classes, settings, images. Each mistake is told with its line. The "
      "command fails when there is one.",
  .examples = examples,
  .options = entries,
  .min_positional = 0,
  .max_positional = G_MAXUINT,
  .run = run_lesson,
};
