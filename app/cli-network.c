#include "app/cli.h"

#include <stdio.h>

PhModel *
ph_cli_open (PhCli *cli, const char *name, GError **error)
{
  g_autofree char *path = ph_catalogue_resolve_network (name, error);
  PhModel *model;

  if (path == NULL)
    return NULL;
  model = ph_model_load (path, cli->cancellable, error);
  if (model == NULL)
    return NULL;
  if (!cli->json)
    for (const char *const *note = ph_model_get_notes (model); *note != NULL; note++)
      g_printerr ("%s: %s\n", ph_model_get_name (model), *note);
  return model;
}

void
ph_cli_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  g_print ("%s\n", text);
  fflush (stdout);
}

gboolean
ph_cli_print_film (PhCli *cli, const char *path, GPtrArray *frames, double seconds)
{
  const PhFrame *first = frames->pdata[0];

  ph_cli_end_progress ();
  if (!cli->json)
    {
      g_print ("%s: %u pictures of %u × %u pixels in %.1f s%s\n", path, frames->len, first->width,
               first->height, seconds, ph_monitor_should_stop (&cli->monitor) ? " (stopped)" : "");
      return TRUE;
    }

  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "file");
  json_builder_add_string_value (builder, path);
  json_builder_set_member_name (builder, "frames");
  json_builder_add_int_value (builder, frames->len);
  json_builder_set_member_name (builder, "seconds");
  json_builder_add_double_value (builder, seconds);
  json_builder_end_object (builder);
  ph_cli_print_json (builder);
  return TRUE;
}
