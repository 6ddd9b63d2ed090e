#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_ITEM_PICTURES (ph_item_pictures_get_type ())
/**
 * PhItemPictures:
 *
 * Small pictures of the images of a set, read in the background: those that were wanted last, first
 * of all. As many are remembered as some tens of megabytes hold. Emits "changed" when pictures have
 * come.
 */
G_DECLARE_FINAL_TYPE (PhItemPictures, ph_item_pictures, PH, ITEM_PICTURES, GObject)

/** ph_item_pictures_new: @side: of the square pictures, in pixels */
PhItemPictures *ph_item_pictures_new (PhDataset *dataset, PhQueue *queue, guint side);

PhDataset *ph_item_pictures_get_dataset (PhItemPictures *self);

/** ph_item_pictures_get: (nullable) (transfer none): until the main loop runs again. %NULL also for
 * an image that cannot be read. */
PhFrame *ph_item_pictures_get (PhItemPictures *self, guint item);

/** ph_item_pictures_want: @items: @n, the most urgent first. Whatever was wanted before and has not
 * been begun is forgotten. */
void ph_item_pictures_want (PhItemPictures *self, const guint *items, guint n);

/** ph_item_pictures_stop: nobody looks any more; what has come stays. */
void ph_item_pictures_stop (PhItemPictures *self);

G_END_DECLS
