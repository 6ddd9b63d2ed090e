#include "app/cli.h"

#include <stdio.h>

PhModel *
ph_cli_open (PhCli *cli, const char *name, GError **error)
{
  g_autofree char *path = g_strdup (name);
  PhModel *model;

  if (!g_file_test (path, G_FILE_TEST_EXISTS) && strchr (name, G_DIR_SEPARATOR) == NULL)
    {
      g_autofree char *file =
          g_str_has_suffix (name, ".onnx") ? g_strdup (name) : g_strconcat (name, ".onnx", NULL);
      g_autofree char *shipped = ph_shipped_dup_path (file);

      if (g_file_test (shipped, G_FILE_TEST_EXISTS))
        {
          g_free (path);
          path = g_steal_pointer (&shipped);
        }
    }
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
