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
 * What a frozen network says to each image, computed once: kept in the user's cache by the digests
 * of everything that matters, and read from there the next time. A model without a digest is not
 * cached. Images that cannot be read count as black. Blocks.
 *
 * Returns: (transfer full): (n, *size).
 */
PhTensor *ph_features_compute (PhModel *model, PhGraph *graph, int value, PhDataset *dataset,
                               const guint *items, guint n, guint *size, const PhMonitor *monitor,
                               GCancellable *cancellable, GError **error);

G_END_DECLS
