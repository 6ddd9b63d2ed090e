#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * ph_model_find_features:
 *
 * What a network makes of a picture as a whole: the bottleneck of an autoencoder; of a classifier
 * what its last layer with weights looks at. What comes before is the feature extractor, as the
 * course calls it.
 *
 * Returns: a value of the model's graph, or -1 with %PH_ERROR_MODEL_INVALID when the network is
 *   neither.
 */
int ph_model_find_features (PhModel *model, GError **error);

/**
 * ph_graph_add_mean:
 * @graph: a copy of that of @model, which has @value by the same name and is not finished
 * @prefix: of the names of what is added, "head/"
 * @n: (out): numbers of the vector
 *
 * Adds what makes a vector of a layer's output: its mean over all positions, or over all tokens.
 *
 * Returns: (transfer full): the name of the vector; that of @value where it is one. %NULL with
 *   %PH_ERROR_SHAPE_MISMATCH when the layer has no channels.
 */
char *ph_graph_add_mean (PhGraph *graph, PhModel *model, int value, const char *prefix, gint64 *n,
                         GError **error);

G_END_DECLS
