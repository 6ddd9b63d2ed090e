#pragma once

#include "base/image.h"

G_BEGIN_DECLS

/** ph_mosaic_new: an empty picture that holds @n pictures of that size side by side: up to four in
 * a row, more in rows of about as many as there are rows. */
PhImage *ph_mosaic_new (guint n, guint channels, guint height, guint width, GError **error);

/** ph_mosaic_put: copies picture @i of @n, (channels, height, width), to its place. A picture with
 * fewer channels than the mosaic is followed by those at @more (nullable: they stay). */
void ph_mosaic_put (PhImage *mosaic, guint n, guint i, guint channels, guint height, guint width,
                    const float *picture, const float *more);

/** ph_mosaic_get_columns: pictures in a row. */
guint ph_mosaic_get_columns (guint n);

G_END_DECLS
