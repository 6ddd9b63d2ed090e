#include <glib/gstdio.h>
#include <gtk/gtk.h>

#include "ui/history.h"
#include "ui/recent.h"
#include "ui/thumbnails.h"
#include "ui/unit-grid.h"

/* What the explore page is made of, without a window around it. */

static char *
make_folder (void)
{
  return g_dir_make_tmp ("phosphene-XXXXXX", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);
      remove_tree (inner);
    }
  g_remove (path);
}

static PhModel *
load_model (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "assets", PH_SHIPPED_TEXTBOOK, NULL);
  g_autoptr (GError) error = NULL;
  PhModel *model = ph_model_load (path, NULL, &error);

  g_assert_no_error (error);
  return model;
}

static void
test_history (void)
{
  g_autoptr (PhHistory) history = ph_history_new ();

  g_assert_null (ph_history_get (history, 0));
  ph_history_push (history, ph_place_new ("a", "one", NULL, NULL));
  ph_history_push (history, ph_place_new ("a", "two", NULL, NULL));
  ph_history_push (history, ph_place_new ("a", "two", NULL, NULL)); /* going where one is */
  ph_history_push (history, ph_place_new ("a", "two", "two:3", NULL));
  g_assert_cmpstr (ph_history_get (history, -1)->layer, ==, "two");
  g_assert_cmpstr (ph_history_get (history, -2)->layer, ==, "one");
  g_assert_null (ph_history_get (history, -3));
  g_assert_null (ph_history_get (history, 1));

  ph_history_move (history, -2);
  g_assert_cmpstr (ph_history_get (history, 2)->unit, ==, "two:3");
  ph_history_push (history, ph_place_new ("b", NULL, NULL, NULL)); /* forgets what lay ahead */
  g_assert_null (ph_history_get (history, 1));
  g_assert_cmpstr (ph_history_get (history, -1)->layer, ==, "one");
  ph_history_replace (history, ph_place_new ("c", NULL, NULL, NULL));
  g_assert_cmpstr (ph_history_get (history, 0)->path, ==, "c");
  g_assert_cmpstr (ph_history_get (history, -1)->layer, ==, "one");

  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *name = g_strdup_printf ("%d", i);
      ph_history_push (history, ph_place_new (name, NULL, NULL, NULL));
    }
  g_assert_cmpstr (ph_history_get (history, 0)->path, ==, "999");
  g_assert_null (ph_history_get (history, -1000));
}

/* Items of section @i of the menu, those that come with the program being the last one. */
static int
count_items (GMenu *menu, int i)
{
  g_autoptr (GMenuModel) section =
      g_menu_model_get_item_link (G_MENU_MODEL (menu), i, G_MENU_LINK_SECTION);

  return g_menu_model_get_n_items (section);
}

static void
test_recent (void)
{
  g_autofree char *textbook = ph_shipped_dup_network ("textbook");
  g_autoptr (GSettings) settings = g_settings_new ("org.phosphene.Phosphene");
  g_autofree char *folder = make_folder ();
  g_autofree char *path = g_build_filename (folder, "here.onnx", NULL);
  g_autoptr (GMenu) menu = g_menu_new ();

  g_settings_reset (settings, "recent-networks");
  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  ph_recent_add (settings, "/gone/old.onnx", "d1");
  ph_recent_add (settings, path, "d2");
  ph_recent_add (settings, "/gone/old.onnx", "d1"); /* moves up, not twice */
  ph_recent_fill_menu (settings, menu, "win.open-path");
  g_assert_cmpint (g_menu_model_get_n_items (G_MENU_MODEL (menu)), ==, 2);
  g_assert_cmpint (count_items (menu, 0), ==, 2);
  g_assert_cmpint (count_items (menu, 1), >=, 1);

  /* What comes with the program stands in its own section only. */
  g_assert_nonnull (textbook);
  ph_recent_add (settings, textbook, "d3");
  ph_recent_fill_menu (settings, menu, "win.open-path");
  g_assert_cmpint (count_items (menu, 0), ==, 2);

  g_autofree char *found = ph_recent_find (settings, "d2");
  g_assert_cmpstr (found, ==, path);
  g_assert_null (ph_recent_find (settings, "d1")); /* the file is not there */
  g_assert_null (ph_recent_find (settings, ""));

  for (int i = 0; i < 30; i++)
    {
      g_autofree char *name = g_strdup_printf ("/some/%d.onnx", i);
      ph_recent_add (settings, name, NULL);
    }
  ph_recent_fill_menu (settings, menu, "win.open-path");
  g_assert_cmpint (count_items (menu, 0), ==, 10);
  ph_recent_remove (settings, "/some/29.onnx");
  ph_recent_fill_menu (settings, menu, "win.open-path");
  g_assert_cmpint (count_items (menu, 0), ==, 9);
  remove_tree (folder);
}

static void
count_changes (guint *n)
{
  (*n)++;
}

