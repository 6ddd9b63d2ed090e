#include "app/cli.h"

static struct
{
  char *objective, *output;
  int frames;
} options;

static const GOptionEntry entries[] = {
  { "objective", 0, 0, G_OPTION_ARG_STRING, &options.objective,
    "What the network shall see more of: a layer, a unit, a sum of them", "TEXT" },
  { "frames", 'n', 0, G_OPTION_ARG_INT, &options.frames,
    "Make a film of so many pictures that flies into the dream", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the picture or film; .gif chooses that format", "FILE" },
  { NULL },
};

static void
print_result (PhCli *cli, const PhImage *image, double seconds)
{
  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%s: %u × %u pixels in %.1f s%s\n", options.output, image->width, image->height,
               seconds, ph_monitor_should_stop (&cli->monitor) ? " (stopped)" : "");
      return;
    }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
run_dream (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhImage) photo = NULL;
  g_autoptr (PhDream) dream = NULL;
  gint64 start = g_get_monotonic_time ();

  if (options.output == NULL || options.objective == NULL || options.frames < 0 ||
      options.frames > PH_FILM_MAX_FRAMES)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           options.output == NULL || options.objective == NULL
                               ? "--objective and --output are needed"
                               : "--frames takes 1 to 10000");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  photo = model != NULL ? ph_image_load (cli->positional[1], error) : NULL;
  dream = photo != NULL ? ph_dream_new (model, options.objective, cli->settings, error) : NULL;
  if (dream == NULL)
    return FALSE;
  if (options.frames > 0)
    {
      g_autoptr (GPtrArray) frames = ph_dream_film (dream, photo, (guint)options.frames,
                                                    &cli->monitor, cli->cancellable, error);

      if (g_str_has_suffix (options.output, ".gif"))
        cli->film.format = PH_FILM_GIF;
      return frames != NULL && ph_film_save (options.output, frames, &cli->film, NULL, error) &&
             ph_cli_print_film (cli, options.output, frames,
                                (g_get_monotonic_time () - start) * 1e-6);
    }

  g_autoptr (PhImage) image = ph_dream_run (dream, photo, &cli->monitor, cli->cancellable, error);

  if (image == NULL || !ph_png_save_image (options.output, image, NULL, error))
    return FALSE;
  print_result (cli, image, (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static const char *const examples[] = {
  "Whatever a layer sees in a photograph, more of it",
  "phosphene-cli dream squeezenet.onnx clouds.jpg --objective fire8/concat -o dream.png",
  "A flight into it",
  "phosphene-cli dream squeezenet.onnx clouds.jpg --objective fire8/concat -n 120 -o dream.gif",
  NULL,
};

const PhVerb ph_verb_dream = {
  .name = "dream",
  .arguments = "NET PHOTO --objective TEXT -o FILE",
  .summary = "DeepDream: let a network draw what it sees into a photograph",
  .description =
      "Changes a photograph of any size in small steps so that the network sees more of what the "
      "objective asks for, at several sizes, the smallest first. Large photographs are shown in "
      "tiles, so they need little memory. With --frames, a film that flies into the picture. "
      "Ctrl-C keeps what is there.",
  .examples = examples,
  .options = entries,
  .table = ph_dream_settings,
  .settings_size = sizeof (PhDreamSettings),
  .film = TRUE,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_dream,
};
