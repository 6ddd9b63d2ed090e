#include "job/job-private.h"

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

G_DEFINE_FINAL_TYPE (PhJob, ph_job, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (PhJobState, ph_job_state, G_DEFINE_ENUM_VALUE (PH_JOB_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_DONE, "done"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (PH_JOB_CANCELLED, "cancelled"))

#define DEFAULT_FRAME_INTERVAL 66 /* milliseconds: 15 pictures a second */

enum
{
  PROP_TITLE = 1,
  PROP_STATE,
  PROP_MESSAGE,
  PROP_PROGRESS,
  PROP_FRAME,
  PROP_N_VALUES,
  PROP_PAUSED,
  PROP_ERROR,
  PROP_QUIET,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

enum
{
  FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_final (PhJobState state)
{
  return state == PH_JOB_DONE || state == PH_JOB_FAILED || state == PH_JOB_CANCELLED;
}

/* From the shared fields to the shown ones; on the creating thread. */
static gboolean
dispatch (gpointer data)
{
  PhJob *self = data;
  gboolean changed[N_PROPS] = { FALSE };
  g_autoptr (PhFrame) old_frame = NULL;
  g_autofree char *old_message = NULL;

  g_mutex_lock (&self->mutex);
  g_clear_pointer (&self->pending, g_source_unref);

  changed[PROP_STATE] = self->shown.state != self->state;
  self->shown.state = self->state;
  changed[PROP_PROGRESS] = self->shown.progress != self->progress;
  self->shown.progress = self->progress;
  if (self->message_changed)
    {
      changed[PROP_MESSAGE] = TRUE;
      old_message = g_steal_pointer (&self->shown.message);
      self->shown.message = g_steal_pointer (&self->message);
      self->message_changed = FALSE;
    }
  if (self->frame != NULL)
    {
      changed[PROP_FRAME] = TRUE;
      old_frame = g_steal_pointer (&self->shown.frame);
      self->shown.frame = g_steal_pointer (&self->frame);
    }
  if (self->values->len > 0)
    {
      changed[PROP_N_VALUES] = TRUE;
      g_array_append_vals (self->shown.values, self->values->data, self->values->len);
      g_array_set_size (self->values, 0);
    }
  if (self->error != NULL)
    {
      changed[PROP_ERROR] = TRUE;
      self->shown.error = g_steal_pointer (&self->error);
    }
  if (self->result != NULL)
    self->shown.result = g_steal_pointer (&self->result);
  gboolean finished = changed[PROP_STATE] && is_final (self->state);
  gboolean release = finished && self->holds_itself;
  if (release)
    self->holds_itself = FALSE;
  g_mutex_unlock (&self->mutex);

  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    if (changed[i])
      g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
  if (finished)
    g_signal_emit (self, signals[FINISHED], 0);
  if (release)
    g_object_unref (self);
  return G_SOURCE_REMOVE;
}

/* Makes sure that one dispatch follows; the mutex is held. */
static void
post (PhJob *self)
{
  if (self->pending != NULL)
    return;
  self->pending = g_idle_source_new ();
  g_source_set_priority (self->pending, G_PRIORITY_DEFAULT);
  g_source_set_name (self->pending, "PhJob");
  g_source_set_callback (self->pending, dispatch, g_object_ref (self), g_object_unref);
  g_source_attach (self->pending, self->context);
}

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
  post (self);
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
  post (self);
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
  post (self);
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

/* What the queue does. */

void
ph_job_reset (PhJob *self)
{
  g_return_if_fail (PH_IS_JOB (self));

  g_mutex_lock (&self->mutex);
  gboolean again = is_final (self->state);
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
  for (guint i = PROP_STATE; i <= PROP_ERROR; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

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
      g_source_attach (source, self->context);
      g_mutex_unlock (&self->mutex);
      return;
    }
  self->state = PH_JOB_RUNNING;
  post (self);
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
  post (self);
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
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_STATE:
      g_value_set_enum (value, self->shown.state);
      break;
    case PROP_MESSAGE:
      g_value_set_string (value, self->shown.message);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->shown.progress);
      break;
    case PROP_FRAME:
      g_value_set_boxed (value, self->shown.frame);
      break;
    case PROP_N_VALUES:
      g_value_set_uint (value, self->shown.values->len);
      break;
    case PROP_PAUSED:
      g_value_set_boolean (value, self->paused);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->shown.error);
      break;
    case PROP_QUIET:
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
    case PROP_PAUSED:
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

  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  props[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, PH_TYPE_JOB_STATE, PH_JOB_WAITING,
                                         flags | G_PARAM_READABLE);
  props[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, NULL, flags | G_PARAM_READABLE);
  props[PROP_PROGRESS] =
      g_param_spec_double ("progress", NULL, NULL, -1, 1, -1, flags | G_PARAM_READABLE);
  props[PROP_FRAME] =
      g_param_spec_boxed ("frame", NULL, NULL, PH_TYPE_FRAME, flags | G_PARAM_READABLE);
  props[PROP_N_VALUES] =
      g_param_spec_uint ("n-values", NULL, NULL, 0, G_MAXUINT, 0, flags | G_PARAM_READABLE);
  props[PROP_PAUSED] =
      g_param_spec_boolean ("paused", NULL, NULL, FALSE, flags | G_PARAM_READWRITE);
  props[PROP_ERROR] =
      g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags | G_PARAM_READABLE);
  props[PROP_QUIET] = g_param_spec_boolean ("quiet", NULL, NULL, FALSE, flags | G_PARAM_READABLE);
  g_object_class_install_properties (object_class, N_PROPS, props);

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
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_QUIET]);
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

  return is_final (self->shown.state);
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
      post (self);
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
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAUSED]);
}

gboolean
ph_job_get_paused (PhJob *self)
{
  g_return_val_if_fail (PH_IS_JOB (self), FALSE);

  return self->paused;
}
