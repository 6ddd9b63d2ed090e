#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

/* A matrix times a vector reads each number of the matrix once, so it is as fast as memory when
 * enough of its rows are read side by side. */
#define ROWS 4

/* Numbers of the result that stay in the first cache while the rows pass. */
#define BLOCK 2048

PH_INLINE void
store_sum (float sum, float alpha, float beta, float *y)
{
  *y = alpha * sum + (beta != 0.0f ? beta * *y : 0.0f);
}

/* @rows is a constant wherever this is inlined. */
PH_INLINE void
dot_rows (gsize rows, gsize columns, float alpha, const float *a, gsize lda, const float *x,
          float beta, float *y)
{
  Vec sum[ROWS][2] = { 0 };
  gsize j = 0;

  for (; j + 2 * PH_LANES <= columns; j += 2 * PH_LANES)
    {
      Vec x0 = vec_load (x + j), x1 = vec_load (x + j + PH_LANES);

#pragma GCC unroll 4
      for (gsize i = 0; i < rows; i++)
        {
          sum[i][0] += vec_load (a + i * lda + j) * x0;
          sum[i][1] += vec_load (a + i * lda + j + PH_LANES) * x1;
        }
    }
  for (; j < columns; j += PH_LANES)
    {
      gsize n = MIN (columns - j, PH_LANES);
      Vec x0 = vec_load_n (x + j, n);

#pragma GCC unroll 4
      for (gsize i = 0; i < rows; i++)
        sum[i][0] += vec_load_n (a + i * lda + j, n) * x0;
    }
#pragma GCC unroll 4
  for (gsize i = 0; i < rows; i++)
    store_sum (vec_sum (sum[i][0] + sum[i][1]), alpha, beta, y + i);
}

void
PH_KERNEL (ph_matvec) (gsize rows, gsize columns, float alpha, const float *a, gsize lda,
                       const float *x, float beta, float *y)
{
  gsize i = 0;

  for (; i + ROWS <= rows; i += ROWS)
    dot_rows (ROWS, columns, alpha, a + i * lda, lda, x, beta, y + i);
  for (; i < rows; i++)
    dot_rows (1, columns, alpha, a + i * lda, lda, x, beta, y + i);
}

/* y += alpha * (x[0] * first row + …); @rows is a constant wherever this is inlined. */
PH_INLINE void
add_rows (gsize rows, gsize columns, float alpha, const float *a, gsize lda, const float *x,
          float *y)
{
  Vec factor[ROWS];

#pragma GCC unroll 4
  for (gsize i = 0; i < rows; i++)
    factor[i] = vec_set1 (alpha * x[i]);
  for (gsize j = 0; j < columns; j += PH_LANES)
    {
      gsize n = MIN (columns - j, PH_LANES);
      Vec sum = vec_load_n (y + j, n);

#pragma GCC unroll 4
      for (gsize i = 0; i < rows; i++)
        sum += factor[i] * vec_load_n (a + i * lda + j, n);
      vec_store_n (y + j, sum, n);
    }
}

void
PH_KERNEL (ph_matvec_transposed) (gsize rows, gsize columns, float alpha, const float *a, gsize lda,
                                  const float *x, float beta, float *y)
{
  for (gsize begin = 0; begin < columns; begin += BLOCK)
    {
      gsize n = MIN (columns - begin, BLOCK), i = 0;

      for (gsize j = 0; j < n; j++)
        y[begin + j] = beta != 0.0f ? beta * y[begin + j] : 0.0f;
      for (; i + ROWS <= rows; i += ROWS)
        add_rows (ROWS, n, alpha, a + i * lda + begin, lda, x + i, y + begin);
      for (; i < rows; i++)
        add_rows (1, n, alpha, a + i * lda + begin, lda, x + i, y + begin);
    }
}
