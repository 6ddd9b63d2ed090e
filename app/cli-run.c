#include "app/cli-array.h"

#include <string.h>

static struct
{
  char *input, *tensor, *output;
} options;

static const GOptionEntry entries[] = {
  { "input", 'i', 0, G_OPTION_ARG_FILENAME, &options.input,
    "The network's input after preprocessing: N,C,H,W float32", "X.npy" },
  { "tensor", 't', 0, G_OPTION_ARG_STRING, &options.tensor,
    "Which tensor of the file, or layer, to write (the first output)", "NAME" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write it", "Y.npy" },
  { NULL },
};

static int
find_tensor (PhModel *model, const char *name, GError **error)
{
  PhGraph *graph = ph_model_get_graph (model);
  guint n_outputs;
  const int *outputs = ph_graph_get_outputs (graph, &n_outputs);
  int value, layer;

  if (name == NULL)
    {
      if (n_outputs > 0)
        return outputs[0];
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                           "this network names no output; choose one with --tensor");
      return -1;
    }
  value = ph_graph_find_value (graph, name);
  layer = value < 0 ? ph_model_find_layer (model, name) : -1;
  if (layer >= 0)
    value = ph_model_get_layer (model, (guint)layer)->value;
  if (value < 0)
    g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                 "this network has neither a tensor nor a layer “%s”; “phosphene-cli layers” "
                 "lists the layers",
                 name);
  return value;
}

static gboolean
run_run (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhTensor) input = NULL;
  g_autoptr (PhTensor) output = NULL;
  g_autoptr (PhRun) run = NULL;
  const PhSpec *spec;
  int value;

  if (options.input == NULL || options.output == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "--input and --output are needed");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL)
    return FALSE;
  value = find_tensor (model, options.tensor, error);
  if (value < 0)
    return FALSE;
  input = ph_cli_load_input (model, options.input, error);
  if (input == NULL)
    return FALSE;
  run = ph_cli_run_for (model, input, &value, 1, FALSE, error);
  if (run == NULL || !ph_run_forward (run, cli->cancellable, error))
    return FALSE;
  spec = ph_plan_get_spec (ph_run_get_plan (run), value);
  output = ph_tensor_new (spec->type, &spec->shape, error);
  if (output == NULL)
    return FALSE;
  if (output->n > 0)
    memcpy (output->data, ph_run_get_value (run, value), output->n * ph_type_size (spec->type));
  if (!ph_npy_save (output, options.output, error))
    return FALSE;
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "file");
      json_builder_add_string_value (builder, options.output);
      json_builder_set_member_name (builder, "tensor");
      json_builder_add_string_value (builder,
                                     ph_graph_get_value (ph_model_get_graph (model), value)->name);
      json_builder_set_member_name (builder, "shape");
      json_builder_begin_array (builder);
      for (guint i = 0; i < output->shape.rank; i++)
        json_builder_add_int_value (builder, output->shape.dim[i]);
      json_builder_end_array (builder);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  return TRUE;
}

static const char *const examples[] = {
  "Compare with another program: the numbers of one layer for one input",
  "phosphene-cli run squeezenet.onnx --input x.npy --tensor fire6/concat --output y.npy",
  NULL,
};

const PhVerb ph_verb_run = {
  .name = "run",
  .arguments = "NET --input X.npy [--tensor NAME] --output Y.npy",
  .summary = "Run a network on an array and write any of its tensors",
  .description = "Reads the network's input as a NumPy array, computes only what the tensor needs, "
                 "and writes it as a NumPy array. The input is what the network sees after "
                 "preprocessing; any batch size, and other heights and widths where the layers "
                 "allow it.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_run,
};
