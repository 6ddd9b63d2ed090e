#include "plot.h"

#include <glib/gi18n.h>
#include <math.h>

#include "plot-axis.h"
#include "plot-layer.h"

typedef struct
{
  /* owned */
  PhPlotSeries *series;
  char *colour;
} Curve;

struct _PhPlot
{
  GtkWidget parent_instance;

  /* owned */
  GPtrArray *curves;
  char *x_title;
  GskRenderNode *node; /* the curves as last drawn; NULL after a change */

  PhPlotAxis x_wish;
  PhPlotAxis x, y;
  graphene_rect_t area; /* where the curves lie, set when drawn */
  double marker;
  int cursor; /* point of the first series, or -1 */
};

G_DEFINE_FINAL_TYPE (PhPlot, ph_plot, GTK_TYPE_WIDGET)

static guint point_activated_signal;

static void
curve_free (gpointer data)
{
  Curve *curve = data;

  g_object_unref (curve->series);
  g_free (curve->colour);
  g_free (curve);
}

static PhPlotSeries *
first_series (PhPlot *self)
{
  return self->curves->len > 0 ? ((Curve *)g_ptr_array_index (self->curves, 0))->series : NULL;
}

/* The styled colour @name, or the text's where the theme has none. */
static GdkRGBA
find_colour (PhPlot *self, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (context, name, &colour))
    gtk_style_context_get_color (context, &colour);
  return colour;
}

static void
ph_plot_changed (PhPlot *self)
{
  g_clear_pointer (&self->node, gsk_render_node_unref);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_description (PhPlot *self)
{
  g_autofree char *description = ph_plot_dup_description (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  description, -1);
}

static void
on_series_changed (PhPlotSeries *series, PhPlot *self)
{
  int n = (int)ph_plot_series_get_n_points (first_series (self));

  if (self->cursor >= n)
    self->cursor = -1;
  update_description (self);
  ph_plot_changed (self);
}

static void
measure_axes (PhPlot *self)
{
  self->x = self->x_wish;
  self->y = (PhPlotAxis)PH_PLOT_AXIS_INIT;
  for (guint i = 0; i < self->curves->len; i++)
    {
      PhPlotSeries *series = ((Curve *)g_ptr_array_index (self->curves, i))->series;
      guint n = ph_plot_series_get_n_points (series);

      for (guint k = 0; k < n; k++)
        {
          ph_plot_axis_include (&self->x, ph_plot_series_get_x (series, k));
          ph_plot_axis_include (&self->y, ph_plot_series_get_y (series, k));
        }
    }
}

static PangoLayout *
create_label (PhPlot *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attrs = pango_attr_list_new ();

  pango_attr_list_insert (attrs, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  return layout;
}

/* Labels and lines of both axes; sets the area that is left for the curves. */
static void
draw_axes (PhPlot *self, cairo_t *cr, double width, double height)
{
  GdkRGBA text = find_colour (self, "theme_fg_color");
  guint n_y, n_x, most_x;
  g_autofree double *ys = NULL, *xs = NULL;
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_object_unref);
  int line_height, widest = 0;

  {
    g_autoptr (PangoLayout) sample = create_label (self, "0");

    pango_layout_get_pixel_size (sample, NULL, &line_height);
  }

  double below = line_height + 4, above = line_height / 2.0;

  ys = ph_plot_axis_ticks (&self->y, MAX (2, (guint)(height / (1.8 * line_height))), &n_y);

  /* Just the decimals that ticks have; a lone one that no distance tells about is round itself. */
  double resolution = n_y > 1                                         ? 100 * (ys[1] - ys[0])
                      : n_y == 1 && self->y.maximum > self->y.minimum ? 100 * fabs (ys[0])
                                                                      : 0;

  for (guint i = 0; i < n_y; i++)
    {
      g_autofree char *value = ph_plot_format_value (ys[i], resolution);
      PangoLayout *label = create_label (self, value);
      int w;

      pango_layout_get_pixel_size (label, &w, NULL);
      widest = MAX (widest, w);
      g_ptr_array_add (labels, label);
    }

  double left = widest + 8;

  graphene_rect_init (&self->area, (float)left, (float)above, (float)MAX (1, width - left - 4),
                      (float)MAX (1, height - above - below));
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < n_y; i++)
    {
      double y =
          self->area.origin.y + self->area.size.height * (1 - ph_plot_axis_map (&self->y, ys[i]));
      PangoLayout *label = g_ptr_array_index (labels, i);
      int w;

      cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.15);
      cairo_move_to (cr, left, floor (y) + 0.5);
      cairo_line_to (cr, left + self->area.size.width, floor (y) + 0.5);
      cairo_stroke (cr);
      pango_layout_get_pixel_size (label, &w, NULL);
      cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.75);
      cairo_move_to (cr, left - 6 - w, round (y - line_height / 2.0));
      pango_cairo_show_layout (cr, label);
    }

  most_x = MAX (1, (guint)(self->area.size.width / 60));
  xs = ph_plot_axis_ticks (&self->x, most_x, &n_x);
  for (guint i = 0; i < n_x; i++)
    {
      g_autofree char *value = ph_plot_format_value (xs[i], self->x.whole ? 1000 : 0);
      g_autoptr (PangoLayout) label = create_label (self, value);
      double x = left + self->area.size.width * ph_plot_axis_map (&self->x, xs[i]);
      int w;

      pango_layout_get_pixel_size (label, &w, NULL);
      cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.75);
      cairo_move_to (cr, CLAMP (x - w / 2.0, 0, width - w), height - line_height);
      pango_cairo_show_layout (cr, label);
    }
}

