/* The windows that save a film and compare settings, over a page of a small network. */
#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tiny-network.h"
#include "ui/film-window.h"
#include "ui/image-view.h"
#include "ui/photo-window.h"
#include "ui/setting-rows.h"
#include "ui/sweep-window.h"
#include "ui/unit-page.h"

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhUnitPage *page;
  PhQueue *queue; /* owned */
  PhModel *model; /* owned */
  char *folder;   /* owned */
  guint n_adopted;
} Fixture;

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->queue = ph_queue_new ();
  f->model = ph_tiny_network_new (PH_TINY_ANY_SIZE);
  f->folder = g_dir_make_tmp ("phosphene-film-XXXXXX", NULL);
  f->window = gtk_window_new ();
  f->page = PH_UNIT_PAGE (ph_unit_page_new ());
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  ph_page_set_model (PH_PAGE (f->page), f->model);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  gtk_window_present (GTK_WINDOW (f->window));
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
  g_rmdir (f->folder);
  g_free (f->folder);
}

static gpointer
find (GtkWidget *widget, GType type, guint *skip)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && (*skip)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = find (child, type, skip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gpointer
nth (GtkWidget *widget, GType type, guint i)
{
  gpointer found = find (widget, type, &i);

  g_assert_nonnull (found);
  return found;
}

static void
init_settings (PhAscentSettings *settings)
{
  ph_settings_init (ph_ascent_settings, settings);
  settings->steps = 6;
  settings->width = 28;
  settings->height = 20;
}

static GPtrArray *
make_frames (Fixture *f, const PhAscentSettings *settings)
{
  return ph_sequence_of_run (f->model, "relu2:3", settings, 4, NULL, NULL, NULL);
}

/* The page opens the file and makes it again, byte for byte. */
static void
check_opens_again (Fixture *f, const char *path)
{
  g_autofree char *again = g_strconcat (path, ".again", NULL);
  g_autofree char *first = NULL, *second = NULL;
  gsize n_first, n_second;
  PhJob *job;

  ph_unit_page_show_recipe (f->page, f->model, path);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  job = ph_unit_page_make_again (f->page, again);
  g_assert_nonnull (job);
  g_object_ref (job);
  WAIT_FOR (ph_job_is_finished (job));
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);
  g_object_unref (job);
  g_assert_true (g_file_get_contents (path, &first, &n_first, NULL));
  g_assert_true (g_file_get_contents (again, &second, &n_second, NULL));
  g_assert_cmpmem (first, n_first, second, n_second);
  g_unlink (again);
}

/* All three kinds, as they are chosen; what is not valid is told and starts nothing. */
static void
test_film (Fixture *f, gconstpointer unused)
{
  const char *const names[] = { "run.png", "way.gif", "sweep.png" };
  PhAscentSettings settings;

  init_settings (&settings);

  g_autoptr (GPtrArray) frames = make_frames (f, &settings);
  GtkWidget *window =
      ph_film_window_new (PH_PAGE (f->page), "relu2:3", &settings, frames, "relu2:4");
  GtkDropDown *shows = nth (window, GTK_TYPE_DROP_DOWN, 0);
  GtkEditable *unit = nth (window, ADW_TYPE_ENTRY_ROW, 0);
  GtkEditable *sweep = nth (window, ADW_TYPE_ENTRY_ROW, 1);
  GtkSpinButton *pictures = nth (window, GTK_TYPE_SPIN_BUTTON, 0);

  gtk_window_present (GTK_WINDOW (window));
  gtk_spin_button_set_value (pictures, 3);
  gtk_editable_set_text (sweep, "learning-rate = 0.01 | 0.2");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, names[i], NULL);
      g_autoptr (GError) error = NULL;

      gtk_drop_down_set_selected (shows, i);
      if (i == 1)
        gtk_editable_set_text (unit, "relu2:99");
      if (i == 2)
        gtk_editable_set_text (sweep, "learning-rate = 0");
      if (i > 0)
        g_assert_null (ph_film_window_save (PH_FILM_WINDOW (window), path));
      gtk_editable_set_text (unit, "relu2:4");
      gtk_editable_set_text (sweep, "learning-rate = 0.01 | 0.2");

      g_autoptr (PhJob) job = g_object_ref (ph_film_window_save (PH_FILM_WINDOW (window), path));

      WAIT_FOR (ph_job_is_finished (job));
      g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);

      g_autoptr (PhImage) image = ph_image_load (path, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (image->width, ==, 28);
      if (i == 0)
        {
          g_autoptr (PhRecipe) recipe = ph_recipe_load (path, &error);

          g_assert_no_error (error);
          g_assert_cmpstr (recipe->objective, ==, "relu2:3");
          g_assert_cmpint (recipe->settings.steps, ==, settings.steps);
          g_assert_cmpstr (recipe->at, ==, "0 2 4 6");
        }
      check_opens_again (f, path);
      g_unlink (path);
    }
  gtk_window_destroy (GTK_WINDOW (window));
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
on_adopted (PhSweepWindow *window, Fixture *f)
{
  const PhAscentSettings *adopted = ph_sweep_window_get_adopted (window);

  f->n_adopted++;
  g_assert_cmpfloat (adopted->learning_rate, ==, 0.2);
  g_assert_nonnull (strstr (adopted->transforms, "jitter 2%"));
  /* The size of the pictures of the grid is not taken over. */
  g_assert_cmpint (adopted->width, ==, 28);
}

