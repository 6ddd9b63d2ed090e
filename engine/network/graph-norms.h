#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_graph_fold_norms:
 *
 * The same network, as it is used, without the batch normalisations that follow a convolution: what
 * they multiply and add goes into its filters and its bias. The convolution's value then is what
 * the normalisation's was. Others stay: those whose convolution has other readers, or whose numbers
 * or filters are computed.
 *
 * Returns: (transfer full): a finished graph; %NULL with %PH_ERROR_NO_MEMORY.
 */
PhGraph *ph_graph_fold_norms (PhGraph *graph, GError **error);

/**
 * ph_graph_insert_norms:
 * @classifier: value of the scores: the last convolution before it, with nothing but pooling and
 *   the like between, gets none; -1: no exception
 *
 * The way back, for learning anew: a batch normalisation, which does nothing yet, after each
 * convolution, whose bias it takes over. Networks are usually published with their normalisations
 * folded away, and hardly learn from random weights without them. A network with any normalisation
 * of its own is copied as it is.
 *
 * Returns: (transfer full): a finished graph.
 */
PhGraph *ph_graph_insert_norms (PhGraph *graph, int classifier, GError **error);

G_END_DECLS
