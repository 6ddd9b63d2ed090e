#include "onnx/preprocess-private.h"

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#define LARGEST_TEXT (1 << 20)
#define DEEPEST_TEXT 32
#define LARGEST_SIZE 16384

G_GNUC_PRINTF (2, 3)
static void
note (GPtrArray *notes, const char *format, ...)
{
  va_list args;

  if (notes == NULL)
    return;
  va_start (args, format);
  g_ptr_array_add (notes, g_strdup_vprintf (format, args));
  va_end (args);
}

/* The JSON parser beneath follows nested values by recursion. */
static gboolean
is_shallow (const char *text, gsize length)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (text[i] == '\\' && quoted)
        i++;
      else if (text[i] == '"')
        quoted = !quoted;
      else if (!quoted && (text[i] == '[' || text[i] == '{') && ++depth > DEEPEST_TEXT)
        return FALSE;
      else if (!quoted && (text[i] == ']' || text[i] == '}') && depth > 0)
        depth--;
    }
  return TRUE;
}

JsonNode *
ph_onnx_parse_json (const char *text, gsize length, GError **error)
{
  if (length > LARGEST_TEXT || !is_shallow (text, length) ||
      !g_utf8_validate (text, (gssize)length, NULL))
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("it is too large, nested too deeply or not UTF-8"));
      return NULL;
    }

  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_parser_load_from_data (parser, text, (gssize)length, error))
    return NULL;

  JsonNode *root = json_parser_steal_root (parser);

  if (root == NULL)
    g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("it is empty"));
  return root;
}

static gboolean
is_number (JsonNode *node)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
         (json_node_get_value_type (node) == G_TYPE_INT64 ||
          json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static JsonNode *
member (JsonObject *object, const char *key)
{
  return json_object_has_member (object, key) ? json_object_get_member (object, key) : NULL;
}

/* One number for all channels, or one per channel; what it does not understand it leaves. */
static gboolean
read_per_channel (JsonObject *input, const char *key, guint channels, gboolean divisor,
                  float values[4], const char *where, GPtrArray *notes)
{
  JsonNode *node = member (input, key);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 1;
  float read[4];

  if (node == NULL)
    return FALSE;
  if (n != 1 && n != channels)
    {
      note (notes, "%s: “%s” has %u numbers for %u channels and is ignored.", where, key, n,
            channels);
      return FALSE;
    }
  memcpy (read, values, sizeof read);
  for (guint i = 0; i < channels; i++)
    {
      JsonNode *item = array != NULL ? json_array_get_element (array, MIN (i, n - 1)) : node;
      double value = is_number (item) ? json_node_get_double (item) : NAN;

      if (!isfinite ((float)value) || (divisor && (float)value == 0))
        {
          note (notes, "%s: “%s” holds something that is no usable number and is ignored.", where,
                key);
          return FALSE;
        }
      read[i] = (float)value;
    }
  memcpy (values, read, sizeof read);
  return TRUE;
}

static void
read_extent (guint *extent, gint64 fixed, gint64 wanted, const char *what, const char *where,
             GPtrArray *notes)
{
  if (wanted < 1 || wanted > LARGEST_SIZE)
    note (notes, "%s: the %s %" G_GINT64_FORMAT " makes no sense and is ignored.", where, what,
          wanted);
  else if (fixed > 0 && fixed != wanted)
    note (notes,
          "%s: the %s is said to be %" G_GINT64_FORMAT ", the network has %" G_GINT64_FORMAT ".",
          where, what, wanted, fixed);
  else
    *extent = (guint)wanted;
}

static void
read_size (PhGraph *graph, JsonObject *input, const char *where, PhPreprocess *p, GPtrArray *notes)
{
  JsonNode *node = member (input, "size");
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  gint64 wanted[3], fixed[3] = { -1, -1, -1 };
  int image = ph_onnx_find_image_input (graph);
  const PhValue *value = image >= 0 ? ph_graph_get_value (graph, image) : NULL;

  if (node == NULL)
    return;
  if (array == NULL || json_array_get_length (array) != 3)
    {
      note (notes, "%s: “size” should be [channels, height, width] and is ignored.", where);
      return;
    }
  for (guint i = 0; i < 3; i++)
    {
      JsonNode *item = json_array_get_element (array, i);

      wanted[i] = is_number (item) ? json_node_get_int (item) : -1;
    }
  if (value != NULL && value->has_shape && value->shape.rank == 4)
    for (guint i = 0; i < 3; i++)
      fixed[i] = value->shape.dim[p->nhwc ? (i + 2) % 3 + 1 : i + 1];
  read_extent (&p->channels, fixed[0] > 0 ? fixed[0] : p->channels, wanted[0], "number of channels",
               where, notes);
  read_extent (&p->height, fixed[1], wanted[1], "height", where, notes);
  read_extent (&p->width, fixed[2], wanted[2], "width", where, notes);
}

gboolean
ph_onnx_preprocess_from_json (PhGraph *graph, const char *text, gsize length, const char *where,
                              PhPreprocess *preprocess, char **labels_file, GPtrArray *notes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = ph_onnx_parse_json (text, length, &error);

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      note (notes, "%s cannot be used: %s.", where,
            error != NULL ? error->message : "it is not a JSON object");
      return FALSE;
    }

  JsonObject *object = json_node_get_object (root);
  JsonNode *labels = member (object, "labels");
  JsonNode *inner = member (object, "input");

  if (labels_file != NULL && labels != NULL && JSON_NODE_HOLDS_VALUE (labels) &&
      json_node_get_value_type (labels) == G_TYPE_STRING)
    *labels_file = json_node_dup_string (labels);
  if (inner == NULL || !JSON_NODE_HOLDS_OBJECT (inner))
    return FALSE;

  JsonObject *input = json_node_get_object (inner);
  float mean[4] = { 0, 0, 0, 0 };
  float std[4] = { 1, 1, 1, 1 };
  float scale[4] = { 1, 1, 1, 1 };
  JsonNode *order = member (input, "order");

  read_size (graph, input, where, preprocess, notes);

  gboolean said = read_per_channel (input, "mean", preprocess->channels, FALSE, mean, where, notes);

  said |= read_per_channel (input, "std", preprocess->channels, TRUE, std, where, notes);
  said |= read_per_channel (input, "scale", 1, TRUE, scale, where, notes);
  if (order != NULL && JSON_NODE_HOLDS_VALUE (order) &&
      json_node_get_value_type (order) == G_TYPE_STRING)
    preprocess->bgr = g_ascii_strcasecmp (json_node_get_string (order), "BGR") == 0;
  if (!said)
    return FALSE;
  preprocess->scale = scale[0];
  memcpy (preprocess->mean, mean, sizeof mean);
  memcpy (preprocess->std, std, sizeof std);
  return TRUE;
}

