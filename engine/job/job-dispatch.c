#include "job/job-inside-private.h"

/* From the shared fields to the shown ones; on the creating thread. */
static gboolean
dispatch (gpointer data)
{
  PhJob *self = data;
  gboolean changed[PH_JOB_N_PROPS] = { FALSE };
  g_autoptr (PhFrame) old_frame = NULL;
  g_autofree char *old_message = NULL;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->pending, g_source_unref);

  changed[PH_JOB_PROP_STATE] = self->shown.state != self->state;
  self->shown.state = self->state;
  changed[PH_JOB_PROP_PROGRESS] = self->shown.progress != self->progress;
  self->shown.progress = self->progress;
  if (self->message_changed)
    {
      changed[PH_JOB_PROP_MESSAGE] = TRUE;
      old_message = g_steal_pointer (&self->shown.message);
      self->shown.message = g_steal_pointer (&self->message);
      self->message_changed = FALSE;
    }
  if (self->frame != NULL)
    {
      changed[PH_JOB_PROP_FRAME] = TRUE;
      old_frame = g_steal_pointer (&self->shown.frame);
      self->shown.frame = g_steal_pointer (&self->frame);
    }
  if (self->values->len > 0)
    {
      changed[PH_JOB_PROP_N_VALUES] = TRUE;
      g_array_append_vals (self->shown.values, self->values->data, self->values->len);
      g_array_set_size (self->values, 0);
    }
  if (self->error != NULL)
    {
      changed[PH_JOB_PROP_ERROR] = TRUE;
      self->shown.error = g_steal_pointer (&self->error);
    }
  if (self->result != NULL)
    self->shown.result = g_steal_pointer (&self->result);
  gboolean finished = changed[PH_JOB_PROP_STATE] && ph_job_is_final (self->state);
  gboolean release = finished && self->holds_itself;
  if (release)
    self->holds_itself = FALSE;
  g_mutex_unlock (&self->mutex);

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < PH_JOB_N_PROPS; i++)
    if (changed[i])
      ph_job_notify (self, i);
  g_object_thaw_notify (G_OBJECT (self));
  if (finished)
    ph_job_emit_finished (self);
  if (release)
    g_object_unref (self);
  return G_SOURCE_REMOVE;
}

void
ph_job_post (PhJob *self)
{
  if (self->pending != NULL)
    return;
  self->pending = g_idle_source_new ();
  g_source_set_priority (self->pending, G_PRIORITY_DEFAULT);
  g_source_set_name (self->pending, "PhJob");
  g_source_set_callback (self->pending, dispatch, g_object_ref (self), g_object_unref);
  g_source_attach (self->pending, self->context);
}
