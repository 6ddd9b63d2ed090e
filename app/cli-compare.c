#include "app/cli.h"

#include <math.h>

static struct
{
  char *images, *sort, *of, *report, *figures;
  gboolean csv, units;
  int top, along;
} options = { .top = 10 };

static const GOptionEntry entries[] = {
  { "images", 'i', 0, G_OPTION_ARG_FILENAME, &options.images,
    "Images to show both networks; without them only weights are compared", "IMAGES" },
  { "sort", 's', 0, G_OPTION_ARG_STRING, &options.sort,
    "What the most changed units are found by: weights, correlation, overlap, selectivity "
    "(correlation with images, else weights)",
    "MEASURE" },
  { "of", 0, 0, G_OPTION_ARG_STRING, &options.of,
    "Only units that are kept, repurposed, born, died or silent", "VERDICT" },
  { "top", 0, 0, G_OPTION_ARG_INT, &options.top, "How many units to print (10; with --units: all)",
    "N" },
  { "csv", 0, 0, G_OPTION_ARG_NONE, &options.csv, "Print a table of layers for a spreadsheet",
    NULL },
  { "units", 0, 0, G_OPTION_ARG_NONE, &options.units,
    "With --csv: a table of units instead; with --json: all units of each layer", NULL },
  { "report", 'r', 0, G_OPTION_ARG_FILENAME, &options.report,
    "Write a report with pictures of the most changed units (--top of them)", "FILE.html" },
  { "figures", 0, 0, G_OPTION_ARG_FILENAME, &options.figures,
    "Write the curves and the pictures of these units as PNG files", "FOLDER" },
  { "along", 0, 0, G_OPTION_ARG_INT, &options.along,
    "Measure this many networks from one to the other on the images", "N" },
  { NULL },
};

static gboolean
parse_choice (const char *text, const char *option, const char *(*name) (guint i), guint n,
              guint *choice, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      if (g_strcmp0 (text, name (i)) == 0)
        {
          *choice = i;
          return TRUE;
        }
      g_string_append_printf (all, "%s%s", i > 0 ? ", " : "", name (i));
    }
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "--%s: expected one of %s, got “%s”", option, all->str, text);
  return FALSE;
}

static const char *
measure_name (guint i)
{
  return ph_unit_measure_name ((PhUnitMeasure)i);
}

static const char *
verdict_name (guint i)
{
  return ph_verdict_name ((PhVerdict)i);
}

/* What is printed, and in which order. */
typedef struct
{
  PhModel *models[2];
  const PhComparison *comparison;
  const PhCompareSettings *settings;
  guint measure, verdict;
  const PhBlendPath *path; /* nullable */
} Printing;

/* Numbers that are not known are left empty. */
static const char *
print_number (char text[32], double value, const char *unknown)
{
  if (isnan (value))
    g_strlcpy (text, unknown, 32);
  else
    g_ascii_formatd (text, 32, "%.4g", value);
  return text;
}

static char *
unit_name (const Printing *p, const PhLayerChange *layer, guint side, guint i)
{
  PhUnit unit = ph_layer_change_get_unit (layer, side, i);

  return ph_unit_dup_name (p->models[side], &unit);
}

static void
print_layers (const Printing *p)
{
  char text[32];

  g_print ("%-32s %6s", "layer", "units");
  for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
    g_print (" %9s", ph_layer_measure_name ((PhLayerMeasure)m));
  g_print ("\n");
  for (guint l = 0; l < p->comparison->layers->len; l++)
    {
      const PhLayerChange *layer = p->comparison->layers->pdata[l];
      g_autofree char *name = layer->by_name
                                  ? g_strdup (layer->name[0])
                                  : g_strconcat (layer->name[0], " ~ ", layer->name[1], NULL);

      g_print ("%-32s %6u", name, layer->n_units);
      for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
        g_print (" %9s", print_number (text, layer->measure[m], "–"));
      g_print ("\n");
    }
  for (guint side = 0; side < 2; side++)
    for (guint i = 0; i < p->comparison->alone[side]->len; i++)
      g_print ("only in %s: %s\n", ph_model_get_name (p->models[side]),
               (const char *)p->comparison->alone[side]->pdata[i]);
}

static void
print_verdicts (const Printing *p)
{
  guint count[PH_N_VERDICTS] = { 0 };

  for (guint l = 0; l < p->comparison->layers->len; l++)
    {
      const PhLayerChange *layer = p->comparison->layers->pdata[l];

      for (guint i = 0; i < layer->n_units; i++)
        count[ph_unit_verdict (layer, i, p->settings)]++;
    }
  g_print ("by %u images:", p->comparison->n_images);
  for (guint v = PH_VERDICT_SILENT; v < PH_N_VERDICTS; v++)
    g_print ("%s %u %s", v > PH_VERDICT_SILENT ? "," : "", count[v],
             ph_verdict_name ((PhVerdict)v));
  g_print ("\n");
}

