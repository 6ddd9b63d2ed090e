#include "ui/preferences-window.h"

struct _PhPreferencesWindow
{
  AdwPreferencesWindow parent_instance;

  /* template */
  AdwComboRow *style;
  GtkSpinButton *size;
  GtkSpinButton *rate;
  GtkSpinButton *threads;
};

G_DEFINE_FINAL_TYPE (PhPreferencesWindow, ph_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

/* The row counts, the setting names. */

static const char *const styles[] = { "system", "light", "dark" };

static gboolean
style_to_row (GValue *value, GVariant *variant, gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (styles); i++)
    if (g_str_equal (g_variant_get_string (variant, NULL), styles[i]))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
row_to_style (const GValue *value, const GVariantType *type, gpointer data)
{
  guint i = g_value_get_uint (value);

  return i < G_N_ELEMENTS (styles) ? g_variant_new_string (styles[i]) : NULL;
}

static void
ph_preferences_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), PH_TYPE_PREFERENCES_WINDOW);
  G_OBJECT_CLASS (ph_preferences_window_parent_class)->dispose (object);
}

static void
ph_preferences_window_class_init (PhPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_preferences_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, PhPreferencesWindow, style);
  gtk_widget_class_bind_template_child (widget_class, PhPreferencesWindow, size);
  gtk_widget_class_bind_template_child (widget_class, PhPreferencesWindow, rate);
  gtk_widget_class_bind_template_child (widget_class, PhPreferencesWindow, threads);
}

static void
ph_preferences_window_init (PhPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public */

GtkWidget *
ph_preferences_window_new (GSettings *settings)
{
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  PhPreferencesWindow *self = g_object_new (PH_TYPE_PREFERENCES_WINDOW, NULL);

  g_settings_bind_with_mapping (settings, "style", self->style, "selected", G_SETTINGS_BIND_DEFAULT,
                                style_to_row, row_to_style, NULL, NULL);
  g_settings_bind (settings, "thumbnail-size", self->size, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "preview-rate", self->rate, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "threads", self->threads, "value", G_SETTINGS_BIND_DEFAULT);
  return GTK_WIDGET (self);
}
