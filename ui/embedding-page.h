#pragma once

#include "ui/page.h"

G_BEGIN_DECLS

#define PH_TYPE_EMBEDDING_PAGE (ph_embedding_page_get_type ())
/**
 * PhEmbeddingPage:
 *
 * A set of images as vectors by some encoder, seen in several ways: each is a #PhEmbeddingView.
 *
 * Everything can be done by actions, also from outside: "page.use-images" (s), "page.use-encoder"
 * (s: "network" for the one that is open, "pca", "pixels", the path of a network or the name of one
 * that comes with the program), "page.use-layer" (s: "" for the usual one), "page.show-view" (s:
 * its name), "page.look-at" (u: an image of the set), "page.open-image" (s: path), and those of the
 * views, which are listed in ui/embedding-page-actions.c.
 */
G_DECLARE_FINAL_TYPE (PhEmbeddingPage, ph_embedding_page, PH, EMBEDDING_PAGE, PhPage)

GtkWidget *ph_embedding_page_new (void);

/** ph_embedding_page_set_menu: networks that can be the encoder, each activating "page.use-encoder"
 * with its path. */
void ph_embedding_page_set_menu (PhEmbeddingPage *self, GMenuModel *networks);

/** ph_embedding_page_open_images: as ph_dataset_open() understands @path; what cannot be used is
 * told on the page. */
void ph_embedding_page_open_images (PhEmbeddingPage *self, const char *path);

G_END_DECLS
