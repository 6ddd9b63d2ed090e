#include "app/cli-array.h"

static struct
{
  char *input, *unit, *output;
} options;

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "The unit to differentiate", "UNIT" },
  { "input", 'i', 0, G_OPTION_ARG_FILENAME, &options.input,
    "The network's input after preprocessing: N,C,H,W float32", "X.npy" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "Where to write the gradient",
    "G.npy" },
  { NULL },
};

static gboolean
run_gradient (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhTensor) input = NULL;
  g_autoptr (PhTensor) gradient = NULL;
  g_autoptr (PhObjective) objective = NULL;
  g_autoptr (PhRun) run = NULL;
  const int *targets;
  guint n_targets;
  PhUnit unit;
  double value;

  if (options.input == NULL || options.output == NULL || options.unit == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "--unit, --input and --output are needed");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL || !ph_unit_parse (model, options.unit, &unit, error))
    return FALSE;
  input = ph_cli_load_input (model, options.input, error);
  if (input == NULL)
    return FALSE;
  objective = ph_objective_new_for_unit (model, &unit);
  targets = ph_objective_get_targets (objective, &n_targets);
  run = ph_cli_run_for (model, input, targets, n_targets, TRUE, error);
  if (run == NULL || !ph_objective_bind (objective, ph_run_get_plan (run), error) ||
      !ph_run_forward (run, cli->cancellable, error))
    return FALSE;
  ph_run_clear_gradients (run);
  value = ph_objective_evaluate (objective, run, NULL, TRUE, NULL);
  if (!ph_run_backward (run, cli->cancellable, error))
    return FALSE;
  gradient = ph_tensor_new (PH_TYPE_FLOAT, &input->shape, error);
  if (gradient == NULL)
    return FALSE;
  for (gsize i = 0; i < gradient->n; i++)
    gradient->f[i] = ph_run_get_input_gradient (run, 0)[i];
  if (!ph_npy_save (gradient, options.output, error))
    return FALSE;
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();
      g_autofree char *name = ph_unit_dup_name (model, &unit);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "file");
      json_builder_add_string_value (builder, options.output);
      json_builder_set_member_name (builder, "unit");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "value");
      json_builder_add_double_value (builder, value);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
    }
  else
    g_print ("%s = %g\n", options.unit, value);
  return TRUE;
}

static const char *const examples[] = {
  "How does each pixel change the logit for zebra?",
  "phosphene-cli gradient squeezenet.onnx --unit class:zebra --input x.npy --output g.npy",
  NULL,
};

const PhVerb ph_verb_gradient = {
  .name = "gradient",
  .arguments = "NET --unit UNIT --input X.npy --output G.npy",
  .summary = "Write the gradient of a unit with respect to the network's input",
  .description =
      "The gradient of the unit's objective: a neuron and a class: its value; a channel: "
      "the mean over its positions; a layer: the mean of squares. Over a batch, the "
      "mean over its images. The same code makes the pictures.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_gradient,
};
