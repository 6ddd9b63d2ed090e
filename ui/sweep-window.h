#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define PH_TYPE_SWEEP_WINDOW (ph_sweep_window_get_type ())
/**
 * PhSweepWindow:
 *
 * One unit under all pairs of values of two settings, side by side, each picture drawn in the
 * background while one looks. Emits "adopted" when a picture was clicked: its settings are those of
 * ph_sweep_window_get_adopted(); the window closes.
 */
G_DECLARE_FINAL_TYPE (PhSweepWindow, ph_sweep_window, PH, SWEEP_WINDOW, AdwWindow)

/** ph_sweep_window_new: @page: whose network and queue are used. The others are copied. */
GtkWidget *ph_sweep_window_new (PhPage *page, const char *objective,
                                const PhAscentSettings *settings);

/** ph_sweep_window_set_axis: @which: 0 for left to right, 1 for downwards; @text as
 * ph_sweep_axis_parse() reads it. Draws anew. */
void ph_sweep_window_set_axis (PhSweepWindow *self, guint which, const char *text);

/** ph_sweep_window_take_recipe: the axes of a grid that was made of the same unit. */
void ph_sweep_window_take_recipe (PhSweepWindow *self, const PhRecipe *recipe);

/** ph_sweep_window_save: makes the grid on one sheet and writes it to @path. Returns: the job,
 * which was added to the page's queue; %NULL while an axis is not valid. */
PhJob *ph_sweep_window_save (PhSweepWindow *self, const char *path);

/** ph_sweep_window_get_n_pictures: of the grid; 0 while an axis is not valid. */
guint ph_sweep_window_get_n_pictures (PhSweepWindow *self);

/** ph_sweep_window_adopt: as a click on picture @i, row by row. */
void ph_sweep_window_adopt (PhSweepWindow *self, guint i);

/** ph_sweep_window_get_adopted: (nullable): the picture's size is that of the original settings. */
const PhAscentSettings *ph_sweep_window_get_adopted (PhSweepWindow *self);

G_END_DECLS
