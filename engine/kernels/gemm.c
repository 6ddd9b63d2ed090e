#include "kernels/gemm.h"

#include <cblas.h>
#include <limits.h>

#include "kernels/parallel.h"

/* Multiplications below which a second thread costs more than it brings. */
#define MIN_WORK (1 << 17)

typedef struct
{
  gboolean trans_a, trans_b;
  gsize m, n, k;
  float alpha, beta;
  const float *a, *b;
  float *c;
  gsize lda, ldb, ldc;
} Gemm;

static void
gemm_part (const Gemm *g, gsize row, gsize n_rows, gsize column, gsize n_columns)
{
  cblas_sgemm (CblasRowMajor, g->trans_a ? CblasTrans : CblasNoTrans,
               g->trans_b ? CblasTrans : CblasNoTrans, (int)n_rows, (int)n_columns, (int)g->k,
               g->alpha, g->a + (g->trans_a ? row : row * g->lda), (int)g->lda,
               g->b + (g->trans_b ? column * g->ldb : column), (int)g->ldb, g->beta,
               g->c + row * g->ldc + column, (int)g->ldc);
}

static void
gemm_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gemm *g = data;

  gemm_part (g, begin, end - begin, 0, g->n);
}

static void
gemm_columns (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gemm *g = data;

  gemm_part (g, 0, g->m, begin, end - begin);
}

void
ph_gemm (gboolean trans_a, gboolean trans_b, gsize m, gsize n, gsize k, float alpha, const float *a,
         gsize lda, const float *b, gsize ldb, float beta, float *c, gsize ldc)
{
  static gsize once = 0;
  Gemm g = { trans_a, trans_b, m, n, k, alpha, beta, a, b, c, lda, ldb, ldc };

  g_return_if_fail (MAX (MAX (m, n), k) <= INT_MAX);
  g_return_if_fail (MAX (MAX (lda, ldb), ldc) <= INT_MAX);

  if (g_once_init_enter (&once))
    {
      openblas_set_num_threads (1);
      g_once_init_leave (&once, 1);
    }
  if (m == 0 || n == 0)
    return;

  gsize work = MAX (MIN (m, n) * MAX (k, 1), 1);
  gsize grain = MAX (MIN_WORK / work, 8);
  if (m > n)
    ph_parallel_for (m, grain, gemm_rows, &g);
  else
    ph_parallel_for (n, grain, gemm_columns, &g);
}
