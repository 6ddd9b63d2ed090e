/* The image page with the network that is shipped: a picture is opened, named, explained, painted
 * on, looked at layer by layer and saved; what is wrong is told on the page. */

#include <adwaita.h>
#include <glib/gstdio.h>

#include "ui/active-units.h"
#include "ui/class-bars.h"
#include "ui/image-canvas.h"
#include "ui/image-page.h"

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhImagePage *page;
  PhQueue *queue; /* owned */
  PhModel *model; /* owned */
  char *folder;   /* owned */
  char *picture;  /* owned: path of one that the network knows */
  char *toast;    /* owned: the last one */
  char *unit;     /* owned: that the window was asked to show */
} Fixture;

static void
on_toast (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->toast);
  f->toast = g_variant_dup_string (parameter, NULL);
}

static void
on_show_unit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->unit);
  f->unit = g_variant_dup_string (parameter, NULL);
}

static void
spin (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (500);
}

/* Everything ends by itself when it must: no test may wait for ever. */
#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 patience = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, patience);                                    \
        spin ();                                                                                   \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

/* Stripes, of which the network knows something. */
static void
write_picture (const char *path)
{
  g_autoptr (PhImage) image = ph_image_new (3, 120, 160, NULL);
  g_autoptr (GError) error = NULL;

  for (guint c = 0; c < 3; c++)
    for (guint y = 0; y < 120; y++)
      for (guint x = 0; x < 160; x++)
        image->data[(c * 120 + y) * 160 + x] = (x + y / 3) / 6 % 2 == 0 ? 0.9f : 0.2f;
  ph_png_save_image (path, image, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const GActionEntry entries[] = { { "toast", on_toast, "s" }, { "show-unit", on_show_unit, "s" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "assets", PH_SHIPPED_TEXTBOOK, NULL);
  g_autoptr (GError) error = NULL;

  /* Nobody's camera shall look at a test. */
  g_setenv ("PHOSPHENE_CAMERA", "no-such-camera", TRUE);
  f->queue = ph_queue_new ();
  f->model = ph_model_load (path, NULL, &error);
  g_assert_no_error (error);
  f->folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  f->picture = g_build_filename (f->folder, "stripes.png", NULL);
  write_picture (f->picture);
  f->window = gtk_window_new ();
  f->page = PH_IMAGE_PAGE (ph_image_page_new ());
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  gtk_window_present (GTK_WINDOW (f->window));
  ph_page_enter (PH_PAGE (f->page));
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      g_remove (inner);
    }
  g_remove (path);
}

/* Threads let go of what they used a moment after they have told that they are done. */
static void
wait_until_gone (gpointer object)
{
  g_object_add_weak_pointer (object, &object);
  g_object_unref (object);
  WAIT_FOR (object == NULL);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  ph_queue_cancel_all (f->queue);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  wait_until_gone (f->queue);
  wait_until_gone (f->model);
  remove_tree (f->folder);
  g_free (f->folder);
  g_free (f->picture);
  g_free (f->toast);
  g_free (f->unit);
}

static gpointer
child (Fixture *f, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (f->page), PH_TYPE_IMAGE_PAGE, name);
}

static const char *
get_state (Fixture *f)
{
  return gtk_stack_get_visible_child_name (child (f, "states"));
}

static const char *
text_of (Fixture *f, const char *name)
{
  return GTK_IS_EDITABLE (child (f, name)) ? gtk_editable_get_text (child (f, name))
                                           : gtk_label_get_text (child (f, name));
}

static gboolean
is_shown (gpointer widget)
{
  return gtk_widget_get_visible (GTK_WIDGET (widget));
}

/* Whether nothing is left to do. */
static gboolean
is_settled (Fixture *f)
{
  return ph_queue_is_idle (f->queue) && gtk_widget_get_opacity (child (f, "why_progress")) == 0;
}

static void
activate (Fixture *f, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), action, NULL));
}

static void
open_and_explain (Fixture *f)
{
  ph_image_page_show (f->page, f->model, f->picture);
  WAIT_FOR (*text_of (f, "why_status") != '\0' && is_settled (f));
  g_assert_cmpstr (get_state (f), ==, "ready");
}

