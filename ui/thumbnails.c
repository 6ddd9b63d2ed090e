#include "ui/thumbnails.h"

#include <glib/gstdio.h>

#include "ui/texture.h"
#include "ui/thumbnail-job.h"

/* Pictures kept in memory though nobody shows them. */
#define MEMORY_LIMIT (48 * 1024 * 1024)

struct _PhThumbnail
{
  GObject parent_instance;

  /* owned */
  PhThumbnails *home; /* weak */
  PhModel *model;
  char *objective;
  char *key;  /* in the table of the home */
  char *path; /* nullable */
  PhJob *job;
  PhFrame *frame;
  GdkTexture *texture; /* of the frame */
  char *problem;

  guint64 rank; /* among all that are wanted */
  guint size;
  guint wants;
  PhThumbnailState state;
  gboolean has_digest;
  gboolean looked; /* there is no file, or it could not be used */
};

G_DEFINE_FINAL_TYPE (PhThumbnail, ph_thumbnail, G_TYPE_OBJECT)

struct _PhThumbnails
{
  GObject parent_instance;

  /* owned */
  PhQueue *queue;
  char *folder;
  GHashTable *by_key; /* borrowed PhThumbnail: every one that exists */
  GQueue kept;        /* finished ones, last used at the head */

  gsize kept_bytes;
  guint size;
};

G_DEFINE_FINAL_TYPE (PhThumbnails, ph_thumbnails, G_TYPE_OBJECT)

enum
{
  PROP_TEXTURE = 1,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void start (PhThumbnail *self);

static gsize
cost (PhThumbnail *self)
{
  return (gsize)3 * self->size * self->size;
}

/* Moves a finished thumbnail to the head of those kept, and forgets the oldest. */
static void
keep (PhThumbnails *home, PhThumbnail *thumbnail)
{
  GList *link = g_queue_find (&home->kept, thumbnail);

  if (link != NULL)
    {
      g_queue_unlink (&home->kept, link);
      g_queue_push_head_link (&home->kept, link);
      return;
    }
  g_queue_push_head (&home->kept, g_object_ref (thumbnail));
  home->kept_bytes += cost (thumbnail);
  while (home->kept_bytes > MEMORY_LIMIT)
    {
      g_autoptr (PhThumbnail) oldest = g_queue_pop_tail (&home->kept);
      home->kept_bytes -= cost (oldest);
    }
}

static void
set_texture (PhThumbnail *self, PhFrame *frame)
{
  g_clear_pointer (&self->frame, ph_frame_unref);
  g_clear_object (&self->texture);
  self->frame = ph_frame_ref (frame);
  self->texture = ph_texture_new_for_frame (frame, 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TEXTURE]);
}