static void
draw_curves (PhPlot *self, cairo_t *cr, double width, double height)
{
  measure_axes (self);
  if (ph_plot_axis_is_empty (&self->y))
    {
      graphene_rect_init (&self->area, 0, 0, (float)width, (float)height);
      return;
    }
  draw_axes (self, cr, width, height);
  for (guint i = 0; i < self->curves->len; i++)
    {
      Curve *curve = g_ptr_array_index (self->curves, i);
      GdkRGBA colour = find_colour (self, curve->colour);

      ph_plot_layer_draw (curve->series, &self->x, &self->y, cr, self->area.origin.x,
                          self->area.origin.y, self->area.size.width, self->area.size.height,
                          i % 2 == 1, &colour);
    }
}

static double
get_screen_x (PhPlot *self, double x)
{
  return self->area.origin.x + self->area.size.width * ph_plot_axis_map (&self->x, x);
}

static void
draw_marker (PhPlot *self, GtkSnapshot *snapshot)
{
  GdkRGBA colour = find_colour (self, "theme_fg_color");

  if (isnan (self->marker) || ph_plot_axis_is_empty (&self->y))
    return;
  colour.alpha = 0.5;
  gtk_snapshot_append_color (snapshot, &colour,
                             &GRAPHENE_RECT_INIT ((float)floor (get_screen_x (self, self->marker)),
                                                  self->area.origin.y, 1, self->area.size.height));
}

static char *
dup_cursor_text (PhPlot *self)
{
  GString *text = g_string_new (NULL);
  double x = ph_plot_series_get_x (first_series (self), (guint)self->cursor);
  g_autofree char *at = ph_plot_format_value (x, self->x.whole ? 1000 : 0);

  g_string_append_printf (text, "%s %s", self->x_title, at);
  for (guint i = 0; i < self->curves->len; i++)
    {
      PhPlotSeries *series = ((Curve *)g_ptr_array_index (self->curves, i))->series;
      int point = ph_plot_series_find (series, x);

      if (point < 0)
        continue;

      g_autofree char *value = ph_plot_format_value (ph_plot_series_get_y (series, (guint)point),
                                                     self->y.maximum - self->y.minimum);

      if (self->curves->len > 1)
        g_string_append_printf (text, " · %s %s", ph_plot_series_get_title (series), value);
      else
        g_string_append_printf (text, ": %s", value);
    }
  return g_string_free (text, FALSE);
}

