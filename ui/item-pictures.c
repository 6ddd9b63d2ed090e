#include "ui/item-pictures.h"

#include "ui/dataset-pictures.h"

#define MEMORY_LIMIT (64 * 1024 * 1024)

/* Few enough that what is wanted next does not wait for long. */
#define BATCH 12
#define MOST_JOBS 2

typedef struct
{
  guint item;
  PhFrame *frame; /* owned; NULL: cannot be read */
} Picture;

struct _PhItemPictures
{
  GObject parent_instance;

  /* owned */
  PhDataset *dataset;
  PhQueue *queue;
  GHashTable *links; /* item → its GList link in kept */
  GQueue kept;       /* Picture, last used at the head */
  GArray *waiting;   /* guint, the most urgent last */
  GHashTable *begun; /* items that a job is reading */
  GPtrArray *jobs;

  guint side;
};

G_DEFINE_FINAL_TYPE (PhItemPictures, ph_item_pictures, G_TYPE_OBJECT)

static guint changed_signal;

#define ITEMS_KEY "ph-items"

static void start (PhItemPictures *self);

static void
picture_free (gpointer data)
{
  Picture *picture = data;

  g_clear_pointer (&picture->frame, ph_frame_unref);
  g_free (picture);
}

static void
keep (PhItemPictures *self, guint item, PhFrame *frame)
{
  const guint most = MAX (MEMORY_LIMIT / (3 * self->side * self->side), 1);
  Picture *picture = g_new (Picture, 1);

  *picture = (Picture){ item, frame != NULL ? ph_frame_ref (frame) : NULL };
  g_queue_push_head (&self->kept, picture);
  g_hash_table_insert (self->links, GUINT_TO_POINTER (item), self->kept.head);
  while (self->kept.length > most)
    {
      Picture *oldest = g_queue_pop_tail (&self->kept);

      g_hash_table_remove (self->links, GUINT_TO_POINTER (oldest->item));
      picture_free (oldest);
    }
}

static void
on_finished (PhJob *job, PhItemPictures *self)
{
  const GArray *items = g_object_get_data (G_OBJECT (job), ITEMS_KEY);
  GPtrArray *frames = ph_job_get_result (job);

  for (guint i = 0; i < items->len; i++)
    {
      guint item = g_array_index (items, guint, i);

      g_hash_table_remove (self->begun, GUINT_TO_POINTER (item));
      if (frames != NULL && i < frames->len)
        keep (self, item, frames->pdata[i]);
    }
  g_signal_handlers_disconnect_by_data (job, self);
  g_ptr_array_remove_fast (self->jobs, job);
  start (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
start (PhItemPictures *self)
{
  while (self->jobs->len < MOST_JOBS && self->waiting->len > 0)
    {
      GArray *items = g_array_new (FALSE, FALSE, sizeof (guint));
      PhJob *job;

      while (items->len < BATCH && self->waiting->len > 0)
        {
          guint item = g_array_index (self->waiting, guint, self->waiting->len - 1);

          g_array_set_size (self->waiting, self->waiting->len - 1);
          g_array_append_val (items, item);
          g_hash_table_add (self->begun, GUINT_TO_POINTER (item));
        }
      job = ph_dataset_pictures_job (self->dataset, (const guint *)(gpointer)items->data,
                                     items->len, self->side);
      g_object_set_data_full (G_OBJECT (job), ITEMS_KEY, items, (GDestroyNotify)g_array_unref);
      g_signal_connect (job, "finished", G_CALLBACK (on_finished), self);
      g_ptr_array_add (self->jobs, job);
      ph_queue_add (self->queue, job, PH_LANE_IO);
    }
}

static void
ph_item_pictures_dispose (GObject *object)
{
  PhItemPictures *self = PH_ITEM_PICTURES (object);

  for (guint i = 0; self->jobs != NULL && i < self->jobs->len; i++)
    {
      g_signal_handlers_disconnect_by_data (self->jobs->pdata[i], self);
      ph_job_cancel (self->jobs->pdata[i]);
    }
  g_clear_pointer (&self->jobs, g_ptr_array_unref);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (ph_item_pictures_parent_class)->dispose (object);
}

static void
ph_item_pictures_finalize (GObject *object)
{
  PhItemPictures *self = PH_ITEM_PICTURES (object);

  g_queue_clear_full (&self->kept, picture_free);
  g_hash_table_unref (self->links);
  g_hash_table_unref (self->begun);
  g_array_unref (self->waiting);
  G_OBJECT_CLASS (ph_item_pictures_parent_class)->finalize (object);
}

static void
ph_item_pictures_class_init (PhItemPicturesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_item_pictures_dispose;
  G_OBJECT_CLASS (klass)->finalize = ph_item_pictures_finalize;
  changed_signal = g_signal_new ("changed", PH_TYPE_ITEM_PICTURES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ph_item_pictures_init (PhItemPictures *self)
{
  self->links = g_hash_table_new (NULL, NULL);
  self->begun = g_hash_table_new (NULL, NULL);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (guint));
  self->jobs = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->kept);
}

/* Public */

PhItemPictures *
ph_item_pictures_new (PhDataset *dataset, PhQueue *queue, guint side)
{
  g_return_val_if_fail (dataset != NULL && PH_IS_QUEUE (queue) && side > 0, NULL);

  PhItemPictures *self = g_object_new (PH_TYPE_ITEM_PICTURES, NULL);

  self->dataset = ph_dataset_ref (dataset);
  self->queue = g_object_ref (queue);
  self->side = side;
  return self;
}

PhDataset *
ph_item_pictures_get_dataset (PhItemPictures *self)
{
  g_return_val_if_fail (PH_IS_ITEM_PICTURES (self), NULL);

  return self->dataset;
}

PhFrame *
ph_item_pictures_get (PhItemPictures *self, guint item)
{
  g_return_val_if_fail (PH_IS_ITEM_PICTURES (self), NULL);

  GList *link = g_hash_table_lookup (self->links, GUINT_TO_POINTER (item));

  if (link == NULL)
    return NULL;
  g_queue_unlink (&self->kept, link);
  g_queue_push_head_link (&self->kept, link);
  return ((Picture *)link->data)->frame;
}

void
ph_item_pictures_want (PhItemPictures *self, const guint *items, guint n)
{
  g_return_if_fail (PH_IS_ITEM_PICTURES (self));

  g_array_set_size (self->waiting, 0);
  for (guint i = n; i-- > 0;)
    {
      gpointer key = GUINT_TO_POINTER (items[i]);

      if (!g_hash_table_contains (self->links, key) && !g_hash_table_contains (self->begun, key))
        g_array_append_val (self->waiting, items[i]);
    }
  start (self);
}

void
ph_item_pictures_stop (PhItemPictures *self)
{
  g_return_if_fail (PH_IS_ITEM_PICTURES (self));

  g_array_set_size (self->waiting, 0);
}
