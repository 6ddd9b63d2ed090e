#include "app/cli.h"

#include <locale.h>
#include <string.h>

const PhVerb *const ph_verbs[] = {
#define VERB(name) &ph_verb_##name,
#include "app/verb-list.h"
#undef VERB
  NULL
};

static struct
{
  gboolean json;
  int threads;
} common;

const GOptionEntry ph_common_options[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &common.json, "Print results for machines, as JSON", NULL },
  { "threads", 0, 0, G_OPTION_ARG_INT, &common.threads, "Threads to compute with (0: all cores)",
    "N" },
  { NULL },
};

typedef struct
{
  const PhSetting *table;
  gpointer values;
  GPtrArray *given; /* (borrowed): names of those that were set */
} SettingGroup;

static gboolean
on_setting (const char *option, const char *value, gpointer data, GError **error)
{
  SettingGroup *group = data;
  const PhSetting *setting = ph_settings_find (group->table, option + strspn (option, "-"));

  g_ptr_array_add (group->given, (gpointer)setting->name);
  return ph_setting_set (setting, group->values, value, error);
}

static char *
dup_setting_help (const PhSetting *setting)
{
  g_autofree char *value = NULL;
  g_autofree char *choices =
      setting->type == PH_SETTING_CHOICE ? g_strjoinv (", ", (char **)setting->choices) : NULL;
  gpointer defaults = g_malloc0 (setting->offset + 16);
  PhSetting alone[2] = { *setting, { .name = NULL } };

  ph_settings_init (alone, defaults);
  value = ph_setting_get (setting, defaults);
  ph_settings_clear (alone, defaults);
  g_free (defaults);
  return g_strdup_printf ("%s%s%s%s (%s%s%s)", setting->summary, choices != NULL ? " [" : "",
                          choices != NULL ? choices : "", choices != NULL ? "]" : "", value,
                          setting->unit != NULL ? " " : "",
                          setting->unit != NULL ? setting->unit : "");
}

/* Options from a table of settings. */
static GOptionGroup *
group_for_settings (const char *name, const char *title, SettingGroup *data, GPtrArray *texts)
{
  GOptionGroup *group = g_option_group_new (name, title, title, data, NULL);
  guint n = 0;

  while (data->table[n].name != NULL)
    n++;
  g_autofree GOptionEntry *entries = g_new0 (GOptionEntry, n + 1);

  for (guint i = 0; i < n; i++)
    {
      char *help = dup_setting_help (&data->table[i]);

      g_ptr_array_add (texts, help);
      entries[i].long_name = data->table[i].name;
      entries[i].arg = G_OPTION_ARG_CALLBACK;
      entries[i].arg_data = (gpointer)on_setting;
      entries[i].description = help;
      entries[i].arg_description = data->table[i].type == PH_SETTING_BOOL     ? "yes|no"
                                   : data->table[i].type == PH_SETTING_TEXT   ? "TEXT"
                                   : data->table[i].type == PH_SETTING_CHOICE ? "NAME"
                                                                              : "NUMBER";
    }
  g_option_group_add_entries (group, entries);
  return group;
}

static char *
dup_details (const PhVerb *verb)
{
  GString *text = g_string_new (verb->description);

  if (verb->examples != NULL && verb->examples[0] != NULL)
    g_string_append (text, "\n\nExamples:");
  for (guint i = 0; verb->examples != NULL && verb->examples[i] != NULL; i += 2)
    g_string_append_printf (text, "\n  # %s\n  %s", verb->examples[i], verb->examples[i + 1]);
  return g_string_free (text, FALSE);
}

static int
fail (const PhVerb *verb, const GError *error)
{
  ph_cli_end_progress ();
  g_printerr ("phosphene-cli %s: %s\n", verb->name, error->message);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return PH_EXIT_CANCELLED;
  if (error->domain == G_OPTION_ERROR)
    {
      g_printerr ("Try “phosphene-cli %s --help”.\n", verb->name);
      return PH_EXIT_USAGE;
    }
  return PH_EXIT_FAILED;
}

static gboolean
check_positional (const PhVerb *verb, char **positional, GError **error)
{
  guint n = g_strv_length (positional);

  if (n >= verb->min_positional && n <= verb->max_positional)
    return TRUE;
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s: phosphene-cli %s %s",
               n < verb->min_positional ? "something is missing" : "too many arguments", verb->name,
               verb->arguments);
  return FALSE;
}

