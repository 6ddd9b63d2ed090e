#pragma once

#include <glib.h>
#include <string.h>

/*
 * Vectors of the widest kind the file is being compiled for. Files named isa-*.c are compiled once
 * for each instruction set, with PH_ISA as the suffix of their functions; the arithmetic is GCC's
 * vector extension, and what that cannot say has an intrinsic here and a portable version.
 */

#if defined(__AVX512F__)
#include <immintrin.h>
#define PH_LANES 16
#elif defined(__AVX2__)
#include <immintrin.h>
#define PH_LANES 8
#else
#define PH_LANES 4
#endif

#define PH_PASTE_(a, b) a##_##b
#define PH_PASTE(a, b) PH_PASTE_ (a, b)
#define PH_KERNEL(name) PH_PASTE (name, PH_ISA)
#define PH_INLINE static inline __attribute__ ((always_inline))

typedef float Vec __attribute__ ((vector_size (PH_LANES * 4)));
typedef gint32 VecInt __attribute__ ((vector_size (PH_LANES * 4)));
typedef float VecLoose __attribute__ ((vector_size (PH_LANES * 4), aligned (4), may_alias));
typedef gint32 VecIntLoose __attribute__ ((vector_size (PH_LANES * 4), aligned (4), may_alias));

PH_INLINE Vec
vec_load (const float *p)
{
  return *(const VecLoose *)p;
}

PH_INLINE void
vec_store (float *p, Vec v)
{
  *(VecLoose *)p = v;
}

PH_INLINE void
vec_store_int (gint32 *p, VecInt v)
{
  *(VecIntLoose *)p = v;
}

/* Says that @v must be in a register from here on: used several times, it would otherwise be read
 * from memory each time, which is what limits kernels whose reads are not aligned. */
#if PH_LANES == 16
#define VEC_KEEP(v) __asm__("" : "+v"(v))
#elif defined(__x86_64__)
#define VEC_KEEP(v) __asm__("" : "+x"(v))
#else
#define VEC_KEEP(v) (void)(v)
#endif

PH_INLINE Vec
vec_set1 (float value)
{
  return value - (Vec){ 0 };
}

PH_INLINE VecInt
vec_set1_int (gint32 value)
{
  return value + (VecInt){ 0 };
}

#if PH_LANES == 8
/* Ones in the first @n lanes. */
PH_INLINE __m256i
vec_first_lanes (gsize n)
{
  return _mm256_cmpgt_epi32 (_mm256_set1_epi32 ((int)n),
                             _mm256_setr_epi32 (0, 1, 2, 3, 4, 5, 6, 7));
}
#endif

/* The first @n lanes (0 to all) from memory and zeros behind; touches no more memory than that. */
PH_INLINE Vec
vec_load_n (const float *p, gsize n)
{
#if PH_LANES == 16
  return (Vec)_mm512_maskz_loadu_ps ((__mmask16)((1u << n) - 1), p);
#elif PH_LANES == 8
  return (Vec)_mm256_maskload_ps (p, vec_first_lanes (n));
#else
  Vec v = { 0 };

  if (n >= PH_LANES)
    return vec_load (p);
  for (gsize i = 0; i < n; i++)
    v[i] = p[i];
  return v;
#endif
}

PH_INLINE void
vec_store_n (float *p, Vec v, gsize n)
{
#if PH_LANES == 16
  _mm512_mask_storeu_ps (p, (__mmask16)((1u << n) - 1), (__m512)v);
#elif PH_LANES == 8
  _mm256_maskstore_ps (p, vec_first_lanes (n), (__m256)v);
#else
  if (n >= PH_LANES)
    vec_store (p, v);
  else
    for (gsize i = 0; i < n; i++)
      p[i] = v[i];
#endif
}

/* Lanes of @a where @mask is -1, of @b where it is 0. */
PH_INLINE Vec
vec_select (VecInt mask, Vec a, Vec b)
{
  return (Vec)(((VecInt)a & mask) | ((VecInt)b & ~mask));
}

/* A choice of lanes. */
#if PH_LANES == 16
typedef __mmask16 VecMask;
#else
typedef VecInt VecMask;
#endif

/* Lanes [@first, @last), as far as there are any. */
PH_INLINE VecMask
vec_lanes (gssize first, gssize last)
{
  gssize begin = CLAMP (first, 0, PH_LANES), end = CLAMP (last, begin, PH_LANES);

#if PH_LANES == 16
  return (VecMask)((1u << end) - (1u << begin));
#elif PH_LANES == 8
  return (VecMask)_mm256_andnot_si256 (vec_first_lanes (begin), vec_first_lanes (end));
#else
  VecMask mask = { 0 };

  for (gssize i = begin; i < end; i++)
    mask[i] = -1;
  return mask;
#endif
}

/* Lanes of @mask from memory and @otherwise elsewhere; touches no more memory than that. */
PH_INLINE Vec
vec_load_lanes (const float *p, VecMask mask, Vec otherwise)
{
#if PH_LANES == 16
  return (Vec)_mm512_mask_loadu_ps ((__m512)otherwise, mask, p);
#elif PH_LANES == 8
  return vec_select (mask, (Vec)_mm256_maskload_ps (p, (__m256i)mask), otherwise);
#else
  for (gsize i = 0; i < PH_LANES; i++)
    if (mask[i] != 0)
      otherwise[i] = p[i];
  return otherwise;
#endif
}

