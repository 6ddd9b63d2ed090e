#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define PH_TYPE_COMPARE_PAGE (ph_compare_page_get_type ())
/**
 * PhComparePage:
 *
 * Two networks side by side, an original and a fine-tuned one as a rule: the same unit in both with
 * pictures from the same recipe, the images that excite it, what has changed layer by layer and
 * unit by unit, and the way from one to the other. Opens the second network by "win.compare-path"
 * (s), which becomes a place of the window's history.
 */
G_DECLARE_FINAL_TYPE (PhComparePage, ph_compare_page, PH, COMPARE_PAGE, PhPage)

GtkWidget *ph_compare_page_new (void);

/**
 * ph_compare_page_show:
 * @model: the network that is open; sets the page's "model"
 * @path: (nullable): the network to compare it with; %NULL: the one that is there, or the
 * invitation to open one
 *
 * What cannot be opened is told on the page.
 */
void ph_compare_page_show (PhComparePage *self, PhModel *model, const char *path);

/** ph_compare_page_get_other: (nullable): path of the network that the one of the window is
 * compared with; %NULL while none is. */
const char *ph_compare_page_get_other (PhComparePage *self);

/** ph_compare_page_set_images: (nullable): path of the set of images to compare on. */
void ph_compare_page_set_images (PhComparePage *self, const char *path);

/** ph_compare_page_set_menus: where the second network and images can be chosen. */
void ph_compare_page_set_menus (PhComparePage *self, GMenuModel *networks, GMenuModel *images);

/** ph_compare_page_show_image: shows both networks the picture at @path: what they name, and where
 * they look for it (Grad-CAM). What cannot be read is told in a toast. */
void ph_compare_page_show_image (PhComparePage *self, const char *path);

/** ph_compare_page_save_report: writes what is known, with pictures of ten units from the top of
 * the list, as one HTML file, in the background; the outcome is told in a toast. There must be a
 * comparison. */
void ph_compare_page_save_report (PhComparePage *self, const char *path);

/** ph_compare_page_save_figures: the same as PNG files in a folder. */
void ph_compare_page_save_figures (PhComparePage *self, const char *folder);

/** ph_compare_page_save_epochs: the unit in each epoch of the training that the second network
 * comes from, as a film; the training must have kept them. */
void ph_compare_page_save_epochs (PhComparePage *self, const char *path);

G_END_DECLS
