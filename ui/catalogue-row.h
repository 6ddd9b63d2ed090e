#pragma once

#include <adwaita.h>

#include "ui/catalogue-item.h"

G_BEGIN_DECLS

#define PH_TYPE_CATALOGUE_ROW (ph_catalogue_row_get_type ())
/**
 * PhCatalogueRow:
 *
 * A row for a #PhCatalogueItem, with a button for what can be done next. It asks its window by
 * action: "catalogue.fetch", "catalogue.open" and "catalogue.remove" (s: name of the entry).
 */
G_DECLARE_FINAL_TYPE (PhCatalogueRow, ph_catalogue_row, PH, CATALOGUE_ROW, AdwActionRow)

GtkWidget *ph_catalogue_row_new (PhCatalogueItem *item);

/** ph_catalogue_row_get_item: (transfer none) */
PhCatalogueItem *ph_catalogue_row_get_item (PhCatalogueRow *row);

G_END_DECLS