static void
test_sweep (Fixture *f, gconstpointer unused)
{
  PhAscentSettings settings;

  init_settings (&settings);

  GtkWidget *window = ph_sweep_window_new (PH_PAGE (f->page), "relu2:3", &settings);
  PhSweepWindow *sweep = PH_SWEEP_WINDOW (window);

  gtk_window_present (GTK_WINDOW (window));
  g_signal_connect (window, "adopted", G_CALLBACK (on_adopted), f);
  g_assert_cmpuint (ph_sweep_window_get_n_pictures (sweep), ==, 9);
  ph_sweep_window_set_axis (sweep, 0, "learning-rate = 0.01 | 0.2");
  g_assert_cmpuint (ph_sweep_window_get_n_pictures (sweep), ==, 6);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  for (guint i = 0; i < 6; i++)
    g_assert_nonnull (gtk_picture_get_paintable (nth (window, GTK_TYPE_PICTURE, i)));

  /* The same setting twice, and no value, are told; nothing is drawn. */
  ph_sweep_window_set_axis (sweep, 1, "learning-rate = 0.01 | 0.3");
  g_assert_cmpuint (ph_sweep_window_get_n_pictures (sweep), ==, 0);
  ph_sweep_window_set_axis (sweep, 1, "jitter = none | 2%");
  g_assert_cmpuint (ph_sweep_window_get_n_pictures (sweep), ==, 4);
  g_assert_null (ph_sweep_window_get_adopted (sweep));

  /* Saved, it opens again, and the window takes the axes over. */
  g_autofree char *path = g_build_filename (f->folder, "grid.png", NULL);
  g_autoptr (PhJob) job = g_object_ref (ph_sweep_window_save (sweep, path));

  WAIT_FOR (ph_job_is_finished (job));
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);
  check_opens_again (f, path);

  g_autoptr (PhRecipe) recipe = ph_recipe_load (path, NULL);
  GtkWidget *other = ph_sweep_window_new (PH_PAGE (f->page), "relu2:3", &settings);

  ph_sweep_window_take_recipe (PH_SWEEP_WINDOW (other), recipe);
  g_assert_cmpuint (ph_sweep_window_get_n_pictures (PH_SWEEP_WINDOW (other)), ==, 4);
  gtk_window_destroy (GTK_WINDOW (other));
  g_unlink (path);
  ph_sweep_window_adopt (sweep, 3);
  g_assert_cmpuint (f->n_adopted, ==, 1);
  ph_settings_clear (ph_ascent_settings, &settings);
}

static const char *
get_state (GtkWidget *window)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (nth (window, GTK_TYPE_STACK, 0)));
}

