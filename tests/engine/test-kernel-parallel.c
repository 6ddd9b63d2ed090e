#include "base/rng.h"
#include "kernels/cpu.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

#include <math.h>
#include <string.h>

#define N 1013

static void
count_items (gsize begin, gsize end, guint thread, gpointer data)
{
  int *counts = data;

  g_assert_cmpuint (thread, <, ph_parallel_get_threads ());
  for (gsize i = begin; i < end; i++)
    g_atomic_int_inc (&counts[i]);
}

static void
count_nested (gsize begin, gsize end, guint thread, gpointer data)
{
  int *counts = data;

  for (gsize i = begin; i < end; i++)
    ph_parallel_for (7, 1, count_items, counts + 7 * i);
}

static void
assert_all (const int *counts, gsize n, int expected)
{
  for (gsize i = 0; i < n; i++)
    g_assert_cmpint (counts[i], ==, expected);
}

/* Each item is done once, whatever the number of threads, also when that changes in between. */
static void
test_each_once (void)
{
  for (guint threads = 1; threads <= 5; threads++)
    {
      int counts[N] = { 0 };

      ph_parallel_set_threads (threads);
      g_assert_cmpuint (ph_parallel_get_threads (), ==, threads);
      for (guint i = 0; i < 300; i++)
        ph_parallel_for (N, 1 + i % 40, count_items, counts);
      assert_all (counts, N, 300);
      ph_parallel_for (0, 1, count_items, NULL);
    }
  ph_parallel_set_threads (0);
  g_assert_cmpuint (ph_parallel_get_threads (), >=, 1);
}

static void
test_nested (void)
{
  int counts[7 * 20] = { 0 };

  ph_parallel_set_threads (3);
  ph_parallel_for (20, 1, count_nested, counts);
  assert_all (counts, G_N_ELEMENTS (counts), 1);
  ph_parallel_set_threads (0);
}

static gpointer
use_pool (gpointer data)
{
  int counts[N] = { 0 };

  for (guint i = 0; i < 200; i++)
    ph_parallel_for (N, 1, count_items, counts);
  assert_all (counts, N, 200);
  return NULL;
}

static void
test_concurrent (void)
{
  GThread *threads[4];

  ph_parallel_set_threads (3);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("user", use_pool, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  ph_parallel_set_threads (0);
}

/* Sleeping workers are woken: the pause is far longer than they spin. */
static void
test_after_sleep (void)
{
  int counts[N] = { 0 };

  ph_parallel_set_threads (3);
  for (guint i = 0; i < 5; i++)
    {
      g_usleep (5000);
      ph_parallel_for (N, 1, count_items, counts);
    }
  assert_all (counts, N, 5);
  ph_parallel_set_threads (0);
}

static void
test_cpu_level (void)
{
  PhCpuLevel best = ph_cpu_level ();

  ph_cpu_set_level (PH_CPU_PORTABLE);
  g_assert_cmpint (ph_cpu_level (), ==, PH_CPU_PORTABLE);
  ph_cpu_set_level (PH_CPU_AVX512);
  g_assert_cmpint (ph_cpu_level (), ==, best);
  g_assert_cmpstr (ph_cpu_level_name (PH_CPU_AVX2), ==, "avx2");
}

static void
test_gemm (void)
{
  PhRng rng;

  ph_rng_init (&rng, (guint32)g_test_rand_int (), 1);
  for (guint trial = 0; trial < 200; trial++)
    {
      gsize m = 1 + ph_rng_below (&rng, 70), n = 1 + ph_rng_below (&rng, 90);
      gsize k = ph_rng_below (&rng, 50), more = ph_rng_below (&rng, 4);
      gboolean trans_a = trial & 1, trans_b = trial & 2;
      float alpha = trial & 4 ? 1.0f : -0.5f, beta = trial & 8 ? 0.0f : 2.0f;
      gsize lda = (trans_a ? m : k) + more, ldb = (trans_b ? k : n) + more, ldc = n + more;
      g_autofree float *a = g_new (float, 200 * 200), *b = g_new (float, 200 * 200);
      g_autofree float *c = g_new (float, 200 * 200), *before = g_new (float, 200 * 200);

      ph_parallel_set_threads (1 + trial % 3);
      for (gsize i = 0; i < 200 * 200; i++)
        {
          a[i] = (float)ph_rng_uniform (&rng, -1, 1);
          b[i] = (float)ph_rng_uniform (&rng, -1, 1);
          c[i] = before[i] = beta == 0.0f ? NAN : 3.0f;
        }
      ph_gemm (trans_a, trans_b, m, n, k, alpha, a, MAX (lda, 1), b, MAX (ldb, 1), beta, c, ldc);
      for (gsize i = 0; i < m; i++)
        for (gsize j = 0; j < n; j++)
          {
            double sum = 0.0;

            for (gsize l = 0; l < k; l++)
              sum += (double)a[trans_a ? l * lda + i : i * lda + l] *
                     b[trans_b ? j * ldb + l : l * ldb + j];
            sum = alpha * sum + (beta == 0.0f ? 0.0 : beta * before[i * ldc + j]);
            g_assert_cmpfloat_with_epsilon (c[i * ldc + j], sum, 1e-4);
          }
      /* Between the rows nothing is written. */
      for (gsize i = 0; i + 1 < m && more > 0; i++)
        g_assert_cmpmem (&c[i * ldc + n], sizeof (float), &before[i * ldc + n], sizeof (float));
    }
  ph_parallel_set_threads (0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-parallel/each-once", test_each_once);
  g_test_add_func ("/kernel-parallel/nested", test_nested);
  g_test_add_func ("/kernel-parallel/concurrent", test_concurrent);
  g_test_add_func ("/kernel-parallel/after-sleep", test_after_sleep);
  g_test_add_func ("/kernel-parallel/cpu-level", test_cpu_level);
  g_test_add_func ("/kernel-parallel/gemm", test_gemm);
  return g_test_run ();
}
