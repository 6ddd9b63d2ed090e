#pragma once

#include "kernels/pool.h"
#include "ops/spatial-private.h"

G_BEGIN_DECLS

/**
 * PhPool:
 * @spatial: resolved
 * @n_axes: spatial axes, one to three
 * @in, @out: their extents
 * @planes: N * C
 * @in_size, @out_size: elements of one plane
 *
 * One pooling with all sizes known.
 */
typedef struct
{
  PhSpatial spatial;
  guint n_axes;
  gint64 in[PH_MAX_SPATIAL], out[PH_MAX_SPATIAL];
  gsize planes, in_size, out_size;
} PhPool;

/** ph_pool_infer: fills @pool and the shape @y from the shape @x; @what begins messages. */
gboolean ph_pool_infer (PhPool *pool, const PhSpatial *spatial, const char *what, const PhShape *x,
                        PhShape *y, GError **error);

/** ph_pool_has_kernel: whether the kernels of kernels/pool.h can do it: at most two axes. */
gboolean ph_pool_has_kernel (const PhPool *pool, PhPoolShape *shape);

/**
 * PhPoolVisit:
 * @out: position in an output plane
 * @offsets: the @n positions of an input plane in its window, in scan order
 * @n_padded: how many it would hold if the padding were there
 */
typedef void (*PhPoolVisit) (const PhPool *pool, gsize out, const gsize *offsets, gsize n,
                             gsize n_padded, gpointer data);

/** ph_pool_visit: calls @visit for each output position in order. @offsets: memory for as many as a
 * window holds, see ph_pool_visit_scratch(). The general way, for what the kernels cannot do. */
void ph_pool_visit (const PhPool *pool, gsize *offsets, PhPoolVisit visit, gpointer data);

/** ph_pool_visit_scratch: bytes of offsets for ph_pool_visit(). */
gsize ph_pool_visit_scratch (const PhPool *pool);

G_END_DECLS
