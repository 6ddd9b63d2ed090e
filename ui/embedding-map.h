#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

#define PH_TYPE_EMBEDDING_MAP (ph_embedding_map_get_type ())
/**
 * PhEmbeddingMap:
 *
 * All images of the set on a map, like by like, coloured by class or by what is known of them. Its
 * own actions: "map-layout" (s: "pca", "tsne", "umap"), "map-colour" (s: "none", "class" or an
 * attribute), "map-size" (u: side of the pictures in pixels), "map-lasso" (dragging selects, or
 * moves again), "map-select" (s: a class; "": nothing), "map-stop" (ends the making of the map and
 * keeps what there is), "zoom-in", "zoom-out", "zoom-fit".
 */
G_DECLARE_FINAL_TYPE (PhEmbeddingMap, ph_embedding_map, PH, EMBEDDING_MAP, PhEmbeddingView)

G_END_DECLS
