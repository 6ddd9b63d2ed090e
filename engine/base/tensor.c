#include "base/tensor.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

gboolean
ph_type_is_real (PhType type)
{
  return type == PH_TYPE_FLOAT || type == PH_TYPE_FLOAT16 || type == PH_TYPE_DOUBLE ||
         type == PH_TYPE_BFLOAT16;
}

gboolean
ph_type_is_held (PhType type)
{
  switch (type)
    {
    case PH_TYPE_FLOAT:
    case PH_TYPE_UINT8:
    case PH_TYPE_INT8:
    case PH_TYPE_UINT16:
    case PH_TYPE_INT16:
    case PH_TYPE_INT32:
    case PH_TYPE_INT64:
    case PH_TYPE_BOOL:
    case PH_TYPE_FLOAT16:
    case PH_TYPE_DOUBLE:
    case PH_TYPE_UINT32:
    case PH_TYPE_UINT64:
    case PH_TYPE_BFLOAT16:
      return TRUE;
    case PH_TYPE_NONE:
    case PH_TYPE_STRING:
    default:
      return FALSE;
    }
}

gsize
ph_type_size (PhType type)
{
  return ph_type_is_real (type) ? sizeof (float) : sizeof (gint64);
}

const char *
ph_type_name (PhType type)
{
  switch (type)
    {
    case PH_TYPE_FLOAT:
      return "float32";
    case PH_TYPE_UINT8:
      return "uint8";
    case PH_TYPE_INT8:
      return "int8";
    case PH_TYPE_UINT16:
      return "uint16";
    case PH_TYPE_INT16:
      return "int16";
    case PH_TYPE_INT32:
      return "int32";
    case PH_TYPE_INT64:
      return "int64";
    case PH_TYPE_STRING:
      return "string";
    case PH_TYPE_BOOL:
      return "bool";
    case PH_TYPE_FLOAT16:
      return "float16";
    case PH_TYPE_DOUBLE:
      return "float64";
    case PH_TYPE_UINT32:
      return "uint32";
    case PH_TYPE_UINT64:
      return "uint64";
    case PH_TYPE_BFLOAT16:
      return "bfloat16";
    case PH_TYPE_NONE:
    default:
      return "an unknown type";
    }
}

gint64
ph_type_wrap (PhType type, gint64 value)
{
  switch (type)
    {
    case PH_TYPE_UINT8:
      return (guint8)value;
    case PH_TYPE_INT8:
      return (gint8)value;
    case PH_TYPE_UINT16:
      return (guint16)value;
    case PH_TYPE_INT16:
      return (gint16)value;
    case PH_TYPE_INT32:
      return (gint32)value;
    case PH_TYPE_UINT32:
      return (guint32)value;
    case PH_TYPE_BOOL:
      return value != 0;
    default:
      return value;
    }
}

gpointer
ph_aligned_alloc (gsize bytes)
{
  gpointer memory = NULL;

  /* A multiple of the alignment, so that kernels may read whole vectors at the end. */
  if (bytes > G_MAXSIZE - 127)
    return NULL;
  bytes = (bytes + 127) & ~(gsize)63;
  if (posix_memalign (&memory, 64, bytes) != 0)
    return NULL;
  memset (memory, 0, bytes);
  return memory;
}

void
ph_aligned_free (gpointer memory)
{
  free (memory);
}

static PhTensor *
tensor_header (PhType type, const PhShape *shape, GError **error)
{
  gsize n;

  if (!ph_shape_n_elements (shape, &n) || !ph_type_is_held (type))
    {
      g_autofree char *text = ph_shape_dup_string (shape);

      g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                   _ ("a tensor of %s, %s, cannot be made"), text, ph_type_name (type));
      return NULL;
    }

  PhTensor *tensor = g_new0 (PhTensor, 1);

  tensor->type = type;
  tensor->shape = *shape;
  tensor->n = n;
  g_atomic_ref_count_init (&tensor->refs);
  return tensor;
}

PhTensor *
ph_tensor_new (PhType type, const PhShape *shape, GError **error)
{
  g_autoptr (PhTensor) tensor = tensor_header (type, shape, error);

  if (tensor == NULL)
    return NULL;
  tensor->data = ph_aligned_alloc (tensor->n * ph_type_size (type));
  if (tensor->data == NULL)
    {
      g_autofree char *text = ph_shape_dup_string (shape);
      g_autofree char *size = g_format_size (tensor->n * ph_type_size (type));

      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("there is no memory for a tensor of %s (%s)"), text, size);
      return NULL;
    }
  return g_steal_pointer (&tensor);
}

static PhTensor *
tensor_from_values (PhType type, const PhShape *shape, gconstpointer values)
{
  g_autoptr (GError) error = NULL;
  PhTensor *tensor = ph_tensor_new (type, shape, &error);

  g_assert_no_error (error);
  if (tensor->n > 0)
    memcpy (tensor->data, values, tensor->n * ph_type_size (type));
  return tensor;
}

PhTensor *
ph_tensor_new_floats (const PhShape *shape, const float *values)
{
  return tensor_from_values (PH_TYPE_FLOAT, shape, values);
}

PhTensor *
ph_tensor_new_ints (const PhShape *shape, const gint64 *values)
{
  return tensor_from_values (PH_TYPE_INT64, shape, values);
}

PhTensor *
ph_tensor_new_for_bytes (PhType type, const PhShape *shape, GBytes *bytes, GError **error)
{
  g_autoptr (PhTensor) tensor = tensor_header (type, shape, error);

  if (tensor == NULL)
    return NULL;
  if (g_bytes_get_size (bytes) != tensor->n * ph_type_size (type))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                   "%" G_GSIZE_FORMAT " bytes of data for %" G_GSIZE_FORMAT " elements of %s",
                   g_bytes_get_size (bytes), tensor->n, ph_type_name (type));
      return NULL;
    }
  tensor->owner = g_bytes_ref (bytes);
  tensor->data = (gpointer)g_bytes_get_data (bytes, NULL);
  return g_steal_pointer (&tensor);
}

PhTensor *
ph_tensor_ref (PhTensor *tensor)
{
  g_atomic_ref_count_inc (&tensor->refs);
  return tensor;
}

void
ph_tensor_unref (PhTensor *tensor)
{
  if (!g_atomic_ref_count_dec (&tensor->refs))
    return;
  if (tensor->owner != NULL)
    g_bytes_unref (tensor->owner);
  else
    ph_aligned_free (tensor->data);
  g_free (tensor);
}

double
ph_tensor_get_real (const PhTensor *tensor, gsize i)
{
  return ph_type_is_real (tensor->type) ? tensor->f[i] : (double)tensor->i[i];
}

gint64
ph_tensor_get_int (const PhTensor *tensor, gsize i)
{
  return ph_type_is_real (tensor->type) ? (gint64)tensor->f[i] : tensor->i[i];
}
