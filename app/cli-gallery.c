#include "app/cli.h"

static struct
{
  char *layers, *output;
  gboolean all;
  int size;
} options = { .size = 128 };

static const GOptionEntry entries[] = {
  { "layers", 'l', 0, G_OPTION_ARG_STRING, &options.layers,
    "Which layers, with commas between; \"classes\" means the classes", "A,B" },
  { "all", 0, 0, G_OPTION_ARG_NONE, &options.all, "Every layer that can be shown, and the classes",
    NULL },
  { "size", 0, 0, G_OPTION_ARG_INT, &options.size,
    "Side of the pictures in pixels (128); instead of --width and --height", "PIXELS" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "The gallery's folder: a new or empty one, or a gallery of this network to go on with",
    "FOLDER" },
  { NULL },
};

static gboolean
usage (GError **error, const char *message)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, message);
  return FALSE;
}

static gboolean
check_options (PhCli *cli, GError **error)
{
  PhAscentSettings *settings = cli->settings;
  g_autofree char *size = g_strdup_printf ("%d", options.size);

  if (options.output == NULL)
    return usage (error, "say where the gallery goes with --output FOLDER");
  if ((options.layers != NULL) == options.all)
    return usage (error, "say which layers with --layers A,B, or take --all of them");
  return ph_setting_set (ph_settings_find (ph_ascent_settings, "width"), settings, size, error) &&
         ph_setting_set (ph_settings_find (ph_ascent_settings, "height"), settings, size, error);
}

static void
print_result (PhCli *cli, PhGallery *gallery, guint n_made, double seconds)
{
  g_autofree char *page = g_build_filename (options.output, "index.html", NULL);
  g_autoptr (JsonBuilder) builder = NULL;

  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%s: %u units, %u pictures made in %.1f s%s\n", page,
               ph_gallery_get_n_units (gallery), n_made, seconds,
               ph_monitor_should_stop (&cli->monitor) ? " (stopped; the same command goes on)"
                                                      : "");
      return;
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "page");
  json_builder_add_string_value (builder, page);
  json_builder_set_member_name (builder, "units");
  json_builder_add_int_value (builder, ph_gallery_get_n_units (gallery));
  json_builder_set_member_name (builder, "made");
  json_builder_add_int_value (builder, n_made);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

/* How many pictures all ranks made; in rank 0. */
static guint
sum_over_ranks (PhRanks *ranks, guint n_made)
{
  g_autoptr (GBytes) mine = g_bytes_new (&n_made, sizeof n_made);
  g_autoptr (GPtrArray) all = ph_ranks_gather (ranks, mine);
  guint sum = 0;

  for (guint i = 0; all != NULL && i < all->len; i++)
    sum += *(const guint *)g_bytes_get_data (all->pdata[i], NULL);
  return sum;
}

/* Rank 0 first claims the folder, then all draw their shares, then rank 0 writes the pages. */
static gboolean
make (PhCli *cli, PhRanks *ranks, PhModel *model, GError **error)
{
  g_auto (GStrv) layers = options.layers != NULL ? g_strsplit (options.layers, ",", -1) : NULL;
  g_autoptr (PhGallery) gallery = NULL;
  gint64 start = g_get_monotonic_time ();
  guint n_made = 0;
  gboolean good = model != NULL;

  for (guint turn = 0; turn < 2; turn++)
    {
      if (good && (ph_ranks_get_rank (ranks) == 0) == (turn == 0))
        gallery = ph_gallery_new (model, (const char *const *)layers, cli->settings, options.output,
                                  error);
      good = good && (turn == 0 || gallery != NULL) &&
             (turn == 1 || ph_ranks_get_rank (ranks) != 0 || gallery != NULL);
      if (!ph_ranks_agree (ranks, good))
        return FALSE;
    }
  good = ph_gallery_draw (gallery, ph_ranks_get_rank (ranks), ph_ranks_get_size (ranks), &n_made,
                          &cli->monitor, cli->cancellable, error);
  if (!ph_ranks_agree (ranks, good))
    return FALSE;
  n_made = sum_over_ranks (ranks, n_made);
  if (ph_ranks_get_rank (ranks) != 0)
    return TRUE;
  if (!ph_gallery_write (gallery, cli->cancellable, error))
    return FALSE;
  print_result (cli, gallery, n_made, (g_get_monotonic_time () - start) * 1e-6);
  return TRUE;
}

static gboolean
run_gallery (PhCli *cli, GError **error)
{
  g_autoptr (PhRanks) ranks = NULL;
  g_autoptr (PhModel) model = NULL;

  if (!check_options (cli, error))
    return FALSE;
  ranks = ph_ranks_new (error);
  if (ranks == NULL)
    return FALSE;
  if (cli->threads == 0)
    ph_parallel_set_threads (ph_ranks_get_threads (ranks, g_get_num_processors ()));
  model = ph_cli_open (cli, cli->positional[0], error);
  return make (cli, ranks, model, error);
}

static const char *const examples[] = {
  "All channels of two layers",
  "phosphene-cli gallery squeezenet.onnx --layers fire2/concat,fire3/concat -o gallery",
  "The whole network; after an interruption, the same command goes on",
  "phosphene-cli gallery textbook --all --steps 128 -o gallery",
  "Shared by four processes",
  "mpirun -n 4 phosphene-cli gallery squeezenet.onnx --all -o gallery",
  NULL,
};

const PhVerb ph_verb_gallery = {
  .name = "gallery",
  .arguments = "NET --layers A,B -o FOLDER",
  .summary = "Draw all units of layers, with pages to browse them",
  .description =
      "Draws a picture of every channel and writes a folder to look at in a web browser: "
      "index.html with a search field, a page for each unit, a contact sheet for each "
      "layer. It needs no network access and can be copied anywhere. Pictures that are "
      "there already, made by the same recipe, are kept. Ctrl-C stops and writes the "
      "pages for what is there.",
  .examples = examples,
  .options = entries,
  .table = ph_ascent_settings,
  .settings_size = sizeof (PhAscentSettings),
  .min_positional = 1,
  .max_positional = 1,
  .run = run_gallery,
};
