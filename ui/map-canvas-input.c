#include "ui/map-canvas-private.h"

#include <math.h>

#define STEP 60       /* pixels that an arrow key moves */
#define ZOOM 1.25     /* of a key */
#define WHEEL 1.2     /* of a notch */
#define STILL 4       /* pixels: less is a click */
#define LINE_STEP 3.0 /* pixels between corners of a line */

static void
activate (PhMapCanvas *self, int item)
{
  if (item >= 0)
    g_signal_emit_by_name (self, "activated", (guint)item);
}

/* Pointer */

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PhMapCanvas *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
  if (!self->dragging)
    ph_map_canvas_set_hover (self, ph_map_canvas_lookup (self, x, y));
}

static void
on_leave (GtkEventControllerMotion *controller, PhMapCanvas *self)
{
  self->pointer_x = self->pointer_y = NAN;
  ph_map_canvas_set_hover (self, -1);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, PhMapCanvas *self)
{
  ph_map_canvas_zoom (self, pow (WHEEL, -dy), self->pointer_x, self->pointer_y);
  return GDK_EVENT_STOP;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, PhMapCanvas *self)
{
  self->pinch = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, PhMapCanvas *self)
{
  double x = NAN, y = NAN;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  ph_map_canvas_zoom (self, scale / self->pinch, x, y);
  self->pinch = scale;
}

static void
add_corner (PhMapCanvas *self, double x, double y)
{
  const double corner[2] = { x, y };

  if (self->line->len >= 2 &&
      hypot (x - g_array_index (self->line, double, self->line->len - 2),
             y - g_array_index (self->line, double, self->line->len - 1)) < LINE_STEP)
    return;
  g_array_append_vals (self->line, corner, 2);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Takes the items inside the line; with those that were selected already where @add. */
static void
end_line (PhMapCanvas *self, gboolean add)
{
  const PhMapView view = ph_map_canvas_get_view (self, 1);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));
  double *corners = (double *)(gpointer)self->line->data;

  for (guint i = 0; i < self->line->len; i += 2)
    ph_map_view_to_place (&view, corners[i], corners[i + 1], &corners[i], &corners[i + 1]);
  if (self->points != NULL)
    ph_map_points_in_polygon (self->points, corners, self->line->len / 2, items);
  if (add)
    {
      guint n_new = 0;

      for (guint i = 0; i < items->len; i++)
        if (self->marked == NULL || !self->marked[g_array_index (items, guint, i)])
          g_array_index (items, guint, n_new++) = g_array_index (items, guint, i);
      g_array_set_size (items, n_new);
      g_array_prepend_vals (items, self->selection->data, self->selection->len);
    }
  g_array_set_size (self->line, 0);
  ph_map_canvas_select (self, (const guint *)(gpointer)items->data, items->len);
}