/* A dot at each curve and a label with the values, at the side where there is room. */
static void
draw_cursor (PhPlot *self, GtkSnapshot *snapshot, double width)
{
  if (self->cursor < 0 || ph_plot_axis_is_empty (&self->y))
    return;

  g_autofree char *text = dup_cursor_text (self);
  g_autoptr (PangoLayout) label = create_label (self, text);
  GdkRGBA back = find_colour (self, "theme_bg_color"), fore = find_colour (self, "theme_fg_color");
  double x_value = ph_plot_series_get_x (first_series (self), (guint)self->cursor);
  double x = get_screen_x (self, x_value);
  int w, h;
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot,
      &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)gtk_widget_get_height (GTK_WIDGET (self))));

  pango_layout_get_pixel_size (label, &w, &h);
  for (guint i = 0; i < self->curves->len; i++)
    {
      Curve *curve = g_ptr_array_index (self->curves, i);
      GdkRGBA colour = find_colour (self, curve->colour);
      int point = ph_plot_series_find (curve->series, x_value);
      double value = point < 0 ? NAN : ph_plot_series_get_y (curve->series, (guint)point);

      if (!isfinite (value))
        continue;
      cairo_arc (cr, x,
                 self->area.origin.y +
                     self->area.size.height * (1 - ph_plot_axis_map (&self->y, value)),
                 4, 0, 2 * G_PI);
      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_fill_preserve (cr);
      gdk_cairo_set_source_rgba (cr, &back);
      cairo_set_line_width (cr, 1.5);
      cairo_stroke (cr);
    }

  double box_w = w + 12, box_h = h + 4;
  double box_x = x + 8 + box_w <= width ? x + 8 : MAX (0, x - 8 - box_w);
  double box_y = self->area.origin.y + self->area.size.height - box_h - 2;

  cairo_rectangle (cr, box_x, box_y, box_w, box_h);
  back.alpha = 0.92f;
  gdk_cairo_set_source_rgba (cr, &back);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, fore.red, fore.green, fore.blue, 0.3);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &fore);
  cairo_move_to (cr, box_x + 6, box_y + 2);
  pango_cairo_show_layout (cr, label);
  cairo_destroy (cr);
}

static void
ph_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhPlot *self = PH_PLOT (widget);
  double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);

  if (width <= 0 || height <= 0)
    return;
  if (self->node == NULL)
    {
      GtkSnapshot *own = gtk_snapshot_new ();
      cairo_t *cr =
          gtk_snapshot_append_cairo (own, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));

      draw_curves (self, cr, width, height);
      cairo_destroy (cr);
      self->node = gtk_snapshot_free_to_node (own);
    }
  if (self->node != NULL)
    gtk_snapshot_append_node (snapshot, self->node);
  draw_marker (self, snapshot);
  draw_cursor (self, snapshot, width);
}

static void
ph_plot_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  g_clear_pointer (&PH_PLOT (widget)->node, gsk_render_node_unref);
}

static void
ph_plot_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ph_plot_parent_class)->css_changed (widget, change);
  ph_plot_changed (PH_PLOT (widget));
}

static void
ph_plot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                 int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 120 : 80;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 280 : 120;
}

static void
set_cursor (PhPlot *self, int point)
{
  if (self->cursor == point)
    return;
  self->cursor = point;
  if (point >= 0)
    {
      g_autofree char *text = dup_cursor_text (self);

      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                      text, -1);
    }
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PhPlot *self)
{
  set_cursor (self, ph_plot_lookup (self, x));
}

static void
on_leave (GtkEventControllerMotion *controller, PhPlot *self)
{
  set_cursor (self, -1);
}

