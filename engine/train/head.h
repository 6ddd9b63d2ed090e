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
 * ph_head_attach:
 * @value: of the model's graph: the layer whose output the head reads; see
 *   ph_model_find_features()
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
