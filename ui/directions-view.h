#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

#define PH_TYPE_DIRECTIONS_VIEW (ph_directions_view_get_type ())
/**
 * PhDirectionsView:
 *
 * What is known of the images as directions in the embedding: the mean of those that have it less
 * the mean of those that do not, added to any image by a slider (Larsen et al. 2016). Actions:
 * "set-direction" ((sd): name of what is known, how many times it is added), "reset-picture".
 */
G_DECLARE_FINAL_TYPE (PhDirectionsView, ph_directions_view, PH, DIRECTIONS_VIEW, PhEmbeddingView)

G_END_DECLS