static GdkModifierType
get_modifiers (GtkGestureDrag *gesture)
{
  return gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, PhMapCanvas *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_x = x;
  self->drag_y = y;
  self->drag_view_x = self->x;
  self->drag_view_y = self->y;
  self->selecting = self->lasso != ((get_modifiers (gesture) & GDK_SHIFT_MASK) != 0);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, PhMapCanvas *self)
{
  if (!self->dragging && hypot (dx, dy) < STILL)
    return;
  if (!self->dragging && self->selecting)
    add_corner (self, self->drag_x, self->drag_y);
  self->dragging = TRUE;
  if (self->selecting)
    add_corner (self, self->drag_x + dx, self->drag_y + dy);
  else
    {
      self->x = self->drag_view_x;
      self->y = self->drag_view_y;
      ph_map_canvas_pan (self, -dx, -dy);
    }
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, PhMapCanvas *self)
{
  if (!self->dragging)
    {
      int item = ph_map_canvas_lookup (self, self->drag_x, self->drag_y);

      if (item < 0)
        ph_map_canvas_select (self, NULL, 0);
      ph_map_canvas_set_current (self, item);
    }
  else if (self->selecting)
    end_line (self, (get_modifiers (gesture) & GDK_CONTROL_MASK) != 0);
  self->dragging = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, PhMapCanvas *self)
{
  self->dragging = FALSE;
  g_array_set_size (self->line, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, PhMapCanvas *self)
{
  if (n_press == 2)
    activate (self, ph_map_canvas_lookup (self, x, y));
}

/* Keys */

static gboolean
is_in_view (PhMapCanvas *self, const PhMapBox *box, int item)
{
  double x, y;

  return ph_map_points_get_place (self->points, (guint)item, &x, &y) && x >= box->left &&
         x <= box->right && y >= box->top && y <= box->bottom;
}

/* To the next image in view; behind the last one the focus goes on. */
static gboolean
walk (PhMapCanvas *self, gboolean forward)
{
  const PhMapView view = ph_map_canvas_get_view (self, 1);
  const PhMapBox box = ph_map_view_get_box (&view, 0);
  int item = self->current;

  do
    item = ph_map_points_step (self->points, item, forward);
  while (item >= 0 && !is_in_view (self, &box, item));
  ph_map_canvas_set_current (self, item);
  if (item >= 0 && self->large != NULL)
    ph_item_pictures_want (self->large, &(guint){ (guint)item }, 1);
  return item >= 0 ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

static void
select_visible (PhMapCanvas *self)
{
  const PhMapView view = ph_map_canvas_get_view (self, 1);
  const PhMapBox box = ph_map_view_get_box (&view, 0);
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));

  ph_map_points_in_box (self->points, &box, items);
  ph_map_canvas_select (self, (const guint *)(gpointer)items->data, items->len);
}

static void
toggle (PhMapCanvas *self, guint item)
{
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (guint));

  g_array_append_vals (items, self->selection->data, self->selection->len);
  if (self->marked == NULL || !self->marked[item])
    g_array_append_val (items, item);
  else
    for (guint i = items->len; i-- > 0;)
      if (g_array_index (items, guint, i) == item)
        g_array_remove_index (items, i);
  ph_map_canvas_select (self, (const guint *)(gpointer)items->data, items->len);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhMapCanvas *self)
{
  const gboolean control = (state & GDK_CONTROL_MASK) != 0;

  if (self->points == NULL || (state & GDK_ALT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  if (control && key != GDK_KEY_a)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Left:
      ph_map_canvas_pan (self, -STEP, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
      ph_map_canvas_pan (self, STEP, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
      ph_map_canvas_pan (self, 0, -STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
      ph_map_canvas_pan (self, 0, STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      ph_map_canvas_zoom (self, ZOOM, NAN, NAN);
      return GDK_EVENT_STOP;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      ph_map_canvas_zoom (self, 1 / ZOOM, NAN, NAN);
      return GDK_EVENT_STOP;
    case GDK_KEY_0:
    case GDK_KEY_KP_0:
      ph_map_canvas_fit (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Tab:
      return walk (self, TRUE);
    case GDK_KEY_ISO_Left_Tab:
      return walk (self, FALSE);
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      activate (self, self->current);
      return self->current >= 0 ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
    case GDK_KEY_space:
      if (self->current < 0)
        return GDK_EVENT_PROPAGATE;
      toggle (self, (guint)self->current);
      return GDK_EVENT_STOP;
    case GDK_KEY_a:
      if (!control)
        return GDK_EVENT_PROPAGATE;
      select_visible (self);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (self->selection->len == 0 && self->current < 0)
        return GDK_EVENT_PROPAGATE;
      ph_map_canvas_select (self, NULL, 0);
      ph_map_canvas_set_current (self, -1);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

void
ph_map_canvas_init_input (PhMapCanvas *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new (), *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  self->pointer_x = self->pointer_y = NAN;
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, motion);
  gtk_widget_add_controller (widget, keys);
  gtk_widget_add_controller (widget, scroll);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
