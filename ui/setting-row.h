#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_SETTING_ROW (ph_setting_row_get_type ())
/**
 * PhSettingRow:
 *
 * One #PhSetting as a row: title and control on one line, what it does beneath, a button back to
 * the default while the value is another one, and the reason when what was typed cannot be used.
 * An #AdwActionRow would squeeze the explanation beside the control, which in a side panel leaves
 * it a column of single words. Emits "changed" after each change by the user to a valid value.
 */
G_DECLARE_FINAL_TYPE (PhSettingRow, ph_setting_row, PH, SETTING_ROW, AdwPreferencesRow)

/** ph_setting_row_new: @values are borrowed and must outlive the row; the row writes valid values
 * into them. */
GtkWidget *ph_setting_row_new (const PhSetting *setting, gpointer values);

const PhSetting *ph_setting_row_get_setting (PhSettingRow *self);

/** ph_setting_row_refresh: shows what is in the values now, without "changed". */
void ph_setting_row_refresh (PhSettingRow *self);

/** ph_setting_row_get_message: (nullable): why the text in the row is not a valid value. */
const char *ph_setting_row_get_message (PhSettingRow *self);

/** ph_setting_row_get_control: the spin button, switch, drop-down or entry. */
GtkWidget *ph_setting_row_get_control (PhSettingRow *self);

/** ph_setting_dup_display: the value with its unit for people: "224 px", "on", "fourier". Caller
 * frees. */
char *ph_setting_dup_display (const PhSetting *setting, gconstpointer values);

G_END_DECLS
