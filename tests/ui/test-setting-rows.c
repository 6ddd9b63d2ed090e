/* Rows from a table of settings: each kind of control, validation, reset, names for screen readers.
 */

#include <adwaita.h>
#include <string.h>

#include "ui/setting-rows.h"

typedef struct
{
  int count;
  double rate;
  gboolean sure;
  int kind;
  char *list;
} Values;

static gboolean
check_list (const char *text, GError **error)
{
  if (strstr (text, "wrong") == NULL)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "column 1: “wrong” is no transform");
  return FALSE;
}

static const char *const kinds[] = { "fourier", "pixel", NULL };

static const PhSetting table[] = {
  { "count", "Count", "How many", PH_SETTING_INT, G_STRUCT_OFFSET (Values, count), 1, 512, 64, NULL,
    "steps" },
  { "rate", "Rate", "How fast", PH_SETTING_REAL, G_STRUCT_OFFSET (Values, rate), 1e-4, 10, 0.05 },
  { "sure", "Sure", "Whether", PH_SETTING_BOOL, G_STRUCT_OFFSET (Values, sure), 0, 1, 1 },
  { "kind", "Kind", "Which", PH_SETTING_CHOICE, G_STRUCT_OFFSET (Values, kind), 0, 0, 0, NULL, NULL,
    kinds },
  { "list", "List", "What <all> & sundry", PH_SETTING_TEXT, G_STRUCT_OFFSET (Values, list), 0, 0, 0,
    "jitter 8", NULL, NULL, check_list },
  { NULL },
};

typedef struct
{
  GtkWidget *window; /* owned */
  PhSettingRows *rows;
  const Values *values;
  guint n_changes;
  char *last; /* owned: name of the setting that changed last */
} Fixture;

static void
on_changed (PhSettingRows *rows, const char *name, Fixture *f)
{
  f->n_changes++;
  g_free (f->last);
  f->last = g_strdup (name);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  f->window = gtk_window_new ();
  f->rows = PH_SETTING_ROWS (ph_setting_rows_new (table, sizeof (Values)));
  ph_setting_rows_add_group (f->rows, "First",
                             (const char *const[]){ "count", "sure", "unheard-of", NULL });
  ph_setting_rows_add_group (f->rows, "Rest", NULL);
  gtk_window_set_child (GTK_WINDOW (f->window), GTK_WIDGET (f->rows));
  f->values = ph_setting_rows_get_values (f->rows);
  g_signal_connect (f->rows, "changed", G_CALLBACK (on_changed), f);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  gtk_window_destroy (GTK_WINDOW (f->window));
  g_free (f->last);
}

static GtkWidget *
get_control (Fixture *f, const char *name)
{
  return ph_setting_row_get_control (ph_setting_rows_get_row (f->rows, name));
}

static void
type (GtkWidget *spin, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (spin), text);
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));
}

static void
test_defaults (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (f->values->count, ==, 64);
  g_assert_cmpfloat (f->values->rate, ==, 0.05);
  g_assert_true (f->values->sure);
  g_assert_cmpint (f->values->kind, ==, 0);
  g_assert_cmpstr (f->values->list, ==, "jitter 8");
  for (const PhSetting *s = table; s->name != NULL; s++)
    {
      g_assert_nonnull (ph_setting_rows_get_row (f->rows, s->name));
      g_assert_null (ph_setting_row_get_message (ph_setting_rows_get_row (f->rows, s->name)));
    }
  g_assert_null (ph_setting_rows_get_row (f->rows, "unheard-of"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_control (f, "rate"))), ==, "0.05");
  g_assert_cmpuint (f->n_changes, ==, 0);
}

static void
test_controls (Fixture *f, gconstpointer unused)
{
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (get_control (f, "count")), 65);
  g_assert_cmpint (f->values->count, ==, 65);
  g_assert_cmpstr (f->last, ==, "count");
  gtk_switch_set_active (GTK_SWITCH (get_control (f, "sure")), FALSE);
  g_assert_false (f->values->sure);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (get_control (f, "kind")), 1);
  g_assert_cmpint (f->values->kind, ==, 1);
  gtk_editable_set_text (GTK_EDITABLE (get_control (f, "list")), "pad 3");
  g_assert_cmpstr (f->values->list, ==, "pad 3");
  g_assert_cmpstr (f->last, ==, "list");
}

static void
test_validation (Fixture *f, gconstpointer unused)
{
  PhSettingRow *count = ph_setting_rows_get_row (f->rows, "count");
  PhSettingRow *rate = ph_setting_rows_get_row (f->rows, "rate");
  PhSettingRow *list = ph_setting_rows_get_row (f->rows, "list");
  GtkWidget *entry = get_control (f, "list");

  /* Out of range and no number: refused with the reason, the value stays. */
  type (get_control (f, "count"), "9999");
  g_assert_cmpint (f->values->count, ==, 64);
  g_assert_nonnull (strstr (ph_setting_row_get_message (count), "outside 1 to 512"));
  type (get_control (f, "count"), "3.5");
  g_assert_nonnull (strstr (ph_setting_row_get_message (count), "whole"));
  type (get_control (f, "rate"), "fast");
  g_assert_nonnull (strstr (ph_setting_row_get_message (rate), "not a number"));
  g_assert_cmpuint (f->n_changes, ==, 0);

  /* The next valid value takes the reason away. */
  type (get_control (f, "count"), "500");
  g_assert_cmpint (f->values->count, ==, 500);
  g_assert_null (ph_setting_row_get_message (count));
  type (get_control (f, "rate"), "0,25");
  g_assert_cmpfloat (f->values->rate, ==, 0.25);
  g_assert_cmpuint (f->n_changes, ==, 2);

  int end = 8;

  gtk_editable_insert_text (GTK_EDITABLE (entry), ", wrong 3", -1, &end);
  g_assert_cmpstr (f->values->list, ==, "jitter 8");
  g_assert_nonnull (strstr (ph_setting_row_get_message (list), "no transform"));
  gtk_test_accessible_assert_state (entry, GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);
  gtk_editable_delete_text (GTK_EDITABLE (entry), 8, -1);
  g_assert_cmpstr (f->values->list, ==, "jitter 8");
  g_assert_null (ph_setting_row_get_message (list));
  g_assert_cmpuint (f->n_changes, ==, 2);
}

