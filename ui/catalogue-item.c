#include "ui/catalogue-item.h"

#include <glib/gi18n.h>

struct _PhCatalogueItem
{
  GObject parent_instance;

  /* owned */
  PhCatalogueEntry *entry;
  PhJob *job; /* nullable: the last try */

  /* borrowed: the queue owns its items */
  PhQueue *queue;

  guint64 bytes_here;
  gboolean here;
  gboolean discard; /* once the job has ended */
};

G_DEFINE_FINAL_TYPE (PhCatalogueItem, ph_catalogue_item, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
changed (PhCatalogueItem *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
drop_job (PhCatalogueItem *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  if (ph_job_get_state (self->job) == PH_JOB_FAILED)
    ph_queue_dismiss (self->queue, self->job);
  g_clear_object (&self->job);
}

/* GObject */

static void
ph_catalogue_item_dispose (GObject *object)
{
  PhCatalogueItem *self = PH_CATALOGUE_ITEM (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  G_OBJECT_CLASS (ph_catalogue_item_parent_class)->dispose (object);
}

static void
ph_catalogue_item_finalize (GObject *object)
{
  ph_catalogue_entry_unref (PH_CATALOGUE_ITEM (object)->entry);
  G_OBJECT_CLASS (ph_catalogue_item_parent_class)->finalize (object);
}

static void
ph_catalogue_item_class_init (PhCatalogueItemClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_catalogue_item_dispose;
  G_OBJECT_CLASS (klass)->finalize = ph_catalogue_item_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ph_catalogue_item_init (PhCatalogueItem *self)
{
}

/* Loading */

typedef struct
{
  PhCatalogueEntry *entry;
  guint64 bytes_here;
  gboolean here;
} Loaded;

static void
loaded_clear (gpointer data)
{
  ph_catalogue_entry_unref (((Loaded *)data)->entry);
}

static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  g_autoptr (GPtrArray) entries = ph_catalogue_load (error);
  GArray *all;

  if (entries == NULL)
    return NULL;
  all = g_array_new (FALSE, FALSE, sizeof (Loaded));
  g_array_set_clear_func (all, loaded_clear);
  for (guint i = 0; i < entries->len; i++)
    {
      PhCatalogueEntry *entry = entries->pdata[i];
      Loaded loaded = { ph_catalogue_entry_ref (entry), ph_catalogue_entry_get_bytes_here (entry),
                        ph_catalogue_entry_is_here (entry) };

      g_array_append_val (all, loaded);
    }
  return all;
}

PhJob *
ph_catalogue_items_load (void)
{
  PhJob *job =
      ph_job_new (_ ("Reading the catalogue"), load, NULL, NULL, (GDestroyNotify)g_array_unref);

  ph_job_set_quiet (job, TRUE);
  return job;
}

/* The item of that name, made when there is none; belongs to the queue. */
static PhCatalogueItem *
find_item (PhQueue *queue, const Loaded *loaded)
{
  static const char *const key = "ph-catalogue-items";
  GHashTable *items = g_object_get_data (G_OBJECT (queue), key);
  PhCatalogueItem *item;

  if (items == NULL)
    {
      items = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      g_object_set_data_full (G_OBJECT (queue), key, items, (GDestroyNotify)g_hash_table_unref);
    }
  item = g_hash_table_lookup (items, loaded->entry->name);
  if (item == NULL)
    {
      item = g_object_new (PH_TYPE_CATALOGUE_ITEM, NULL);
      item->queue = queue;
      g_hash_table_insert (items, g_strdup (loaded->entry->name), item);
    }
  /* What is being fetched stays as it was when that began. */
  if (item->job == NULL || ph_job_is_finished (item->job))
    {
      g_clear_pointer (&item->entry, ph_catalogue_entry_unref);
      item->entry = ph_catalogue_entry_ref (loaded->entry);
      item->bytes_here = loaded->bytes_here;
      item->here = loaded->here;
      changed (item);
    }
  return item;
}

GListModel *
ph_catalogue_items_take (PhJob *job, PhQueue *queue, PhCatalogueKind kind)
{
  const GArray *all = ph_job_get_result (job);
  GListStore *store = g_list_store_new (PH_TYPE_CATALOGUE_ITEM);

  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      const Loaded *loaded = &g_array_index (all, Loaded, i);

      if (loaded->entry->kind == kind)
        g_list_store_append (store, find_item (queue, loaded));
    }
  return G_LIST_MODEL (store);
}

/* Fetching */

typedef struct
{
  PhCatalogueEntry *entry;
  char *mirror;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  ph_catalogue_entry_unref (spec->entry);
  g_free (spec->mirror);
  g_free (spec);
}

static gpointer
fetch (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const Spec *spec = data;

  /* What came of it, the files tell. */
  ph_catalogue_entry_fetch (spec->entry, spec->mirror, monitor, NULL, cancellable, error);
  return NULL;
}

static void
on_finished (PhCatalogueItem *self)
{
  if (self->discard)
    ph_catalogue_entry_discard (self->entry);
  self->discard = FALSE;
  self->here = ph_catalogue_entry_is_here (self->entry);
  self->bytes_here = ph_catalogue_entry_get_bytes_here (self->entry);
  changed (self);
}

/* Public */

const PhCatalogueEntry *
ph_catalogue_item_get_entry (PhCatalogueItem *self)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ITEM (self), NULL);

  return self->entry;
}

