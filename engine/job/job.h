#pragma once

#include <gio/gio.h>

#include "base/frame.h"
#include "base/monitor.h"

G_BEGIN_DECLS

/**
 * PhJobState:
 * @PH_JOB_WAITING: in a lane, not begun
 * @PH_JOB_RUNNING: its function is at work (or paused inside it)
 * @PH_JOB_DONE: finished, or stopped and kept; the result is there
 * @PH_JOB_FAILED: the function returned an error
 * @PH_JOB_CANCELLED: discarded
 */
typedef enum
{
  PH_JOB_WAITING,
  PH_JOB_RUNNING,
  PH_JOB_DONE,
  PH_JOB_FAILED,
  PH_JOB_CANCELLED,
} PhJobState;

#define PH_TYPE_JOB_STATE (ph_job_state_get_type ())
GType ph_job_state_get_type (void);

/**
 * PhJobFunc:
 * @monitor: where progress, frames and values go, and where stop and pause are asked
 * @cancellable: cancelled when the work is to be thrown away
 * @spec: what to do; read it, do not change it: a job can be run again
 *
 * Any blocking function. Runs on a thread of its lane; touches no widget and no live object.
 *
 * Returns: the result, or %NULL with @error set
 */
typedef gpointer (*PhJobFunc) (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec,
                               GError **error);

/**
 * PhJobValue:
 *
 * One point of the job's curve: objective or loss at @step.
 */
typedef struct
{
  guint step;
  double value;
} PhJobValue;

#define PH_TYPE_JOB (ph_job_get_type ())
/**
 * PhJob:
 *
 * An observable run of a blocking function. Properties "title", "state", "message", "progress" (0
 * to 1, -1 unknown), "frame", "n-values", "paused", "error" and "quiet" belong to the thread that
 * created the job and change only there, from its thread-default main context; "finished" is
 * emitted there exactly once a run. However fast the worker posts, at most one source is pending
 * and the newest value arrives.
 */
G_DECLARE_FINAL_TYPE (PhJob, ph_job, PH, JOB, GObject)

/**
 * ph_job_new:
 * @title: what the user asked for, "Picture of conv4, channel 37"
 * @spec: (transfer full) (nullable): private copy of everything the work needs
 * @free_spec: (nullable): called on the creating thread when the job goes
 * @free_result: (nullable): for a result that nobody took
 *
 * A job does nothing until it is added to a #PhQueue.
 */
PhJob *ph_job_new (const char *title, PhJobFunc func, gpointer spec, GDestroyNotify free_spec,
                   GDestroyNotify free_result);

/**
 * ph_job_set_frame_interval:
 * @milliseconds: least time between two frames (66 at first); 0: no frames at all
 *
 * May be changed while the job runs.
 */
void ph_job_set_frame_interval (PhJob *job, guint milliseconds);

/** ph_job_set_quiet: a quiet job is not shown in lists of jobs. Before it is added to a queue. */
void ph_job_set_quiet (PhJob *job, gboolean quiet);
gboolean ph_job_get_quiet (PhJob *job);

const char *ph_job_get_title (PhJob *job);
PhJobState ph_job_get_state (PhJob *job);
const char *ph_job_get_message (PhJob *job);
double ph_job_get_progress (PhJob *job);
gpointer ph_job_get_spec (PhJob *job);

/** ph_job_is_finished: DONE, FAILED or CANCELLED. */
gboolean ph_job_is_finished (PhJob *job);

/** ph_job_get_frame: (nullable) (transfer none): the newest preview. */
PhFrame *ph_job_get_frame (PhJob *job);

/** ph_job_get_error: (nullable): set when FAILED, or CANCELLED (%G_IO_ERROR_CANCELLED). */
const GError *ph_job_get_error (PhJob *job);

/**
 * ph_job_get_values:
 * @n: (out): how many
 *
 * Returns: (transfer none) (nullable): all points of the curve so far, in the order they were made;
 * valid until the main loop runs again. "n-values" notifies of new ones.
 */
const PhJobValue *ph_job_get_values (PhJob *job, guint *n);

/** ph_job_get_result: (nullable) (transfer none): when DONE. */
gpointer ph_job_get_result (PhJob *job);
/** ph_job_steal_result: (nullable) (transfer full): the same, once. */
gpointer ph_job_steal_result (PhJob *job);

/** ph_job_stop: ends soon and keeps what exists: the job will be DONE. A job that waits is
 * cancelled: there is nothing to keep. */
void ph_job_stop (PhJob *job);

/** ph_job_cancel: ends soon and throws away. The state follows from the main loop. */
void ph_job_cancel (PhJob *job);

/** ph_job_set_paused: the function blocks at its next ph_monitor_wait() until resumed, stopped or
 * cancelled. */
void ph_job_set_paused (PhJob *job, gboolean paused);
gboolean ph_job_get_paused (PhJob *job);

G_END_DECLS
