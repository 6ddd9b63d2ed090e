#include "onnx/parse-private.h"

#include <glib/gi18n.h>
#include <string.h>

#define MAX_FILE (G_GUINT64_CONSTANT (1) << 31)
#define MAX_DEPTH 64
#define MIB (G_GUINT64_CONSTANT (1) << 20)

/* Magic numbers of what people try to open instead. */
static const struct
{
  gsize offset;
  const char *magic, *what;
} strangers[] = {
  { 0, "PK\x03\x04",
    N_ ("a zip archive (PyTorch saves such files): export the network to ONNX first") },
  { 0, "\x89HDF", N_ ("an HDF5 file (Keras saves such files): convert the network to ONNX first") },
  { 0, "version https://git-lfs",
    N_ ("a Git LFS pointer, not the network itself: run git lfs pull") },
  { 0, "<!DOCTYPE", N_ ("a web page, not a network: download the file itself") },
  { 0, "<!doctype", N_ ("a web page, not a network: download the file itself") },
  { 0, "<html", N_ ("a web page, not a network: download the file itself") },
  { 0, "\x89PNG", N_ ("a picture, not a network") },
  { 4, "TFL3", N_ ("a TensorFlow Lite file: convert the network to ONNX first") },
  { 4, "ORTM", N_ ("an ONNX Runtime file: open the .onnx file that it was made from") },
};

GMappedFile *
ph_onnx_map (const char *path, GError **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                           _ ("this is a folder, not an ONNX file"));
      return NULL;
    }

  g_autoptr (GError) failure = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &failure);

  if (file == NULL)
    {
      /* GLib's words for it name the path again, and a function. */
      if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, _ ("there is no such file"));
      else
        g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  gsize size = g_mapped_file_get_length (file);
  const char *data = g_mapped_file_get_contents (file);

  if (size == 0)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("the file is empty"));
      return NULL;
    }
  if (size > MAX_FILE)
    {
      g_autofree char *text = g_format_size_full (size, G_FORMAT_SIZE_IEC_UNITS);

      g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
                   _ ("the file has %s; an ONNX file has at most 2 GiB (larger weights go to a "
                      "file beside it)"),
                   text);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      gsize length = strlen (strangers[i].magic);

      if (size >= strangers[i].offset + length &&
          memcmp (data + strangers[i].offset, strangers[i].magic, length) == 0)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("this is %s"),
                       _ (strangers[i].what));
          return NULL;
        }
    }
  return g_steal_pointer (&file);
}

static gboolean
damaged (GError **error, const char *how)
{
  g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID,
               _ ("this is not an ONNX file, or it is damaged: %s"), how);
  return FALSE;
}

static gboolean
read_varint (const guint8 **at, const guint8 *end, guint64 *value)
{
  guint64 result = 0;

  for (guint shift = 0; shift < 70 && *at < end; shift += 7)
    {
      guint8 byte = *(*at)++;

      result |= shift < 64 ? (guint64)(byte & 0x7f) << shift : 0;
      if ((byte & 0x80) == 0)
        {
          *value = result;
          return TRUE;
        }
    }
  return FALSE;
}

/* Looks at one length-delimited field that the message knows. */
static gboolean scan (const ProtobufCMessageDescriptor *descriptor, const guint8 *at,
                      const guint8 *end, guint depth, GError **error);

static gboolean
scan_field (const ProtobufCFieldDescriptor *field, const guint8 *at, gsize length, guint depth,
            GError **error)
{
  if (field->type == PROTOBUF_C_TYPE_MESSAGE)
    return scan (field->descriptor, at, at + length, depth + 1, error);
  if (field->type == PROTOBUF_C_TYPE_STRING && !g_str_equal (field->name, "doc_string") &&
      (memchr (at, 0, length) != NULL || !g_utf8_validate ((const char *)at, length, NULL)))
    return damaged (error, "a name in it is not valid UTF-8");
  return TRUE;
}

/* Walks over the wire format of one message: that lengths fit, that nesting is bounded, that names
 * are text. */
