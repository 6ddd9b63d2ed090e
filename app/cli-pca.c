#include "app/cli.h"

#include <string.h>

static struct
{
  char *output;
  int components, size, images;
} options = { .components = 64, .size = 64, .images = 4000 };

static const GOptionEntry entries[] = {
  { "components", 'n', 0, G_OPTION_ARG_INT, &options.components, "Numbers of an embedding (64)",
    "N" },
  { "size", 0, 0, G_OPTION_ARG_INT, &options.size, "Side of the pictures (64)", "PIXELS" },
  { "images", 0, 0, G_OPTION_ARG_INT, &options.images,
    "How many images to compute them from, the first of the set (4000)", "N" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write the network",
    "FILE.onnx" },
  { NULL },
};

static gboolean
usage (GError **error, const char *sentence)
{
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, sentence);
  return FALSE;
}

static PhTensor *
load_pixels (PhCli *cli, GError **error)
{
  const guint side = (guint)options.size;
  g_autoptr (PhDataset) dataset = ph_dataset_open (cli->positional[0], cli->cancellable, error);
  g_autoptr (PhEncoder) pixels = ph_encoder_new_pixels (side, side);
  g_autofree guint *items = NULL;
  guint n;

  if (dataset == NULL)
    return NULL;
  n = MIN ((guint)options.images, ph_dataset_get_n_items (dataset));
  items = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    items[i] = i;
  return ph_encoder_dataset (pixels, dataset, items, n, NULL, &cli->monitor, cli->cancellable,
                             error);
}

static gboolean
save_network (const PhPca *pca, GError **error)
{
  const guint side = (guint)options.size;
  PhPreprocess preprocess = { .channels = 3,
                              .height = side,
                              .width = side,
                              .scale = 1,
                              .std = { 1, 1, 1, 1 },
                              .source = PH_PREPROCESS_FROM_FILE };
  g_autoptr (PhGraph) graph = ph_pca_to_graph (pca, 3, side, side, error);

  return graph != NULL &&
         ph_onnx_export (graph, &preprocess, NULL, NULL, NULL, options.output, error);
}

static gboolean
run_pca (PhCli *cli, GError **error)
{
  g_autoptr (PhTensor) vectors = NULL;
  g_autoptr (PhPca) pca = NULL;
  double kept = 0;

  if (options.output == NULL)
    return usage (error, "say where the network goes with --output FILE.onnx");
  if (options.components < 1 || options.size < 1 || options.size > 256 || options.images < 2 ||
      options.images > PH_PCA_LARGEST)
    return usage (error, "--components takes 1 or more, --size 1 to 256, --images 2 to 16384");
  vectors = load_pixels (cli, error);
  if (vectors == NULL)
    return FALSE;
  pca =
      ph_pca_new (vectors->f, ph_vectors_keep_numbers (vectors, NULL), (gsize)vectors->shape.dim[1],
                  (guint)options.components, &cli->monitor, cli->cancellable, error);
  if (pca == NULL || !save_network (pca, error))
    return FALSE;
  for (guint i = 0; i < pca->n_components; i++)
    kept += pca->variance[i];
  ph_cli_end_progress ();
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "file");
      json_builder_add_string_value (builder, options.output);
      json_builder_set_member_name (builder, "total_variance");
      json_builder_add_double_value (builder, pca->total_variance);
      json_builder_set_member_name (builder, "variance");
      json_builder_begin_array (builder);
      for (guint i = 0; i < pca->n_components; i++)
        json_builder_add_double_value (builder, pca->variance[i]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
      return TRUE;
    }
  g_print ("%s: %u components, %.2f %% of the variance\n", options.output, pca->n_components,
           100 * kept / pca->total_variance);
  return TRUE;
}

static const char *const examples[] = {
  "An embedding of drawn faces that is as good as a linear one can be",
  "phosphene-cli pca world:faces --components 64 -o pca.onnx",
  "How well do other faces come back?",
  "phosphene-cli reconstruct pca.onnx \"world:faces, images 500, seed 2\"",
  NULL,
};

const PhVerb ph_verb_pca = {
  .name = "pca",
  .arguments = "IMAGES -o FILE.onnx",
  .summary = "Find the principal components of images",
  .description =
      "Computes, exactly, the directions in which images differ most, and writes them as an "
      "autoencoder of two linear layers: the best that a linear encoder and decoder can do, and "
      "what every autoencoder is measured against. The network serves wherever an autoencoder "
      "does: reconstruct, embed, interpolate.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_pca,
};
