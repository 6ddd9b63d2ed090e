#include "job/job-inside-private.h"

G_DEFINE_FINAL_TYPE (PhJob, ph_job, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PhJobState, ph_job_state, G_DEFINE_ENUM_VALUE (PH_JOB_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_CANCELLED, "cancelled"))

#define DEFAULT_FRAME_INTERVAL 66 /* milliseconds: 15 pictures a second */

static GParamSpec *props[PH_JOB_N_PROPS];

enum
{
  FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

gboolean
ph_job_is_final (PhJobState state)
{
  return state == PH_JOB_DONE || state == PH_JOB_FAILED || state == PH_JOB_CANCELLED;
}

void
ph_job_notify (PhJob *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[property]);
}

void
ph_job_emit_finished (PhJob *self)
{
  g_signal_emit (self, signals[FINISHED], 0);
}

/* GObject */

static void
ph_job_finalize (GObject *object)
{
  PhJob *self = PH_JOB (object);

  if (self->shown.result != NULL && self->free_result != NULL)
    self->free_result (self->shown.result);
  if (self->spec != NULL && self->free_spec != NULL)
    self->free_spec (self->spec);
  g_clear_error (&self->shown.error);
  g_clear_pointer (&self->shown.message, g_free);
  g_clear_pointer (&self->shown.frame, ph_frame_unref);
  g_clear_pointer (&self->shown.values, g_array_unref);
  g_clear_error (&self->error);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->frame, ph_frame_unref);
  g_clear_pointer (&self->values, g_array_unref);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->title);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  G_OBJECT_CLASS (ph_job_parent_class)->finalize (object);
}

static void
ph_job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhJob *self = PH_JOB (object);

  switch (id)
    {
    case PH_JOB_PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PH_JOB_PROP_STATE:
      g_value_set_enum (value, self->shown.state);
      break;
    case PH_JOB_PROP_MESSAGE:
      g_value_set_string (value, self->shown.message);
      break;
    case PH_JOB_PROP_PROGRESS:
      g_value_set_double (value, self->shown.progress);
      break;
    case PH_JOB_PROP_FRAME:
      g_value_set_boxed (value, self->shown.frame);
      break;
    case PH_JOB_PROP_N_VALUES:
      g_value_set_uint (value, self->shown.values->len);
      break;
    case PH_JOB_PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PH_JOB_PROP_ERROR:
      g_value_set_boxed (value, self->shown.error);
      break;
    case PH_JOB_PROP_QUIET:
      g_value_set_boolean (value, self->quiet);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_job_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhJob *self = PH_JOB (object);

  switch (id)
    {
    case PH_JOB_PROP_PAUSED:
      ph_job_set_paused (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_job_class_init (PhJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = ph_job_finalize;
  object_class->get_property = ph_job_get_property;
  object_class->set_property = ph_job_set_property;

  props[PH_JOB_PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PH_TYPE_JOB_STATE,
                                                PH_JOB_WAITING, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_MESSAGE] =
      g_param_spec_string ("message", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_PROGRESS] =
      g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_FRAME] =
      g_param_spec_boxed ("frame", NULL, NULL, PH_TYPE_FRAME, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_N_VALUES] =
      g_param_spec_uint ("n-values", NULL, NULL, 0, G_MAXUINT, 0, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_PAUSED] =
      g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  props[PH_JOB_PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags | G_PARAM_READABLE);
  props[PH_JOB_PROP_QUIET] =
      g_param_spec_boolean ("quiet", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, PH_JOB_N_PROPS, props);

  signals[FINISHED] = g_signal_new ("finished", PH_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
}

static void
ph_job_init (PhJob *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->cancellable = g_cancellable_new ();
  self->values = g_array_new (FALSE, FALSE, sizeof (PhJobValue));
  self->shown.values = g_array_new (FALSE, FALSE, sizeof (PhJobValue));
  self->progress = -1;
  self->shown.progress = -1;
  self->frame_interval = DEFAULT_FRAME_INTERVAL;
}

/* Public */

PhJob *
ph_job_new (const char *title, PhJobFunc func, gpointer spec, GDestroyNotify free_spec,
            GDestroyNotify free_result)
{
  g_return_val_if_fail (func != NULL, NULL);

  PhJob *self = g_object_new (PH_TYPE_JOB, NULL);

  self->title = g_strdup (title);
  self->func = func;
  self->spec = spec;
  self->free_spec = free_spec;
  self->free_result = free_result;
  self->context = g_main_context_ref_thread_default ();
  return self;
}

void
ph_job_set_frame_interval (PhJob *self, guint milliseconds)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_atomic_int_set (&self->frame_interval, milliseconds);
}

void
ph_job_set_quiet (PhJob *self, gboolean quiet)
{
  g_return_if_fail (PH_IS_JOB (self));

  if (self->quiet == quiet)
    return;
  self->quiet = quiet;
  ph_job_notify (self, PH_JOB_PROP_QUIET);
}

gboolean
ph_job_get_quiet (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), FALSE);

  return self->quiet;
}

