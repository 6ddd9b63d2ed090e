#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhLayerItemKind:
 * @PH_LAYER_ITEM_GROUP: a block of layers, has children
 * @PH_LAYER_ITEM_LAYER: a layer
 * @PH_LAYER_ITEM_CLASSES: all classes together
 * @PH_LAYER_ITEM_CLASS: one class, in search results only
 */
typedef enum
{
  PH_LAYER_ITEM_GROUP,
  PH_LAYER_ITEM_LAYER,
  PH_LAYER_ITEM_CLASSES,
  PH_LAYER_ITEM_CLASS,
} PhLayerItemKind;

#define PH_TYPE_LAYER_ITEM (ph_layer_item_get_type ())
/**
 * PhLayerItem:
 *
 * A line of the list of layers. Properties, read-only: "title", "detail" (the shape), "description"
 * (the line as a sentence for screen readers), "tooltip".
 */
G_DECLARE_FINAL_TYPE (PhLayerItem, ph_layer_item, PH, LAYER_ITEM, GObject)

/** ph_layer_item_new_group: an empty block; see ph_layer_item_add(). */
PhLayerItem *ph_layer_item_new_group (const char *name);

/** ph_layer_item_new_layer: @block: (nullable): name of the block it is listed in, which is then
 * not repeated */
PhLayerItem *ph_layer_item_new_layer (PhModel *model, guint layer, const char *block);
PhLayerItem *ph_layer_item_new_classes (PhModel *model);
PhLayerItem *ph_layer_item_new_class (PhModel *model, guint class_number);

/** ph_layer_item_add: appends @child to a block. */
void ph_layer_item_add (PhLayerItem *item, PhLayerItem *child);

PhLayerItemKind ph_layer_item_get_kind (PhLayerItem *item);

/** ph_layer_item_get_children: (nullable) (transfer none): of a block */
GListModel *ph_layer_item_get_children (PhLayerItem *item);

/** ph_layer_item_get_number: index of the layer, number of the class, or -1. */
int ph_layer_item_get_number (PhLayerItem *item);

/** ph_layer_item_get_name: as "win.show-layer" or, for a class, "win.show-unit" takes it. */
const char *ph_layer_item_get_name (PhLayerItem *item);
const char *ph_layer_item_get_description (PhLayerItem *item);

/** ph_layer_item_get_n_channels: 0 for blocks and single classes. */
guint ph_layer_item_get_n_channels (PhLayerItem *item);

/** ph_layer_item_get_usable: FALSE for a layer with an obstacle. */
gboolean ph_layer_item_get_usable (PhLayerItem *item);

/** ph_layer_item_matches: @needle: case-folded text to find in the name */
gboolean ph_layer_item_matches (PhLayerItem *item, const char *needle);

G_END_DECLS
