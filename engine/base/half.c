#include "base/half.h"

#include <string.h>

static float
float_from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static guint32
bits_of_float (float value)
{
  guint32 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

float
ph_half_to_float (guint16 half)
{
  guint32 sign = (guint32)(half & 0x8000) << 16;
  guint32 exponent = (half >> 10) & 0x1f;
  guint32 fraction = half & 0x3ff;

  if (exponent == 0)
    {
      /* Zero or subnormal: fraction * 2^-24, exact in binary32. */
      float value = (float)fraction * 0x1p-24f;

      return sign != 0 ? -value : value;
    }
  if (exponent == 0x1f)
    return float_from_bits (sign | 0x7f800000 | (fraction << 13));
  return float_from_bits (sign | ((exponent + 112) << 23) | (fraction << 13));
}

guint16
ph_half_from_float (float value)
{
  guint32 bits = bits_of_float (value);
  guint16 sign = (bits >> 16) & 0x8000;
  guint32 size = bits & 0x7fffffff;

  if (size > 0x7f800000)
    return sign | 0x7e00;
  if (size >= 0x477ff000) /* 65520 and more round to infinity */
    return sign | 0x7c00;
  if (size < 0x38800000)
    {
      /* Below 2^-14: adding 0.5 aligns the units of 2^-24 with the last bits of the sum, and the
       * processor rounds them. */
      guint32 sum = bits_of_float (float_from_bits (size) + 0.5f);

      return sign | (guint16)(sum - 0x3f000000);
    }

  guint32 odd = (size >> 13) & 1;

  return sign | (guint16)((size - 0x38000000 + 0xfff + odd) >> 13);
}

float
ph_bfloat_to_float (guint16 bits)
{
  return float_from_bits ((guint32)bits << 16);
}

guint16
ph_bfloat_from_float (float value)
{
  guint32 bits = bits_of_float (value);

  if ((bits & 0x7fffffff) > 0x7f800000)
    return (guint16)(bits >> 16) | 0x40;
  return (guint16)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}
