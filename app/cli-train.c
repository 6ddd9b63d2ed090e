#include "app/cli.h"

#include <stdio.h>
#include <string.h>

#define WATCH_STEPS 64 /* of each picture: enough to see what it is about */

static struct
{
  char *output, *recipe;
  char **units;
} options;

static const GOptionEntry entries[] = {
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Folder for the trained network and the state of the training", "FOLDER" },
  { "recipe", 0, 0, G_OPTION_ARG_FILENAME, &options.recipe,
    "Repeat the training that this file describes (recipe.txt of an earlier one)", "FILE" },
  { "watch", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.units,
    "Draw this unit after each epoch into the folder's units/; may be given several times",
    "UNIT" },
  { NULL },
};

typedef struct
{
  PhCli *cli;
  PhTraining *training;
  gint64 printed;
} Watch;

static void
add_real (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_double_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

/* A line for machines ten times a second at most. */
static void
on_step (const PhTrainProgress *progress, gpointer data)
{
  Watch *watch = data;
  gint64 now = g_get_monotonic_time ();
  g_autoptr (JsonBuilder) builder = NULL;

  if (!watch->cli->json || now - watch->printed < G_USEC_PER_SEC / 10)
    return;
  watch->printed = now;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  add_int (builder, "step", (gint64)progress->step);
  add_int (builder, "steps", (gint64)progress->n_steps);
  add_int (builder, "epoch", progress->epoch);
  add_real (builder, "loss", progress->loss);
  add_real (builder, "rate", progress->rate);
  add_real (builder, "images_per_second", progress->images_per_second);
  add_real (builder, "seconds_left", progress->seconds_left);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static void
print_epoch_json (const PhEpoch *epoch, guint number, const PhEvaluation *evaluation)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_int (builder, "epoch_done", number);
  add_real (builder, "loss", epoch->loss);
  add_real (builder, "validation_loss", epoch->validation_loss);
  if (evaluation->n_classes > 0)
    {
      add_real (builder, "accuracy", epoch->accuracy);
      add_real (builder, "validation_accuracy", epoch->validation_accuracy);
    }
  else
    add_real (builder, "validation_psnr", ph_psnr (epoch->validation_loss));
  add_real (builder, "rate", epoch->rate);
  add_real (builder, "seconds", epoch->seconds);
  json_builder_set_member_name (builder, "confusion");
  json_builder_begin_array (builder);
  for (guint i = 0; i < evaluation->n_classes; i++)
    {
      json_builder_begin_array (builder);
      for (guint j = 0; j < evaluation->n_classes; j++)
        json_builder_add_int_value (builder, evaluation->confusion[i * evaluation->n_classes + j]);
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

/* A unit's picture as it is after an epoch: units/UNIT/003.png. */
static gboolean
draw_unit (Watch *watch, PhModel *model, const char *unit, guint epoch, GError **error)
{
  g_autofree char *name = g_strdelimit (g_strdup (unit), "/:", '.');
  g_autofree char *folder = g_build_filename (options.output, "units", name, NULL);
  g_autofree char *file = g_strdup_printf ("%03u.png", epoch);
  g_autofree char *path = g_build_filename (folder, file, NULL);
  g_autoptr (PhAscent) ascent = NULL;
  g_autoptr (PhAscentResult) result = NULL;
  g_autoptr (PhRecipe) recipe = NULL;
  PhAscentSettings settings;
  gboolean done = FALSE;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = WATCH_STEPS;
  ascent = ph_ascent_new (model, unit, &settings, error);
  if (ascent != NULL)
    result = ph_ascent_run (ascent, NULL, watch->cli->cancellable, error);
  if (result != NULL && ph_folder_make (folder, 0777, error))
    {
      recipe = ph_recipe_new (model, unit, &settings);
      done = ph_recipe_save_png (recipe, result->image, path, error);
    }
  ph_settings_clear (ph_ascent_settings, &settings);
  return done;
}

/* A picture that cannot be made must not end the training. */
static void
draw_units (Watch *watch, guint epoch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhModel) model =
      options.units != NULL ? ph_training_publish (watch->training, &error) : NULL;

  for (guint i = 0; model != NULL && options.units[i] != NULL; i++)
    if (!draw_unit (watch, model, options.units[i], epoch, &error))
      break;
  if (error == NULL)
    return;
  ph_cli_end_progress ();
  g_printerr ("phosphene-cli train: %s\n", error->message);
}

static void
on_epoch (PhTrainer *trainer, guint number, const PhEvaluation *evaluation, gpointer data)
{
  Watch *watch = data;
  guint n;
  const PhEpoch *epoch = &ph_trainer_get_epochs (trainer, &n)[number];

  draw_units (watch, number + 1);
  if (watch->cli->json)
    {
      print_epoch_json (epoch, number, evaluation);
      return;
    }
  ph_cli_end_progress ();
  if (evaluation->n_classes == 0)
    g_print ("epoch %3u   loss %8.6f (%.2f dB)   validation: loss %8.6f (%.2f dB)   %.1f s%s\n",
             number + 1, epoch->loss, ph_psnr (epoch->loss), epoch->validation_loss,
             ph_psnr (epoch->validation_loss), epoch->seconds,
             ph_trainer_get_best (trainer) == (int)number ? "   best so far" : "");
  else
    g_print (
        "epoch %3u   loss %7.4f   accuracy %5.1f %%   validation: loss %7.4f   accuracy %5.1f %%"
        "   %.1f s%s\n",
        number + 1, epoch->loss, epoch->accuracy * 100, epoch->validation_loss,
        epoch->validation_accuracy * 100, epoch->seconds,
        ph_trainer_get_best (trainer) == (int)number ? "   best so far" : "");
  fflush (stdout);
}

/* The table of answers, and the images that went most wrong. */
static void
print_evaluation (PhDataset *dataset, const PhEvaluation *evaluation)
{
  g_print ("\n%24s", "");
  for (guint j = 0; j < evaluation->n_classes; j++)
    g_print (" %7.7s", ph_dataset_get_class_name (dataset, j));
  g_print ("   ← answer\n");
  for (guint i = 0; i < evaluation->n_classes; i++)
    {
      g_print ("%24.24s", ph_dataset_get_class_name (dataset, i));
      for (guint j = 0; j < evaluation->n_classes; j++)
        g_print (" %7u", evaluation->confusion[i * evaluation->n_classes + j]);
      g_print ("\n");
    }
  if (evaluation->n_mistakes > 0)
    g_print ("\nMost mistaken:\n");
  for (guint i = 0; i < MIN (evaluation->n_mistakes, 5); i++)
    {
      const PhMistake *mistake = &evaluation->mistakes[i];
      g_autofree char *name = ph_dataset_dup_item_name (dataset, mistake->item);

      g_print ("  %s: %s (%.0f %%)\n", name,
               ph_dataset_get_class_name (dataset, (guint)mistake->answer),
               mistake->probability * 100);
    }
}

static void
print_result_json (PhDataset *dataset, PhTraining *training, const PhEvaluation *evaluation,
                   double seconds)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *path = g_build_filename (options.output, "network.onnx", NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "network");
  json_builder_add_string_value (builder, path);
  add_int (builder, "best_epoch", ph_trainer_get_best (ph_training_get_trainer (training)));
  if (evaluation->n_classes > 0)
    add_real (builder, "accuracy", evaluation->accuracy);
  else
    add_real (builder, "psnr", ph_psnr (evaluation->loss));
  add_real (builder, "loss", evaluation->loss);
  add_int (builder, "images", evaluation->n);
  add_real (builder, "seconds", seconds);
  json_builder_set_member_name (builder, "mistakes");
  json_builder_begin_array (builder);
  for (guint i = 0; i < evaluation->n_mistakes; i++)
    {
      const PhMistake *mistake = &evaluation->mistakes[i];
      g_autofree char *name = ph_dataset_dup_item_name (dataset, mistake->item);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "item");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "class");
      json_builder_add_string_value (builder,
                                     ph_dataset_get_class_name (dataset, (guint)mistake->label));
      json_builder_set_member_name (builder, "answer");
      json_builder_add_string_value (builder,
                                     ph_dataset_get_class_name (dataset, (guint)mistake->answer));
      add_real (builder, "probability", mistake->probability);
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

/* A recipe must find its files from anywhere; what is no file is the name of something shipped. */
static char *
dup_path (const char *name)
{
  return g_file_test (name, G_FILE_TEST_EXISTS) ? g_canonicalize_filename (name, NULL)
                                                : g_strdup (name);
}

/* Network, images and settings: from the command line or from a recipe. */
static gboolean
read_arguments (PhCli *cli, char **network, char **images, GError **error)
{
  PhTrainSettings *settings = cli->settings;
  g_autofree char *text = NULL;
  guint n = g_strv_length (cli->positional);

  if (options.output == NULL)
    return usage (error, "say where the result goes with --output FOLDER");
  if (options.recipe == NULL)
    {
      if (n != 2)
        return usage (error, "name a network and a folder of images, or a --recipe FILE");
      *network = dup_path (cli->positional[0]);
      *images = dup_path (cli->positional[1]);
      return TRUE;
    }
  if (n != 0)
    return usage (error, "the recipe names network and images; name nothing besides");
  if (!g_file_get_contents (options.recipe, &text, NULL, error))
    return FALSE;
  ph_settings_clear (ph_train_settings, settings);
  if (ph_training_parse_recipe (text, network, images, settings, error))
    return TRUE;
  ph_settings_init (ph_train_settings, settings);
  g_prefix_error (error, "%s: ", options.recipe);
  return FALSE;
}

static gboolean
open_source (PhCli *cli, PhTrainingSource *source, char **description, GError **error)
{
  if (ph_architecture_is_name (source->network))
    {
      *description = ph_architecture_load (source->network, error);
      source->description = *description;
    }
  else
    source->model = ph_cli_open (cli, source->network, error);
  if (source->description == NULL && source->model == NULL)
    return FALSE;
  source->dataset = ph_dataset_open (source->images, cli->cancellable, error);
  return source->dataset != NULL;
}

static gboolean
train (PhCli *cli, PhTraining *training, PhDataset *dataset, GError **error)
{
  Watch data = { .cli = cli, .training = training };
  PhTrainWatch watch = { .step = on_step, .epoch = on_epoch, .data = &data };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (PhEvaluation) evaluation = NULL;
  g_autofree char *result = NULL;
  double seconds;
  guint n_items, n_validation;
  gsize n_trained, n_weights;

  if (!ph_training_run (training, options.output, &watch, &cli->monitor, cli->cancellable, error))
    return FALSE;
  seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  evaluation = ph_trainer_evaluate (ph_training_get_trainer (training), &cli->monitor,
                                    cli->cancellable, error);
  if (evaluation == NULL)
    return FALSE;
  if (cli->json)
    {
      print_result_json (dataset, training, evaluation, seconds);
      return TRUE;
    }
  ph_training_get_counts (training, &n_items, &n_validation, &n_trained, &n_weights);
  ph_cli_end_progress ();
  if (evaluation->n_classes == 0)
    result = g_strdup_printf ("%.2f dB on %u images", ph_psnr (evaluation->loss), evaluation->n);
  else
    {
      print_evaluation (dataset, evaluation);
      result =
          g_strdup_printf ("%.1f %% of %u images right", evaluation->accuracy * 100, evaluation->n);
    }
  g_print ("\n%s%cnetwork.onnx: %s; learned from %u; %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
           " weights trained; %.1f s%s\n",
           options.output, G_DIR_SEPARATOR, result, n_items, n_trained, n_weights, seconds,
           ph_monitor_should_stop (&cli->monitor) ? " (stopped; the same command goes on)" : "");
  return TRUE;
}

static gboolean
run_train (PhCli *cli, GError **error)
{
  g_autofree char *network = NULL, *images = NULL, *description = NULL;
  g_autoptr (PhTraining) training = NULL;
  PhTrainingSource source = { 0 };
  gboolean done = FALSE;

  if (!read_arguments (cli, &network, &images, error))
    return FALSE;
  source.network = network;
  source.images = images;
  if (open_source (cli, &source, &description, error))
    {
      training = ph_training_new (&source, cli->settings, error);
      done = training != NULL && train (cli, training, source.dataset, error);
    }
  g_clear_object (&source.model);
  g_clear_pointer (&source.dataset, ph_dataset_unref);
  return done;
}

static const char *const examples[] = {
  "A new head for a network, to tell the folders inside \"flowers\" apart",
  "phosphene-cli train mobilenet.onnx flowers -o flowers-head",
  "The later layers as well",
  "phosphene-cli train mobilenet.onnx flowers --mode fine-tune -o flowers-tuned",
  "From random weights, by a description that comes with the program",
  "phosphene-cli train small-resnet flowers --epochs 60 -o flowers-scratch",
  "And see how a unit and a class come into being",
  "phosphene-cli train small-resnet flowers --watch one/conv1:3 --watch class:rose -o flowers-seen",
  "An autoencoder, which needs no classes",
  "phosphene-cli train conv-autoencoder world:faces --bottleneck 64 -o faces",
  "One that takes noise away",
  "phosphene-cli train conv-autoencoder world:faces --corrupt gaussian -o denoiser",
  "The same again, bit for bit",
  "phosphene-cli train --recipe flowers-head/recipe.txt -o again",
  NULL,
};

const PhVerb ph_verb_train = {
  .name = "train",
  .arguments = "NET IMAGES -o FOLDER",
  .summary = "Let a network learn to tell your images apart",
  .description =
      "Trains a network on a folder with a folder of images for each class (or MNIST, CIFAR, a "
      "zip). With --mode head a new classifier learns over the frozen features of NET, which are "
      "computed once; with --mode fine-tune the layers after --frozen learn as well, after the "
      "head has learned alone; with --mode scratch everything learns from random weights. NET may "
      "also be the description of a network: inception, small-vgg, small-resnet, small-inception, "
      "small-mobilenet, or a text file like those. The descriptions linear-autoencoder, "
      "dense-autoencoder and conv-autoencoder learn to give back each picture through a bottleneck "
      "of --bottleneck numbers, its embedding, by the squared error and without classes; spoiled "
      "by --corrupt they learn to mend. Part of the images is kept for measuring "
      "(--validation). The folder gets network.onnx, with labels and preprocessing inside, and "
      "recipe.txt, from which the same training can be repeated. Ctrl-C keeps the best so far; "
      "interrupted, even killed, the same command goes on where it was, with the same result to "
      "the bit. With --json, lines: steps, then for each epoch {\"epoch_done\":…}, and the result.",
  .examples = examples,
  .options = entries,
  .table = ph_train_settings,
  .settings_size = sizeof (PhTrainSettings),
  .min_positional = 0,
  .max_positional = 2,
  .run = run_train,
};