static void
test_opens (Fixture *f, gconstpointer unused)
{
  g_assert_cmpstr (get_state (f), ==, "empty");
  ph_image_page_show (f->page, f->model, NULL);
  g_assert_cmpstr (get_state (f), ==, "empty");
  open_and_explain (f);
  g_assert_cmpstr (text_of (f, "title_label"), ==, "stripes.png");
  g_assert_true (g_str_has_prefix (text_of (f, "unit_entry"), "class:"));
  g_assert_true (is_shown (gtk_widget_get_first_child (child (f, "bars"))));
  g_assert_false (is_shown (child (f, "no_classes")));
  g_assert_nonnull (strstr (text_of (f, "why_status"), "Layer ")); /* Grad-CAM says which */
  g_assert_nonnull (strstr (text_of (f, "method_source"), "2017"));
}

static void
test_bad_file (Fixture *f, gconstpointer unused)
{
  g_autofree char *bad = g_build_filename (f->folder, "bad.png", NULL);
  AdwStatusPage *failed = child (f, "failed");

  g_assert_true (g_file_set_contents (bad, "no picture", -1, NULL));
  ph_image_page_show (f->page, f->model, bad);
  WAIT_FOR (g_str_equal (get_state (f), "failed"));
  g_assert_nonnull (strstr (adw_status_page_get_description (failed), "bad.png"));
  open_and_explain (f); /* and another one after that */
}

/* Each method says something of its own; the slow ones too. */
static void
test_methods (Fixture *f, gconstpointer unused)
{
  GtkDropDown *drop = child (f, "method_drop");
  guint n = g_list_model_get_n_items (gtk_drop_down_get_model (drop));

  open_and_explain (f);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup (text_of (f, "method_text"));

      gtk_drop_down_set_selected (drop, (i + 6) % n);
      g_assert_cmpstr (text, !=, text_of (f, "method_text"));
      WAIT_FOR (is_settled (f));
      if (g_str_equal (ph_attribution_methods ()[(i + 6) % n]->name, "integrated-gradients"))
        g_assert_nonnull (strstr (text_of (f, "why_status"), "% complete"));
    }
}

