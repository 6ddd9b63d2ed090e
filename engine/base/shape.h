#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define PH_MAX_RANK 8

/**
 * PhShape:
 * @rank: number of axes, 0 (a scalar) to %PH_MAX_RANK
 * @dim: extent of each axis, slowest first; images are N, C, H, W. In declarations -1 is "any".
 *
 * The shape of a tensor, by value.
 */
typedef struct
{
  guint rank;
  gint64 dim[PH_MAX_RANK];
} PhShape;

/** ph_shape: a shape from its extents, as in `ph_shape (2, (gint64[]){ 3, 4 })`. */
PhShape ph_shape (guint rank, const gint64 *dim);

/** PH_SHAPE: a literal shape, as in `PH_SHAPE (1, 3, 224, 224)`. */
#define PH_SHAPE(...)                                                                              \
  ph_shape (G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), (gint64[]){ __VA_ARGS__ })

/**
 * ph_shape_n_elements:
 * @n: (out): the product of the extents, 1 for a scalar
 *
 * Returns: %FALSE when an extent is negative or the product exceeds 2^40, more than any buffer here
 * may hold.
 */
gboolean ph_shape_n_elements (const PhShape *shape, gsize *n);

/** ph_shape_count: the product of the extents of a shape already known to be valid. */
gsize ph_shape_count (const PhShape *shape);

/** ph_shape_count_range: product of the extents of axes @from (inclusive) to @to (exclusive). */
gsize ph_shape_count_range (const PhShape *shape, guint from, guint to);

gboolean ph_shape_equal (const PhShape *a, const PhShape *b);

/** ph_shape_strides: elements to skip for one step along each axis of a dense tensor. */
void ph_shape_strides (const PhShape *shape, gint64 strides[PH_MAX_RANK]);

/**
 * ph_shape_broadcast:
 * @out: (out): the common shape by NumPy's rule (axes aligned at the end, 1 stretches)
 *
 * Returns: %FALSE when the two do not fit.
 */
gboolean ph_shape_broadcast (const PhShape *a, const PhShape *b, PhShape *out);

/** ph_shape_axis: resolves a possibly negative @axis; -1 when out of range for @rank. */
int ph_shape_axis (gint64 axis, guint rank);

/** ph_shape_dup_string: "1×3×224×224", "scalar" for rank 0, "?" for a free extent. Caller frees. */
char *ph_shape_dup_string (const PhShape *shape);

G_END_DECLS
