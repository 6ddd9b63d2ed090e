#include "ui/effect-button.h"

#include <glib/gi18n.h>

#define SMALL_HEIGHT 30
#define LARGE_HEIGHT 120

/* As large as it is to be seen: a picture widget would take all the room that the file's pixels
 * fill. */
static GdkPaintable *
load_pair (const PhEffect *effect, int height)
{
  g_autofree char *name = g_strdup_printf ("effects/%s.png", effect->name);
  g_autofree char *path = ph_shipped_dup_path (name);
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_filename (path, NULL);
  GtkSnapshot *snapshot;

  if (texture == NULL)
    return NULL;
  snapshot = gtk_snapshot_new ();
  gtk_snapshot_append_texture (snapshot, texture, &GRAPHENE_RECT_INIT (0, 0, 2 * height, height));
  return gtk_snapshot_free_to_paintable (snapshot, &GRAPHENE_SIZE_INIT (2 * height, height));
}

static void
on_mapped (GtkWidget *picture, gpointer data)
{
  g_autoptr (GdkPaintable) pair = NULL;
  int width, height;

  if (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL)
    return;
  gtk_widget_get_size_request (picture, &width, &height);
  pair = load_pair (data, height);
  gtk_picture_set_paintable (GTK_PICTURE (picture), pair);
}

GtkWidget *
ph_effect_picture_new (const PhEffect *effect, int height)
{
  GtkWidget *picture = gtk_picture_new ();

  gtk_widget_set_size_request (picture, 2 * height, height);
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (picture, GTK_ALIGN_CENTER);
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (picture, "ph-picture");
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), _ (effect->seen));
  g_signal_connect (picture, "map", G_CALLBACK (on_mapped), (gpointer)effect);
  return picture;
}

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 16);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* A value as it stands under its picture. */
static GtkWidget *
create_value (const char *value)
{
  GtkWidget *label = create_label (value[0] != '\0' ? value : _ ("nothing"), "caption");

  gtk_widget_set_valign (label, GTK_ALIGN_START);
  return label;
}

static void
create_popover (GtkMenuButton *button, gpointer data)
{
  const PhEffect *effect = data;
  GtkWidget *popover, *box, *values, *seen, *source;
  g_autofree char *text = NULL;

  if (gtk_menu_button_get_popover (button) != NULL)
    return;
  popover = gtk_popover_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  values = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  seen = create_label (_ (effect->seen), "body");
  gtk_box_append (GTK_BOX (box), ph_effect_picture_new (effect, LARGE_HEIGHT));
  gtk_box_set_homogeneous (GTK_BOX (values), TRUE);
  gtk_box_append (GTK_BOX (values), create_value (effect->before));
  gtk_box_append (GTK_BOX (values), create_value (effect->after));
  gtk_box_append (GTK_BOX (box), values);
  gtk_label_set_max_width_chars (GTK_LABEL (seen), 30);
  gtk_box_append (GTK_BOX (box), seen);
  if (effect->objective != NULL)
    {
      /* Translators: a unit of the network that comes with the program. */
      text = g_strdup_printf (_ ("“%s” of the textbook network"), effect->objective);
      source = create_label (text, "caption");
      gtk_widget_add_css_class (source, "dim-label");
      gtk_label_set_max_width_chars (GTK_LABEL (source), 36);
      gtk_box_append (GTK_BOX (box), source);
    }
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  gtk_menu_button_set_popover (button, popover);
}

GtkWidget *
ph_effect_button_new (const PhEffect *effect, const char *title)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autofree char *label = g_strdup_printf (_ ("What “%s” does, in two pictures"), title);

  gtk_menu_button_set_child (GTK_MENU_BUTTON (button),
                             ph_effect_picture_new (effect, SMALL_HEIGHT));
  gtk_menu_button_set_has_frame (GTK_MENU_BUTTON (button), FALSE);
  gtk_widget_add_css_class (button, "ph-effect");
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _ (effect->seen), -1);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), create_popover, (gpointer)effect,
                                         NULL);
  return button;
}
