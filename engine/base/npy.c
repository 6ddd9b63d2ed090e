#include "base/npy.h"

#include <gio/gio.h>
#include <string.h>

#include "base/stored.h"

#define MAGIC "\223NUMPY"
#define MAGIC_SIZE 6
#define MAX_HEADER (1 << 20)

static const struct
{
  const char *descr;
  PhType type;
} types[] = {
  { "<f4", PH_TYPE_FLOAT },  { "<f8", PH_TYPE_DOUBLE }, { "<f2", PH_TYPE_FLOAT16 },
  { "|b1", PH_TYPE_BOOL },   { "|u1", PH_TYPE_UINT8 },  { "|i1", PH_TYPE_INT8 },
  { "<u2", PH_TYPE_UINT16 }, { "<i2", PH_TYPE_INT16 },  { "<u4", PH_TYPE_UINT32 },
  { "<i4", PH_TYPE_INT32 },  { "<u8", PH_TYPE_UINT64 }, { "<i8", PH_TYPE_INT64 },
};

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, text);
  return FALSE;
}

/* The header is a Python dictionary literal that NumPy always writes in one way; the text after
 * 'KEY': is what we look for. */
static const char *
find_key (const char *header, const char *key)
{
  g_autofree char *quoted = g_strdup_printf ("'%s'", key);
  const char *at = strstr (header, quoted);

  if (at == NULL)
    return NULL;
  at += strlen (quoted);
  while (*at == ' ')
    at++;
  if (*at++ != ':')
    return NULL;
  while (*at == ' ')
    at++;
  return at;
}

static gboolean
parse_type (const char *header, PhType *type, GError **error)
{
  const char *at = find_key (header, "descr");

  if (at == NULL || *at != '\'' || strchr (at + 1, '\'') == NULL)
    return fail (error, "its header does not name an element type");

  g_autofree char *descr = g_strndup (at + 1, strchr (at + 1, '\'') - at - 1);

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (descr, types[i].descr))
      {
        *type = types[i].type;
        return TRUE;
      }
  return fail (error,
               "its elements are of type \"%s\"; booleans, integers and reals in little-endian "
               "order can be read",
               descr);
}

static gboolean
parse_shape (const char *header, PhShape *shape, GError **error)
{
  const char *at = find_key (header, "shape");

  *shape = (PhShape){ 0 };
  if (at == NULL || *at++ != '(')
    return fail (error, "its header gives no shape");
  for (;;)
    {
      char *end;

      while (*at == ' ' || *at == ',')
        at++;
      if (*at == ')')
        return TRUE;

      guint64 extent = g_ascii_strtoull (at, &end, 10);

      if (end == at || !g_ascii_isdigit (*at) || extent > G_MAXINT64)
        return fail (error, "the shape in its header is not a list of extents");
      if (shape->rank == PH_MAX_RANK)
        return fail (error, "it has more than %d axes", PH_MAX_RANK);
      shape->dim[shape->rank++] = (gint64)extent;
      at = *end == 'L' ? end + 1 : end;
    }
}

/* Copies @from, whose first axis runs fastest, into C order. */
static void
reorder (const PhTensor *from, PhTensor *to)
{
  gsize size = ph_type_size (from->type);
  gint64 at[PH_MAX_RANK] = { 0 };
  gint64 stride[PH_MAX_RANK] = { 0 };
  gint64 step = 1;
  gint64 source = 0;

  for (guint i = 0; i < from->shape.rank; i++)
    {
      stride[i] = step;
      step *= from->shape.dim[i];
    }
  for (gsize i = 0; i < to->n; i++)
    {
      memcpy ((char *)to->data + i * size, (char *)from->data + source * size, size);
      for (guint axis = to->shape.rank; axis-- > 0;)
        {
          source += stride[axis];
          if (++at[axis] < to->shape.dim[axis])
            break;
          source -= stride[axis] * at[axis];
          at[axis] = 0;
        }
    }
}

