#include "ui/direction-pictures.h"

/* Side of the pictures that are made. */
#define SIZE 64

/* Side of the largest place when they are put together. */
#define CELL 56

/* Milliseconds between two times of putting them together. */
#define INTERVAL 150

struct _PhDirectionPictures
{
  GObject parent_instance;

  /* owned */
  PhDirectionGrid *grid;
  PhThumbnail **thumbnails; /* one a place, nullable */
  PhFrame *frame;

  gsize n;
  gboolean active;
  guint source; /* puts them together soon */
};

G_DEFINE_FINAL_TYPE (PhDirectionPictures, ph_direction_pictures, G_TYPE_OBJECT)

static guint changed_signal;

static void
put_together (PhDirectionPictures *self)
{
  g_autofree PhFrame **frames = g_new0 (PhFrame *, self->n + 1);

  for (gsize i = 0; i < self->n; i++)
    if (self->thumbnails[i] != NULL)
      frames[i] = ph_thumbnail_get_frame (self->thumbnails[i]);
  g_clear_pointer (&self->frame, ph_frame_unref);
  if (self->grid != NULL)
    self->frame = ph_direction_grid_draw (self->grid, frames, CELL);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
on_source (gpointer data)
{
  PhDirectionPictures *self = data;

  self->source = 0;
  put_together (self);
  return G_SOURCE_REMOVE;
}

static void
on_thumbnail (PhDirectionPictures *self)
{
  if (self->source == 0)
    self->source = g_timeout_add (INTERVAL, on_source, self);
}

static int
compare_sizes (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *sizes = data;
  double x = sizes[*(const guint *)a], y = sizes[*(const guint *)b];

  return (x > y) - (x < y);
}

/* The last asked for is the first made: the strongest. */
static void
want (PhDirectionPictures *self)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->n; i++)
    g_array_append_val (order, i);
  if (order->len > 0)
    g_array_sort_with_data (order, compare_sizes, self->grid->sizes);
  for (guint i = 0; i < order->len; i++)
    {
      PhThumbnail *thumbnail = self->thumbnails[g_array_index (order, guint, i)];

      if (thumbnail != NULL)
        ph_thumbnail_want (thumbnail);
    }
}

/* Lets go of @n thumbnails, of which others may still be shown. */
static void
let_go (PhDirectionPictures *self, PhThumbnail **thumbnails, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (thumbnails[i] != NULL)
      {
        if (self->active)
          ph_thumbnail_unwant (thumbnails[i]);
        g_object_unref (thumbnails[i]);
      }
  g_free (thumbnails);
}

static void
disconnect (PhDirectionPictures *self)
{
  for (gsize i = 0; i < self->n; i++)
    if (self->thumbnails[i] != NULL)
      g_signal_handlers_disconnect_by_data (self->thumbnails[i], self);
}

static void
ph_direction_pictures_dispose (GObject *object)
{
  PhDirectionPictures *self = PH_DIRECTION_PICTURES (object);

  g_clear_handle_id (&self->source, g_source_remove);
  disconnect (self);
  let_go (self, g_steal_pointer (&self->thumbnails), self->n);
  self->n = 0;
  g_clear_pointer (&self->grid, ph_direction_grid_free);
  g_clear_pointer (&self->frame, ph_frame_unref);
  G_OBJECT_CLASS (ph_direction_pictures_parent_class)->dispose (object);
}

static void
ph_direction_pictures_class_init (PhDirectionPicturesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_direction_pictures_dispose;
  changed_signal = g_signal_new ("changed", PH_TYPE_DIRECTION_PICTURES, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ph_direction_pictures_init (PhDirectionPictures *self)
{
}

/* Public */

PhDirectionPictures *
ph_direction_pictures_new (void)
{
  return g_object_new (PH_TYPE_DIRECTION_PICTURES, NULL);
}

void
ph_direction_pictures_show (PhDirectionPictures *self, PhThumbnails *thumbnails, PhModel *model,
                            PhDirectionGrid *grid)
{
  g_return_if_fail (PH_IS_DIRECTION_PICTURES (self));

  PhThumbnail **before = self->thumbnails;
  gsize n_before = self->n;

  disconnect (self);
  if (thumbnails == NULL)
    g_clear_pointer (&grid, ph_direction_grid_free);
  self->n = grid != NULL ? (gsize)grid->rows * grid->columns : 0;
  self->thumbnails = g_new0 (PhThumbnail *, self->n + 1);
  for (gsize i = 0; i < self->n; i++)
    if (grid->objectives[i] != NULL)
      {
        self->thumbnails[i] =
            ph_thumbnails_get_objective (thumbnails, model, grid->objectives[i], SIZE);
        g_signal_connect_swapped (self->thumbnails[i], "notify", G_CALLBACK (on_thumbnail), self);
      }
  g_clear_pointer (&self->grid, ph_direction_grid_free);
  self->grid = grid;
  /* The new ones are wanted before the old ones go, so that work on what is in both goes on. */
  if (self->active)
    want (self);
  let_go (self, before, n_before);
  g_clear_handle_id (&self->source, g_source_remove);
  put_together (self);
}

void
ph_direction_pictures_set_active (PhDirectionPictures *self, gboolean active)
{
  g_return_if_fail (PH_IS_DIRECTION_PICTURES (self));

  if (self->active == active)
    return;
  self->active = active;
  if (active)
    want (self);
  for (gsize i = 0; i < self->n && !active; i++)
    if (self->thumbnails[i] != NULL)
      ph_thumbnail_unwant (self->thumbnails[i]);
}

PhFrame *
ph_direction_pictures_get_frame (PhDirectionPictures *self)
{
  g_return_val_if_fail (PH_IS_DIRECTION_PICTURES (self), NULL);

  return self->frame;
}

void
ph_direction_pictures_get_progress (PhDirectionPictures *self, guint *done, guint *all)
{
  g_return_if_fail (PH_IS_DIRECTION_PICTURES (self));

  *done = *all = 0;
  for (gsize i = 0; i < self->n; i++)
    if (self->thumbnails[i] != NULL)
      {
        ++*all;
        *done += ph_thumbnail_get_state (self->thumbnails[i]) != PH_THUMBNAIL_WAITING;
      }
}
