#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

#define PH_TYPE_INTERPOLATE_VIEW (ph_interpolate_view_get_type ())
/**
 * PhInterpolateView:
 *
 * The way from one image to another through the embedding, beside the two laid over one another; or
 * a grid between four. The image that is looked at becomes the chosen corner. Actions: "set-corner"
 * ((uu): corner, image of the set), "set-corners" (u: 2 or 4), "set-path" (s: as ph_path_names has
 * it), "set-steps" (u), "set-position" (d: 0 to 1), "pause" (plays or rests), "show-trait" (u),
 * "export-path" (s: "apng", "gif" or "strip": asks where to), "save-path" ((ss): format, path).
 */
G_DECLARE_FINAL_TYPE (PhInterpolateView, ph_interpolate_view, PH, INTERPOLATE_VIEW, PhEmbeddingView)

G_END_DECLS
