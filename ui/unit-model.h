#pragma once

#include "ui/unit-item.h"

G_BEGIN_DECLS

/** PH_CLASSES: stands for the classes where a layer's index is expected. */
#define PH_CLASSES (-1)

#define PH_TYPE_UNIT_MODEL (ph_unit_model_get_type ())
/**
 * PhUnitModel:
 *
 * The units of a layer, or the classes, as a #GListModel of #PhUnitItem. An item is made when it is
 * first asked for, so a layer of 10,000 channels costs a pointer each until they are seen.
 */
G_DECLARE_FINAL_TYPE (PhUnitModel, ph_unit_model, PH, UNIT_MODEL, GObject)

/** ph_unit_model_new: @layer: index of a layer or %PH_CLASSES */
PhUnitModel *ph_unit_model_new (PhModel *model, int layer);

/** ph_unit_model_set_order: @order: (nullable) (element-type guint): the unit at each place, all of
 * them; %NULL: as in the network. Items stay the same objects. */
void ph_unit_model_set_order (PhUnitModel *model, GArray *order);

G_END_DECLS
