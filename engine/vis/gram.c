#include "vis/gram.h"

#include "kernels/gemm.h"

void
ph_gram_add (gsize channels, gsize n, const float *a, double weight, float *gram)
{
  ph_gemm (FALSE, TRUE, channels, channels, n, (float)(weight / (double)n), a, n, a, n, 1, gram,
           channels);
}

void
ph_gram_adjoint (gsize channels, gsize n, const float *a, double weight, const float *d_gram,
                 float *d_a)
{
  ph_gemm (FALSE, FALSE, channels, n, channels, (float)(2 * weight / (double)n), d_gram, channels,
           a, n, 0, d_a, n);
}
