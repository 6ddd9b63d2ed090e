#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * ph_texture_new_for_frame:
 * @least: pixels that the shorter side shall have at least, 0 for no wish
 *
 * A texture over the bytes of @frame, without a copy. A picture smaller than @least is enlarged by
 * the smallest whole factor that reaches it, each pixel becoming a square: GTK 4.8 cannot draw a
 * texture without smoothing, and a smoothed map of 13 × 13 shows edges that are not there.
 *
 * Returns: (transfer full): width and height are those of the frame times that factor.
 */
GdkTexture *ph_texture_new_for_frame (PhFrame *frame, guint least);

G_END_DECLS
