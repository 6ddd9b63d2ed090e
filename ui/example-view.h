#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_EXAMPLE_VIEW (ph_example_view_get_type ())
/**
 * PhExampleView:
 *
 * An image that excites a unit: the part that the unit sees, what lies around it dimmed; the whole
 * image when that is wished; the unit's activation over it as a glow.
 */
G_DECLARE_FINAL_TYPE (PhExampleView, ph_example_view, PH, EXAMPLE_VIEW, GtkWidget)

/** ph_example_view_new: @item: (borrowed): must live as long as the view; %NULL: an empty frame
 * that ph_example_view_set_frame() fills. @size: side in pixels */
GtkWidget *ph_example_view_new (const PhStripItem *item, guint size);

/** ph_example_view_set_frame: shows a picture alone. */
void ph_example_view_set_frame (PhExampleView *self, PhFrame *frame);

/** ph_example_view_set_look: @whole: all of the image; @glow: the activation over it */
void ph_example_view_set_look (PhExampleView *self, gboolean whole, gboolean glow);

G_END_DECLS