/* Made once, then read from the file by another start of the program. */
static void
test_thumbnail_files (void)
{
  g_autoptr (PhModel) model = load_model ();
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autofree char *folder = make_folder ();
  const PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = 0, .channel = 1 };
  guchar pixels[2][4 * 48 * 48];

  for (int i = 0; i < 2; i++)
    {
      PhThumbnails *thumbnails = ph_thumbnails_new (queue, folder);
      guint n_changes = 0;
      ph_thumbnails_set_size (thumbnails, 48);
      g_autoptr (PhThumbnail) thumbnail = ph_thumbnails_get (thumbnails, model, &unit);
      g_autoptr (PhThumbnail) same = ph_thumbnails_get (thumbnails, model, &unit);
      g_assert_true (thumbnail == same);

      g_signal_connect_swapped (thumbnail, "notify::texture", G_CALLBACK (count_changes),
                                &n_changes);
      ph_thumbnail_want (thumbnail);
      gint64 begun = g_get_monotonic_time ();
      while (ph_thumbnail_get_state (thumbnail) == PH_THUMBNAIL_WAITING)
        g_main_context_iteration (NULL, TRUE);
      g_test_message ("%s in %.0f ms", i == 0 ? "made" : "read",
                      (g_get_monotonic_time () - begun) / 1000.0);
      g_assert_cmpint (ph_thumbnail_get_state (thumbnail), ==, PH_THUMBNAIL_READY);
      if (i == 1)
        g_assert_cmpuint (n_changes, ==, 1); /* a file has no steps in between */
      gdk_texture_download (ph_thumbnail_get_texture (thumbnail), pixels[i], 4 * 48);
      ph_thumbnail_unwant (thumbnail);
      g_object_unref (thumbnails);
    }
  g_assert_cmpmem (pixels[0], sizeof pixels[0], pixels[1], sizeof pixels[1]);

  ph_thumbnails_prune (folder, 100 * 1000 * 1000); /* room enough */
  g_autoptr (PhThumbnails) again = ph_thumbnails_new (queue, folder);
  ph_thumbnails_prune (folder, 0);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autofree char *inner = g_build_filename (folder, g_dir_read_name (dir), NULL);
  g_autoptr (GDir) files = g_dir_open (inner, 0, NULL);
  g_assert_null (g_dir_read_name (files));
  remove_tree (folder);
}

static void
test_thumbnail_unwanted (void)
{
  g_autoptr (PhModel) model = load_model ();
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autoptr (PhThumbnails) thumbnails = ph_thumbnails_new (queue, NULL);
  const PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = 0, .channel = 2 };
  g_autoptr (PhThumbnail) thumbnail = ph_thumbnails_get (thumbnails, model, &unit);

  ph_thumbnail_want (thumbnail);
  ph_thumbnail_want (thumbnail);
  ph_thumbnail_unwant (thumbnail);
  g_assert_false (ph_queue_is_idle (queue)); /* somebody still looks */
  ph_thumbnail_unwant (thumbnail);
  while (!ph_queue_is_idle (queue))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ph_thumbnail_get_state (thumbnail), ==, PH_THUMBNAIL_WAITING);

  ph_thumbnail_want (thumbnail); /* and again */
  while (ph_thumbnail_get_state (thumbnail) == PH_THUMBNAIL_WAITING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (ph_thumbnail_get_state (thumbnail), ==, PH_THUMBNAIL_READY);
  ph_thumbnail_unwant (thumbnail);
}

/* Of all channels only those in view are asked for, and scrolling asks for others. */
static void
test_grid (void)
{
  g_autoptr (PhModel) model = load_model ();
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autoptr (PhThumbnails) thumbnails = ph_thumbnails_new (queue, NULL);
  g_autoptr (PhUnitModel) units = ph_unit_model_new (model, 0);
  GtkWidget *window = gtk_window_new ();
  PhUnitGrid *grid = g_object_new (PH_TYPE_UNIT_GRID, NULL);
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (units));

  gtk_window_set_default_size (GTK_WINDOW (window), 260, 230);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (grid));
  ph_unit_grid_set_thumbnails (grid, thumbnails);
  ph_unit_grid_set_units (grid, units);
  gtk_window_present (GTK_WINDOW (window));
  while (ph_unit_grid_count_wanted (grid) == 0)
    g_main_context_iteration (NULL, TRUE);
  guint n_wanted = ph_unit_grid_count_wanted (grid);
  g_assert_cmpuint (n_wanted, <, n_all / 2);

  ph_unit_grid_set_active (grid, FALSE);
  g_assert_cmpuint (ph_unit_grid_count_wanted (grid), ==, 0);
  ph_unit_grid_set_units (grid, NULL);
  g_assert_null (ph_unit_grid_get_units (grid));
  gtk_window_destroy (GTK_WINDOW (window));
  ph_queue_cancel_all (queue);
  while (!ph_queue_is_idle (queue))
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);

  g_autofree char *assets = g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "assets", NULL);

  g_setenv ("PHOSPHENE_DATA_DIR", assets, TRUE);
  g_test_add_func ("/history", test_history);
  g_test_add_func ("/recent", test_recent);
  g_test_add_func ("/thumbnails/files", test_thumbnail_files);
  g_test_add_func ("/thumbnails/unwanted", test_thumbnail_unwanted);
  g_test_add_func ("/grid", test_grid);
  return g_test_run ();
}