static void
print_units (const Printing *p)
{
  g_autoptr (GArray) ranked = ph_comparison_rank (p->comparison, NULL, (PhUnitMeasure)p->measure,
                                                  (PhVerdict)p->verdict, p->settings);
  guint n = MIN (ranked->len, (guint)options.top);
  char text[32];

  if (n == 0)
    return;
  g_print ("\n%-32s %-11s", "unit", "verdict");
  for (guint m = 0; m < PH_UNIT_PICTURE; m++)
    g_print (" %11s", measure_name (m));
  g_print ("\n");
  for (guint k = 0; k < n; k++)
    {
      const PhRankedUnit *r = &g_array_index (ranked, PhRankedUnit, k);
      g_autofree char *name = unit_name (p, r->layer, 0, r->i);

      g_print ("%-32s %-11s", name,
               ph_verdict_name (ph_unit_verdict (r->layer, r->i, p->settings)));
      for (guint m = 0; m < PH_UNIT_PICTURE; m++)
        g_print (" %11s", print_number (text, r->layer->units[r->i].measure[m], "–"));
      g_print ("\n");
    }
}

/* A field of a table: quoted where it must be. */
static void
print_field (const char *text)
{
  g_auto (GStrv) parts = NULL;
  g_autofree char *doubled = NULL;

  if (strpbrk (text, ",\"\n") == NULL)
    {
      g_print ("%s", text);
      return;
    }
  parts = g_strsplit (text, "\"", -1);
  doubled = g_strjoinv ("\"\"", parts);
  g_print ("\"%s\"", doubled);
}

static void
print_exact (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_print (",%s", isfinite (value) ? g_ascii_formatd (text, sizeof text, "%.9g", value) : "");
}

static void
print_layer_table (const Printing *p)
{
  g_print ("layer,layer-b,units,parameters");
  for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
    g_print (",%s", ph_layer_measure_name ((PhLayerMeasure)m));
  g_print ("\n");
  for (guint l = 0; l < p->comparison->layers->len; l++)
    {
      const PhLayerChange *layer = p->comparison->layers->pdata[l];

      print_field (layer->name[0]);
      g_print (",");
      print_field (layer->name[1]);
      g_print (",%u,%zu", layer->n_units, layer->n_weights);
      for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
        print_exact (layer->measure[m]);
      g_print ("\n");
    }
}

