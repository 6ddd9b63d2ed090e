#include "kernels/gemm.h"

#include <cblas.h>
#include <limits.h>

#include "kernels/isa-private.h"
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

/* Numbers of a matrix that are worth a second thread when each is used once. */
#define MATVEC_GRAIN (1 << 14)

/* y = alpha * op (a) x + beta * y. */
typedef struct
{
  const PhKernels *kernels;
  gboolean transposed;
  gsize length; /* of x */
  float alpha, beta;
  const float *a, *x;
  gsize lda;
  float *y;
} MatVec;

static void
matvec_part (gsize begin, gsize end, guint thread, gpointer data)
{
  const MatVec *v = data;

  if (v->transposed)
    v->kernels->matvec_transposed (v->length, end - begin, v->alpha, v->a + begin, v->lda, v->x,
                                   v->beta, v->y + begin);
  else
    v->kernels->matvec (end - begin, v->length, v->alpha, v->a + begin * v->lda, v->lda, v->x,
                        v->beta, v->y + begin);
}

/* Products with a vector, which a library for matrices does at half the speed of memory. */
static gboolean
multiply_vector (const Gemm *g)
{
  MatVec v = {
    .kernels = ph_kernels (), .length = g->k, .alpha = g->alpha, .beta = g->beta, .y = g->c
  };
  gsize n;

  if (g->m == 1 && (!g->trans_a || g->lda == 1))
    {
      v.transposed = !g->trans_b;
      v.a = g->b;
      v.lda = g->ldb;
      v.x = g->a;
      n = g->n;
    }
  else if (g->n == 1 && g->ldc == 1 && (g->trans_b || g->ldb == 1))
    {
      v.transposed = g->trans_a;
      v.a = g->a;
      v.lda = g->lda;
      v.x = g->b;
      n = g->m;
    }
  else
    return FALSE;
  ph_parallel_for (n, MATVEC_GRAIN / MAX (g->k, 1) + 1, matvec_part, &v);
  return TRUE;
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
  if (m == 0 || n == 0 || multiply_vector (&g))
    return;

  gsize work = MAX (MIN (m, n) * MAX (k, 1), 1);
  gsize grain = MAX (MIN_WORK / work, 8);
  if (m > n)
    ph_parallel_for (m, grain, gemm_rows, &g);
  else
    ph_parallel_for (n, grain, gemm_columns, &g);
}
