#include "app/cli.h"

static struct
{
  char *objective, *output;
  int frames;
} options;

static const GOptionEntry entries[] = {
  { "objective", 0, 0, G_OPTION_ARG_STRING, &options.objective,
    "What to accentuate: a unit or a sum of units", "TEXT" },
  { "frames", 'n', 0, G_OPTION_ARG_INT, &options.frames,
    "Make a film of so many pictures, from the photograph to the full strength", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the picture or film; .gif chooses that format", "FILE" },
  { NULL },
};

/* All steps; with frames, also the pictures at even strengths. */
static gboolean
run_steps (PhCli *cli, PhAccentuation *accentuation, GPtrArray *frames, GError **error)
{
  const PhAccentuationSettings *settings = cli->settings;
  guint steps = (guint)settings->steps, n = MIN ((guint)options.frames, steps + 1);

  if (n == 0)
    return ph_accentuation_run (accentuation, &cli->monitor, cli->cancellable, error);
  for (guint i = 0; i < n && !ph_monitor_should_stop (&cli->monitor); i++)
    {
      guint until = (guint)((guint64)steps * i / MAX (n - 1, 1));
      double value = 0;

      while (ph_accentuation_get_n_steps (accentuation) < until)
        if (!ph_accentuation_step (accentuation, &value, cli->cancellable, error))
          return FALSE;
      g_ptr_array_add (frames,
                       ph_image_to_frame (ph_accentuation_get_image (accentuation), until, value));
      ph_monitor_progress (&cli->monitor, (i + 1.0) / n, NULL);
    }
  return TRUE;
}

static void
print_result (PhCli *cli, double before, double after, double distance, double seconds)
{
  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%s: objective %.4g, of the photograph %.4g; distance %.3g; %.1f s%s\n",
               options.output, after, before, distance, seconds,
               ph_monitor_should_stop (&cli->monitor) ? " (stopped)" : "");
      return;
    }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "before");
  json_builder_add_double_value (builder, before);
  json_builder_set_member_name (builder, "objective");
  json_builder_add_double_value (builder, after);
  json_builder_set_member_name (builder, "distance");
  json_builder_add_double_value (builder, distance);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
run_accentuate (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhImage) photo = NULL;
  g_autoptr (PhAccentuation) accentuation = NULL;
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);
  gint64 start = g_get_monotonic_time ();
  double before, after, distance;

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
  if (photo == NULL)
    return FALSE;
  accentuation = ph_accentuation_new (model, options.objective, photo, cli->settings, error);
  if (accentuation == NULL || !run_steps (cli, accentuation, frames, error) ||
      !ph_accentuation_measure (accentuation, &before, &after, &distance, cli->cancellable, error))
    return FALSE;
  if (g_str_has_suffix (options.output, ".gif"))
    cli->film.format = PH_FILM_GIF;
  if (frames->len > 0 ? !ph_film_save (options.output, frames, &cli->film, NULL, error)
                      : !ph_png_save_image (options.output,
                                            ph_accentuation_get_image (accentuation), NULL, error))
    return FALSE;
  print_result (cli, before, after, distance, (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static const char *const examples[] = {
  "What in this photograph speaks for a zebra?",
  "phosphene-cli accentuate squeezenet.onnx photo.jpg --objective class:zebra -o accentuated.png",
  "From the photograph to twice the strength, as a film",
  "phosphene-cli accentuate squeezenet.onnx photo.jpg --objective class:zebra --strength 1.2 -n 40 "
  "--bounce yes -o film.gif",
  NULL,
};

const PhVerb ph_verb_accentuate = {
  .name = "accentuate",
  .arguments = "NET PHOTO --objective TEXT -o FILE",
  .summary = "Show what in a photograph a unit responds to, by making more of it",
  .description =
      "Changes a photograph so that the unit responds more while it stays the same photograph: "
      "what an early layer makes of it may move away by no more than the strength. The distance "
      "printed is the one reached.",
  .examples = examples,
  .options = entries,
  .table = ph_accentuation_settings,
  .settings_size = sizeof (PhAccentuationSettings),
  .film = TRUE,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_accentuate,
};
