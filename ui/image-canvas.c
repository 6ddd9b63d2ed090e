#include "ui/image-canvas.h"

#include <glib/gi18n.h>
#include <math.h>

struct _PhImageCanvas
{
  GtkWidget parent_instance;

  /* owned */
  GdkTexture *picture;
  GdkTexture *overlay;

  double opacity;
  guint rows, columns;
  gboolean marked;
  guint row, column;
  gboolean has_field;
  graphene_rect_t field;

  double brush;        /* fraction of the shorter side; 0: none */
  double at_x, at_y;   /* of the brush, fractions */
  gboolean brush_seen; /* the pointer or the keys have put it somewhere */
  double start_x, start_y;
};

G_DEFINE_FINAL_TYPE (PhImageCanvas, ph_image_canvas, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_PICKED,
  SIGNAL_STROKE,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static gboolean
get_rectangle (PhImageCanvas *self, graphene_rect_t *r)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));

  if (self->picture == NULL || width <= 0 || height <= 0)
    return FALSE;

  double w = gdk_texture_get_width (self->picture), h = gdk_texture_get_height (self->picture);
  double scale = MIN (width / w, height / h);

  graphene_rect_init (r, (float)floor ((width - w * scale) / 2),
                      (float)floor ((height - h * scale) / 2), (float)floor (w * scale),
                      (float)floor (h * scale));
  return TRUE;
}

/* White between black lines shows on any picture. */
static void
draw_lines (cairo_t *cr, gboolean dashed)
{
  const double dash[] = { 4, 3 };

  cairo_set_line_width (cr, 3);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.7);
  cairo_stroke_preserve (cr);
  cairo_set_line_width (cr, 1);
  if (dashed)
    cairo_set_dash (cr, dash, 2, 0);
  cairo_set_source_rgba (cr, 1, 1, 1, 1);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

static void
draw_marks (PhImageCanvas *self, cairo_t *cr, const graphene_rect_t *r)
{
  double w = r->size.width, h = r->size.height;

  cairo_translate (cr, r->origin.x, r->origin.y);
  if (self->marked && self->rows > 0)
    {
      double cell_w = w / self->columns, cell_h = h / self->rows;

      cairo_rectangle (cr, round (self->column * cell_w) + 0.5, round (self->row * cell_h) + 0.5,
                       MAX (round (cell_w), 3), MAX (round (cell_h), 3));
      draw_lines (cr, FALSE);
      if (self->has_field)
        {
          cairo_rectangle (
              cr, round (self->field.origin.x * w) + 0.5, round (self->field.origin.y * h) + 0.5,
              round (self->field.size.width * w) - 1, round (self->field.size.height * h) - 1);
          draw_lines (cr, TRUE);
        }
    }
  if (self->brush > 0 && self->brush_seen)
    {
      cairo_arc (cr, self->at_x * w, self->at_y * h, self->brush * MIN (w, h), 0, 2 * G_PI);
      draw_lines (cr, FALSE);
    }
}

static void
ph_image_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhImageCanvas *self = PH_IMAGE_CANVAS (widget);
  graphene_rect_t r;

  if (!get_rectangle (self, &r))
    return;
  gtk_snapshot_push_clip (snapshot, &r);
  gtk_snapshot_append_texture (snapshot, self->picture, &r);
  if (self->overlay != NULL && self->opacity > 0)
    {
      gtk_snapshot_push_opacity (snapshot, self->opacity);
      gtk_snapshot_append_texture (snapshot, self->overlay, &r);
      gtk_snapshot_pop (snapshot);
    }
  if (self->marked || self->brush > 0)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &r);

      draw_marks (self, cr, &r);
      cairo_destroy (cr);
    }
  gtk_snapshot_pop (snapshot);
}

static void
ph_image_canvas_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                         int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 160;
  *natural = 448;
}

static void
pick (PhImageCanvas *self, guint row, guint column)
{
  if (self->rows == 0 || (self->marked && self->row == row && self->column == column))
    return;
  ph_image_canvas_mark (self, row, column);
  g_signal_emit (self, signals[SIGNAL_PICKED], 0, row, column);
}

