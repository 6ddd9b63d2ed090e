#include <math.h>

#include "base/rng.h"
#include "kernels/cpu.h"
#include "kernels/parallel.h"
#include "kernels/pointwise.h"

#define N 30011

typedef struct
{
  float a[N], b[N], y[N + 1], before[N];
} Arrays;

static Arrays *
arrays_new (void)
{
  Arrays *arrays = g_new (Arrays, 1);
  PhRng rng;

  ph_rng_init (&rng, (guint32)g_test_rand_int (), 1);
  for (gsize i = 0; i < N; i++)
    {
      arrays->a[i] = (float)ph_rng_normal (&rng);
      arrays->b[i] = (float)ph_rng_normal (&rng);
      arrays->y[i] = arrays->before[i] = (float)ph_rng_normal (&rng);
    }
  arrays->y[N] = 12345.0f;
  return arrays;
}

/* Calls @check on every instruction set and several numbers of threads. */
static void
on_all_levels (void (*check) (void))
{
  for (guint level = 0; level <= PH_CPU_AVX512; level++)
    for (guint threads = 1; threads <= 3; threads++)
      {
        ph_cpu_set_level (level);
        ph_parallel_set_threads (threads);
        check ();
      }
  ph_cpu_set_level (PH_CPU_AVX512);
  ph_parallel_set_threads (0);
}

