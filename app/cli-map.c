#include "app/cli.h"

#include <math.h>
#include <string.h>

static struct
{
  char *layer, *output, *picture;
  int size, cell;
} options = { .size = 32, .cell = 24 };

static const GOptionEntry entries[] = {
  { "layer", 'l', 0, G_OPTION_ARG_STRING, &options.layer,
    "The layer whose output is the embedding (as embed chooses it)", "LAYER" },
  { "size", 0, 0, G_OPTION_ARG_INT, &options.size,
    "With pixels instead of a network: side of the pictures (32)", "PIXELS" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write the places: a row of two numbers for each image", "FILE.npy" },
  { "picture", 'p', 0, G_OPTION_ARG_FILENAME, &options.picture,
    "Draw the map: each image where it belongs", "FILE.png" },
  { "cell", 0, 0, G_OPTION_ARG_INT, &options.cell, "Side of an image on that picture (24)",
    "PIXELS" },
  { NULL },
};

#define SIDE 1600    /* of the picture */
#define CHECKED 1000 /* points whose neighbours are compared */
#define NEIGHBOURS 12

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

/* Vectors from a file, or of images by a network. */
static PhTensor *
load_vectors (PhCli *cli, PhDataset **dataset, GError **error)
{
  const char *name = cli->positional[0];
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhEncoder) encoder = NULL;

  if (cli->positional[1] != NULL)
    {
      *dataset = ph_dataset_open (cli->positional[1], cli->cancellable, error);
      if (*dataset == NULL)
        return NULL;
    }
  if (g_str_has_suffix (name, ".npy"))
    {
      PhTensor *vectors = ph_npy_load (name, error);

      if (vectors == NULL ||
          (ph_type_is_real (vectors->type) && vectors->shape.rank == 2 &&
           (*dataset == NULL || vectors->shape.dim[0] == ph_dataset_get_n_items (*dataset))))
        return vectors;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "%s: a row of real numbers for each image is wanted", name);
      ph_tensor_unref (vectors);
      return NULL;
    }
  if (*dataset == NULL)
    {
      usage (error, "name a network and images, or a .npy file with vectors");
      return NULL;
    }
  if (g_str_equal (name, "pixels"))
    encoder = ph_encoder_new_pixels ((guint)options.size, (guint)options.size);
  else
    {
      model = ph_cli_open (cli, name, error);
      encoder = model != NULL ? ph_encoder_new (model, options.layer, error) : NULL;
    }
  return encoder != NULL ? ph_encoder_dataset (encoder, *dataset, NULL, 0, NULL, &cli->monitor,
                                               cli->cancellable, error)
                         : NULL;
}

/* Puts a small picture onto the large one; the last one lies on top. */
static void
put (PhImage *map, const PhImage *image, guint top, guint left)
{
  const gsize plane = (gsize)image->height * image->width;

  for (guint c = 0; c < 3; c++)
    for (guint y = 0; y < image->height; y++)
      memcpy (map->data + ((gsize)c * map->height + top + y) * map->width + left,
              image->data + (image->channels >= 3 ? c * plane : 0) + (gsize)y * image->width,
              image->width * sizeof (float));
}

static gboolean
draw (PhCli *cli, PhDataset *dataset, const float *y, guint n, GError **error)
{
  const guint cell = (guint)options.cell;
  g_autoptr (PhImage) map = ph_image_new (3, SIDE, SIDE, error);
  double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };

  for (guint i = 0; i < 2 * n; i++)
    if (!isnan (y[i]))
      {
        low[i % 2] = MIN (low[i % 2], (double)y[i]);
        high[i % 2] = MAX (high[i % 2], (double)y[i]);
      }
  for (gsize i = 0; map != NULL && i < ph_image_n_values (map); i++)
    map->data[i] = 1;
  for (guint i = 0; map != NULL && i < n; i++)
    {
      g_autoptr (PhImage) image =
          !isnan (y[2 * i]) ? ph_dataset_load (dataset, i, cell, NULL) : NULL;
      g_autoptr (PhImage) small = image != NULL ? ph_image_fit (image, cell, cell, 1, NULL) : NULL;
      double across = (y[2 * i] - low[0]) / MAX (high[0] - low[0], 1e-9);
      double down = (high[1] - y[2 * i + 1]) / MAX (high[1] - low[1], 1e-9);

      if (g_cancellable_set_error_if_cancelled (cli->cancellable, error))
        return FALSE;
      if (small != NULL)
        put (map, small, (guint)(down * (SIDE - cell)), (guint)(across * (SIDE - cell)));
      ph_monitor_progress (&cli->monitor, (i + 1.0) / n, "drawing");
    }
  return map != NULL && ph_png_save_image (options.picture, map, NULL, error);
}

