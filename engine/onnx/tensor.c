#include "onnx/tensor-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/stored.h"

#define LARGE 4096 /* elements that are not worth copying */

static PhTensor *
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PH_ERROR, PH_ERROR_MODEL_INVALID, text);
  return NULL;
}

static gboolean
read_shape (const Onnx__TensorProto *message, PhShape *shape, gsize *n, GError **error)
{
  if (message->n_dims > PH_MAX_RANK)
    {
      fail (error, "it has %" G_GSIZE_FORMAT " axes; at most %d are possible", message->n_dims,
            PH_MAX_RANK);
      return FALSE;
    }
  *shape = ph_shape (message->n_dims, message->dims);
  if (!ph_shape_n_elements (shape, n))
    {
      g_autofree char *text = ph_shape_dup_string (shape);

      fail (error, "its shape %s is absurd", text);
      return FALSE;
    }
  return TRUE;
}

static PhTensor *
from_raw (PhType type, const PhShape *shape, gsize n, const guint8 *raw, gsize size, GError **error)
{
  if (size != n * ph_stored_size (type))
    {
      g_autofree char *text = ph_shape_dup_string (shape);

      return fail (error,
                   "its shape %s of %s needs %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT
                   " are there",
                   text, ph_type_name (type), n * ph_stored_size (type), size);
    }

  PhTensor *tensor = ph_tensor_new (type, shape, error);

  if (tensor != NULL)
    ph_stored_decode (type, raw, tensor->data, n);
  return tensor;
}

static const char *
find_entry (const Onnx__TensorProto *message, const char *key)
{
  for (gsize i = 0; i < message->n_external_data; i++)
    if (g_strcmp0 (message->external_data[i]->key, key) == 0)
      return message->external_data[i]->value;
  return NULL;
}

/* Both separators count, so that a file written on Windows cannot say more there than here. */
static gboolean
stays_inside (const char *location)
{
  g_auto (GStrv) parts = g_strsplit_set (location, "/\\", -1);

  if (location[0] == '\0' || location[0] == '\\' || g_path_is_absolute (location) ||
      (g_ascii_isalpha (location[0]) && location[1] == ':'))
    return FALSE;
  for (guint i = 0; parts[i] != NULL; i++)
    if (g_str_equal (parts[i], ".."))
      return FALSE;
  return TRUE;
}

static PhTensor *
from_external (const Onnx__TensorProto *message, PhType type, const PhShape *shape, gsize n,
               const char *folder, GError **error)
{
  const char *location = find_entry (message, "location");
  const char *offset_text = find_entry (message, "offset");
  const char *length_text = find_entry (message, "length");
  guint64 need = (guint64)n * ph_stored_size (type);
  guint64 offset = 0;
  guint64 length = need;

  if (folder == NULL || location == NULL)
    return fail (error, "its numbers are in another file that is not named");
  if (!stays_inside (location))
    return fail (error,
                 "its numbers are in \"%s\", which is not in the network's folder; this is refused",
                 location);
  if ((offset_text != NULL &&
       !g_ascii_string_to_unsigned (offset_text, 10, 0, G_MAXINT64, &offset, NULL)) ||
      (length_text != NULL &&
       !g_ascii_string_to_unsigned (length_text, 10, 0, G_MAXINT64, &length, NULL)))
    return fail (error, "the place of its numbers in \"%s\" is not a number", location);

  g_autofree char *path = g_build_filename (folder, location, NULL);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                   _ ("its numbers are in the file \"%s\", which is not beside the network"),
                   location);
      return NULL;
    }
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return fail (error, "its numbers should be in \"%s\", which is not a file", location);

  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;

  guint64 size = g_mapped_file_get_length (file);

  if (offset > size || length > size - offset)
    return fail (error,
                 "its numbers should be bytes %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                 " of \"%s\", which has %" G_GUINT64_FORMAT,
                 offset, offset + length, location, size);
  return from_raw (type, shape, n,
                   size == 0 ? NULL : (const guint8 *)g_mapped_file_get_contents (file) + offset,
                   length, error);
}

static void
typed_float (const Onnx__TensorProto *message, PhTensor *tensor)
{
  if (message->n_float_data > 0)
    memcpy (tensor->f, message->float_data, tensor->n * sizeof (float));
}

static void
typed_double (const Onnx__TensorProto *message, PhTensor *tensor)
{
  for (gsize i = 0; i < tensor->n; i++)
    tensor->f[i] = (float)message->double_data[i];
}

static void
typed_int64 (const Onnx__TensorProto *message, PhTensor *tensor)
{
  if (message->n_int64_data > 0)
    memcpy (tensor->i, message->int64_data, tensor->n * sizeof (gint64));
}

static void
typed_uint64 (const Onnx__TensorProto *message, PhTensor *tensor)
{
  for (gsize i = 0; i < tensor->n; i++)
    tensor->i[i] = ph_type_wrap (tensor->type, (gint64)message->uint64_data[i]);
}

