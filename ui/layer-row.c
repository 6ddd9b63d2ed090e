#include "ui/layer-row.h"

#include <math.h>

struct _PhLayerRow
{
  GtkWidget parent_instance;

  /* template */
  GtkTreeExpander *expander;
  GtkLabel *title;
  GtkLabel *detail;
  GtkDrawingArea *bar;

  /* owned */
  GtkTreeListRow *row;
};

G_DEFINE_FINAL_TYPE (PhLayerRow, ph_layer_row, GTK_TYPE_WIDGET)

enum
{
  PROP_ROW = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* A bar is full at this many channels. Channels come in powers of two, so the bar is logarithmic:
 * one step for each doubling. */
#define FULL_BAR 2048

static PhLayerItem *
get_item (PhLayerRow *self)
{
  /* The tree row keeps its item alive. */
  g_autoptr (PhLayerItem) item = self->row ? gtk_tree_list_row_get_item (self->row) : NULL;

  return item;
}

static void
draw_bar (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  PhLayerRow *self = PH_LAYER_ROW (data);
  PhLayerItem *item = get_item (self);
  guint n = item != NULL ? ph_layer_item_get_n_channels (item) : 0;
  GdkRGBA colour;

  if (n == 0 || !ph_layer_item_get_usable (item))
    return;

  double part = CLAMP (log2 (n) / log2 (FULL_BAR), 1.0 / 11, 1);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (area));
  gtk_style_context_get_color (style, &colour);
  colour.alpha *= 0.15;
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
  gtk_style_context_lookup_color (style, "accent_color", &colour);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_rectangle (cr, 0, 0, round (part * width), height);
  cairo_fill (cr);
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, PhLayerRow *self)
{
  PhLayerItem *item = get_item (self);

  if (item == NULL || n_press != 1)
    return;
  if (ph_layer_item_get_kind (item) == PH_LAYER_ITEM_GROUP)
    gtk_tree_list_row_set_expanded (self->row, !gtk_tree_list_row_get_expanded (self->row));
  else if (ph_layer_item_get_kind (item) == PH_LAYER_ITEM_CLASS)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s",
                                ph_layer_item_get_name (item));
}

/* GTK 4.8 takes the words of a list item from the widget that it made around ours. */
static void
update_accessible (PhLayerRow *self)
{
  PhLayerItem *item = get_item (self);
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  const char *text = item != NULL ? ph_layer_item_get_description (item) : "";

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                    -1);
}

static void
update (PhLayerRow *self)
{
  PhLayerItem *item = get_item (self);
  g_autofree char *title = NULL, *detail = NULL, *tooltip = NULL;

  if (item != NULL)
    g_object_get (item, "title", &title, "detail", &detail, "tooltip", &tooltip, NULL);
  gboolean group = item != NULL && ph_layer_item_get_kind (item) == PH_LAYER_ITEM_GROUP;
  gtk_tree_expander_set_list_row (self->expander, self->row);
  gtk_label_set_label (self->title, title != NULL ? title : "");
  gtk_label_set_label (self->detail, detail != NULL ? detail : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), tooltip);
  gtk_widget_set_visible (GTK_WIDGET (self->bar),
                          item != NULL && ph_layer_item_get_n_channels (item) > 0);
  if (item != NULL && !ph_layer_item_get_usable (item))
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->title), "dim-label");
  if (group)
    gtk_widget_add_css_class (GTK_WIDGET (self->title), "heading");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->title), "heading");
  gtk_widget_queue_draw (GTK_WIDGET (self->bar));
  update_accessible (self);
}

static void
ph_layer_row_dispose (GObject *object)
{
  PhLayerRow *self = PH_LAYER_ROW (object);

  g_clear_object (&self->row);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_LAYER_ROW);
  G_OBJECT_CLASS (ph_layer_row_parent_class)->dispose (object);
}

static void
ph_layer_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhLayerRow *self = PH_LAYER_ROW (object);

  switch (id)
    {
    case PROP_ROW:
      g_value_set_object (value, self->row);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_layer_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhLayerRow *self = PH_LAYER_ROW (object);

  switch (id)
    {
    case PROP_ROW:
      if (g_set_object (&self->row, g_value_get_object (value)))
        {
          update (self);
          g_object_notify_by_pspec (object, pspec);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_layer_row_class_init (PhLayerRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_layer_row_dispose;
  object_class->get_property = ph_layer_row_get_property;
  object_class->set_property = ph_layer_row_set_property;

  props[PROP_ROW] =
      g_param_spec_object ("row", NULL, NULL, GTK_TYPE_TREE_LIST_ROW,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/layer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PhLayerRow, expander);
  gtk_widget_class_bind_template_child (widget_class, PhLayerRow, title);
  gtk_widget_class_bind_template_child (widget_class, PhLayerRow, detail);
  gtk_widget_class_bind_template_child (widget_class, PhLayerRow, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_released);
}

static void
ph_layer_row_init (PhLayerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_drawing_area_set_draw_func (self->bar, draw_bar, self, NULL);
  g_signal_connect (self, "notify::parent", G_CALLBACK (update_accessible), NULL);
}
