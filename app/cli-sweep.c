#include "app/cli.h"

static struct
{
  char *unit, *x, *y, *output;
  int size;
} options = { .size = 128 };

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "The unit or sum of units to draw",
    "UNIT" },
  { "x", 'x', 0, G_OPTION_ARG_STRING, &options.x,
    "What changes from left to right: \"learning-rate = 0.01 | 0.05 | 0.2\"", "SETTING = VALUES" },
  { "y", 'y', 0, G_OPTION_ARG_STRING, &options.y,
    "What changes downwards: \"jitter = none | 4 | 16\"", "SETTING = VALUES" },
  { "size", 0, 0, G_OPTION_ARG_INT, &options.size,
    "Side of the pictures on the sheet in pixels (128)", "PIXELS" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write the sheet",
    "FILE.png" },
  { NULL },
};

static void
print_json (GPtrArray *cells, const PhSweepAxis *x, const PhSweepAxis *y, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_set_member_name (builder, "pictures");
  json_builder_begin_array (builder);
  for (guint i = 0; i < cells->len; i++)
    {
      const PhSheetCell *cell = cells->pdata[i];
      guint n = ph_sweep_axis_get_n (x);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, x->name);
      json_builder_add_string_value (builder, x->values[i % n]);
      if (y != NULL)
        {
          json_builder_set_member_name (builder, y->name);
          json_builder_add_string_value (builder, y->values[i / n]);
        }
      if (cell->image != NULL)
        {
          json_builder_set_member_name (builder, "objective");
          json_builder_add_double_value (builder, cell->value);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
usage (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
run_sweep (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhSweepAxis) x = NULL;
  g_autoptr (PhSweepAxis) y = NULL;
  g_autoptr (PhRecipe) recipe = NULL;
  g_autoptr (PhComposition) sheet = NULL;
  gint64 start = g_get_monotonic_time ();
  double seconds;

  if (options.output == NULL || options.unit == NULL || options.x == NULL)
    return usage (error, "--unit, --x and --output are needed");
  if (options.size < 16 || options.size > 4096)
    return usage (error, "--size takes 16 to 4096");
  if (!ph_save_check (options.output, error))
    return FALSE;
  x = ph_sweep_axis_parse (options.x, error);
  if (x != NULL && options.y != NULL)
    y = ph_sweep_axis_parse (options.y, error);
  if (x == NULL || (options.y != NULL && y == NULL))
    return FALSE;
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL)
    return FALSE;
  recipe = ph_recipe_new_for_sweep (options.unit, cli->settings, options.x, options.y,
                                    (guint)options.size);
  sheet = ph_composition_make (model, recipe, &cli->monitor, cli->cancellable, error);
  if (sheet == NULL || !ph_composition_save (sheet, recipe, options.output, error))
    return FALSE;
  ph_cli_end_progress ();
  seconds = (g_get_monotonic_time () - start) * 1e-6;
  if (cli->json)
    print_json (sheet->cells, x, y, seconds);
  else
    g_print ("%s: %u pictures in %.1f s\n", options.output, sheet->cells->len, seconds);
  return TRUE;
}

static const char *const examples[] = {
  "What jitter and the step size do, together",
  "phosphene-cli sweep squeezenet.onnx -u fire6/concat:37 -x \"learning-rate = 0.01 | 0.05 | "
  "0.2\" -y \"jitter = none | 2% | 10%\" -o sheet.png",
  "Four seeds",
  "phosphene-cli sweep textbook -u class:rings -x \"seed = 0 | 1 | 2 | 3\" -o seeds.png",
  NULL,
};

const PhVerb ph_verb_sweep = {
  .name = "sweep",
  .arguments = "NET --unit UNIT --x \"SETTING = VALUES\" -o FILE.png",
  .summary = "Compare settings: one unit under all values of one or two of them",
  .description =
      "Draws the same unit for each value of one setting, or for all pairs of values of two, from "
      "the same seed, on one labelled sheet: what each trick does. A setting is any of those "
      "below, or one of the random changes in \"transforms\" by its own name. Values are separated "
      "by |; FROM .. TO / N means so many numbers between two ends. The file holds its recipe, "
      "from "
      "which “render --recipe” makes it again.",
  .examples = examples,
  .options = entries,
  .table = ph_ascent_settings,
  .settings_size = sizeof (PhAscentSettings),
  .min_positional = 1,
  .max_positional = 1,
  .run = run_sweep,
};
