/* A disk that is full while something is saved from the window: it says so, leaves nothing behind
 * and goes on. */
#include <adwaita.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "tiny-network.h"
#include "ui/film-window.h"
#include "ui/setting-rows.h"
#include "ui/sweep-window.h"
#include "ui/unit-page.h"

/* Of the disk: less than any picture here needs besides what fills it. */
#define DISK "size=24k"
#define DISK_BYTES (24 * 1024)

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhUnitPage *page;
  PhQueue *queue;  /* owned */
  PhModel *model;  /* owned */
  char *folder;    /* owned: the disk */
  char *elsewhere; /* owned: a folder with room */
  char *toast;     /* owned: the last one */
  gboolean mounted;
} Fixture;

static void
on_toast (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->toast);
  f->toast = g_variant_dup_string (parameter, NULL);
}

/* A disk of its own where that is allowed. Elsewhere files may not grow, which ends a write in the
 * same way: so much was written, the rest was refused. */
static void
fill_disk (Fixture *f)
{
  g_autofree char *filler = g_build_filename (f->folder, "filler", NULL);
  g_autofree char *bytes = g_malloc0 (DISK_BYTES);
  gssize size = DISK_BYTES - 4096;

  f->mounted = mount ("tmpfs", f->folder, "tmpfs", 0, DISK) == 0;
  if (f->mounted)
    g_assert_true (g_file_set_contents (filler, bytes, size, NULL));
  else
    {
      struct rlimit limit;

      signal (SIGXFSZ, SIG_IGN);
      g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      limit.rlim_cur = 512;
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    }
}

static void
empty_disk (Fixture *f)
{
  if (f->mounted)
    g_assert_cmpint (umount (f->folder), ==, 0);
  else
    {
      struct rlimit limit;

      g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &limit), ==, 0);
      limit.rlim_cur = limit.rlim_max;
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &limit), ==, 0);
    }
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const GActionEntry entries[] = { { "toast", on_toast, "s" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->queue = ph_queue_new ();
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->folder = g_dir_make_tmp ("phosphene-full-XXXXXX", NULL);
  f->elsewhere = g_dir_make_tmp ("phosphene-free-XXXXXX", NULL);
  f->window = gtk_window_new ();
  f->page = PH_UNIT_PAGE (ph_unit_page_new ());
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, 1, f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  gtk_window_present (GTK_WINDOW (f->window));
  ph_page_enter (PH_PAGE (f->page));
  fill_disk (f);
}

#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 patience = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;                               \
    while (!(condition))                                                                           \
      {                                                                                            \
        g_assert_cmpint (g_get_monotonic_time (), <, patience);                                    \
        if (!g_main_context_iteration (NULL, FALSE))                                               \
          g_usleep (500);                                                                          \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static void
tear_down (Fixture *f, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_assert_finalize_object (f->queue);
  g_assert_finalize_object (f->model);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_assert_cmpint (g_rmdir (f->elsewhere), ==, 0);
  g_free (f->folder);
  g_free (f->elsewhere);
  g_free (f->toast);
}

/* The toast names the file and the reason, and nothing of the file is left. */
static void
check_refused (Fixture *f, const char *name)
{
  g_autoptr (GDir) dir = NULL;
  const char *file;

  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "Cannot save"));
  g_assert_nonnull (strstr (f->toast, name));
  g_assert_nonnull (strstr (f->toast, g_strerror (f->mounted ? ENOSPC : EFBIG)));
  g_clear_pointer (&f->toast, g_free);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  dir = g_dir_open (f->folder, 0, NULL);
  while ((file = g_dir_read_name (dir)) != NULL)
    g_assert_cmpstr (file, ==, "filler");
}

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);
  return found;
}

static void
test_save (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (f->folder, "picture.png", NULL);
  g_autofree char *film_path = g_build_filename (f->folder, "film.png", NULL);
  g_autofree char *grid_path = g_build_filename (f->folder, "grid.png", NULL);
  g_autofree char *free_path = g_build_filename (f->elsewhere, "picture.png", NULL);
  PhAscentSettings settings;
  PhUnit unit;

  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = 6;
  settings.width = settings.height = 64; /* some 12 kB as PNG */

  g_assert_true (ph_unit_parse (f->model, "relu2:3", &unit, NULL));
  ph_setting_rows_set_values (PH_SETTING_ROWS (find (GTK_WIDGET (f->page), PH_TYPE_SETTING_ROWS)),
                              &settings);
  ph_unit_page_show (f->page, f->model, &unit);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  ph_unit_page_save (f->page, path);
  check_refused (f, "picture.png");

  g_autoptr (GPtrArray) frames =
      ph_sequence_of_run (f->model, "relu2:3", &settings, 4, NULL, NULL, NULL);
  GtkWidget *film = ph_film_window_new (PH_PAGE (f->page), "relu2:3", &settings, frames, NULL);
  GtkWidget *grid = ph_sweep_window_new (PH_PAGE (f->page), "relu2:3", &settings);

  g_assert_nonnull (ph_film_window_save (PH_FILM_WINDOW (film), film_path));
  check_refused (f, "film.png");
  ph_sweep_window_set_axis (PH_SWEEP_WINDOW (grid), 1, "seed = 1");
  g_assert_nonnull (ph_sweep_window_save (PH_SWEEP_WINDOW (grid), grid_path));
  check_refused (f, "grid.png");
  gtk_window_destroy (GTK_WINDOW (film));
  gtk_window_destroy (GTK_WINDOW (grid));

  /* It goes on: another run, and saved where there is room. */
  g_assert_true (ph_unit_parse (f->model, "relu2:4", &unit, NULL));
  ph_unit_page_show (f->page, f->model, &unit);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  empty_disk (f);
  ph_unit_page_save (f->page, free_path);
  WAIT_FOR (f->toast != NULL);
  g_assert_null (strstr (f->toast, "Cannot"));
  g_assert_true (g_file_test (free_path, G_FILE_TEST_EXISTS));
  g_unlink (free_path);
  ph_settings_clear (ph_ascent_settings, &settings);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/full-disk/save", Fixture, NULL, set_up, test_save, tear_down);
  return g_test_run ();
}