static void
set_state (PhThumbnail *self, PhThumbnailState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
drop_job (PhThumbnail *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
on_frame (PhThumbnail *self)
{
  set_texture (self, ph_job_get_frame (self->job));
}

static void
on_finished (PhThumbnail *self)
{
  g_autoptr (PhJob) job = g_steal_pointer (&self->job);
  g_autoptr (PhThumbnail) alive = g_object_ref (self);

  g_signal_handlers_disconnect_by_data (job, self);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      set_texture (self, ph_job_get_result (job));
      set_state (self, PH_THUMBNAIL_READY);
      /* A picture outlives its network, unless that is all that tells it from others. */
      if (self->has_digest)
        g_clear_object (&self->model);
      if (self->home != NULL)
        keep (self->home, self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED && !self->looked)
    {
      self->looked = TRUE;
      if (self->wants > 0)
        start (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      self->problem = g_strdup (ph_job_get_error (job)->message);
      set_state (self, PH_THUMBNAIL_FAILED);
    }
}

static void
start (PhThumbnail *self)
{
  if (self->home == NULL || self->job != NULL || self->state != PH_THUMBNAIL_WAITING)
    return;

  if (self->path == NULL)
    self->looked = TRUE;
  if (self->looked)
    self->job = ph_thumbnail_make_job (self->model, self->objective, self->size, self->path);
  else
    self->job = ph_thumbnail_load_job (self->path);
  g_signal_connect_swapped (self->job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect_swapped (self->job, "finished", G_CALLBACK (on_finished), self);
  ph_queue_add (self->home->queue, self->job, self->looked ? PH_LANE_BACKGROUND : PH_LANE_IO);
  ph_queue_set_rank (self->home->queue, self->job, self->rank);
}

static void
ph_thumbnail_dispose (GObject *object)
{
  PhThumbnail *self = PH_THUMBNAIL (object);

  drop_job (self);
  if (self->home != NULL)
    g_hash_table_remove (self->home->by_key, self->key);
  g_clear_weak_pointer (&self->home);
  g_clear_object (&self->model);
  g_clear_object (&self->texture);
  g_clear_pointer (&self->frame, ph_frame_unref);
  G_OBJECT_CLASS (ph_thumbnail_parent_class)->dispose (object);
}

static void
ph_thumbnail_finalize (GObject *object)
{
  PhThumbnail *self = PH_THUMBNAIL (object);

  g_free (self->objective);
  g_free (self->key);
  g_free (self->path);
  g_free (self->problem);
  G_OBJECT_CLASS (ph_thumbnail_parent_class)->finalize (object);
}

static void
ph_thumbnail_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhThumbnail *self = PH_THUMBNAIL (object);

  switch (id)
    {
    case PROP_TEXTURE:
      g_value_set_object (value, self->texture);
      break;
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_thumbnail_class_init (PhThumbnailClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ph_thumbnail_dispose;
  object_class->finalize = ph_thumbnail_finalize;
  object_class->get_property = ph_thumbnail_get_property;

  props[PROP_TEXTURE] = g_param_spec_object ("texture", NULL, NULL, GDK_TYPE_TEXTURE,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, PH_THUMBNAIL_FAILED, 0,
                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_thumbnail_init (PhThumbnail *self)
{
}

void
ph_thumbnail_want (PhThumbnail *self)
{
  g_return_if_fail (PH_IS_THUMBNAIL (self));

  self->wants++;
  ph_thumbnail_raise (self);
  start (self);
  if (self->state == PH_THUMBNAIL_READY && self->home != NULL)
    keep (self->home, self);
}

void
ph_thumbnail_raise (PhThumbnail *self)
{
  g_return_if_fail (PH_IS_THUMBNAIL (self));

  if (self->home == NULL || self->state != PH_THUMBNAIL_WAITING)
    return;
  self->rank = ph_queue_next_rank (self->home->queue);
  if (self->job != NULL)
    ph_queue_set_rank (self->home->queue, self->job, self->rank);
}

void
ph_thumbnail_unwant (PhThumbnail *self)
{
  g_return_if_fail (PH_IS_THUMBNAIL (self));
  g_return_if_fail (self->wants > 0);

  if (--self->wants == 0)
    drop_job (self);
}

GdkTexture *
ph_thumbnail_get_texture (PhThumbnail *self)
{
  g_return_val_if_fail (PH_IS_THUMBNAIL (self), NULL);

  return self->texture;
}

PhFrame *
ph_thumbnail_get_frame (PhThumbnail *self)
{
  g_return_val_if_fail (PH_IS_THUMBNAIL (self), NULL);

  return self->frame;
}

PhThumbnailState
ph_thumbnail_get_state (PhThumbnail *self)
{
  g_return_val_if_fail (PH_IS_THUMBNAIL (self), PH_THUMBNAIL_WAITING);

  return self->state;
}

const char *
ph_thumbnail_get_problem (PhThumbnail *self)
{
  g_return_val_if_fail (PH_IS_THUMBNAIL (self), NULL);

  return self->problem;
}

/* PhThumbnails */

static void
ph_thumbnails_dispose (GObject *object)
{
  PhThumbnails *self = PH_THUMBNAILS (object);
  PhThumbnail *thumbnail;

  while ((thumbnail = g_queue_pop_tail (&self->kept)) != NULL)
    g_object_unref (thumbnail);
  self->kept_bytes = 0;
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (ph_thumbnails_parent_class)->dispose (object);
}

static void
ph_thumbnails_finalize (GObject *object)
{
  PhThumbnails *self = PH_THUMBNAILS (object);

  g_hash_table_unref (self->by_key);
  g_free (self->folder);
  G_OBJECT_CLASS (ph_thumbnails_parent_class)->finalize (object);
}

static void
ph_thumbnails_class_init (PhThumbnailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ph_thumbnails_dispose;
  object_class->finalize = ph_thumbnails_finalize;
}

static void
ph_thumbnails_init (PhThumbnails *self)
{
  self->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_queue_init (&self->kept);
  self->size = 96;
}

PhThumbnails *
ph_thumbnails_new (PhQueue *queue, const char *folder)
{
  g_return_val_if_fail (PH_IS_QUEUE (queue), NULL);

  PhThumbnails *self = g_object_new (PH_TYPE_THUMBNAILS, NULL);

  self->queue = g_object_ref (queue);
  self->folder = g_strdup (folder);
  return self;
}

void
ph_thumbnails_set_size (PhThumbnails *self, guint size)
{
  g_return_if_fail (PH_IS_THUMBNAILS (self));

  self->size = size;
}

guint
ph_thumbnails_get_size (PhThumbnails *self)
{
  g_return_val_if_fail (PH_IS_THUMBNAILS (self), 0);

  return self->size;
}

PhThumbnail *
ph_thumbnails_get (PhThumbnails *self, PhModel *model, const PhUnit *unit)
{
  g_return_val_if_fail (PH_IS_THUMBNAILS (self), NULL);
  g_return_val_if_fail (PH_IS_MODEL (model), NULL);

  g_autofree char *name = ph_unit_dup_name (model, unit);

  return ph_thumbnails_get_objective (self, model, name, self->size);
}

PhThumbnail *
ph_thumbnails_get_objective (PhThumbnails *self, PhModel *model, const char *objective, guint size)
{
  g_return_val_if_fail (PH_IS_THUMBNAILS (self), NULL);
  g_return_val_if_fail (PH_IS_MODEL (model), NULL);

  g_autofree char *digest = ph_thumbnail_key (model, objective, size);
  /* Without a digest of the file, the object itself tells networks apart, and no file is kept. */
  g_autofree char *key = digest != NULL
                             ? g_strdup (digest)
                             : g_strdup_printf ("%p %s %u", (void *)model, objective, size);
  PhThumbnail *thumbnail = g_hash_table_lookup (self->by_key, key);

  if (thumbnail != NULL)
    return g_object_ref (thumbnail);

  thumbnail = g_object_new (PH_TYPE_THUMBNAIL, NULL);
  g_set_weak_pointer (&thumbnail->home, self);
  thumbnail->model = g_object_ref (model);
  thumbnail->objective = g_strdup (objective);
  thumbnail->size = size;
  thumbnail->has_digest = digest != NULL;
  thumbnail->key = g_steal_pointer (&key);
  if (digest != NULL && self->folder != NULL)
    {
      g_autofree char *file =
          g_strdup_printf ("%.2s" G_DIR_SEPARATOR_S "%s.png", digest, digest + 2);
      thumbnail->path = g_build_filename (self->folder, file, NULL);
    }
  g_hash_table_insert (self->by_key, thumbnail->key, thumbnail);
  return thumbnail;
}

typedef struct
{
  char *path; /* owned */
  gint64 used;
  guint64 bytes;
} CacheFile;

static void
cache_file_clear (gpointer data)
{
  g_free (((CacheFile *)data)->path);
}

static int
compare_used (gconstpointer a, gconstpointer b)
{
  const CacheFile *left = a, *right = b;

  return (left->used > right->used) - (left->used < right->used);
}

void
ph_thumbnails_prune (const char *folder, guint64 limit)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (CacheFile));
  g_autoptr (GDir) outer = g_dir_open (folder, 0, NULL);
  guint64 total = 0;
  const char *name;

  g_array_set_clear_func (files, cache_file_clear);
  while (outer != NULL && (name = g_dir_read_name (outer)) != NULL)
    {
      g_autofree char *inner_path = g_build_filename (folder, name, NULL);
      g_autoptr (GDir) inner = g_dir_open (inner_path, 0, NULL);
      while (inner != NULL && (name = g_dir_read_name (inner)) != NULL)
        {
          CacheFile file = { .path = g_build_filename (inner_path, name, NULL) };
          GStatBuf info;
          if (g_stat (file.path, &info) == 0)
            {
              file.used = info.st_mtime;
              file.bytes = info.st_size;
              total += file.bytes;
            }
          g_array_append_val (files, file);
        }
    }
  g_array_sort (files, compare_used);
  for (guint i = 0; i < files->len && total > limit; i++)
    {
      CacheFile *file = &g_array_index (files, CacheFile, i);
      if (g_unlink (file->path) == 0)
        total -= MIN (total, file->bytes);
    }
}
