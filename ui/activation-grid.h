#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define PH_TYPE_ACTIVATION_GRID (ph_activation_grid_get_type ())
/**
 * PhActivationGrid:
 *
 * The positions of a channel's map, rows × columns, one of which can be chosen with a click or with
 * the arrow keys, Home and End. Where activations are known they colour the cells. Emits "picked"
 * with row and column (both uint) when the user chose another position.
 */
G_DECLARE_FINAL_TYPE (PhActivationGrid, ph_activation_grid, PH, ACTIVATION_GRID, GtkWidget)

GtkWidget *ph_activation_grid_new (void);

/** ph_activation_grid_set_size: forgets selection and activations when the size is another one. */
void ph_activation_grid_set_size (PhActivationGrid *self, guint rows, guint columns);

void ph_activation_grid_get_size (PhActivationGrid *self, guint *rows, guint *columns);

/** ph_activation_grid_select: does not emit "picked". */
void ph_activation_grid_select (PhActivationGrid *self, guint row, guint column);

/** ph_activation_grid_get_selected: %FALSE when nothing is selected. */
gboolean ph_activation_grid_get_selected (PhActivationGrid *self, guint *row, guint *column);

/** ph_activation_grid_set_values: (nullable): rows × columns activations, copied. */
void ph_activation_grid_set_values (PhActivationGrid *self, const float *values);
gboolean ph_activation_grid_has_values (PhActivationGrid *self);

G_END_DECLS
