#include "kernels/conv-weights.h"
#include "kernels/simd-private.h"

/* The tile fills the registers: numbers of a window by vectors of filters. */
#if PH_LANES == 16
#define VECTORS 4
#else
#define VECTORS 2
#endif
#define ROWS PH_WEIGHTS_ROWS
#define WIDTH (VECTORS * PH_LANES)

/* Each number of dy is read once a row, each of x once a vector. */
void
PH_KERNEL (ph_weights_item) (const PhWeightsItem *item)
{
  Vec sum[ROWS][VECTORS];
  const float *dy = item->dy;
  gsize rows[ROWS];

#pragma GCC unroll 8
  for (gsize i = 0; i < ROWS; i++)
    {
      rows[i] = item->rows[i];
#pragma GCC unroll 8
      for (gsize j = 0; j < VECTORS; j++)
        sum[i][j] = vec_load (item->sums + i * item->pitch + j * PH_LANES);
    }
  for (gsize p = 0; p < item->pixels; p++, dy += WIDTH)
    {
      const float *x = item->x + item->at[p];
      Vec v[VECTORS];

#pragma GCC unroll 8
      for (gsize j = 0; j < VECTORS; j++)
        v[j] = vec_load (dy + j * PH_LANES);
#pragma GCC unroll 8
      for (gsize i = 0; i < ROWS; i++)
        {
          Vec window = vec_set1 (x[rows[i]]);

#pragma GCC unroll 8
          for (gsize j = 0; j < VECTORS; j++)
            sum[i][j] += window * v[j];
        }
    }
#pragma GCC unroll 8
  for (gsize i = 0; i < ROWS; i++)
#pragma GCC unroll 8
    for (gsize j = 0; j < VECTORS; j++)
      vec_store (item->sums + i * item->pitch + j * PH_LANES, sum[i][j]);
}

/* Turns rows into columns: after as many shuffles as it takes to halve the lanes down to one. */
PH_INLINE void
transpose (Vec v[PH_LANES])
{
  for (gsize half = PH_LANES / 2; half > 0; half /= 2)
    {
      Vec t[PH_LANES];

#pragma GCC unroll 16
      for (gsize i = 0; i < PH_LANES / 2; i++)
        {
          t[2 * i] = vec_zip_low (v[i], v[i + PH_LANES / 2]);
          t[2 * i + 1] = vec_zip_high (v[i], v[i + PH_LANES / 2]);
        }
#pragma GCC unroll 16
      for (gsize i = 0; i < PH_LANES; i++)
        v[i] = t[i];
    }
}

/* @to (columns, @to_pitch) = @from (rows, @from_pitch) turned, or added to it. Rows up to a whole
 * number of vectors are written, those that are not there as zeros, unless @add. */
void
PH_KERNEL (ph_transpose) (gsize rows, gsize columns, const float *from, gsize from_pitch,
                          gboolean add, float *to, gsize to_pitch)
{
  for (gsize r = 0; r < rows; r += PH_LANES)
    for (gsize c = 0; c < columns; c += PH_LANES)
      {
        gsize n_rows = MIN (rows - r, PH_LANES), n_columns = MIN (columns - c, PH_LANES);
        Vec v[PH_LANES];

#pragma GCC unroll 16
        for (gsize i = 0; i < PH_LANES; i++)
          v[i] = i < n_rows ? vec_load_n (from + (r + i) * from_pitch + c, n_columns) : (Vec){ 0 };
        transpose (v);
#pragma GCC unroll 16
        for (gsize i = 0; i < PH_LANES; i++)
          {
            float *at = to + (c + i) * to_pitch + r;

            if (i >= n_columns)
              continue;
            if (add)
              vec_store_n (at, v[i] + vec_load_n (at, n_rows), n_rows);
            else
              vec_store (at, v[i]);
          }
      }
}

/* Σ a b over @rows rows of @columns numbers. */
float
PH_KERNEL (ph_dot_rows) (gsize rows, gsize columns, const float *a, gsize a_pitch, const float *b,
                         gsize b_pitch)
{
  Vec sum = { 0 };

  for (gsize r = 0; r < rows; r++)
    for (gsize c = 0; c < columns; c += PH_LANES)
      {
        gsize n = MIN (columns - c, PH_LANES);

        sum += vec_load_n (a + r * a_pitch + c, n) * vec_load_n (b + r * b_pitch + c, n);
      }
  return vec_sum (sum);
}

const gsize PH_KERNEL (ph_weights_width) = WIDTH;
