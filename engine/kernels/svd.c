#include "kernels/svd.h"

#include <glib/gi18n.h>
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "kernels/symmetric.h"

/* Singular values below this share of the largest are rounding: the product squares them. */
#define NOISE 1e-6

static gboolean
fail (gsize n, gsize c, GError **error)
{
  g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
               _ ("There is no memory for the singular values of a matrix of %zu × %zu numbers"), n,
               c);
  return FALSE;
}

/* The left vectors: the eigenvectors of X Xᵀ, or X V / s with those of Xᵀ X. */
static gboolean
fill_vectors (PhSvd *svd, const float *x, gsize c, const double *vectors, GError **error)
{
  gsize m = MIN (svd->n, c), k = svd->rank;

  svd->u = g_try_new (double, svd->n *k + 1);
  if (svd->u == NULL)
    return fail (svd->n, c, error);
  if (svd->n <= c)
    {
      for (gsize j = 0; j < k; j++)
        for (gsize i = 0; i < svd->n; i++)
          svd->u[i * k + j] = vectors[j * m + i];
      return TRUE;
    }

  g_autofree double *v = g_try_new (double, m *k + 1), *wide = g_try_new (double, svd->n *c + 1);

  if (v == NULL || wide == NULL)
    return fail (svd->n, c, error);
  for (gsize i = 0; i < svd->n * c; i++)
    wide[i] = x[i];
  for (gsize j = 0; j < k; j++)
    for (gsize i = 0; i < m; i++)
      v[i * k + j] = vectors[j * m + i] / svd->s[j];
  if (k > 0)
    cblas_dgemm (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)svd->n, (int)k, (int)c, 1, wide,
                 (int)c, v, (int)k, 0, svd->u, (int)k);
  return TRUE;
}

PhSvd *
ph_svd_new (const float *x, gsize n, gsize c, GError **error)
{
  g_autoptr (PhSvd) svd = g_new0 (PhSvd, 1);
  gsize m = MIN (n, c);
  g_autofree double *gram = g_try_new (double, m *m + 1);
  g_autofree double *vectors = g_try_new (double, m *m + 1);
  g_autofree double *values = g_new0 (double, m + 1);

  svd->n = n;
  svd->s = g_new0 (double, m + 1);
  if (gram == NULL || vectors == NULL)
    {
      fail (n, c, error);
      return NULL;
    }
  ph_gram (n, c, x, NULL, n > c, gram);
  for (gsize i = 0; i < m; i++)
    if (!isfinite (gram[i * m + i]))
      {
        g_set_error_literal (error, PH_ERROR, PH_ERROR_DIVERGED,
                             _ ("Some of the numbers to compare are infinite"));
        return NULL;
      }
  if (m > 0 && !ph_symmetric_eigen (m, gram, m, values, vectors))
    {
      fail (n, c, error);
      return NULL;
    }
  for (gsize j = 0; j < m && values[j] > NOISE * NOISE * values[0]; j++)
    svd->s[svd->rank++] = sqrt (values[j]);
  return fill_vectors (svd, x, c, vectors, error) ? g_steal_pointer (&svd) : NULL;
}

void
ph_svd_free (PhSvd *svd)
{
  g_free (svd->s);
  g_free (svd->u);
  g_free (svd);
}

float *
ph_svd_product (const PhSvd *a, gsize m, const PhSvd *b, gsize k, GError **error)
{
  g_autofree double *product = g_try_new (double, m *k + 1);
  g_autofree float *narrow = g_try_new (float, m *k + 1);

  if (product == NULL || narrow == NULL)
    {
      fail (m, k, error);
      return NULL;
    }
  if (m > 0 && k > 0)
    cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, (int)m, (int)k, (int)a->n, 1, a->u,
                 (int)a->rank, b->u, (int)b->rank, 0, product, (int)k);
  for (gsize i = 0; i < m * k; i++)
    narrow[i] = (float)product[i];
  return g_steal_pointer (&narrow);
}
