#pragma once

#include "kernels/pool.h"

G_BEGIN_DECLS

/** pool_inside: window rows or columns [begin, end) that lie inside an extent of @size when the
 * window starts at @start. */
static inline void
pool_inside (gssize start, gsize window, gsize dilation, gsize size, gsize *begin, gsize *end)
{
  gssize step = (gssize)dilation;

  *begin = start >= 0 ? 0 : (gsize)((-start + step - 1) / step);
  *end = (gssize)size <= start ? 0 : (gsize)(((gssize)size - start + step - 1) / step);
  *end = MIN (*end, window);
}

G_END_DECLS
