#include "app/cli.h"

static struct
{
  int top;
  gboolean whole;
} options = { 5, FALSE };

static const GOptionEntry entries[] = {
  { "top", 0, 0, G_OPTION_ARG_INT, &options.top, "How many classes to print for each image (5)",
    "N" },
  { "whole", 0, 0, G_OPTION_ARG_NONE, &options.whole,
    "Show images up to their edges instead of the middle alone, as for pictures of classes", NULL },
  { NULL },
};

static void
print_predictions (PhModel *model, const char *path, const PhPrediction *all, guint n)
{
  g_print ("%s\n", path);
  for (guint i = 0; i < n; i++)
    {
      const char *label = ph_model_get_label (model, all[i].class_number);

      g_print ("  %6.2f %%  %5u  %s\n", all[i].probability * 100, all[i].class_number,
               label != NULL ? label : "");
    }
}

static void
print_json (PhModel *model, const char *path, const PhPrediction *all, guint n)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "top");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n; i++)
    {
      const char *label = ph_model_get_label (model, all[i].class_number);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "class");
      json_builder_add_int_value (builder, all[i].class_number);
      json_builder_set_member_name (builder, "label");
      if (label != NULL)
        json_builder_add_string_value (builder, label);
      else
        json_builder_add_null_value (builder);
      json_builder_set_member_name (builder, "probability");
      json_builder_add_double_value (builder, all[i].probability);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
classify_file (PhCli *cli, PhModel *model, PhClassifier *classifier, const char *path,
               GError **error)
{
  g_autoptr (PhImage) image = ph_image_load (path, error);
  g_autofree PhPrediction *all = NULL;
  guint n;

  if (image == NULL)
    return FALSE;
  all = ph_classifier_predict (classifier, image, &n, cli->cancellable, error);
  if (all == NULL)
    return FALSE;
  n = MIN (n, (guint)options.top);
  ph_cli_end_progress ();
  if (cli->json)
    print_json (model, path, all, n);
  else
    print_predictions (model, path, all, n);
  return TRUE;
}

static gboolean
run_classify (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhClassifier) classifier = NULL;
  guint n = g_strv_length (cli->positional), n_failed = 0;

  if (options.top < 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--top: choose 1 or more");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL)
    return FALSE;
  classifier = ph_classifier_new (model, error);
  if (classifier == NULL)
    {
      g_prefix_error (error, "%s: ", ph_model_get_name (model));
      return FALSE;
    }
  ph_classifier_set_whole (classifier, options.whole);
  for (guint i = 1; i < n && !ph_monitor_should_stop (&cli->monitor); i++)
    {
      g_autoptr (GError) failure = NULL;

      ph_monitor_progress (&cli->monitor, (i - 1.0) / (n - 1), cli->positional[i]);
      if (classify_file (cli, model, classifier, cli->positional[i], &failure))
        continue;
      if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      /* One bad image must not cost the others. */
      ph_cli_end_progress ();
      g_printerr ("phosphene-cli classify: %s\n", failure->message);
      n_failed++;
    }
  if (n_failed > 0)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%u of %u images could not be read",
                 n_failed, n - 1);
  return n_failed == 0;
}

static const char *const examples[] = {
  "What is in these photographs?",
  "phosphene-cli classify squeezenet.onnx holiday/*.jpg",
  "The best guess only, one JSON object a line",
  "phosphene-cli classify squeezenet.onnx --json --top 1 cat.png",
  "Does another network recognise this picture of a class?",
  "phosphene-cli classify mobilenet.onnx --whole zebra.png",
  NULL,
};

const PhVerb ph_verb_classify = {
  .name = "classify",
  .arguments = "NET IMAGE…",
  .summary = "Name what images show",
  .description =
      "Shows each image to the network, the way ImageNet classifiers are tested (shorter "
      "side resized to 8/7 of the network's, centre crop), and prints the most probable "
      "classes. Class numbers are positions in the logits, from 0. With --json, one "
      "object a line: {\"file\":…,\"top\":[{\"class\":N,\"label\":…,\"probability\":…},"
      "…]}.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = G_MAXUINT,
  .run = run_classify,
};
