#include "app/cli-photo.h"

static gboolean
run_accentuate (PhCli *cli, GError **error)
{
  return ph_cli_photo_run (cli, PH_RECIPE_ACCENTUATE, error);
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
      "printed is the one reached. (The paper this comes from, Hamblin et al. 2024, subtracts that "
      "distance with a weight instead; a bound means the same for every photograph and unit.) With "
      "--frames, a film from the photograph to that strength. The "
      "picture's file holds its recipe, from which “render --recipe” makes it again.",
  .examples = examples,
  .options = ph_cli_photo_options,
  .table = ph_accentuation_settings,
  .settings_size = sizeof (PhAccentuationSettings),
  .film = TRUE,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_accentuate,
};
