#include "job/job-inside-private.h"

/* The monitor, on the worker's thread. */

static void
on_progress (double fraction, const char *message, gpointer data)
{
  PhJob *self = data;

  g_mutex_lock (&self->mutex);
  self->progress = fraction;
  g_free (self->message);
  self->message = g_strdup (message);
  self->message_changed = TRUE;
  ph_job_post (self);
  g_mutex_unlock (&self->mutex);
}

static gboolean
on_wants_frame (gpointer data)
{
  PhJob *self = data;
  gint64 interval = g_atomic_int_get (&self->frame_interval);

  if (interval == 0)
    return FALSE;
  if (self->last_frame != 0 &&
      g_get_monotonic_time () - self->last_frame < interval * G_TIME_SPAN_MILLISECOND)
    return FALSE;
  /* A frame that still lies in the slot means that the main loop is behind. */
  g_mutex_lock (&self->mutex);
  gboolean empty = self->frame == NULL;
  g_mutex_unlock (&self->mutex);
  return empty;
}

static void
on_frame (PhFrame *frame, gpointer data)
{
  PhJob *self = data;

  self->last_frame = g_get_monotonic_time ();
  g_mutex_lock (&self->mutex);
  PhFrame *old = self->frame;
  self->frame = ph_frame_ref (frame);
  ph_job_post (self);
  g_mutex_unlock (&self->mutex);
  g_clear_pointer (&old, ph_frame_unref);
}

static void
on_value (guint step, double value, gpointer data)
{
  PhJob *self = data;
  PhJobValue point = { step, value };

  g_mutex_lock (&self->mutex);
  g_array_append_val (self->values, point);
  ph_job_post (self);
  g_mutex_unlock (&self->mutex);
}

static gboolean
on_should_stop (gpointer data)
{
  PhJob *self = data;

  return g_atomic_int_get (&self->stop);
}

static void
on_wait (GCancellable *cancellable, gpointer data)
{
  PhJob *self = data;

  g_mutex_lock (&self->mutex);
  while ((self->wait_paused || self->held) && !g_atomic_int_get (&self->stop) &&
         !g_cancellable_is_cancelled (self->cancellable))
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

/* The run. */

static gboolean
drop (gpointer data)
{
  return G_SOURCE_REMOVE;
}

void
ph_job_run (PhJob *self)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_mutex_lock (&self->mutex);
  if (self->state != PH_JOB_WAITING)
    {
      /* Cancelled while it waited. Its reference goes back where it came from all the same: the
       * last one frees the spec, which is not this thread's business. */
      g_autoptr (GSource) source = g_idle_source_new ();
      g_source_set_callback (source, drop, self, g_object_unref);
      g_mutex_unlock (&self->mutex);
      /* From here on the job may be gone, mutex and all. */
      g_source_attach (source, self->context);
      return;
    }
  self->state = PH_JOB_RUNNING;
  ph_job_post (self);
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->mutex);

  const PhMonitor monitor = {
    .progress = on_progress,
    .wants_frame = on_wants_frame,
    .frame = on_frame,
    .value = on_value,
    .should_stop = on_should_stop,
    .wait = on_wait,
    .data = self,
  };
  GError *error = NULL;
  gpointer result = self->func (&monitor, cancellable, self->spec, &error);

  /* Cancelled a moment before it would have been done is cancelled. */
  if (g_cancellable_is_cancelled (cancellable))
    {
      if (result != NULL && self->free_result != NULL)
        self->free_result (result);
      result = NULL;
      g_clear_error (&error);
      g_cancellable_set_error_if_cancelled (cancellable, &error);
    }

  g_mutex_lock (&self->mutex);
  self->result = result;
  self->error = error;
  if (error == NULL)
    self->state = PH_JOB_DONE;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->state = PH_JOB_CANCELLED;
  else
    self->state = PH_JOB_FAILED;
  self->holds_itself = TRUE;
  ph_job_post (self);
  g_mutex_unlock (&self->mutex);
}

void
ph_job_set_held (PhJob *self, gboolean held)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_mutex_lock (&self->mutex);
  self->held = held;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}
