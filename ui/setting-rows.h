#pragma once

#include "setting-row.h"

G_BEGIN_DECLS

#define PH_TYPE_SETTING_ROWS (ph_setting_rows_get_type ())
/**
 * PhSettingRows:
 *
 * The settings of a table in folding groups, each with its values on one line while folded. Emits
 * "changed" with the setting's name after each change by the user to a valid value.
 */
G_DECLARE_FINAL_TYPE (PhSettingRows, ph_setting_rows, PH, SETTING_ROWS, AdwBin)

/**
 * ph_setting_rows_new:
 * @table: (borrowed): lives as long as the program
 * @size: bytes of the struct that @table describes
 *
 * Without groups yet, with all values at their defaults.
 */
GtkWidget *ph_setting_rows_new (const PhSetting *table, gsize size);

/**
 * ph_setting_rows_add_group:
 * @title: translated
 * @names: (nullable): %NULL-terminated; %NULL: all that no group has yet. A name that the table
 *   lacks is passed over.
 *
 * Appends a folding group; does nothing when it would be empty.
 */
void ph_setting_rows_add_group (PhSettingRows *self, const char *title, const char *const *names);

/** ph_setting_rows_leave_out: lets no group show these, which have controls elsewhere; before the
 * groups are added. */
void ph_setting_rows_leave_out (PhSettingRows *self, const char *const *names);

/** ph_setting_rows_unfold: opens all groups, where there is room for few settings. */
void ph_setting_rows_unfold (PhSettingRows *self);

/** ph_setting_rows_append: puts a row of the caller's own before the next group. */
void ph_setting_rows_append (PhSettingRows *self, GtkWidget *row);

/** ph_setting_rows_get_values: (transfer none): the struct, always valid. */
gconstpointer ph_setting_rows_get_values (PhSettingRows *self);

/** ph_setting_rows_set_values: shows a copy of @values, without "changed". */
void ph_setting_rows_set_values (PhSettingRows *self, gconstpointer values);

/** ph_setting_rows_get_row: (nullable): the row of a setting that some group shows. */
PhSettingRow *ph_setting_rows_get_row (PhSettingRows *self, const char *name);

G_END_DECLS
