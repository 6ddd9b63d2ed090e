#include "ui/class-bars.h"

#include <glib/gi18n.h>

#define N_BARS 6

typedef struct
{
  GtkWidget *button;
  GtkLabel *name;
  GtkLabel *share;
  GtkLevelBar *bar;
  guint class_number;
} Row;

struct _PhClassBars
{
  GtkBox parent_instance;

  Row rows[N_BARS]; /* borrowed: children */
};

G_DEFINE_FINAL_TYPE (PhClassBars, ph_class_bars, GTK_TYPE_BOX)

static guint picked_signal;

static void
on_clicked (GtkButton *button, PhClassBars *self)
{
  for (guint i = 0; i < N_BARS; i++)
    if (self->rows[i].button == GTK_WIDGET (button))
      g_signal_emit (self, picked_signal, 0, self->rows[i].class_number);
}

static void
make_row (PhClassBars *self, Row *row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  row->button = gtk_button_new ();
  row->name = GTK_LABEL (gtk_label_new (NULL));
  row->share = GTK_LABEL (gtk_label_new (NULL));
  row->bar = GTK_LEVEL_BAR (gtk_level_bar_new_for_interval (0, 1));
  /* A probability is neither good nor bad: no colours at certain values. */
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_label_set_xalign (row->name, 0);
  gtk_label_set_ellipsize (row->name, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (row->name), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (row->share), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (row->share), "dim-label");
  gtk_widget_add_css_class (row->button, "flat");
  gtk_widget_add_css_class (row->button, "ph-bar");
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->name));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->share));
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->bar));
  gtk_button_set_child (GTK_BUTTON (row->button), box);
  gtk_widget_set_visible (row->button, FALSE);
  g_signal_connect (row->button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_box_append (GTK_BOX (self), row->button);
}

static void
ph_class_bars_class_init (PhClassBarsClass *klass)
{
  picked_signal = g_signal_new ("picked", PH_TYPE_CLASS_BARS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_class_bars_init (PhClassBars *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  for (guint i = 0; i < N_BARS; i++)
    make_row (self, &self->rows[i]);
}

static void
show_row (Row *row, PhModel *model, const PhPrediction *prediction)
{
  const PhUnit unit = { .kind = PH_UNIT_CLASS, .channel = prediction->class_number };
  g_autofree char *title = ph_unit_dup_title (model, &unit);
  const char *label = ph_model_get_label (model, prediction->class_number);
  /* Translators: a probability in per cent. */
  g_autofree char *share = g_strdup_printf (_ ("%.1f %%"), 100 * prediction->probability);
  /* Translators: name of a class and its probability, for screen readers. */
  g_autofree char *spoken = g_strdup_printf (_ ("%s: %s. Explain it"), title, share);

  row->class_number = prediction->class_number;
  gtk_label_set_text (row->name, label != NULL ? label : title);
  gtk_label_set_text (row->share, share);
  gtk_level_bar_set_value (row->bar, prediction->probability);
  gtk_widget_set_tooltip_text (row->button, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

/* Public */

void
ph_class_bars_show (PhClassBars *self, PhModel *model, const PhPrediction *predictions, guint n)
{
  g_return_if_fail (PH_IS_CLASS_BARS (self));

  for (guint i = 0; i < N_BARS; i++)
    {
      gboolean shown = predictions != NULL && i < n;

      if (shown)
        show_row (&self->rows[i], model, &predictions[i]);
      if (gtk_widget_get_visible (self->rows[i].button) != shown)
        gtk_widget_set_visible (self->rows[i].button, shown);
    }
}
