#pragma once

#include <glib.h>

#include "base/image.h"

G_BEGIN_DECLS

/**
 * ph_jpeg_load:
 * @bytes: a JPEG file
 * @least: the shorter side may come smaller than it is stored, by 1/2, 1/4 or 1/8, but not smaller
 *   than this; 0 for every pixel
 *
 * A plain JPEG, straight from libjpeg: faster than through a loader of gdk-pixbuf, and where fewer
 * pixels are wanted the cosine transform itself makes fewer, which costs a fraction.
 *
 * Returns: (transfer full) (nullable): three channels; %NULL without an error when this is not a
 * plain JPEG: turned by EXIF, in CMYK, damaged, too large. ph_image_load_bytes() then knows what to
 * do or to say.
 */
PhImage *ph_jpeg_load (GBytes *bytes, guint least);

G_END_DECLS
