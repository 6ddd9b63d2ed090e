#include "app/shortcuts.h"
#include "ui/explore-page.h"
#include "ui/image-view.h"
#include "ui/layer-list.h"
#include "ui/unit-grid.h"
#include "ui/unit-page.h"
#include "window-fixture.h"

/* The field above the layers; lists that drop down have fields of their own. */
static gpointer
find_search (Fixture *fixture)
{
  return find_widget (FIND (fixture, PH_TYPE_LAYER_LIST), GTK_TYPE_SEARCH_ENTRY);
}

static guint
count_units (Fixture *fixture)
{
  GListModel *units = ph_unit_grid_get_units (FIND (fixture, PH_TYPE_UNIT_GRID));

  return units != NULL ? g_list_model_get_n_items (units) : 0;
}

/* A layer other than the one shown, that can be shown. */
static const PhLayer *
other_layer (Fixture *fixture)
{
  PhModel *model = ph_main_window_get_model (fixture->window);
  int shown = ph_explore_page_get_layer (FIND (fixture, PH_TYPE_EXPLORE_PAGE));

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    if ((int)i != shown && ph_model_get_layer (model, i)->obstacle == NULL)
      return ph_model_get_layer (model, i);
  g_assert_not_reached ();
}

/* Tests */

static void
test_open (Fixture *fixture, gconstpointer data)
{
  g_assert_true (has_state (fixture, "empty"));
  g_assert_cmpuint (count_units (fixture), ==, 0);
  if (!open_network (fixture))
    return;
  PhModel *model = ph_main_window_get_model (fixture->window);
  g_assert_nonnull (model);

  GListModel *rows = ph_layer_list_get_rows (FIND (fixture, PH_TYPE_LAYER_LIST));
  g_assert_cmpuint (g_list_model_get_n_items (rows), >, 0);
  g_assert_cmpuint (count_units (fixture), >, 0);

  /* It is remembered, with its digest. */
  g_autoptr (GVariant) recent = g_settings_get_value (fixture->settings, "recent-networks");
  const char *path, *digest;
  g_variant_get_child (recent, 0, "(&s&s)", &path, &digest);
  g_assert_cmpstr (path, ==, ph_model_get_path (model));
  g_assert_cmpstr (digest, ==, ph_model_get_digest (model));
}

static void
test_layer (Fixture *fixture, gconstpointer data)
{
  if (!open_network (fixture))
    return;
  const PhLayer *layer = other_layer (fixture);

  act (fixture, "win.show-layer", layer->name);
  g_assert_cmpuint (count_units (fixture), ==, layer->n_channels);

  GListModel *units = ph_unit_grid_get_units (FIND (fixture, PH_TYPE_UNIT_GRID));
  g_autoptr (PhUnitItem) item = g_list_model_get_item (units, layer->n_channels - 1);
  g_autofree char *wanted = g_strdup_printf ("unit %u of %s", layer->n_channels - 1, layer->name);
  g_assert_true (g_str_has_prefix (ph_unit_item_get_description (item), wanted));
  g_assert_null (g_list_model_get_item (units, layer->n_channels));

  PhModel *model = ph_main_window_get_model (fixture->window);
  if (ph_model_get_n_classes (model) > 0)
    {
      act (fixture, "win.show-layer", "class:");
      g_assert_cmpuint (count_units (fixture), ==, ph_model_get_n_classes (model));
    }
}

