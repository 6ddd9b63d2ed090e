#include "app/cli.h"

static struct
{
  char *unit, *sweep, *output;
  char **to;
  int frames, frame_steps;
} options = { .frames = 48, .frame_steps = 24 };

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "The unit or sum of units to draw",
    "UNIT" },
  { "to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.to,
    "Go over to the picture of this unit; may be given several times", "UNIT" },
  { "sweep", 0, 0, G_OPTION_ARG_STRING, &options.sweep,
    "One picture for each value of a setting: \"jitter = 0 | 5% | 10%\", \"learning-rate = 0.01 .. "
    "0.2 / 24\"",
    "SETTING = VALUES" },
  { "frames", 'n', 0, G_OPTION_ARG_INT, &options.frames,
    "How many pictures; from each unit to the next with --to (48)", "N" },
  { "frame-steps", 0, 0, G_OPTION_ARG_INT, &options.frame_steps,
    "With --to: steps for each picture after the first (24)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the film; .gif chooses that format", "FILE" },
  { NULL },
};

static gboolean
usage (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
run_film (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhRecipe) recipe = NULL;
  g_autoptr (PhComposition) film = NULL;
  PhFilmPlot plot = { .to = (const char *const *)options.to, .sweep = options.sweep };
  gint64 start = g_get_monotonic_time ();

  if (options.output == NULL || options.unit == NULL)
    return usage (error, "say what to draw with --unit and where with --output FILE");
  if (options.to != NULL && options.sweep != NULL)
    return usage (error, "choose one of --to and --sweep");
  if (options.frames < 2 || options.frames > PH_FILM_MAX_FRAMES || options.frame_steps < 1)
    return usage (error, "a film has 2 to 10000 pictures of 1 or more steps each");
  if (g_str_has_suffix (options.output, ".gif"))
    cli->film.format = PH_FILM_GIF;
  model =
      ph_save_check (options.output, error) ? ph_cli_open (cli, cli->positional[0], error) : NULL;
  if (model == NULL)
    return FALSE;
  plot.frames = (guint)options.frames;
  plot.frame_steps = (guint)options.frame_steps;
  recipe = ph_recipe_new_for_film (options.unit, cli->settings, &plot, &cli->film);
  film = ph_composition_make (model, recipe, &cli->monitor, cli->cancellable, error);
  return film != NULL && ph_composition_save (film, recipe, options.output, error) &&
         ph_cli_print_film (cli, options.output, film->frames,
                            (g_get_monotonic_time () - start) * 1e-6);
}

static const char *const examples[] = {
  "How a picture forms",
  "phosphene-cli film squeezenet.onnx --unit class:zebra -o zebra.png",
  "From one channel to another and back, for a web page",
  "phosphene-cli film squeezenet.onnx -u fire6/concat:37 --to fire6/concat:38 --bounce yes -o "
  "film.gif",
  "What the step size does, side by side",
  "phosphene-cli film textbook -u class:rings --sweep \"learning-rate = 0.005 .. 0.5 / 9\" "
  "--format strip -o strip.png",
  NULL,
};

const PhVerb ph_verb_film = {
  .name = "film",
  .arguments = "NET --unit UNIT -o FILE",
  .summary = "Film how a picture forms, or one unit becoming another",
  .description =
      "Without more, a film of the ascent from noise to the finished picture. With --to, the way "
      "from the picture of one unit to that of another, by weights that fall and rise. With "
      "--sweep, what a setting does. Written as a PNG that moves, as GIF, or as a strip of "
      "pictures; each holds its recipe, from which “render --recipe” makes it again. Ctrl-C keeps "
      "the pictures so far.",
  .examples = examples,
  .options = entries,
  .table = ph_ascent_settings,
  .settings_size = sizeof (PhAscentSettings),
  .film = TRUE,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_film,
};
