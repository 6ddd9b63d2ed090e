#include "app/cli.h"

#include <string.h>

static struct
{
  char *attribute, *class_name, *output;
  char **images;
  double strength, threshold;
  int steps;
} options = { .strength = 2, .threshold = G_MAXDOUBLE, .steps = 7 };

static const GOptionEntry entries[] = {
  { "attribute", 'a', 0, G_OPTION_ARG_STRING, &options.attribute,
    "Something that is known of drawn pictures: smile, glasses, turn …", "NAME" },
  { "class", 'c', 0, G_OPTION_ARG_STRING, &options.class_name,
    "Instead: the images of this class against all others", "NAME" },
  { "threshold", 0, 0, G_OPTION_ARG_DOUBLE, &options.threshold,
    "Images count as having the attribute above this value (the middle of its range)", "VALUE" },
  { "image", 'i', 0, G_OPTION_ARG_STRING_ARRAY, &options.images,
    "An image of the set to change, by number or name; may be given several times (0)", "IMAGE" },
  { "strength", 0, 0, G_OPTION_ARG_DOUBLE, &options.strength,
    "How many times the direction is added at most, and taken away (2)", "FACTOR" },
  { "steps", 'n', 0, G_OPTION_ARG_INT, &options.steps, "Pictures from taken away to added (7)",
    "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
    "Where to write: the changed images (.png) or the direction itself (.npy)", "FILE" },
  { NULL },
};

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

static gboolean
check_options (GError **error)
{
  if (options.output == NULL)
    return usage (error, "say where it goes with --output FILE");
  if ((options.attribute == NULL) == (options.class_name == NULL))
    return usage (error, "name what to change by --attribute or by --class");
  if (options.steps < 2 || options.steps > 100 || !(options.strength > 0) ||
      options.strength > 1000)
    return usage (error, "--steps takes 2 to 100, --strength more than 0");
  return TRUE;
}

/* Which number of the attributes it is, and where its range has its middle. */
static int
find_attribute (const PhWorld *world, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; world != NULL && i < ph_world_get_n_attributes (world); i++)
    {
      if (g_str_equal (world->attributes[i].name, options.attribute))
        {
          if (options.threshold == G_MAXDOUBLE)
            options.threshold = (world->attributes[i].low + world->attributes[i].high) / 2;
          return (int)i;
        }
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", world->attributes[i].name);
    }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               known->len > 0 ? "nothing is known of “%s”; there are %s"
                              : "no attribute “%s” is known of these images; a drawn world has "
                                "some (“world:faces”), or choose a --class",
               options.attribute, known->str);
  return -1;
}

/* How much each image has of what is asked for. */
static double *
collect_weights (PhDataset *dataset, GError **error)
{
  const guint n = ph_dataset_get_n_items (dataset);
  g_autofree double *weights = g_new0 (double, n + 1);
  guint64 seed = 0;
  const PhWorld *world = ph_world_of_dataset (dataset, &seed);
  int attribute = options.attribute != NULL ? find_attribute (world, error) : -1;

  if (options.attribute != NULL && attribute < 0)
    return NULL;
  if (options.class_name != NULL && options.threshold == G_MAXDOUBLE)
    options.threshold = 0.5;
  for (guint i = 0; i < n; i++)
    {
      double attributes[PH_WORLD_MAX_ATTRIBUTES];
      int label = ph_dataset_get_label (dataset, i);

      if (attribute < 0)
        weights[i] = label >= 0 && g_str_equal (ph_dataset_get_class_name (dataset, (guint)label),
                                                options.class_name);
      else if (ph_world_get_attributes (world, seed, i, attributes, error))
        weights[i] = attributes[attribute];
      else
        return NULL;
    }
  return g_steal_pointer (&weights);
}

static gboolean
find_direction (PhCli *cli, PhEncoder *encoder, PhDataset *dataset, float *direction,
                GError **error)
{
  g_autofree double *weights = collect_weights (dataset, error);
  g_autoptr (PhTensor) vectors =
      weights != NULL
          ? ph_encoder_dataset_kept (encoder, dataset, NULL, &cli->monitor, cli->cancellable, error)
          : NULL;
  guint n_with, n_without;

  if (vectors == NULL)
    return FALSE;
  if (!ph_direction_between ((guint)vectors->shape.dim[0], ph_encoder_get_size (encoder),
                             vectors->f, weights, options.threshold, direction, &n_with,
                             &n_without))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "%u images have it and %u do not; both take some", n_with, n_without);
      return FALSE;
    }
  ph_cli_end_progress ();
  if (!cli->json)
    g_print ("%u images with it, %u without\n", n_with, n_without);
  return TRUE;
}

