#include "kernels/symmetric.h"

#include <cblas.h>
#include <limits.h>
#include <string.h>

#include "kernels/parallel.h"

#define BLOCK 256 /* rows or columns that are turned into doubles together */

/* LAPACK as OpenBLAS brings it; Fortran has no header. The lengths of the texts come last. */
void dsyevr_ (const char *jobz, const char *range, const char *uplo, const int *n, double *a,
              const int *lda, const double *vl, const double *vu, const int *il, const int *iu,
              const double *abstol, int *m, double *w, double *z, const int *ldz, int *isuppz,
              double *work, const int *lwork, int *iwork, const int *liwork, int *info,
              gsize jobz_length, gsize range_length, gsize uplo_length);

typedef struct
{
  gsize n, size, m;
  const float *x, *shift;
  double *gram;
} Gram;

/* Rows @begin to @end of X, shifted, in double. */
static void
widen (const Gram *g, gsize begin, gsize end, double *rows)
{
  for (gsize i = begin; i < end; i++)
    for (gsize j = 0; j < g->size; j++)
      *rows++ = (double)g->x[i * g->size + j] - (g->shift != NULL ? (double)g->shift[j] : 0);
}

/* Blocks of the lower triangle of X Xᵀ; @begin counts blocks of rows. */
static void
gram_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gram *g = data;
  g_autofree double *a = g_new (double, BLOCK * g->size), *b = g_new (double, BLOCK * g->size);

  for (gsize block = begin; block < end; block++)
    {
      gsize row = block * BLOCK, n_rows = MIN (BLOCK, g->n - row);

      widen (g, row, row + n_rows, a);
      for (gsize column = 0; column <= row; column += BLOCK)
        {
          gsize n_columns = MIN (BLOCK, g->n - column);

          widen (g, column, column + n_columns, b);
          cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (int)n_rows, (int)n_columns,
                       (int)g->size, 1, a, (int)g->size, b, (int)g->size, 0,
                       g->gram + row * g->m + column, (int)g->m);
        }
    }
}

/* Rows @begin to @end of Xᵀ X: every thread reads all of X. */
static void
gram_columns (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gram *g = data;
  g_autofree double *rows = g_new (double, BLOCK * g->size);

  memset (g->gram + begin * g->m, 0, (end - begin) * g->m * sizeof (double));
  for (gsize row = 0; row < g->n; row += BLOCK)
    {
      gsize n_rows = MIN (BLOCK, g->n - row);

      widen (g, row, row + n_rows, rows);
      /* Up to the diagonal and a little past it. */
      cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int)(end - begin), (int)end,
                   (int)n_rows, 1, rows + begin, (int)g->size, rows, (int)g->size, 1,
                   g->gram + begin * g->m, (int)g->m);
    }
}

void
ph_gram (gsize n, gsize size, const float *x, const float *shift, gboolean columns, double *gram)
{
  Gram g = { n, size, columns ? size : n, x, shift, gram };

  g_return_if_fail (MAX (n, size) <= INT_MAX);

  openblas_set_num_threads (1);
  if (columns)
    ph_parallel_for (size, 16, gram_columns, &g);
  else
    ph_parallel_for ((n + BLOCK - 1) / BLOCK, 1, gram_rows, &g);
  for (gsize i = 0; i < g.m; i++)
    for (gsize j = i + 1; j < g.m; j++)
      gram[i * g.m + j] = gram[j * g.m + i];
}

gboolean
ph_symmetric_eigen (gsize m, double *a, gsize k, double *values, double *vectors)
{
  const int n = (int)m, low = (int)(m - k + 1), high = (int)m, query = -1;
  const double none = 0;
  int found = 0, info = 0, n_iwork = 0, lwork, liwork;
  double n_work = 0;
  g_autofree int *support = NULL, *iwork = NULL;
  g_autofree double *w = NULL, *work = NULL;

  g_return_val_if_fail (k >= 1 && k <= m && m <= 32768, FALSE);

  support = g_new (int, 2 * m);
  w = g_new (double, m);
  dsyevr_ ("V", "I", "U", &n, a, &n, &none, &none, &low, &high, &none, &found, w, vectors, &n,
           support, &n_work, &query, &n_iwork, &query, &info, 1, 1, 1);
  if (info != 0)
    return FALSE;
  lwork = (int)n_work;
  liwork = n_iwork;
  work = g_try_new (double, lwork);
  iwork = g_try_new (int, liwork);
  if (work == NULL || iwork == NULL)
    return FALSE;
  dsyevr_ ("V", "I", "U", &n, a, &n, &none, &none, &low, &high, &none, &found, w, vectors, &n,
           support, work, &lwork, iwork, &liwork, &info, 1, 1, 1);
  if (info != 0 || (gsize)found != k)
    return FALSE;
  /* LAPACK counts up; its columns are our rows. */
  for (gsize i = 0; i < k / 2; i++)
    for (gsize j = 0; j < m; j++)
      {
        double other = vectors[i * m + j];

        vectors[i * m + j] = vectors[(k - 1 - i) * m + j];
        vectors[(k - 1 - i) * m + j] = other;
      }
  for (gsize i = 0; i < k; i++)
    values[i] = w[k - 1 - i];
  return TRUE;
}
