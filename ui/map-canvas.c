#include "ui/map-canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define MARGIN 24           /* pixels around the whole map */
#define REACH 12            /* pixels from a dot that still mean it */
#define SMALL 64            /* side of the pictures that are kept for the map */
#define LARGE 160           /* and for what is under the pointer */
#define MOST_MAGNIFIED 4096 /* times the scale that shows the whole */

G_DEFINE_FINAL_TYPE (PhMapCanvas, ph_map_canvas, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_ACTIVATED,
  SIGNAL_SELECTION_CHANGED,
  SIGNAL_CURRENT_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

PhMapView
ph_map_canvas_get_view (PhMapCanvas *self, int factor)
{
  return (PhMapView){ (guint)(gtk_widget_get_width (GTK_WIDGET (self)) * factor),
                      (guint)(gtk_widget_get_height (GTK_WIDGET (self)) * factor), self->x, self->y,
                      self->scale * factor };
}

void
ph_map_canvas_change (PhMapCanvas *self)
{
  g_clear_object (&self->texture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static guint
get_n (PhMapCanvas *self)
{
  return self->points != NULL ? ph_map_points_get_n (self->points) : 0;
}

static void
update_description (PhMapCanvas *self)
{
  const guint n = self->points != NULL ? ph_map_points_get_n_placed (self->points) : 0;
  /* Translators: how many images are on the map, and how many of them are selected. */
  g_autofree char *text = g_strdup_printf (
      ngettext ("%u image, %u selected", "%u images, %u selected", n), n, self->selection->len);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* The scale at which the whole fills the widget. */
static double
get_whole_scale (PhMapCanvas *self)
{
  const PhMapBox bounds = ph_map_points_get_bounds (self->points);
  double width = MAX (gtk_widget_get_width (GTK_WIDGET (self)) - 2 * MARGIN, 16);
  double height = MAX (gtk_widget_get_height (GTK_WIDGET (self)) - 2 * MARGIN, 16);
  double across = MAX (bounds.right - bounds.left, 1e-9);
  double down = MAX (bounds.bottom - bounds.top, 1e-9);

  return MIN (width / across, height / down);
}

static void
fit (PhMapCanvas *self)
{
  if (self->points == NULL || ph_map_points_get_n_placed (self->points) == 0)
    return;

  const PhMapBox bounds = ph_map_points_get_bounds (self->points);

  self->x = (bounds.left + bounds.right) / 2;
  self->y = (bounds.top + bounds.bottom) / 2;
  self->scale = get_whole_scale (self);
}

void
ph_map_canvas_set_hover (PhMapCanvas *self, int item)
{
  if (self->hover == item)
    return;
  self->hover = item;
  if (item >= 0 && self->large != NULL)
    ph_item_pictures_want (self->large, &(guint){ (guint)item }, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ph_map_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ph_map_canvas_draw (PH_MAP_CANVAS (widget), snapshot);
}

static void
ph_map_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 160;
  *natural = 480;
}

static void
ph_map_canvas_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  PhMapCanvas *self = PH_MAP_CANVAS (widget);

  if (self->fitted)
    fit (self);
  g_clear_object (&self->texture);
}

static void
ph_map_canvas_unmap (GtkWidget *widget)
{
  PhMapCanvas *self = PH_MAP_CANVAS (widget);

  if (self->small != NULL)
    {
      ph_item_pictures_stop (self->small);
      ph_item_pictures_stop (self->large);
    }
  GTK_WIDGET_CLASS (ph_map_canvas_parent_class)->unmap (widget);
}

static void
drop_pictures (PhMapCanvas *self)
{
  if (self->small == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->small, self);
  g_signal_handlers_disconnect_by_data (self->large, self);
  g_clear_object (&self->small);
  g_clear_object (&self->large);
}

static void
ph_map_canvas_dispose (GObject *object)
{
  PhMapCanvas *self = PH_MAP_CANVAS (object);

  drop_pictures (self);
  g_clear_object (&self->texture);
  G_OBJECT_CLASS (ph_map_canvas_parent_class)->dispose (object);
}

static void
ph_map_canvas_finalize (GObject *object)
{
  PhMapCanvas *self = PH_MAP_CANVAS (object);

  ph_map_points_free (self->points);
  g_free (self->colours);
  g_free (self->marked);
  g_array_unref (self->selection);
  g_array_unref (self->visible);
  g_array_unref (self->line);
  G_OBJECT_CLASS (ph_map_canvas_parent_class)->finalize (object);
}

static void
ph_map_canvas_class_init (PhMapCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_map_canvas_dispose;
  G_OBJECT_CLASS (klass)->finalize = ph_map_canvas_finalize;
  widget_class->snapshot = ph_map_canvas_snapshot;
  widget_class->measure = ph_map_canvas_measure;
  widget_class->size_allocate = ph_map_canvas_size_allocate;
  widget_class->unmap = ph_map_canvas_unmap;
  gtk_widget_class_set_css_name (widget_class, "mapcanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", PH_TYPE_MAP_CANVAS, G_SIGNAL_RUN_LAST, 0,
                                            NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_SELECTION_CHANGED] =
      g_signal_new ("selection-changed", PH_TYPE_MAP_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
  signals[SIGNAL_CURRENT_CHANGED] =
      g_signal_new ("current-changed", PH_TYPE_MAP_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
}

static void
ph_map_canvas_init (PhMapCanvas *self)
{
  self->selection = g_array_new (FALSE, FALSE, sizeof (guint));
  self->visible = g_array_new (FALSE, FALSE, sizeof (guint));
  self->line = g_array_new (FALSE, FALSE, sizeof (double));
  self->fitted = TRUE;
  self->scale = 1;
  self->side = 48;
  self->current = self->hover = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  ph_map_canvas_init_input (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Map of the images"), -1);
  update_description (self);
}

/* Public */

GtkWidget *
ph_map_canvas_new (void)
{
  return g_object_new (PH_TYPE_MAP_CANVAS, NULL);
}

void
ph_map_canvas_set_dataset (PhMapCanvas *self, PhDataset *dataset, PhQueue *queue)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  drop_pictures (self);
  ph_map_canvas_set_places (self, 0, NULL);
  if (dataset != NULL && queue != NULL)
    {
      self->small = ph_item_pictures_new (dataset, queue, SMALL);
      self->large = ph_item_pictures_new (dataset, queue, LARGE);
      g_signal_connect_swapped (self->small, "changed", G_CALLBACK (ph_map_canvas_change), self);
      g_signal_connect_swapped (self->large, "changed", G_CALLBACK (gtk_widget_queue_draw), self);
    }
  self->fitted = TRUE;
}

void
ph_map_canvas_set_places (PhMapCanvas *self, guint n, const float *places)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  const gboolean anew = n != get_n (self);
  g_autofree float *down = g_new (float, 2 * (gsize)n + 1);

  for (guint i = 0; i < 2 * n; i++)
    down[i] = i % 2 == 1 ? -places[i] : places[i];
  g_clear_pointer (&self->points, ph_map_points_free);
  self->points = n > 0 ? ph_map_points_new (n, down) : NULL;
  if (anew)
    {
      g_free (self->colours);
      self->colours = g_new (guint32, n + 1);
      for (guint i = 0; i < n; i++)
        self->colours[i] = 0x3584e4;
      self->current = self->hover = -1;
      ph_map_canvas_select (self, NULL, 0);
    }
  if (self->fitted)
    fit (self);
  update_description (self);
  ph_map_canvas_change (self);
}

void
ph_map_canvas_set_colours (PhMapCanvas *self, const guint32 *colours, guint n)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));
  g_return_if_fail (n == get_n (self));

  memcpy (self->colours, colours, n * sizeof *colours);
  ph_map_canvas_change (self);
}

void
ph_map_canvas_set_describe (PhMapCanvas *self, PhMapDescribe describe, gpointer data)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  self->describe = describe;
  self->describe_data = data;
}

