#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_ADVICE_TABLE (ph_advice_table_get_type ())
/**
 * PhAdviceTable:
 *
 * The well-known table of transfer learning: little or much data, similar to what the network knows
 * or different. One field may be advised, one may be what is set now; choosing another one emits
 * "chosen" with its #PhAdviceRow (uint), for those who know better than the advice.
 */
G_DECLARE_FINAL_TYPE (PhAdviceTable, ph_advice_table, PH, ADVICE_TABLE, AdwBin)

GtkWidget *ph_advice_table_new (void);

/** ph_advice_table_set_advised: marks a field; -1: none. */
void ph_advice_table_set_advised (PhAdviceTable *self, int row);

/** ph_advice_table_set_current: presses a field, without a signal; -1: none. */
void ph_advice_table_set_current (PhAdviceTable *self, int row);

/** ph_advice_table_get_advised: -1: none. */
int ph_advice_table_get_advised (PhAdviceTable *self);
int ph_advice_table_get_current (PhAdviceTable *self);

G_END_DECLS
