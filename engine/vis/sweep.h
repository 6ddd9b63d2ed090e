#pragma once

#include "vis/sheet.h"

G_BEGIN_DECLS

/** PH_SWEEP_MAX_VALUES: values of an axis. */
#define PH_SWEEP_MAX_VALUES 1000

/**
 * PhSweepAxis:
 * @name: a setting of ph_ascent_settings, or one of the random changes in "transforms" by its own
 *   name, as "jitter"
 * @values: %NULL-terminated, at least one, as ph_setting_set() reads them or as what follows the
 *   name of the change; "none" takes the change out
 *
 * A setting and the values it is tried at.
 */
typedef struct
{
  char *name;
  char **values;
} PhSweepAxis;

/**
 * ph_sweep_axis_parse:
 * @text: "learning-rate = 0.01 | 0.05 | 0.2", "jitter = none | 4 | 10%" or, for numbers, from one
 *   end to the other in so many values, "learning-rate = 0.01 .. 0.2 / 24": evenly, or by equal
 *   factors where the ends are positive and one is eight times the other or more
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID when there is no such setting or a
 * value is none of its values.
 */
PhSweepAxis *ph_sweep_axis_parse (const char *text, GError **error);
void ph_sweep_axis_free (PhSweepAxis *axis);

/** ph_sweep_axis_get_n: how many values. */
guint ph_sweep_axis_get_n (const PhSweepAxis *axis);

/** ph_sweep_axis_apply: sets value @i in @settings, where "auto" is written out as it is meant for
 * @objective if the axis is one of the random changes. */
void ph_sweep_axis_apply (const PhSweepAxis *axis, guint i, const PhObjective *objective,
                          PhAscentSettings *settings);

/** ph_sweep_axis_dup_label: value @i as words, "learning-rate 0.05". Caller frees. */
char *ph_sweep_axis_dup_label (const PhSweepAxis *axis, guint i);

/** ph_sweep_axis_suggest: (transfer full) (nullable): an axis that shows what the setting or change
 * @name does around @settings; %NULL when there is none of that name. */
PhSweepAxis *ph_sweep_axis_suggest (const char *name, const PhAscentSettings *settings);

/**
 * ph_sweep_cells:
 * @y: (nullable)
 *
 * The grid as cells for ph_sheet_make(), row by row: @x from left to right, @y downwards. All
 * begin with the same seed.
 *
 * Returns: (transfer full) (element-type PhSheetCell): %NULL with the errors of
 * ph_objective_parse(), or %PH_ERROR_DATA_INVALID when both axes are the same.
 */
GPtrArray *ph_sweep_cells (PhModel *model, const char *objective, const PhAscentSettings *settings,
                           const PhSweepAxis *x, const PhSweepAxis *y, GError **error);

/** ph_sweep_draw: the finished cells on one sheet, values beside them, the settings' names after
 * @title; see ph_sheet_draw(). */
PhImage *ph_sweep_draw (GPtrArray *cells, const char *title, const PhSweepAxis *x,
                        const PhSweepAxis *y, guint size, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhSweepAxis, ph_sweep_axis_free)

G_END_DECLS
