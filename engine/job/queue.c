#include "job/queue.h"

#include "job/job-private.h"

#define IO_THREADS 2
#define NET_THREADS 2

typedef struct
{
  PhJob *job; /* owned */
  guint64 rank;
} Entry;

/* What threads see of a lane. */
typedef struct
{
  GMutex mutex;
  GCond cond;
  GArray *waiting; /* owned, of Entry, in the order they were added */
  gboolean by_rank;
  gboolean held;
  gboolean quit;
} Lane;

struct _PhQueue
{
  GObject parent_instance;

  /* owned */
  Lane lanes[PH_N_LANES];
  GPtrArray *threads;
  GPtrArray *active; /* every job that waits or runs */
  GPtrArray *listed; /* those not quiet, and failed ones */

  guint64 last_rank;
  guint frame_interval; /* 0: each job its own */
};

static void ph_queue_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (PhQueue, ph_queue, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, ph_queue_list_model_init))

enum
{
  PROP_IDLE = 1,
  PROP_N_ITEMS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static GQuark
lane_quark (void)
{
  return g_quark_from_static_string ("ph-queue-lane");
}

/* Takes the job whose turn it is; the mutex is held. */
static PhJob *
take_next (Lane *lane)
{
  guint best = 0;

  for (guint i = 1; lane->by_rank && i < lane->waiting->len; i++)
    if (g_array_index (lane->waiting, Entry, i).rank >
        g_array_index (lane->waiting, Entry, best).rank)
      best = i;

  PhJob *job = g_array_index (lane->waiting, Entry, best).job;
  g_array_remove_index (lane->waiting, best);
  return job;
}

/* The entry of a waiting job; the mutex is held. */
static gboolean
find_entry (Lane *lane, PhJob *job, guint *position)
{
  for (guint i = 0; i < lane->waiting->len; i++)
    if (g_array_index (lane->waiting, Entry, i).job == job)
      {
        *position = i;
        return TRUE;
      }
  return FALSE;
}

static PhLane
get_lane (PhJob *job)
{
  return GPOINTER_TO_INT (g_object_get_qdata (G_OBJECT (job), lane_quark ()));
}

static gpointer
work (gpointer data)
{
  Lane *lane = data;

  g_mutex_lock (&lane->mutex);
  while (!lane->quit)
    {
      if (lane->held || lane->waiting->len == 0)
        {
          g_cond_wait (&lane->cond, &lane->mutex);
          continue;
        }
      PhJob *job = take_next (lane);
      g_mutex_unlock (&lane->mutex);
      ph_job_run (job); /* consumes the reference: from here on the job may be gone */
      g_mutex_lock (&lane->mutex);
    }
  g_mutex_unlock (&lane->mutex);
  return NULL;
}

static void
set_lane_held (PhQueue *self, int number, gboolean held)
{
  Lane *lane = &self->lanes[number];

  g_mutex_lock (&lane->mutex);
  lane->held = held;
  if (!held)
    g_cond_broadcast (&lane->cond);
  g_mutex_unlock (&lane->mutex);

  /* The job that runs, if any, is among the active ones of its lane. */
  for (guint i = 0; i < self->active->len; i++)
    {
      PhJob *job = g_ptr_array_index (self->active, i);

      if ((int)get_lane (job) == number)
        ph_job_set_held (job, held);
    }
}

/* Whether more urgent lanes have something to do decides whether the others may work. */
static void
update_hold (PhQueue *self)
{
  gboolean busy[PH_N_LANES] = { FALSE };

  for (guint i = 0; i < self->active->len; i++)
    {
      PhJob *job = g_ptr_array_index (self->active, i);

      if (!ph_job_get_paused (job))
        busy[get_lane (job)] = TRUE;
    }
  set_lane_held (self, PH_LANE_BACKGROUND, busy[PH_LANE_COMPUTE]);
  set_lane_held (self, PH_LANE_LONG, busy[PH_LANE_COMPUTE] || busy[PH_LANE_BACKGROUND]);
}

static void
unlist (PhQueue *self, PhJob *job)
{
  guint position;

  if (!g_ptr_array_find (self->listed, job, &position))
    return;
  g_ptr_array_remove_index (self->listed, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
}

static void
on_job_finished (PhJob *job, PhQueue *self)
{
  int number = get_lane (job);
  Lane *lane = &self->lanes[number];
  g_autoptr (PhJob) alive = g_object_ref (job);

  g_signal_handlers_disconnect_by_data (job, self);

  /* Cancelled before its turn: it need not wait for it. */
  g_mutex_lock (&lane->mutex);
  guint position;
  gboolean waited = find_entry (lane, job, &position);
  if (waited)
    g_array_remove_index (lane->waiting, position);
  g_mutex_unlock (&lane->mutex);
  if (waited)
    g_object_unref (job);

  g_ptr_array_remove_fast (self->active, job);
  if (ph_job_get_state (job) != PH_JOB_FAILED)
    unlist (self, job);
  update_hold (self);
  if (self->active->len == 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IDLE]);
}

/* GListModel */

static GType
ph_queue_get_item_type (GListModel *model)
{
  return PH_TYPE_JOB;
}

static guint
ph_queue_get_n_items (GListModel *model)
{
  return PH_QUEUE (model)->listed->len;
}

static gpointer
ph_queue_get_item (GListModel *model, guint position)
{
  PhQueue *self = PH_QUEUE (model);

  if (position >= self->listed->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->listed, position));
}

