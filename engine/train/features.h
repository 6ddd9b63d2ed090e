#pragma once

#include "base/monitor.h"
#include "data/dataset.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * ph_features_compute:
 * @model: whose features; its preprocessing says how large pictures are
 * @graph: the same network, perhaps with another head
 * @value: of @graph: one vector for each image
 * @items: of @dataset
 * @size: (out): numbers of a vector
 *
 * What a frozen network says to each image, computed once: vectors are kept in the user's cache,
 * for each network, layer, preprocessing and set of images, and only those that are missing are
 * computed; a long computation that is interrupted goes on from what it had. A model without a
 * digest is not cached. The vector of an image that cannot be read is not-a-number. Blocks.
 *
 * Returns: (transfer full): (n, *size).
 */
PhTensor *ph_features_compute (PhModel *model, PhGraph *graph, int value, PhDataset *dataset,
                               const guint *items, guint n, guint *size, const PhMonitor *monitor,
                               GCancellable *cancellable, GError **error);

G_END_DECLS