static void
print_result (PhCli *cli, const PhTensor *vectors, double trust, guint k, double seconds)
{
  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%" G_GINT64_FORMAT " vectors of %" G_GINT64_FORMAT
               " numbers: trustworthiness %.3f (of %u neighbours), %.1f s\n",
               vectors->shape.dim[0], vectors->shape.dim[1], trust, k, seconds);
      return;
    }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "vectors");
  json_builder_add_int_value (builder, vectors->shape.dim[0]);
  json_builder_set_member_name (builder, "trustworthiness");
  json_builder_add_double_value (builder, trust);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
make_map (PhCli *cli, PhDataset *dataset, const PhTensor *vectors, GError **error)
{
  const guint n = (guint)vectors->shape.dim[0];
  const gsize size = (gsize)vectors->shape.dim[1];
  gint64 start = g_get_monotonic_time ();
  PhShape shape = PH_SHAPE (n, 2);
  g_autoptr (PhTensor) map = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);
  double seconds, trust;
  guint k, n_there = 0;

  if (map == NULL || !ph_projection_run (vectors->f, n, size, cli->settings, map->f, NULL, NULL,
                                         &cli->monitor, cli->cancellable, error))
    return FALSE;
  seconds = (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  for (guint i = 0; i < n; i++)
    n_there += !isnan (map->f[2 * i]);
  k = MIN (NEIGHBOURS, (n_there - 1) / 2);
  trust = ph_trustworthiness (vectors->f, n, size, map->f, k, CHECKED);
  if (options.output != NULL && !ph_npy_save (map, options.output, error))
    return FALSE;
  if (options.picture != NULL && !draw (cli, dataset, map->f, n, error))
    return FALSE;
  print_result (cli, vectors, trust, k, seconds);
  return TRUE;
}

static gboolean
run_map (PhCli *cli, GError **error)
{
  g_autoptr (PhTensor) vectors = NULL;
  PhDataset *dataset = NULL;
  gboolean done = FALSE;

  if (options.output == NULL && options.picture == NULL)
    return usage (error, "say where the map goes with --output FILE.npy or --picture FILE.png");
  if (options.size < 1 || options.size > 1024 || options.cell < 4 || options.cell > 400)
    return usage (error, "--size takes 1 to 1024 pixels, --cell 4 to 400");
  if (options.picture != NULL && cli->positional[1] == NULL)
    return usage (error, "--picture needs the images; name them after the vectors");
  vectors = load_vectors (cli, &dataset, error);
  if (vectors != NULL)
    done = make_map (cli, dataset, vectors, error);
  g_clear_pointer (&dataset, ph_dataset_unref);
  return done;
}

static const char *const examples[] = {
  "A map of photographs by what a network thinks of them",
  "phosphene-cli map mobilenet.onnx photographs --picture map.png",
  "Of vectors that were computed before, by t-SNE",
  "phosphene-cli map faces.npy --method tsne --perplexity 40 -o places.npy",
  NULL,
};

const PhVerb ph_verb_map = {
  .name = "map",
  .arguments = "NET|pixels|FILE.npy [IMAGES] -o FILE.npy",
  .summary = "Lay images out in two dimensions, like by like",
  .description =
      "Makes a map of embeddings on which neighbours stay neighbours, by principal components, "
      "t-SNE or UMAP, and tells how trustworthy it is: which share of the neighbours on the map "
      "are neighbours in truth, by rank (Venna, Kaski 2001), on up to 1000 points.",
  .examples = examples,
  .options = entries,
  .table = ph_projection_settings,
  .settings_size = sizeof (PhProjectionSettings),
  .min_positional = 1,
  .max_positional = 2,
  .run = run_map,
};
