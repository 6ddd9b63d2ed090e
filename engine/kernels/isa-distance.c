#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

/* Sums side by side: one alone would wait for the addition before it. */
#define SUMS 4

/* The lanes added up without going through memory: vectors here may be only a few lanes long. */
PH_INLINE float
add_lanes (Vec v)
{
#if PH_LANES == 16
  return _mm512_reduce_add_ps ((__m512)v);
#elif PH_LANES == 8
  __m128 half =
      _mm_add_ps (_mm256_castps256_ps128 ((__m256)v), _mm256_extractf128_ps ((__m256)v, 1));

  half = _mm_add_ps (half, _mm_movehl_ps (half, half));
  return _mm_cvtss_f32 (_mm_add_ss (half, _mm_movehdup_ps (half)));
#else
  return (v[0] + v[2]) + (v[1] + v[3]);
#endif
}

/* Σ (a - b)². */
float
PH_KERNEL (ph_squared_distance) (const void *a, const void *b, const void *n_numbers)
{
  const float *x = a, *y = b;
  gsize n = *(const gsize *)n_numbers, i = 0;
  Vec sums[SUMS] = { { 0 } };

  for (; i + SUMS * PH_LANES <= n; i += SUMS * PH_LANES)
    for (guint j = 0; j < SUMS; j++)
      {
        Vec d = vec_load (x + i + j * PH_LANES) - vec_load (y + i + j * PH_LANES);

        sums[j] += d * d;
      }
  for (guint j = 0; i < n; i += PH_LANES, j++)
    {
      gsize left = MIN (n - i, PH_LANES);
      Vec d = vec_load_n (x + i, left) - vec_load_n (y + i, left);

      sums[j % SUMS] += d * d;
    }
  return add_lanes ((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/* Where x * scale + shift <= limit. */
gsize
PH_KERNEL (ph_select_below) (gsize n, const float *x, const float *scale, const float *shift,
                             float limit, guint32 *found)
{
  gsize n_found = 0, i = 0;

#if PH_LANES >= 8
  for (; i + PH_LANES <= n; i += PH_LANES)
    {
      Vec v = vec_load (x + i) * vec_load (scale + i) + vec_load (shift + i);
#if PH_LANES == 16
      guint mask = _mm512_cmp_ps_mask ((__m512)v, _mm512_set1_ps (limit), _CMP_LE_OQ);
#else
      guint mask =
          (guint)_mm256_movemask_ps (_mm256_cmp_ps ((__m256)v, _mm256_set1_ps (limit), _CMP_LE_OQ));
#endif

      /* Nearly always nothing. */
      for (; mask != 0; mask &= mask - 1)
        found[n_found++] = (guint32)(i + (gsize)__builtin_ctz (mask));
    }
#endif
  for (; i < n; i++)
    if (x[i] * scale[i] + shift[i] <= limit)
      found[n_found++] = (guint32)i;
  return n_found;
}
