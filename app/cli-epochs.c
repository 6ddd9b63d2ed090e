#include "app/cli.h"

#include <math.h>

static struct
{
  char *unit, *output;
} options;

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "The unit to watch", "UNIT" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the film; .gif chooses that format", "FILE" },
  { NULL },
};

/* What is watched, and what is known of each network but its pictures. */
typedef struct
{
  GPtrArray *paths;         /* owned */
  PhTrainingRecord *record; /* (nullable) (owned): of the training they come from */
} Epochs;

static void
epochs_clear (Epochs *epochs)
{
  g_clear_pointer (&epochs->paths, g_ptr_array_unref);
  g_clear_pointer (&epochs->record, ph_training_record_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Epochs, epochs_clear)

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

/* A training with its epochs, or networks one after the other. */
static gboolean
find_networks (Epochs *epochs, char **names, GError **error)
{
  if (names[1] != NULL)
    {
      epochs->paths = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; names[i] != NULL; i++)
        g_ptr_array_add (epochs->paths, g_strdup (names[i]));
      return TRUE;
    }
  epochs->record = ph_training_record_load (names[0], error);
  if (epochs->record == NULL)
    {
      g_prefix_error (error, "%s holds no training; name one, or several networks: ", names[0]);
      return FALSE;
    }
  epochs->paths = ph_training_list_epochs (names[0]);
  if (epochs->paths->len > 0)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               "%s holds no networks of single epochs; train with “--keep-epochs yes”, or name "
               "several networks",
               names[0]);
  return FALSE;
}

/* Of the validation images after this epoch; NAN: not known, as before the first. */
static double
get_accuracy (const Epochs *epochs, guint i)
{
  guint64 epoch;
  g_autofree char *name = g_path_get_basename (epochs->paths->pdata[i]);

  if (epochs->record == NULL)
    return NAN;
  epoch = g_ascii_strtoull (name, NULL, 10);
  return epoch > 0 && epoch <= epochs->record->epochs->len
             ? g_array_index (epochs->record->epochs, PhEpoch, epoch - 1).validation_accuracy
             : NAN;
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
print_json (const Epochs *epochs, GPtrArray *pictures)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "unit");
  json_builder_add_string_value (builder, options.unit);
  json_builder_set_member_name (builder, "networks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < pictures->len; i++)
    {
      const PhEpochPicture *picture = pictures->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "network");
      json_builder_add_string_value (builder, epochs->paths->pdata[i]);
      add_number (builder, "accuracy", get_accuracy (epochs, i));
      add_number (builder, "unit-weights", picture->unit_change);
      add_number (builder, "layer-weights", picture->layer_change);
      add_number (builder, "value", picture->value);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static void
print_cell (double value, const char *format)
{
  char text[32];

  g_print (" %9s", isnan (value) ? "–" : g_ascii_formatd (text, sizeof text, format, value));
}

static void
print_table (const Epochs *epochs, GPtrArray *pictures)
{
  g_print ("%-24s %9s %9s %9s %9s\n", "network", "accuracy", "unit", "layer", "value");
  for (guint i = 0; i < pictures->len; i++)
    {
      const PhEpochPicture *picture = pictures->pdata[i];
      g_autofree char *name = g_path_get_basename (epochs->paths->pdata[i]);

      g_print ("%-24s", name);
      print_cell (get_accuracy (epochs, i), "%.3f");
      print_cell (picture->unit_change, "%.4f");
      print_cell (picture->layer_change, "%.4f");
      print_cell (picture->value, "%.4g");
      g_print ("\n");
    }
  g_print ("%s: %u pictures of %s; unit, layer: |w − w0| / |w0| of their weights\n", options.output,
           pictures->len, options.unit);
}

static gboolean
run_epochs (PhCli *cli, GError **error)
{
  g_auto (Epochs) epochs = { NULL };
  g_autoptr (GPtrArray) pictures = NULL;
  g_autoptr (GPtrArray) frames = NULL;

  if (options.unit == NULL || options.output == NULL)
    return usage (error,
                  "say what to watch with --unit and where the film goes with --output FILE");
  if (g_str_has_suffix (options.output, ".gif"))
    cli->film.format = PH_FILM_GIF;
  if (!find_networks (&epochs, cli->positional, error) || !ph_save_check (options.output, error))
    return FALSE;
  pictures = ph_epoch_film_make (epochs.paths, options.unit, cli->settings, &cli->monitor,
                                 cli->cancellable, error);
  if (pictures == NULL)
    return FALSE;
  if (pictures->len == 0)
    return usage (error, "stopped before the first picture");
  frames = ph_epoch_film_get_frames (pictures);
  if (!ph_film_save (options.output, frames, &cli->film, NULL, error))
    return FALSE;
  ph_cli_end_progress ();
  if (cli->json)
    print_json (&epochs, pictures);
  else
    print_table (&epochs, pictures);
  return TRUE;
}

static const char *const examples[] = {
  "Train, keep the network of each epoch, and film a unit",
  "phosphene-cli train mobilenet.onnx flowers --mode fine-tune --keep-epochs yes -o tuned && "
  "phosphene-cli epochs tuned --unit class:rose --rate 2 -o rose.gif",
  "Snapshots of a training elsewhere, side by side on paper",
  "phosphene-cli epochs start.onnx epoch10.onnx epoch20.onnx -u layer3:7 --format strip -o "
  "strip.png",
  NULL,
};

const PhVerb ph_verb_epochs = {
  .name = "epochs",
  .arguments = "TRAINING | NET NET… --unit UNIT -o FILE",
  .summary = "Film how a unit changes while a network learns",
  .description =
      "Draws the same unit, from the same noise and by the same settings, in the network of each "
      "epoch of a training that kept them (train --keep-epochs yes), or in several files of one "
      "network, and tells how far the weights of the unit and its layer have gone from the first "
      "of them. Written as a PNG that moves, as GIF, or as a strip of pictures. Ctrl-C keeps the "
      "pictures so far.",
  .examples = examples,
  .options = entries,
  .table = ph_ascent_settings,
  .settings_size = sizeof (PhAscentSettings),
  .film = TRUE,
  .min_positional = 1,
  .max_positional = 10000,
  .run = run_epochs,
};
