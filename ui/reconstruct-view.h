#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

#define PH_TYPE_RECONSTRUCT_VIEW (ph_reconstruct_view_get_type ())
/**
 * PhReconstructView:
 *
 * An image, its embedding as bars, and what the decoder makes of that, also when noise is laid over
 * the image before, or when bars are dragged. Actions: "set-noise" ((sd): kind as
 * ph_corruption_names has it, level), "renew-noise", "set-bar" ((ud): which, value), "show-bars"
 * (s: "numbers" or "directions"), "reset-picture".
 */
G_DECLARE_FINAL_TYPE (PhReconstructView, ph_reconstruct_view, PH, RECONSTRUCT_VIEW, PhEmbeddingView)

G_END_DECLS
