#include "ui/presenter.h"

struct _PhPresenter
{
  AdwBin parent_instance;

  /* borrowed: children */
  GtkOverlay *overlay;
  GtkWidget *ring;

  double x, y; /* of the pointer */
  gboolean inside, presenting;
};

G_DEFINE_FINAL_TYPE (PhPresenter, ph_presenter, ADW_TYPE_BIN)

enum
{
  PROP_CONTENT = 1,
  PROP_PRESENTING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Seen from the last row, and nothing below it is hidden. */
#define SIDE 64
#define WIDTH 5

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  double radius = MIN (width, height) / 2.0 - WIDTH;

  /* Dark around light: it stands out from any picture. */
  cairo_arc (cr, width / 2.0, height / 2.0, radius, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.5);
  cairo_set_line_width (cr, WIDTH + 3);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 1, 0.8, 0.1);
  cairo_set_line_width (cr, WIDTH);
  cairo_stroke (cr);
}

static void
update (PhPresenter *self)
{
  gtk_widget_set_visible (self->ring, self->presenting && self->inside);
  gtk_widget_queue_allocate (GTK_WIDGET (self->overlay));
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, PhPresenter *self)
{
  self->x = x;
  self->y = y;
  self->inside = TRUE;
  if (self->presenting)
    update (self);
}

static void
on_leave (GtkEventControllerMotion *motion, PhPresenter *self)
{
  self->inside = FALSE;
  update (self);
}

static gboolean
on_position (GtkOverlay *overlay, GtkWidget *child, GdkRectangle *place, PhPresenter *self)
{
  *place = (GdkRectangle){ (int)self->x - SIDE / 2, (int)self->y - SIDE / 2, SIDE, SIDE };
  return TRUE;
}

static void
ph_presenter_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhPresenter *self = PH_PRESENTER (object);

  switch (id)
    {
    case PROP_CONTENT:
      g_value_set_object (value, gtk_overlay_get_child (self->overlay));
      break;
    case PROP_PRESENTING:
      g_value_set_boolean (value, self->presenting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_presenter_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhPresenter *self = PH_PRESENTER (object);

  switch (id)
    {
    case PROP_CONTENT:
      gtk_overlay_set_child (self->overlay, g_value_get_object (value));
      break;
    case PROP_PRESENTING:
      ph_presenter_set_presenting (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_presenter_class_init (PhPresenterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = ph_presenter_get_property;
  object_class->set_property = ph_presenter_set_property;
  props[PROP_CONTENT] = g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET,
                                             G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_PRESENTING] =
      g_param_spec_boolean ("presenting", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ph_presenter_init (PhPresenter *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->overlay = GTK_OVERLAY (gtk_overlay_new ());
  self->ring = gtk_drawing_area_new ();
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->ring), draw, NULL, NULL);
  gtk_widget_set_can_target (self->ring, FALSE);
  gtk_widget_set_visible (self->ring, FALSE);
  gtk_overlay_add_overlay (self->overlay, self->ring);
  g_signal_connect (self->overlay, "get-child-position", G_CALLBACK (on_position), self);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->overlay));
  gtk_event_controller_set_propagation_phase (motion, GTK_PHASE_CAPTURE);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
}

/* Public */

GtkWidget *
ph_presenter_new (void)
{
  return g_object_new (PH_TYPE_PRESENTER, NULL);
}

void
ph_presenter_set_presenting (PhPresenter *self, gboolean presenting)
{
  g_return_if_fail (PH_IS_PRESENTER (self));

  if (self->presenting == presenting)
    return;
  self->presenting = presenting;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PRESENTING]);
}

gboolean
ph_presenter_get_presenting (PhPresenter *self)
{
  g_return_val_if_fail (PH_IS_PRESENTER (self), FALSE);

  return self->presenting;
}
