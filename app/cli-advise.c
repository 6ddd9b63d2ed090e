#include "app/cli.h"

static const char *const rows[] = {
  [PH_ADVICE_HEAD] = "little data, similar: head only",
  [PH_ADVICE_EARLIER] = "little data, different: head on an earlier layer",
  [PH_ADVICE_LATER_LAYERS] = "much data, similar: fine-tune the later layers",
  [PH_ADVICE_ALL] = "much data, different: fine-tune all, or from scratch",
};

static void
print_json (const PhAdvice *advice, const PhTrainSettings *settings)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const struct
  {
    const char *name;
    double value;
  } numbers[] = { { "images", advice->n_images },       { "classes", advice->n_classes },
                  { "per_class", advice->per_class },   { "probe", advice->probe },
                  { "similarity", advice->similarity }, { "distance", advice->distance } };

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "row");
  json_builder_add_string_value (builder, rows[advice->row]);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      json_builder_set_member_name (builder, numbers[i].name);
      if (numbers[i].value >= 0)
        json_builder_add_double_value (builder, numbers[i].value);
      else
        json_builder_add_null_value (builder);
    }
  json_builder_set_member_name (builder, "why");
  json_builder_add_string_value (builder, advice->why);
  for (guint i = 0; i < 3; i++)
    {
      const char *name = ((const char *[]){ "mode", "layer", "frozen" })[i];
      g_autofree char *value =
          ph_setting_get (ph_settings_find (ph_train_settings, name), settings);

      json_builder_set_member_name (builder, name);
      json_builder_add_string_value (builder, value);
    }
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

/* The command that follows the advice. */
static void
print_command (PhCli *cli, const PhTrainSettings *settings)
{
  static const char *const names[] = { "mode", "layer", "frozen", "per-class", "seed" };

  g_print ("phosphene-cli train %s %s", cli->positional[0], cli->positional[1]);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const PhSetting *setting = ph_settings_find (ph_train_settings, names[i]);
      g_autofree char *value = ph_setting_get (setting, settings);

      if (!ph_setting_is_default (setting, settings))
        g_print (" --%s %s", names[i], value);
    }
  g_print (" -o FOLDER\n");
}

static gboolean
run_advise (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = ph_cli_open (cli, cli->positional[0], error);
  g_autoptr (PhDataset) dataset =
      model != NULL ? ph_dataset_open (cli->positional[1], cli->cancellable, error) : NULL;
  g_autoptr (PhAdvice) advice =
      dataset != NULL
          ? ph_advice_new (model, dataset, cli->settings, &cli->monitor, cli->cancellable, error)
          : NULL;
  PhTrainSettings *settings = cli->settings;

  if (advice == NULL)
    return FALSE;
  ph_advice_apply (advice, settings);
  ph_cli_end_progress ();
  if (cli->json)
    {
      print_json (advice, settings);
      return TRUE;
    }
  g_print ("%s\n\n%s\n\n", rows[advice->row], advice->why);
  print_command (cli, settings);
  return TRUE;
}

static const char *const examples[] = {
  "What should be trained?",
  "phosphene-cli advise mobilenet.onnx flowers",
  NULL,
};

const PhVerb ph_verb_advise = {
  .name = "advise",
  .arguments = "NET IMAGES",
  .summary = "Say how to train a network on your images, and why",
  .description =
      "Counts the images, measures how well the network's features tell their classes apart (a "
      "quick linear probe on part of them) and how far the statistics of the features are from "
      "those that the network's batch normalisation remembers, where it has one. From these it "
      "names the row of the well-known table: head only, head on an earlier layer, fine-tune the "
      "later layers, fine-tune all. It prints the command to follow; you may know better.",
  .examples = examples,
  .table = ph_train_settings,
  .settings_size = sizeof (PhTrainSettings),
  .min_positional = 2,
  .max_positional = 2,
  .run = run_advise,
};
