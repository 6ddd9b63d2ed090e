#pragma once

#include <gio/gio.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_CHANGE_ITEM (ph_change_item_get_type ())
/**
 * PhChangeItem:
 *
 * A unit of two networks in a list; properties "name", "verdict" and "value" are for reading it on
 * a row.
 */
G_DECLARE_FINAL_TYPE (PhChangeItem, ph_change_item, PH, CHANGE_ITEM, GObject)

const PhRankedUnit *ph_change_item_get_ranked (PhChangeItem *self);
const char *ph_change_item_get_name (PhChangeItem *self);

#define PH_TYPE_CHANGE_LIST (ph_change_list_get_type ())
/**
 * PhChangeList:
 *
 * Units that two networks share, those that changed most first: a #GListModel of #PhChangeItem,
 * which are made when somebody looks at them.
 */
G_DECLARE_FINAL_TYPE (PhChangeList, ph_change_list, PH, CHANGE_LIST, GObject)

PhChangeList *ph_change_list_new (void);

/**
 * ph_change_list_set:
 * @model: the first network, whose names are shown
 * @comparison: (nullable): nothing
 * @layer: (nullable): all layers
 * @verdict: %PH_VERDICT_UNKNOWN: all
 */
void ph_change_list_set (PhChangeList *self, PhModel *model, PhComparison *comparison,
                         const PhLayerChange *layer, PhUnitMeasure measure, PhVerdict verdict,
                         const PhCompareSettings *settings);

/** ph_verdict_dup_title: for people, translated: "repurposed". Caller frees. */
char *ph_verdict_dup_title (PhVerdict verdict);

G_END_DECLS
