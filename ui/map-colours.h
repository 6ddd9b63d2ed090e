#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** PH_MAP_GREY: of what nothing is known. */
#define PH_MAP_GREY 0x8b8b8b

/** ph_map_class_colour: 0xRRGGBB: the first dozen are far apart, further ones less so. */
guint32 ph_map_class_colour (guint label);

/** ph_map_share_colour: 0xRRGGBB, from dark and blue at @share 0 to light and yellow at 1, so that
 * lightness alone tells the order; %PH_MAP_GREY for not-a-number. */
guint32 ph_map_share_colour (double share);

GdkRGBA ph_map_colour_to_rgba (guint32 colour);

G_END_DECLS
