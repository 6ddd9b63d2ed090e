#pragma once

#include <gio/gio.h>

#include "base/error.h"

G_BEGIN_DECLS

/** PH_LINEAR_PROBE_LARGEST: numbers of a vector at most: an exact solution takes that many squared.
 */
#define PH_LINEAR_PROBE_LARGEST 2048

/**
 * PhLinearProbe:
 *
 * Reads values off embeddings by a linear map, the usual way to ask what an embedding knows (Alain
 * and Bengio 2016): least squares with a little ridge.
 */
typedef struct _PhLinearProbe PhLinearProbe;

/**
 * ph_linear_probe_new:
 * @vectors: (n, size); rows that are not numbers do not count
 * @values: (n, n_values): what is known of each
 *
 * Learns from three of four vectors and measures with the others, so that one knows how far to
 * believe it. Blocks; 2,000 vectors of 64 numbers take some milliseconds.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID for fewer than eight vectors or
 * more numbers than %PH_LINEAR_PROBE_LARGEST, or when cancelled.
 */
PhLinearProbe *ph_linear_probe_new (guint n, gsize size, const float *vectors, guint n_values,
                                    const double *values, GCancellable *cancellable,
                                    GError **error);
PhLinearProbe *ph_linear_probe_ref (PhLinearProbe *probe);
void ph_linear_probe_unref (PhLinearProbe *probe);

/** ph_linear_probe_read: @values: (out): n_values */
void ph_linear_probe_read (const PhLinearProbe *probe, const float *vector, double *values);

/** ph_linear_probe_get_r2: which share of the variance of value @i it explains in vectors that it
 * has not learned from: 1 all, 0 or less nothing. */
double ph_linear_probe_get_r2 (const PhLinearProbe *probe, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhLinearProbe, ph_linear_probe_unref)

G_END_DECLS
