#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_UNIT_ORDER (ph_unit_order_get_type ())
/**
 * PhUnitOrder:
 *
 * Lets the user choose in which order the units of a layer stand: as in the network, or by what a
 * scan of the chosen images found: highest peak, most zeros (dead units first), most selective for
 * a class. Emits "ordered" whenever there is another order.
 */
G_DECLARE_FINAL_TYPE (PhUnitOrder, ph_unit_order, PH, UNIT_ORDER, GtkWidget)

/** ph_unit_order_set_images: @path: (nullable) */
void ph_unit_order_set_images (PhUnitOrder *self, const char *path);

/** ph_unit_order_show: @layer: index, or negative for the classes. Emits "ordered", once or again
 * when the numbers are there. */
void ph_unit_order_show (PhUnitOrder *self, PhQueue *queue, PhModel *model, int layer);

/** ph_unit_order_get: (nullable) (transfer none) (element-type guint): the channel at each place;
 * %NULL: as in the network. */
GArray *ph_unit_order_get (PhUnitOrder *self);

G_END_DECLS