/* Cells in view ask for their pictures and get them; those out of view do not. */
static void
test_thumbnails_of_cells (Fixture *fixture, gconstpointer data)
{
  PhUnitGrid *grid = FIND (fixture, PH_TYPE_UNIT_GRID);

  if (!open_network (fixture))
    return;
  wait_for (ph_unit_grid_count_wanted (grid) > 0);

  g_autoptr (PhUnitItem) first = g_list_model_get_item (ph_unit_grid_get_units (grid), 0);
  g_autoptr (PhThumbnail) thumbnail = ph_thumbnails_get (
      fixture->thumbnails, ph_unit_item_get_model (first), ph_unit_item_get_unit (first));
  wait_for (ph_thumbnail_get_state (thumbnail) != PH_THUMBNAIL_WAITING);
  g_assert_cmpint (ph_thumbnail_get_state (thumbnail), ==, PH_THUMBNAIL_READY);
  g_assert_cmpint (gdk_texture_get_width (ph_thumbnail_get_texture (thumbnail)), ==,
                   ph_thumbnails_get_size (fixture->thumbnails));

  act (fixture, "win.show-unit", "class:0");
  g_assert_true (PH_IS_UNIT_PAGE (ph_main_window_get_page (fixture->window)));
  g_assert_cmpuint (ph_unit_grid_count_wanted (grid), ==, 0);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  PhLayerList *list = FIND (fixture, PH_TYPE_LAYER_LIST);
  GtkEditable *entry = find_search (fixture);
  GListModel *rows = ph_layer_list_get_rows (list);

  if (!open_network (fixture))
    return;
  const PhLayer *layer = other_layer (fixture);
  PhModel *model = ph_main_window_get_model (fixture->window);
  guint n_all = g_list_model_get_n_items (rows);

  gtk_editable_set_text (entry, layer->name);
  run_for (300); /* the entry waits for the end of the word */
  guint n_found = g_list_model_get_n_items (rows);
  g_assert_cmpuint (n_found, >=, 1);
  for (guint i = 0; i < n_found; i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      g_autoptr (PhLayerItem) item = gtk_tree_list_row_get_item (row);
      g_autofree char *needle = g_utf8_casefold (layer->name, -1);
      g_assert_true (ph_layer_item_matches (item, needle));
    }

  const char *label = ph_model_get_label (model, 0);
  if (label != NULL)
    {
      g_autofree char *upper = g_utf8_strup (label, -1);
      gtk_editable_set_text (entry, upper);
      run_for (300);
      g_autoptr (GtkTreeListRow) row =
          g_list_model_get_item (rows, g_list_model_get_n_items (rows) - 1);
      g_autoptr (PhLayerItem) item = gtk_tree_list_row_get_item (row);
      g_assert_cmpint (ph_layer_item_get_kind (item), ==, PH_LAYER_ITEM_CLASS);
    }

  gtk_editable_set_text (entry, "no layer is called so");
  run_for (300);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, 0);
  gtk_editable_set_text (entry, "");
  run_for (300);
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, n_all);
}