static void
activate (PhPlot *self, int point)
{
  if (point >= 0)
    g_signal_emit (self, point_activated_signal, 0,
                   ph_plot_series_get_x (first_series (self), (guint)point));
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, PhPlot *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  set_cursor (self, ph_plot_lookup (self, x));
  activate (self, self->cursor);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhPlot *self)
{
  PhPlotSeries *series = first_series (self);
  int n = series != NULL ? (int)ph_plot_series_get_n_points (series) : 0;
  int from = self->cursor < 0 ? n - 1 : self->cursor, far = MAX (n / 20, 2);

  if (n == 0)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Left:
      set_cursor (self, MAX (from - 1, 0));
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
      set_cursor (self, MIN (from + 1, n - 1));
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
      set_cursor (self, MAX (from - far, 0));
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
      set_cursor (self, MIN (from + far, n - 1));
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
      set_cursor (self, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
      set_cursor (self, n - 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      activate (self, from);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
ph_plot_dispose (GObject *object)
{
  PhPlot *self = PH_PLOT (object);

  for (guint i = 0; self->curves != NULL && i < self->curves->len; i++)
    g_signal_handlers_disconnect_by_data (((Curve *)g_ptr_array_index (self->curves, i))->series,
                                          self);
  g_clear_pointer (&self->curves, g_ptr_array_unref);
  g_clear_pointer (&self->node, gsk_render_node_unref);
  g_clear_pointer (&self->x_title, g_free);
  G_OBJECT_CLASS (ph_plot_parent_class)->dispose (object);
}

static void
ph_plot_class_init (PhPlotClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ph_plot_dispose;
  widget_class->snapshot = ph_plot_snapshot;
  widget_class->measure = ph_plot_measure;
  widget_class->size_allocate = ph_plot_size_allocate;
  widget_class->css_changed = ph_plot_css_changed;
  gtk_widget_class_set_css_name (widget_class, "plot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  point_activated_signal = g_signal_new ("point-activated", PH_TYPE_PLOT, G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
}

static void
ph_plot_init (PhPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->curves = g_ptr_array_new_with_free_func (curve_free);
  self->x_title = g_strdup (_ ("step"));
  self->x_wish = (PhPlotAxis)PH_PLOT_AXIS_INIT;
  self->x_wish.whole = TRUE;
  self->x = self->x_wish;
  self->y = (PhPlotAxis)PH_PLOT_AXIS_INIT;
  self->marker = NAN;
  self->cursor = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

GtkWidget *
ph_plot_new (void)
{
  return g_object_new (PH_TYPE_PLOT, NULL);
}

void
ph_plot_add_series (PhPlot *self, PhPlotSeries *series, const char *colour)
{
  g_return_if_fail (PH_IS_PLOT (self));

  Curve *curve = g_new0 (Curve, 1);

  curve->series = g_object_ref (series);
  curve->colour = g_strdup (colour);
  g_ptr_array_add (self->curves, curve);
  g_signal_connect (series, "changed", G_CALLBACK (on_series_changed), self);
  on_series_changed (series, self);
}

void
ph_plot_set_x_range (PhPlot *self, double minimum, double maximum)
{
  g_return_if_fail (PH_IS_PLOT (self));

  if (self->x_wish.minimum == minimum && self->x_wish.maximum == maximum)
    return;
  self->x_wish.minimum = minimum;
  self->x_wish.maximum = maximum;
  ph_plot_changed (self);
}

void
ph_plot_set_x_title (PhPlot *self, const char *title)
{
  g_return_if_fail (PH_IS_PLOT (self));

  g_free (self->x_title);
  self->x_title = g_strdup (title);
}

void
ph_plot_set_marker (PhPlot *self, double x)
{
  g_return_if_fail (PH_IS_PLOT (self));

  if (self->marker == x)
    return;
  self->marker = x;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int
ph_plot_lookup (PhPlot *self, double at)
{
  g_return_val_if_fail (PH_IS_PLOT (self), -1);

  PhPlotSeries *series = first_series (self);

  if (series == NULL || self->area.size.width <= 0)
    return -1;
  return ph_plot_series_find (
      series, ph_plot_axis_unmap (&self->x, (at - self->area.origin.x) / self->area.size.width));
}

char *
ph_plot_dup_description (PhPlot *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->curves->len; i++)
    {
      PhPlotSeries *series = ((Curve *)g_ptr_array_index (self->curves, i))->series;
      guint n = ph_plot_series_get_n_points (series);

      if (i > 0)
        g_string_append (text, "; ");
      if (n == 0)
        {
          /* Translators: the name of a curve that has no points yet. */
          g_string_append_printf (text, _ ("%s, no points yet"), ph_plot_series_get_title (series));
          continue;
        }

      g_autofree char *first = ph_plot_format_value (ph_plot_series_get_y (series, 0), 0);
      g_autofree char *last = ph_plot_format_value (ph_plot_series_get_y (series, n - 1), 0);

      /* Translators: name of a curve, number of its points, first and last value. */
      g_string_append_printf (
          text, ngettext ("%s, %u point, from %s to %s", "%s, %u points, from %s to %s", n),
          ph_plot_series_get_title (series), n, first, last);
    }
  return g_string_free (text, FALSE);
}
