#include "app/cli.h"

#include <string.h>

static struct
{
  char *layer, *output;
  int size;
} options = { .size = 32 };

static const GOptionEntry entries[] = {
  { "layer", 'l', 0, G_OPTION_ARG_STRING, &options.layer,
    "The layer whose output is the embedding, averaged over all positions (the bottleneck of an "
    "autoencoder, what a classifier looks at)",
    "LAYER" },
  { "size", 0, 0, G_OPTION_ARG_INT, &options.size,
    "With pixels instead of a network: side of the pictures (32)", "PIXELS" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the vectors, a row for each image; the list goes beside it as .csv",
    "FILE.npy" },
  { NULL },
};

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

/* A cell of a table: names of files may hold anything. */
static void
append_cell (GString *table, const char *text)
{
  if (strpbrk (text, ",\"\r\n") == NULL)
    {
      g_string_append (table, text);
      return;
    }
  g_string_append_c (table, '"');
  for (; *text != '\0'; text++)
    g_string_append (table, *text == '"' ? "\"\"" : (char[]){ *text, '\0' });
  g_string_append_c (table, '"');
}

static PhEncoder *
open_encoder (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;

  if (g_str_equal (cli->positional[0], "pixels"))
    return ph_encoder_new_pixels ((guint)options.size, (guint)options.size);
  model = ph_cli_open (cli, cli->positional[0], error);
  return model != NULL ? ph_encoder_new (model, options.layer, error) : NULL;
}

/* What belongs to each row: its image, its class, and of a drawn one everything known about it. */
static gboolean
save_list (PhDataset *dataset, const char *path, GError **error)
{
  g_autoptr (GString) table = g_string_new ("image,class");
  guint64 seed;
  const PhWorld *world = ph_world_of_dataset (dataset, &seed);
  guint n_attributes = world != NULL ? ph_world_get_n_attributes (world) : 0;

  for (guint k = 0; k < n_attributes; k++)
    g_string_append_printf (table, ",%s", world->attributes[k].name);
  for (guint i = 0; i < ph_dataset_get_n_items (dataset); i++)
    {
      g_autofree char *name = ph_dataset_dup_item_name (dataset, i);
      int label = ph_dataset_get_label (dataset, i);
      double attributes[PH_WORLD_MAX_ATTRIBUTES];

      g_string_append_c (table, '\n');
      append_cell (table, name);
      g_string_append_c (table, ',');
      append_cell (table, label >= 0 ? ph_dataset_get_class_name (dataset, (guint)label) : "");
      if (n_attributes > 0 && !ph_world_get_attributes (world, seed, i, attributes, error))
        return FALSE;
      for (guint k = 0; k < n_attributes; k++)
        {
          char number[G_ASCII_DTOSTR_BUF_SIZE];

          g_string_append_printf (table, ",%s",
                                  g_ascii_formatd (number, sizeof number, "%.4f", attributes[k]));
        }
    }
  g_string_append_c (table, '\n');
  return ph_save_bytes (path, table->str, table->len, error);
}

static void
print_result (PhCli *cli, const PhEncoder *encoder, const PhTensor *vectors, guint n_failed,
              double seconds)
{
  g_autoptr (JsonBuilder) builder = NULL;

  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%s: %" G_GINT64_FORMAT " vectors of %" G_GINT64_FORMAT " numbers (%s), %.1f s\n",
               options.output, vectors->shape.dim[0], vectors->shape.dim[1],
               ph_encoder_get_name (encoder), seconds);
      if (n_failed > 0)
        g_print ("%u images cannot be read; their vectors are not-a-number\n", n_failed);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, options.output);
  json_builder_set_member_name (builder, "images");
  json_builder_add_int_value (builder, vectors->shape.dim[0]);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, vectors->shape.dim[1]);
  json_builder_set_member_name (builder, "unreadable");
  json_builder_add_int_value (builder, n_failed);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
run_embed (PhCli *cli, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (PhEncoder) encoder = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (PhTensor) vectors = NULL;
  g_autofree char *list = NULL;
  guint n_failed;

  if (options.output == NULL || !g_str_has_suffix (options.output, ".npy"))
    return usage (error, "say where the vectors go with --output FILE.npy");
  if (options.size < 1 || options.size > 1024)
    return usage (error, "--size takes 1 to 1024 pixels");
  encoder = open_encoder (cli, error);
  dataset = encoder != NULL ? ph_dataset_open (cli->positional[1], cli->cancellable, error) : NULL;
  if (dataset == NULL)
    return FALSE;
  vectors =
      ph_encoder_dataset_kept (encoder, dataset, &n_failed, &cli->monitor, cli->cancellable, error);
  list = g_strdup (options.output);
  memcpy (list + strlen (list) - 4, ".csv", 4);
  if (vectors == NULL || !ph_npy_save (vectors, options.output, error) ||
      !save_list (dataset, list, error))
    return FALSE;
  print_result (cli, encoder, vectors, n_failed,
                (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  return TRUE;
}

static const char *const examples[] = {
  "The features of a classifier",
  "phosphene-cli embed mobilenet.onnx photographs -o photographs.npy",
  "The bottleneck of an autoencoder, with all that is known of drawn faces beside it",
  "phosphene-cli embed faces/network.onnx \"world:faces, images 1000\" -o faces.npy",
  "To compare with: the pixels themselves",
  "phosphene-cli embed pixels photographs --size 32 -o pixels.npy",
  NULL,
};

const PhVerb ph_verb_embed = {
  .name = "embed",
  .arguments = "NET|pixels IMAGES -o FILE.npy",
  .summary = "Turn images into vectors",
  .description =
      "Writes a vector for each image, so that images that are alike lie near one another: the "
      "bottleneck of an autoencoder, the features that a classifier looks at, or any layer, "
      "averaged over its positions. The file is a NumPy array with a row for each image; beside "
      "it, as .csv, stands which image and which class belongs to each row. The vector of an image "
      "that cannot be read is not-a-number.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_embed,
};
