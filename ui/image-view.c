#include "image-view.h"

#include <glib/gi18n.h>
#include <math.h>

/* One notch of the wheel, one press of + or −. */
#define ZOOM_STEP 1.25
/* How many times the fitting size a picture can be enlarged to. */
#define ZOOM_MOST 32.0
/* How near the pointer must be to take hold of the line, in pixels. */
#define GRIP 10.0

struct _PhImageView
{
  GtkWidget parent_instance;

  /* owned */
  GdkTexture *texture;
  GdkTexture *before;

  /* borrowed */
  PhImageView *partner; /* nullable: shows the same part; cleared when it goes */

  double zoom;               /* times the size that fits; 1: fits */
  double centre_x, centre_y; /* fraction of the picture that lies in the middle of the view */
  double split;              /* fraction of the picture's width at the left of the line */
  PhCompare compare;
  gboolean has_outline;
  graphene_rect_t outline;

  /* while dragging */
  gboolean moving_split;
  double start_x, start_y;
  double pointer_x, pointer_y;
};

G_DEFINE_FINAL_TYPE (PhImageView, ph_image_view, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_ZOOM_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Where the whole picture lies in the widget, perhaps beyond its edges. */
static gboolean
get_rectangle (PhImageView *self, graphene_rect_t *rectangle)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));

  if (self->texture == NULL || width <= 0 || height <= 0)
    return FALSE;

  double w = gdk_texture_get_width (self->texture), h = gdk_texture_get_height (self->texture);
  double scale = MIN (width / w, height / h) * self->zoom;

  w *= scale;
  h *= scale;

  /* What is smaller than the view is centred; what is larger leaves no gap at an edge. */
  double x = w <= width ? (width - w) / 2 : CLAMP (width / 2 - self->centre_x * w, width - w, 0);
  double y =
      h <= height ? (height - h) / 2 : CLAMP (height / 2 - self->centre_y * h, height - h, 0);

  graphene_rect_init (rectangle, (float)round (x), (float)round (y), (float)w, (float)h);
  return TRUE;
}

static gboolean
has_split (PhImageView *self)
{
  return self->compare == PH_COMPARE_SPLIT && self->before != NULL && self->texture != NULL;
}

static void
append_frame (GtkSnapshot *snapshot, const graphene_rect_t *r, float width, const GdkRGBA *colour)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, r, 0);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ *colour, *colour, *colour, *colour });
}

/* White between black lines shows on any picture. */
static void
draw_outline (PhImageView *self, GtkSnapshot *snapshot, const graphene_rect_t *r)
{
  const GdkRGBA white = { 1, 1, 1, 1 }, black = { 0, 0, 0, 0.8f };
  float left = roundf (r->origin.x + r->size.width * self->outline.origin.x);
  float top = roundf (r->origin.y + r->size.height * self->outline.origin.y);
  float right =
      roundf (r->origin.x + r->size.width * (self->outline.origin.x + self->outline.size.width));
  float bottom =
      roundf (r->origin.y + r->size.height * (self->outline.origin.y + self->outline.size.height));

  for (int i = 0; i < 3; i++)
    {
      float in = (float[]){ 0, 1, 3 }[i], width = (float[]){ 1, 2, 1 }[i];

      append_frame (snapshot,
                    &GRAPHENE_RECT_INIT (left + in, top + in, MAX (right - left - 2 * in, 1),
                                         MAX (bottom - top - 2 * in, 1)),
                    width, i == 1 ? &white : &black);
    }
}

static void
draw_split (PhImageView *self, GtkSnapshot *snapshot, const graphene_rect_t *r)
{
  const GdkRGBA white = { 1, 1, 1, 1 }, black = { 0, 0, 0, 0.5f };
  float x = roundf (r->origin.x + r->size.width * (float)self->split);
  float height = (float)gtk_widget_get_height (GTK_WIDGET (self));
  float top = MAX (r->origin.y, 0), bottom = MIN (r->origin.y + r->size.height, height);
  float middle = (top + bottom) / 2;
  GskRoundedRect grip;

  gtk_snapshot_push_clip (
      snapshot, &GRAPHENE_RECT_INIT (r->origin.x, r->origin.y, x - r->origin.x, r->size.height));
  gtk_snapshot_append_texture (snapshot, self->before, r);
  gtk_snapshot_pop (snapshot);

  gtk_snapshot_append_color (snapshot, &black, &GRAPHENE_RECT_INIT (x - 2, top, 4, bottom - top));
  gtk_snapshot_append_color (snapshot, &white, &GRAPHENE_RECT_INIT (x - 1, top, 2, bottom - top));
  gsk_rounded_rect_init_from_rect (&grip, &GRAPHENE_RECT_INIT (x - 5, middle - 18, 10, 36), 5);
  gtk_snapshot_push_rounded_clip (snapshot, &grip);
  gtk_snapshot_append_color (snapshot, &white, &grip.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &grip, (float[4]){ 1, 1, 1, 1 },
                              (GdkRGBA[4]){ black, black, black, black });
}