static void
test_back_and_forward (Fixture *fixture, gconstpointer data)
{
  PhExplorePage *explore = FIND (fixture, PH_TYPE_EXPLORE_PAGE);

  if (!open_network (fixture))
    return;
  PhModel *model = ph_main_window_get_model (fixture->window);
  const PhLayer *layer = other_layer (fixture);
  g_autofree char *unit = g_strdup_printf ("%s:0", layer->name);
  int first = ph_explore_page_get_layer (explore);

  run_for (1300); /* so that the first layer counts as visited */
  act (fixture, "win.show-layer", layer->name);
  int second = ph_explore_page_get_layer (explore);
  act (fixture, "win.show-unit", unit);
  g_assert_true (PH_IS_UNIT_PAGE (ph_main_window_get_page (fixture->window)));

  act (fixture, "win.back", NULL);
  g_assert_true (ph_main_window_get_page (fixture->window) == PH_PAGE (explore));
  g_assert_cmpint (ph_explore_page_get_layer (explore), ==, second);
  act (fixture, "win.back", NULL);
  g_assert_cmpint (ph_explore_page_get_layer (explore), ==, first);
  act (fixture, "win.forward", NULL);
  g_assert_cmpint (ph_explore_page_get_layer (explore), ==, second);
  act (fixture, "win.forward", NULL);
  g_assert_true (PH_IS_UNIT_PAGE (ph_main_window_get_page (fixture->window)));
  g_assert_true (ph_main_window_get_model (fixture->window) == model);
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->cache, "broken.onnx", NULL);
  PhExplorePage *explore = FIND (fixture, PH_TYPE_EXPLORE_PAGE);

  g_assert_true (g_file_set_contents (path, "this is no network", -1, NULL));
  ph_main_window_open (fixture->window, path);
  wait_for (!has_state (fixture, "loading"));
  g_assert_true (has_state (fixture, "failed"));
  g_assert_null (ph_main_window_get_model (fixture->window));
  AdwStatusPage *status =
      ADW_STATUS_PAGE (gtk_widget_get_ancestor (find_search (fixture), ADW_TYPE_STATUS_PAGE));
  g_assert_null (status); /* the search belongs to the state that is not shown */

  /* With a network open, the way back leads to it. */
  if (!open_network (fixture))
    return;
  int layer = ph_explore_page_get_layer (explore);
  ph_main_window_open (fixture->window, path);
  wait_for (has_state (fixture, "failed"));
  act (fixture, "win.back", NULL);
  g_assert_true (has_state (fixture, "ready"));
  g_assert_cmpint (ph_explore_page_get_layer (explore), ==, layer);

  g_autofree char *missing = g_build_filename (fixture->cache, "missing.png", NULL);
  ph_main_window_open (fixture->window, missing);
  wait_for (has_state (fixture, "failed"));
}

/* Every button without words has some for those who cannot see it. */
static void
check_buttons (GtkWidget *widget, guint *n)
{
  const char *icon = NULL, *label = NULL;

  if (GTK_IS_BUTTON (widget))
    {
      icon = gtk_button_get_icon_name (GTK_BUTTON (widget));
      label = gtk_button_get_label (GTK_BUTTON (widget));
    }
  else if (GTK_IS_MENU_BUTTON (widget))
    {
      icon = gtk_menu_button_get_icon_name (GTK_MENU_BUTTON (widget));
      label = gtk_menu_button_get_label (GTK_MENU_BUTTON (widget));
    }
  /* Only buttons that we made: those inside widgets of GTK are its business. */
  if (icon != NULL && label == NULL &&
      gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)) != NULL)
    {
      if (!gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                             GTK_ACCESSIBLE_PROPERTY_LABEL))
        g_test_message ("%s has no label", gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)));
      g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                                       GTK_ACCESSIBLE_PROPERTY_LABEL));
      g_assert_nonnull (gtk_widget_get_tooltip_text (widget));
      (*n)++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_buttons (child, n);
}

static void
test_labels (Fixture *fixture, gconstpointer data)
{
  guint n = 0;

  check_buttons (GTK_WIDGET (fixture->window), &n);
  g_assert_cmpuint (n, >=, 5);
  g_assert_true (
      gtk_test_accessible_has_property (find_search (fixture), GTK_ACCESSIBLE_PROPERTY_LABEL));
  g_assert_true (gtk_test_accessible_has_property (FIND (fixture, GTK_TYPE_GRID_VIEW),
                                                   GTK_ACCESSIBLE_PROPERTY_LABEL));
  if (!open_network (fixture))
    return;
  run_for (200);
  GtkWidget *cell = gtk_widget_get_first_child (FIND (fixture, GTK_TYPE_GRID_VIEW));
  g_assert_nonnull (cell);
  g_assert_true (
      gtk_test_accessible_has_property (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_PROPERTY_LABEL));
}

