#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhDistanceFunc:
 * @a, @b: vectors of *@n floats
 * @n: (type gsize)
 *
 * Σ (a - b)². The types are those that hnswlib calls, so that nothing stands between.
 */
typedef float (*PhDistanceFunc) (const void *a, const void *b, const void *n);

/** ph_distance_func: the one for this processor. Sums four vectors side by side; the same numbers
 * give the same sum, wherever they lie in memory. */
PhDistanceFunc ph_distance_func (void);

/**
 * ph_select_below:
 * @x, @scale, @shift: @n numbers each
 * @found: room for @n numbers
 *
 * Finds where x * scale + shift <= limit.
 *
 * Returns: how many such places there are; they are in @found, in ascending order.
 */
gsize ph_select_below (gsize n, const float *x, const float *scale, const float *shift, float limit,
                       guint32 *found);

G_END_DECLS
