#include "ui/unit-cell.h"

#include <glib/gi18n.h>

/* A grid makes thirty rows of cells whether they are seen or not, so a cell is a single widget that
 * costs nearly nothing until it is drawn: no children, words laid out when they come into view. */
struct _PhUnitCell
{
  GtkWidget parent_instance;

  /* owned */
  PhUnitItem *item;
  PhThumbnail *thumbnail; /* while wanted, and after */
  PangoLayout *layout;    /* of the label, made when first drawn */

  guint size;
  gboolean wanted;
};

G_DEFINE_FINAL_TYPE (PhUnitCell, ph_unit_cell, GTK_TYPE_WIDGET)

#define LABEL_GAP 4
#define RADIUS 6

enum
{
  PROP_ITEM = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
drop_thumbnail (PhUnitCell *self)
{
  if (self->thumbnail == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->thumbnail, self);
  if (self->wanted)
    ph_thumbnail_unwant (self->thumbnail);
  self->wanted = FALSE;
  g_clear_object (&self->thumbnail);
}

/* GTK 4.8 takes the words of a grid's cell from the widget that it made around ours. */
static void
update_accessible (PhUnitCell *self)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  const char *text = self->item != NULL ? ph_unit_item_get_description (self->item) : "";

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                    -1);
}

/* A number needs one line, the name of what a unit responds to may need two. */
static int
count_lines (PhUnitCell *self)
{
  if (self->item == NULL || g_ascii_isdigit (ph_unit_item_get_label (self->item)[0]))
    return 1;
  return 2;
}

static int
label_height (PhUnitCell *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics = pango_context_get_metrics (context, NULL, NULL);
  int line = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));

  pango_font_metrics_unref (metrics);
  return count_lines (self) * line;
}

static PangoLayout *
make_layout (PhUnitCell *self, const char *text, int lines)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);

  pango_layout_set_width (layout, (int)self->size * PANGO_SCALE);
  pango_layout_set_height (layout, -lines);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  return layout;
}

/* GtkWidget */

static void
ph_unit_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  PhUnitCell *self = PH_UNIT_CELL (widget);
  int label = orientation == GTK_ORIENTATION_VERTICAL ? LABEL_GAP + label_height (self) : 0;

  *minimum = *natural = (int)self->size + label;
}

static void
ph_unit_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhUnitCell *self = PH_UNIT_CELL (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  int left = (gtk_widget_get_width (widget) - (int)self->size) / 2;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (left, 0, self->size, self->size);
  GskRoundedRect outline;
  GdkTexture *texture = NULL;

  if (self->item == NULL)
    return;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  if (self->thumbnail != NULL)
    texture = ph_thumbnail_get_texture (self->thumbnail);
  if (texture != NULL)
    gtk_snapshot_append_texture (snapshot, texture, &bounds);
  else
    {
      GdkRGBA colour;
      gtk_style_context_get_color (style, &colour);
      colour.alpha *= 0.07;
      gtk_snapshot_append_color (snapshot, &colour, &bounds);
    }
  gtk_snapshot_pop (snapshot);

  if (self->thumbnail != NULL && ph_thumbnail_get_state (self->thumbnail) == PH_THUMBNAIL_FAILED)
    {
      g_autoptr (PangoLayout) words = make_layout (self, _ ("no picture"), 2);
      int height;
      pango_layout_get_pixel_size (words, NULL, &height);
      gtk_snapshot_render_layout (snapshot, style, left, ((int)self->size - height) / 2, words);
    }
  if (self->layout == NULL)
    self->layout = make_layout (self, ph_unit_item_get_label (self->item), count_lines (self));
  gtk_snapshot_render_layout (snapshot, style, left, (int)self->size + LABEL_GAP, self->layout);
}