/* Any unit, by its name; a wrong one is told. */
static void
test_units (Fixture *f, gconstpointer unused)
{
  const PhLayer *layer = ph_model_get_layer (f->model, ph_model_get_n_layers (f->model) / 2);
  g_autofree char *name = g_strdup_printf ("%s:0", layer->name);
  g_autoptr (GError) error = NULL;

  open_and_explain (f);
  g_assert_true (ph_image_page_set_unit (f->page, name, &error));
  g_assert_cmpstr (text_of (f, "unit_entry"), ==, name);
  WAIT_FOR (is_settled (f));
  g_assert_false (ph_image_page_set_unit (f->page, "nowhere:3", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT);

  gtk_editable_set_text (child (f, "unit_entry"), "class:no such thing");
  g_signal_emit_by_name (child (f, "unit_entry"), "activate");
  g_assert_nonnull (f->toast);
  gtk_editable_set_text (child (f, "unit_entry"), "");
  g_signal_emit_by_name (child (f, "unit_entry"), "activate");
  WAIT_FOR (g_str_has_prefix (text_of (f, "unit_entry"), "class:"));
}

static void
test_position (Fixture *f, gconstpointer unused)
{
  GtkWidget *button;
  guint row, column;

  open_and_explain (f);
  g_assert_false (ph_image_canvas_get_mark (child (f, "canvas"), &row, &column));
  ph_image_canvas_mark (child (f, "canvas"), 1, 2);
  g_signal_emit_by_name (child (f, "canvas"), "picked", 1, 2);
  WAIT_FOR (is_settled (f));
  g_assert_nonnull (strstr (text_of (f, "position_label"), "row 1, column 2"));
  button = gtk_widget_get_first_child (gtk_widget_get_first_child (child (f, "units")));
  g_assert_true (GTK_IS_BUTTON (button) && is_shown (button));
  g_signal_emit_by_name (button, "clicked");
  g_assert_nonnull (f->unit);

  /* Another layer and another map: the overlay follows. */
  gtk_drop_down_set_selected (child (f, "map_drop"), 2);
  WAIT_FOR (is_settled (f));
  g_assert_cmpuint (gtk_drop_down_get_selected (child (f, "over_drop")), ==, 1);
  g_assert_true (is_shown (child (f, "channel_spin")));
}

/* Painting changes the numbers, undo brings them back to the digit. */
static void
test_perturb (Fixture *f, gconstpointer unused)
{
  g_autofree char *before = NULL;

  open_and_explain (f);
  /* From here on the same class is watched, whatever is the most probable. */
  g_assert_true (ph_image_page_set_unit (f->page, text_of (f, "unit_entry"), NULL));
  WAIT_FOR (is_settled (f));
  before = g_strdup (text_of (f, "unit_value"));

  activate (f, "page.tool-hide");
  for (int i = 0; i <= 10; i++)
    g_signal_emit_by_name (child (f, "canvas"), "stroke",
                           i == 0    ? 0
                           : i == 10 ? 2
                                     : 1,
                           i / 10.0, 0.5);
  WAIT_FOR (is_settled (f) && g_strcmp0 (before, text_of (f, "unit_value")) != 0);
  activate (f, "page.undo");
  WAIT_FOR (is_settled (f) && g_strcmp0 (before, text_of (f, "unit_value")) == 0);

  activate (f, "page.turn-right");
  WAIT_FOR (is_settled (f) && g_strcmp0 (before, text_of (f, "unit_value")) != 0);
  g_assert_cmpfloat (gtk_range_get_value (child (f, "angle_scale")), ==, 5);
  activate (f, "page.reset-picture");
  WAIT_FOR (is_settled (f) && g_strcmp0 (before, text_of (f, "unit_value")) == 0);
  g_assert_cmpfloat (gtk_range_get_value (child (f, "angle_scale")), ==, 0);
}

/* Another picture each time, and the network looks at each. */
static void
test_camera (Fixture *f, gconstpointer unused)
{
  g_autofree char *value = NULL;

  open_and_explain (f);
  g_assert_false (is_shown (child (f, "camera_button")));
  if (!ph_camera_is_supported ())
    {
      g_test_skip ("built without GStreamer");
      return;
    }
  g_setenv ("PHOSPHENE_CAMERA", "videotestsrc is-live=true pattern=snow", TRUE);
  ph_page_leave (PH_PAGE (f->page));
  ph_page_enter (PH_PAGE (f->page));
  WAIT_FOR (is_shown (child (f, "camera_button")));
  activate (f, "page.camera");
  g_assert_true (is_shown (child (f, "camera_bar")));
  WAIT_FOR (g_str_equal (get_state (f), "ready"));
  for (guint i = 0; i < 4; i++)
    {
      g_free (value);
      value = g_strdup (text_of (f, "unit_value"));
      WAIT_FOR (g_strcmp0 (value, text_of (f, "unit_value")) != 0);
    }

  activate (f, "page.pause");
  g_assert_false (is_shown (child (f, "camera_bar")));
  g_assert_cmpstr (text_of (f, "title_label"), ==, "Camera");
  WAIT_FOR (is_settled (f) && strstr (text_of (f, "why_status"), "Layer ") != NULL);
  g_free (value);
  value = g_strdup (text_of (f, "unit_value"));
  for (gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC / 5; g_get_monotonic_time () < end;)
    spin ();
  g_assert_cmpstr (text_of (f, "unit_value"), ==, value);

  /* Going back is going back to what was there. */
  open_and_explain (f);
  activate (f, "page.camera");
  WAIT_FOR (g_str_equal (text_of (f, "title_label"), "Camera"));
  WAIT_FOR (g_str_equal (get_state (f), "ready"));
  activate (f, "page.stop");
  WAIT_FOR (is_settled (f));
  g_assert_cmpstr (text_of (f, "title_label"), ==, "stripes.png");
  g_assert_cmpstr (get_state (f), ==, "ready");

  /* It was pulled out. */
  g_setenv ("PHOSPHENE_CAMERA", "videotestsrc num-buffers=2", TRUE);
  activate (f, "page.camera");
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "no more pictures"));
  WAIT_FOR (is_settled (f));
  g_assert_cmpstr (text_of (f, "title_label"), ==, "stripes.png");
}

static void
test_sanity (Fixture *f, gconstpointer unused)
{
  open_and_explain (f);
  gtk_drop_down_set_selected (child (f, "method_drop"), 0);
  WAIT_FOR (is_settled (f));
  g_assert_null (gtk_widget_get_first_child (child (f, "sanity_grid")));
  activate (f, "page.check-sanity");
  WAIT_FOR (is_settled (f));
  g_assert_nonnull (gtk_widget_get_first_child (child (f, "sanity_grid")));
  g_assert_true (is_shown (child (f, "sanity_text")));
  gtk_drop_down_set_selected (child (f, "method_drop"), 1); /* it was about another method */
  g_assert_null (gtk_widget_get_first_child (child (f, "sanity_grid")));
  WAIT_FOR (is_settled (f));
}

