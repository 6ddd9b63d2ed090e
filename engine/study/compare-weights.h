#pragma once

#include "study/targets.h"

G_BEGIN_DECLS

/**
 * ph_compare_weights:
 * @units: (nullable): (n_channels): the same for each channel: its own filter, bias and scale
 * @n_weights: (out) (optional): numbers that were compared
 *
 * How much a layer's weights differ: |w_b - w_a| / |w_a| over all numbers the layer has learned,
 * back from its output to its filters or matrix, so that a relu answers for the convolution before
 * it; statistics of normalisations are left out. 0: nothing has changed; about 1.4 for weights that
 * have nothing in common.
 *
 * Returns: NAN where a layer has no weights (a sum, a join) or other ones.
 */
double ph_compare_weights (PhModel *model_a, const PhTarget *a, PhModel *model_b, const PhTarget *b,
                           double *units, gsize *n_weights);

G_END_DECLS