static gboolean
scan (const ProtobufCMessageDescriptor *descriptor, const guint8 *at, const guint8 *end,
      guint depth, GError **error)
{
  guint64 seen = 0;

  if (depth > MAX_DEPTH)
    return damaged (error, "its parts are nested too deeply");
  while (at < end)
    {
      guint64 tag, length;

      if (!read_varint (&at, end, &tag) || tag >> 3 == 0 || tag > G_MAXUINT32)
        return damaged (error, "a field has no valid number");
      switch (tag & 7)
        {
        case PROTOBUF_C_WIRE_TYPE_VARINT:
          if (!read_varint (&at, end, &length))
            return damaged (error, "it ends within a number");
          continue;
        case PROTOBUF_C_WIRE_TYPE_64BIT:
          length = 8;
          break;
        case PROTOBUF_C_WIRE_TYPE_32BIT:
          length = 4;
          break;
        case PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED:
          if (!read_varint (&at, end, &length))
            return damaged (error, "it ends within a length");
          break;
        default:
          return damaged (error, "a field is of no known kind");
        }
      if (length > (guint64)(end - at))
        return damaged (error, "a part of it is longer than the whole");

      const ProtobufCFieldDescriptor *field =
          protobuf_c_message_descriptor_get_field (descriptor, (unsigned)(tag >> 3));

      if (field != NULL && (tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        {
          /* A part that may stand once would be merged with its predecessor; no exporter writes
           * that, so it is not worth the parser's least used code. */
          if (field->type == PROTOBUF_C_TYPE_MESSAGE && field->label != PROTOBUF_C_LABEL_REPEATED)
            {
              if ((seen >> (field->id & 63) & 1) != 0)
                return damaged (error, "a part that may stand once stands twice");
              seen |= G_GUINT64_CONSTANT (1) << (field->id & 63);
            }
          if (!scan_field (field, at, length, depth, error))
            return FALSE;
        }
      at += length;
    }
  return TRUE;
}

/* An allocator that stops at a budget. Each block carries its size in front. */
#define HEADER 16

static void *
budget_alloc (void *budget, size_t size)
{
  guint64 *left = budget;

  if (size > *left || size > G_MAXSIZE - HEADER)
    return NULL;

  char *block = g_try_malloc (size + HEADER);

  if (block == NULL)
    return NULL;
  memcpy (block, &size, sizeof size);
  *left -= size;
  return block + HEADER;
}

static void
budget_free (void *budget, void *memory)
{
  if (memory == NULL)
    return;

  char *block = (char *)memory - HEADER;
  guint64 *left = budget;
  size_t size;

  memcpy (&size, block, sizeof size);
  if (left != NULL)
    *left += size;
  g_free (block);
}

gpointer
ph_onnx_parse (const ProtobufCMessageDescriptor *descriptor, gconstpointer data, gsize size,
               GError **error)
{
  /* A field of two bytes can cost the parser some fifty; large files are mostly weights, which
   * cost what they are. */
  guint64 budget = MIN (64 * (guint64)size, 2 * (guint64)size + 1024 * MIB) + MIB;
  ProtobufCAllocator allocator = { budget_alloc, budget_free, &budget };

  if (!scan (descriptor, data, (const guint8 *)data + size, 0, error))
    return NULL;

  ProtobufCMessage *message = protobuf_c_message_unpack (descriptor, &allocator, size, data);

  if (message == NULL)
    damaged (error, "its parts do not fit together");
  return message;
}

void
ph_onnx_message_free (gpointer message)
{
  ProtobufCAllocator allocator = { budget_alloc, budget_free, NULL };

  if (message != NULL)
    protobuf_c_message_free_unpacked (message, &allocator);
}

static void
free_raw (gpointer data)
{
  budget_free (NULL, data);
}

GBytes *
ph_onnx_take_raw (Onnx__TensorProto *message)
{
  GBytes *bytes = g_bytes_new_with_free_func (message->raw_data.data, message->raw_data.len,
                                              free_raw, message->raw_data.data);

  message->raw_data.data = NULL;
  message->raw_data.len = 0;
  return bytes;
}

void
ph_onnx_release_raw (Onnx__TensorProto *message)
{
  budget_free (NULL, message->raw_data.data);
  message->raw_data.data = NULL;
  message->raw_data.len = 0;
}
