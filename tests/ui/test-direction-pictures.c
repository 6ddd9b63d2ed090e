/* Pictures of what a layer makes of each place: made while somebody looks, kept where a place stays
 * as it was. */

#include <adwaita.h>

#include "tests/support/tiny-network.h"
#include "ui/direction-pictures.h"

typedef struct
{
  PhQueue *queue;
  PhThumbnails *thumbnails;
  PhModel *model;
  PhDirectionPictures *pictures;
  guint n_changes;
} Fixture;

static void
on_changed (PhDirectionPictures *pictures, Fixture *f)
{
  f->n_changes++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->queue = ph_queue_new ();
  f->thumbnails = ph_thumbnails_new (f->queue, NULL);
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->pictures = ph_direction_pictures_new ();
  g_signal_connect (f->pictures, "changed", G_CALLBACK (on_changed), f);
}

static void
wait_until_idle (Fixture *f)
{
  while (!ph_queue_is_idle (f->queue))
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  ph_queue_cancel_all (f->queue);
  wait_until_idle (f);
  g_assert_finalize_object (f->pictures);
  g_assert_finalize_object (f->thumbnails);
  g_assert_finalize_object (f->queue);
  g_object_unref (f->model);
}

/* Two places: channel @first and channel @second of relu1. */
static PhDirectionGrid *
make_grid (Fixture *f, guint first, guint second)
{
  guint layer = (guint)ph_model_find_layer (f->model, "relu1");
  guint n = ph_model_get_layer (f->model, layer)->n_channels;
  g_autofree float *vectors = g_new0 (float, 2 * n);

  vectors[first] = 1;
  vectors[n + second] = 2;
  return ph_direction_grid_new (f->model, layer, vectors, 1, 2);
}

static void
assert_progress (Fixture *f, guint done, guint all)
{
  guint is_done, are_all;

  ph_direction_pictures_get_progress (f->pictures, &is_done, &are_all);
  g_assert_cmpuint (is_done, ==, done);
  g_assert_cmpuint (are_all, ==, all);
}

static void
test_makes (Fixture *f, gconstpointer data)
{
  g_autoptr (GBytes) before = NULL;
  PhFrame *frame;

  g_assert_null (ph_direction_pictures_get_frame (f->pictures));
  ph_direction_pictures_show (f->pictures, f->thumbnails, f->model, make_grid (f, 0, 1));
  wait_until_idle (f);
  assert_progress (f, 0, 2); /* nobody looks */
  frame = ph_direction_pictures_get_frame (f->pictures);
  g_assert_cmpuint (frame->width, ==, 2 * frame->height);
  before = g_bytes_ref (frame->pixels);

  ph_direction_pictures_set_active (f->pictures, TRUE);
  wait_until_idle (f);
  assert_progress (f, 2, 2);
  f->n_changes = 0;
  while (f->n_changes == 0) /* puts them together a little later */
    g_main_context_iteration (NULL, TRUE);
  frame = ph_direction_pictures_get_frame (f->pictures);
  g_assert_false (g_bytes_equal (before, frame->pixels));

  /* The first place stays, the second is another. */
  ph_direction_pictures_show (f->pictures, f->thumbnails, f->model, make_grid (f, 0, 2));
  assert_progress (f, 1, 2);
  wait_until_idle (f);
  assert_progress (f, 2, 2);

  ph_direction_pictures_show (f->pictures, NULL, NULL, NULL);
  assert_progress (f, 0, 0);
  g_assert_null (ph_direction_pictures_get_frame (f->pictures));
}

/* Looking away stops the work. */
static void
test_looks_away (Fixture *f, gconstpointer data)
{
  ph_direction_pictures_set_active (f->pictures, TRUE);
  ph_direction_pictures_show (f->pictures, f->thumbnails, f->model, make_grid (f, 0, 1));
  g_assert_false (ph_queue_is_idle (f->queue));
  ph_direction_pictures_set_active (f->pictures, FALSE);
  wait_until_idle (f);
  assert_progress (f, 0, 2);
}

/* A unit's picture is that of the objective of its name. */
static void
test_same_thumbnail (Fixture *f, gconstpointer data)
{
  const PhUnit unit = { .kind = PH_UNIT_CHANNEL,
                        .layer = (guint)ph_model_find_layer (f->model, "relu1"),
                        .channel = 2 };
  guint size = ph_thumbnails_get_size (f->thumbnails);
  g_autoptr (PhThumbnail) of_unit = ph_thumbnails_get (f->thumbnails, f->model, &unit);
  g_autoptr (PhThumbnail) same =
      ph_thumbnails_get_objective (f->thumbnails, f->model, "relu1:2", size);
  g_autoptr (PhThumbnail) smaller =
      ph_thumbnails_get_objective (f->thumbnails, f->model, "relu1:2", size / 2);

  g_assert_true (of_unit == same);
  g_assert_true (of_unit != smaller);
  ph_thumbnail_want (smaller);
  wait_until_idle (f);
  g_assert_cmpint (ph_thumbnail_get_state (smaller), ==, PH_THUMBNAIL_READY);
  g_assert_cmpuint (ph_thumbnail_get_frame (smaller)->width, ==, size / 2);
  g_assert_null (ph_thumbnail_get_frame (of_unit));
  ph_thumbnail_unwant (smaller);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/direction-pictures/makes", test_makes);
  ADD ("/direction-pictures/looks-away", test_looks_away);
  ADD ("/direction-pictures/same-thumbnail", test_same_thumbnail);
  return g_test_run ();
}
