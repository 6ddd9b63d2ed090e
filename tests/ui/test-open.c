/* The ways by which a file comes into the window other than its name: let go over it, chosen. */
#include "ui/circuit-strip.h"
#include "ui/image-page.h"
#include "ui/unit-page.h"
#include "window-fixture.h"

static GtkEventController *
find_drop_target (Fixture *fixture)
{
  g_autoptr (GListModel) controllers =
      gtk_widget_observe_controllers (GTK_WIDGET (fixture->window));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return controller; /* the window holds it */
    }
  g_assert_not_reached ();
}

/* A file that is let go over the window is opened; one that is nowhere on the disk is not taken. */
static void
test_drop (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = find_network ();
  GtkEventController *target = find_drop_target (fixture);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GFile) elsewhere = g_file_new_for_uri ("https://example.org/network.onnx");
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  GSList files = { elsewhere, NULL };
  gboolean taken = TRUE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);
  g_signal_emit_by_name (target, "drop", &value, 20.0, 20.0, &taken);
  g_assert_false (taken);
  if (file == NULL)
    {
      g_test_skip ("no network to open: assets/textbook.onnx is not there");
      return;
    }
  files.data = file;
  g_value_set_boxed (&value, &files);
  g_signal_emit_by_name (target, "drop", &value, 20.0, 20.0, &taken);
  g_assert_true (taken);
  wait_for (has_state (fixture, "ready"));
}

static GtkWidget *
find_chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER_DIALOG (window) && gtk_widget_get_visible (window))
        return window;
    }
  return NULL;
}

static gboolean
has_file (GtkFileChooser *chooser)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (chooser);

  return file != NULL;
}

static void
test_chooser (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = find_network ();
  g_autoptr (GFile) file = path != NULL ? g_file_new_for_path (path) : NULL;
  GtkFileChooser *chooser;

  if (g_getenv ("PHOSPHENE_SANITISED") != NULL)
    {
      g_test_skip ("GTK's file chooser keeps what it loads, which a leak check takes for ours");
      return;
    }
  if (file == NULL)
    {
      g_test_skip ("no network to open: assets/textbook.onnx is not there");
      return;
    }

  /* Once for nothing, once for a file. */
  for (guint i = 0; i < 2; i++)
    {
      act (fixture, "win.open", NULL);
      wait_for (find_chooser () != NULL);
      chooser = GTK_FILE_CHOOSER (find_chooser ());
      g_assert_true (gtk_file_chooser_set_file (chooser, file, NULL));
      wait_for (has_file (chooser));
      gtk_dialog_response (GTK_DIALOG (chooser),
                           i == 0 ? GTK_RESPONSE_CANCEL : GTK_RESPONSE_ACCEPT);
      if (i == 0)
        g_assert_true (has_state (fixture, "empty"));
    }
  wait_for (has_state (fixture, "ready"));
}

/* A network and a picture at once, as they may stand on the command line. */
static void
test_with_picture (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = find_network ();
  g_autofree char *picture = g_build_filename (fixture->cache, "grey.png", NULL);
  g_autoptr (PhImage) image = ph_image_new (3, 40, 50, NULL);

  if (path == NULL)
    {
      g_test_skip ("no network to open: assets/textbook.onnx is not there");
      return;
    }
  g_assert_true (ph_png_save_image (picture, image, NULL, NULL));
  ph_main_window_open_image (fixture->window, path, picture);
  wait_for (PH_IS_IMAGE_PAGE (ph_main_window_get_page (fixture->window)));
  g_assert_nonnull (ph_main_window_get_model (fixture->window));
  wait_for (g_strcmp0 (ph_page_get_title (ph_main_window_get_page (fixture->window)), "grey.png") ==
            0);
}

/* Whether the page offers to make again what it shows. */
static gboolean
has_remark (Fixture *fixture)
{
  PhPage *page = ph_main_window_get_page (fixture->window);
  GtkInfoBar *bar = GTK_INFO_BAR (find_widget (GTK_WIDGET (page), GTK_TYPE_INFO_BAR));

  return gtk_info_bar_get_revealed (bar);
}

/* What holds several pictures opens with its network, and is told apart from any other picture. */
static void
test_composition (Fixture *fixture, gconstpointer data)
{
  g_autofree char *sheet = g_build_filename (fixture->cache, "sheet.png", NULL);
  g_autofree char *film = g_build_filename (fixture->cache, "film.gif", NULL);
  PhAscentSettings settings;
  PhFilmSettings how;

  if (!open_network (fixture))
    return;
  ph_settings_init (ph_ascent_settings, &settings);
  ph_settings_init (ph_film_settings, &how);
  settings.steps = 1;
  settings.width = settings.height = 24;
  how.format = PH_FILM_GIF;

  PhModel *model = ph_main_window_get_model (fixture->window);
  const PhFilmPlot plot = { .frames = 2, .frame_steps = 1 };
  g_autofree char *unit = g_strdup_printf ("%s:0", ph_model_get_layer (model, 0)->name);
  g_autoptr (PhRecipe) a = ph_recipe_new_for_sheet (&settings, 3, 0);
  g_autoptr (PhRecipe) b = ph_recipe_new_for_film (unit, &settings, &plot, &how);
  PhRecipe *const recipes[] = { a, b };

  for (guint i = 0; i < 2; i++)
    {
      const char *path = i == 0 ? sheet : film;
      g_autoptr (PhComposition) made = ph_composition_make (model, recipes[i], NULL, NULL, NULL);
      PhPage *page;

      g_assert_nonnull (made);
      g_assert_true (ph_composition_save (made, recipes[i], path, NULL));
      ph_main_window_open (fixture->window, path);
      wait_for (PH_IS_UNIT_PAGE (ph_main_window_get_page (fixture->window)));
      page = ph_main_window_get_page (fixture->window);
      wait_for (has_remark (fixture));
      if (i == 0)
        g_assert_cmpstr (ph_page_get_title (page), ==, "Contact sheet");
      /* What feeds the unit of the film is shown under it; a sheet is of many. */
      g_assert_true (gtk_widget_get_visible (
                         find_widget (GTK_WIDGET (page), PH_TYPE_CIRCUIT_STRIP)) == (i == 1));
      act (fixture, "win.back", NULL);
      wait_for (!PH_IS_UNIT_PAGE (ph_main_window_get_page (fixture->window)));
    }
  ph_settings_clear (ph_ascent_settings, &settings);
  ph_settings_clear (ph_film_settings, &how);
}

#define ADD(path, function) g_test_add ("/open/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  ADD ("drop", test_drop);
  ADD ("chooser", test_chooser);
  ADD ("with-picture", test_with_picture);
  ADD ("composition", test_composition);
  return g_test_run ();
}
