/* The unit's page with a tiny network: a run from beginning to end, looking back, pausing,
 * switching and leaving, errors on the page, a picture stored and opened again. */

#include <adwaita.h>
#include <glib/gstdio.h>
#include <string.h>

#include "ui/activation-grid.h"
#include "ui/image-view.h"
#include "ui/plot.h"
#include "ui/setting-rows.h"
#include "ui/unit-page.h"
#include "unit-page-network.h"

typedef struct
{
  GtkWidget *window; /* owned until destroyed */
  PhUnitPage *page;
  PhQueue *queue; /* owned */
  PhModel *model; /* owned */
  char *changed;  /* owned: from "unit-changed" */
  char *toast;    /* owned: the last one */
} Fixture;

static void
on_unit_changed (PhUnitPage *page, const char *name, Fixture *f)
{
  g_free (f->changed);
  f->changed = g_strdup (name);
}

static void
on_toast (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  Fixture *f = data;

  g_free (f->toast);
  f->toast = g_variant_dup_string (parameter, NULL);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  const GActionEntry entries[] = { { "toast", on_toast, "s" } };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  f->queue = ph_queue_new ();
  f->model = ph_unit_page_network_new ();
  f->window = gtk_window_new ();
  f->page = PH_UNIT_PAGE (ph_unit_page_new ());
  ph_page_set_queue (PH_PAGE (f->page), f->queue);
  gtk_window_set_default_size (GTK_WINDOW (f->window), 900, 600);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->page));
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, 1, f);
  gtk_widget_insert_action_group (f->window, "win", G_ACTION_GROUP (group));
  g_signal_connect (f->page, "unit-changed", G_CALLBACK (on_unit_changed), f);
  gtk_window_present (GTK_WINDOW (f->window));
  ph_page_enter (PH_PAGE (f->page));
}

/* Everything ends by itself when it must: no test may wait for ever. */
static void
spin (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (500);
}

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

static void
wait_for (guint milliseconds)
{
  gint64 end = g_get_monotonic_time () + 1000 * (gint64)milliseconds;

  while (g_get_monotonic_time () < end)
    spin ();
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  if (f->window != NULL)
    gtk_window_destroy (GTK_WINDOW (f->window));
  WAIT_FOR (ph_queue_is_idle (f->queue));
  wait_for (20);
  g_assert_finalize_object (f->queue);
  g_assert_finalize_object (f->model);
  g_free (f->changed);
  g_free (f->toast);
}

static GtkWidget *
find (GtkWidget *widget, GType type, const char *action)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) &&
      (action == NULL ||
       (GTK_IS_ACTIONABLE (widget) &&
        g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, action);

      if (found != NULL)
        return found;
    }
  return NULL;
}

#define FIND(f, type) find (GTK_WIDGET ((f)->page), type, NULL)

static gboolean
is_enabled (Fixture *f, const char *action)
{
  return gtk_widget_get_sensitive (find (GTK_WIDGET (f->page), GTK_TYPE_BUTTON, action));
}

static void
activate (Fixture *f, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (f->page), action, NULL));
}