static void
stroke (PhImageCanvas *self, PhCanvasStroke phase)
{
  g_signal_emit (self, signals[SIGNAL_STROKE], 0, (int)phase, self->at_x, self->at_y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
to_fractions (PhImageCanvas *self, double x, double y, double *fx, double *fy)
{
  graphene_rect_t r;

  *fx = *fy = 0;
  if (!get_rectangle (self, &r))
    return FALSE;
  *fx = (x - r.origin.x) / r.size.width;
  *fy = (y - r.origin.y) / r.size.height;
  return *fx >= 0 && *fy >= 0 && *fx < 1 && *fy < 1;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PhImageCanvas *self)
{
  if (self->brush <= 0)
    return;
  self->brush_seen = to_fractions (self, x, y, &self->at_x, &self->at_y);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *controller, PhImageCanvas *self)
{
  if (self->brush <= 0)
    return;
  self->brush_seen = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
go_to (PhImageCanvas *self, double x, double y, PhCanvasStroke phase)
{
  double fx, fy;
  gboolean inside = to_fractions (self, x, y, &fx, &fy);

  if (self->brush > 0)
    {
      self->at_x = fx;
      self->at_y = fy;
      stroke (self, phase);
    }
  else if (inside && self->rows > 0)
    pick (self, MIN ((guint)(fy * self->rows), self->rows - 1),
          MIN ((guint)(fx * self->columns), self->columns - 1));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, PhImageCanvas *self)
{
  double fx, fy;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (!to_fractions (self, x, y, &fx, &fy))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  self->start_x = x;
  self->start_y = y;
  go_to (self, x, y, PH_CANVAS_STROKE_BEGIN);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, PhImageCanvas *self)
{
  go_to (self, self->start_x + dx, self->start_y + dy, PH_CANVAS_STROKE_MOVE);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, PhImageCanvas *self)
{
  go_to (self, self->start_x + dx, self->start_y + dy, PH_CANVAS_STROKE_END);
}

static gboolean
move_brush (PhImageCanvas *self, int dx, int dy)
{
  if (!self->brush_seen)
    self->at_x = self->at_y = 0.5;
  else
    {
      self->at_x = CLAMP (self->at_x + dx * 0.03, 0, 0.999);
      self->at_y = CLAMP (self->at_y + dy * 0.03, 0, 0.999);
    }
  self->brush_seen = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return GDK_EVENT_STOP;
}

static gboolean
move_mark (PhImageCanvas *self, int dx, int dy)
{
  if (self->rows == 0)
    return GDK_EVENT_PROPAGATE;
  if (!self->marked)
    pick (self, self->rows / 2, self->columns / 2);
  else
    pick (self, (guint)CLAMP ((int)self->row + dy, 0, (int)self->rows - 1),
          (guint)CLAMP ((int)self->column + dx, 0, (int)self->columns - 1));
  return GDK_EVENT_STOP;
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhImageCanvas *self)
{
  int dx = key == GDK_KEY_Left ? -1 : key == GDK_KEY_Right ? 1 : 0;
  int dy = key == GDK_KEY_Up ? -1 : key == GDK_KEY_Down ? 1 : 0;

  if (self->picture == NULL || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (dx != 0 || dy != 0)
    return self->brush > 0 ? move_brush (self, dx, dy) : move_mark (self, dx, dy);
  if (self->brush > 0 && self->brush_seen && (key == GDK_KEY_space || key == GDK_KEY_Return))
    {
      stroke (self, PH_CANVAS_STROKE_BEGIN);
      stroke (self, PH_CANVAS_STROKE_END);
      return GDK_EVENT_STOP;
    }
  return GDK_EVENT_PROPAGATE;
}

static void
ph_image_canvas_dispose (GObject *object)
{
  PhImageCanvas *self = PH_IMAGE_CANVAS (object);

  g_clear_object (&self->picture);
  g_clear_object (&self->overlay);
  G_OBJECT_CLASS (ph_image_canvas_parent_class)->dispose (object);
}

static void
ph_image_canvas_class_init (PhImageCanvasClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_image_canvas_dispose;
  widget_class->snapshot = ph_image_canvas_snapshot;
  widget_class->measure = ph_image_canvas_measure;
  gtk_widget_class_set_css_name (widget_class, "imagecanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[SIGNAL_PICKED] = g_signal_new ("picked", PH_TYPE_IMAGE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
  signals[SIGNAL_STROKE] =
      g_signal_new ("stroke", PH_TYPE_IMAGE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 3, G_TYPE_INT, G_TYPE_DOUBLE, G_TYPE_DOUBLE);
}

static void
ph_image_canvas_init (PhImageCanvas *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("The picture"), -1);
}

/* Public */

GtkWidget *
ph_image_canvas_new (void)
{
  return g_object_new (PH_TYPE_IMAGE_CANVAS, NULL);
}

void
ph_image_canvas_set_picture (PhImageCanvas *self, GdkTexture *texture)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  if (g_set_object (&self->picture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_canvas_set_overlay (PhImageCanvas *self, GdkTexture *texture)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  if (g_set_object (&self->overlay, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_canvas_set_opacity (PhImageCanvas *self, double opacity)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  self->opacity = CLAMP (opacity, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_canvas_set_grid (PhImageCanvas *self, guint rows, guint columns)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  if (self->rows == rows && self->columns == columns)
    return;
  self->rows = rows;
  self->columns = columns;
  self->marked = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_canvas_mark (PhImageCanvas *self, guint row, guint column)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));
  g_return_if_fail (row < self->rows && column < self->columns);

  self->marked = TRUE;
  self->row = row;
  self->column = column;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ph_image_canvas_get_mark (PhImageCanvas *self, guint *row, guint *column)
{
  g_return_val_if_fail (PH_IS_IMAGE_CANVAS (self), FALSE);

  *row = self->row;
  *column = self->column;
  return self->marked;
}

void
ph_image_canvas_set_field (PhImageCanvas *self, const graphene_rect_t *field)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  self->has_field = field != NULL;
  if (field != NULL)
    self->field = *field;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_canvas_set_brush (PhImageCanvas *self, double radius)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  self->brush = radius;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), radius > 0 ? "crosshair" : NULL);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_canvas_set_description (PhImageCanvas *self, const char *text)
{
  g_return_if_fail (PH_IS_IMAGE_CANVAS (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}