static void
ph_image_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhImageView *self = PH_IMAGE_VIEW (widget);
  graphene_rect_t r;

  if (!get_rectangle (self, &r))
    return;
  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                                         (float)gtk_widget_get_height (widget)));
  gtk_snapshot_append_texture (
      snapshot,
      self->compare == PH_COMPARE_BEFORE && self->before != NULL ? self->before : self->texture,
      &r);
  if (has_split (self))
    draw_split (self, snapshot, &r);
  if (self->has_outline)
    draw_outline (self, snapshot, &r);
  gtk_snapshot_pop (snapshot);
}

static void
ph_image_view_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = 160;
  *natural = 448;
}

/* Shows the partner's picture from the same side as the own. */
static void
share_view (PhImageView *self)
{
  PhImageView *partner = self->partner;

  if (partner == NULL || (partner->zoom == self->zoom && partner->centre_x == self->centre_x &&
                          partner->centre_y == self->centre_y))
    return;
  partner->zoom = self->zoom;
  partner->centre_x = self->centre_x;
  partner->centre_y = self->centre_y;
  gtk_widget_queue_draw (GTK_WIDGET (partner));
}

static void
set_zoom (PhImageView *self, double zoom)
{
  zoom = CLAMP (zoom, 1, ZOOM_MOST);
  if (zoom == self->zoom)
    return;
  self->zoom = zoom;
  if (zoom == 1)
    self->centre_x = self->centre_y = 0.5;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  share_view (self);
  g_signal_emit (self, signals[SIGNAL_ZOOM_CHANGED], 0);
}

/* Keeps the centre where the picture still fills the view, so that panning back starts at once. */
static void
clamp_centre (PhImageView *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  graphene_rect_t r;

  if (!get_rectangle (self, &r))
    return;

  double half_x = MIN (width / r.size.width / 2, 0.5);
  double half_y = MIN (height / r.size.height / 2, 0.5);

  self->centre_x = CLAMP (self->centre_x, half_x, 1 - half_x);
  self->centre_y = CLAMP (self->centre_y, half_y, 1 - half_y);
}

/* Enlarges and keeps the point of the picture under (x, y) in its place. */
static void
zoom_at (PhImageView *self, double zoom, double x, double y)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  graphene_rect_t old, new;

  if (!get_rectangle (self, &old))
    return;

  double at_x = (x - old.origin.x) / old.size.width, at_y = (y - old.origin.y) / old.size.height;

  set_zoom (self, zoom);
  if (self->zoom == 1 || !get_rectangle (self, &new))
    return;
  self->centre_x = at_x + (width / 2 - x) / new.size.width;
  self->centre_y = at_y + (height / 2 - y) / new.size.height;
  clamp_centre (self);
  share_view (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_split (PhImageView *self, double split)
{
  self->split = CLAMP (split, 0, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_at_split (PhImageView *self, double x)
{
  graphene_rect_t r;

  return has_split (self) && get_rectangle (self, &r) &&
         fabs (r.origin.x + r.size.width * self->split - x) <= GRIP;
}

static void
update_cursor (PhImageView *self, double x)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), self->moving_split || is_at_split (self, x)
                                                          ? "col-resize"
                                                      : self->zoom > 1 ? "grab"
                                                                       : NULL);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PhImageView *self)
{
  self->pointer_x = x;
  self->pointer_y = y;
  update_cursor (self, x);
}

static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, PhImageView *self)
{
  if (self->texture == NULL || dy == 0)
    return GDK_EVENT_PROPAGATE;
  zoom_at (self, self->zoom * pow (ZOOM_STEP, -dy), self->pointer_x, self->pointer_y);
  update_cursor (self, self->pointer_x);
  return GDK_EVENT_STOP;
}

static void
on_scale_changed (GtkGestureZoom *gesture, double scale, PhImageView *self)
{
  double x, y;

  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    zoom_at (self, self->start_x * scale, x, y);
}