static void
test_set_values (Fixture *f, gconstpointer unused)
{
  Values other = { 7, 2.5, FALSE, 1, (char *)"none" };

  int start = 0;

  gtk_editable_insert_text (GTK_EDITABLE (get_control (f, "list")), "wrong", -1, &start);
  ph_setting_rows_set_values (f->rows, &other);
  g_assert_cmpuint (f->n_changes, ==, 0);
  g_assert_true (ph_settings_equal (table, f->values, &other));
  g_assert_true (f->values->list != other.list);
  g_assert_null (ph_setting_row_get_message (ph_setting_rows_get_row (f->rows, "list")));
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (get_control (f, "count"))), ==, 7);
  g_assert_false (gtk_switch_get_active (GTK_SWITCH (get_control (f, "sure"))));
  g_assert_cmpuint (gtk_drop_down_get_selected (GTK_DROP_DOWN (get_control (f, "kind"))), ==, 1);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (get_control (f, "list"))), ==, "none");
}

/* The button of a row that leads back to the default, found by its label. */
static GtkWidget *
find_button (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_tooltip_text (widget) != NULL &&
      g_str_has_prefix (gtk_widget_get_tooltip_text (widget), "Reset"))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_reset (Fixture *f, gconstpointer unused)
{
  GtkWidget *button = find_button (GTK_WIDGET (ph_setting_rows_get_row (f->rows, "rate")));

  g_assert_nonnull (button);
  g_assert_false (gtk_widget_get_visible (button));
  type (get_control (f, "rate"), "1");
  g_assert_true (gtk_widget_get_visible (button));
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Reset “Rate” to 0.05");
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpfloat (f->values->rate, ==, 0.05);
  g_assert_false (gtk_widget_get_visible (button));
  g_assert_cmpuint (f->n_changes, ==, 2);
}

static void
test_accessible (Fixture *f, gconstpointer unused)
{
  gtk_test_accessible_assert_property (get_control (f, "count"), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Count (steps)");
  gtk_test_accessible_assert_property (get_control (f, "list"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "What <all> & sundry");
}

static GtkWidget *
find_descendant (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_descendant (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Settings of pictures show what they do; those of other tables, called the same, do not. */
static void
test_effects (void)
{
  PhSettingRows *rows =
      PH_SETTING_ROWS (ph_setting_rows_new (ph_ascent_settings, sizeof (PhAscentSettings)));
  GtkWidget *window = gtk_window_new (), *button, *popover;
  GdkPaintable *pair;
  PhDreamSettings dream;

  ph_setting_rows_add_group (rows, "All", NULL);
  ph_setting_rows_unfold (rows);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (rows));
  gtk_window_present (GTK_WINDOW (window));
  button =
      find_descendant (GTK_WIDGET (ph_setting_rows_get_row (rows, "steps")), GTK_TYPE_MENU_BUTTON);
  g_assert_nonnull (button);
  gtk_test_accessible_assert_property (button, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "What “Steps” does, in two pictures");
  while (!gtk_widget_get_mapped (button))
    g_main_context_iteration (NULL, TRUE);
  pair = gtk_picture_get_paintable (GTK_PICTURE (find_descendant (button, GTK_TYPE_PICTURE)));
  g_assert_nonnull (pair);
  g_assert_cmpint (gdk_paintable_get_intrinsic_width (pair), ==,
                   2 * gdk_paintable_get_intrinsic_height (pair));
  gtk_menu_button_popup (GTK_MENU_BUTTON (button));
  popover = GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)));
  g_assert_nonnull (popover);
  g_assert_nonnull (gtk_picture_get_paintable (GTK_PICTURE (
      find_descendant (gtk_popover_get_child (GTK_POPOVER (popover)), GTK_TYPE_PICTURE))));
  gtk_window_destroy (GTK_WINDOW (window));

  ph_settings_init (ph_dream_settings, &dream);
  button = g_object_ref_sink (
      ph_setting_row_new (ph_settings_find (ph_dream_settings, "steps"), &dream));
  g_assert_null (find_descendant (button, GTK_TYPE_MENU_BUTTON));
  g_object_unref (button);
  ph_settings_clear (ph_dream_settings, &dream);
}

int
main (int argc, char **argv)
{
  g_autofree char *assets = g_build_filename (g_getenv ("PHOSPHENE_SOURCE"), "assets", NULL);

  g_setenv ("PHOSPHENE_DATA_DIR", assets, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add ("/setting-rows/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("defaults", test_defaults);
  ADD ("controls", test_controls);
  ADD ("validation", test_validation);
  ADD ("set-values", test_set_values);
  ADD ("reset", test_reset);
  ADD ("accessible", test_accessible);
  g_test_add_func ("/setting-rows/effects", test_effects);
  return g_test_run ();
}
