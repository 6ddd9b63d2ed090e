#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_graph_copy:
 * @targets: values that the copy must be able to compute; what they do not need is left out
 * @constants: (nullable): per value of @graph a tensor to take instead of the constant, or %NULL
 *
 * The beginning of a changed network: a graph with the nodes, constants and inputs of @graph, to
 * which more can be added before ph_graph_finish(). It has no outputs yet. Constants are shared,
 * not copied. Values keep their names, but not their numbers.
 *
 * Returns: (transfer full): %NULL with an error.
 */
PhGraph *ph_graph_copy (PhGraph *graph, const int *targets, guint n_targets,
                        PhTensor *const *constants, GError **error);

/**
 * ph_graph_copy_tail:
 * @cut: values that become inputs of the copy, with shapes as given: what made them is left out
 * @shapes: one for each of @cut
 *
 * The same for what comes after some values.
 */
PhGraph *ph_graph_copy_tail (PhGraph *graph, const int *cut, const PhShape *shapes, guint n_cut,
                             const int *targets, guint n_targets, GError **error);

G_END_DECLS
