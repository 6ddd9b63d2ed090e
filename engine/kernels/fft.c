#include "kernels/fft.h"

#include <math.h>

#include "kernels/isa-private.h"

#define MAX_PASSES 32

typedef struct
{
  guint radix;
  gsize m;         /* length of this pass's transforms divided by its radix */
  gsize stride;    /* product of the radices before it */
  float *twiddles; /* owned: (m, radix - 1, 2): e^(-2 pi i p j / (m radix)) */
} Pass;

struct _PhFft
{
  guint n, n_passes;
  Pass passes[MAX_PASSES];
};

static guint
strip (guint n, guint factor)
{
  while (n % factor == 0)
    n /= factor;
  return n;
}

guint
ph_fft_good_size (guint n)
{
  for (n = MAX (n, 1); strip (strip (strip (n, 2), 3), 5) != 1; n++)
    ;
  return n;
}

PhFft *
ph_fft_new (guint n)
{
  const guint radices[] = { 4, 2, 3, 5 };
  PhFft *fft = g_new0 (PhFft, 1);
  gsize length = n, stride = 1;

  g_return_val_if_fail (ph_fft_good_size (n) == n, NULL);
  fft->n = n;
  for (guint r = 0; r < G_N_ELEMENTS (radices); r++)
    while (length % radices[r] == 0)
      {
        guint radix = radices[r];
        Pass *pass = &fft->passes[fft->n_passes++];
        gsize m = length / radix;

        *pass = (Pass){ radix, m, stride, g_new (float, 2 * m * (radix - 1)) };
        for (gsize p = 0; p < m; p++)
          for (guint j = 1; j < radix; j++)
            {
              double angle = -2 * G_PI * (double)(p * j) / (double)length;
              float *w = pass->twiddles + 2 * (p * (radix - 1) + j - 1);

              w[0] = (float)cos (angle);
              w[1] = (float)sin (angle);
            }
        length = m;
        stride *= radix;
      }
  return fft;
}

void
ph_fft_free (PhFft *fft)
{
  if (fft == NULL)
    return;
  for (guint i = 0; i < fft->n_passes; i++)
    g_free (fft->passes[i].twiddles);
  g_free (fft);
}

float *
ph_fft_run (const PhFft *fft, gboolean inverse, float *data, float *spare)
{
  gsize part = (gsize)fft->n * PH_FFT_BATCH;
  const PhKernels *kernels = ph_kernels ();
  /* Exchanging real and imaginary parts at both ends turns the sign of the exponent. */
  gsize re = inverse ? part : 0;
  gsize im = inverse ? 0 : part;

  for (guint i = 0; i < fft->n_passes; i++)
    {
      const Pass *pass = &fft->passes[i];
      float *result = spare;

      kernels->fft_pass (pass->radix, pass->m, pass->stride * PH_FFT_BATCH, pass->twiddles,
                         data + re, data + im, result + re, result + im);
      spare = data;
      data = result;
    }
  return data;
}
