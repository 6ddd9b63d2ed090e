#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * ph_dataset_pictures_job:
 * @items: @n of @dataset
 * @side: of the square that is cut out of the middle of each, in pixels
 *
 * Small pictures of images of a set, quietly, for the lane of files. The result is a #GPtrArray of
 * #PhFrame, %NULL for an image that cannot be read.
 */
PhJob *ph_dataset_pictures_job (PhDataset *dataset, const guint *items, guint n, guint side);

G_END_DECLS
