#include "kernels/cpu.h"
#include "kernels/fft.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#include "base/tensor.h"

/* The definition, in double. */
static void
transform (guint n, gboolean inverse, const double complex *x, double complex *y)
{
  double sign = inverse ? 2 * G_PI : -2 * G_PI;

  for (guint k = 0; k < n; k++)
    {
      y[k] = 0;
      for (guint j = 0; j < n; j++)
        y[k] += x[j] * cexp (I * sign * (double)((guint64)j * k % n) / n);
    }
}

static void
check (guint n, gboolean inverse)
{
  gsize part = (gsize)n * PH_FFT_BATCH;
  g_autoptr (PhFft) fft = ph_fft_new (n);
  float *data = ph_aligned_alloc (2 * part * sizeof (float));
  float *spare = ph_aligned_alloc (2 * part * sizeof (float));
  g_autofree float *input = g_new (float, 2 * part);
  g_autofree double complex *x = g_new (double complex, n);
  g_autofree double complex *y = g_new (double complex, n);

  for (gsize i = 0; i < 2 * part; i++)
    input[i] = data[i] = (float)g_test_rand_double_range (-1, 1);

  const float *result = ph_fft_run (fft, inverse, data, spare);

  for (guint lane = 0; lane < PH_FFT_BATCH; lane += 5)
    {
      for (guint j = 0; j < n; j++)
        x[j] = input[j * PH_FFT_BATCH + lane] + I * input[part + j * PH_FFT_BATCH + lane];
      transform (n, inverse, x, y);
      for (guint k = 0; k < n; k++)
        {
          double re = result[k * PH_FFT_BATCH + lane], im = result[part + k * PH_FFT_BATCH + lane];

          if (cabs (y[k] - (re + I * im)) > 2e-6 * sqrt (n) + 1e-6 * n)
            g_error ("length %u, frequency %u: expected %g%+gi, got %g%+gi", n, k, creal (y[k]),
                     cimag (y[k]), re, im);
        }
    }
  ph_aligned_free (data);
  ph_aligned_free (spare);
}

static void
test_against_definition (void)
{
  const guint lengths[] = { 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 25, 27, 30, 48, 75, 120, 240 };

  for (guint level = PH_CPU_PORTABLE; level <= PH_CPU_AVX512; level++)
    {
      ph_cpu_set_level ((PhCpuLevel)level);
      for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
        {
          check (lengths[i], FALSE);
          check (lengths[i], TRUE);
        }
    }
}

static void
test_good_sizes (void)
{
  const guint pairs[][2] = { { 0, 1 },     { 1, 1 },     { 7, 8 },     { 11, 12 },   { 64, 64 },
                             { 224, 225 }, { 227, 240 }, { 299, 300 }, { 512, 512 }, { 513, 540 } };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpuint (ph_fft_good_size (pairs[i][0]), ==, pairs[i][1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/kernel-fft/against-definition", test_against_definition);
  g_test_add_func ("/kernel-fft/good-sizes", test_good_sizes);
  return g_test_run ();
}
