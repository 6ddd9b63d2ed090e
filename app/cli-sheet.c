#include "app/cli.h"

static struct
{
  int units, columns;
  char *output;
} options = { .units = 24, .columns = 0 };

static const GOptionEntry entries[] = {
  { "units", 'n', 0, G_OPTION_ARG_INT, &options.units,
    "How many units: a third early, a third in the middle, a third late (24)", "N" },
  { "columns", 0, 0, G_OPTION_ARG_INT, &options.columns, "Pictures in a row (N/3, at most 8)",
    "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write the sheet",
    "FILE.png" },
  { NULL },
};

static void
print_json (GPtrArray *cells, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_set_member_name (builder, "units");
  json_builder_begin_array (builder);
  for (guint i = 0; i < cells->len; i++)
    json_builder_add_string_value (builder, ((PhSheetCell *)cells->pdata[i])->objective);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
run_sheet (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhRecipe) recipe = NULL;
  g_autoptr (PhComposition) sheet = NULL;
  gint64 start = g_get_monotonic_time ();
  double seconds;

  if (options.output == NULL || options.units < 1 || options.units > 1000 || options.columns < 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           options.output == NULL
                               ? "say where to write the sheet with --output FILE.png"
                               : "--units takes 1 to 1000, --columns 1 or more");
      return FALSE;
    }
  model =
      ph_save_check (options.output, error) ? ph_cli_open (cli, cli->positional[0], error) : NULL;
  if (model == NULL)
    return FALSE;
  recipe = ph_recipe_new_for_sheet (cli->settings, (guint)options.units,
                                    (guint)MIN (options.columns, options.units));
  sheet = ph_composition_make (model, recipe, &cli->monitor, cli->cancellable, error);
  if (sheet == NULL || !ph_composition_save (sheet, recipe, options.output, error))
    return FALSE;
  ph_cli_end_progress ();
  seconds = (g_get_monotonic_time () - start) * 1e-6;
  if (cli->json)
    print_json (sheet->cells, seconds);
  else
    g_print ("%s: %u of %u units in %.1f s\n", options.output, ph_composition_get_n_made (sheet),
             sheet->cells->len, seconds);
  return TRUE;
}

static const char *const examples[] = {
  "24 units from early, middle and late layers",
  "phosphene-cli sheet squeezenet.onnx -o sheet.png",
  "A quick look",
  "phosphene-cli sheet textbook --units 9 --width 96 --height 96 --steps 64 -o sheet.png",
  NULL,
};

const PhVerb ph_verb_sheet = {
  .name = "sheet",
  .arguments = "NET -o FILE.png",
  .summary = "Draw units of all depths on one sheet",
  .description =
      "A first look at a network: units from early, middle and late layers side by "
      "side, with their names. The same units every time. The file holds its recipe, from "
      "which “render --recipe” makes it again.",
  .examples = examples,
  .options = entries,
  .table = ph_ascent_settings,
  .settings_size = sizeof (PhAscentSettings),
  .min_positional = 1,
  .max_positional = 1,
  .run = run_sheet,
};
