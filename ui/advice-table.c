#include "ui/advice-table.h"

#include <glib/gi18n.h>

#define N_FIELDS (PH_ADVICE_ALL + 1)

struct _PhAdviceTable
{
  AdwBin parent_instance;

  /* borrowed: children */
  GtkToggleButton *fields[N_FIELDS];
  GtkWidget *marks[N_FIELDS];

  int advised, current;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (PhAdviceTable, ph_advice_table, ADW_TYPE_BIN)

static guint chosen_signal;

static const struct
{
  const char *title, *spoken;
} fields[N_FIELDS] = {
  [PH_ADVICE_HEAD] = { N_ ("New head only"), N_ ("Few and similar images: a new head only") },
  [PH_ADVICE_EARLIER] = { N_ ("Head on an earlier layer"),
                          N_ ("Few and different images: a head on an earlier layer") },
  [PH_ADVICE_LATER_LAYERS] = { N_ ("Fine-tune the later layers"),
                               N_ ("Many and similar images: fine-tune the later layers") },
  [PH_ADVICE_ALL] = { N_ ("Fine-tune all layers"),
                      N_ ("Many and different images: fine-tune all layers") },
};

/* A field stays pressed: what is set cannot be unset, only changed. */
static void
on_toggled (GtkToggleButton *button, PhAdviceTable *self)
{
  int row = 0;

  if (self->refreshing)
    return;
  while (self->fields[row] != button)
    row++;
  ph_advice_table_set_current (self, row);
  g_signal_emit (self, chosen_signal, 0, (guint)row);
}

static GtkWidget *
create_head (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static GtkWidget *
create_field (PhAdviceTable *self, int row)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *title = gtk_label_new (_ (fields[row].title));

  self->marks[row] = gtk_label_new (_ ("✓ advised"));
  self->fields[row] = GTK_TOGGLE_BUTTON (button);
  gtk_label_set_wrap (GTK_LABEL (title), TRUE);
  gtk_label_set_justify (GTK_LABEL (title), GTK_JUSTIFY_CENTER);
  gtk_label_set_width_chars (GTK_LABEL (title), 11);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 11);
  gtk_widget_set_vexpand (title, TRUE);
  gtk_widget_add_css_class (title, "caption");
  gtk_widget_add_css_class (self->marks[row], "caption-heading");
  gtk_widget_add_css_class (self->marks[row], "accent");
  gtk_widget_set_visible (self->marks[row], FALSE);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), self->marks[row]);
  gtk_widget_set_margin_top (box, 4);
  gtk_widget_set_margin_bottom (box, 4);
  gtk_button_set_child (GTK_BUTTON (button), box);
  g_signal_connect (button, "toggled", G_CALLBACK (on_toggled), self);
  return button;
}

static void
update_labels (PhAdviceTable *self)
{
  for (int row = 0; row < N_FIELDS; row++)
    {
      /* Translators: a field of the table that is advised. */
      g_autofree char *spoken = row == self->advised
                                    ? g_strdup_printf (_ ("%s (advised)"), _ (fields[row].spoken))
                                    : g_strdup (_ (fields[row].spoken));

      gtk_widget_set_visible (self->marks[row], row == self->advised);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->fields[row]),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
}

static void
ph_advice_table_class_init (PhAdviceTableClass *klass)
{
  chosen_signal = g_signal_new ("chosen", PH_TYPE_ADVICE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_advice_table_init (PhAdviceTable *self)
{
  static const int order[2][2] = { { PH_ADVICE_HEAD, PH_ADVICE_EARLIER },
                                   { PH_ADVICE_LATER_LAYERS, PH_ADVICE_ALL } };
  GtkGrid *grid = GTK_GRID (gtk_grid_new ());

  self->advised = self->current = -1;
  gtk_grid_set_row_spacing (grid, 4);
  gtk_grid_set_column_spacing (grid, 4);
  gtk_grid_attach (grid, create_head (_ ("similar images")), 1, 0, 1, 1);
  gtk_grid_attach (grid, create_head (_ ("different images")), 2, 0, 1, 1);
  gtk_grid_attach (grid, create_head (_ ("few")), 0, 1, 1, 1);
  gtk_grid_attach (grid, create_head (_ ("many")), 0, 2, 1, 1);
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++)
      {
        GtkWidget *field = create_field (self, order[i][j]);

        gtk_widget_set_hexpand (field, TRUE);
        gtk_grid_attach (grid, field, j + 1, i + 1, 1, 1);
      }
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (grid));
  update_labels (self);
}

/* Public */

GtkWidget *
ph_advice_table_new (void)
{
  return g_object_new (PH_TYPE_ADVICE_TABLE, NULL);
}

void
ph_advice_table_set_advised (PhAdviceTable *self, int row)
{
  g_return_if_fail (PH_IS_ADVICE_TABLE (self));

  self->advised = row;
  update_labels (self);
}

void
ph_advice_table_set_current (PhAdviceTable *self, int row)
{
  g_return_if_fail (PH_IS_ADVICE_TABLE (self));

  self->current = row;
  self->refreshing = TRUE;
  for (int i = 0; i < N_FIELDS; i++)
    gtk_toggle_button_set_active (self->fields[i], i == row);
  self->refreshing = FALSE;
}

int
ph_advice_table_get_advised (PhAdviceTable *self)
{
  g_return_val_if_fail (PH_IS_ADVICE_TABLE (self), -1);

  return self->advised;
}

int
ph_advice_table_get_current (PhAdviceTable *self)
{
  g_return_val_if_fail (PH_IS_ADVICE_TABLE (self), -1);

  return self->current;
}