/* The page's own stack: menus have stacks too. */
static GtkWidget *
find_stack (GtkWidget *widget)
{
  if (GTK_IS_STACK (widget) && gtk_stack_get_child_by_name (GTK_STACK (widget), "failed") != NULL)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_stack (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static const char *
get_state (Fixture *f)
{
  return gtk_stack_get_visible_child_name (GTK_STACK (find_stack (GTK_WIDGET (f->page))));
}

static GdkTexture *
get_texture (Fixture *f)
{
  return ph_image_view_get_texture (PH_IMAGE_VIEW (FIND (f, PH_TYPE_IMAGE_VIEW)));
}

static guint
get_n_points (Fixture *f)
{
  g_autofree char *text = ph_plot_dup_description (PH_PLOT (FIND (f, PH_TYPE_PLOT)));
  const char *number = strpbrk (text, "0123456789");

  return number != NULL ? (guint)g_ascii_strtoull (number, NULL, 10) : 0;
}

static double
get_step (Fixture *f)
{
  return gtk_range_get_value (GTK_RANGE (FIND (f, GTK_TYPE_SCALE)));
}

static void
set_setting (Fixture *f, const char *name, const char *text)
{
  PhSettingRows *rows = PH_SETTING_ROWS (FIND (f, PH_TYPE_SETTING_ROWS));
  PhAscentSettings settings;

  ph_settings_copy (ph_ascent_settings, &settings, ph_setting_rows_get_values (rows));
  g_assert_true (
      ph_setting_set (ph_settings_find (ph_ascent_settings, name), &settings, text, NULL));
  ph_setting_rows_set_values (rows, &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
show (Fixture *f, const char *name)
{
  PhUnit unit;

  g_assert_true (ph_unit_parse (f->model, name, &unit, NULL));
  ph_unit_page_show (f->page, f->model, &unit);
}

static gboolean
is_running (Fixture *f)
{
  return is_enabled (f, "page.stop");
}

static void
test_empty (Fixture *f, gconstpointer unused)
{
  g_assert_cmpstr (get_state (f), ==, "empty");
  g_assert_null (ph_unit_page_dup_unit_name (f->page));
  g_assert_false (is_enabled (f, "page.restart"));
  g_assert_false (is_enabled (f, "page.pause"));
  g_assert_false (is_enabled (f, "page.save"));
  ph_page_set_model (PH_PAGE (f->page), f->model);
  g_assert_cmpstr (get_state (f), ==, "empty");
}

static void
test_run_finishes (Fixture *f, gconstpointer unused)
{
  set_setting (f, "steps", "40");
  show (f, "relu1:3");
  g_assert_cmpstr (get_state (f), ==, "loading");
  g_assert_true (is_running (f));
  WAIT_FOR (get_texture (f) != NULL);
  g_assert_cmpstr (get_state (f), ==, "ready");
  WAIT_FOR (!is_running (f));
  g_assert_cmpuint (get_n_points (f), ==, 40);
  g_assert_cmpfloat (get_step (f), ==, 40);
  g_assert_false (is_enabled (f, "page.pause"));
  g_assert_cmpstr (ph_page_get_title (PH_PAGE (f->page)), ==, "relu1, channel 3");
  g_assert_nonnull (strstr (ph_page_get_subtitle (PH_PAGE (f->page)), "18 × 26"));
  gtk_test_accessible_assert_property (FIND (f, PH_TYPE_IMAGE_VIEW), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "relu1, channel 3");
}

static void
test_scrub (Fixture *f, gconstpointer unused)
{
  gboolean handled;

  set_setting (f, "steps", "60");
  show (f, "relu1:2");
  WAIT_FOR (get_texture (f) != NULL && !is_running (f));

  GdkTexture *last = get_texture (f);

  activate (f, "page.first-step");
  g_assert_cmpfloat (get_step (f), ==, 0);
  g_assert_true (get_texture (f) != last);
  g_signal_emit_by_name (FIND (f, GTK_TYPE_SCALE), "change-value", GTK_SCROLL_JUMP, 1e4, &handled);
  g_assert_cmpfloat (get_step (f), ==, 60);

  /* However far apart the frames that were kept are, a key reaches the neighbour. */
  g_signal_emit_by_name (FIND (f, GTK_TYPE_SCALE), "change-value", GTK_SCROLL_STEP_LEFT, 59.0,
                         &handled);
  g_assert_cmpfloat (get_step (f), <, 60);
  activate (f, "page.last-step");
  g_assert_cmpfloat (get_step (f), ==, 60);
  g_signal_emit_by_name (FIND (f, PH_TYPE_PLOT), "point-activated", 0.0);
  g_assert_cmpfloat (get_step (f), ==, 0);
  activate (f, "page.compare");
  activate (f, "page.compare");
}

static void
test_pause (Fixture *f, gconstpointer unused)
{
  GtkWidget *button = find (GTK_WIDGET (f->page), GTK_TYPE_BUTTON, "page.pause");

  set_setting (f, "steps", "100000");
  show (f, "relu1:0");
  WAIT_FOR (get_n_points (f) > 3);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Pause");
  activate (f, "page.pause");
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL, "Go on");

  /* The step in hand is finished, which takes its time on a busy machine, then nothing more happens
   * for a second. */
  guint n = get_n_points (f);

  for (guint quiet = 0; quiet < 10 && n < 99999; quiet++)
    {
      wait_for (100);
      if (get_n_points (f) == n)
        continue;
      n = get_n_points (f);
      quiet = 0;
    }
  g_assert_cmpuint (n, <, 99999); /* it did pause, and did not end */
  g_assert_true (is_running (f));
  activate (f, "page.pause");
  WAIT_FOR (get_n_points (f) > n);

  /* A stop keeps the picture, and the run goes on from there. */
  activate (f, "page.stop");
  WAIT_FOR (!is_running (f));
  n = get_n_points (f);
  g_assert_nonnull (get_texture (f));
  g_assert_true (is_enabled (f, "page.pause"));
  activate (f, "page.pause");
  WAIT_FOR (get_n_points (f) > n);
}

static void
test_restart (Fixture *f, gconstpointer unused)
{
  set_setting (f, "steps", "100000");
  show (f, "relu1:0");
  WAIT_FOR (get_n_points (f) > 20);
  set_setting (f, "steps", "8");
  activate (f, "page.restart");
  g_assert_cmpuint (get_n_points (f), ==, 0);
  WAIT_FOR (!is_running (f));
  g_assert_cmpuint (get_n_points (f), ==, 8);
}

/* What the user changes in a row starts a new run by itself. */
static void
test_setting_restarts (Fixture *f, gconstpointer unused)
{
  PhSettingRows *rows = PH_SETTING_ROWS (FIND (f, PH_TYPE_SETTING_ROWS));
  GtkWidget *steps = ph_setting_row_get_control (ph_setting_rows_get_row (rows, "steps"));

  set_setting (f, "steps", "12");
  show (f, "relu1:0");
  WAIT_FOR (!is_running (f));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (steps), 7);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (steps), 9);
  g_assert_cmpuint (get_n_points (f), ==, 12);
  WAIT_FOR (get_n_points (f) == 9 && !is_running (f));
}

static void
test_switch (Fixture *f, gconstpointer unused)
{
  set_setting (f, "steps", "100000");
  show (f, "relu1:0");
  WAIT_FOR (get_n_points (f) > 3);
  set_setting (f, "steps", "16");
  show (f, "relu1:1");
  show (f, "class:2");
  show (f, "relu1:4");
  WAIT_FOR (!is_running (f));

  g_autofree char *name = ph_unit_page_dup_unit_name (f->page);

  g_assert_cmpstr (name, ==, "relu1:4");
  g_assert_cmpuint (get_n_points (f), ==, 16);
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_null (f->changed);
}

static void
test_neighbours (Fixture *f, gconstpointer unused)
{
  set_setting (f, "steps", "4");
  show (f, "class:dog");
  g_assert_false (is_enabled (f, "page.next-unit"));
  activate (f, "page.previous-unit");
  g_assert_cmpstr (f->changed, ==, "class:2");
  show (f, "relu1:0");
  g_assert_false (is_enabled (f, "page.previous-unit"));
  activate (f, "page.next-unit");
  g_assert_cmpstr (f->changed, ==, "relu1:1");
  WAIT_FOR (!is_running (f));
  activate (f, "page.copy-name");
  g_assert_cmpstr (f->toast, ==, "Copied “relu1:1”");
}

static void
test_destroy (Fixture *f, gconstpointer unused)
{
  gpointer page = f->page;

  set_setting (f, "steps", "100000");
  show (f, "relu1:0");
  WAIT_FOR (get_n_points (f) > 3);
  g_object_add_weak_pointer (G_OBJECT (f->page), &page);
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&f->window)));
  WAIT_FOR (page == NULL);
  WAIT_FOR (ph_queue_is_idle (f->queue));
}

