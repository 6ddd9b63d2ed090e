#include "app/cli.h"

#include <string.h>

static struct
{
  char *output, *data, *path, *layer;
  int steps;
} options = { .steps = 9 };

static const GOptionEntry entries[] = {
  { "steps", 'n', 0, G_OPTION_ARG_INT, &options.steps,
    "Pictures from one image to the other, both included (9)", "N" },
  { "path", 0, 0, G_OPTION_ARG_STRING, &options.path,
    "How the embedding gets there: linear or spherical (linear)", "KIND" },
  { "data", 0, 0, G_OPTION_ARG_STRING, &options.data,
    "Take the images from this set, by number or name; a network that draws no pictures shows the "
    "nearest of its images instead",
    "IMAGES" },
  { "layer", 'l', 0, G_OPTION_ARG_STRING, &options.layer,
    "The layer that is the embedding, for a network that draws no pictures", "LAYER" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write: .gif or a .png that moves, with --format strip all pictures side by side",
    "FILE" },
  { NULL },
};

/* Two or four images, what the network makes of them, and what is on the way between. */
typedef struct
{
  PhPathKind kind;
  guint n_corners;
  gsize size;

  /* owned */
  PhImage *corners[4];
  float *codes[4];
  float *points;   /* (rows, columns, size) */
  PhWalk pictures; /* a picture for each of them */
} Walk;

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

static gboolean
check_options (PhCli *cli, Walk *walk, GError **error)
{
  walk->n_corners = g_strv_length (cli->positional) - 1;
  if (options.output == NULL)
    return usage (error, "say where it goes with --output FILE");
  if (walk->n_corners == 3)
    return usage (error, "name two images, or four for the corners of a grid");
  if (options.steps < 2 || options.steps > 1000)
    return usage (error, "--steps takes 2 to 1000");
  walk->pictures.rows = walk->n_corners == 4 ? (guint)options.steps : 1;
  walk->pictures.columns = (guint)options.steps;
  if (walk->n_corners == 4)
    cli->film.format = PH_FILM_STRIP; /* a grid is to be seen at once */
  else if (g_str_has_suffix (options.output, ".gif"))
    cli->film.format = PH_FILM_GIF;
  for (int i = 0; ph_path_names[i] != NULL; i++)
    if (options.path == NULL || g_str_equal (options.path, ph_path_names[i]))
      {
        walk->kind = (PhPathKind)i;
        return TRUE;
      }
  return usage (error, "--path takes linear or spherical");
}

static gboolean
encode_corners (PhCli *cli, Walk *walk, PhEncoder *encoder, PhDataset *dataset, GError **error)
{
  walk->size = ph_encoder_get_size (encoder);
  for (guint i = 0; i < walk->n_corners; i++)
    {
      g_autoptr (PhImage) image = ph_cli_load_picture (cli->positional[1 + i], dataset, error);

      walk->corners[i] = image != NULL ? ph_encoder_fit (encoder, image, error) : NULL;
      walk->codes[i] = g_new (float, walk->size);
      if (walk->corners[i] == NULL ||
          !ph_encoder_image (encoder, walk->corners[i], walk->codes[i], cli->cancellable, error))
        return FALSE;
    }
  return TRUE;
}

/* The embeddings on the way; a grid has the four in its corners. */
static void
set_points (Walk *walk)
{
  const float *corners[4] = { walk->codes[0], walk->codes[1],
                              walk->n_corners == 4 ? walk->codes[2] : walk->codes[0],
                              walk->n_corners == 4 ? walk->codes[3] : walk->codes[1] };

  walk->points = g_new (float, walk->pictures.rows * walk->pictures.columns * walk->size);
  ph_path_grid (walk->kind, walk->size, corners, walk->pictures.rows, walk->pictures.columns,
                walk->points);
}

/* The same way through the pixels. */
static gboolean
fade (Walk *walk, GError **error)
{
  return ph_walk_fade (&walk->pictures, (const PhImage *const *)walk->corners, error);
}

/* The images of @dataset that lie nearest to the points. */
static gboolean
find_nearest (PhCli *cli, Walk *walk, PhEncoder *encoder, PhDataset *dataset, GError **error)
{
  const PhVectors points = { walk->points, walk->pictures.rows * walk->pictures.columns,
                             walk->size };
  g_autoptr (PhTensor) vectors =
      ph_encoder_dataset_kept (encoder, dataset, NULL, &cli->monitor, cli->cancellable, error);
  g_autofree guint *items = g_new (guint, ph_dataset_get_n_items (dataset));
  g_autoptr (PhNeighbours) nearest = NULL;
  PhVectors kept;

  if (vectors == NULL)
    return FALSE;
  kept = (PhVectors){ vectors->f, ph_vectors_keep_numbers (vectors, items), walk->size };
  nearest = ph_neighbours_find (&kept, &points, PH_METRIC_EUCLIDEAN, 1, &cli->monitor,
                                cli->cancellable, error);
  walk->pictures.drawn = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_image_free);
  for (guint i = 0; nearest != NULL && i < nearest->n; i++)
    {
      g_autoptr (PhImage) image = ph_dataset_load (dataset, items[nearest->indices[i]], 0, error);
      PhImage *fitted = image != NULL ? ph_encoder_fit (encoder, image, error) : NULL;

      if (fitted == NULL)
        return FALSE;
      g_ptr_array_add (walk->pictures.drawn, fitted);
    }
  return nearest != NULL;
}