static gboolean
from_annotations (GHashTable *metadata, PhPreprocess *p)
{
  const char *format = g_hash_table_lookup (metadata, "Image.BitmapPixelFormat");
  const char *range = g_hash_table_lookup (metadata, "Image.NominalPixelRange");
  PhPreprocess said = *p;

  if (format != NULL)
    said.bgr = g_ascii_strncasecmp (format, "Bgr", 3) == 0;
  *p = said;
  if (range == NULL)
    return FALSE;
  said.scale = 1;
  for (guint i = 0; i < 4; i++)
    {
      said.mean[i] = 0;
      said.std[i] = 1;
    }
  if (g_str_equal (range, "NominalRange_0_255"))
    said.scale = 255;
  else if (g_str_equal (range, "NominalRange_16_235"))
    {
      /* x = 16 + 219 * pixel */
      said.scale = 219;
      for (guint i = 0; i < 4; i++)
        said.mean[i] = -16;
    }
  else if (g_str_equal (range, "Normalized_1_1"))
    for (guint i = 0; i < 4; i++)
      said.mean[i] = said.std[i] = 0.5f;
  else if (!g_str_equal (range, "Normalized_0_1"))
    return FALSE;
  *p = said;
  return TRUE;
}

void
ph_onnx_preprocess_from_metadata (PhGraph *graph, GHashTable *metadata, PhPreprocess *preprocess,
                                  GPtrArray *notes)
{
  const char *text = g_hash_table_lookup (metadata, "phosphene.preprocess");

  if (from_annotations (metadata, preprocess))
    preprocess->source = PH_PREPROCESS_FROM_FILE;
  if (text != NULL && ph_onnx_preprocess_from_json (graph, text, strlen (text),
                                                    "The preprocessing in the file's metadata",
                                                    preprocess, NULL, notes))
    preprocess->source = PH_PREPROCESS_FROM_FILE;
}

/* As written: the shortest text that reads back as the same float. */
static void
append_number (GString *s, float value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  for (int digits = 6; digits <= 9; digits++)
    {
      g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if ((float)g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  g_string_append (s, buffer);
}

static void
append_numbers (GString *s, const char *key, const float *values, guint n)
{
  g_string_append_printf (s, ", \"%s\": [", key);
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (s, ", ");
      append_number (s, values[i]);
    }
  g_string_append_c (s, ']');
}

char *
ph_onnx_preprocess_to_json (const PhPreprocess *preprocess)
{
  GString *s = g_string_new (NULL);

  g_string_append_printf (s, "{\"input\": {\"size\": [%u, %u, %u], \"order\": \"%s\", \"scale\": ",
                          preprocess->channels, preprocess->height, preprocess->width,
                          preprocess->bgr ? "BGR" : "RGB");
  append_number (s, preprocess->scale);
  append_numbers (s, "mean", preprocess->mean, MIN (preprocess->channels, 4));
  append_numbers (s, "std", preprocess->std, MIN (preprocess->channels, 4));
  g_string_append (s, "}}");
  return g_string_free (s, FALSE);
}
