#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

/* Tiles fill the registers: with 32 of them, 24 sums; with 16, 12 or fewer. */
#if PH_LANES == 16
#define WIDE_ROWS 8
#define WIDE_VECTORS 3
#define THIN_VECTORS 8
#elif PH_LANES == 8
#define WIDE_ROWS 4
#define WIDE_VECTORS 3
#define THIN_VECTORS 4
#else
#define WIDE_ROWS 4
#define WIDE_VECTORS 2
#define THIN_VECTORS 3
#endif
#define THIN_ROWS 3

/* Filters ahead of those at work to ask for: each is used once a tile, so they come from far. */
#define PREFETCH 512

/* The sums @v of @n pixels from place @at of the output. */
PH_INLINE void
finish_and_store (Vec v, gsize row, gsize at, gsize n, const PhMicroStore *store)
{
  if (store->add != NULL)
    v += vec_load_n (store->add + at, n);
  if (store->bias != NULL)
    v += store->bias[row];
  if (store->summand != NULL)
    v += vec_load_n (store->summand + at, n);
  if (store->clamp)
    v = vec_clamp (v, vec_set1 (store->low), vec_set1 (store->high));
  if (store->gate != NULL)
    v = vec_between (v, vec_load_n (store->gate + at, n), vec_set1 (store->low),
                     vec_set1 (store->high));
  vec_store_n (store->y + at, v, n);
}

/* @rows and @vectors are constants wherever this is inlined, so that all loops over them vanish and
 * the sums stay in registers. */
PH_INLINE void
multiply (gsize rows, gsize vectors, gsize depth, const float *a, const float *b,
          const gint32 *offsets, const PhMicroStore *store)
{
  Vec sum[PH_MICRO_MAX_ROWS][PH_MICRO_MAX_VECTORS];

#pragma GCC unroll 8
  for (gsize i = 0; i < rows; i++)
#pragma GCC unroll 8
    for (gsize j = 0; j < vectors; j++)
      sum[i][j] = (Vec){ 0 };

  if (rows >= vectors)
    for (gsize d = 0; d < depth; d++, a += rows)
      {
        const float *pixels = b + offsets[d];
        Vec bv[PH_MICRO_MAX_VECTORS];

        __builtin_prefetch (a + PREFETCH);

#pragma GCC unroll 8
        for (gsize j = 0; j < vectors; j++)
          bv[j] = vec_load (pixels + j * PH_LANES);
#pragma GCC unroll 8
        for (gsize i = 0; i < rows; i++)
          {
            Vec av = vec_set1 (a[i]);

#pragma GCC unroll 8
            for (gsize j = 0; j < vectors; j++)
              sum[i][j] += av * bv[j];
          }
      }
  else
    for (gsize d = 0; d < depth; d++, a += rows)
      {
        const float *pixels = b + offsets[d];
        Vec av[PH_MICRO_MAX_ROWS];

#pragma GCC unroll 8
        for (gsize i = 0; i < rows; i++)
          av[i] = vec_set1 (a[i]);
#pragma GCC unroll 8
        for (gsize j = 0; j < vectors; j++)
          {
            Vec bv = vec_load (pixels + j * PH_LANES);

            VEC_KEEP (bv);
#pragma GCC unroll 8
            for (gsize i = 0; i < rows; i++)
              sum[i][j] += av[i] * bv;
          }
      }

#pragma GCC unroll 8
  for (gsize i = 0; i < rows; i++)
    if (i < store->rows)
#pragma GCC unroll 8
      for (gsize j = 0; j < vectors; j++)
        finish_and_store (sum[i][j], i, i * store->pitch + j * PH_LANES,
                          MIN (store->pixels - j * PH_LANES, PH_LANES), store);
}

#define MICRO(kind, rows, vectors)                                                                 \
  static void kind##_##vectors (gsize depth, const float *a, const float *b,                       \
                                const gint32 *offsets, const PhMicroStore *store)                  \
  {                                                                                                \
    multiply (rows, vectors, depth, a, b, offsets, store);                                         \
  }

MICRO (wide, WIDE_ROWS, 1)
MICRO (wide, WIDE_ROWS, 2)
MICRO (thin, THIN_ROWS, 1)
MICRO (thin, THIN_ROWS, 2)
MICRO (thin, THIN_ROWS, 3)
#if WIDE_VECTORS > 2
MICRO (wide, WIDE_ROWS, 3)
#endif
#if THIN_VECTORS > 3
MICRO (thin, THIN_ROWS, 4)
#endif
#if THIN_VECTORS > 4
MICRO (thin, THIN_ROWS, 5)
MICRO (thin, THIN_ROWS, 6)
MICRO (thin, THIN_ROWS, 7)
MICRO (thin, THIN_ROWS, 8)
#endif

const PhMicro PH_KERNEL (ph_micro_wide) = {
  .rows = WIDE_ROWS,
  .lanes = PH_LANES,
  .vectors = WIDE_VECTORS,
  .func = {
    wide_1,
    wide_2,
#if WIDE_VECTORS > 2
    wide_3,
#endif
  },
};

const PhMicro PH_KERNEL (ph_micro_thin) = {
  .rows = THIN_ROWS,
  .lanes = PH_LANES,
  .vectors = THIN_VECTORS,
  .func = {
    thin_1,
    thin_2,
    thin_3,
#if THIN_VECTORS > 3
    thin_4,
#endif
#if THIN_VECTORS > 4
    thin_5,
    thin_6,
    thin_7,
    thin_8,
#endif
  },
};
