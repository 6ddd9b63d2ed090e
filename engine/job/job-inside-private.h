#pragma once

#include "job/job-private.h"

G_BEGIN_DECLS

/* The inside of a job, shared by the three files that it is written in: job.c is the object as its
 * creator sees it, job-worker.c what happens on the thread of the work, job-dispatch.c the way from
 * there to the creator. */

enum
{
  PH_JOB_PROP_TITLE = 1,
  PH_JOB_PROP_STATE,
  PH_JOB_PROP_MESSAGE,
  PH_JOB_PROP_PROGRESS,
  PH_JOB_PROP_FRAME,
  PH_JOB_PROP_N_VALUES,
  PH_JOB_PROP_PAUSED,
  PH_JOB_PROP_ERROR,
  PH_JOB_PROP_QUIET,
  PH_JOB_N_PROPS
};

/* The worker writes the fields under the mutex and posts; the creating thread copies them into its
 * own, `shown`, in one dispatch and notifies of what differs. */
struct _PhJob
{
  GObject parent_instance;

  /* owned, set once */
  char *title;
  gpointer spec;
  GDestroyNotify free_spec;
  GDestroyNotify free_result;
  GMainContext *context;
  PhJobFunc func;

  /* of the creating thread */
  struct
  {
    PhJobState state;
    char *message;
    double progress;
    PhFrame *frame;
    GArray *values;
    GError *error;
    gpointer result;
  } shown;
  gboolean quiet;
  gboolean paused;

  /* shared, under the mutex */
  GMutex mutex;
  GCond cond;
  GCancellable *cancellable;
  PhJobState state;
  char *message;
  gboolean message_changed;
  double progress;
  PhFrame *frame; /* the slot: newest frame that was not yet shown */
  GArray *values; /* points that were not yet shown */
  GError *error;
  gpointer result;
  GSource *pending;
  gboolean holds_itself; /* the worker's reference awaits the last dispatch */
  gboolean wait_paused;
  gboolean held;

  /* asked by the worker every step */
  gint stop;            /* atomic */
  guint frame_interval; /* atomic, milliseconds */
  gint64 last_frame;    /* of the worker */
};

gboolean ph_job_is_final (PhJobState state);

/* Tells that a property of that number changed. */
void ph_job_notify (PhJob *self, guint property);

/* Tells that the run is over. */
void ph_job_emit_finished (PhJob *self);

/* Makes sure that one dispatch follows; the mutex is held. */
void ph_job_post (PhJob *self);

G_END_DECLS
