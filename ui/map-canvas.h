#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_MAP_CANVAS (ph_map_canvas_get_type ())
/**
 * PhMapCanvas:
 *
 * A map of very many images: dots where they are many, pictures where few are in view. Dragging
 * moves it, the wheel zooms to the pointer; dragging with Shift, or always in the mode for it,
 * draws a line around what is to be selected. The pointer shows an image large, a click makes it
 * the current one, a double click emits "activated" with it (uint).
 *
 * By keys: arrows move, + and − zoom, 0 fits; Tab and Shift+Tab walk over the images in view,
 * Return emits "activated", Space selects the current one or takes it back, Ctrl+A selects all in
 * view, Escape selects nothing; Ctrl+Tab leaves. Emits "selection-changed" and "current-changed".
 */
G_DECLARE_FINAL_TYPE (PhMapCanvas, ph_map_canvas, PH, MAP_CANVAS, GtkWidget)

/** PhMapDescribe: what is told of an item under the pointer, a line or two. Caller frees. */
typedef char *(*PhMapDescribe) (guint item, gpointer data);

GtkWidget *ph_map_canvas_new (void);

/** ph_map_canvas_set_dataset: (nullable): whose images are shown; forgets places, colours and what
 * is selected. @queue: (nullable): where pictures are read; %NULL: there are dots only */
void ph_map_canvas_set_dataset (PhMapCanvas *self, PhDataset *dataset, PhQueue *queue);

/** ph_map_canvas_set_places: @places: (n, 2), x to the right, y up; rows that are not numbers are
 * not on the map. The whole is shown until the user looks closer; what is selected stays so when @n
 * is as before. */
void ph_map_canvas_set_places (PhMapCanvas *self, guint n, const float *places);

/** ph_map_canvas_set_colours: @colours: of each item, 0xRRGGBB, as many as there are places */
void ph_map_canvas_set_colours (PhMapCanvas *self, const guint32 *colours, guint n);

void ph_map_canvas_set_describe (PhMapCanvas *self, PhMapDescribe describe, gpointer data);

/** ph_map_canvas_set_picture_size: sides of pictures. They are shown as soon as those in view have
 * room side by side. */
void ph_map_canvas_set_picture_size (PhMapCanvas *self, guint size);

/** ph_map_canvas_set_lasso: whether dragging selects, and Shift with it moves, instead of the other
 * way round. */
void ph_map_canvas_set_lasso (PhMapCanvas *self, gboolean lasso);

/** ph_map_canvas_get_selection: (element-type guint) (transfer none): until it changes. */
const GArray *ph_map_canvas_get_selection (PhMapCanvas *self);
void ph_map_canvas_select (PhMapCanvas *self, const guint *items, guint n);

/** ph_map_canvas_get_current: the item that keys have reached or that was clicked, or -1. */
int ph_map_canvas_get_current (PhMapCanvas *self);
/** ph_map_canvas_set_current: moves the map so that @item is in view; -1: none. */
void ph_map_canvas_set_current (PhMapCanvas *self, int item);

/** ph_map_canvas_zoom: @left, @top: which pixel stays where it is; NAN: the middle */
void ph_map_canvas_zoom (PhMapCanvas *self, double factor, double left, double top);
void ph_map_canvas_pan (PhMapCanvas *self, double right, double down);
/** ph_map_canvas_fit: shows the whole. */
void ph_map_canvas_fit (PhMapCanvas *self);

/** ph_map_canvas_lookup: the item at a pixel of the widget, or -1. */
int ph_map_canvas_lookup (PhMapCanvas *self, double left, double top);

/** ph_map_canvas_shows_pictures: whether pictures were drawn at last, rather than dots. */
gboolean ph_map_canvas_shows_pictures (PhMapCanvas *self);

/** ph_map_canvas_get_n_visible: images in view when it was last drawn. */
guint ph_map_canvas_get_n_visible (PhMapCanvas *self);

G_END_DECLS
