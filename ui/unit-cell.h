#pragma once

#include <gtk/gtk.h>

#include "ui/thumbnails.h"
#include "ui/unit-item.h"

G_BEGIN_DECLS

#define PH_TYPE_UNIT_CELL (ph_unit_cell_get_type ())
/**
 * PhUnitCell:
 *
 * A unit in the grid: its thumbnail and what it is called. Property "item": a #PhUnitItem. A grid
 * keeps more cells than can be seen, so a picture is asked for only while the cell is wanted.
 */
G_DECLARE_FINAL_TYPE (PhUnitCell, ph_unit_cell, PH, UNIT_CELL, GtkWidget)

/** ph_unit_cell_new: @size: side of the picture on screen */
GtkWidget *ph_unit_cell_new (guint size);

PhUnitItem *ph_unit_cell_get_item (PhUnitCell *cell);

/** ph_unit_cell_set_item: @item: (nullable): the cell forgets the picture of the one before */
void ph_unit_cell_set_item (PhUnitCell *cell, PhUnitItem *item);

/** ph_unit_cell_want: @thumbnails: (nullable): where to get the picture, before all others that
 * were asked for; %NULL when nobody sees the cell any more */
void ph_unit_cell_want (PhUnitCell *cell, PhThumbnails *thumbnails);

/** ph_unit_cell_is_wanted: whether it asks for its picture now. */
gboolean ph_unit_cell_is_wanted (PhUnitCell *cell);

/** ph_unit_cell_set_size: side of the picture on screen. */
void ph_unit_cell_set_size (PhUnitCell *cell, guint size);

G_END_DECLS
