#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_PICTURE_PANE (ph_picture_pane_get_type ())
/**
 * PhPicturePane:
 *
 * A picture that takes the room there is, with what it is ("title", translated) and a fact about it
 * beneath.
 */
G_DECLARE_FINAL_TYPE (PhPicturePane, ph_picture_pane, PH, PICTURE_PANE, GtkBox)

GtkWidget *ph_picture_pane_new (const char *title);

void ph_picture_pane_set_title (PhPicturePane *self, const char *title);

/** ph_picture_pane_show: @frame: (nullable) */
void ph_picture_pane_show (PhPicturePane *self, PhFrame *frame);

/** ph_picture_pane_show_fact: @fact: (nullable): a few words */
void ph_picture_pane_show_fact (PhPicturePane *self, const char *fact);

/** ph_picture_pane_get_fact: what is shown. */
const char *ph_picture_pane_get_fact (PhPicturePane *self);

/** ph_picture_pane_get_paintable: (nullable) (transfer none) */
GdkPaintable *ph_picture_pane_get_paintable (PhPicturePane *self);

G_END_DECLS