/* The larger; @b when either is NaN. */
PH_INLINE Vec
vec_max (Vec a, Vec b)
{
#if PH_LANES == 16
  return (Vec)_mm512_max_ps ((__m512)a, (__m512)b);
#elif PH_LANES == 8
  return (Vec)_mm256_max_ps ((__m256)a, (__m256)b);
#else
  return vec_select (a > b, a, b);
#endif
}

/* The smaller; @b when either is NaN. */
PH_INLINE Vec
vec_min (Vec a, Vec b)
{
#if PH_LANES == 16
  return (Vec)_mm512_min_ps ((__m512)a, (__m512)b);
#elif PH_LANES == 8
  return (Vec)_mm256_min_ps ((__m256)a, (__m256)b);
#else
  return vec_select (a < b, a, b);
#endif
}

/* @v limited to [low, high]; NaN stays. */
PH_INLINE Vec
vec_clamp (Vec v, Vec low, Vec high)
{
  return vec_min (high, vec_max (low, v));
}

/* @v where low < by < high, 0 elsewhere. */
PH_INLINE Vec
vec_between (Vec v, Vec by, Vec low, Vec high)
{
#if PH_LANES == 16
  __mmask16 above = _mm512_cmp_ps_mask ((__m512)by, (__m512)low, _CMP_GT_OQ);

  above = _mm512_mask_cmp_ps_mask (above, (__m512)by, (__m512)high, _CMP_LT_OQ);
  return (Vec)_mm512_maskz_mov_ps (above, (__m512)v);
#else
  return (Vec)((VecInt)v & (by > low) & (by < high));
#endif
}

/* Lanes of @x where a > b, of @y elsewhere. */
PH_INLINE VecInt
vec_int_where_greater (Vec a, Vec b, VecInt x, VecInt y)
{
#if PH_LANES == 16
  __mmask16 mask = _mm512_cmp_ps_mask ((__m512)a, (__m512)b, _CMP_GT_OQ);

  return (VecInt)_mm512_mask_mov_epi32 ((__m512i)y, mask, (__m512i)x);
#else
  VecInt mask = a > b;

  return (x & mask) | (y & ~mask);
#endif
}

/* Whether any lane is negative. */
PH_INLINE gboolean
vec_int_any_negative (VecInt v)
{
#if PH_LANES == 16
  return _mm512_movepi32_mask ((__m512i)v) != 0;
#elif PH_LANES == 8
  return _mm256_movemask_ps ((__m256)v) != 0;
#else
  gint32 all = 0;

  for (gsize i = 0; i < PH_LANES; i++)
    all |= v[i];
  return all < 0;
#endif
}

/* Lanes 0, 2, 4, … of @a followed by @b. */
PH_INLINE Vec
vec_even (Vec a, Vec b)
{
#if PH_LANES == 16
  return __builtin_shuffle (a, b,
                            (VecInt){ 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30 });
#elif PH_LANES == 8
  return __builtin_shuffle (a, b, (VecInt){ 0, 2, 4, 6, 8, 10, 12, 14 });
#else
  return __builtin_shuffle (a, b, (VecInt){ 0, 2, 4, 6 });
#endif
}

/* Lanes 1, 3, 5, … of @a followed by @b. */
PH_INLINE Vec
vec_odd (Vec a, Vec b)
{
#if PH_LANES == 16
  return __builtin_shuffle (a, b,
                            (VecInt){ 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31 });
#elif PH_LANES == 8
  return __builtin_shuffle (a, b, (VecInt){ 1, 3, 5, 7, 9, 11, 13, 15 });
#else
  return __builtin_shuffle (a, b, (VecInt){ 1, 3, 5, 7 });
#endif
}

/* First half of @a and @b, lane by lane alternating. */
PH_INLINE Vec
vec_zip_low (Vec a, Vec b)
{
#if PH_LANES == 16
  return __builtin_shuffle (a, b,
                            (VecInt){ 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23 });
#elif PH_LANES == 8
  return __builtin_shuffle (a, b, (VecInt){ 0, 8, 1, 9, 2, 10, 3, 11 });
#else
  return __builtin_shuffle (a, b, (VecInt){ 0, 4, 1, 5 });
#endif
}

/* Second half of @a and @b, lane by lane alternating. */
PH_INLINE Vec
vec_zip_high (Vec a, Vec b)
{
#if PH_LANES == 16
  return __builtin_shuffle (
      a, b, (VecInt){ 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31 });
#elif PH_LANES == 8
  return __builtin_shuffle (a, b, (VecInt){ 4, 12, 5, 13, 6, 14, 7, 15 });
#else
  return __builtin_shuffle (a, b, (VecInt){ 2, 6, 3, 7 });
#endif
}

/* The lanes added up, in an order that depends on their number only. */
PH_INLINE float
vec_sum (Vec v)
{
  float part[PH_LANES];

  vec_store (part, v);
  for (gsize half = PH_LANES / 2; half > 0; half /= 2)
    for (gsize i = 0; i < half; i++)
      part[i] += part[i + half];
  return part[0];
}
