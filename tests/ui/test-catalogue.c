/* The window of downloads, with a server on loopback and a catalogue of our own. */

#include "file-server.h"
#include "ui/catalogue-row.h"
#include "ui/catalogue-window.h"
#include "window-fixture.h"

#include <glib/gstdio.h>

static FileServer *server;
static char *own; /* the user's catalogue */

/* The content of the network "little" and of the images "zeros". */
static char *network;
static gsize network_size;
static guint8 zeros[400000];

static void
add_entry (GString *text, const char *name, const char *kind, const char *file, gconstpointer data,
           gsize n)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, n);

  g_string_append_printf (text,
                          "[%s]\nTitle=The %s & co\nAbout=For tests\nKind=%s\nLicence=MIT\n"
                          "Source=here\nAddress=%s/%s\nBytes=%" G_GSIZE_FORMAT "\nSHA256=%s\n",
                          name, name, kind, file_server_get_address (server), file, n, digest);
}

static void
write_own (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *folder = g_path_get_dirname (own);

  add_entry (text, "little", "network", "little-7.onnx", network, network_size);
  add_entry (text, "zeros", "images", "zeros.idx", zeros, sizeof zeros);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (own, text->str, -1, NULL));
}

static PhCatalogueWindow *
find_window (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (PH_IS_CATALOGUE_WINDOW (window))
        return PH_CATALOGUE_WINDOW (window);
    }
  return NULL;
}

static gboolean
has_window_state (const char *wanted)
{
  g_autofree char *state = NULL;

  g_object_get (find_window (), "state", &state, NULL);
  return g_str_equal (state, wanted);
}

static PhCatalogueRow *
find_row (GtkWidget *root, const char *name)
{
  if (PH_IS_CATALOGUE_ROW (root))
    {
      PhCatalogueItem *item = ph_catalogue_row_get_item (PH_CATALOGUE_ROW (root));

      return g_str_equal (ph_catalogue_item_get_entry (item)->name, name) ? PH_CATALOGUE_ROW (root)
                                                                          : NULL;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      PhCatalogueRow *found = find_row (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Opens the window and waits until it is there. */
static PhCatalogueRow *
open_window (Fixture *fixture, const char *name)
{
  PhCatalogueRow *row;

  act (fixture, "win.get-networks", NULL);
  g_assert_nonnull (find_window ());
  wait_for (!has_window_state ("loading"));
  g_assert_true (has_window_state ("ready"));
  row = find_row (GTK_WIDGET (find_window ()), name);
  g_assert_nonnull (row);
  return row;
}

static PhCatalogueState
state_of (PhCatalogueRow *row)
{
  return ph_catalogue_item_get_state (ph_catalogue_row_get_item (row));
}

/* The n-th button of a row: 0 says what can be done, 1 takes it away. */
static GtkWidget *
find_button (GtkWidget *root, guint *n)
{
  if (GTK_IS_BUTTON (root))
    return (*n)-- == 0 ? root : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, n);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
click (PhCatalogueRow *row, guint n, const char *name)
{
  GtkWidget *button = find_button (GTK_WIDGET (row), &n);

  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       name);
  g_assert_true (gtk_widget_is_sensitive (button));
  g_signal_emit_by_name (button, "clicked");
}

static gboolean
says (PhCatalogueRow *row, const char *words)
{
  return strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), words) != NULL;
}

/* Answers the question in front of the window. */
static void
answer (const char *response)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (ADW_IS_MESSAGE_DIALOG (window))
        {
          adw_message_dialog_response (ADW_MESSAGE_DIALOG (window), response);
          return;
        }
    }
  g_assert_not_reached ();
}

/* Tests */

static void
test_fetch_and_open (Fixture *fixture, gconstpointer data)
{
  PhCatalogueRow *row = open_window (fixture, "little");

  g_assert_nonnull (find_row (GTK_WIDGET (find_window ()), "squeezenet-1.1"));
  g_assert_cmpint (state_of (row), ==, PH_CATALOGUE_ABSENT);
  g_assert_true (says (row, "MIT · here"));
  click (row, 0, "Get The little & co");
  wait_for (state_of (row) == PH_CATALOGUE_HERE);

  click (row, 0, "Open The little & co");
  wait_for (has_state (fixture, "ready"));
  g_assert_cmpstr (ph_model_get_name (ph_main_window_get_model (fixture->window)), ==, "little");
  wait_for (find_window () == NULL);

  /* It is still here for a window opened later; removed after a question. */
  row = open_window (fixture, "little");
  g_assert_cmpint (state_of (row), ==, PH_CATALOGUE_HERE);
  click (row, 1, "Remove The little & co from this computer");
  answer ("cancel");
  g_assert_cmpint (state_of (row), ==, PH_CATALOGUE_HERE);
  click (row, 1, "Remove The little & co from this computer");
  answer ("remove");
  wait_for (state_of (row) == PH_CATALOGUE_ABSENT);
}