/* A row for each image: itself, then the direction taken away to added. */
static gboolean
add_row (GPtrArray *rows, PhCli *cli, const char *name, PhEncoder *encoder, PhDecoder *decoder,
         PhDataset *dataset, const float *direction, GError **error)
{
  const gsize size = ph_encoder_get_size (encoder);
  const guint n = (guint)options.steps;
  g_autoptr (PhImage) image = ph_cli_load_picture (name, dataset, error);
  g_autofree float *code = g_new (float, size), *codes = g_new (float, n *size);
  GPtrArray *row;

  if (image == NULL || !ph_encoder_image (encoder, image, code, cli->cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    for (gsize j = 0; j < size; j++)
      codes[i * size + j] =
          code[j] + (float)(options.strength * (2.0 * i / (n - 1) - 1)) * direction[j];
  row = ph_decoder_run (decoder, n, codes, cli->cancellable, error);
  if (row == NULL)
    return FALSE;
  g_ptr_array_add (rows, row);
  g_ptr_array_insert (row, 0, ph_encoder_fit (encoder, image, error));
  return row->pdata[0] != NULL;
}

static gboolean
save_pictures (PhCli *cli, PhModel *model, PhEncoder *encoder, PhDataset *dataset,
               const float *direction, GError **error)
{
  char *first[] = { "0", NULL };
  char **names = options.images != NULL ? options.images : first;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  g_autoptr (PhDecoder) decoder = ph_decoder_new (model, error);
  g_autoptr (PhImage) sheet = NULL;

  for (guint i = 0; decoder != NULL && names[i] != NULL; i++)
    if (!add_row (rows, cli, names[i], encoder, decoder, dataset, direction, error))
      return FALSE;
  sheet =
      decoder != NULL ? ph_image_rows ((GPtrArray *const *)rows->pdata, rows->len, 2, error) : NULL;
  return sheet != NULL && ph_png_save_image (options.output, sheet, NULL, error);
}

static gboolean
run_direction (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhEncoder) encoder = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (PhTensor) direction = NULL;
  PhShape shape;

  if (!check_options (error))
    return FALSE;
  model = ph_cli_open (cli, cli->positional[0], error);
  encoder = model != NULL ? ph_encoder_new (model, NULL, error) : NULL;
  dataset = encoder != NULL ? ph_dataset_open (cli->positional[1], cli->cancellable, error) : NULL;
  if (dataset == NULL)
    return FALSE;
  shape = PH_SHAPE (ph_encoder_get_size (encoder));
  direction = ph_tensor_new (PH_TYPE_FLOAT, &shape, error);
  if (direction == NULL || !find_direction (cli, encoder, dataset, direction->f, error))
    return FALSE;
  if (g_str_has_suffix (options.output, ".npy")
          ? !ph_npy_save (direction, options.output, error)
          : !save_pictures (cli, model, encoder, dataset, direction->f, error))
    return FALSE;
  if (!cli->json)
    g_print ("%s\n", options.output);
  else
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "file");
      json_builder_add_string_value (builder, options.output);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  return TRUE;
}

static const char *const examples[] = {
  "Give a face glasses, and take them away",
  "phosphene-cli direction faces/network.onnx \"world:faces, images 1000\" --attribute glasses "
  "--image 3 --image 17 -o glasses.png",
  "What makes a face happy, as numbers",
  "phosphene-cli direction faces/network.onnx world:faces --class happy -o happy.npy",
  NULL,
};

const PhVerb ph_verb_direction = {
  .name = "direction",
  .arguments = "NET IMAGES --attribute NAME -o FILE",
  .summary = "Change an attribute of an image in the embedding of an autoencoder",
  .description =
      "Takes the mean of the embeddings of all images that have an attribute, or belong to a "
      "class, less the mean of those that do not, and adds this direction to the embedding of an "
      "image in growing strength: the decoder draws the image with the attribute. A row for each "
      "image, itself first.",
  .examples = examples,
  .options = entries,
  .min_positional = 2,
  .max_positional = 2,
  .run = run_direction,
};
