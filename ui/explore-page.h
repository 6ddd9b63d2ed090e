#pragma once

#include "ui/page.h"
#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_EXPLORE_PAGE (ph_explore_page_get_type ())
/**
 * PhExplorePage:
 *
 * The layers of the network at the left, the units of one of them as a grid of pictures. States:
 * "empty" (no network), "loading", "failed", "ready". Properties: "state" (string, read-only),
 * "folded" (the list of layers lies over the grid, read-only), "sidebar" (whether it is shown),
 * "unit-size" (side of the pictures).
 */
G_DECLARE_FINAL_TYPE (PhExplorePage, ph_explore_page, PH, EXPLORE_PAGE, PhPage)

GtkWidget *ph_explore_page_new (void);

void ph_explore_page_set_thumbnails (PhExplorePage *page, PhThumbnails *thumbnails);

/** ph_explore_page_show_empty: nothing was opened. */
void ph_explore_page_show_empty (PhExplorePage *page);

/** ph_explore_page_is_ready: whether a network is shown, and not the opening of one. */
gboolean ph_explore_page_is_ready (PhExplorePage *page);

/** ph_explore_page_show_loading: @name: of the file that is being opened */
void ph_explore_page_show_loading (PhExplorePage *page, const char *name);

/** ph_explore_page_show_failed: @name: of the file; the page offers to try again or another. */
void ph_explore_page_show_failed (PhExplorePage *page, const char *name, const GError *error);

/** ph_explore_page_show_layer: @layer: index of a layer or %PH_CLASSES; needs a model. */
void ph_explore_page_show_layer (PhExplorePage *page, int layer);

/** ph_explore_page_get_layer: index or %PH_CLASSES; -2 without a model. */
int ph_explore_page_get_layer (PhExplorePage *page);

void ph_explore_page_focus_search (PhExplorePage *page);

/** ph_explore_page_set_images: (nullable): path of the images by whose scan units can be ordered.
 */
void ph_explore_page_set_images (PhExplorePage *self, const char *path);

G_END_DECLS
