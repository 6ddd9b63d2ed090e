#include "protobuf.h"

#include <glib/gstdio.h>
#include <string.h>

#define FLOAT 1

PbMessage *
pb_new (void)
{
  return g_byte_array_new ();
}

static void
put_varint (PbMessage *message, guint64 value)
{
  do
    {
      guint8 byte = (value & 0x7f) | (value > 0x7f ? 0x80 : 0);

      g_byte_array_append (message, &byte, 1);
      value >>= 7;
    }
  while (value != 0);
}

void
pb_int (PbMessage *message, guint field, gint64 value)
{
  put_varint (message, field << 3);
  put_varint (message, (guint64)value);
}

void
pb_float (PbMessage *message, guint field, float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT32_TO_LE (bits);
  put_varint (message, field << 3 | 5);
  g_byte_array_append (message, (const guint8 *)&bits, sizeof bits);
}

void
pb_bytes (PbMessage *message, guint field, gconstpointer data, gsize size)
{
  put_varint (message, field << 3 | 2);
  put_varint (message, size);
  g_byte_array_append (message, data, (guint)size);
}

void
pb_text (PbMessage *message, guint field, const char *text)
{
  pb_bytes (message, field, text, strlen (text));
}

void
pb_child (PbMessage *message, guint field, PbMessage *child)
{
  pb_bytes (message, field, child->data, child->len);
  g_byte_array_unref (child);
}

void
pb_packed (PbMessage *message, guint field, const gint64 *values, gsize n)
{
  PbMessage *packed = pb_new ();

  for (gsize i = 0; i < n; i++)
    put_varint (packed, (guint64)values[i]);
  pb_child (message, field, packed);
}

PbMessage *
pb_tensor (const char *name, int type, const PhShape *shape)
{
  PbMessage *tensor = pb_new ();

  for (guint i = 0; i < shape->rank; i++)
    pb_int (tensor, 1, shape->dim[i]);
  pb_int (tensor, 2, type);
  pb_text (tensor, 8, name);
  return tensor;
}

PbMessage *
pb_tensor_floats (const char *name, const PhShape *shape, const float *values)
{
  PbMessage *tensor = pb_tensor (name, FLOAT, shape);

  pb_bytes (tensor, 9, values, ph_shape_count (shape) * sizeof (float));
  return tensor;
}

static PbMessage *
entry (const char *key, const char *value)
{
  PbMessage *message = pb_new ();

  pb_text (message, 1, key);
  pb_text (message, 2, value);
  return message;
}

void
pb_tensor_entry (PbMessage *tensor, const char *key, const char *value)
{
  pb_child (tensor, 13, entry (key, value));
}

PbMessage *
pb_value (const char *name, int type, const PhShape *shape)
{
  PbMessage *value = pb_new ();
  PbMessage *kind = pb_new ();
  PbMessage *tensor = pb_new ();
  PbMessage *extents = pb_new ();

  for (guint i = 0; i < shape->rank; i++)
    {
      PbMessage *extent = pb_new ();

      if (shape->dim[i] < 0)
        pb_text (extent, 2, "N");
      else
        pb_int (extent, 1, shape->dim[i]);
      pb_child (extents, 1, extent);
    }
  pb_int (tensor, 1, type);
  pb_child (tensor, 2, extents);
  pb_child (kind, 1, tensor);
  pb_text (value, 1, name);
  pb_child (value, 2, kind);
  return value;
}

static void
put_names (PbMessage *node, guint field, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, " ", -1);

  for (guint i = 0; list[i] != NULL; i++)
    pb_text (node, field, list[i]);
}

PbMessage *
pb_node (const char *op, const char *name, const char *inputs, const char *outputs)
{
  PbMessage *node = pb_new ();

  put_names (node, 1, inputs);
  put_names (node, 2, outputs);
  pb_text (node, 3, name);
  pb_text (node, 4, op);
  return node;
}

