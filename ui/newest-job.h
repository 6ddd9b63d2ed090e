#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhNewestJob:
 *
 * Follows somebody who moves a slider: runs a function for what is wanted now, and when that is
 * done for what is wanted then; wishes in between are passed over. At most one job runs. Belongs to
 * the main thread.
 */
typedef struct _PhNewestJob PhNewestJob;

/** PhNewestDone: @result: (nullable) (transfer none): %NULL when it failed with @error. */
typedef void (*PhNewestDone) (gpointer result, const GError *error, gpointer data);

/**
 * ph_newest_job_new:
 * @func, @free_spec, @free_result: as ph_job_new() takes them
 * @done, @data: told of each result, in order
 *
 * Jobs are quiet and go to the lane of what somebody looks at.
 */
PhNewestJob *ph_newest_job_new (PhQueue *queue, PhJobFunc func, GDestroyNotify free_spec,
                                GDestroyNotify free_result, PhNewestDone done, gpointer data);

/** ph_newest_job_free: cancels what runs; @done is not called any more. */
void ph_newest_job_free (PhNewestJob *newest);

/** ph_newest_job_ask: @spec: (transfer full) */
void ph_newest_job_ask (PhNewestJob *newest, gpointer spec);

/** ph_newest_job_is_busy: whether there is something to be done. */
gboolean ph_newest_job_is_busy (const PhNewestJob *newest);

/** ph_newest_job_get_rate: results a second over the last second of uninterrupted work; 0 when
 * there was none. */
double ph_newest_job_get_rate (const PhNewestJob *newest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhNewestJob, ph_newest_job_free)

G_END_DECLS
