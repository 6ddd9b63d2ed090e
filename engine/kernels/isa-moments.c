#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

/* Four sums side by side hide the time an addition takes and keep the error small. */
#define SUMS 4

/* Σ (x - mean)². */
float
PH_KERNEL (ph_squares) (gsize n, float mean, const float *x)
{
  Vec sums[SUMS] = { { 0 } };
  gsize i = 0;

  for (; i + SUMS * PH_LANES <= n; i += SUMS * PH_LANES)
    for (guint j = 0; j < SUMS; j++)
      {
        Vec d = vec_load (x + i + j * PH_LANES) - mean;

        sums[j] += d * d;
      }
  for (; i < n; i += PH_LANES)
    {
      gsize left = MIN (n - i, PH_LANES);
      /* Behind the end the vector is filled with zeros; their distance to the mean must not count.
       */
      Vec d = vec_load_n (x + i, left) - mean;
      float lanes[PH_LANES];

      vec_store (lanes, d);
      sums[0] += vec_load_n (lanes, left) * vec_load_n (lanes, left);
    }
  return vec_sum ((sums[0] + sums[1]) + (sums[2] + sums[3]));
}

/* @sums[0] = Σ y, @sums[1] = Σ y (x - mean). */
void
PH_KERNEL (ph_moments) (gsize n, float mean, const float *x, const float *y, float *sums)
{
  Vec zeroth[SUMS] = { { 0 } }, first[SUMS] = { { 0 } };
  gsize i = 0;

  for (; i + SUMS * PH_LANES <= n; i += SUMS * PH_LANES)
    for (guint j = 0; j < SUMS; j++)
      {
        Vec vy = vec_load (y + i + j * PH_LANES);

        zeroth[j] += vy;
        first[j] += vy * (vec_load (x + i + j * PH_LANES) - mean);
      }
  for (; i < n; i += PH_LANES)
    {
      gsize left = MIN (n - i, PH_LANES);
      Vec vy = vec_load_n (y + i, left);

      zeroth[0] += vy;
      first[0] += vy * (vec_load_n (x + i, left) - mean);
    }
  sums[0] = vec_sum ((zeroth[0] + zeroth[1]) + (zeroth[2] + zeroth[3]));
  sums[1] = vec_sum ((first[0] + first[1]) + (first[2] + first[3]));
}

/* y = p a + q b + r, or added to y. */
void
PH_KERNEL (ph_blend) (gsize n, float p, const float *a, float q, const float *b, float r,
                      gboolean add, float *y)
{
  for (gsize i = 0; i < n; i += PH_LANES)
    {
      gsize left = MIN (n - i, PH_LANES);
      Vec v = p * vec_load_n (a + i, left) + (q * vec_load_n (b + i, left) + r);

      if (add)
        v += vec_load_n (y + i, left);
      vec_store_n (y + i, v, left);
    }
}
