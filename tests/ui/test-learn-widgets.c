/* The parts of the learning page by themselves: table of answers, films of units, table of advice.
 */

#include <adwaita.h>

#include "ui/advice-table.h"
#include "ui/confusion-matrix.h"
#include "ui/unit-film.h"

static void
spin (guint n)
{
  for (guint i = 0; i < n; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
}

static GtkWidget *
present (GtkWidget *widget)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), widget);
  gtk_window_set_default_size (GTK_WINDOW (window), 500, 500);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < 2000 && gtk_widget_get_width (widget) == 0; i++)
    spin (1);
  g_assert_cmpint (gtk_widget_get_width (widget), >, 0);
  return window;
}

static const char *const names[] = { "rose", "tulip", "daisy", NULL };
static const guint counts[] = { 8, 2, 0, 1, 9, 0, 0, 4, 6 };

typedef struct
{
  int row, column;
  guint n;
} Picked;

static void
on_picked (PhConfusionMatrix *matrix, int row, int column, gpointer data)
{
  *(Picked *)data = (Picked){ row, column, ((Picked *)data)->n + 1 };
}

static gboolean
press (GtkWidget *widget, guint key)
{
  GListModel *controllers = gtk_widget_observe_controllers (widget);
  gboolean handled = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", key, 0, 0, &handled);
    }
  g_object_unref (controllers);
  return handled;
}

static void
test_matrix (void)
{
  GtkWidget *widget = ph_confusion_matrix_new ();
  PhConfusionMatrix *matrix = PH_CONFUSION_MATRIX (widget);
  Picked picked = { 0 };
  int row = -1, column = -1;
  double width, height;

  g_signal_connect (matrix, "picked", G_CALLBACK (on_picked), &picked);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL, "Confusion matrix");
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "Nothing was measured yet");
  ph_confusion_matrix_show (matrix, 3, names, counts);

  GtkWidget *window = present (widget);
  g_autofree char *wrong = ph_confusion_matrix_dup_cell_text (matrix, 2, 1);
  g_autofree char *right = ph_confusion_matrix_dup_cell_text (matrix, 0, 0);

  g_assert_cmpstr (wrong, ==, "daisy taken for tulip: 4 of 10");
  g_assert_cmpstr (right, ==, "rose recognised: 8 of 10");
  gtk_test_accessible_assert_property (
      widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
      "3 classes, 23 of 30 images recognised; most often daisy taken for tulip: 4 of 10");

  /* Each cell is found, in order, and nothing beside them. */
  width = gtk_widget_get_width (widget);
  height = gtk_widget_get_height (widget);
  g_assert_false (ph_confusion_matrix_lookup (matrix, 0, 0, &row, &column));
  g_assert_false (ph_confusion_matrix_lookup (matrix, width + 50, height / 2, &row, &column));
  for (double x = 0, last = 0; x < width; x++)
    if (ph_confusion_matrix_lookup (matrix, x, height - 30, &row, &column))
      {
        g_assert_cmpint (row, ==, 2);
        g_assert_cmpint (column, >=, (int)last);
        last = column;
      }
  g_assert_cmpint (column, ==, 2);

  /* By keys: the cursor, then a pick, then the same again takes it back. */
  press (widget, GDK_KEY_Down);
  press (widget, GDK_KEY_Down);
  press (widget, GDK_KEY_Right);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                       "daisy taken for tulip: 4 of 10");
  g_assert_true (press (widget, GDK_KEY_Return));
  g_assert_cmpint (picked.row, ==, 2);
  g_assert_cmpint (picked.column, ==, 1);
  press (widget, GDK_KEY_Return);
  g_assert_cmpint (picked.row, ==, -1);
  g_assert_cmpuint (picked.n, ==, 2);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (2);
}

/* A thousand classes still fit, and are found. */
static void
test_large_matrix (void)
{
  const guint n = 1000;
  GtkWidget *widget = ph_confusion_matrix_new ();
  g_autoptr (GPtrArray) many = g_ptr_array_new_with_free_func (g_free);
  g_autofree guint *zeros = g_new0 (guint, n * n);
  int row, column;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (many, g_strdup_printf ("class %u", i));
  g_ptr_array_add (many, NULL);
  ph_confusion_matrix_show (PH_CONFUSION_MATRIX (widget), n, (const char *const *)many->pdata,
                            zeros);

  GtkWidget *window = present (widget);

  g_assert_true (ph_confusion_matrix_lookup (PH_CONFUSION_MATRIX (widget), 30, 60, &row, &column));
  g_assert_cmpint (row, >, column);
  ph_confusion_matrix_show (PH_CONFUSION_MATRIX (widget), 0, NULL, NULL);
  g_assert_false (ph_confusion_matrix_lookup (PH_CONFUSION_MATRIX (widget), 30, 60, &row, &column));
  gtk_window_destroy (GTK_WINDOW (window));
  spin (2);
}

