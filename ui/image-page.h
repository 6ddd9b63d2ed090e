#pragma once

#include "ui/page.h"
#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_IMAGE_PAGE (ph_image_page_get_type ())
/**
 * PhImagePage:
 *
 * What a network sees in a picture of the user's: the classes it names, each layer as a map over
 * the picture, the units most active at a position, and why: which parts excite a unit. The picture
 * can be painted on and turned while one watches the numbers.
 */
G_DECLARE_FINAL_TYPE (PhImagePage, ph_image_page, PH, IMAGE_PAGE, PhPage)

GtkWidget *ph_image_page_new (void);

void ph_image_page_set_thumbnails (PhImagePage *self, PhThumbnails *thumbnails);

/** ph_image_page_set_images: (nullable): path of the set of images whose examples stand beside
 * units; read anew each time. */
void ph_image_page_set_images (PhImagePage *self, const char *path);

/**
 * ph_image_page_show:
 * @model: the network that is open; sets the page's "model"
 * @path: (nullable): a picture in any format that can be read; %NULL: the one that is there, or the
 *   invitation to open one
 *
 * What cannot be read is told on the page.
 */
void ph_image_page_show (PhImagePage *self, PhModel *model, const char *path);

/** ph_image_page_set_unit: @name: of the unit to watch and explain. Returns: %FALSE with an error
 * when the network has no such unit. */
gboolean ph_image_page_set_unit (PhImagePage *self, const char *name, GError **error);

/** ph_image_page_has_picture: whether there is one, and the network has looked at it. */
gboolean ph_image_page_has_picture (PhImagePage *self);

/** ph_image_page_get_answer: (nullable): the class that the network takes the picture for. */
const char *ph_image_page_get_answer (PhImagePage *self);

/** ph_image_page_set_method: @name: of the way to explain */
void ph_image_page_set_method (PhImagePage *self, const char *name);
/** ph_image_page_get_method: name of the way to explain. */
const char *ph_image_page_get_method (PhImagePage *self);

/** ph_image_page_save: writes the picture with what lies over it, as it is shown, to the PNG file
 * @path, in the background; the outcome is told in a toast. There must be a picture. */
void ph_image_page_save (PhImagePage *self, const char *path);

G_END_DECLS
