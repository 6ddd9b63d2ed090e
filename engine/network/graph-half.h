#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_graph_halve:
 *
 * The same network with its filters and matrices as numbers of 16 bits (IEEE 754 binary16), each
 * followed by a Cast, so that computing stays in 32 bits and the file becomes half as large. When
 * such a file is opened the casts are computed at once and nothing is left of them. Short lists of
 * numbers, such as biases, stay as they are, and so do numbers that are too large or too small for
 * 16 bits.
 *
 * Returns: (transfer full): a finished graph; %NULL with %PH_ERROR_NO_MEMORY.
 */
PhGraph *ph_graph_halve (PhGraph *graph, GError **error);

G_END_DECLS