static void
test_pause (Fixture *fixture, gconstpointer data)
{
  PhCatalogueRow *row = open_window (fixture, "zeros");
  PhCatalogueItem *item = ph_catalogue_row_get_item (row);
  double before;

  file_server_set_mode (server, FILE_SERVER_SLOW, 0);
  click (row, 0, "Get The zeros & co");
  wait_for (state_of (row) == PH_CATALOGUE_FETCHING && ph_catalogue_item_get_progress (item) > 0);
  g_assert_true (says (row, " of "));

  /* It goes on without its window, and is shown when that opens again. */
  gtk_window_close (GTK_WINDOW (find_window ()));
  wait_for (find_window () == NULL);
  row = open_window (fixture, "zeros");
  g_assert_true (ph_catalogue_row_get_item (row) == item);
  g_assert_cmpint (state_of (row), ==, PH_CATALOGUE_FETCHING);

  click (row, 0, "Pause The zeros & co");
  wait_for (state_of (row) == PH_CATALOGUE_PAUSED);
  before = ph_catalogue_item_get_progress (item);
  g_assert_cmpfloat (before, >, 0);
  g_assert_cmpfloat (before, <, 1);
  g_assert_true (says (row, "are here"));

  click (row, 0, "Go on with The zeros & co");
  wait_for (state_of (row) == PH_CATALOGUE_FETCHING &&
            ph_catalogue_item_get_progress (item) > before);
  click (row, 1, "Cancel The zeros & co");
  wait_for (state_of (row) == PH_CATALOGUE_ABSENT);
  g_assert_cmpuint (ph_catalogue_entry_get_bytes_here (ph_catalogue_item_get_entry (item)), ==, 0);
  file_server_set_mode (server, FILE_SERVER_GOOD, 0);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  PhCatalogueRow *row = open_window (fixture, "little");
  GListModel *jobs = G_LIST_MODEL (fixture->queue);

  file_server_set_mode (server, FILE_SERVER_STATUS, 500);
  click (row, 0, "Get The little & co");
  wait_for (state_of (row) == PH_CATALOGUE_FAILED);
  g_assert_true (says (row, "fault of its own"));
  g_assert_cmpuint (g_list_model_get_n_items (jobs), ==, 1);

  file_server_set_mode (server, FILE_SERVER_GOOD, 0);
  click (row, 0, "Try The little & co again");
  wait_for (state_of (row) == PH_CATALOGUE_HERE);
  g_assert_cmpuint (g_list_model_get_n_items (jobs), ==, 0);
  click (row, 1, "Remove The little & co from this computer");
  answer ("remove");
}

/* The mirror that the user chose is asked in place of the server of the catalogue. */
static void
test_mirror (Fixture *fixture, gconstpointer data)
{
  PhCatalogueRow *row = open_window (fixture, "little");
  AdwEntryRow *mirror =
      ADW_ENTRY_ROW (find_widget (GTK_WIDGET (find_window ()), ADW_TYPE_ENTRY_ROW));
  g_autofree char *kept = NULL;

  gtk_editable_set_text (GTK_EDITABLE (mirror), "somewhere");
  g_signal_emit_by_name (mirror, "apply");
  kept = g_settings_get_string (fixture->settings, "mirror");
  g_assert_cmpstr (kept, ==, "");
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (mirror), "error"));

  gtk_editable_set_text (GTK_EDITABLE (mirror), " http://models.invalid ");
  g_signal_emit_by_name (mirror, "apply");
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (mirror), "error"));
  click (row, 0, "Get The little & co");
  wait_for (state_of (row) == PH_CATALOGUE_FAILED);
  g_assert_true (says (row, "models.invalid"));
  g_settings_reset (fixture->settings, "mirror");
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_assert_true (g_file_set_contents (own, "[a]\n", -1, NULL));
  act (fixture, "win.get-networks", NULL);
  wait_for (!has_window_state ("loading"));
  g_assert_true (has_window_state ("failed"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->queue)), ==, 0);

  write_own ();
  gtk_widget_activate_action (GTK_WIDGET (find_window ()), "catalogue.reload", NULL);
  wait_for (has_window_state ("ready"));
}

/* Nothing is open to which images could be shown. */
static void
test_images_without_network (Fixture *fixture, gconstpointer data)
{
  PhCatalogueRow *row = open_window (fixture, "zeros");

  click (row, 0, "Get The zeros & co");
  wait_for (state_of (row) == PH_CATALOGUE_HERE);
  click (row, 0, "Show The zeros & co to the network that is open");
  g_assert_nonnull (find_window ());
  click (row, 1, "Remove The zeros & co from this computer");
  answer ("remove");
  wait_for (state_of (row) == PH_CATALOGUE_ABSENT);
}

int
main (int argc, char *argv[])
{
  const char *const variables[] = { "http_proxy", "https_proxy", "all_proxy",
                                    "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY" };
  g_autofree char *assets = g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "assets", NULL);
  g_autofree char *path = NULL;
  int result;

  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  g_setenv ("PHOSPHENE_DATA_DIR", assets, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  path = find_network ();
  if (path == NULL || !g_file_get_contents (path, &network, &network_size, NULL))
    {
      g_print ("1..0 # SKIP there is no network to fetch\n");
      return 0;
    }
  own = g_build_filename (g_get_user_data_dir (), "phosphene", "catalogue.ini", NULL);
  server = file_server_new ();
  file_server_put (server, "little-7.onnx", network, network_size, "\"1\"");
  file_server_put (server, "zeros.idx", zeros, sizeof zeros, "\"1\"");
  write_own ();

#define ADD(name, test) g_test_add ("/ui/catalogue/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("fetch-and-open", test_fetch_and_open);
  ADD ("pause", test_pause);
  ADD ("failure", test_failure);
  ADD ("mirror", test_mirror);
  ADD ("broken", test_broken);
  ADD ("images-without-network", test_images_without_network);
  result = g_test_run ();
  file_server_free (server);
  g_free (network);
  g_free (own);
  return result;
}
