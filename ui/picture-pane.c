#include "ui/picture-pane.h"

#include "ui/texture.h"

/* Small pictures are enlarged by whole factors to this many pixels at least, so that their pixels
 * stay pixels. */
#define LEAST_SIDE 256

#define MIN_SIDE 96

struct _PhPicturePane
{
  GtkBox parent_instance;

  /* borrowed */
  GtkPicture *picture;
  GtkLabel *title, *fact;
};

G_DEFINE_FINAL_TYPE (PhPicturePane, ph_picture_pane, GTK_TYPE_BOX)

enum
{
  PROP_TITLE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
ph_picture_pane_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE)
    g_value_set_string (value, gtk_label_get_text (PH_PICTURE_PANE (object)->title));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ph_picture_pane_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  if (id == PROP_TITLE)
    ph_picture_pane_set_title (PH_PICTURE_PANE (object), g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
ph_picture_pane_class_init (PhPicturePaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ph_picture_pane_get_property;
  object_class->set_property = ph_picture_pane_set_property;
  props[PROP_TITLE] =
      g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_picture_pane_init (PhPicturePane *self)
{
  self->picture = GTK_PICTURE (gtk_picture_new ());
  self->title = GTK_LABEL (gtk_label_new (NULL));
  self->fact = GTK_LABEL (gtk_label_new (NULL));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_vexpand (GTK_WIDGET (self->picture), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->picture), TRUE);
  gtk_widget_set_size_request (GTK_WIDGET (self->picture), MIN_SIDE, MIN_SIDE);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (self->fact, PANGO_ELLIPSIZE_END);
  gtk_widget_set_margin_top (GTK_WIDGET (self->title), 6);
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "caption-heading");
  gtk_widget_add_css_class (GTK_WIDGET (self->fact), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->fact), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->fact), "numeric");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->picture));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->fact));
}

/* Public */

GtkWidget *
ph_picture_pane_new (const char *title)
{
  return g_object_new (PH_TYPE_PICTURE_PANE, "title", title, NULL);
}

void
ph_picture_pane_set_title (PhPicturePane *self, const char *title)
{
  g_return_if_fail (PH_IS_PICTURE_PANE (self));

  gtk_label_set_text (self->title, title != NULL ? title : "");
  gtk_picture_set_alternative_text (self->picture, title);
}

void
ph_picture_pane_show (PhPicturePane *self, PhFrame *frame)
{
  g_return_if_fail (PH_IS_PICTURE_PANE (self));

  g_autoptr (GdkTexture) texture =
      frame != NULL ? ph_texture_new_for_frame (frame, LEAST_SIDE) : NULL;

  gtk_picture_set_paintable (self->picture, GDK_PAINTABLE (texture));
}

void
ph_picture_pane_show_fact (PhPicturePane *self, const char *fact)
{
  g_return_if_fail (PH_IS_PICTURE_PANE (self));

  gtk_label_set_text (self->fact, fact != NULL ? fact : "");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->picture),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, fact != NULL ? fact : "",
                                  -1);
}

const char *
ph_picture_pane_get_fact (PhPicturePane *self)
{
  g_return_val_if_fail (PH_IS_PICTURE_PANE (self), NULL);

  return gtk_label_get_text (self->fact);
}

GdkPaintable *
ph_picture_pane_get_paintable (PhPicturePane *self)
{
  g_return_val_if_fail (PH_IS_PICTURE_PANE (self), NULL);

  return gtk_picture_get_paintable (self->picture);
}