PhCatalogueState
ph_catalogue_item_get_state (PhCatalogueItem *self)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ITEM (self), PH_CATALOGUE_ABSENT);

  if (self->job != NULL && ph_job_get_state (self->job) == PH_JOB_WAITING)
    return PH_CATALOGUE_WAITING;
  if (self->job != NULL && ph_job_get_state (self->job) == PH_JOB_RUNNING)
    return PH_CATALOGUE_FETCHING;
  if (self->here)
    return PH_CATALOGUE_HERE;
  if (self->job != NULL && ph_job_get_state (self->job) == PH_JOB_FAILED)
    return PH_CATALOGUE_FAILED;
  return self->bytes_here > 0 ? PH_CATALOGUE_PAUSED : PH_CATALOGUE_ABSENT;
}

const char *
ph_catalogue_item_get_message (PhCatalogueItem *self)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ITEM (self), NULL);

  if (self->job == NULL)
    return NULL;
  return ph_job_get_state (self->job) == PH_JOB_FAILED ? ph_job_get_error (self->job)->message
                                                       : ph_job_get_message (self->job);
}

double
ph_catalogue_item_get_progress (PhCatalogueItem *self)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ITEM (self), 0);

  if (ph_catalogue_item_get_state (self) == PH_CATALOGUE_FETCHING)
    return CLAMP (ph_job_get_progress (self->job), 0, 1);
  return (double)self->bytes_here / self->entry->bytes;
}

void
ph_catalogue_item_fetch (PhCatalogueItem *self, const char *mirror)
{
  g_return_if_fail (PH_IS_CATALOGUE_ITEM (self));
  g_return_if_fail (self->job == NULL || ph_job_is_finished (self->job));

  Spec *spec = g_new0 (Spec, 1);
  /* Translators: name of a network or a set of images. */
  g_autofree char *title = g_strdup_printf (_ ("Fetching %s"), self->entry->title);

  drop_job (self);
  spec->entry = ph_catalogue_entry_ref (self->entry);
  spec->mirror = g_strdup (mirror);
  self->discard = FALSE;
  self->job = ph_job_new (title, fetch, spec, spec_free, NULL);
  g_signal_connect_swapped (self->job, "notify", G_CALLBACK (changed), self);
  g_signal_connect_swapped (self->job, "finished", G_CALLBACK (on_finished), self);
  ph_queue_add (self->queue, self->job, PH_LANE_NET);
}

void
ph_catalogue_item_pause (PhCatalogueItem *self)
{
  g_return_if_fail (PH_IS_CATALOGUE_ITEM (self));

  if (self->job != NULL && !ph_job_is_finished (self->job))
    ph_job_stop (self->job);
}

void
ph_catalogue_item_cancel (PhCatalogueItem *self)
{
  g_return_if_fail (PH_IS_CATALOGUE_ITEM (self));

  self->discard = TRUE;
  if (self->job != NULL && !ph_job_is_finished (self->job))
    {
      ph_job_cancel (self->job);
      return;
    }
  drop_job (self);
  on_finished (self);
}

gboolean
ph_catalogue_item_remove (PhCatalogueItem *self, GError **error)
{
  g_return_val_if_fail (PH_IS_CATALOGUE_ITEM (self), FALSE);

  gboolean removed = ph_catalogue_entry_remove (self->entry, error);

  on_finished (self);
  return removed;
}