void
ph_map_canvas_set_picture_size (PhMapCanvas *self, guint size)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  self->side = CLAMP (size, 8, 256);
  ph_map_canvas_change (self);
}

void
ph_map_canvas_set_lasso (PhMapCanvas *self, gboolean lasso)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  self->lasso = lasso;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), lasso ? "crosshair" : NULL);
}

const GArray *
ph_map_canvas_get_selection (PhMapCanvas *self)
{
  g_return_val_if_fail (PH_IS_MAP_CANVAS (self), NULL);

  return self->selection;
}

void
ph_map_canvas_select (PhMapCanvas *self, const guint *items, guint n)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  if (n == 0 && self->selection->len == 0)
    return;
  g_array_set_size (self->selection, 0);
  g_clear_pointer (&self->marked, g_free);
  if (n > 0)
    {
      g_array_append_vals (self->selection, items, n);
      self->marked = g_new0 (guint8, get_n (self));
      for (guint i = 0; i < n; i++)
        self->marked[items[i]] = TRUE;
    }
  update_description (self);
  ph_map_canvas_change (self);
  g_signal_emit (self, signals[SIGNAL_SELECTION_CHANGED], 0);
}

int
ph_map_canvas_get_current (PhMapCanvas *self)
{
  g_return_val_if_fail (PH_IS_MAP_CANVAS (self), -1);

  return self->current;
}

