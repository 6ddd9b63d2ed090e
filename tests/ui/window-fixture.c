#include "window-fixture.h"

#include <glib/gstdio.h>

#include "ui/explore-page.h"

char *
find_network (void)
{
  const char *shared = g_getenv ("PHOSPHENE_SHARED"), *source = g_getenv ("PHOSPHENE_SOURCE");
  g_autofree char *own = g_build_filename (source, "assets", "textbook.onnx", NULL);
  g_autofree char *lent = g_build_filename (shared, "models", "tinyvgg.onnx", NULL);

  if (g_file_test (own, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&own);
  return g_file_test (lent, G_FILE_TEST_EXISTS) ? g_steal_pointer (&lent) : NULL;
}

gboolean
on_timeout (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

void
run_for (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

GtkWidget *
find_widget (GtkWidget *root, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (root, type))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type);
      if (found != NULL)
        return found;
    }
  return NULL;
}

char *
dup_state (Fixture *fixture)
{
  char *state;

  g_object_get (FIND (fixture, PH_TYPE_EXPLORE_PAGE), "state", &state, NULL);
  return state;
}

gboolean
has_state (Fixture *fixture, const char *wanted)
{
  g_autofree char *state = dup_state (fixture);

  return g_str_equal (state, wanted);
}

void
act (Fixture *fixture, const char *action, const char *target)
{
  gboolean done = gtk_widget_activate_action (GTK_WIDGET (fixture->window), action,
                                              target != NULL ? "s" : NULL, target);

  g_assert_true (done);
}

gboolean
open_network (Fixture *fixture)
{
  g_autofree char *path = find_network ();

  if (path == NULL)
    {
      g_test_skip ("no network to open: assets/textbook.onnx is not there");
      return FALSE;
    }
  ph_main_window_open (fixture->window, path);
  g_assert_true (has_state (fixture, "loading"));
  wait_for (!has_state (fixture, "loading"));
  g_assert_true (has_state (fixture, "ready"));
  return TRUE;
}

void
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

void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->cache = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  fixture->queue = ph_queue_new ();
  fixture->thumbnails = ph_thumbnails_new (fixture->queue, fixture->cache);
  fixture->settings = g_settings_new ("org.phosphene.Phosphene");
  fixture->window =
      ph_main_window_new (NULL, fixture->queue, fixture->thumbnails, fixture->settings);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  ph_queue_cancel_all (fixture->queue);
  wait_for (ph_queue_is_idle (fixture->queue));
  g_assert_finalize_object (fixture->thumbnails);
  g_assert_finalize_object (fixture->queue);
  g_object_unref (fixture->settings);
  remove_tree (fixture->cache);
  g_free (fixture->cache);
}
