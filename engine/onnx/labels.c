#include "onnx/labels-private.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "onnx/preprocess-private.h"

#define LARGEST_FILE (64 << 20)

static void
note (GPtrArray *notes, const char *path, const char *what)
{
  g_autofree char *name = g_filename_display_basename (path);

  if (notes != NULL)
    g_ptr_array_add (notes, g_strdup_printf ("The labels in %s %s.", name, what));
}

char **
ph_onnx_labels_split (const char *text)
{
  char **lines = g_strsplit (text, "\n", -1);
  guint n = g_strv_length (lines);

  for (guint i = 0; i < n; i++)
    {
      gsize length = strlen (lines[i]);

      if (length > 0 && lines[i][length - 1] == '\r')
        lines[i][length - 1] = '\0';
    }
  while (n > 0 && lines[n - 1][0] == '\0')
    g_clear_pointer (&lines[--n], g_free);
  return lines;
}

/* (transfer full): the bytes of a file of labels as UTF-8 without a mark. */
static char *
to_utf8 (const char *data, gsize size, const char *path, GPtrArray *notes)
{
  const char *encoding = "WINDOWS-1252";

  if (size >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    return to_utf8 (data + 3, size - 3, path, notes);
  if (memchr (data, 0, size) == NULL && g_utf8_validate (data, (gssize)size, NULL))
    return g_strndup (data, size);
  if (size >= 2 && (memcmp (data, "\xff\xfe", 2) == 0 || memcmp (data, "\xfe\xff", 2) == 0))
    encoding = "UTF-16";

  char *text = memchr (data, 0, size) != NULL && encoding[0] == 'W'
                   ? NULL
                   : g_convert (data, (gssize)size, "UTF-8", encoding, NULL, NULL, NULL);

  if (text == NULL)
    note (notes, path, "are not text and are ignored");
  else if (encoding[0] == 'W')
    note (notes, path, "are not UTF-8; they were read as Windows-1252");
  return text;
}

char **
ph_onnx_labels_load (const char *path, GPtrArray *notes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &error);

  if (file == NULL)
    {
      note (notes, path,
            g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT)
                ? "are missing: there is no such file beside the network"
                : "cannot be read");
      return NULL;
    }
  if (g_mapped_file_get_length (file) == 0 || g_mapped_file_get_length (file) > LARGEST_FILE)
    {
      note (notes, path, "are ignored: the file is empty or absurdly large");
      return NULL;
    }

  g_autofree char *text =
      to_utf8 (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), path, notes);

  return text != NULL ? ph_onnx_labels_split (text) : NULL;
}

static char **
strings_of (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  JsonArray *array = json_node_get_array (node);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (item) || json_node_get_value_type (item) != G_TYPE_STRING)
        return NULL;
      g_strv_builder_add (builder, json_node_get_string (item));
    }
  return g_strv_builder_end (builder);
}

GHashTable *
ph_onnx_channel_labels_from_json (const char *text, GPtrArray *notes)
{
  g_autoptr (JsonNode) root = ph_onnx_parse_json (text, strlen (text), NULL);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      if (notes != NULL)
        g_ptr_array_add (notes, g_strdup ("The names of channels in the file are broken and are "
                                          "ignored."));
      return NULL;
    }

  GHashTable *table =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_strfreev);
  JsonObjectIter iter;
  const char *key;
  JsonNode *member;

  json_object_iter_init (&iter, json_node_get_object (root));
  while (json_object_iter_next (&iter, &key, &member))
    {
      char **labels = strings_of (member);

      if (labels != NULL)
        g_hash_table_insert (table, g_strdup (key), labels);
    }
  return table;
}

char *
ph_onnx_channel_labels_to_json (GHashTable *channel_labels)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GList) keys =
      g_list_sort (g_hash_table_get_keys (channel_labels), (GCompareFunc)strcmp);

  json_builder_begin_object (builder);
  for (GList *l = keys; l != NULL; l = l->next)
    {
      char **labels = g_hash_table_lookup (channel_labels, l->data);

      json_builder_set_member_name (builder, l->data);
      json_builder_begin_array (builder);
      for (guint i = 0; labels[i] != NULL; i++)
        json_builder_add_string_value (builder, labels[i]);
      json_builder_end_array (builder);
    }
  json_builder_end_object (builder);

  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}
