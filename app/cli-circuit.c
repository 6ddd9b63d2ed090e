#include "app/cli.h"

static struct
{
  char *unit;
  int top;
} options = { .top = 10 };

static const GOptionEntry entries[] = {
  { "unit", 'u', 0, G_OPTION_ARG_STRING, &options.unit, "Which channel or class", "UNIT" },
  { "top", 0, 0, G_OPTION_ARG_INT, &options.top, "How many of the strongest to print (10)", "N" },
  { NULL },
};

static void
print_list (PhModel *model, const char *title, const GPtrArray *synapses)
{
  static const char *const signs[] = { "inhibits", "mixed", "excites" };
  guint n = MIN (synapses->len, (guint)options.top);

  g_print ("%s: %u of %u\n", title, n, synapses->len);
  for (guint i = 0; i < n; i++)
    {
      const PhSynapse *synapse = synapses->pdata[i];
      g_autofree char *name = ph_unit_dup_title (model, &synapse->unit);

      g_print ("  %+12.6g  %-8s  %u×%u  %s\n", synapse->weight,
               signs[ph_synapse_sign (synapse) + 1], synapse->rows, synapse->columns, name);
    }
}

static void
add_list (JsonBuilder *builder, PhModel *model, const char *title, const GPtrArray *synapses)
{
  json_builder_set_member_name (builder, title);
  json_builder_begin_array (builder);
  for (guint i = 0; i < MIN (synapses->len, (guint)options.top); i++)
    {
      const PhSynapse *synapse = synapses->pdata[i];
      g_autofree char *name = ph_unit_dup_name (model, &synapse->unit);

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "unit");
      json_builder_add_string_value (builder, name);
      json_builder_set_member_name (builder, "weight");
      json_builder_add_double_value (builder, synapse->weight);
      json_builder_set_member_name (builder, "strength");
      json_builder_add_double_value (builder, synapse->strength);
      json_builder_set_member_name (builder, "kernel");
      json_builder_begin_array (builder);
      for (guint row = 0; row < synapse->rows; row++)
        {
          json_builder_begin_array (builder);
          for (guint column = 0; column < synapse->columns; column++)
            json_builder_add_double_value (builder,
                                           synapse->kernel[row * synapse->columns + column]);
          json_builder_end_array (builder);
        }
      json_builder_end_array (builder);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static gboolean
run_circuit (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = NULL;
  g_autoptr (PhCircuit) circuit = NULL;
  PhUnit unit;

  if (options.unit == NULL || options.top < 1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           "say which unit with --unit UNIT, and --top at least 1");
      return FALSE;
    }
  model = ph_cli_open (cli, cli->positional[0], error);
  if (model == NULL || !ph_unit_parse (model, options.unit, &unit, error))
    return FALSE;
  circuit = ph_circuit_new (model, &unit, error);
  if (circuit == NULL)
    return FALSE;
  if (cli->json)
    {
      g_autoptr (JsonBuilder) builder = json_builder_new ();

      json_builder_begin_object (builder);
      add_list (builder, model, "fed-by", circuit->fed_by);
      add_list (builder, model, "feeds", circuit->feeds);
      json_builder_set_member_name (builder, "obstacle");
      if (circuit->obstacle != NULL)
        json_builder_add_string_value (builder, circuit->obstacle);
      else
        json_builder_add_null_value (builder);
      json_builder_end_object (builder);
      ph_cli_print_json (builder);
      return TRUE;
    }
  print_list (model, "fed by", circuit->fed_by);
  print_list (model, "feeds", circuit->feeds);
  if (circuit->obstacle != NULL)
    g_print ("%s\n", circuit->obstacle);
  return TRUE;
}

static const char *const examples[] = {
  "The units that a channel is made of and those that it serves",
  "phosphene-cli circuit squeezenet.onnx --unit fire6/concat:37",
  "What speaks for and against a class, with kernels, for a script",
  "phosphene-cli circuit textbook --unit class:rings --json",
  NULL,
};

const PhVerb ph_verb_circuit = {
  .name = "circuit",
  .arguments = "NET --unit UNIT",
  .summary = "Tell which units feed a unit and which it feeds, by the weights",
  .description =
      "Prints the strongest of the units before and after a unit, each with the sum of "
      "the weights between the two, positive where it excites; --json gives the weights "
      "by position. Batch normalisation is multiplied in, activation functions and pools "
      "count as 1; the two terms of a sum are followed, a skip connection has weight 1.",
  .examples = examples,
  .options = entries,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_circuit,
};
