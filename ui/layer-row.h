#pragma once

#include <gtk/gtk.h>

#include "ui/layer-item.h"

G_BEGIN_DECLS

#define PH_TYPE_LAYER_ROW (ph_layer_row_get_type ())
/**
 * PhLayerRow:
 *
 * A line of the list of layers: name, shape, and a bar of how many channels there are. Property
 * "row": the #GtkTreeListRow whose item is a #PhLayerItem. Clicking a block opens or closes it,
 * clicking a class goes there.
 */
G_DECLARE_FINAL_TYPE (PhLayerRow, ph_layer_row, PH, LAYER_ROW, GtkWidget)

G_END_DECLS
