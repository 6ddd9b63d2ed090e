#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * ph_model_blend:
 * @t: 0: @a; 1: what both have learned is @b's
 * @n_blended, @n_weights: (out) (optional): numbers that both have, and that @a has
 *
 * The network on the straight line between two: weights (1 - t) a + t b, statistics of
 * normalisations included. What corresponds is what has the same name and shape, else what comes
 * next with the same shape and role; the rest, as a classifier of other classes, is @a's. Where
 * only one has normalisations, those of the other having been folded into its filters, its own are
 * folded first (ph_graph_fold_norms()). Where the answers stay good along the line, the two
 * networks lie in the same valley of the loss (linear mode connectivity: Frankle et al., ICML 2020;
 * a fine-tuned network and its original do: Neyshabur et al., NeurIPS 2020).
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID when nothing corresponds.
 */
PhModel *ph_model_blend (PhModel *a, PhModel *b, double t, gsize *n_blended, gsize *n_weights,
                         GError **error);

G_END_DECLS