static void
test_leave (Fixture *f, gconstpointer unused)
{
  set_setting (f, "steps", "100000");
  show (f, "relu1:0");
  WAIT_FOR (get_n_points (f) > 3);
  ph_page_leave (PH_PAGE (f->page));
  WAIT_FOR (ph_queue_is_idle (f->queue));
  g_assert_nonnull (get_texture (f));

  guint n = get_n_points (f);

  ph_page_enter (PH_PAGE (f->page));
  WAIT_FOR (get_n_points (f) > n);

  /* In and out before the run has noticed. */
  ph_page_leave (PH_PAGE (f->page));
  ph_page_enter (PH_PAGE (f->page));
  n = get_n_points (f);
  WAIT_FOR (get_n_points (f) > n + 3);
}

static void
test_unreachable (Fixture *f, gconstpointer unused)
{
  show (f, "beyond:1");
  WAIT_FOR (g_str_equal (get_state (f), "failed"));

  AdwStatusPage *failed = ADW_STATUS_PAGE (
      gtk_stack_get_child_by_name (GTK_STACK (find_stack (GTK_WIDGET (f->page))), "failed"));

  g_assert_nonnull (strstr (adw_status_page_get_description (failed), "Mystery"));
  g_assert_false (is_running (f));
  g_assert_true (is_enabled (f, "page.restart"));

  /* The next unit is none the worse for it. */
  set_setting (f, "steps", "4");
  show (f, "relu1:0");
  WAIT_FOR (get_texture (f) != NULL && !is_running (f));
  g_assert_cmpstr (get_state (f), ==, "ready");
}