/* A window that is given the recipe inside @path makes and saves the same pixels. */
static void
check_made_again (Fixture *f, const PhRecipe *recipe, const char *path)
{
  g_autofree char *again = g_build_filename (f->folder, "again.png", NULL);
  GtkWidget *window = ph_photo_window_new (PH_PAGE (f->page), recipe->objective);
  gsize bytes;

  ph_photo_window_take_recipe (PH_PHOTO_WINDOW (window), recipe);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  ph_photo_window_save (PH_PHOTO_WINDOW (window), again);
  WAIT_FOR (ph_queue_is_idle (f->queue));

  g_autoptr (PhImage) first = ph_image_load (path, NULL);
  g_autoptr (PhImage) second = ph_image_load (again, NULL);

  bytes = sizeof (float) * ph_image_n_values (first);
  g_assert_cmpmem (first->data, bytes, second->data, bytes);
  g_unlink (again);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The slider goes through the strengths, from the photograph on; what cannot be read is told. */
static void
test_photo (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (f->folder, "photo.png", NULL);
  g_autofree char *saved = g_build_filename (f->folder, "saved.png", NULL);
  PhAscentSettings settings;
  g_autoptr (GError) error = NULL;

  init_settings (&settings);

  g_autoptr (GPtrArray) frames = make_frames (f, &settings);

  g_assert_true (ph_png_save_frame (path, frames->pdata[3], NULL, NULL));

  GtkWidget *window = ph_photo_window_new (PH_PAGE (f->page), "class:dog");
  PhPhotoWindow *photo = PH_PHOTO_WINDOW (window);
  PhImageView *view = nth (window, PH_TYPE_IMAGE_VIEW, 0);
  GtkRange *slider = nth (window, GTK_TYPE_SCALE, 0);

  gtk_window_present (GTK_WINDOW (window));
  ph_photo_window_open (photo, path);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_cmpfloat (gtk_range_get_value (slider), ==, 96);

  g_autoptr (GdkTexture) last = g_object_ref (ph_image_view_get_texture (view));

  gtk_range_set_value (slider, 0);
  g_assert_cmpfloat (gtk_range_get_value (slider), ==, 0);
  g_assert_true (ph_image_view_get_texture (view) != last);
  ph_photo_window_save (photo, saved);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_true (g_file_test (saved, G_FILE_TEST_EXISTS));
  g_assert_null (ph_recipe_load (saved, NULL)); /* the photograph itself */

  gtk_range_set_value (slider, 96);
  ph_photo_window_save (photo, saved);
  WAIT_FOR (ph_queue_is_idle (f->queue));

  g_autoptr (PhRecipe) recipe = ph_recipe_load (saved, &error);

  g_assert_no_error (error);
  g_assert_cmpint (recipe->kind, ==, PH_RECIPE_ACCENTUATE);
  g_assert_cmpstr (recipe->photo, ==, path);
  check_made_again (f, recipe, saved);

  ph_photo_window_set_mode (photo, PH_PHOTO_DREAM);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_false (gtk_widget_get_visible (gtk_widget_get_parent (GTK_WIDGET (slider))));
  g_assert_nonnull (ph_image_view_get_texture (view));
  ph_photo_window_save (photo, saved);
  WAIT_FOR (ph_queue_is_idle (f->queue));

  g_autoptr (PhRecipe) dream = ph_recipe_load (saved, &error);

  g_assert_no_error (error);
  g_assert_cmpint (dream->kind, ==, PH_RECIPE_DREAM);
  check_made_again (f, dream, saved);
  g_assert_cmpstr (get_state (window), ==, "ready");
  ph_photo_window_open (photo, "/nonexistent/photo.jpg");
  g_assert_cmpstr (get_state (window), ==, "loading");
  WAIT_FOR (ph_queue_is_idle (f->queue));
  WAIT_FOR (g_str_equal (get_state (window), "failed"));
  g_assert_nonnull (strstr (
      adw_status_page_get_description (ADW_STATUS_PAGE (nth (window, ADW_TYPE_STATUS_PAGE, 1))),
      "/nonexistent/photo.jpg"));
  g_unlink (path);
  g_unlink (saved);
  gtk_window_destroy (GTK_WINDOW (window));
  ph_settings_clear (ph_ascent_settings, &settings);
}

/* Saved under a name, chosen again, deleted. */
static void
test_presets (Fixture *f, gconstpointer unused)
{
  g_autofree char *path = ph_preset_file_dup_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  PhUnit unit;

  g_assert_true (ph_unit_parse (f->model, "relu2:3", &unit, NULL));
  ph_unit_page_show (f->page, f->model, &unit);

  PhSettingRows *rows = nth (GTK_WIDGET (f->page), PH_TYPE_SETTING_ROWS, 0);
  GtkDropDown *drop = nth (GTK_WIDGET (f->page), GTK_TYPE_DROP_DOWN, 0);
  GtkSpinButton *rate = GTK_SPIN_BUTTON (
      ph_setting_row_get_control (ph_setting_rows_get_row (rows, "learning-rate")));
  guint n = g_list_model_get_n_items (gtk_drop_down_get_model (drop));

  gtk_spin_button_set_value (rate, 0.4);
  g_assert_cmpuint (gtk_drop_down_get_selected (drop), ==, n - 1);
  ph_unit_page_save_preset (f->page, "Bold");
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (drop)), ==, n + 1);
  g_assert_cmpuint (gtk_drop_down_get_selected (drop), ==, n - 1);

  gtk_drop_down_set_selected (drop, 0);
  g_assert_cmpfloat (gtk_spin_button_get_value (rate), !=, 0.4);
  gtk_drop_down_set_selected (drop, n - 1);
  g_assert_cmpfloat_with_epsilon (gtk_spin_button_get_value (rate), 0.4, 1e-9);

  g_autoptr (GPtrArray) stored = ph_preset_file_load (path, NULL);

  g_assert_nonnull (ph_presets_find (stored, "Bold"));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), "page.delete-preset", NULL));
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (drop)), ==, n);

  /* A broken file is left alone. */
  g_assert_true (g_file_set_contents (path, "broken", -1, NULL));
  ph_unit_page_save_preset (f->page, "Bold");

  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "broken");
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/film-window/save", test_film);
  ADD ("/sweep-window/adopt", test_sweep);
  ADD ("/photo-window/run", test_photo);
  ADD ("/unit-page/presets", test_presets);
  return g_test_run ();
}
