#include "app/cli.h"

static struct
{
  char *layers, *position;
} options;

static const GOptionEntry entries[] = {
  { "layers", 'l', 0, G_OPTION_ARG_STRING, &options.layers,
    "Which layers, with commas between; \"classes\" means the classes (all that say something of "
    "their own)",
    "A,B" },
  { "position", 'p', 0, G_OPTION_ARG_STRING, &options.position,
    "Watch the neurons at this position of each map instead of whole channels", "ROW,COLUMN" },
  { NULL },
};

static GPtrArray *
gather (GBytes *bytes, gpointer data)
{
  return ph_ranks_gather (data, bytes);
}

static GBytes *
broadcast (GBytes *bytes, gpointer data)
{
  return ph_ranks_broadcast (data, bytes);
}

static gboolean
agree (gboolean good, gpointer data)
{
  return ph_ranks_agree (data, good);
}

static gboolean
parse_position (const char *text, guint position[2], GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", 2);
  guint64 number = 0;

  for (guint i = 0; i < 2; i++)
    {
      if (g_strv_length (parts) != 2 ||
          !g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXINT32, &number, NULL))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "--position: expected ROW,COLUMN, got “%s”", text);
          return FALSE;
        }
      position[i] = (guint)number;
    }
  return TRUE;
}

static void
print_failures (const PhScanResult *result)
{
  g_autoptr (PhStore) store = ph_store_open (result->path, FALSE, NULL);
  g_autoptr (GPtrArray) failures = store != NULL ? ph_store_list_failures (store, 20, NULL) : NULL;

  for (guint i = 0; failures != NULL && i < failures->len; i++)
    g_printerr ("%s\n", (const char *)failures->pdata[i]);
  if (result->n_failed > 20)
    g_printerr ("… and %u more\n", result->n_failed - 20);
}

static void
print_result (PhCli *cli, const PhScanResult *result)
{
  g_autoptr (JsonBuilder) builder = NULL;
  double rate = result->n_scanned / MAX (result->seconds, 1e-3);

  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_autofree char *shown = g_filename_display_name (result->path);

      if (result->anew)
        g_print ("Images had changed or gone since the last time, so everything was scanned "
                 "anew\n");
      g_print ("%u of %u images, %u units; %u scanned now in %.1f s, %.0f images a second%s\n%s\n",
               result->n_done, result->n_images, result->n_units, result->n_scanned,
               result->seconds, rate,
               result->n_done < result->n_images ? " (stopped; the same command goes on)" : "",
               shown);
      if (result->n_failed > 0)
        g_printerr ("%u images could not be read:\n", result->n_failed);
      print_failures (result);
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "store");
  json_builder_add_string_value (builder, result->path);
  json_builder_set_member_name (builder, "units");
  json_builder_add_int_value (builder, result->n_units);
  json_builder_set_member_name (builder, "images");
  json_builder_add_int_value (builder, result->n_images);
  json_builder_set_member_name (builder, "done");
  json_builder_add_int_value (builder, result->n_done);
  json_builder_set_member_name (builder, "failed");
  json_builder_add_int_value (builder, result->n_failed);
  json_builder_set_member_name (builder, "scanned");
  json_builder_add_int_value (builder, result->n_scanned);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, result->seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
scan (PhCli *cli, PhRanks *ranks, GError **error)
{
  PhPeers peers = {
    ph_ranks_get_rank (ranks), ph_ranks_get_size (ranks), gather, broadcast, agree, ranks
  };
  g_auto (GStrv) layers = options.layers != NULL ? g_strsplit (options.layers, ",", -1) : NULL;
  g_autoptr (PhModel) model = ph_cli_open (cli, cli->positional[0], error);
  g_autoptr (PhDataset) dataset =
      model != NULL ? ph_dataset_open (cli->positional[1], cli->cancellable, error) : NULL;
  guint position[2] = { 0 };
  PhScanResult result;
  gboolean good = dataset != NULL &&
                  (options.position == NULL || parse_position (options.position, position, error));

  if (!ph_ranks_agree (ranks, good) ||
      !ph_scan_run (model, dataset, (const char *const *)layers, options.position != NULL,
                    position[0], position[1], peers.size > 1 ? &peers : NULL, &result,
                    &cli->monitor, cli->cancellable, error))
    return FALSE;
  if (peers.rank == 0)
    print_result (cli, &result);
  g_free (result.path);
  return TRUE;
}

static gboolean
run_scan (PhCli *cli, GError **error)
{
  g_autoptr (PhRanks) ranks = ph_ranks_new (error);

  if (ranks == NULL)
    return FALSE;
  if (cli->threads == 0)
    ph_parallel_set_threads (ph_ranks_get_threads (ranks, g_get_num_processors ()));
  return scan (cli, ranks, error);
}

static const char *const examples[] = {
  "Every unit of a network on a folder of photographs; after an interruption the same command goes "
  "on",
  "phosphene-cli scan squeezenet.onnx photographs",
  "Two layers and the classes",
  "phosphene-cli scan squeezenet.onnx photographs --layers fire6/concat,fire9/concat,classes",
  "Shared by four processes",
  "mpirun -n 4 phosphene-cli scan squeezenet.onnx photographs",
  NULL,
};

const PhVerb ph_verb_scan = {
  .name = "scan",
  .arguments = "NET IMAGES",
  .summary = "Find the images that excite each unit most",
  .description =
      "Shows every image to the network once and keeps, for every unit, the 32 images that excite "
      "it most and the 8 that do so least, with their values and places, an even sample, a "
      "histogram, mean and spread, the share of zeros and the mean for each class. IMAGES is a "
      "folder (a class for each folder inside it), an IDX or CIFAR file, or an archive of one. "
      "What "
      "is found is kept in the user's cache and written every few seconds: stopped or killed, the "
      "same command goes on where it was; images that are new are scanned alone. “phosphene-cli "
      "examples” and the window show what was found.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_scan,
};