PhTensor *
ph_npy_load_from_data (gconstpointer data, gsize size, GError **error)
{
  const guint8 *bytes = data;

  if (size < MAGIC_SIZE + 4 || memcmp (bytes, MAGIC, MAGIC_SIZE) != 0)
    {
      fail (error, "it is not a NumPy array");
      return NULL;
    }

  guint version = bytes[MAGIC_SIZE];
  gsize start = version == 1 ? MAGIC_SIZE + 4 : MAGIC_SIZE + 6;

  if (version < 1 || version > 3)
    {
      fail (error, "it has header version %u; versions 1 to 3 can be read", version);
      return NULL;
    }
  if (size < start)
    {
      fail (error, "it ends in its header");
      return NULL;
    }

  gsize length = bytes[MAGIC_SIZE + 2] | (gsize)bytes[MAGIC_SIZE + 3] << 8;

  if (version > 1)
    length |= (gsize)bytes[MAGIC_SIZE + 4] << 16 | (gsize)bytes[MAGIC_SIZE + 5] << 24;
  if (length > MAX_HEADER || length > size - start)
    {
      fail (error, "it ends in its header");
      return NULL;
    }

  g_autofree char *header = g_strndup ((const char *)bytes + start, length);
  const char *order = find_key (header, "fortran_order");
  PhType type = PH_TYPE_NONE;
  PhShape shape;
  gsize n;

  if (!parse_type (header, &type, error) || !parse_shape (header, &shape, error))
    return NULL;

  g_autofree char *text = ph_shape_dup_string (&shape);

  if (!ph_shape_n_elements (&shape, &n))
    {
      fail (error, "its shape %s is absurd", text);
      return NULL;
    }
  if (size - start - length < n * ph_stored_size (type))
    {
      fail (error,
            "its shape %s of %s needs %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT " are there",
            text, ph_type_name (type), n * ph_stored_size (type), size - start - length);
      return NULL;
    }

  g_autoptr (PhTensor) tensor = ph_tensor_new (type, &shape, error);

  if (tensor == NULL)
    return NULL;
  ph_stored_decode (type, bytes + start + length, tensor->data, n);
  if (order == NULL || !g_str_has_prefix (order, "True") || shape.rank < 2)
    return g_steal_pointer (&tensor);

  PhTensor *ordered = ph_tensor_new (type, &shape, error);

  if (ordered != NULL)
    reorder (tensor, ordered);
  return ordered;
}

PhTensor *
ph_npy_load (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;

  PhTensor *tensor = ph_npy_load_from_data (g_mapped_file_get_contents (file),
                                            g_mapped_file_get_length (file), error);

  if (tensor == NULL)
    {
      g_autofree char *name = g_filename_display_basename (path);

      g_prefix_error (error, "%s: ", name);
    }
  return tensor;
}

gboolean
ph_npy_save (const PhTensor *tensor, const char *path, GError **error)
{
  PhType type = tensor->type == PH_TYPE_BFLOAT16 ? PH_TYPE_FLOAT : tensor->type;
  const char *descr = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i].type == type)
      descr = types[i].descr;
  g_return_val_if_fail (descr != NULL, FALSE);

  g_autoptr (GString) header = g_string_new (NULL);

  g_string_append_printf (header, "{'descr': '%s', 'fortran_order': False, 'shape': (", descr);
  for (guint i = 0; i < tensor->shape.rank; i++)
    g_string_append_printf (header, "%" G_GINT64_FORMAT "%s", tensor->shape.dim[i],
                            tensor->shape.rank == 1      ? ","
                            : i + 1 < tensor->shape.rank ? ", "
                                                         : "");
  g_string_append (header, "), }");
  /* NumPy wants the data to begin at a multiple of 64. */
  while ((MAGIC_SIZE + 4 + header->len + 1) % 64 != 0)
    g_string_append_c (header, ' ');
  g_string_append_c (header, '\n');

  gsize start = MAGIC_SIZE + 4 + header->len;
  gsize size = start + tensor->n * ph_stored_size (type);
  g_autofree guint8 *bytes = g_try_malloc (size);

  if (bytes == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "there is no memory for an array of %" G_GSIZE_FORMAT " bytes", size);
      return FALSE;
    }

  PhTensor stored = *tensor;

  memcpy (bytes, MAGIC, MAGIC_SIZE);
  bytes[MAGIC_SIZE] = 1;
  bytes[MAGIC_SIZE + 1] = 0;
  bytes[MAGIC_SIZE + 2] = header->len & 0xff;
  bytes[MAGIC_SIZE + 3] = header->len >> 8;
  memcpy (bytes + MAGIC_SIZE + 4, header->str, header->len);
  stored.type = type;
  ph_stored_encode (&stored, bytes + start);
  return g_file_set_contents_full (path, (const char *)bytes, size, G_FILE_SET_CONTENTS_CONSISTENT,
                                   0666, error);
}