static void
ph_queue_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = ph_queue_get_item_type;
  iface->get_n_items = ph_queue_get_n_items;
  iface->get_item = ph_queue_get_item;
}

/* GObject */

static void
ph_queue_dispose (GObject *object)
{
  PhQueue *self = PH_QUEUE (object);

  if (self->threads == NULL)
    {
      G_OBJECT_CLASS (ph_queue_parent_class)->dispose (object);
      return;
    }

  for (guint i = 0; i < self->active->len; i++)
    {
      PhJob *job = g_ptr_array_index (self->active, i);
      g_signal_handlers_disconnect_by_data (job, self);
      ph_job_cancel (job);
    }
  for (int i = 0; i < PH_N_LANES; i++)
    {
      Lane *lane = &self->lanes[i];
      g_mutex_lock (&lane->mutex);
      lane->quit = TRUE;
      g_cond_broadcast (&lane->cond);
      g_mutex_unlock (&lane->mutex);
    }
  /* Waits for work under way, which was cancelled above. */
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));
  g_clear_pointer (&self->threads, g_ptr_array_unref);
  g_ptr_array_set_size (self->active, 0);
  g_ptr_array_set_size (self->listed, 0);
  G_OBJECT_CLASS (ph_queue_parent_class)->dispose (object);
}

static void
ph_queue_finalize (GObject *object)
{
  PhQueue *self = PH_QUEUE (object);

  for (int i = 0; i < PH_N_LANES; i++)
    {
      Lane *lane = &self->lanes[i];
      for (guint j = 0; j < lane->waiting->len; j++)
        g_object_unref (g_array_index (lane->waiting, Entry, j).job);
      g_array_unref (lane->waiting);
      g_mutex_clear (&self->lanes[i].mutex);
      g_cond_clear (&self->lanes[i].cond);
    }
  g_ptr_array_unref (self->active);
  g_ptr_array_unref (self->listed);
  G_OBJECT_CLASS (ph_queue_parent_class)->finalize (object);
}

