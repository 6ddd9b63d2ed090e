#pragma once

#include "study/compare.h"
#include "study/store.h"

G_BEGIN_DECLS

/**
 * PhCompareSide:
 *
 * One of two networks while they are compared.
 */
typedef struct
{
  PhModel *model; /* borrowed */

  /* owned */
  PhTargets *targets;
  PhStore *store; /* nullable: without images */
} PhCompareSide;

/**
 * PhLayerMeans:
 * @x: (n, c): of each image (row) the mean of each channel, centred
 */
typedef struct
{
  gsize n, c;
  float *x;
} PhLayerMeans;

/** ph_compare_units: fills in what the means and the stores tell of each unit of the layer.
 * @n_images: that were scanned, by which it is decided how many are the most exciting. */
gboolean ph_compare_units (PhLayerChange *layer, const PhLayerMeans means[2],
                           const PhCompareSide sides[2], guint n_classes, guint n_images,
                           GError **error);

G_END_DECLS