static void
test_save (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (f->folder, "out.png", NULL);
  g_autofree char *nowhere = g_build_filename (f->folder, "missing", "out.png", NULL);
  g_autoptr (GError) error = NULL;
  const PhPreprocess *p = ph_model_get_preprocess (f->model);

  open_and_explain (f);
  ph_image_page_save (f->page, path);
  WAIT_FOR (f->toast != NULL);
  g_autoptr (PhImage) with = ph_image_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (with->width, ==, p->width);
  for (guint i = 0; i < 3; i++)
    activate (f, "page.next-overlay"); /* nothing over it */
  g_clear_pointer (&f->toast, g_free);
  ph_image_page_save (f->page, path);
  WAIT_FOR (f->toast != NULL);
  g_autoptr (PhImage) without = ph_image_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (memcmp (with->data, without->data, sizeof (float) * ph_image_n_values (with)),
                   !=, 0);
  g_clear_pointer (&f->toast, g_free);
  ph_image_page_save (f->page, nowhere);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "missing"));
}

/* The layer as pictures of what it makes of each place: they come while one looks, and are what is
 * saved. */
static void
test_pictures (Fixture *f, gconstpointer unused)
{
  g_autoptr (PhThumbnails) thumbnails = ph_thumbnails_new (f->queue, NULL);
  g_autofree char *path = g_build_filename (f->folder, "pictures.png", NULL);
  g_autoptr (PhImage) image = NULL;
  guint last = ph_model_get_n_layers (f->model) - 1, n_colours = 0;

  open_and_explain (f);
  ph_image_page_set_thumbnails (f->page, thumbnails);
  /* Few places, so that the test is quick: a layer with the smallest map that is one. */
  for (guint i = last; i > 0; i--)
    if (ph_model_get_layer (f->model, i)->rows > 1)
      {
        gtk_drop_down_set_selected (child (f, "layer_drop"), i);
        break;
      }
  gtk_drop_down_set_selected (child (f, "over_drop"), 2);
  g_assert_cmpfloat (gtk_range_get_value (child (f, "opacity_scale")), ==, 100);
  WAIT_FOR (!ph_queue_is_idle (f->queue));
  for (gint64 end = g_get_monotonic_time () + G_USEC_PER_SEC; g_get_monotonic_time () < end;)
    spin ();
  g_clear_pointer (&f->toast, g_free);
  ph_image_page_save (f->page, path);
  WAIT_FOR (f->toast != NULL);
  image = ph_image_load (path, NULL);
  g_assert_nonnull (image);
  for (gsize i = 1; i < ph_image_n_values (image); i++)
    n_colours += image->data[i] != image->data[i - 1];
  g_assert_cmpuint (n_colours, >, 100);
  gtk_drop_down_set_selected (child (f, "over_drop"), 0);
  g_assert_cmpfloat (gtk_range_get_value (child (f, "opacity_scale")), ==, 70);
  ph_image_page_set_thumbnails (f->page, NULL);
  WAIT_FOR (is_settled (f)); /* nobody looks any more */
}

/* Leaving ends everything at once; coming back explains again. */
static void
test_leave (Fixture *f, gconstpointer unused)
{
  open_and_explain (f);
  gtk_drop_down_set_selected (child (f, "method_drop"), 4);
  ph_page_leave (PH_PAGE (f->page));
  WAIT_FOR (ph_queue_is_idle (f->queue));
  gtk_label_set_text (child (f, "why_status"), "");
  ph_page_enter (PH_PAGE (f->page));
  WAIT_FOR (*text_of (f, "why_status") != '\0' && is_settled (f));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, function)                                                                        \
  g_test_add ("/image-page/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("opens", test_opens);
  ADD ("bad-file", test_bad_file);
  ADD ("methods", test_methods);
  ADD ("units", test_units);
  ADD ("position", test_position);
  ADD ("perturb", test_perturb);
  ADD ("camera", test_camera);
  ADD ("sanity", test_sanity);
  ADD ("save", test_save);
  ADD ("pictures", test_pictures);
  ADD ("leave", test_leave);
  return g_test_run ();
}
