#pragma once

#include "base/monitor.h"
#include "study/store.h"

G_BEGIN_DECLS

/**
 * ph_means_run:
 * @store: of a scan of @dataset through @model that watches @targets, open for writing
 * @images: (array length=n) (element-type PhStoreImage): those wanted, from ph_store_list_images()
 *
 * Makes sure that the store knows of each image, for each channel of all targets, the mean over its
 * positions. What is known is not computed again; what is found is written every few seconds, so
 * that a later call goes on after any interruption. Stopping keeps what exists and is no error.
 */
gboolean ph_means_run (PhModel *model, const PhTargets *targets, PhDataset *dataset, PhStore *store,
                       const PhStoreImage *images, guint n, const PhMonitor *monitor,
                       GCancellable *cancellable, GError **error);

G_END_DECLS
