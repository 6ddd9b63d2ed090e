#include "app/cli.h"

#include <math.h>
#include <string.h>

static struct
{
  char *unit, *output;
  double opacity;
  gboolean sanity;
} options = { .opacity = 0.7 };

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit,
    "What to explain: any unit (the most probable class)", "UNIT" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the map: over the picture (.png) or as numbers (.npy)", "FILE" },
  { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &options.opacity,
    "How much of the map to see over the picture, 0 to 1 (0.7)", "SHARE" },
  { "sanity", 0, 0, G_OPTION_ARG_NONE, &options.sanity,
    "Shuffle the weights from the top layer by layer and tell whether the map changes", NULL },
  { NULL },
};

static gboolean
choose_unit (PhCli *cli, PhModel *model, const PhImage *image, PhUnit *unit, GError **error)
{
  g_autoptr (PhClassifier) classifier = NULL;
  g_autofree PhPrediction *all = NULL;
  guint n;

  if (options.unit != NULL)
    return ph_unit_parse (model, options.unit, unit, error);
  classifier = ph_classifier_new (model, error);
  if (classifier == NULL)
    {
      g_prefix_error (error, "Say what to explain with --unit: ");
      return FALSE;
    }
  all = ph_classifier_predict (classifier, image, &n, cli->cancellable, error);
  if (all == NULL)
    return FALSE;
  *unit = (PhUnit){ .kind = PH_UNIT_CLASS, .channel = all[0].class_number };
  return TRUE;
}

