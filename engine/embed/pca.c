#include "embed/pca.h"

#include <glib/gi18n.h>
#include <math.h>

#include "base/tensor.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"
#include "kernels/symmetric.h"

/* Directions whose variance is a smaller share of the largest are rounding, not data. */
#define LEAST_VARIANCE 1e-12

static void
set_mean (PhPca *pca, const float *x, gsize n)
{
  g_autofree double *sum = g_new0 (double, pca->size + 1);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < pca->size; j++)
      sum[j] += (double)x[i * pca->size + j];
  for (gsize j = 0; j < pca->size; j++)
    pca->mean[j] = (float)(sum[j] / (double)n);
}

typedef struct
{
  PhPca *pca;
  const float *x;
  gsize n, m;
  const double *vectors; /* (k, m) */
  gboolean columns;
} Solution;

/* A component: the eigenvector itself, or the sum of the vectors weighted with it; of length 1, and
 * its largest number positive. */
static void
set_component (const Solution *solution, gsize row)
{
  const PhPca *pca = solution->pca;
  const float *x = solution->x;
  const double *eigenvector = solution->vectors + row * solution->m;
  g_autofree double *sum = g_new0 (double, pca->size + 1);
  double squares = 0, largest = 0;

  for (gsize i = 0; i < solution->n && !solution->columns; i++)
    for (gsize j = 0; j < pca->size; j++)
      sum[j] += eigenvector[i] * ((double)x[i * pca->size + j] - (double)pca->mean[j]);
  for (gsize j = 0; j < pca->size; j++)
    {
      if (solution->columns)
        sum[j] = eigenvector[j];
      squares += sum[j] * sum[j];
      if (fabs (sum[j]) > fabs (largest))
        largest = sum[j];
    }
  for (gsize j = 0; j < pca->size; j++)
    pca->components[row * pca->size + j] =
        (float)(sum[j] / (largest < 0 ? -sqrt (squares) : sqrt (squares)));
}

static void
set_components (gsize begin, gsize end, guint thread, gpointer data)
{
  for (gsize row = begin; row < end; row++)
    set_component (data, row);
}

static gboolean
solve (PhPca *pca, const float *x, gsize n, guint wanted, const PhMonitor *monitor,
       GCancellable *cancellable, GError **error)
{
  const gboolean columns = pca->size <= n;
  const gsize m = columns ? pca->size : n;
  const gsize k = MIN (wanted, m);
  g_autofree double *gram = g_try_new (double, m *m);
  g_autofree double *vectors = g_try_new (double, k *m);
  g_autofree double *values = g_new (double, k);

  pca->components = ph_aligned_alloc (k * pca->size * sizeof (float));
  pca->variance = g_new0 (double, k);
  if (gram == NULL || vectors == NULL || pca->components == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "There is no memory for the principal components of %" G_GSIZE_FORMAT
                   " vectors of %" G_GSIZE_FORMAT " numbers; take fewer vectors",
                   n, pca->size);
      return FALSE;
    }
  ph_monitor_progress (monitor, 0, _ ("principal components"));
  ph_gram (n, pca->size, x, pca->mean, columns, gram);
  for (gsize i = 0; i < m; i++)
    pca->total_variance += gram[i * m + i] / (double)(n - 1);
  if (!isfinite (pca->total_variance) || pca->total_variance <= 0)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           pca->total_variance == 0
                               ? "All vectors are the same; there are no principal components"
                               : "Some of the numbers are infinite or no numbers");
      return FALSE;
    }
  ph_monitor_progress (monitor, 0.3, _ ("principal components"));
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!ph_symmetric_eigen (m, gram, k, values, vectors))
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           "LAPACK could not compute the principal components");
      return FALSE;
    }
  ph_monitor_progress (monitor, 0.9, _ ("principal components"));
  while (pca->n_components < k && values[pca->n_components] > values[0] * LEAST_VARIANCE)
    {
      pca->variance[pca->n_components] = values[pca->n_components] / (double)(n - 1);
      pca->n_components++;
    }

  Solution solution = { pca, x, n, m, vectors, columns };

  ph_parallel_for (pca->n_components, 1, set_components, &solution);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

PhPca *
ph_pca_new (const float *x, gsize n, gsize size, guint n_components, const PhMonitor *monitor,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (PhPca) pca = g_new0 (PhPca, 1);

  g_return_val_if_fail (size >= 1 && n_components >= 1, NULL);

  if (n < 2 || MIN (n, size) > PH_PCA_LARGEST)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "Principal components of %" G_GSIZE_FORMAT " vectors of %" G_GSIZE_FORMAT
                   " numbers cannot be computed; take 2 to %d vectors",
                   n, size, PH_PCA_LARGEST);
      return NULL;
    }
  pca->size = size;
  pca->mean = ph_aligned_alloc (size * sizeof (float));
  if (pca->mean == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY, "There is no memory for the mean");
      return NULL;
    }
  set_mean (pca, x, n);
  return solve (pca, x, n, n_components, monitor, cancellable, error) ? g_steal_pointer (&pca)
                                                                      : NULL;
}

void
ph_pca_free (PhPca *pca)
{
  if (pca == NULL)
    return;
  ph_aligned_free (pca->mean);
  ph_aligned_free (pca->components);
  g_free (pca->variance);
  g_free (pca);
}

void
ph_pca_encode (const PhPca *pca, gsize n, const float *x, float *z)
{
  const gsize k = pca->n_components;
  g_autofree float *offset = g_new (float, k);

  ph_gemm (FALSE, TRUE, 1, k, pca->size, 1, pca->mean, pca->size, pca->components, pca->size, 0,
           offset, k);
  ph_gemm (FALSE, TRUE, n, k, pca->size, 1, x, pca->size, pca->components, pca->size, 0, z, k);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < k; j++)
      z[i * k + j] -= offset[j];
}

void
ph_pca_decode (const PhPca *pca, gsize n, const float *z, float *x)
{
  const gsize k = pca->n_components;

  ph_gemm (FALSE, FALSE, n, pca->size, k, 1, z, k, pca->components, pca->size, 0, x, pca->size);
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < pca->size; j++)
      x[i * pca->size + j] += pca->mean[j];
}
