#pragma once

#include "base/image.h"
#include "base/rng.h"

G_BEGIN_DECLS

/**
 * PhAugment:
 * @flip: whether half of the pictures are mirrored
 * @shift: up to this share of the side, in both directions
 * @rotate: up to this many degrees, in both directions
 * @scale: up to this factor larger or smaller, less 1: 0.2 is 1/1.2 to 1.2
 * @crop: up to this share of the area may be cut away: the rest is enlarged
 * @colour: up to this share brighter or darker, with more or less contrast and saturation
 * @noise: standard deviation of what is added to each number
 * @cutout: side of a grey square that covers a random place, as share of the shorter side (DeVries,
 *   Taylor 2017)
 *
 * Random changes that leave a picture what it is, so that a network learns from more than it has.
 * All zero changes nothing.
 */
typedef struct
{
  gboolean flip;
  double shift, rotate, scale, crop, colour, noise, cutout;
} PhAugment;

/** ph_augment_is_none: whether it changes nothing. */
gboolean ph_augment_is_none (const PhAugment *augment);

/**
 * ph_augment_apply:
 * @image: (channels, height, width), 0..1
 * @result: the same, overwritten; not @image
 *
 * One random change of a picture: flip, shift, rotation, scale and crop as one bilinear resampling,
 * with the picture mirrored at its edges, then colour, noise and cutout, cut to 0..1. The same
 * state of @rng gives the same picture. Safe on any thread.
 */
void ph_augment_apply (const PhAugment *augment, guint channels, guint height, guint width,
                       const float *image, float *result, PhRng *rng);

G_END_DECLS
