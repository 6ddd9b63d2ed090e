#pragma once

#include <gtk/gtk.h>

#include "ui/layer-item.h"

G_BEGIN_DECLS

#define PH_TYPE_LAYER_LIST (ph_layer_list_get_type ())
/**
 * PhLayerList:
 *
 * The layers of a network, grouped by block, and its classes; with a search over both. Property
 * "model". Choosing a layer activates "win.show-layer", choosing a class "win.show-unit".
 */
G_DECLARE_FINAL_TYPE (PhLayerList, ph_layer_list, PH, LAYER_LIST, GtkWidget)

void ph_layer_list_set_model (PhLayerList *list, PhModel *model);

/** ph_layer_list_select: marks the layer (or %PH_CLASSES), opening its block, without an action. */
void ph_layer_list_select (PhLayerList *list, int layer);

/** ph_layer_list_focus_search: puts the cursor into the search entry. */
void ph_layer_list_focus_search (PhLayerList *list);

/** ph_layer_list_get_rows: (transfer none): the lines shown now, #GtkTreeListRow of #PhLayerItem.
 */
GListModel *ph_layer_list_get_rows (PhLayerList *list);

G_END_DECLS
