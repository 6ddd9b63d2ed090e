#include "app/cli.h"

#include <string.h>

static struct
{
  char *output, *about;
  gboolean fold, half;
} options;

static const GOptionEntry entries[] = {
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "File to write", "FILE.onnx" },
  { "fold", 0, 0, G_OPTION_ARG_NONE, &options.fold,
    "Let convolutions take in the batch normalisations that follow them", NULL },
  { "half", 0, 0, G_OPTION_ARG_NONE, &options.half,
    "Write filters and matrices as numbers of 16 bits: half the size", NULL },
  { "about", 0, 0, G_OPTION_ARG_FILENAME, &options.about,
    "Text that tells people what the network is, kept inside the file", "FILE.md" },
  { NULL },
};

/* Returns: (transfer full): what is written of @model's network. */
static PhGraph *
make_graph (PhModel *model, GError **error)
{
  g_autoptr (PhGraph) folded = NULL;
  g_autoptr (PhGraph) graph = ph_graph_ref (ph_model_get_graph (model));

  if (options.fold)
    {
      folded = ph_graph_fold_norms (graph, error);
      if (folded == NULL)
        return NULL;
      ph_graph_unref (graph);
      graph = g_steal_pointer (&folded);
    }
  return options.half ? ph_graph_halve (graph, error) : g_steal_pointer (&graph);
}

static char **
dup_labels (PhModel *model)
{
  guint n = ph_model_get_n_classes (model);
  char **labels = g_new0 (char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const char *label = ph_model_get_label (model, i);

      labels[i] = label != NULL ? g_strdup (label) : g_strdup_printf ("%u", i);
    }
  return labels;
}

static gboolean
run_export (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhGraph) graph = NULL;
  g_autofree char *about = NULL;
  g_auto (GStrv) labels = NULL;

  if (options.output == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "say where the network goes with --output FILE.onnx");
      return FALSE;
    }
  if (options.about != NULL && !g_file_get_contents (options.about, &about, NULL, error))
    return FALSE;
  if (about != NULL && !g_utf8_validate (about, -1, NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "“%s” is no text in UTF-8",
                   options.about);
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  graph = model != NULL ? make_graph (model, error) : NULL;
  if (graph == NULL)
    return FALSE;
  labels = dup_labels (model);
  if (!ph_onnx_export (graph, ph_model_get_preprocess (model),
                       labels[0] != NULL ? (const char *const *)labels : NULL, NULL, about,
                       options.output, error))
    {
      g_prefix_error (error, "%s: ", options.output);
      return FALSE;
    }
  if (!cli->json)
    g_print ("%s: %u operators\n", options.output, ph_graph_get_n_nodes (graph));
  return TRUE;
}

static const char *const examples[] = {
  "A trained network as small as it gets, with its preprocessing and labels inside",
  "phosphene-cli export flowers-tuned/network.onnx --fold --half -o flowers.onnx",
  NULL,
};

const PhVerb ph_verb_export = {
  .name = "export",
  .arguments = "NET -o FILE.onnx",
  .summary = "Write a network as one small ONNX file",
  .description =
      "Writes NET as an ONNX file that holds everything: the network, what it wants for a picture "
      "and the names of its classes. --fold makes it the network that is used rather than trained, "
      "with the same answers; --half halves its size and changes answers in the third digit at "
      "most. Training from scratch puts folded normalisations back.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_export,
};
