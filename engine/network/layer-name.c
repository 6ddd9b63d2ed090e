#include "network/layer-name.h"

#include <string.h>

/* "/features/features.3/features.3.0/Conv" → "features.3.0": a part that repeats the one before it
 * and a dot replaces it; the last part names the operator. */
static char *
module_from_path (const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path + 1, "/", -1);
  guint n = g_strv_length (parts);
  GString *module = g_string_new (NULL);

  for (guint i = 0; i + 1 < n; i++)
    {
      if (i + 2 < n)
        {
          g_autofree char *prefix = g_strconcat (parts[i], ".", NULL);

          if (g_str_has_prefix (parts[i + 1], prefix))
            continue;
        }
      if (module->len > 0)
        g_string_append_c (module, '.');
      g_string_append (module, parts[i]);
    }
  if (module->len == 0)
    g_string_append (module, n > 0 ? parts[n - 1] : path);
  return g_string_free (module, FALSE);
}

/* Whether the exporter only numbered its nodes: "Conv_12". */
static gboolean
is_numbered (const PhNode *node)
{
  gsize n = strlen (node->op_type);

  if (strncmp (node->name, node->op_type, n) != 0)
    return FALSE;
  return node->name[n] == '\0' || (node->name[n] == '_' && g_ascii_isdigit (node->name[n + 1]));
}

char *
ph_layer_dup_module (const PhGraph *graph, const PhNode *node)
{
  if (node->name[0] == '/' && strchr (node->name + 1, '/') != NULL)
    return module_from_path (node->name);
  if (is_numbered (node))
    for (guint i = 1; i < node->n_inputs; i++)
      {
        const PhValue *value =
            node->inputs[i] >= 0 ? ph_graph_get_value (graph, node->inputs[i]) : NULL;

        if (value != NULL && value->constant != NULL && g_str_has_suffix (value->name, ".weight"))
          return g_strndup (value->name, strlen (value->name) - strlen (".weight"));
      }
  return g_strdup (node->name[0] == '/' ? node->name + 1 : node->name);
}

char *
ph_layer_dup_group (const char *name)
{
  const char *slash = strrchr (name, '/');
  const char *dot = strrchr (name, '.');

  if (slash != NULL)
    return g_strndup (name, slash - name);
  if (dot != NULL && dot != name)
    return g_strndup (name, dot - name);
  return g_strdup ("");
}
