#include "base/stored.h"

#include <string.h>

#include "base/half.h"

gsize
ph_stored_size (PhType type)
{
  switch (type)
    {
    case PH_TYPE_UINT8:
    case PH_TYPE_INT8:
    case PH_TYPE_BOOL:
      return 1;
    case PH_TYPE_UINT16:
    case PH_TYPE_INT16:
    case PH_TYPE_FLOAT16:
    case PH_TYPE_BFLOAT16:
      return 2;
    case PH_TYPE_FLOAT:
    case PH_TYPE_INT32:
    case PH_TYPE_UINT32:
      return 4;
    case PH_TYPE_INT64:
    case PH_TYPE_UINT64:
    case PH_TYPE_DOUBLE:
      return 8;
    case PH_TYPE_NONE:
    case PH_TYPE_STRING:
    default:
      return 0;
    }
}

static guint64
get_bits (const guint8 *from, gsize size)
{
  guint64 bits = 0;

  memcpy (&bits, from, size);
  return GUINT64_FROM_LE (bits);
}

static void
put_bits (guint8 *to, guint64 bits, gsize size)
{
  bits = GUINT64_TO_LE (bits);
  memcpy (to, &bits, size);
}

static float
real_from_bits (PhType type, guint64 bits)
{
  if (type == PH_TYPE_FLOAT16)
    return ph_half_to_float ((guint16)bits);
  if (type == PH_TYPE_BFLOAT16)
    return ph_bfloat_to_float ((guint16)bits);
  if (type == PH_TYPE_DOUBLE)
    {
      double value;

      memcpy (&value, &bits, sizeof value);
      return (float)value;
    }

  guint32 low = (guint32)bits;
  float value;

  memcpy (&value, &low, sizeof value);
  return value;
}

static guint64
bits_from_real (PhType type, float value)
{
  if (type == PH_TYPE_FLOAT16)
    return ph_half_from_float (value);
  if (type == PH_TYPE_BFLOAT16)
    return ph_bfloat_from_float (value);
  if (type == PH_TYPE_DOUBLE)
    {
      double wide = value;
      guint64 bits;

      memcpy (&bits, &wide, sizeof bits);
      return bits;
    }

  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

void
ph_stored_decode (PhType type, gconstpointer from, gpointer to, gsize n)
{
  gsize size = ph_stored_size (type);
  const guint8 *bytes = from;
  gboolean little = G_BYTE_ORDER == G_LITTLE_ENDIAN;

  if (n == 0)
    return;
  if (little && (type == PH_TYPE_FLOAT || type == PH_TYPE_INT64 || type == PH_TYPE_UINT64))
    {
      memcpy (to, from, n * size);
      return;
    }
  if (ph_type_is_real (type))
    {
      float *f = to;

      for (gsize i = 0; i < n; i++)
        f[i] = real_from_bits (type, get_bits (bytes + i * size, size));
      return;
    }

  gint64 *v = to;

  for (gsize i = 0; i < n; i++)
    v[i] = ph_type_wrap (type, (gint64)get_bits (bytes + i * size, size));
}

void
ph_stored_encode (const PhTensor *tensor, gpointer to)
{
  gsize size = ph_stored_size (tensor->type);
  guint8 *bytes = to;

  for (gsize i = 0; i < tensor->n; i++)
    put_bits (bytes + i * size,
              ph_type_is_real (tensor->type) ? bits_from_real (tensor->type, tensor->f[i])
                                             : (guint64)tensor->i[i],
              size);
}
