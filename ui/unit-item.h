#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_UNIT_ITEM (ph_unit_item_get_type ())
/**
 * PhUnitItem:
 *
 * A channel or class in a list. Properties, read-only: "label" (what stands under its picture) and
 * "description" (what a screen reader says: "unit 37 of conv4").
 */
G_DECLARE_FINAL_TYPE (PhUnitItem, ph_unit_item, PH, UNIT_ITEM, GObject)

PhUnitItem *ph_unit_item_new (PhModel *model, const PhUnit *unit);

PhModel *ph_unit_item_get_model (PhUnitItem *item);
const PhUnit *ph_unit_item_get_unit (PhUnitItem *item);
const char *ph_unit_item_get_label (PhUnitItem *item);
const char *ph_unit_item_get_description (PhUnitItem *item);

G_END_DECLS