static gboolean
draw_points (PhCli *cli, Walk *walk, PhModel *model, PhEncoder *encoder, PhDataset *dataset,
             GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (PhDecoder) decoder = options.layer == NULL ? ph_decoder_new (model, &failure) : NULL;

  if (decoder == NULL && dataset != NULL)
    return find_nearest (cli, walk, encoder, dataset, error);
  if (decoder == NULL)
    {
      if (failure != NULL)
        g_propagate_prefixed_error (error, g_steal_pointer (&failure),
                                    "Nothing can be drawn between the images (name a set of images "
                                    "with --data to see the nearest of them): ");
      else
        usage (error, "--layer needs --data: the nearest images of a set are shown");
      return FALSE;
    }
  walk->pictures.drawn = ph_decoder_run (decoder, walk->pictures.rows * walk->pictures.columns,
                                         walk->points, cli->cancellable, error);
  return walk->pictures.drawn != NULL;
}

/* @frames: (out): of a film */
static gboolean
save (PhCli *cli, const Walk *walk, GPtrArray **frames, GError **error)
{
  if (cli->film.format == PH_FILM_STRIP)
    return ph_walk_save (&walk->pictures, &cli->film, options.output, error);
  *frames = ph_walk_make_frames (&walk->pictures, error);
  return *frames != NULL && ph_film_save (options.output, *frames, &cli->film, NULL, error);
}

static void
walk_clear (Walk *walk)
{
  for (guint i = 0; i < 4; i++)
    {
      g_clear_pointer (&walk->corners[i], ph_image_free);
      g_free (walk->codes[i]);
    }
  g_free (walk->points);
  ph_walk_clear (&walk->pictures);
}

static gboolean
run_interpolate (PhCli *cli, GError **error)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GPtrArray) frames = NULL;
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhEncoder) encoder = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  Walk walk = { 0 };
  gboolean done;

  if (!check_options (cli, &walk, error))
    return FALSE;
  model = ph_cli_open (cli, cli->positional[0], error);
  encoder = model != NULL ? ph_encoder_new (model, options.layer, error) : NULL;
  if (encoder != NULL && options.data != NULL)
    dataset = ph_dataset_open (options.data, cli->cancellable, error);
  if (encoder == NULL || (options.data != NULL && dataset == NULL))
    return FALSE;
  done = encode_corners (cli, &walk, encoder, dataset, error);
  if (done)
    set_points (&walk);
  done = done && fade (&walk, error) && draw_points (cli, &walk, model, encoder, dataset, error) &&
         save (cli, &walk, &frames, error);
  walk_clear (&walk);
  if (!done)
    return FALSE;
  if (frames != NULL)
    return ph_cli_print_film (cli, options.output, frames,
                              (double)(g_get_monotonic_time () - start) / G_USEC_PER_SEC);
  ph_cli_end_progress ();
  if (!cli->json)
    g_print ("%s: %u pictures on the way, the network's and the pixels'\n", options.output,
             walk.pictures.rows * walk.pictures.columns);
  else
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "file");
      json_builder_add_string_value (builder, options.output);
      json_builder_set_member_name (builder, "pictures");
      json_builder_add_int_value (builder, walk.pictures.rows * walk.pictures.columns);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  return TRUE;
}

static const char *const examples[] = {
  "From one drawn face to another, side by side",
  "phosphene-cli interpolate faces/network.onnx 3 17 --data \"world:faces, seed 2\" --format strip "
  "-o walk.png",
  "As a film that goes there and back, along an arc",
  "phosphene-cli interpolate faces/network.onnx a.png b.png --steps 40 --path spherical --bounce "
  "yes -o walk.gif",
  "Four images in the corners of a grid",
  "phosphene-cli interpolate faces/network.onnx a.png b.png c.png d.png --steps 7 -o grid.png",
  "By a network that draws nothing: the photographs that lie on the way",
  "phosphene-cli interpolate mobilenet.onnx 0 100 --data photographs --format strip -o walk.png",
  NULL,
};

const PhVerb ph_verb_interpolate = {
  .name = "interpolate",
  .arguments = "NET IMAGE IMAGE [IMAGE IMAGE] -o FILE",
  .summary = "Walk from one image to another through the embedding",
  .description =
      "Goes from the embedding of one image to that of another and draws what lies between by the "
      "network's decoder, below it the images laid over one another in the same measure: the "
      "first changes, the second fades. With four images, a grid with these in its corners. A "
      "network that is no autoencoder shows the nearest images of --data.",
  .examples = examples,
  .options = entries,
  .film = TRUE,
  .min_positional = 3,
  .max_positional = 5,
  .run = run_interpolate,
};
