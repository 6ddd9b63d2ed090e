#pragma once

#include <gtk/gtk.h>

#include "ui/thumbnails.h"
#include "ui/unit-model.h"

G_BEGIN_DECLS

#define PH_TYPE_UNIT_GRID (ph_unit_grid_get_type ())
/**
 * PhUnitGrid:
 *
 * Units as a grid of pictures, scrolled. Pictures are asked for while their cells are in view, the
 * first in view first. Choosing a unit activates "win.show-unit".
 */
G_DECLARE_FINAL_TYPE (PhUnitGrid, ph_unit_grid, PH, UNIT_GRID, GtkWidget)

/** ph_unit_grid_set_thumbnails: where pictures come from. */
void ph_unit_grid_set_thumbnails (PhUnitGrid *grid, PhThumbnails *thumbnails);

/** ph_unit_grid_set_units: @units: (nullable): shown from the top */
void ph_unit_grid_set_units (PhUnitGrid *grid, PhUnitModel *units);
GListModel *ph_unit_grid_get_units (PhUnitGrid *grid);

/** ph_unit_grid_set_size: side of the pictures on screen and in the thumbnails. */
void ph_unit_grid_set_size (PhUnitGrid *grid, guint size);

/** ph_unit_grid_set_active: an inactive grid asks for no pictures: nobody looks at it. */
void ph_unit_grid_set_active (PhUnitGrid *grid, gboolean active);

/** ph_unit_grid_queue_update: looks again which cells are in view, before the next frame. */
void ph_unit_grid_queue_update (PhUnitGrid *grid);

/** ph_unit_grid_focus_unit: marks the unit at @position and gives it the keyboard. */
void ph_unit_grid_focus_unit (PhUnitGrid *grid, guint position);

/** ph_unit_grid_count_wanted: cells that ask for their picture now. */
guint ph_unit_grid_count_wanted (PhUnitGrid *grid);

G_END_DECLS
