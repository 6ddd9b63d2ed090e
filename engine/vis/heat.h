#pragma once

#include "base/frame.h"
#include "base/image.h"

G_BEGIN_DECLS

/**
 * ph_heat_to_frame:
 * @map: height × width numbers
 * @is_signed: whether numbers below 0 speak against
 *
 * A map in colours: black where it is 0, over red and orange to pale yellow for what speaks for,
 * over blue to pale cyan for what speaks against. The brightest colour is the 99.5th percentile of
 * the sizes, so that a few pixels do not darken the rest. A map of nothing but 0 is black.
 *
 * Returns: (transfer full): step 0; objective is the number that the brightest colour stands for.
 */
PhFrame *ph_heat_to_frame (const float *map, guint height, guint width, gboolean is_signed);

/**
 * ph_heat_overlay:
 * @heat: of any size
 * @opacity: 0 (the picture alone) to 1 (the heat alone)
 *
 * Returns: (transfer full): @heat over @picture, at the larger size of the two; %NULL with
 * %PH_ERROR_NO_MEMORY.
 */
PhImage *ph_heat_overlay (const PhImage *picture, const PhFrame *heat, double opacity,
                          GError **error);

G_END_DECLS
