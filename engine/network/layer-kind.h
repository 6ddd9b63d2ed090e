#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_layer_kind:
 * @n_parameters: (out): numbers that were learned, in all of its nodes
 *
 * What people call the layer that ends with @node. Exporters write some layers as several nodes:
 * a product with weights and a bias is "Linear", x · sigmoid(x) is "Silu", x · (1 + erf(x/√2)) / 2
 * is "Gelu", and less the mean, by the deviation, times weight, plus bias is "LayerNormalization".
 * Everything else goes by the name of its operator.
 */
const char *ph_layer_kind (const PhGraph *graph, const PhNode *node, gsize *n_parameters);

/** ph_layer_is_part: whether @node only prepares what the next node ends: the product of a
 * "Linear", the sigmoid of a "Silu". */
gboolean ph_layer_is_part (const PhGraph *graph, const PhNode *node);

G_END_DECLS