static int
run_verb (const PhVerb *verb, int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (verb->arguments);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  g_autofree char *details = dup_details (verb);
  g_auto (GStrv) positional = NULL;
  g_autofree gpointer settings = verb->table != NULL ? g_malloc0 (verb->settings_size) : NULL;
  g_autoptr (GPtrArray) given = g_ptr_array_new ();
  SettingGroup group = { verb->table, settings, given };
  SettingGroup film = { ph_film_settings, NULL, given };
  GOptionEntry rest[] = {
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &positional, NULL, NULL }, { NULL }
  };
  PhCli cli = { .settings = settings, .given = given };
  int code = PH_EXIT_DONE;

  g_option_context_set_summary (context, verb->summary);
  g_option_context_set_description (context, details);
  if (verb->options != NULL)
    g_option_context_add_main_entries (context, verb->options, NULL);
  g_option_context_add_main_entries (context, ph_common_options, NULL);
  g_option_context_add_main_entries (context, rest, NULL);
  if (verb->table != NULL)
    {
      ph_settings_init (verb->table, settings);
      g_option_context_add_group (context,
                                  group_for_settings ("settings", "Settings:", &group, texts));
    }
  ph_settings_init (ph_film_settings, &cli.film);
  film.values = &cli.film;
  if (verb->film)
    g_option_context_add_group (context, group_for_settings ("film", "Film:", &film, texts));

  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      /* A setting out of range is a wrong use of the command, not a failure. */
      if (error->domain == PH_ERROR)
        error->domain = G_OPTION_ERROR;
    }
  else
    {
      if (positional == NULL)
        positional = g_new0 (char *, 1);
      cli.positional = positional;
      cli.json = common.json;
      cli.threads = common.threads;
      if (common.threads < 0 || common.threads > 1024)
        g_set_error_literal (&error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                             "--threads: choose 0 to 1024");
      else if (check_positional (verb, positional, &error))
        {
          ph_parallel_set_threads ((guint)common.threads);
          ph_cli_use_console (&cli);
          verb->run (&cli, &error);
          ph_cli_end_progress ();
        }
    }
  if (error != NULL)
    code = fail (verb, error);
  if (verb->table != NULL)
    ph_settings_clear (verb->table, settings);
  ph_settings_clear (ph_film_settings, &cli.film);
  g_clear_object (&cli.cancellable);
  return code;
}

static void
print_overview (void)
{
  g_print ("Usage: phosphene-cli VERB …\n\n"
           "Shows what the neurons of an image network respond to.\n\nVerbs:\n");
  for (guint i = 0; ph_verbs[i] != NULL; i++)
    g_print ("  %-11s %s\n", ph_verbs[i]->name, ph_verbs[i]->summary);
  g_print ("\n“phosphene-cli VERB --help” tells more, with examples.\n");
}

static const PhVerb *
find_verb (const char *name)
{
  for (guint i = 0; ph_verbs[i] != NULL; i++)
    if (g_str_equal (ph_verbs[i]->name, name))
      return ph_verbs[i];
  return NULL;
}

int
main (int argc, char *argv[])
{
  const PhVerb *verb;

  ph_cli_hold_interrupts ();
  setlocale (LC_ALL, "");
  g_set_prgname ("phosphene-cli");
  if (argc < 2)
    {
      print_overview ();
      return PH_EXIT_USAGE;
    }
  if (g_str_equal (argv[1], "--help") || g_str_equal (argv[1], "-h") ||
      g_str_equal (argv[1], "help"))
    {
      print_overview ();
      return PH_EXIT_DONE;
    }
  if (g_str_equal (argv[1], "--version"))
    {
      g_print ("phosphene-cli %s\n", PH_VERSION);
      return PH_EXIT_DONE;
    }
  if (g_str_equal (argv[1], "manpage"))
    {
      verb = argc > 2 ? find_verb (argv[2]) : NULL;
      if (argc > 2 && verb == NULL)
        return PH_EXIT_USAGE;
      ph_cli_print_manpage (verb);
      return PH_EXIT_DONE;
    }
  verb = find_verb (argv[1]);
  if (verb == NULL)
    {
      g_printerr ("phosphene-cli: there is no verb “%s”; “phosphene-cli --help” lists them\n",
                  argv[1]);
      return PH_EXIT_USAGE;
    }

  g_autofree char *name = g_strdup_printf ("phosphene-cli %s", verb->name);

  g_set_prgname (name);
  return run_verb (verb, argc - 1, argv + 1);
}