/* Runs @CALL for some lengths and compares with @EXPECTED, written with a, b and y (as it was). */
#define CHECK(CALL, EXPECTED)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const gsize lengths[] = { 0, 1, 5, 16, 31, 1000, N };                                          \
                                                                                                   \
    for (guint j = 0; j < G_N_ELEMENTS (lengths); j++)                                             \
      {                                                                                            \
        g_autofree Arrays *arrays = arrays_new ();                                                 \
        gsize n = lengths[j];                                                                      \
        const float *va = arrays->a, *vb = arrays->b;                                              \
        float *vy = arrays->y;                                                                     \
                                                                                                   \
        (void)va, (void)vb;                                                                        \
        CALL;                                                                                      \
        for (gsize i = 0; i < n; i++)                                                              \
          {                                                                                        \
            double a = va[i], b = vb[i], y = arrays->before[i];                                    \
                                                                                                   \
            (void)a, (void)b, (void)y;                                                             \
            g_assert_cmpfloat_with_epsilon (vy[i], EXPECTED, 2e-6);                                \
          }                                                                                        \
        for (gsize i = n; i < N; i++)                                                              \
          g_assert_cmpfloat (vy[i], ==, arrays->before[i]);                                        \
        g_assert_cmpfloat (vy[N], ==, 12345.0f);                                                   \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
check_elements (void)
{
  CHECK (ph_pointwise_fill (n, 0.25f, vy), 0.25);
  CHECK (ph_pointwise_clamp (n, va, -0.5f, 1.5f, vy), CLAMP (a, -0.5, 1.5));
  CHECK (ph_pointwise_clamp (n, vy, 0.0f, INFINITY, vy), MAX (y, 0.0));
  CHECK (ph_pointwise_clamp_backward (n, va, vb, -0.5f, 1.5f, vy), a > -0.5 && a < 1.5 ? y + b : y);
  CHECK (ph_pointwise_gate (n, va, -0.5f, 1.5f, vy), a > -0.5 && a < 1.5 ? y : 0);
  CHECK (ph_pointwise_pass (n, va, vb, -0.5f, 1.5f, FALSE, vy), a > -0.5 && a < 1.5 ? b : 0);
  CHECK (ph_pointwise_pass (n, va, vb, -0.5f, 1.5f, TRUE, vy), a > -0.5 && a < 1.5 ? y + b : y);
  CHECK (ph_pointwise_pass (n, NULL, vb, 0, 0, FALSE, vy), b);
  CHECK (ph_pointwise_pass (n, NULL, vb, 0, 0, TRUE, vy), y + b);
  CHECK (ph_pointwise_accumulate (n, 3.0f, va, vy), y + 3.0 * a);
  CHECK (ph_pointwise_add (n, va, vb, vy), a + b);
  CHECK (ph_pointwise_subtract (n, va, vb, vy), a - b);
  CHECK (ph_pointwise_multiply (n, va, vy, vy), a * y);
  CHECK (ph_pointwise_multiply_accumulate (n, va, vb, vy), y + a * b);
  CHECK (ph_pointwise_scale_shift (n, 2.0f, -1.0f, va, vy), 2.0 * a - 1.0);
}

static void
test_elements (void)
{
  on_all_levels (check_elements);
}

/* Distance of @actual from @expected in units in the last place of the latter. */
static double
ulps (float actual, double expected)
{
  float nearest = (float)expected;
  double unit = nextafterf (fabsf (nearest), INFINITY) - fabsf (nearest);

  if (isinf (nearest) || isnan (expected))
    return actual == nearest || (isnan (actual) && isnan (expected)) ? 0.0 : INFINITY;
  return fabs (actual - expected) / unit;
}

static double
sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static double
silu (double x)
{
  return x / (1.0 + exp (-x));
}

static void
check_functions (void)
{
  static const struct
  {
    const char *name;
    void (*fast) (gsize n, const float *x, float *y);
    double (*exact) (double x);
    double low, high, bound;
  } functions[] = {
    { "exp", ph_pointwise_exp, exp, -104.5, 89.0, 2.0 },
    { "exp near 0", ph_pointwise_exp, exp, -1.0, 1.0, 2.0 },
    { "sigmoid", ph_pointwise_sigmoid, sigmoid, -86.0, 40.0, 4.0 },
    { "sigmoid near 0", ph_pointwise_sigmoid, sigmoid, -3.0, 3.0, 4.0 },
    { "tanh", ph_pointwise_tanh, tanh, -12.0, 12.0, 4.0 },
    { "tanh near 0", ph_pointwise_tanh, tanh, -0.01, 0.01, 4.0 },
    { "erf", ph_pointwise_erf, erf, -6.0, 6.0, 4.0 },
    { "erf near 0", ph_pointwise_erf, erf, -0.01, 0.01, 4.0 },
    { "atan", ph_pointwise_atan, atan, -12.0, 12.0, 4.0 },
    { "atan near 0", ph_pointwise_atan, atan, -0.01, 0.01, 4.0 },
    { "atan far away", ph_pointwise_atan, atan, -1e9, 1e9, 4.0 },
    { "silu", ph_pointwise_silu, silu, -80.0, 40.0, 5.0 },
    { "silu near 0", ph_pointwise_silu, silu, -2.0, 2.0, 5.0 },
  };
  g_autofree Arrays *arrays = arrays_new ();

  for (guint f = 0; f < G_N_ELEMENTS (functions); f++)
    {
      double worst = 0.0;

      for (gsize i = 0; i < N; i++)
        arrays->a[i] = (float)(functions[f].low +
                               (functions[f].high - functions[f].low) * (double)i / (N - 1));
      functions[f].fast (N, arrays->a, arrays->y);
      for (gsize i = 0; i < N; i++)
        worst = MAX (worst, ulps (arrays->y[i], functions[f].exact (arrays->a[i])));
      g_test_message ("%s: %.2f ulp", functions[f].name, worst);
      g_assert_cmpfloat (worst, <=, functions[f].bound);
    }
}

static void
test_functions (void)
{
  for (guint level = 0; level <= PH_CPU_AVX512; level++)
    {
      ph_cpu_set_level (level);
      check_functions ();
    }
  ph_cpu_set_level (PH_CPU_AVX512);
}

static void
check_special (void)
{
  const float x[] = { INFINITY, -INFINITY, NAN, 0.0f, -0.0f };
  float y[5];

  ph_pointwise_exp (5, x, y);
  g_assert_true (isinf (y[0]) && y[1] == 0.0f && isnan (y[2]) && y[3] == 1.0f);
  ph_pointwise_sigmoid (5, x, y);
  g_assert_true (y[0] == 1.0f && y[1] == 0.0f && isnan (y[2]) && y[3] == 0.5f);
  ph_pointwise_tanh (5, x, y);
  g_assert_true (y[0] == 1.0f && y[1] == -1.0f && isnan (y[2]) && y[3] == 0.0f && signbit (y[4]));
  ph_pointwise_erf (5, x, y);
  g_assert_true (y[0] == 1.0f && y[1] == -1.0f && isnan (y[2]) && y[3] == 0.0f && signbit (y[4]));
  ph_pointwise_atan (5, x, y);
  g_assert_true (y[0] == (float)G_PI_2 && y[1] == (float)-G_PI_2 && isnan (y[2]) && y[3] == 0.0f &&
                 signbit (y[4]));
  ph_pointwise_clamp (5, x, -2.0f, 3.0f, y);
  g_assert_true (y[0] == 3.0f && y[1] == -2.0f && isnan (y[2]));
}

static void
test_special (void)
{
  on_all_levels (check_special);
}

static void
check_planes (void)
{
  enum
  {
    IMAGES = 2,
    CHANNELS = 5,
    PLANE = 77
  };
  g_autofree Arrays *arrays = arrays_new ();
  const float *x = arrays->a, *scale = arrays->b, *shift = arrays->b + 100;
  float *y = arrays->y, sums[IMAGES * CHANNELS];

  ph_pointwise_channels_scale_shift (IMAGES, CHANNELS, PLANE, scale, shift, FALSE, x, y);
  for (gsize i = 0; i < IMAGES * CHANNELS * PLANE; i++)
    {
      gsize c = i / PLANE % CHANNELS;

      g_assert_cmpfloat_with_epsilon (y[i], x[i] * scale[c] + shift[c], 1e-6);
      arrays->before[i] = y[i];
    }
  ph_pointwise_channels_scale_shift (IMAGES, CHANNELS, PLANE, scale, NULL, TRUE, x, y);
  for (gsize i = 0; i < IMAGES * CHANNELS * PLANE; i++)
    g_assert_cmpfloat_with_epsilon (y[i], arrays->before[i] + x[i] * scale[i / PLANE % CHANNELS],
                                    1e-5);
  ph_pointwise_plane_sums (IMAGES * CHANNELS, PLANE, 0.5f, x, sums);
  for (gsize p = 0; p < IMAGES * CHANNELS; p++)
    {
      double sum = 0.0;

      for (gsize i = 0; i < PLANE; i++)
        sum += x[p * PLANE + i];
      g_assert_cmpfloat_with_epsilon (sums[p], 0.5 * sum, 1e-5);
    }
  for (gsize i = 0; i < IMAGES * CHANNELS * PLANE; i++)
    arrays->before[i] = y[i];
  ph_pointwise_plane_spread (IMAGES * CHANNELS, PLANE, 2.0f, sums, y);
  for (gsize i = 0; i < IMAGES * CHANNELS * PLANE; i++)
    g_assert_cmpfloat_with_epsilon (y[i], arrays->before[i] + 2.0 * sums[i / PLANE], 1e-5);
}

static void
test_planes (void)
{
  on_all_levels (check_planes);
}

static void
check_softmax (void)
{
  enum
  {
    ROWS = 11,
    COLUMNS = 1003
  };
  g_autofree Arrays *arrays = arrays_new ();
  float *y = arrays->y;
  g_autofree float *dx = g_new0 (float, N);

  for (gsize i = 0; i < N; i++)
    arrays->a[i] = 10.0f * arrays->a[i] + 500.0f;
  ph_pointwise_softmax (ROWS, COLUMNS, arrays->a, y);
  ph_pointwise_softmax_backward (ROWS, COLUMNS, y, arrays->b, dx);
  for (gsize r = 0; r < ROWS; r++)
    {
      const float *x = arrays->a + r * COLUMNS;
      double sum = 0.0, inner = 0.0;

      for (gsize i = 0; i < COLUMNS; i++)
        sum += exp ((double)x[i] - 500.0);
      for (gsize i = 0; i < COLUMNS; i++)
        {
          double expected = exp ((double)x[i] - 500.0) / sum;

          g_assert_cmpfloat_with_epsilon (y[r * COLUMNS + i], expected, 1e-6);
          inner += expected * arrays->b[r * COLUMNS + i];
        }
      for (gsize i = r * COLUMNS; i < (r + 1) * COLUMNS; i++)
        g_assert_cmpfloat_with_epsilon (dx[i], y[i] * (arrays->b[i] - inner), 1e-5);
    }
}

static void
test_softmax (void)
{
  on_all_levels (check_softmax);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-pointwise/elements", test_elements);
  g_test_add_func ("/kernel-pointwise/functions", test_functions);
  g_test_add_func ("/kernel-pointwise/special", test_special);
  g_test_add_func ("/kernel-pointwise/planes", test_planes);
  g_test_add_func ("/kernel-pointwise/softmax", test_softmax);
  return g_test_run ();
}
