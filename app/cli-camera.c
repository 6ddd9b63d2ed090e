#include "app/cli.h"

static struct
{
  int skip;
  char *output;
} options = { .skip = 10 };

static const GOptionEntry entries[] = {
  { "skip", 0, 0, G_OPTION_ARG_INT, &options.skip,
    "Pictures to let pass until the camera has found the light (10)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write the picture",
    "FILE.png" },
  { NULL },
};

static PhImage *
take_picture (PhCli *cli, char **name, GError **error)
{
  g_autoptr (PhCamera) camera = ph_camera_open (error);
  g_autoptr (PhImage) image = NULL;

  for (int i = 0; camera != NULL && i <= options.skip; i++)
    {
      g_clear_pointer (&image, ph_image_free);
      image = ph_camera_next (camera, cli->cancellable, error);
      if (image == NULL)
        return NULL;
      ph_monitor_progress (&cli->monitor, (i + 1.0) / (options.skip + 1), "looking");
      if (ph_monitor_should_stop (&cli->monitor))
        break;
    }
  if (camera != NULL)
    *name = g_strdup (ph_camera_get_name (camera));
  return g_steal_pointer (&image);
}

static gboolean
run_camera (PhCli *cli, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (PhImage) image = NULL;

  if (options.output == NULL || options.skip < 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           options.output == NULL ? "say where it goes with --output FILE.png"
                                                  : "--skip takes 0 or more");
      return FALSE;
    }
  image = take_picture (cli, &name, error);
  if (image == NULL || !ph_png_save_image (options.output, image, NULL, error))
    return FALSE;
  ph_cli_end_progress ();
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "file");
      json_builder_add_string_value (builder, options.output);
      json_builder_set_member_name (builder, "camera");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "height");
      json_builder_add_int_value (builder, image->height);
      json_builder_set_member_name (builder, "width");
      json_builder_add_int_value (builder, image->width);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  else
    g_print ("%s: %u × %u pixels by %s\n", options.output, image->width, image->height, name);
  return TRUE;
}

static const char *const examples[] = {
  "See what a network sees in front of the camera",
  "phosphene-cli camera -o photo.png && phosphene-cli classify network.onnx photo.png",
  NULL,
};

const PhVerb ph_verb_camera = {
  .name = "camera",
  .arguments = "-o FILE.png",
  .summary = "Take a picture with the camera",
  .description =
      "Writes what the first camera sees that the system knows. Another one is chosen by the "
      "environment variable PHOSPHENE_CAMERA, as GStreamer describes it: “v4l2src "
      "device=/dev/video2”, or “videotestsrc is-live=true” for a test picture.",
  .examples = examples,
  .options = entries,
  .run = run_camera,
};