static void
test_recipe (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "picture.png", NULL);
  g_autofree char *missing = g_build_filename (folder, "none.png", NULL);

  g_assert_no_error (error);
  set_setting (f, "steps", "30");
  set_setting (f, "seed", "11");
  show (f, "relu1:3:4,7");
  WAIT_FOR (!is_running (f));

  /* The map tells the activations that belong to the picture; at step 0 nothing was measured. */
  PhActivationGrid *grid = PH_ACTIVATION_GRID (FIND (f, PH_TYPE_ACTIVATION_GRID));

  g_assert_true (ph_activation_grid_has_values (grid));
  activate (f, "page.first-step");
  g_assert_false (ph_activation_grid_has_values (grid));
  activate (f, "page.last-step");
  g_assert_true (ph_activation_grid_has_values (grid));

  ph_unit_page_save (f->page, path);
  WAIT_FOR (f->toast != NULL);
  g_assert_nonnull (strstr (f->toast, "picture.png"));

  g_autoptr (PhRecipe) recipe = ph_recipe_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (recipe->objective, ==, "relu1:3:4,7");
  g_assert_cmpint (recipe->settings.steps, ==, 30);
  g_assert_cmpint (recipe->settings.seed, ==, 11);

  /* Opened again it is shown as it was stored, with its settings; nothing runs. */
  set_setting (f, "seed", "5");
  show (f, "class:1");
  WAIT_FOR (!is_running (f));
  ph_unit_page_show_recipe (f->page, f->model, path);
  g_assert_cmpstr (get_state (f), ==, "loading");
  WAIT_FOR (g_str_equal (get_state (f), "ready"));

  g_autofree char *name = ph_unit_page_dup_unit_name (f->page);
  const PhAscentSettings *settings =
      ph_setting_rows_get_values (PH_SETTING_ROWS (FIND (f, PH_TYPE_SETTING_ROWS)));

  g_assert_cmpstr (name, ==, "relu1:3:4,7");
  g_assert_cmpint (settings->seed, ==, 11);
  g_assert_false (is_running (f));
  g_assert_true (gtk_info_bar_get_revealed (GTK_INFO_BAR (FIND (f, GTK_TYPE_INFO_BAR))));
  activate (f, "page.restart");
  WAIT_FOR (!is_running (f));
  g_assert_cmpuint (get_n_points (f), ==, 30);
  g_assert_false (gtk_info_bar_get_revealed (GTK_INFO_BAR (FIND (f, GTK_TYPE_INFO_BAR))));

  ph_unit_page_show_recipe (f->page, f->model, missing);
  WAIT_FOR (g_str_equal (get_state (f), "failed"));
  g_remove (path);
  g_rmdir (folder);
}

/* A picture keeps its opacity; one that was made from a photograph is made again in the window for
 * those, where the photograph is there. */
