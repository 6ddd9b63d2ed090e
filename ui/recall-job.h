#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhRecallRun:
 *
 * What was measured of an index of some vectors, and the index, to be asked more. Atomic reference
 * count.
 */
typedef struct _PhRecallRun PhRecallRun;

PhRecallRun *ph_recall_run_ref (PhRecallRun *run);
void ph_recall_run_unref (PhRecallRun *run);

/** ph_recall_run_get_points: (element-type PhRecallPoint) (transfer none) */
const GArray *ph_recall_run_get_points (const PhRecallRun *run);

/** ph_recall_run_get_n, _get_n_queries: vectors in the index, and those that are not in it and are
 * looked for. */
gsize ph_recall_run_get_n (const PhRecallRun *run);
gsize ph_recall_run_get_n_queries (const PhRecallRun *run);

/**
 * ph_recall_job:
 *
 * Puts vectors of @embedding into an index, all but a thousand at most that are spread evenly, and
 * measures how fast, and how completely, the 10 and the 100 nearest of those are found, exactly and
 * with growing ef. Its frames are no pictures: their map has a row of k, ef, recall and queries a
 * second for each point so far. The result is a #PhRecallRun.
 */
PhJob *ph_recall_job (PhEmbedding *embedding, PhMetric metric);

/** ph_recall_points_from_frame: (transfer full) (element-type PhRecallPoint): what such a frame
 * holds. */
GArray *ph_recall_points_from_frame (const PhFrame *frame);

/**
 * PhRecallWish:
 * @run: (owned)
 * @k: neighbours
 * @recall: that is wanted
 */
typedef struct
{
  PhRecallRun *run;
  guint k;
  double recall;
} PhRecallWish;

void ph_recall_wish_free (gpointer wish);

/** ph_recall_choose: a #PhJobFunc from a #PhRecallWish to a #PhRecallPoint, to be freed with
 * g_free(): the smallest ef that finds so much, and how fast it is. */
gpointer ph_recall_choose (const PhMonitor *monitor, GCancellable *cancellable, gpointer wish,
                           GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhRecallRun, ph_recall_run_unref)

G_END_DECLS
