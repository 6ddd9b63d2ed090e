#include "app/cli-photo.h"

#include <string.h>

static struct
{
  char **units;
  char *objective, *preset, *recipe, *output;
  gboolean terms;
} options;

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &options.units,
    "The unit to draw; may be given several times", "UNIT" },
  { "objective", 0, 0, G_OPTION_ARG_STRING, &options.objective,
    "A sum of terms instead of one unit: \"fire6/concat:37 + 0.5*class:zebra - 1e-3*tv\"; --terms "
    "lists what else there is",
    "TEXT" },
  { "terms", 0, 0, G_OPTION_ARG_NONE, &options.terms, "List the terms of objectives and stop",
    NULL },
  { "preset", 0, 0, G_OPTION_ARG_STRING, &options.preset,
    "Begin with the settings of a preset, yours or one that comes with the program; settings given "
    "beside it count more",
    "NAME" },
  { "recipe", 0, 0, G_OPTION_ARG_FILENAME, &options.recipe,
    "Make the picture in this file again, from the recipe inside it, also one that was made from a "
    "photograph, a sheet, a grid of settings or a film",
    "FILE" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the picture; a folder when there are several units", "FILE.png" },
  { NULL },
};

static void
print_result (PhCli *cli, const char *path, const char *objective, const PhAscentResult *result,
              double seconds)
{
  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%s: %s, %u steps in %.1f s, objective %.4g%s\n", path, objective, result->n_steps,
               seconds, result->objective, result->stopped ? " (stopped)" : "");
      return;
    }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "unit");
  json_builder_add_string_value (builder, objective);
  json_builder_set_member_name (builder, "steps");
  json_builder_add_int_value (builder, result->n_steps);
  json_builder_set_member_name (builder, "stopped");
  json_builder_add_boolean_value (builder, result->stopped);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_set_member_name (builder, "objective");
  json_builder_add_double_value (builder, result->objective);
  json_builder_set_member_name (builder, "curve");
  json_builder_begin_array (builder);
  for (guint i = 0; i < result->n_steps; i++)
    json_builder_add_double_value (builder, result->curve[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

/* @until: the step where to leave off, 0: the last. */
static gboolean
draw (PhCli *cli, PhModel *model, const char *objective, const PhAscentSettings *settings,
      guint until, const char *path, GError **error)
{
  g_autoptr (PhAscent) ascent = ph_ascent_new (model, objective, settings, error);
  g_autoptr (PhRecipe) recipe = NULL;
  g_autoptr (PhAscentResult) result = NULL;
  gint64 start = g_get_monotonic_time ();

  if (ascent == NULL || !ph_save_check (path, error))
    return FALSE;
  ph_ascent_set_end (ascent, until);
  result = ph_ascent_run (ascent, &cli->monitor, cli->cancellable, error);
  if (result == NULL)
    return FALSE;
  recipe = ph_recipe_new (model, objective, settings);
  recipe->until = (int)(result->stopped ? result->n_steps : until);
  if (!ph_recipe_save_png (recipe, result->image, path, error))
    return FALSE;
  print_result (cli, path, objective, result, (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static void
print_terms (void)
{
  for (const PhObjectiveTerm *term = ph_objective_terms (); term->name != NULL; term++)
    if (term->usage != NULL)
      g_print ("%s(%s)\n    %s\n", term->name, term->usage, term->summary);
    else
      g_print ("%s\n    %s\n", term->name, term->summary);
}

/* With a caret below the place where the trouble lies. */
static gboolean
check_objective (PhModel *model, const char *text, GError **error)
{
  guint column;
  g_autoptr (GError) problem = NULL;
  g_autoptr (PhObjective) objective = ph_objective_parse_at (model, text, &column, &problem);

  if (objective != NULL)
    return TRUE;
  g_set_error (error, problem->domain, problem->code, "--objective, column %u: %s\n  %s\n  %*s",
               column, problem->message, text, (int)column, "^");
  return FALSE;
}

/* A file name from a unit's name, which may contain slashes and colons. */
static char *
dup_path_for_unit (const char *folder, const char *unit)
{
  g_autofree char *name = g_strconcat (unit, ".png", NULL);

  g_strdelimit (name, "/\\:*?\"<>| ", '_');
  return g_build_filename (folder, name, NULL);
}

static gboolean
draw_units (PhCli *cli, PhModel *model, const PhAscentSettings *settings, GError **error)
{
  guint n = g_strv_length (options.units);
  PhUnit unit;

  /* Better to hear of a typing mistake before the first picture than after the ninth. */
  for (guint i = 0; i < n; i++)
    if (!ph_unit_parse (model, options.units[i], &unit, error))
      return FALSE;
  if (n == 1 && !g_file_test (options.output, G_FILE_TEST_IS_DIR))
    return draw (cli, model, options.units[0], settings, 0, options.output, error);
  if (!ph_folder_make (options.output, 0777, error))
    return FALSE;
  for (guint i = 0; i < n && !ph_monitor_should_stop (&cli->monitor); i++)
    {
      g_autofree char *path = dup_path_for_unit (options.output, options.units[i]);

      if (!draw (cli, model, options.units[i], settings, 0, path, error))
        return FALSE;
    }
  return TRUE;
}

/* The network that a recipe names: beside the picture, here, or shipped. */
static PhModel *
open_for_recipe (PhCli *cli, const PhRecipe *recipe, GError **error)
{
  g_autofree char *file = g_strconcat (recipe->model, ".onnx", NULL);
  g_autofree char *folder = g_path_get_dirname (options.recipe);
  g_autofree char *beside = g_build_filename (folder, file, NULL);
  g_autoptr (PhModel) model = NULL;

  if (cli->positional[0] != NULL)
    return ph_cli_open (cli, cli->positional[0], error);
  model = ph_cli_open (cli, g_file_test (beside, G_FILE_TEST_EXISTS) ? beside : file, NULL);
  if (model == NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   "%s was made with the network “%s”, which is neither beside it nor here; name "
                   "its file: phosphene-cli render NET --recipe %s -o …",
                   options.recipe, recipe->model, options.recipe);
      return NULL;
    }
  if (*recipe->digest != '\0' && g_strcmp0 (recipe->digest, ph_model_get_digest (model)) != 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "%s was made with another network called “%s” than the one found here; name "
                   "the file to use it anyway",
                   options.recipe, recipe->model);
      return NULL;
    }
  return g_steal_pointer (&model);
}

static void
print_composed (guint n_made, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "pictures");
  json_builder_add_int_value (builder, n_made);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

/* A sheet, a grid of settings or a film. */
static gboolean
compose_again (PhCli *cli, PhModel *model, PhRecipe *recipe, GError **error)
{
  g_autoptr (PhComposition) made = NULL;
  gint64 start = g_get_monotonic_time ();
  double seconds;

  if (!ph_save_check (options.output, error))
    return FALSE;
  made = ph_composition_make (model, recipe, &cli->monitor, cli->cancellable, error);
  if (made == NULL || !ph_composition_save (made, recipe, options.output, error))
    return FALSE;
  seconds = (g_get_monotonic_time () - start) * 1e-6;
  if (made->frames != NULL)
    return ph_cli_print_film (cli, options.output, made->frames, seconds);
  ph_cli_end_progress ();
  if (!cli->json)
    g_print ("%s: %u of %u pictures in %.1f s\n", options.output, ph_composition_get_n_made (made),
             made->cells->len, seconds);
  else
    print_composed (ph_composition_get_n_made (made), seconds);
  return TRUE;
}

static gboolean
draw_recipe (PhCli *cli, GError **error)
{
  g_autoptr (PhRecipe) recipe = ph_recipe_load (options.recipe, error);
  g_autoptr (PhModel) model = NULL;
  g_autoptr (GError) changed = NULL;

  if (recipe == NULL ||
      (ph_recipe_is_of_photo (recipe) && !ph_recipe_find_photo (recipe, options.recipe, error)))
    return FALSE;
  model = open_for_recipe (cli, recipe, error);
  if (model == NULL)
    return FALSE;
  if (g_strcmp0 (recipe->digest, ph_model_get_digest (model)) != 0)
    g_printerr ("%s: this is not the file that the picture was made with\n",
                ph_model_get_name (model));
  if (!ph_recipe_check_files (recipe, &changed))
    g_printerr ("%s; the picture will be another\n", changed->message);
  if (ph_recipe_is_of_photo (recipe))
    return ph_cli_photo_remake (cli, model, recipe, options.output, error);
  if (ph_recipe_is_composed (recipe))
    return compose_again (cli, model, recipe, error);
  return draw (cli, model, recipe->objective, &recipe->settings, (guint)recipe->until,
               options.output, error);
}

static gboolean
usage (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

/* The preset's values, except for settings that were given on the command line. */
static gboolean
apply_preset (PhCli *cli, GError **error)
{
  PhAscentSettings *settings = cli->settings;
  const PhAscentPreset *preset = ph_ascent_preset_find (options.preset);
  g_autofree char *path = ph_preset_file_dup_path ();
  g_autoptr (GPtrArray) own = preset == NULL ? ph_preset_file_load (path, error) : NULL;
  PhAscentSettings given;

  if (preset == NULL && own == NULL)
    return FALSE;
  if (preset == NULL)
    preset = ph_presets_find (own, options.preset);
  if (preset == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "--preset: there is no preset “%s”", options.preset);
      return FALSE;
    }
  ph_settings_copy (ph_ascent_settings, &given, settings);
  ph_ascent_preset_apply (preset, settings);
  for (guint i = 0; i < cli->given->len; i++)
    {
      const PhSetting *setting = ph_settings_find (ph_ascent_settings, cli->given->pdata[i]);
      g_autofree char *text = ph_setting_get (setting, &given);

      ph_setting_set (setting, settings, text, NULL);
    }
  ph_settings_clear (ph_ascent_settings, &given);
  return TRUE;
}

static gboolean
run_render (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;

  if (options.terms)
    {
      print_terms ();
      return TRUE;
    }
  if (options.output == NULL)
    return usage (error, "say where to write the picture with --output FILE.png");
  if ((options.units != NULL) + (options.objective != NULL) + (options.recipe != NULL) != 1)
    return usage (error, "say what to draw: one of --unit, --objective or --recipe");
  if (options.preset != NULL && !apply_preset (cli, error))
    return FALSE;
  if (options.recipe != NULL)
    return draw_recipe (cli, error);
  if (cli->positional[0] == NULL)
    return usage (error, "which network? phosphene-cli render NET --unit UNIT -o FILE.png");
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL)
    return FALSE;
  if (options.objective != NULL)
    return check_objective (model, options.objective, error) &&
           draw (cli, model, options.objective, cli->settings, 0, options.output, error);
  return draw_units (cli, model, cli->settings, error);
}

static const char *const examples[] = {
  "What does channel 37 of this layer respond to?",
  "phosphene-cli render squeezenet.onnx --unit fire6/concat:37 -o picture.png",
  "The idea of a zebra, by the textbook: no tricks",
  "phosphene-cli render squeezenet.onnx --unit class:zebra --preset textbook -o zebra.png",
  "What a layer keeps of a photograph",
  "phosphene-cli render squeezenet.onnx --objective \"invert(fire4/concat, photo.jpg)\" -o "
  "seen.png",
  "The same picture again",
  "phosphene-cli render --recipe picture.png -o again.png",
  "Several units into a folder",
  "phosphene-cli render textbook -u edges:0 -u edges:1 -o pictures",
  NULL,
};

const PhVerb ph_verb_render = {
  .name = "render",
  .arguments = "NET --unit UNIT -o FILE.png",
  .summary = "Draw what a unit responds to",
  .description = "Gradient ascent on a picture until it excites the unit as much as it can. The "
                 "picture's file holds its recipe: network, unit, all settings and the seed; with "
                 "--recipe the same picture is made again. Ctrl-C keeps the picture so far; a "
                 "second one discards it.",
  .examples = examples,
  .options = entries,
  .table = ph_ascent_settings,
  .settings_size = sizeof (PhAscentSettings),
  .min_positional = 0,
  .max_positional = 1,
  .run = run_render,
};