/* How soon after the click the first picture is there; the log tells the time. */
static void
test_first_frame (Fixture *fixture, gconstpointer data)
{
  g_autofree char *large =
      g_build_filename (g_getenv ("PHOSPHENE_SHARED"), "models", "squeezenet1_0.onnx", NULL);

  if (g_file_test (large, G_FILE_TEST_EXISTS))
    {
      ph_main_window_open (fixture->window, large);
      wait_for (!has_state (fixture, "loading"));
    }
  else if (!open_network (fixture))
    return;
  const PhLayer *layer = other_layer (fixture);
  g_autofree char *unit = g_strdup_printf ("%s:1", layer->name);

  run_for (1000); /* thumbnails are being made meanwhile */
  gint64 clicked = g_get_monotonic_time ();
  act (fixture, "win.show-unit", unit);
  PhImageView *view = PH_IMAGE_VIEW (
      find_widget (GTK_WIDGET (ph_main_window_get_page (fixture->window)), PH_TYPE_IMAGE_VIEW));
  wait_for (ph_image_view_get_texture (view) != NULL);
  gint64 shown = g_get_monotonic_time ();
  g_test_message ("first picture of %s after %.0f ms", unit, (shown - clicked) / 1000.0);
  g_assert_cmpint (shown - clicked, <, 10 * G_USEC_PER_SEC);

  gint64 left = g_get_monotonic_time ();
  act (fixture, "win.back", NULL);
  g_assert_cmpint (g_get_monotonic_time () - left, <, 3 * G_USEC_PER_SEC);
  g_test_message ("back after %.0f ms", (g_get_monotonic_time () - left) / 1000.0);
}

static void
test_close_during_run (Fixture *fixture, gconstpointer data)
{
  if (!open_network (fixture))
    return;
  const PhLayer *layer = other_layer (fixture);
  g_autofree char *unit = g_strdup_printf ("%s:0", layer->name);
  gpointer watched = fixture->window;

  act (fixture, "win.show-unit", unit);
  wait_for (!ph_queue_is_idle (fixture->queue));
  run_for (200);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), &watched);
  gint64 closed = g_get_monotonic_time ();
  gtk_window_close (GTK_WINDOW (fixture->window));
  fixture->window = NULL;
  wait_for (ph_queue_is_idle (fixture->queue));
  g_assert_cmpint (g_get_monotonic_time () - closed, <, 5 * G_USEC_PER_SEC);
  run_for (50);
  g_assert_null (watched);
}

static void
test_close_while_loading (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = find_network ();

  if (path == NULL)
    {
      g_test_skip ("no network to open");
      return;
    }
  ph_main_window_open (fixture->window, path);
  gtk_window_close (GTK_WINDOW (fixture->window));
  fixture->window = NULL;
  wait_for (ph_queue_is_idle (fixture->queue));
}

static void
test_shortcuts (void)
{
  const PhShortcut twice[] = { { "A", "first", "win.a", "<Primary>o F2" },
                               { "A", "second", "win.b", "<Control>o" },
                               { NULL } };
  const PhShortcut no_key[] = { { "A", "first", "win.a", "<Primary>nokey" }, { NULL } };
  g_autofree char *problem = NULL;

  g_assert_true (ph_shortcuts_check (ph_shortcuts, &problem));
  g_assert_null (problem);
  g_assert_false (ph_shortcuts_check (twice, &problem));
  g_assert_nonnull (strstr (problem, "first"));
  g_assert_nonnull (strstr (problem, "second"));
  g_clear_pointer (&problem, g_free);
  g_assert_false (ph_shortcuts_check (no_key, &problem));
  g_assert_nonnull (strstr (problem, "nokey"));
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

#define ADD(path, function) g_test_add ("/window/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("open", test_open);
  ADD ("layer", test_layer);
  ADD ("search", test_search);
  ADD ("thumbnails", test_thumbnails_of_cells);
  ADD ("back-and-forward", test_back_and_forward);
  ADD ("broken", test_broken);
  ADD ("labels", test_labels);
  ADD ("first-frame", test_first_frame);
  ADD ("close-during-run", test_close_during_run);
  ADD ("close-while-loading", test_close_while_loading);
  g_test_add_func ("/shortcuts", test_shortcuts);
  return g_test_run ();
}