static PbMessage *
attribute (const char *name, int kind)
{
  PbMessage *a = pb_new ();

  pb_text (a, 1, name);
  pb_int (a, 20, kind);
  return a;
}

void
pb_attr_float (PbMessage *node, const char *name, float value)
{
  PbMessage *a = attribute (name, 1);

  pb_float (a, 2, value);
  pb_child (node, 5, a);
}

void
pb_attr_int (PbMessage *node, const char *name, gint64 value)
{
  PbMessage *a = attribute (name, 2);

  pb_int (a, 3, value);
  pb_child (node, 5, a);
}

void
pb_attr_text (PbMessage *node, const char *name, const char *value)
{
  PbMessage *a = attribute (name, 3);

  pb_text (a, 4, value);
  pb_child (node, 5, a);
}

void
pb_attr_tensor (PbMessage *node, const char *name, PbMessage *child)
{
  PbMessage *a = attribute (name, 4);

  pb_child (a, 5, child);
  pb_child (node, 5, a);
}

void
pb_attr_ints (PbMessage *node, const char *name, const gint64 *values, gsize n)
{
  PbMessage *a = attribute (name, 7);

  for (gsize i = 0; i < n; i++)
    pb_int (a, 8, values[i]);
  pb_child (node, 5, a);
}

PbMessage *
pb_model (PbMessage *child, int opset)
{
  PbMessage *model = pb_new ();
  PbMessage *set = pb_new ();

  pb_text (set, 1, "");
  pb_int (set, 2, opset);
  pb_int (model, 1, 7);
  pb_child (model, 8, set);
  pb_child (model, 7, child);
  return model;
}

void
pb_metadata (PbMessage *model, const char *key, const char *value)
{
  pb_child (model, PB_MODEL_METADATA, entry (key, value));
}

PbMessage *
pb_small_graph (void)
{
  PbMessage *graph = pb_new ();
  PbMessage *conv = pb_node ("Conv", "conv", "x w b", "conv");
  const gint64 pads[] = { 1, 1, 1, 1 };
  PhShape x = PH_SHAPE (-1, 3, 5, 7);
  PhShape w = PH_SHAPE (2, 3, 3, 3);
  PhShape b = PH_SHAPE (2);
  PhShape v = PH_SHAPE (4, 2);
  PhShape y = PH_SHAPE (-1, 4);
  float weights[54];

  for (int i = 0; i < 54; i++)
    weights[i] = (float)(i * 7 % 13 - 6) * 0.125f;
  pb_attr_ints (conv, "pads", pads, 4);
  pb_child (graph, PB_GRAPH_NODE, conv);
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Relu", "relu", "conv", "relu"));
  pb_child (graph, PB_GRAPH_NODE, pb_node ("GlobalAveragePool", "pool", "relu", "pool"));
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Flatten", "flat", "pool", "flat"));

  PbMessage *gemm = pb_node ("Gemm", "logits", "flat v", "logits");

  pb_attr_int (gemm, "transB", 1);
  pb_child (graph, PB_GRAPH_NODE, gemm);
  pb_child (graph, PB_GRAPH_NODE, pb_node ("Softmax", "prob", "logits", "prob"));
  pb_text (graph, PB_GRAPH_NAME, "small");
  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor_floats ("w", &w, weights));
  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor_floats ("b", &b, (float[]){ 0.5f, -0.25f }));
  pb_child (graph, PB_GRAPH_INITIALIZER, pb_tensor_floats ("v", &v, weights + 3));
  pb_child (graph, PB_GRAPH_INPUT, pb_value ("x", FLOAT, &x));
  pb_child (graph, PB_GRAPH_OUTPUT, pb_value ("prob", FLOAT, &y));
  return graph;
}

void
pb_save (PbMessage *child, const char *path)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, (const char *)child->data, child->len, &error);
  g_assert_no_error (error);
  g_byte_array_unref (child);
}

char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("phosphene-test-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

void
test_folder_free (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_chmod (path, 0600);
      g_remove (path);
    }
  g_rmdir (folder);
  g_free (folder);
}