static void
test_stored_recipe (Fixture *f, gconstpointer unused)
{
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "picture.png", NULL);
  g_autofree char *photo = g_build_filename (folder, "photo.png", NULL);
  const guint8 pixels[16] = { 255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0, 9, 9, 9, 255 };
  GtkWidget *bar = FIND (f, GTK_TYPE_INFO_BAR);
  GtkLabel *label = GTK_LABEL (find (bar, GTK_TYPE_LABEL, NULL));
  GtkWidget *button = find (bar, GTK_TYPE_BUTTON, "page.restart");
  PhAccentuationSettings settings;

  ph_settings_init (ph_accentuation_settings, &settings);
  settings.strength = 0.25;
  g_assert_true (ph_png_save (photo, pixels, 4, 2, 2, NULL, NULL));

  g_autoptr (PhRecipe) recipe =
      ph_recipe_new_for_photo (PH_RECIPE_ACCENTUATE, f->model, "class:1", photo, &settings);
  g_autofree char *text = ph_recipe_to_text (recipe);

  ph_settings_clear (ph_accentuation_settings, &settings);
  g_assert_true (ph_png_save (path, pixels, 4, 2, 2, text, NULL));
  ph_unit_page_show_recipe (f->page, f->model, path);
  WAIT_FOR (g_str_equal (get_state (f), "ready"));
  g_assert_nonnull (strstr (gtk_label_get_text (label), "photo.png"));
  g_assert_nonnull (strstr (gtk_label_get_text (label), "0.25"));
  g_assert_true (gtk_widget_get_visible (button));
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, "page.in-photo");

  /* Saved again it is what it was, with the recipe that came with it. */
  g_unlink (photo);
  g_clear_pointer (&f->toast, g_free);
  ph_unit_page_save (f->page, path);
  WAIT_FOR (f->toast != NULL);

  g_autoptr (PhImage) again = ph_image_load_with_opacity (path, NULL);
  g_autofree char *found = ph_png_load_recipe (path, NULL);

  g_assert_cmpuint (again->channels, ==, 4);
  g_assert_cmpfloat_with_epsilon (again->data[3 * 4 + 1], 128 / 255.0, 1e-6);
  g_assert_cmpfloat (again->data[3 * 4 + 2], ==, 0);
  g_assert_cmpstr (found, ==, text);

  /* Without the photograph the page says so and offers nothing. */
  ph_unit_page_show_recipe (f->page, f->model, path);
  WAIT_FOR (g_str_equal (get_state (f), "ready"));
  g_assert_nonnull (strstr (gtk_label_get_text (label), "no longer there"));
  g_assert_false (gtk_widget_get_visible (button));
  show (f, "class:1");
  WAIT_FOR (!is_running (f));
  g_assert_cmpstr (gtk_actionable_get_action_name (GTK_ACTIONABLE (button)), ==, "page.restart");
  g_unlink (path);
  g_rmdir (folder);
}

/* Every button that shows only a picture says what it does. */
static void
check_buttons (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_button_get_icon_name (GTK_BUTTON (widget)) != NULL &&
      gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)) != NULL)
    {
      g_assert_nonnull (gtk_widget_get_tooltip_text (widget));
      g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                                       GTK_ACCESSIBLE_PROPERTY_LABEL));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_buttons (child);
}

static void
test_accessible (Fixture *f, gconstpointer unused)
{
  check_buttons (GTK_WIDGET (f->page));
  gtk_test_accessible_assert_property (FIND (f, GTK_TYPE_SCALE), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Step shown");
  gtk_test_accessible_assert_property (FIND (f, PH_TYPE_PLOT), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Curve of the objective");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add ("/unit-page/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("empty", test_empty);
  ADD ("run-finishes", test_run_finishes);
  ADD ("scrub", test_scrub);
  ADD ("pause", test_pause);
  ADD ("restart", test_restart);
  ADD ("setting-restarts", test_setting_restarts);
  ADD ("switch", test_switch);
  ADD ("neighbours", test_neighbours);
  ADD ("destroy", test_destroy);
  ADD ("leave", test_leave);
  ADD ("unreachable", test_unreachable);
  ADD ("recipe", test_recipe);
  ADD ("photo-recipe", test_stored_recipe);
  ADD ("accessible", test_accessible);
  return g_test_run ();
}
