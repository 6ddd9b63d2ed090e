#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

#define PH_TYPE_SIMILAR_VIEW (ph_similar_view_get_type ())
/**
 * PhSimilarView:
 *
 * The images that are most alike the one that is looked at, side by side in several spaces: pixels,
 * principal components, the embedding of the page, what the window's network looks at. A click
 * walks on. Its own actions: "similar-metric" (s: "euclidean", "cosine") and "similar-back", which
 * "reset-picture" is too.
 */
G_DECLARE_FINAL_TYPE (PhSimilarView, ph_similar_view, PH, SIMILAR_VIEW, PhEmbeddingView)

/** ph_similar_view_get_n_columns: spaces side by side. */
guint ph_similar_view_get_n_columns (PhSimilarView *self);

G_END_DECLS
