#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhHead:
 * @n_classes: outputs of the new classifier
 * @hidden: units of a hidden layer (rectified) before it; 0: a linear head
 * @dropout: share of the features (and hidden units) that are dropped in training
 * @seed: of its random weights
 *
 * A new end for a network that was trained for something else.
 */
typedef struct
{
  guint n_classes, hidden;
  double dropout;
  guint64 seed;
} PhHead;

/**
 * ph_head_find_bottleneck:
 *
 * The features that the network's own classifier looks at: the input of its last layer with
 * weights. What comes before is the feature extractor, as the course calls it.
 *
 * Returns: a value of the model's graph, or -1 with %PH_ERROR_MODEL_INVALID when the network has no
 *   classes.
 */
int ph_head_find_bottleneck (PhModel *model, GError **error);

/**
 * ph_head_attach:
 * @value: of the model's graph: the layer whose output the head reads; see
 *   ph_head_find_bottleneck()
 * @features: (out): name of the vector of features in the new graph: the layer's output, averaged
 *   over all positions. Caller frees.
 *
 * The network up to @value with a new head. Its only output is "head/logits".
 *
 * Returns: (transfer full): a finished graph.
 */
PhGraph *ph_head_attach (PhModel *model, int value, const PhHead *head, char **features,
                         GError **error);

G_END_DECLS
