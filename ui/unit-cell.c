#include "ui/unit-cell.h"

#include <glib/gi18n.h>

#include "ui/unit-grid.h"

struct _PhUnitCell
{
  GtkWidget parent_instance;

  /* template */
  GtkLabel *label;

  /* owned */
  PhUnitItem *item;
  PhThumbnail *thumbnail; /* while wanted, and after */

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
on_state (PhUnitCell *self)
{
  const char *problem = NULL;

  if (self->thumbnail != NULL)
    problem = ph_thumbnail_get_problem (self->thumbnail);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), problem != NULL ? problem
                                                  : self->item != NULL
                                                      ? ph_unit_item_get_description (self->item)
                                                      : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

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

static void
set_item (PhUnitCell *self, PhUnitItem *item)
{
  if (self->item == item)
    return;

  drop_thumbnail (self);
  g_set_object (&self->item, item);
  gtk_label_set_label (self->label, item != NULL ? ph_unit_item_get_label (item) : "");
  update_accessible (self);
  on_state (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ITEM]);

  GtkWidget *grid = gtk_widget_get_ancestor (GTK_WIDGET (self), PH_TYPE_UNIT_GRID);
  if (grid != NULL)
    ph_unit_grid_queue_update (PH_UNIT_GRID (grid));
}

/* GtkWidget */

static void
ph_unit_cell_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  PhUnitCell *self = PH_UNIT_CELL (widget);
  int label = 0;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      gtk_widget_measure (GTK_WIDGET (self->label), orientation, -1, &label, NULL, NULL, NULL);
      label += LABEL_GAP;
    }
  *minimum = *natural = (int)self->size + label;
}

static void
ph_unit_cell_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PhUnitCell *self = PH_UNIT_CELL (widget);
  int natural, label_width;

  gtk_widget_measure (GTK_WIDGET (self->label), GTK_ORIENTATION_VERTICAL, -1, NULL, &natural, NULL,
                      NULL);
  label_width = MIN (width, (int)self->size);
  gtk_widget_size_allocate (GTK_WIDGET (self->label),
                            &(GtkAllocation){ (width - label_width) / 2,
                                              (int)self->size + LABEL_GAP, label_width, natural },
                            -1);
}

static void
ph_unit_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhUnitCell *self = PH_UNIT_CELL (widget);
  float left = (gtk_widget_get_width (widget) - (int)self->size) / 2;
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (left, 0, self->size, self->size);
  GskRoundedRect outline;
  GdkTexture *texture = NULL;

  gsk_rounded_rect_init_from_rect (&outline, &bounds, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  if (self->thumbnail != NULL)
    texture = ph_thumbnail_get_texture (self->thumbnail);
  if (texture != NULL)
    gtk_snapshot_append_texture (snapshot, texture, &bounds);
  else
    {
      GdkRGBA colour;
      gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
      colour.alpha *= 0.07;
      gtk_snapshot_append_color (snapshot, &colour, &bounds);
    }
  gtk_snapshot_pop (snapshot);
  if (self->thumbnail != NULL && ph_thumbnail_get_state (self->thumbnail) == PH_THUMBNAIL_FAILED)
    {
      g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, _ ("no picture"));
      GtkStyleContext *style = gtk_widget_get_style_context (widget);
      int text_width, text_height;
      pango_layout_get_pixel_size (layout, &text_width, &text_height);
      gtk_snapshot_render_layout (snapshot, style, left + ((int)self->size - text_width) / 2,
                                  ((int)self->size - text_height) / 2, layout);
    }
  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->label), snapshot);
}

/* GObject */

static void
ph_unit_cell_dispose (GObject *object)
{
  PhUnitCell *self = PH_UNIT_CELL (object);

  drop_thumbnail (self);
  g_clear_object (&self->item);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_UNIT_CELL);
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
      set_item (PH_UNIT_CELL (object), g_value_get_object (value));
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
  widget_class->size_allocate = ph_unit_cell_size_allocate;
  widget_class->snapshot = ph_unit_cell_snapshot;

  props[PROP_ITEM] =
      g_param_spec_object ("item", NULL, NULL, PH_TYPE_UNIT_ITEM,
                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "unitcell");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/unit-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, PhUnitCell, label);
}

static void
ph_unit_cell_init (PhUnitCell *self)
{
  self->size = 96;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::parent", G_CALLBACK (update_accessible), NULL);
}

/* Public */

PhUnitItem *
ph_unit_cell_get_item (PhUnitCell *self)
{
  g_return_val_if_fail (PH_IS_UNIT_CELL (self), NULL);

  return self->item;
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
      g_signal_connect_swapped (self->thumbnail, "notify::texture",
                                G_CALLBACK (gtk_widget_queue_draw), self);
      g_signal_connect_swapped (self->thumbnail, "notify::state", G_CALLBACK (on_state), self);
      on_state (self);
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
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
