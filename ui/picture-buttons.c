#include "ui/picture-buttons.h"

#include "ui/texture.h"

/* What belongs to one button; they are used again for other images. */
typedef struct
{
  GtkWidget *button; /* borrowed: a child of the flow */
  GtkImage *image;
  GtkLabel *caption;
  guint item;
  gboolean pending; /* its picture has not come */
} Cell;

struct _PhPictureButtons
{
  AdwBin parent_instance;

  /* owned */
  PhItemPictures *pictures; /* nullable */
  GPtrArray *cells;         /* Cell */

  /* borrowed */
  GtkFlowBox *flow;

  guint side, n;
};

G_DEFINE_FINAL_TYPE (PhPictureButtons, ph_picture_buttons, ADW_TYPE_BIN)

static guint picked_signal;

static void
on_clicked (GtkButton *button, PhPictureButtons *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      Cell *cell = self->cells->pdata[i];

      if (cell->button == GTK_WIDGET (button))
        {
          g_signal_emit (self, picked_signal, 0, cell->item);
          return;
        }
    }
}

static void
add_cell (PhPictureButtons *self)
{
  Cell *cell = g_new0 (Cell, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *child = gtk_flow_box_child_new ();

  cell->button = gtk_button_new ();
  cell->image = GTK_IMAGE (gtk_image_new ());
  cell->caption = GTK_LABEL (gtk_label_new (NULL));
  gtk_image_set_pixel_size (cell->image, (int)self->side);
  gtk_widget_add_css_class (GTK_WIDGET (cell->image), "ph-picture");
  gtk_label_set_ellipsize (cell->caption, PANGO_ELLIPSIZE_END);
  gtk_label_set_justify (cell->caption, GTK_JUSTIFY_CENTER);
  gtk_label_set_max_width_chars (cell->caption, (int)self->side / 7);
  gtk_widget_add_css_class (GTK_WIDGET (cell->caption), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (cell->caption), "numeric");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (cell->image));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (cell->caption));
  gtk_button_set_child (GTK_BUTTON (cell->button), box);
  gtk_widget_add_css_class (cell->button, "flat");
  gtk_widget_add_css_class (cell->button, "ph-small-example");
  g_signal_connect (cell->button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), cell->button);
  gtk_widget_set_focusable (child, FALSE); /* the button is what is focused */
  gtk_flow_box_insert (self->flow, child, -1);
  g_ptr_array_add (self->cells, cell);
}

static void
fill (PhPictureButtons *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      Cell *cell = self->cells->pdata[i];
      PhFrame *frame = cell->pending ? ph_item_pictures_get (self->pictures, cell->item) : NULL;

      if (frame == NULL)
        continue;

      g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frame, 0);

      gtk_image_set_from_paintable (cell->image, GDK_PAINTABLE (texture));
      cell->pending = FALSE;
    }
}

static void
set_pictures (PhPictureButtons *self, PhItemPictures *pictures)
{
  if (self->pictures == pictures)
    return;
  if (self->pictures != NULL)
    g_signal_handlers_disconnect_by_data (self->pictures, self);
  g_set_object (&self->pictures, pictures);
  if (pictures != NULL)
    g_signal_connect_swapped (pictures, "changed", G_CALLBACK (fill), self);
}

static void
ph_picture_buttons_dispose (GObject *object)
{
  PhPictureButtons *self = PH_PICTURE_BUTTONS (object);

  set_pictures (self, NULL);
  self->n = 0;
  G_OBJECT_CLASS (ph_picture_buttons_parent_class)->dispose (object);
}

static void
ph_picture_buttons_finalize (GObject *object)
{
  g_ptr_array_unref (PH_PICTURE_BUTTONS (object)->cells);
  G_OBJECT_CLASS (ph_picture_buttons_parent_class)->finalize (object);
}

static void
ph_picture_buttons_class_init (PhPictureButtonsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_picture_buttons_dispose;
  G_OBJECT_CLASS (klass)->finalize = ph_picture_buttons_finalize;
  picked_signal = g_signal_new ("picked", PH_TYPE_PICTURE_BUTTONS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_picture_buttons_init (PhPictureButtons *self)
{
  self->cells = g_ptr_array_new_with_free_func (g_free);
  self->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->flow, 20);
  gtk_flow_box_set_homogeneous (self->flow, TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->flow), GTK_ALIGN_START);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->flow));
}

/* Public */

GtkWidget *
ph_picture_buttons_new (const char *name, guint side)
{
  PhPictureButtons *self = g_object_new (PH_TYPE_PICTURE_BUTTONS, NULL);

  self->side = side;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->flow), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  return GTK_WIDGET (self);
}

void
ph_picture_buttons_show (PhPictureButtons *self, PhItemPictures *pictures, const guint *items,
                         guint n, const char *const *captions)
{
  g_return_if_fail (PH_IS_PICTURE_BUTTONS (self));

  set_pictures (self, pictures);
  self->n = pictures != NULL ? n : 0;
  while (self->cells->len < self->n)
    add_cell (self);
  for (guint i = 0; i < self->cells->len; i++)
    {
      Cell *cell = self->cells->pdata[i];
      GtkWidget *child = gtk_widget_get_parent (cell->button);

      gtk_widget_set_visible (child, i < self->n);
      if (i >= self->n)
        continue;

      g_autofree char *name =
          ph_dataset_dup_item_name (ph_item_pictures_get_dataset (pictures), items[i]);
      g_autofree char *valid = g_utf8_make_valid (name, -1);
      g_autofree char *spoken =
          captions != NULL ? g_strdup_printf ("%s: %s", valid, captions[i]) : g_strdup (valid);

      if (cell->item != items[i] || cell->pending)
        gtk_image_clear (cell->image);
      cell->pending = TRUE;
      cell->item = items[i];
      gtk_label_set_text (cell->caption, captions != NULL ? captions[i] : "");
      gtk_widget_set_visible (GTK_WIDGET (cell->caption), captions != NULL);
      gtk_widget_set_tooltip_text (cell->button, spoken);
      gtk_accessible_update_property (GTK_ACCESSIBLE (cell->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      spoken, -1);
    }
  if (pictures == NULL)
    return;
  fill (self);
}

guint
ph_picture_buttons_get_n (PhPictureButtons *self)
{
  g_return_val_if_fail (PH_IS_PICTURE_BUTTONS (self), 0);

  return self->n;
}

guint
ph_picture_buttons_get_item (PhPictureButtons *self, guint i)
{
  g_return_val_if_fail (PH_IS_PICTURE_BUTTONS (self), 0);
  g_return_val_if_fail (i < self->n, 0);

  return ((Cell *)self->cells->pdata[i])->item;
}
