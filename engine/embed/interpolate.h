#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhPathKind:
 * @PH_PATH_LINEAR: straight
 * @PH_PATH_SPHERICAL: along an arc around the origin, the length changing evenly (White 2016):
 *   between long vectors in many dimensions the straight way leads through a middle where no
 *   embedding lies. Straight where a vector is zero or both point the same or opposite ways
 *
 * The way from one embedding to another.
 */
typedef enum
{
  PH_PATH_LINEAR,
  PH_PATH_SPHERICAL,
} PhPathKind;

/** ph_path_names: %NULL-terminated, in order. */
extern const char *const ph_path_names[];

/** ph_path_point: @result: (out): the place @t of the way from @a (0) to @b (1), @size numbers. */
void ph_path_point (PhPathKind kind, gsize size, const float *a, const float *b, double t,
                    float *result);

/**
 * ph_path_grid:
 * @corners: four embeddings: top left, top right, bottom left, bottom right
 * @points: (out): (rows, columns, size): along the edges first, then between left and right
 */
void ph_path_grid (PhPathKind kind, gsize size, const float *const corners[4], guint rows,
                   guint columns, float *points);

/**
 * ph_direction_between:
 * @vectors: (n, size); rows that are not numbers do not count
 * @weights: n: how much each has of the attribute; above @threshold counts as with it, below or at
 *   it as without
 * @direction: (out): mean of those with it less mean of those without
 * @n_with, @n_without: (out)
 *
 * What to add to an embedding to give its picture an attribute (Larsen et al. 2016). Returns:
 * %FALSE when one of the two groups is empty.
 */
gboolean ph_direction_between (guint n, gsize size, const float *vectors, const double *weights,
                               double threshold, float *direction, guint *n_with, guint *n_without);

/**
 * ph_curve_monotony:
 * @values: n numbers along a path
 *
 * How evenly an attribute goes from one end of a path to the other: the net change divided by all
 * changes up and down, 1 when it never turns back, 0 when it ends where it began. NAN when nothing
 * changes.
 */
double ph_curve_monotony (guint n, const double *values);

G_END_DECLS
