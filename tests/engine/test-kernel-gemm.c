#include <math.h>

#include "base/rng.h"
#include "kernels/cpu.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

/* Extents up to 70, often 1, and now and then so long that a vector fills its loops. */
static gsize
pick_extent (PhRng *rng)
{
  guint32 dice = ph_rng_below (rng, 12);

  return dice < 4 ? 1 : dice == 4 ? 1 + ph_rng_below (rng, 4500) : 1 + ph_rng_below (rng, 70);
}

static float *
random_floats (gsize n, PhRng *rng)
{
  float *values = g_new (float, n + 1);

  for (gsize i = 0; i <= n; i++)
    values[i] = (float)ph_rng_uniform (rng, -1.0, 1.0);
  return values;
}

static void
check_product (gsize m, gsize n, gsize k, PhRng *rng)
{
  gboolean trans_a = ph_rng_below (rng, 2), trans_b = ph_rng_below (rng, 2);
  gsize lda = (trans_a ? m : k) + ph_rng_below (rng, 2) * 3;
  gsize ldb = (trans_b ? k : n) + ph_rng_below (rng, 2) * 2;
  gsize ldc = n + ph_rng_below (rng, 2) * 5;
  float alpha = ph_rng_below (rng, 2) ? 1.0f : -0.75f, beta = (float)ph_rng_below (rng, 3) * 0.5f;
  g_autofree float *a = random_floats ((trans_a ? k : m) * lda, rng);
  g_autofree float *b = random_floats ((trans_b ? n : k) * ldb, rng);
  g_autofree float *c = random_floats (m * ldc, rng);
  g_autofree float *before = g_memdup2 (c, (m * ldc + 1) * sizeof (float));

  /* With beta 0 nothing may depend on what stood there. */
  for (gsize i = 0; i < m && beta == 0.0f; i++)
    for (gsize j = 0; j < n; j++)
      c[i * ldc + j] = NAN;
  ph_gemm (trans_a, trans_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
  for (gsize i = 0; i < m; i++)
    for (gsize j = 0; j < ldc; j++)
      {
        double sum = 0, size = 1;

        if (j >= n)
          {
            g_assert_cmpfloat (c[i * ldc + j], ==, before[i * ldc + j]);
            continue;
          }
        for (gsize d = 0; d < k; d++)
          {
            double product = (double)(trans_a ? a[d * lda + i] : a[i * lda + d]) *
                             (trans_b ? b[j * ldb + d] : b[d * ldb + j]);

            sum += product;
            size += fabs (product);
          }
        sum = alpha * sum + (beta == 0.0f ? 0.0 : beta * (double)before[i * ldc + j]);
        g_assert_cmpfloat_with_epsilon (c[i * ldc + j], sum, 3e-7 * size);
      }
  g_assert_cmpfloat (c[m * ldc], ==, before[m * ldc]);
}

static void
test_random (void)
{
  PhRng rng;

  ph_rng_init (&rng, (guint32)g_test_rand_int (), 1);
  for (guint level = 0; level <= PH_CPU_AVX512; level++)
    for (guint i = 0; i < 300; i++)
      {
        gsize m = pick_extent (&rng), n = pick_extent (&rng), k = pick_extent (&rng);

        if (m * n * k > 200000)
          continue;
        ph_cpu_set_level (level);
        ph_parallel_set_threads (1 + i % 3);
        check_product (m, n, k, &rng);
      }
  ph_cpu_set_level (PH_CPU_AVX512);
  ph_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-gemm/random", test_random);
  return g_test_run ();
}
