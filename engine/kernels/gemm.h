#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ph_gemm:
 * @trans_a, @trans_b: whether to use the transpose of the stored matrix
 * @m, @n, @k: op(A) is (m, k), op(B) is (k, n), C is (m, n)
 * @lda, @ldb, @ldc: elements from one stored row to the next
 *
 * C = alpha * op(A) * op(B) + beta * C, row-major float32, by OpenBLAS, or by our own kernels when
 * m or n is 1 and the rest is dense. With @beta 0, C is
 * overwritten whatever it held. Threads: our pool splits the larger of m and n; OpenBLAS itself is
 * held to one thread.
 */
void ph_gemm (gboolean trans_a, gboolean trans_b, gsize m, gsize n, gsize k, float alpha,
              const float *a, gsize lda, const float *b, gsize ldb, float beta, float *c,
              gsize ldc);

G_END_DECLS