/* int32_data holds every smaller type, halves by their bits. */
static void
typed_int32 (const Onnx__TensorProto *message, PhTensor *tensor)
{
  for (gsize i = 0; i < tensor->n; i++)
    if (ph_type_is_real (tensor->type))
      {
        guint16 bits = GUINT16_TO_LE ((guint16)message->int32_data[i]);

        ph_stored_decode (tensor->type, &bits, tensor->f + i, 1);
      }
    else
      tensor->i[i] = ph_type_wrap (tensor->type, message->int32_data[i]);
}

static PhTensor *
from_typed (const Onnx__TensorProto *message, PhType type, const PhShape *shape, gsize n,
            GError **error)
{
  void (*convert) (const Onnx__TensorProto *, PhTensor *) = typed_int32;
  gsize count = message->n_int32_data;

  switch (type)
    {
    case PH_TYPE_FLOAT:
      convert = typed_float;
      count = message->n_float_data;
      break;
    case PH_TYPE_DOUBLE:
      convert = typed_double;
      count = message->n_double_data;
      break;
    case PH_TYPE_INT64:
      convert = typed_int64;
      count = message->n_int64_data;
      break;
    case PH_TYPE_UINT32:
    case PH_TYPE_UINT64:
      convert = typed_uint64;
      count = message->n_uint64_data;
      break;
    default:
      break;
    }
  if (count != n)
    {
      g_autofree char *text = ph_shape_dup_string (shape);

      return fail (error,
                   "its shape %s needs %" G_GSIZE_FORMAT " elements of %s, %" G_GSIZE_FORMAT
                   " are there",
                   text, n, ph_type_name (type), count);
    }

  PhTensor *tensor = ph_tensor_new (type, shape, error);

  if (tensor != NULL)
    convert (message, tensor);
  return tensor;
}

/* Large tensors that are stored as they are held keep the memory they were read into. */
static gboolean
can_take (const Onnx__TensorProto *message, PhType type, gsize n)
{
  return G_BYTE_ORDER == G_LITTLE_ENDIAN && type == PH_TYPE_FLOAT && n >= LARGE &&
         message->raw_data.len == n * sizeof (float);
}

PhTensor *
ph_onnx_tensor_from_message (Onnx__TensorProto *message, const char *folder, GError **error)
{
  PhType type = (PhType)message->data_type;
  PhShape shape;
  gsize n;

  if (type == PH_TYPE_STRING)
    return fail (error, "it holds text; only tensors of numbers can be used");
  if (!ph_type_is_held (type))
    return fail (error, "its element type (number %d of ONNX) is none that can be used here",
                 message->data_type);
  if (message->segment != NULL)
    return fail (error, "it is only a segment of a tensor");
  if (!read_shape (message, &shape, &n, error))
    return NULL;
  if (message->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
    return from_external (message, type, &shape, n, folder, error);
  if (message->has_raw_data && can_take (message, type, n))
    {
      g_autoptr (GBytes) bytes = ph_onnx_take_raw (message);

      return ph_tensor_new_for_bytes (type, &shape, bytes, error);
    }
  if (message->has_raw_data)
    return from_raw (type, &shape, n, message->raw_data.data, message->raw_data.len, error);
  return from_typed (message, type, &shape, n, error);
}

PhTensor *
ph_onnx_tensor_load (const char *path, char **name, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;

  g_autoptr (PhOnnxTensor) message =
      ph_onnx_parse (&onnx__tensor_proto__descriptor, g_mapped_file_get_contents (file),
                     g_mapped_file_get_length (file), error);
  PhTensor *tensor = NULL;

  if (message != NULL)
    tensor = ph_onnx_tensor_from_message (message, NULL, error);
  if (tensor != NULL && name != NULL)
    *name = g_strdup (message->name != NULL ? message->name : "");
  return tensor;
}

gboolean
ph_onnx_tensor_to_message (const PhTensor *tensor, const char *name, Onnx__TensorProto *message,
                           GError **error)
{
  gsize size = tensor->n * ph_stored_size (tensor->type);
  guint8 *raw = g_try_malloc (MAX (size, 1));

  if (raw == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "there is no memory to write the tensor \"%s\" of %" G_GSIZE_FORMAT " bytes",
                   name, size);
      return FALSE;
    }
  ph_stored_encode (tensor, raw);
  message->name = g_strdup (name);
  message->has_data_type = TRUE;
  message->data_type = tensor->type;
  message->n_dims = tensor->shape.rank;
  message->dims = g_new0 (int64_t, MAX (tensor->shape.rank, 1));
  for (guint i = 0; i < tensor->shape.rank; i++)
    message->dims[i] = tensor->shape.dim[i];
  message->has_raw_data = TRUE;
  message->raw_data.data = raw;
  message->raw_data.len = size;
  return TRUE;
}

void
ph_onnx_tensor_clear_message (Onnx__TensorProto *message)
{
  g_clear_pointer (&message->name, g_free);
  g_clear_pointer (&message->dims, g_free);
  g_clear_pointer (&message->raw_data.data, g_free);
}
