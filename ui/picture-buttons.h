#pragma once

#include <adwaita.h>

#include "ui/item-pictures.h"

G_BEGIN_DECLS

#define PH_TYPE_PICTURE_BUTTONS (ph_picture_buttons_get_type ())
/**
 * PhPictureButtons:
 *
 * Some images of a set to choose from, each with a line beneath. Emits "picked" (u: the image).
 */
G_DECLARE_FINAL_TYPE (PhPictureButtons, ph_picture_buttons, PH, PICTURE_BUTTONS, AdwBin)

/** ph_picture_buttons_new: @name: for screen readers; @side: of the pictures, in pixels */
GtkWidget *ph_picture_buttons_new (const char *name, guint side);

/**
 * ph_picture_buttons_show:
 * @pictures: (nullable): of their set; with @side as of here. %NULL: nothing
 * @items: @n
 * @captions: (nullable): @n lines, one each
 */
void ph_picture_buttons_show (PhPictureButtons *self, PhItemPictures *pictures, const guint *items,
                              guint n, const char *const *captions);

guint ph_picture_buttons_get_n (PhPictureButtons *self);
/** ph_picture_buttons_get_item: of number @i. */
guint ph_picture_buttons_get_item (PhPictureButtons *self, guint i);

G_END_DECLS
