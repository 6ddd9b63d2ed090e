#include "app/cli.h"

static struct
{
  char *unit;
  int top;
} options = { .top = PH_N_HIGHEST };

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "Which unit", "UNIT" },
  { "top", 0, 0, G_OPTION_ARG_INT, &options.top, "How many of the highest to print (32)", "N" },
  { NULL },
};

typedef struct
{
  PhStore *store;
  PhUnitStudy *study;
  JsonBuilder *builder; /* nullable: print for people */
} Printing;

static gboolean
print_example (Printing *printing, const PhExample *example, GError **error)
{
  int label = -1;
  g_autofree char *name = ph_store_read_image (printing->store, example->image, &label, error);
  g_autofree char *class_name =
      name != NULL && label >= 0 ? ph_store_dup_class_name (printing->store, (guint)label) : NULL;
  guint row = example->position / printing->study->columns;
  guint column = example->position % printing->study->columns;
  JsonBuilder *builder = printing->builder;

  if (name == NULL)
    return FALSE;
  if (builder == NULL)
    {
      g_print ("  %12.6g  at %3u,%-3u  %s%s%s%s\n", example->value, row, column, name,
               class_name != NULL ? "  (" : "", class_name != NULL ? class_name : "",
               class_name != NULL ? ")" : "");
      return TRUE;
    }
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "image");
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "number");
  json_builder_add_int_value (builder, example->image);
  json_builder_set_member_name (builder, "class");
  if (class_name != NULL)
    json_builder_add_string_value (builder, class_name);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "value");
  json_builder_add_double_value (builder, example->value);
  json_builder_set_member_name (builder, "row");
  json_builder_add_int_value (builder, row);
  json_builder_set_member_name (builder, "column");
  json_builder_add_int_value (builder, column);
  json_builder_end_object (builder);
  return TRUE;
}

static gboolean
print_list (Printing *printing, const char *name, const PhExample *list, guint n, GError **error)
{
  if (printing->builder == NULL)
    g_print ("%s\n", name);
  else
    {
      json_builder_set_member_name (printing->builder, name);
      json_builder_begin_array (printing->builder);
    }
  for (guint i = 0; i < n; i++)
    if (!print_example (printing, &list[i], error))
      return FALSE;
  if (printing->builder != NULL)
    json_builder_end_array (printing->builder);
  return TRUE;
}

static gboolean
print_lists (Printing *printing, GError **error)
{
  const PhExamples *examples = &printing->study->examples;
  PhExample deciles[10];
  guint n = 0;

  for (guint i = 0; i < 10; i++)
    {
      const PhExample *example = ph_unit_study_quantile (printing->study, (i + 0.5) / 10);

      if (example != NULL)
        deciles[n++] = *example;
    }
  return print_list (printing, "highest", examples->highest,
                     MIN (examples->n_highest, (guint)options.top), error) &&
         print_list (printing, "deciles", deciles, n, error) &&
         print_list (printing, "lowest", examples->lowest, examples->n_lowest, error);
}

static void
print_classes (Printing *printing)
{
  guint n = MIN (printing->study->n_classes, 10);

  if (n > 0)
    g_print ("classes\n");
  for (guint i = 0; i < n; i++)
    {
      const PhClassMean *mean = &printing->study->classes[i];
      g_autofree char *name = ph_store_dup_class_name (printing->store, mean->label);

      g_print ("  %12.6g  %s (%u images)\n", mean->mean, name, mean->n);
    }
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_statistics (Printing *printing)
{
  JsonBuilder *builder = printing->builder;
  const PhUnitStudy *study = printing->study;

  add_number (builder, "images", study->n_images);
  add_number (builder, "mean", study->mean);
  add_number (builder, "spread", study->spread);
  add_number (builder, "zeros", study->zeros);
  json_builder_set_member_name (builder, "histogram");
  json_builder_begin_array (builder);
  for (guint i = 0; i < PH_N_BINS; i++)
    if (study->histogram.count[i] > 0)
      {
        json_builder_begin_object (builder);
        add_number (builder, "from", ph_histogram_edge (&study->histogram, i));
        add_number (builder, "count", study->histogram.count[i]);
        json_builder_end_object (builder);
      }
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "classes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < study->n_classes; i++)
    {
      g_autofree char *name = ph_store_dup_class_name (printing->store, study->classes[i].label);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "class");
      json_builder_add_string_value (builder, name);
      add_number (builder, "mean", study->classes[i].mean);
      add_number (builder, "images", study->classes[i].n);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static gboolean
print_unit (PhCli *cli, PhModel *model, const PhUnit *unit, Printing *printing, GError **error)
{
  g_autofree char *title = ph_unit_dup_title (model, unit);
  const PhUnitStudy *study = printing->study;

  if (!cli->json)
    {
      g_print ("%s: %u images, mean %.6g, spread %.6g, %.1f %% zeros\n", title, study->n_images,
               study->mean, study->spread, 100 * study->zeros);
      if (!print_lists (printing, error))
        return FALSE;
      print_classes (printing);
      return TRUE;
    }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  printing->builder = builder;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "unit");
  json_builder_add_string_value (builder, title);
  add_statistics (printing);
  if (!print_lists (printing, error))
    return FALSE;
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
  return TRUE;
}

static gboolean
run_examples (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (PhStore) store = NULL;
  g_autoptr (PhUnitStudy) study = NULL;
  g_autofree char *folder = NULL;
  const char *target;
  PhUnit unit;

  if (options.unit == NULL || options.top < 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "say which unit with --unit UNIT, and --top at least 1");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL || !ph_unit_parse (model, options.unit, &unit, error))
    return FALSE;
  dataset = ph_dataset_open (cli->positional[1], cli->cancellable, error);
  if (dataset == NULL)
    return FALSE;
  target = ph_target_for_unit (model, &unit);
  folder = ph_store_dup_folder (model, ph_dataset_get_identity (dataset));
  if (target != NULL)
    store = ph_store_find (folder, target,
                           unit.kind == PH_UNIT_NEURON ? (guint[]){ unit.row, unit.column } : NULL);
  if (store == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   "no scan of these images watched “%s”; run “phosphene-cli scan” first",
                   options.unit);
      return FALSE;
    }
  study = ph_store_read_unit (store, target, unit.channel, error);

  Printing printing = { store, study, NULL };

  return study != NULL && print_unit (cli, model, &unit, &printing, error);
}

static const char *const examples[] = {
  "The photographs that excite a channel most",
  "phosphene-cli examples squeezenet.onnx photographs --unit fire6/concat:37 --top 9",
  "Everything that is known of a class's score, for a script",
  "phosphene-cli examples squeezenet.onnx photographs --unit class:zebra --json",
  NULL,
};

const PhVerb ph_verb_examples = {
  .name = "examples",
  .arguments = "NET IMAGES --unit UNIT",
  .summary = "Tell which images excite a unit most and least",
  .description = "Prints what “phosphene-cli scan” found out about a unit: the images with the "
                 "highest and the lowest values and where in the map these are, images across the "
                 "range, and the classes with the highest mean. A channel's value is the largest "
                 "number of its map. Works while a scan is running. The numbers of a convolution "
                 "are those after its activation function.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_examples,
};