static gboolean
ph_unit_cell_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  PhUnitCell *self = PH_UNIT_CELL (widget);
  const char *problem = NULL;

  if (self->item == NULL)
    return FALSE;
  if (self->thumbnail != NULL)
    problem = ph_thumbnail_get_problem (self->thumbnail);
  gtk_tooltip_set_text (tooltip,
                        problem != NULL ? problem : ph_unit_item_get_description (self->item));
  return TRUE;
}

static void
ph_unit_cell_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ph_unit_cell_parent_class)->css_changed (widget, change);
  g_clear_object (&PH_UNIT_CELL (widget)->layout);
}

/* GObject */

static void
ph_unit_cell_dispose (GObject *object)
{
  PhUnitCell *self = PH_UNIT_CELL (object);

  drop_thumbnail (self);
  g_clear_object (&self->layout);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (ph_unit_cell_parent_class)->dispose (object);
}

static void
ph_unit_cell_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_ITEM:
      g_value_set_object (value, PH_UNIT_CELL (object)->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_unit_cell_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_ITEM:
      ph_unit_cell_set_item (PH_UNIT_CELL (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_unit_cell_class_init (PhUnitCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_unit_cell_dispose;
  object_class->get_property = ph_unit_cell_get_property;
  object_class->set_property = ph_unit_cell_set_property;
  widget_class->measure = ph_unit_cell_measure;
  widget_class->snapshot = ph_unit_cell_snapshot;
  widget_class->query_tooltip = ph_unit_cell_query_tooltip;
  widget_class->css_changed = ph_unit_cell_css_changed;

  props[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, PH_TYPE_UNIT_ITEM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "unitcell");
}

static void
ph_unit_cell_init (PhUnitCell *self)
{
  self->size = 96;
  gtk_widget_add_css_class (GTK_WIDGET (self), "caption");
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/* Public */

GtkWidget *
ph_unit_cell_new (guint size)
{
  PhUnitCell *self = g_object_new (PH_TYPE_UNIT_CELL, NULL);

  self->size = size;
  return GTK_WIDGET (self);
}

PhUnitItem *
ph_unit_cell_get_item (PhUnitCell *self)
{
  g_return_val_if_fail (PH_IS_UNIT_CELL (self), NULL);

  return self->item;
}

void
ph_unit_cell_set_item (PhUnitCell *self, PhUnitItem *item)
{
  g_return_if_fail (PH_IS_UNIT_CELL (self));

  if (self->item == item)
    return;

  int lines = count_lines (self);
  drop_thumbnail (self);
  g_clear_object (&self->layout);
  g_set_object (&self->item, item);
  if (item != NULL)
    update_accessible (self);
  if (count_lines (self) != lines)
    gtk_widget_queue_resize (GTK_WIDGET (self));
  else
    gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ITEM]);
}

void
ph_unit_cell_want (PhUnitCell *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_UNIT_CELL (self));

  if (thumbnails == NULL || self->item == NULL)
    {
      if (self->wanted)
        ph_thumbnail_unwant (self->thumbnail);
      self->wanted = FALSE;
      return;
    }
  if (self->thumbnail == NULL)
    {
      self->thumbnail = ph_thumbnails_get (thumbnails, ph_unit_item_get_model (self->item),
                                           ph_unit_item_get_unit (self->item));
      g_signal_connect_swapped (self->thumbnail, "notify", G_CALLBACK (gtk_widget_queue_draw),
                                self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  if (!self->wanted)
    {
      self->wanted = TRUE;
      ph_thumbnail_want (self->thumbnail);
    }
  else
    ph_thumbnail_raise (self->thumbnail);
}

gboolean
ph_unit_cell_is_wanted (PhUnitCell *self)
{
  g_return_val_if_fail (PH_IS_UNIT_CELL (self), FALSE);

  return self->wanted;
}

void
ph_unit_cell_set_size (PhUnitCell *self, guint size)
{
  g_return_if_fail (PH_IS_UNIT_CELL (self));

  if (self->size == size)
    return;
  self->size = size;
  drop_thumbnail (self);
  g_clear_object (&self->layout);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
