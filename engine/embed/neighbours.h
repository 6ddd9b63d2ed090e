#pragma once

#include <gio/gio.h>

#include "base/monitor.h"
#include "embed/vectors.h"

G_BEGIN_DECLS

/**
 * PhNeighbours:
 * @indices, @distances: (owned): (n, k): of each query's neighbours, nearest first
 */
typedef struct
{
  gsize n;
  guint k;
  guint32 *indices;
  float *distances;
} PhNeighbours;

/** ph_neighbours_new: room for @n queries; %NULL with %PH_ERROR_NO_MEMORY. */
PhNeighbours *ph_neighbours_new (gsize n, guint k, GError **error);
void ph_neighbours_free (PhNeighbours *neighbours);

/**
 * ph_neighbours_find:
 * @base: (n, size), n below 2³²
 * @queries: (m, size)
 * @k: 1 to n
 *
 * The @k vectors of @base nearest to each query, exactly: of vectors at the same distance the one
 * with the lower index comes first. Distances are those of vectors in double precision, rounded to
 * float at last.
 *
 * Products of blocks of both tables (BLAS) give distances that are known to within rounding; what
 * may be among the nearest in spite of that is measured again. Memory: a block of products and some
 * hundred candidates a query. Threads: over blocks and queries; the result does not depend on them.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_SHAPE_MISMATCH, %PH_ERROR_DATA_INVALID (not
 * finite,
 * @k too large), %PH_ERROR_NO_MEMORY or %G_IO_ERROR_CANCELLED.
 */
PhNeighbours *ph_neighbours_find (const PhVectors *base, const PhVectors *queries, PhMetric metric,
                                  guint k, const PhMonitor *monitor, GCancellable *cancellable,
                                  GError **error);

/**
 * ph_neighbours_leave_out_selves:
 * @neighbours: (transfer full): of the rows of the table that was searched, one more than wanted
 *
 * Returns: (transfer full): the same with k - 1 neighbours: without row i among those of row i, or,
 * where vectors as near as itself have pushed it out, without the last.
 */
PhNeighbours *ph_neighbours_leave_out_selves (PhNeighbours *neighbours, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhNeighbours, ph_neighbours_free)

G_END_DECLS