static void
on_scale_begin (GtkGesture *gesture, GdkEventSequence *sequence, PhImageView *self)
{
  self->start_x = self->zoom;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, PhImageView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->moving_split = is_at_split (self, x);
  self->start_x = self->moving_split ? self->split : self->centre_x;
  self->start_y = self->centre_y;
  if (!self->moving_split && self->zoom == 1)
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, PhImageView *self)
{
  graphene_rect_t r;

  if (!get_rectangle (self, &r))
    return;
  if (self->moving_split)
    {
      set_split (self, self->start_x + dx / r.size.width);
      return;
    }
  self->centre_x = self->start_x - dx / r.size.width;
  self->centre_y = self->start_y - dy / r.size.height;
  clamp_centre (self);
  share_view (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, PhImageView *self)
{
  self->moving_split = FALSE;
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, PhImageView *self)
{
  if (n_press == 2)
    zoom_at (self, self->zoom > 1 ? 1 : 4, x, y);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhImageView *self)
{
  double dx = key == GDK_KEY_Left ? -1 : key == GDK_KEY_Right ? 1 : 0;
  double dy = key == GDK_KEY_Up ? -1 : key == GDK_KEY_Down ? 1 : 0;

  if ((dx == 0 && dy == 0) || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  /* The line answers before the picture moves: it is what one sees. */
  if (has_split (self) && dx != 0)
    {
      set_split (self, self->split + 0.02 * dx);
      return GDK_EVENT_STOP;
    }
  if (self->zoom == 1)
    return GDK_EVENT_PROPAGATE;
  self->centre_x += 0.1 * dx / self->zoom;
  self->centre_y += 0.1 * dy / self->zoom;
  clamp_centre (self);
  share_view (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return GDK_EVENT_STOP;
}

static void
ph_image_view_dispose (GObject *object)
{
  PhImageView *self = PH_IMAGE_VIEW (object);

  g_clear_object (&self->texture);
  g_clear_object (&self->before);
  ph_image_view_link (self, NULL);
  G_OBJECT_CLASS (ph_image_view_parent_class)->dispose (object);
}

static void
ph_image_view_class_init (PhImageViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_image_view_dispose;
  widget_class->snapshot = ph_image_view_snapshot;
  widget_class->measure = ph_image_view_measure;
  gtk_widget_class_set_css_name (widget_class, "imageview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  signals[SIGNAL_ZOOM_CHANGED] = g_signal_new (
      "zoom-changed", PH_TYPE_IMAGE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
add_controller (PhImageView *self, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (controller));
}

static void
ph_image_view_init (PhImageView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  self->zoom = 1;
  self->centre_x = self->centre_y = self->split = 0.5;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_scale_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_scale_changed), self);
  gtk_gesture_group (drag, click);
  add_controller (self, motion);
  add_controller (self, keys);
  add_controller (self, scroll);
  add_controller (self, drag);
  add_controller (self, click);
  add_controller (self, pinch);
}

GtkWidget *
ph_image_view_new (void)
{
  return g_object_new (PH_TYPE_IMAGE_VIEW, NULL);
}

void
ph_image_view_set_texture (PhImageView *self, GdkTexture *texture)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  if (g_set_object (&self->texture, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

GdkTexture *
ph_image_view_get_texture (PhImageView *self)
{
  g_return_val_if_fail (PH_IS_IMAGE_VIEW (self), NULL);

  return self->texture;
}

void
ph_image_view_set_before (PhImageView *self, GdkTexture *texture)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  if (g_set_object (&self->before, texture))
    gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_view_set_compare (PhImageView *self, PhCompare compare)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  self->compare = compare;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_view_set_outline (PhImageView *self, const graphene_rect_t *outline)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  self->has_outline = outline != NULL;
  if (outline != NULL)
    self->outline = *outline;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_image_view_zoom_by (PhImageView *self, double factor)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  zoom_at (self, self->zoom * factor, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
           gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

void
ph_image_view_zoom_fit (PhImageView *self)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  set_zoom (self, 1);
}

gboolean
ph_image_view_is_fit (PhImageView *self)
{
  g_return_val_if_fail (PH_IS_IMAGE_VIEW (self), TRUE);

  return self->zoom == 1;
}

double
ph_image_view_get_scale (PhImageView *self)
{
  g_return_val_if_fail (PH_IS_IMAGE_VIEW (self), 0);

  graphene_rect_t r;

  return get_rectangle (self, &r) ? r.size.width / gdk_texture_get_width (self->texture) : 0;
}

void
ph_image_view_link (PhImageView *self, PhImageView *partner)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));
  g_return_if_fail (partner == NULL || PH_IS_IMAGE_VIEW (partner));

  if (self->partner == partner)
    return;
  if (self->partner != NULL)
    self->partner->partner = NULL;
  self->partner = partner;
  if (partner == NULL)
    return;
  ph_image_view_link (partner, NULL);
  partner->partner = self;
  share_view (self);
}

void
ph_image_view_set_label (PhImageView *self, const char *label, const char *description)
{
  g_return_if_fail (PH_IS_IMAGE_VIEW (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}
