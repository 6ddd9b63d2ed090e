#pragma once

#include "ui/embedding-view.h"

G_BEGIN_DECLS

#define PH_TYPE_RECALL_VIEW (ph_recall_view_get_type ())
/**
 * PhRecallView:
 *
 * How fast, and how completely, neighbours are found among the vectors of the user's own images:
 * measured when asked for, drawn as it comes. For a recall that is wanted it chooses how many
 * candidates the index keeps in mind. Its own actions: "measure-speed", "stop-measuring",
 * "speed-metric" (s: "euclidean", "cosine"), "speed-k" (u: 10 or 100), "want-recall" (d: 0 to 1).
 */
G_DECLARE_FINAL_TYPE (PhRecallView, ph_recall_view, PH, RECALL_VIEW, PhEmbeddingView)

G_END_DECLS
