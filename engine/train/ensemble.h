#pragma once

#include "network/model.h"
#include "train/evaluate.h"

G_BEGIN_DECLS

/**
 * ph_ensemble_probabilities:
 * @items: of @dataset
 *
 * What a classifier thinks of images: its probabilities, brought into the order of the dataset's
 * classes by their names. Blocks.
 *
 * Returns: (transfer full): (n, classes of the dataset), to be freed with ph_aligned_free(); %NULL
 * with %PH_ERROR_DATA_INVALID when the network does not know one of the classes.
 */
float *ph_ensemble_probabilities (PhModel *model, PhDataset *dataset, const guint *items, guint n,
                                  const PhMonitor *monitor, GCancellable *cancellable,
                                  GError **error);

/**
 * ph_ensemble_evaluate:
 * @models: (array length=n_models)
 * @alone: (out caller-allocates): how well each does by itself, n_models
 *
 * Lets several networks answer together: the mean of their probabilities (Hansen, Salamon 1990).
 * Their mistakes differ, so together they make fewer. Networks may want pictures of different
 * sizes.
 *
 * Returns: (transfer full): how well they do together.
 */
PhEvaluation *ph_ensemble_evaluate (PhModel *const *models, guint n_models, PhDataset *dataset,
                                    const guint *items, guint n, PhEvaluation **alone,
                                    const PhMonitor *monitor, GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