void
ph_map_canvas_set_current (PhMapCanvas *self, int item)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));
  g_return_if_fail (item < (int)get_n (self));

  double x, y;

  if (item == self->current)
    return;
  self->current = item;
  if (item >= 0 && ph_map_points_get_place (self->points, (guint)item, &x, &y))
    {
      PhMapView view = ph_map_canvas_get_view (self, 1);
      PhMapBox box = ph_map_view_get_box (&view, -1);

      if (x < box.left || x > box.right || y < box.top || y > box.bottom)
        {
          self->x = x;
          self->y = y;
          self->fitted = FALSE;
          g_clear_object (&self->texture);
        }
    }
  if (item >= 0 && self->describe != NULL)
    {
      g_autofree char *text = self->describe ((guint)item, self->describe_data);

      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                      text, -1);
    }
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[SIGNAL_CURRENT_CHANGED], 0);
}

void
ph_map_canvas_zoom (PhMapCanvas *self, double factor, double left, double top)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  PhMapView view = ph_map_canvas_get_view (self, 1);
  double x, y, whole;

  if (self->points == NULL)
    return;
  if (isnan (left))
    {
      left = view.width / 2.0;
      top = view.height / 2.0;
    }
  whole = get_whole_scale (self);
  ph_map_view_to_place (&view, left, top, &x, &y);
  self->scale = CLAMP (self->scale * factor, whole / 4, whole * MOST_MAGNIFIED);
  self->x = x - (left - view.width / 2.0) / self->scale;
  self->y = y - (top - view.height / 2.0) / self->scale;
  self->fitted = FALSE;
  ph_map_canvas_change (self);
}

void
ph_map_canvas_pan (PhMapCanvas *self, double right, double down)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  self->x += right / self->scale;
  self->y += down / self->scale;
  self->fitted = FALSE;
  ph_map_canvas_change (self);
}

void
ph_map_canvas_fit (PhMapCanvas *self)
{
  g_return_if_fail (PH_IS_MAP_CANVAS (self));

  self->fitted = TRUE;
  fit (self);
  ph_map_canvas_change (self);
}

int
ph_map_canvas_lookup (PhMapCanvas *self, double left, double top)
{
  g_return_val_if_fail (PH_IS_MAP_CANVAS (self), -1);

  PhMapView view = ph_map_canvas_get_view (self, 1);
  double x, y;

  if (self->points == NULL)
    return -1;
  ph_map_view_to_place (&view, left, top, &x, &y);
  return ph_map_points_find (self->points, x, y,
                             (self->near ? MAX (self->side / 2.0, REACH) : REACH) / self->scale);
}

gboolean
ph_map_canvas_shows_pictures (PhMapCanvas *self)
{
  g_return_val_if_fail (PH_IS_MAP_CANVAS (self), FALSE);

  return self->near;
}

guint
ph_map_canvas_get_n_visible (PhMapCanvas *self)
{
  g_return_val_if_fail (PH_IS_MAP_CANVAS (self), 0);

  return self->visible->len;
}
