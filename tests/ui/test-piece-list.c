/* Lists that are edited one piece a row. */

#include <adwaita.h>
#include <string.h>

#include "ui/piece-list.h"

static const PhSettingItem items[] = {
  { "auto", NULL, "Whatever suits", NULL, TRUE },
  { "jitter", "N", "Moves it", "jitter 5%" },
  { "mirror", NULL, "Turns it over" },
  { NULL },
};

typedef struct
{
  PhPieceList *list;
  guint n_changes;
} Fixture;

static gboolean
check (const char *piece, gpointer data, GError **error)
{
  if (strstr (piece, "wrong") == NULL)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "“wrong” is no change");
  return FALSE;
}

static void
on_changed (PhPieceList *list, Fixture *f)
{
  f->n_changes++;
}

static void
set_up (Fixture *f, gboolean weighted)
{
  f->n_changes = 0;
  f->list =
      g_object_ref_sink (PH_PIECE_LIST (ph_piece_list_new (items, weighted, "Add", check, NULL)));
  g_signal_connect (f->list, "changed", G_CALLBACK (on_changed), f);
}

static void
tear_down (Fixture *f)
{
  g_object_unref (f->list);
}

/* The entries of a row: the weight, if there is one, then the piece. */
static GtkWidget *
get_entry (Fixture *f, guint row, guint which)
{
  GtkWidget *box = gtk_widget_get_first_child (GTK_WIDGET (f->list));
  GtkWidget *child = gtk_widget_get_first_child (box);

  for (guint i = 0; i < row; i++)
    child = gtk_widget_get_next_sibling (child);
  child = gtk_widget_get_first_child (gtk_widget_get_first_child (child));
  for (;; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_ENTRY (child) && which-- == 0)
      return child;
}

static void
add (Fixture *f, int item)
{
  GtkWidget *button = gtk_widget_get_last_child (GTK_WIDGET (f->list));
  GtkPopover *popover = gtk_menu_button_get_popover (GTK_MENU_BUTTON (button));
  GtkWidget *scrolled = gtk_popover_get_child (popover);
  GtkWidget *viewport = gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scrolled));
  GtkListBox *choices = GTK_LIST_BOX (gtk_viewport_get_child (GTK_VIEWPORT (viewport)));

  g_signal_emit_by_name (choices, "row-activated", gtk_list_box_get_row_at_index (choices, item));
}

static void
remove_row (Fixture *f, guint row)
{
  GtkWidget *button = gtk_widget_get_last_child (gtk_widget_get_parent (get_entry (f, row, 0)));

  g_signal_emit_by_name (button, "clicked");
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_edit (void)
{
  Fixture f;
  double weight;

  set_up (&f, TRUE);
  ph_piece_list_append (f.list, 0.5, "jitter 3");
  ph_piece_list_append (f.list, -2, "mirror");
  g_assert_cmpuint (f.n_changes, ==, 0);
  gtk_editable_set_text (GTK_EDITABLE (get_entry (&f, 0, 0)), "0,25");
  g_assert_cmpstr (ph_piece_list_get (f.list, 0, &weight), ==, "jitter 3");
  g_assert_cmpfloat (weight, ==, 0.25);
  g_assert_cmpstr (ph_piece_list_get (f.list, 1, &weight), ==, "mirror");
  g_assert_cmpfloat (weight, ==, -2);
  g_assert_cmpuint (f.n_changes, >, 0);

  /* What is wrong is said, and not told on. */
  f.n_changes = 0;
  gtk_editable_insert_text (GTK_EDITABLE (get_entry (&f, 1, 1)), " wrong", -1, &(int){ 6 });
  g_assert_cmpstr (ph_piece_list_get_message (f.list, 1), ==, "“wrong” is no change");
  g_assert_null (ph_piece_list_get_message (f.list, 0));
  gtk_editable_insert_text (GTK_EDITABLE (get_entry (&f, 0, 0)), "x", -1, &(int){ 4 });
  g_assert_nonnull (strstr (ph_piece_list_get_message (f.list, 0), "not a number"));
  g_assert_cmpuint (f.n_changes, ==, 0);
  tear_down (&f);
}

static void
test_add_and_remove (void)
{
  Fixture f;

  set_up (&f, FALSE);
  ph_piece_list_append (f.list, 1, "auto");
  add (&f, 1);
  g_assert_cmpuint (ph_piece_list_get_n (f.list), ==, 1);
  g_assert_cmpstr (ph_piece_list_get (f.list, 0, NULL), ==, "jitter 5%");
  add (&f, 2);
  g_assert_cmpuint (ph_piece_list_get_n (f.list), ==, 2);
  g_assert_cmpstr (ph_piece_list_get (f.list, 1, NULL), ==, "mirror");
  g_assert_cmpuint (f.n_changes, ==, 2);
  remove_row (&f, 0);
  g_assert_cmpuint (ph_piece_list_get_n (f.list), ==, 1);
  g_assert_cmpstr (ph_piece_list_get (f.list, 0, NULL), ==, "mirror");
  g_assert_cmpuint (f.n_changes, ==, 3);

  /* The last one stays; what stands alone takes the place of all. */
  remove_row (&f, 0);
  g_assert_cmpuint (ph_piece_list_get_n (f.list), ==, 1);
  add (&f, 0);
  g_assert_cmpuint (ph_piece_list_get_n (f.list), ==, 1);
  g_assert_cmpstr (ph_piece_list_get (f.list, 0, NULL), ==, "auto");
  tear_down (&f);
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/piece-list/edit", test_edit);
  g_test_add_func ("/piece-list/add-and-remove", test_add_and_remove);
  return g_test_run ();
}