static void
ph_queue_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhQueue *self = PH_QUEUE (object);

  switch (id)
    {
    case PROP_IDLE:
      g_value_set_boolean (value, ph_queue_is_idle (self));
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, self->listed->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_queue_class_init (PhQueueClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ph_queue_dispose;
  object_class->finalize = ph_queue_finalize;
  object_class->get_property = ph_queue_get_property;

  props[PROP_IDLE] =
      g_param_spec_boolean ("idle", NULL, NULL, TRUE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_queue_init (PhQueue *self)
{
  const guint n_threads[PH_N_LANES] = { 1, 1, 1, IO_THREADS, NET_THREADS };
  const char *names[PH_N_LANES] = { "ph-compute", "ph-background", "ph-long", "ph-io", "ph-net" };

  self->active = g_ptr_array_new_with_free_func (g_object_unref);
  self->listed = g_ptr_array_new_with_free_func (g_object_unref);
  self->threads = g_ptr_array_new ();
  for (int i = 0; i < PH_N_LANES; i++)
    {
      g_mutex_init (&self->lanes[i].mutex);
      g_cond_init (&self->lanes[i].cond);
      self->lanes[i].waiting = g_array_new (FALSE, FALSE, sizeof (Entry));
      self->lanes[i].by_rank = i == PH_LANE_BACKGROUND || i == PH_LANE_IO;
      for (guint j = 0; j < n_threads[i]; j++)
        g_ptr_array_add (self->threads, g_thread_new (names[i], work, &self->lanes[i]));
    }
}

/* Public */

PhQueue *
ph_queue_new (void)
{
  return g_object_new (PH_TYPE_QUEUE, NULL);
}

void
ph_queue_add (PhQueue *self, PhJob *job, PhLane number)
{
  g_return_if_fail (PH_IS_QUEUE (self));
  g_return_if_fail (PH_IS_JOB (job));
  g_return_if_fail (number < PH_N_LANES);
  g_return_if_fail (!g_ptr_array_find (self->active, job, NULL));

  Lane *lane = &self->lanes[number];

  ph_job_reset (job);
  if (number == PH_LANE_COMPUTE && self->frame_interval > 0)
    ph_job_set_frame_interval (job, self->frame_interval);
  g_object_set_qdata (G_OBJECT (job), lane_quark (), GINT_TO_POINTER (number));
  g_signal_connect (job, "finished", G_CALLBACK (on_job_finished), self);
  g_signal_connect_swapped (job, "notify::paused", G_CALLBACK (update_hold), self);
  g_ptr_array_add (self->active, g_object_ref (job));
  if (!ph_job_get_quiet (job) && !g_ptr_array_find (self->listed, job, NULL))
    {
      g_ptr_array_add (self->listed, g_object_ref (job));
      g_list_model_items_changed (G_LIST_MODEL (self), self->listed->len - 1, 0, 1);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_N_ITEMS]);
    }
  update_hold (self);
  if (self->active->len == 1)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IDLE]);

  Entry entry = { g_object_ref (job), ph_queue_next_rank (self) };
  g_mutex_lock (&lane->mutex);
  g_array_append_val (lane->waiting, entry);
  g_cond_signal (&lane->cond);
  g_mutex_unlock (&lane->mutex);
}

void
ph_queue_set_frame_interval (PhQueue *self, guint milliseconds)
{
  g_return_if_fail (PH_IS_QUEUE (self));
  g_return_if_fail (milliseconds > 0);

  self->frame_interval = milliseconds;
  for (guint i = 0; i < self->active->len; i++)
    {
      PhJob *job = g_ptr_array_index (self->active, i);
      if (get_lane (job) == PH_LANE_COMPUTE)
        ph_job_set_frame_interval (job, milliseconds);
    }
}

guint64
ph_queue_next_rank (PhQueue *self)
{
  g_return_val_if_fail (PH_IS_QUEUE (self), 0);

  return ++self->last_rank;
}

void
ph_queue_set_rank (PhQueue *self, PhJob *job, guint64 rank)
{
  g_return_if_fail (PH_IS_QUEUE (self));
  g_return_if_fail (PH_IS_JOB (job));

  Lane *lane = &self->lanes[get_lane (job)];
  guint position;

  g_mutex_lock (&lane->mutex);
  if (find_entry (lane, job, &position))
    g_array_index (lane->waiting, Entry, position).rank = rank;
  g_mutex_unlock (&lane->mutex);
}

void
ph_queue_retry (PhQueue *self, PhJob *job)
{
  g_return_if_fail (PH_IS_QUEUE (self));
  g_return_if_fail (ph_job_get_state (job) == PH_JOB_FAILED);

  int lane = get_lane (job);
  ph_queue_add (self, job, lane);
}

void
ph_queue_dismiss (PhQueue *self, PhJob *job)
{
  g_return_if_fail (PH_IS_QUEUE (self));
  g_return_if_fail (ph_job_is_finished (job));

  unlist (self, job);
}

void
ph_queue_cancel_all (PhQueue *self)
{
  g_return_if_fail (PH_IS_QUEUE (self));

  for (guint i = 0; i < self->active->len; i++)
    ph_job_cancel (g_ptr_array_index (self->active, i));
}

gboolean
ph_queue_is_idle (PhQueue *self)
{
  g_return_val_if_fail (PH_IS_QUEUE (self), TRUE);

  return self->active->len == 0;
}
