#pragma once

#include "vis/sheet.h"

G_BEGIN_DECLS

/** PH_GALLERY_CLASSES: how the classes are called in a list of layers. */
#define PH_GALLERY_CLASSES "classes"

/**
 * PhGallery:
 *
 * Pictures of all channels of some layers in a folder of their own, with pages to look at them in
 * any web browser: index.html with a search field, a page and a picture for each unit, a contact
 * sheet for each layer. The folder needs nothing outside it.
 *
 * Pictures are kept by recipe: a picture whose file holds the wanted recipe is not made again, so a
 * gallery may be interrupted at any time, killed even, and goes on where it was, with the same
 * result.
 */
typedef struct _PhGallery PhGallery;

/**
 * ph_gallery_new:
 * @layers: (nullable): %NULL-terminated names of layers, or %PH_GALLERY_CLASSES; %NULL for
 *   everything that can be shown
 * @settings: copied
 * @folder: made when it does not exist; must be empty or hold a gallery of this network
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_SUCH_UNIT for an unknown layer or one that
 * cannot be shown, %PH_ERROR_DATA_INVALID when the folder holds something else, or %G_FILE_ERROR.
 */
PhGallery *ph_gallery_new (PhModel *model, const char *const *layers,
                           const PhAscentSettings *settings, const char *folder, GError **error);
void ph_gallery_free (PhGallery *gallery);

guint ph_gallery_get_n_units (const PhGallery *gallery);

/**
 * ph_gallery_draw:
 * @share, @n_shares: makes units @share, @share + @n_shares …: 0 and 1 for all of them. Several
 *   processes may draw their shares into one folder at the same time.
 * @n_made: (out) (optional): pictures that were missing and made now
 *
 * Blocks. Stopping keeps what is finished.
 */
gboolean ph_gallery_draw (PhGallery *gallery, guint share, guint n_shares, guint *n_made,
                          const PhMonitor *monitor, GCancellable *cancellable, GError **error);

/** ph_gallery_write: the pages and contact sheets, of the pictures that are there. Call it again
 * when there are more; the same pictures give the same bytes. */
gboolean ph_gallery_write (PhGallery *gallery, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhGallery, ph_gallery_free)

G_END_DECLS
