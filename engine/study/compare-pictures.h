#pragma once

#include "base/image.h"
#include "study/compare.h"

G_BEGIN_DECLS

/**
 * ph_compare_pictures:
 * @a, @b: pictures made for the unit in the first and in the second network
 *
 * How differently the two look to the networks: of the layer that holds the unit, 1 less the cosine
 * between the channels' means over the positions for one picture and for the other; the mean of
 * both networks. 0: alike, wherever in the picture things are; 1 and more: nothing in common.
 *
 * Returns: NAN with an error of the plan, or when cancelled.
 */
double ph_compare_pictures (PhModel *const models[2], const PhLayerChange *layer, const PhImage *a,
                            const PhImage *b, GCancellable *cancellable, GError **error);

G_END_DECLS