const char *
ph_job_get_title (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return self->title;
}

PhJobState
ph_job_get_state (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), PH_JOB_WAITING);

  return self->shown.state;
}

gboolean
ph_job_is_finished (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), TRUE);

  return ph_job_is_final (self->shown.state);
}

const char *
ph_job_get_message (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return self->shown.message;
}

double
ph_job_get_progress (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), -1);

  return self->shown.progress;
}

gpointer
ph_job_get_spec (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return self->spec;
}

PhFrame *
ph_job_get_frame (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return self->shown.frame;
}

const GError *
ph_job_get_error (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return self->shown.error;
}

const PhJobValue *
ph_job_get_values (PhJob *self, guint *n)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  *n = self->shown.values->len;
  return (const PhJobValue *)(gpointer)self->shown.values->data;
}

gpointer
ph_job_get_result (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return self->shown.result;
}

gpointer
ph_job_steal_result (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), NULL);

  return g_steal_pointer (&self->shown.result);
}

void
ph_job_stop (PhJob *self)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_mutex_lock (&self->mutex);
  gboolean waiting = self->state == PH_JOB_WAITING;
  if (!waiting)
    {
      g_atomic_int_set (&self->stop, TRUE);
      g_cond_broadcast (&self->cond);
    }
  g_mutex_unlock (&self->mutex);
  if (waiting)
    ph_job_cancel (self);
}

void
ph_job_cancel (PhJob *self)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_mutex_lock (&self->mutex);
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  g_mutex_unlock (&self->mutex);
  g_cancellable_cancel (cancellable);

  g_mutex_lock (&self->mutex);
  if (self->state == PH_JOB_WAITING)
    {
      self->state = PH_JOB_CANCELLED;
      g_cancellable_set_error_if_cancelled (cancellable, &self->error);
      ph_job_post (self);
    }
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
}

void
ph_job_set_paused (PhJob *self, gboolean paused)
{
  g_return_if_fail (PH_IS_JOB (self));

  if (self->paused == paused)
    return;
  self->paused = paused;
  g_mutex_lock (&self->mutex);
  self->wait_paused = paused;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->mutex);
  ph_job_notify (self, PH_JOB_PROP_PAUSED);
}

gboolean
ph_job_get_paused (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), FALSE);

  return self->paused;
}

/* What the queue does; the rest of it is in job-worker.c. */

void
ph_job_reset (PhJob *self)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_mutex_lock (&self->mutex);
  gboolean again = ph_job_is_final (self->state);
  g_assert (!again || self->pending == NULL);
  if (again)
    {
      g_clear_object (&self->cancellable);
      self->cancellable = g_cancellable_new ();
      self->state = PH_JOB_WAITING;
      self->progress = -1;
      self->wait_paused = FALSE;
      self->held = FALSE;
      self->last_frame = 0;
      g_atomic_int_set (&self->stop, FALSE);
    }
  g_mutex_unlock (&self->mutex);
  if (!again)
    return;

  if (self->shown.result != NULL && self->free_result != NULL)
    self->free_result (self->shown.result);
  self->shown.result = NULL;
  self->shown.state = PH_JOB_WAITING;
  self->shown.progress = -1;
  self->paused = FALSE;
  g_clear_error (&self->shown.error);
  g_clear_pointer (&self->shown.message, g_free);
  g_clear_pointer (&self->shown.frame, ph_frame_unref);
  g_array_set_size (self->shown.values, 0);
  for (guint i = PH_JOB_PROP_STATE; i <= PH_JOB_PROP_ERROR; i++)
    ph_job_notify (self, i);
}
