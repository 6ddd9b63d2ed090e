#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/**
 * ph_dataset_split:
 * @share: of each class that goes into the second part, 0 to 1, rounded; a class of at least two
 *   images gives at least one image to each part as long as 0 < @share < 1
 * @first, @second: (out) (element-type guint): items in ascending order; free with g_array_unref()
 *
 * A stratified split: every class is divided in the same proportion, which images go where is drawn
 * from @seed. Items without label are a class of their own. The same seed gives the same split.
 */
void ph_dataset_split (const PhDataset *dataset, double share, guint64 seed, GArray **first,
                       GArray **second);

G_END_DECLS
