#include "app/cli-photo.h"

static gboolean
run_dream (PhCli *cli, GError **error)
{
  return ph_cli_photo_run (cli, PH_RECIPE_DREAM, error);
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
      "Ctrl-C keeps what is there. The picture's file holds its recipe, from which “render "
      "--recipe” makes it again.",
  .examples = examples,
  .options = ph_cli_photo_options,
  .table = ph_dream_settings,
  .settings_size = sizeof (PhDreamSettings),
  .film = TRUE,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_dream,
};