static void
print_unit_table (const Printing *p)
{
  g_print ("unit,unit-b,verdict");
  for (guint m = 0; m < PH_UNIT_PICTURE; m++)
    g_print (",%s", measure_name (m));
  g_print (",spread-a,spread-b,selectivity-a,selectivity-b,favourite-a,favourite-b\n");
  for (guint l = 0; l < p->comparison->layers->len; l++)
    {
      const PhLayerChange *layer = p->comparison->layers->pdata[l];

      for (guint i = 0; i < layer->n_units; i++)
        {
          const PhUnitChange *unit = &layer->units[i];

          for (guint side = 0; side < 2; side++)
            {
              g_autofree char *name = unit_name (p, layer, side, i);

              print_field (name);
              g_print (",");
            }
          g_print ("%s", ph_verdict_name (ph_unit_verdict (layer, i, p->settings)));
          for (guint m = 0; m < PH_UNIT_PICTURE; m++)
            print_exact (unit->measure[m]);
          print_exact (unit->spread[0]);
          print_exact (unit->spread[1]);
          print_exact (unit->selectivity[0]);
          print_exact (unit->selectivity[1]);
          for (guint side = 0; side < 2; side++)
            {
              g_print (",");
              if (unit->favourite[side] >= 0)
                print_field (p->comparison->class_names[unit->favourite[side]]);
            }
          g_print ("\n");
        }
    }
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
add_unit (JsonBuilder *builder, const Printing *p, const PhLayerChange *layer, guint i)
{
  static const char *const sides[] = { "a", "b" };
  const PhUnitChange *unit = &layer->units[i];
  g_autofree char *name = unit_name (p, layer, 0, i), *other = unit_name (p, layer, 1, i);

  json_builder_begin_object (builder);
  add_text (builder, "unit", name);
  add_text (builder, "unit-b", other);
  add_text (builder, "verdict", ph_verdict_name (ph_unit_verdict (layer, i, p->settings)));
  for (guint m = 0; m < PH_UNIT_PICTURE; m++)
    add_number (builder, measure_name (m), unit->measure[m]);
  for (guint side = 0; side < 2; side++)
    {
      json_builder_set_member_name (builder, sides[side]);
      json_builder_begin_object (builder);
      add_number (builder, "spread", unit->spread[side]);
      add_number (builder, "selectivity", unit->selectivity[side]);
      add_text (builder, "favourite",
                unit->favourite[side] >= 0 ? p->comparison->class_names[unit->favourite[side]]
                                           : NULL);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
}

static void
add_layers (JsonBuilder *builder, const Printing *p)
{
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint l = 0; l < p->comparison->layers->len; l++)
    {
      const PhLayerChange *layer = p->comparison->layers->pdata[l];

      json_builder_begin_object (builder);
      add_text (builder, "layer", layer->name[0]);
      add_text (builder, "layer-b", layer->name[1]);
      add_number (builder, "units", layer->n_units);
      add_number (builder, "parameters", (double)layer->n_weights);
      for (guint m = 0; m < PH_N_LAYER_MEASURES; m++)
        add_number (builder, ph_layer_measure_name ((PhLayerMeasure)m), layer->measure[m]);
      if (options.units)
        {
          json_builder_set_member_name (builder, "all-units");
          json_builder_begin_array (builder);
          for (guint i = 0; i < layer->n_units; i++)
            add_unit (builder, p, layer, i);
          json_builder_end_array (builder);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_path (JsonBuilder *builder, const Printing *p)
{
  json_builder_set_member_name (builder, "along");
  json_builder_begin_object (builder);
  add_text (builder, "classes-of", ph_model_get_name (p->models[p->path->head]));
  add_text (builder, "right", p->path->right_is_label ? "label" : "what a says");
  add_number (builder, "images", p->path->n_images);
  json_builder_set_member_name (builder, "points");
  json_builder_begin_array (builder);
  for (guint k = 0; k < p->path->n; k++)
    {
      json_builder_begin_object (builder);
      add_number (builder, "t", k / (p->path->n - 1.0));
      add_number (builder, "share", p->path->share[k]);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
print_json (const Printing *p)
{
  static const char *const only[] = { "only-in-a", "only-in-b" };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GArray) ranked = ph_comparison_rank (p->comparison, NULL, (PhUnitMeasure)p->measure,
                                                  (PhVerdict)p->verdict, p->settings);

  json_builder_begin_object (builder);
  add_text (builder, "a", ph_model_get_name (p->models[0]));
  add_text (builder, "b", ph_model_get_name (p->models[1]));
  add_number (builder, "images", p->comparison->n_images);
  add_layers (builder, p);
  for (guint side = 0; side < 2; side++)
    {
      json_builder_set_member_name (builder, only[side]);
      json_builder_begin_array (builder);
      for (guint i = 0; i < p->comparison->alone[side]->len; i++)
        json_builder_add_string_value (builder, p->comparison->alone[side]->pdata[i]);
      json_builder_end_array (builder);
    }
  if (p->path != NULL)
    add_path (builder, p);
  json_builder_set_member_name (builder, "most-changed");
  json_builder_begin_array (builder);
  for (guint k = 0; k < MIN (ranked->len, (guint)options.top); k++)
    add_unit (builder, p, g_array_index (ranked, PhRankedUnit, k).layer,
              g_array_index (ranked, PhRankedUnit, k).i);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static void
print_path (const Printing *p)
{
  char text[32];

  g_print ("\nweights (1 - t) a + t b, on %u images: share named %s, with the classes of %s\n",
           p->path->n_images, p->path->right_is_label ? "rightly" : "as a names them",
           ph_model_get_name (p->models[p->path->head]));
  for (guint k = 0; k < p->path->n; k++)
    g_print ("  t %.3f  %s\n", k / (p->path->n - 1.0), print_number (text, p->path->share[k], "–"));
}

static void
print_all (PhCli *cli, const Printing *p)
{
  ph_cli_end_progress ();
  if (cli->json)
    print_json (p);
  else if (options.csv && options.units)
    print_unit_table (p);
  else if (options.csv)
    print_layer_table (p);
  else
    {
      print_layers (p);
      if (p->comparison->n_images > 0)
        print_verdicts (p);
      print_units (p);
      if (p->path != NULL)
        print_path (p);
    }
}

/* Enough to see what a unit is about. */
#define REPORT_STEPS 128

static gboolean
write_report (PhCli *cli, const Printing *p, PhComparison *comparison, PhDataset *dataset,
              GError **error)
{
  PhAscentSettings ascent;
  PhCompareReport report = { .models = { p->models[0], p->models[1] },
                             .comparison = comparison,
                             .thresholds = p->settings,
                             .dataset = dataset,
                             .ascent = &ascent,
                             .measure = (PhUnitMeasure)p->measure,
                             .verdict = (PhVerdict)p->verdict,
                             .n_units = (guint)options.top,
                             .path = p->path };
  gboolean good;

  ph_settings_init (ph_ascent_settings, &ascent);
  ascent.steps = REPORT_STEPS;
  good = ph_compare_report_save (&report, options.report, options.figures, &cli->monitor,
                                 cli->cancellable, error);
  ph_settings_clear (ph_ascent_settings, &ascent);
  return good;
}

static gboolean
check_options (PhCli *cli, GError **error)
{
  const char *problem = NULL;

  if (options.top < 0)
    problem = "--top: at least 0";
  else if (options.csv && cli->json)
    problem = "choose either --csv or --json";
  else if (options.along != 0 && (options.along < 2 || options.images == NULL))
    problem = "--along: at least 2 networks, and --images to show them";
  if (problem != NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, problem);
  return problem == NULL;
}

static gboolean
run_compare (PhCli *cli, GError **error)
{
  Printing p = { .settings = cli->settings,
                 .measure = options.images != NULL ? PH_UNIT_CORRELATION : PH_UNIT_WEIGHTS };
  g_autoptr (PhModel) a = NULL;
  g_autoptr (PhModel) b = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (PhComparison) comparison = NULL;
  g_autoptr (PhBlendPath) path = NULL;

  if ((options.sort != NULL &&
       !parse_choice (options.sort, "sort", measure_name, PH_UNIT_PICTURE, &p.measure, error)) ||
      (options.of != NULL &&
       !parse_choice (options.of, "of", verdict_name, PH_N_VERDICTS, &p.verdict, error)))
    return FALSE;
  if (!check_options (cli, error))
    return FALSE;
  a = p.models[0] = ph_cli_open (cli, cli->positional[0], error);
  b = p.models[1] = a != NULL ? ph_cli_open (cli, cli->positional[1], error) : NULL;
  if (b == NULL)
    return FALSE;
  if (options.images != NULL)
    {
      dataset = ph_dataset_open (options.images, cli->cancellable, error);
      if (dataset == NULL)
        return FALSE;
    }
  p.comparison = comparison =
      ph_compare_run (p.models, dataset, cli->settings, &cli->monitor, cli->cancellable, error);
  if (comparison == NULL)
    return FALSE;
  if (options.along > 0)
    {
      p.path = path =
          ph_blend_path_run (p.models, dataset, (guint)options.along, (guint)p.settings->images,
                             &cli->monitor, cli->cancellable, error);
      if (path == NULL)
        return FALSE;
    }
  /* What changed most is what was repurposed, unless something else was asked for. */
  if (options.of == NULL && dataset != NULL)
    p.verdict = PH_VERDICT_REPURPOSED;
  if ((options.report != NULL || options.figures != NULL) &&
      !write_report (cli, &p, comparison, dataset, error))
    return FALSE;
  print_all (cli, &p);
  return TRUE;
}

static const char *const examples[] = {
  "How much each layer's weights changed",
  "phosphene-cli compare mobilenet.onnx mobilenet-birds.onnx",
  "What the layers make of images, and the ten units that changed most",
  "phosphene-cli compare mobilenet.onnx mobilenet-birds.onnx --images photographs",
  "One file to read: the change of each layer, the units that changed most with their pictures",
  "phosphene-cli compare a.onnx b.onnx --images photographs --report report.html",
  "The same for a paper or slides",
  "phosphene-cli compare a.onnx b.onnx --images photographs --figures figures",
  "How well the networks between the two name images",
  "phosphene-cli compare a.onnx b.onnx --images photographs --along 11",
  "Every unit with all its numbers, for a spreadsheet",
  "phosphene-cli compare a.onnx b.onnx --images photographs --csv --units > units.csv",
  NULL,
};

const PhVerb ph_verb_compare = {
  .name = "compare",
  .arguments = "NET-A NET-B",
  .summary = "Tell what is different in a fine-tuned network from its original",
  .description =
      "Pairs the layers of two networks, by name and number of channels, otherwise by order and "
      "kind, and tells how much each has changed: by its weights (the norm of the difference over "
      "the norm of the first); with images, of each of which the mean over the positions of a "
      "channel counts, also by linear CKA (unbiased; cka-plain is the biased one), by SVCCA and by "
      "how well a linear classifier tells the classes of the images apart (probe-a, probe-b: a "
      "ridge regression, each image judged by all others). Of units: the change of their weights, "
      "the correlation of their answers, the overlap (Jaccard) of the images that excite them "
      "most, "
      "the change of their selectivity for a class. A unit is kept, repurposed, born, died or "
      "silent by thresholds. --report writes a page that needs nothing else, --figures the same as "
      "PNG files. --along blends the "
      "weights and tells how many images are named rightly on the way (linear mode connectivity). "
      "What both networks answer is kept in the user's cache: interrupted, "
      "the same command goes on where it was.",
  .examples = examples,
  .options = entries,
  .table = ph_compare_settings,
  .settings_size = sizeof (PhCompareSettings),
  .min_positional = 2,
  .max_positional = 2,
  .run = run_compare,
};
