#pragma once

#include "base/error.h"

G_BEGIN_DECLS

typedef enum
{
  PH_SETTING_INT,    /* field: int */
  PH_SETTING_REAL,   /* field: double */
  PH_SETTING_BOOL,   /* field: gboolean */
  PH_SETTING_CHOICE, /* field: int, an index into @choices */
  PH_SETTING_TEXT,   /* field: char *, owned by the struct */
} PhSettingType;

/**
 * PhSettingItem:
 * @name: how the item begins
 * @usage: (nullable): what follows
 * @summary: one sentence, translatable
 * @text: (nullable): what a new item says; %NULL: the name
 * @alone: whether it stands for a whole list, so that nothing can be beside it
 *
 * What a list that is written as a TEXT may hold.
 */
typedef struct
{
  const char *name, *usage, *summary, *text;
  gboolean alone;
} PhSettingItem;

/**
 * PhSetting:
 * @name: as written in recipes and on the command line, words joined by '-'; %NULL ends a table
 * @title: short name on screen, translatable
 * @summary: one sentence that says what it does, translatable
 * @offset: of the field in the struct that the table describes
 * @minimum, @maximum: inclusive range of INT and REAL
 * @value: default of INT, REAL, BOOL and CHOICE (as index)
 * @text: default of TEXT
 * @unit: "px", "steps", "°" or %NULL
 * @choices: %NULL-terminated names of a CHOICE, as written
 * @check: (nullable): further validation of a TEXT
 * @items: (nullable): what a TEXT that is a list with commas may hold; ends with a %NULL name
 *
 * One user-visible parameter. From a table of these come a struct's defaults, command-line options
 * and their help, rows of a page, validation, and the text of a recipe. A default exists here only.
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *summary;
  PhSettingType type;
  gsize offset;
  double minimum, maximum;
  double value;
  const char *text;
  const char *unit;
  const char *const *choices;
  gboolean (*check) (const char *text, GError **error);
  const PhSettingItem *(*items) (void);
} PhSetting;

/** ph_settings_init: writes all defaults into the uninitialised @values. */
void ph_settings_init (const PhSetting *table, gpointer values);

/** ph_settings_clear: frees the texts of @values. */
void ph_settings_clear (const PhSetting *table, gpointer values);

/** ph_settings_copy: makes the uninitialised @to an independent copy of @from. */
void ph_settings_copy (const PhSetting *table, gpointer to, gconstpointer from);

gboolean ph_settings_equal (const PhSetting *table, gconstpointer a, gconstpointer b);

/** ph_settings_find: (nullable): the row named @name. */
const PhSetting *ph_settings_find (const PhSetting *table, const char *name);

/**
 * ph_setting_set:
 * @text: the value as people write it
 *
 * Parses and range-checks @text independently of the locale.
 *
 * Returns: %FALSE with %PH_ERROR_DATA_INVALID naming setting, value and allowed range; @values is
 * then unchanged.
 */
gboolean ph_setting_set (const PhSetting *setting, gpointer values, const char *text,
                         GError **error);

/** ph_setting_get: the value as text that ph_setting_set() reads back exactly. Caller frees. */
char *ph_setting_get (const PhSetting *setting, gconstpointer values);

/** ph_setting_get_real: the value of INT, REAL, BOOL or CHOICE as a number. */
double ph_setting_get_real (const PhSetting *setting, gconstpointer values);

/** ph_setting_set_real: the same the other way, clamped to the range. */
void ph_setting_set_real (const PhSetting *setting, gpointer values, double value);

/** ph_setting_is_default: whether the value is the table's default. */
gboolean ph_setting_is_default (const PhSetting *setting, gconstpointer values);

/** ph_settings_to_text: "name = value" lines of all settings, in table order. Caller frees. */
char *ph_settings_to_text (const PhSetting *table, gconstpointer values);

/**
 * ph_settings_parse:
 * @first_line: what the text must begin with
 * @tables, @values: @n tables and the structs they describe
 *
 * The other way: "name = value" lines after a first line that says what it is. Empty lines and
 * those that begin with # are skipped; settings that are not mentioned keep their values.
 *
 * Returns: %FALSE with %PH_ERROR_DATA_INVALID, naming the line; some values may be set.
 */
gboolean ph_settings_parse (const char *first_line, const PhSetting *const *tables,
                            const gpointer *values, guint n, const char *text, GError **error);

G_END_DECLS