static gboolean
save (const PhAttribution *made, const PhImage *picture, GError **error)
{
  if (g_str_has_suffix (options.output, ".npy"))
    {
      PhShape shape = PH_SHAPE (made->channels, made->rows, made->columns);
      g_autoptr (PhTensor) tensor = ph_tensor_new_floats (&shape, made->values);

      return ph_npy_save (tensor, options.output, error);
    }

  g_autoptr (PhFrame) heat =
      ph_heat_to_frame (made->map, made->height, made->width, made->is_signed);
  g_autoptr (PhImage) overlay = ph_heat_overlay (picture, heat, options.opacity, error);

  return overlay != NULL && ph_png_save_image (options.output, overlay, NULL, error);
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
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
print_json (PhModel *model, const PhUnit *unit, const PhAttributionMethod *method,
            const PhAttribution *made, GPtrArray *steps, double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *name = ph_unit_dup_name (model, unit);

  json_builder_begin_object (builder);
  add_text (builder, "file", options.output);
  add_text (builder, "unit", name);
  add_text (builder, "method", method->name);
  add_number (builder, "value", made->value);
  add_number (builder, "baseline", made->baseline_value);
  add_number (builder, "sum", made->sum);
  add_number (builder, "completeness", ph_attribution_get_completeness (made));
  add_text (builder, "layer", made->layer);
  json_builder_set_member_name (builder, "stopped");
  json_builder_add_boolean_value (builder, made->stopped);
  add_number (builder, "seconds", seconds);
  if (steps != NULL)
    {
      json_builder_set_member_name (builder, "sanity");
      json_builder_begin_array (builder);
      for (guint i = 0; i < steps->len; i++)
        {
          const PhSanityStep *step = steps->pdata[i];

          json_builder_begin_object (builder);
          add_text (builder, "layer", step->layer);
          json_builder_set_member_name (builder, "shuffled");
          json_builder_add_int_value (builder, step->n_nodes);
          add_number (builder, "similarity", step->similarity);
          json_builder_end_object (builder);
        }
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static void
print_text (PhModel *model, const PhUnit *unit, const PhAttributionMethod *method,
            const PhAttribution *made, GPtrArray *steps, double seconds)
{
  g_autofree char *title = ph_unit_dup_title (model, unit);

  if (options.output != NULL)
    g_print ("%s: ", options.output);
  g_print ("%s of %s, which is %.4g, in %.2f s%s\n", method->title, title, made->value, seconds,
           made->stopped ? " (stopped)" : "");
  if (made->layer != NULL)
    g_print ("  layer %s, %u×%u\n", made->layer, made->rows, made->columns);
  if (isfinite (made->baseline_value))
    g_print ("  contributions add up to %.4g of %.4g: %.2f %% complete\n", made->sum,
             made->value - made->baseline_value, 100 * ph_attribution_get_completeness (made));
  if (steps == NULL)
    return;
  g_print ("  similarity to the real map with the weights shuffled down to\n");
  for (guint i = 0; i < steps->len; i++)
    {
      const PhSanityStep *step = steps->pdata[i];

      g_print ("  %6.3f  %s\n", step->similarity, step->layer);
    }
}

static gboolean
run_explain (PhCli *cli, GError **error)
{
  const PhAttributionSettings *settings = cli->settings;
  const PhAttributionMethod *method = ph_attribution_methods ()[settings->method];
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhImage) image = NULL;
  g_autoptr (PhImage) picture = NULL;
  g_autoptr (PhAttribution) made = NULL;
  g_autoptr (GPtrArray) steps = NULL;
  gint64 start;
  double seconds;
  PhUnit unit;

  if ((options.output == NULL && !cli->json && !options.sanity) || options.opacity < 0 ||
      options.opacity > 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           options.output == NULL
                               ? "say where to write the map with --output FILE.png or FILE.npy"
                               : "--opacity takes 0 to 1");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL)
    return FALSE;
  image = ph_image_load (cli->positional[1], error);
  picture = image != NULL ? ph_preprocess_fit (ph_model_get_preprocess (model), image, FALSE, error)
                          : NULL;
  if (picture == NULL || !choose_unit (cli, model, image, &unit, error))
    return FALSE;
  start = g_get_monotonic_time ();
  made = ph_attribution_run (model, &unit, picture, settings, NULL, &cli->monitor, cli->cancellable,
                             error);
  seconds = (g_get_monotonic_time () - start) * 1e-6;
  if (made == NULL || (options.output != NULL && !save (made, picture, error)))
    return FALSE;
  if (options.sanity && !made->stopped)
    {
      steps = ph_sanity_check (model, &unit, picture, settings, made, &cli->monitor,
                               cli->cancellable, error);
      if (steps == NULL)
        return FALSE;
    }
  ph_cli_end_progress ();
  if (cli->json)
    print_json (model, &unit, method, made, steps, seconds);
  else
    print_text (model, &unit, method, made, steps, seconds);
  return TRUE;
}

static const char *const examples[] = {
  "Where does the network see the zebra?",
  "phosphene-cli explain squeezenet.onnx zebra.jpg --unit class:zebra -o map.png",
  "What each pixel contributes to one channel, as numbers",
  "phosphene-cli explain squeezenet.onnx zebra.jpg --unit fire6/concat:37 "
  "--method integrated-gradients -o map.npy",
  "Does the explanation depend on what the network has learned?",
  "phosphene-cli explain squeezenet.onnx zebra.jpg --method guided-backprop --sanity",
  NULL,
};

const PhVerb ph_verb_explain = {
  .name = "explain",
  .arguments = "NET IMAGE --unit UNIT --method NAME -o FILE",
  .summary = "Show which parts of an image excite a unit",
  .description =
      "Shows the image to the network as classify does and explains the value of the unit (a "
      "channel: its mean over the positions; a layer: the mean of squares) by one of several "
      "methods. A .png holds the map over the picture, black where it is 0, red to yellow for "
      "what speaks for the unit, blue to white for what speaks against it. A .npy holds the "
      "method's own numbers: channels, height, width of the picture for gradients, 1 and the "
      "layer's map for grad-cam. Gradients are those at the picture (RGB, 0 to 1).\n\n"
      "Methods: gradient, gradient-input, guided-backprop, smoothgrad, integrated-gradients, "
      "grad-cam, occlusion. --help-settings tells what each heeds.",
  .examples = examples,
  .options = entries,
  .table = ph_attribution_settings,
  .settings_size = sizeof (PhAttributionSettings),
  .min_positional = 2,
  .max_positional = 2,
  .run = run_explain,
};
