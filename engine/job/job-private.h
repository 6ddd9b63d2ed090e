#pragma once

#include "job/job.h"

G_BEGIN_DECLS

/* What the queue does to its jobs. */

/** ph_job_reset: makes a new or finished job wait (again). Main thread. */
void ph_job_reset (PhJob *job);

/** ph_job_run: runs the job on the calling worker thread; consumes a reference of @job, which is
 * given back on the job's main context. Does nothing for a job cancelled while it waited. */
void ph_job_run (PhJob *job);

/** ph_job_set_held: like pausing, but for the benefit of other jobs and unseen by the user. */
void ph_job_set_held (PhJob *job, gboolean held);

G_END_DECLS
