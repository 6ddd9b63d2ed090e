#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "base/monitor.h"
#include "network/graph.h"

G_BEGIN_DECLS

/**
 * PhPca:
 * @size: numbers of a vector
 * @n_components: how many were asked for, or as many as the data have directions
 * @mean: (owned): (size)
 * @components: (owned): (n_components, size): orthonormal, the largest variance first; the number
 *   of each that is farthest from zero is positive, so that signs do not depend on chance
 * @variance: (owned): (n_components): of the data along each, with n - 1 as the divisor
 * @total_variance: in all directions
 *
 * Principal components: the flat of so many dimensions that lies nearest to all vectors, so the
 * best that a linear encoder and decoder can do (Pearson 1901).
 */
typedef struct
{
  gsize size;
  guint n_components;
  float *mean, *components;
  double *variance;
  double total_variance;
} PhPca;

/** PH_PCA_LARGEST: the smaller of the number of vectors and of their size may be this at most: an
 * exact solution takes that many numbers squared. */
#define PH_PCA_LARGEST 16384

/**
 * ph_pca_new:
 * @x: (n, size), row-major
 * @n: at least 2
 * @n_components: how many are wanted, at least 1
 *
 * Exact, by LAPACK, from the products between numbers or between vectors, whichever are fewer.
 * Blocks; 4,000 vectors of any size take about half a minute, which cannot be cancelled once the
 * eigenvectors are being computed.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID for too few vectors, not-a-number or
 * vectors that are all the same, %PH_ERROR_NO_MEMORY, or when cancelled.
 */
PhPca *ph_pca_new (const float *x, gsize n, gsize size, guint n_components,
                   const PhMonitor *monitor, GCancellable *cancellable, GError **error);
void ph_pca_free (PhPca *pca);

/** ph_pca_encode: coordinates @z (n, n_components) of the vectors @x (n, size). */
void ph_pca_encode (const PhPca *pca, gsize n, const float *x, float *z);

/** ph_pca_decode: the vectors @x (n, size) at the coordinates @z (n, n_components). */
void ph_pca_decode (const PhPca *pca, gsize n, const float *z, float *x);

/**
 * ph_pca_to_graph:
 *
 * An autoencoder of two linear layers with the principal components of pictures of that size as
 * weights, from "image" (0..1) over "bottleneck" to "reconstruction": what serves autoencoders
 * serves principal components too.
 *
 * Returns: (transfer full): a finished graph.
 */
PhGraph *ph_pca_to_graph (const PhPca *pca, guint channels, guint height, guint width,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPca, ph_pca_free)

G_END_DECLS
