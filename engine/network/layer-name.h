#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_layer_dup_module:
 *
 * The module that a node belongs to, from the names exporters give: "layer1.0.conv1" for PyTorch's
 * "/layer1/layer1.0/conv1/Conv", and for its older "Conv_3" from the name of the weights
 * ("layer1.0.conv1.weight"); the node's own name where there is no such pattern. Caller frees.
 */
char *ph_layer_dup_module (const PhGraph *graph, const PhNode *node);

/** ph_layer_dup_group: "fire2" of "fire2/concat", "layer1.0" of "layer1.0.conv1", else "". */
char *ph_layer_dup_group (const char *name);

G_END_DECLS
