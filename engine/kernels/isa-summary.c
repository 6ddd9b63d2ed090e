/* Extremes, sums and zeros of many numbers in one pass. */

#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

#include <math.h>

/* Vectors that are in flight: one step's result is not waited for by the next. */
#define WAYS 4

/* Numbers whose sums stay in single precision: few enough that nothing is lost. */
#define BLOCK 1024

void
PH_KERNEL (ph_summary) (gsize n, const float *x, PhSummary *summary)
{
  Vec high[WAYS], low[WAYS];
  gsize whole = n - n % (WAYS * PH_LANES);
  gsize zeros = 0;
  double sum = 0, squares = 0;

  for (gsize j = 0; j < WAYS; j++)
    {
      high[j] = vec_set1 (-INFINITY);
      low[j] = vec_set1 (INFINITY);
    }
  for (gsize begin = 0; begin < whole; begin += BLOCK)
    {
      Vec s[WAYS] = { 0 }, q[WAYS] = { 0 };
      VecInt z[WAYS] = { 0 };
      gsize end = MIN (begin + BLOCK, whole);

      for (gsize i = begin; i < end; i += WAYS * PH_LANES)
        for (gsize j = 0; j < WAYS; j++)
          {
            Vec v = vec_load (x + i + j * PH_LANES);

            high[j] = vec_max (v, high[j]);
            low[j] = vec_min (v, low[j]);
            s[j] += v;
            q[j] += v * v;
            z[j] -= v == 0.0f; /* true is -1 */
          }
      sum += vec_sum ((s[0] + s[1]) + (s[2] + s[3]));
      squares += vec_sum ((q[0] + q[1]) + (q[2] + q[3]));
      z[0] += z[1] + z[2] + z[3];
      for (gsize lane = 0; lane < PH_LANES; lane++)
        zeros += (gsize)z[0][lane];
    }

  float max = -INFINITY, min = INFINITY;

  for (gsize j = 0; j < WAYS; j++)
    for (gsize lane = 0; lane < PH_LANES; lane++)
      {
        max = MAX (max, high[j][lane]);
        min = MIN (min, low[j][lane]);
      }
  for (gsize i = whole; i < n; i++)
    {
      max = x[i] > max ? x[i] : max;
      min = x[i] < min ? x[i] : min;
      sum += x[i];
      squares += (double)x[i] * x[i];
      zeros += x[i] == 0.0f;
    }
  *summary = (PhSummary){ max, min, sum, squares, zeros };
}
