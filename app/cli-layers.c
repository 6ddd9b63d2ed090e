#include "app/cli.h"

#include <math.h>

static void
print_table (PhModel *model)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  gsize n_parameters = 0;
  int name = 5, kind = 4; /* widths */

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      name = MAX (name, (int)g_utf8_strlen (layer->name, -1));
      kind = MAX (kind, (int)g_utf8_strlen (layer->kind, -1));
    }
  g_print ("%s: %u×%u×%u picture", ph_model_get_name (model), p->channels, p->height, p->width);
  if (ph_model_get_n_classes (model) > 0)
    g_print (", %u classes", ph_model_get_n_classes (model));
  g_print ("\n\n%-*s %-*s %8s %9s %11s %8s %7s\n", name, "layer", kind, "kind", "channels", "map",
           "parameters", "sees px", "stride");
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);
      g_autofree char *map = g_strdup_printf ("%u×%u", layer->rows, layer->columns);
      g_autofree char *sees = isfinite (layer->field.height)
                                  ? g_strdup_printf ("%.0f", layer->field.height)
                                  : g_strdup ("all");
      g_autofree char *stride = isfinite (layer->field.height)
                                    ? g_strdup_printf ("%.4g", layer->field.stride_h)
                                    : g_strdup ("–");

      n_parameters += layer->n_parameters;
      if (layer->obstacle != NULL)
        g_print ("%-*s %-*s cannot be reached: %s\n", name, layer->name, kind, layer->kind,
                 layer->obstacle);
      else
        g_print ("%-*s %-*s %8u %9s %11" G_GSIZE_FORMAT " %8s %7s\n", name, layer->name, kind,
                 layer->kind, layer->n_channels, map, layer->n_parameters, sees, stride);
    }
  g_print ("\n%" G_GSIZE_FORMAT " parameters in %u layers\n", n_parameters,
           ph_model_get_n_layers (model));
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
print_json (PhModel *model)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  add_text (builder, "network", ph_model_get_name (model));
  add_text (builder, "digest", ph_model_get_digest (model));
  json_builder_set_member_name (builder, "input");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, p->channels);
  json_builder_add_int_value (builder, p->height);
  json_builder_add_int_value (builder, p->width);
  json_builder_end_array (builder);
  add_int (builder, "classes", ph_model_get_n_classes (model));
  json_builder_set_member_name (builder, "notes");
  json_builder_begin_array (builder);
  for (const char *const *note = ph_model_get_notes (model); *note != NULL; note++)
    json_builder_add_string_value (builder, *note);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "layers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      json_builder_begin_object (builder);
      add_text (builder, "name", layer->name);
      add_text (builder, "group", layer->group);
      add_text (builder, "kind", layer->kind);
      add_int (builder, "channels", layer->n_channels);
      add_int (builder, "rows", layer->rows);
      add_int (builder, "columns", layer->columns);
      add_int (builder, "parameters", (gint64)layer->n_parameters);
      if (isfinite (layer->field.height))
        {
          add_int (builder, "receptive_field", (gint64)layer->field.height);
          add_int (builder, "stride", (gint64)layer->field.stride_h);
        }
      if (layer->obstacle != NULL)
        add_text (builder, "obstacle", layer->obstacle);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
}

static gboolean
run_layers (PhCli *cli, GError **error)
{
  g_autoptr (PhModel) model = ph_cli_open (cli, cli->positional[0], error);

  if (model == NULL)
    return FALSE;
  if (cli->json)
    print_json (model);
  else
    print_table (model);
  return TRUE;
}

static const char *const examples[] = {
  "The network that comes with Phosphene",
  "phosphene-cli layers textbook",
  "One's own, for a script",
  "phosphene-cli layers squeezenet.onnx --json",
  NULL,
};

const PhVerb ph_verb_layers = {
  .name = "layers",
  .arguments = "NET",
  .summary = "List the layers of a network",
  .description = "Lists the layers in order with kind, channels, size of the map, parameters, the "
                 "pixels that one position sees (receptive field) and the pixels from one position "
                 "to the next (stride). NET is an ONNX file or the name of a network that comes "
                 "with Phosphene.",
  .examples = examples,
  .min_positional = 1,
  .max_positional = 1,
  .run = run_layers,
};