static void
on_scrubbed (PhUnitFilm *film, guint epoch, gpointer data)
{
  *(int *)data = (int)epoch;
}

static void
add (PhUnitFilm *film, guint epoch)
{
  g_autoptr (GBytes) pixels = g_bytes_new_take (g_malloc0 (3 * 4 * 4), 3 * 4 * 4);
  g_autoptr (PhFrame) frame = ph_frame_new (pixels, 4, 4, epoch, 0);

  ph_unit_film_add (film, epoch, frame);
}

static void
test_film (void)
{
  GtkWidget *widget = ph_unit_film_new ("rose");
  PhUnitFilm *film = PH_UNIT_FILM (widget);
  int scrubbed = -1;

  g_signal_connect (film, "scrubbed", G_CALLBACK (on_scrubbed), &scrubbed);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Pictures of rose while it learns");
  g_assert_cmpint (ph_unit_film_get_epoch (film), ==, -1);
  for (guint epoch = 0; epoch <= 20; epoch += 2)
    add (film, epoch);
  g_assert_cmpint (ph_unit_film_get_epoch (film), ==, 20);
  ph_unit_film_show_epoch (film, 5); /* there is none of the fifth */
  g_assert_cmpint (ph_unit_film_get_epoch (film), ==, 4);
  add (film, 22); /* who looks at an early one is left there */
  g_assert_cmpint (ph_unit_film_get_epoch (film), ==, 4);
  add (film, 4); /* takes the place of the old one */
  g_assert_cmpuint (ph_unit_film_get_n_pictures (film), ==, 12);

  GtkWidget *window = present (widget);

  press (widget, GDK_KEY_Right);
  g_assert_cmpint (scrubbed, ==, 6);
  press (widget, GDK_KEY_Home);
  g_assert_cmpint (scrubbed, ==, 0);
  gtk_test_accessible_assert_property (widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "12 pictures, shown: before training");
  press (widget, GDK_KEY_End);
  g_assert_cmpint (scrubbed, ==, 22);
  add (film, 24); /* at the end it follows */
  g_assert_cmpint (ph_unit_film_get_epoch (film), ==, 24);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (2);
}

static void
on_chosen (PhAdviceTable *table, guint row, gpointer data)
{
  *(int *)data = (int)row;
}

static GtkWidget *
find_button (GtkWidget *root, guint *skip)
{
  if (GTK_IS_TOGGLE_BUTTON (root) && (*skip)-- == 0)
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, skip);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_table (void)
{
  GtkWidget *widget = ph_advice_table_new (), *first, *second;
  PhAdviceTable *table = PH_ADVICE_TABLE (widget);
  int chosen = -1;

  g_signal_connect (table, "chosen", G_CALLBACK (on_chosen), &chosen);
  first = find_button (widget, &(guint){ 0 });
  second = find_button (widget, &(guint){ 1 });
  ph_advice_table_set_current (table, PH_ADVICE_HEAD);
  g_assert_cmpint (chosen, ==, -1); /* the user did nothing */
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (first)));
  gtk_test_accessible_assert_property (second, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Few and different images: a head on an earlier layer");
  ph_advice_table_set_advised (table, PH_ADVICE_EARLIER);
  gtk_test_accessible_assert_property (
      second, GTK_ACCESSIBLE_PROPERTY_LABEL,
      "Few and different images: a head on an earlier layer (advised)");

  g_signal_emit_by_name (second, "clicked");
  g_assert_cmpint (chosen, ==, PH_ADVICE_EARLIER);
  g_assert_false (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (first)));
  g_signal_emit_by_name (second, "clicked"); /* it stays pressed */
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (second)));
  g_object_ref_sink (widget);
  g_object_unref (widget);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/learn-widgets/matrix", test_matrix);
  g_test_add_func ("/learn-widgets/large-matrix", test_large_matrix);
  g_test_add_func ("/learn-widgets/film", test_film);
  g_test_add_func ("/learn-widgets/advice-table", test_table);
  return g_test_run ();
}
