#include "ui/active-units.h"

#include <glib/gi18n.h>

#include "ui/plot-axis.h"
#include "ui/unit-cell.h"

#define SIZE 84

struct _PhActiveUnits
{
  GtkWidget parent_instance;

  /* owned */
  GtkWidget *grid;
  PhThumbnails *thumbnails;

  /* borrowed: children */
  GtkWidget *buttons[PH_N_ACTIVE_UNITS];
  PhUnitCell *cells[PH_N_ACTIVE_UNITS];
  GtkLabel *values[PH_N_ACTIVE_UNITS];

  guint channels[PH_N_ACTIVE_UNITS];
  guint n;
  gboolean active;
};

G_DEFINE_FINAL_TYPE (PhActiveUnits, ph_active_units, GTK_TYPE_WIDGET)

static guint picked_signal;

/* The last asked for is the first made. */
static void
update_wants (PhActiveUnits *self)
{
  for (guint i = PH_N_ACTIVE_UNITS; i-- > 0;)
    ph_unit_cell_want (self->cells[i], self->active && i < self->n ? self->thumbnails : NULL);
}

static void
on_clicked (GtkButton *button, PhActiveUnits *self)
{
  for (guint i = 0; i < self->n; i++)
    if (self->buttons[i] == GTK_WIDGET (button))
      g_signal_emit (self, picked_signal, 0, self->channels[i]);
}

static void
ph_active_units_dispose (GObject *object)
{
  PhActiveUnits *self = PH_ACTIVE_UNITS (object);

  if (self->grid != NULL)
    {
      self->active = FALSE;
      update_wants (self);
    }
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_object (&self->thumbnails);
  G_OBJECT_CLASS (ph_active_units_parent_class)->dispose (object);
}

static void
ph_active_units_class_init (PhActiveUnitsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_active_units_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  picked_signal = g_signal_new ("picked", PH_TYPE_ACTIVE_UNITS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
make_button (PhActiveUnits *self, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->buttons[i] = gtk_button_new ();
  self->cells[i] = PH_UNIT_CELL (ph_unit_cell_new (SIZE));
  self->values[i] = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (self->buttons[i], "flat");
  gtk_widget_add_css_class (self->buttons[i], "ph-active");
  gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->cells[i]));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->values[i]));
  gtk_button_set_child (GTK_BUTTON (self->buttons[i]), box);
  gtk_widget_set_visible (self->buttons[i], FALSE);
  g_signal_connect (self->buttons[i], "clicked", G_CALLBACK (on_clicked), self);
  gtk_grid_attach (GTK_GRID (self->grid), self->buttons[i], (int)i % 3, (int)i / 3, 1, 1);
}

static void
ph_active_units_init (PhActiveUnits *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  for (guint i = 0; i < PH_N_ACTIVE_UNITS; i++)
    make_button (self, i);
}

static void
show_unit (PhActiveUnits *self, guint i, PhModel *model, guint layer, const PhActive *active)
{
  const PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = layer, .channel = active->channel };
  PhUnitItem *present = ph_unit_cell_get_item (self->cells[i]);
  g_autofree char *value = ph_plot_format_value (active->value, 0);

  self->channels[i] = active->channel;
  gtk_label_set_text (self->values[i], value);
  /* While a picture is painted on, the same units come again and again: no flicker. */
  if (present == NULL || ph_unit_item_get_model (present) != model ||
      !ph_unit_equal (ph_unit_item_get_unit (present), &unit))
    {
      g_autoptr (PhUnitItem) item = ph_unit_item_new (model, &unit);

      ph_unit_cell_set_item (self->cells[i], item);
      present = item;
    }

  /* Translators: "unit 37 of conv4", then its activation. */
  g_autofree char *spoken = g_strdup_printf (
      _ ("%s, activation %s"),
      ph_unit_item_get_description (ph_unit_cell_get_item (self->cells[i])), value);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

/* Public */

void
ph_active_units_set_thumbnails (PhActiveUnits *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  g_set_object (&self->thumbnails, thumbnails);
  update_wants (self);
}

void
ph_active_units_set_active (PhActiveUnits *self, gboolean active)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  self->active = active;
  update_wants (self);
}

void
ph_active_units_show (PhActiveUnits *self, PhModel *model, guint layer, const PhActive *top,
                      guint n)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  self->n = top != NULL ? MIN (n, PH_N_ACTIVE_UNITS) : 0;
  for (guint i = 0; i < PH_N_ACTIVE_UNITS; i++)
    {
      if (i < self->n)
        show_unit (self, i, model, layer, &top[i]);
      else
        ph_unit_cell_set_item (self->cells[i], NULL);
      gtk_widget_set_visible (self->buttons[i], i < self->n);
    }
  update_wants (self);
}
