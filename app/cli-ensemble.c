#include "app/cli.h"

static struct
{
  gboolean all;
} options;

static const GOptionEntry entries[] = {
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all,
    "Measure on all images, not only on those that training keeps for it", NULL },
  { NULL },
};

/* The images that “train” with the same settings does not learn from. */
static GArray *
choose_images (PhDataset *dataset, const PhTrainSettings *settings)
{
  GArray *first, *second;

  ph_dataset_split (dataset, settings->validation, (guint64)settings->seed, &first, &second);
  for (guint i = 0; i < first->len && options.all; i++)
    g_array_append_val (second, g_array_index (first, guint, i));
  g_array_unref (first);
  for (guint i = second->len; i-- > 0;)
    if (ph_dataset_get_label (dataset, g_array_index (second, guint, i)) < 0)
      g_array_remove_index (second, i);
  return second;
}

static void
print_json (const char *name, const PhEvaluation *evaluation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "network");
  json_builder_add_string_value (builder, name);
  json_builder_set_member_name (builder, "images");
  json_builder_add_int_value (builder, evaluation->n);
  json_builder_set_member_name (builder, "accuracy");
  json_builder_add_double_value (builder, evaluation->accuracy);
  json_builder_set_member_name (builder, "loss");
  json_builder_add_double_value (builder, evaluation->loss);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static void
print (PhCli *cli, const char *name, const PhEvaluation *evaluation)
{
  if (cli->json)
    print_json (name, evaluation);
  else
    g_print ("%6.2f %%   loss %7.4f   %s\n", evaluation->accuracy * 100, evaluation->loss, name);
}

static gboolean
run_ensemble (PhCli *cli, GError **error)
{
  guint n = g_strv_length (cli->positional) - 1;
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (GArray) items = NULL;
  g_autoptr (PhEvaluation) together = NULL;
  g_autofree PhEvaluation **alone = g_new0 (PhEvaluation *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      PhModel *model = ph_cli_open (cli, cli->positional[i], error);

      if (model == NULL)
        return FALSE;
      g_ptr_array_add (models, model);
    }
  dataset = ph_dataset_open (cli->positional[n], cli->cancellable, error);
  if (dataset == NULL)
    return FALSE;
  items = choose_images (dataset, cli->settings);
  together = ph_ensemble_evaluate ((PhModel *const *)models->pdata, n, dataset,
                                   (const guint *)(gpointer)items->data, items->len, alone,
                                   &cli->monitor, cli->cancellable, error);
  if (together == NULL)
    return FALSE;
  ph_cli_end_progress ();
  for (guint i = 0; i < n; i++)
    {
      print (cli, cli->positional[i], alone[i]);
      ph_evaluation_free (alone[i]);
    }
  if (n > 1)
    print (cli, "together", together);
  return TRUE;
}

static const char *const examples[] = {
  "How good is a trained network?",
  "phosphene-cli ensemble flowers-head/network.onnx flowers",
  "Do two know more than one?",
  "phosphene-cli ensemble flowers-head/network.onnx flowers-tuned/network.onnx flowers",
  NULL,
};

const PhVerb ph_verb_ensemble = {
  .name = "ensemble",
  .arguments = "NET… IMAGES",
  .summary = "Measure trained networks, alone and together",
  .description =
      "Shows the images that “train” keeps for measuring (the same --validation and --seed) to "
      "each "
      "network and prints its share of right answers, and that of all together: the mean of their "
      "probabilities. Classes are matched by name, so the networks must have been trained on "
      "these. "
      "With --json, one object a line.",
  .examples = examples,
  .options = entries,
  .table = ph_train_settings,
  .settings_size = sizeof (PhTrainSettings),
  .min_positional = 2,
  .max_positional = G_MAXUINT,
  .run = run_ensemble,
};
