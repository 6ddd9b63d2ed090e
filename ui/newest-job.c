#include "ui/newest-job.h"

/* Results whose times are remembered. */
#define N_TIMES 30

/* Somebody who pauses this long (µs) does not slow the rate down. */
#define PAUSE (200 * 1000)

struct _PhNewestJob
{
  PhJobFunc func;
  GDestroyNotify free_spec, free_result;
  PhNewestDone done;
  gpointer data;
  gint64 times[N_TIMES]; /* when the last results came, in a ring */
  guint n_times;

  /* owned */
  PhQueue *queue;
  PhJob *job;    /* nullable: runs */
  gpointer next; /* nullable: spec of what is wanted after it */
};

static void start (PhNewestJob *self, gpointer spec);

static void
note_time (PhNewestJob *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->n_times > 0 && now - self->times[(self->n_times - 1) % N_TIMES] > PAUSE)
    self->n_times = 0;
  self->times[self->n_times % N_TIMES] = now;
  self->n_times++;
}

static void
on_finished (PhJob *job, PhNewestJob *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->job);
  gpointer next = g_steal_pointer (&self->next);

  if (next != NULL)
    start (self, next);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      note_time (self);
      self->done (ph_job_get_result (job), NULL, self->data);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    self->done (NULL, ph_job_get_error (job), self->data);
}

static void
start (PhNewestJob *self, gpointer spec)
{
  self->job = ph_job_new ("newest", self->func, spec, self->free_spec, self->free_result);
  ph_job_set_quiet (self->job, TRUE);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_finished), self);
  ph_queue_add (self->queue, self->job, PH_LANE_COMPUTE);
}

/* Public */

PhNewestJob *
ph_newest_job_new (PhQueue *queue, PhJobFunc func, GDestroyNotify free_spec,
                   GDestroyNotify free_result, PhNewestDone done, gpointer data)
{
  PhNewestJob *self = g_new0 (PhNewestJob, 1);

  self->queue = g_object_ref (queue);
  self->func = func;
  self->free_spec = free_spec;
  self->free_result = free_result;
  self->done = done;
  self->data = data;
  return self;
}

void
ph_newest_job_free (PhNewestJob *self)
{
  if (self == NULL)
    return;
  if (self->job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->job, self);
      ph_job_cancel (self->job);
      g_object_unref (self->job);
    }
  if (self->next != NULL)
    self->free_spec (self->next);
  g_object_unref (self->queue);
  g_free (self);
}

void
ph_newest_job_ask (PhNewestJob *self, gpointer spec)
{
  if (self->job == NULL)
    {
      start (self, spec);
      return;
    }
  if (self->next != NULL)
    self->free_spec (self->next);
  self->next = spec;
}

gboolean
ph_newest_job_is_busy (const PhNewestJob *self)
{
  return self->job != NULL;
}

double
ph_newest_job_get_rate (const PhNewestJob *self)
{
  const guint n = MIN (self->n_times, N_TIMES);
  gint64 first, last;

  if (n < 2)
    return 0;
  first = self->times[(self->n_times - n) % N_TIMES];
  last = self->times[(self->n_times - 1) % N_TIMES];
  return last > first ? (n - 1) * (double)G_USEC_PER_SEC / (double)(last - first) : 0;
}
