#include "ui/recall-plot.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"

#define REACH 20 /* pixels */
#define ABOVE 12
#define RIGHT 16
#define DOT 3.5

/* What a course asks of a search. */
static const PhRecallPoint course = { 0, 0, 0.95, 10000 };

static const char *const colours[] = { "accent_color", "warning_color", "success_color" };

struct _PhRecallPlot
{
  GtkWidget parent_instance;

  /* owned */
  GArray *points; /* PhRecallPoint */

  PhRecallPoint chosen;
  gboolean has_chosen;
  PhPlotAxis x, y; /* y: common logarithms */
  graphene_rect_t area;
  int cursor;
};

G_DEFINE_FINAL_TYPE (PhRecallPlot, ph_recall_plot, GTK_TYPE_WIDGET)

static const PhRecallPoint *
get_point (PhRecallPlot *self, guint i)
{
  return &g_array_index (self->points, PhRecallPoint, i);
}

static GdkRGBA
find_colour (PhRecallPlot *self, const char *name)
{
  GtkStyleContext *context = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA colour;

  if (!gtk_style_context_lookup_color (context, name, &colour))
    gtk_style_context_get_color (context, &colour);
  return colour;
}

static PangoLayout *
create_label (PhRecallPlot *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attrs = pango_attr_list_new ();

  pango_attr_list_insert (attrs, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  return layout;
}

char *
ph_recall_dup_speed (double speed)
{
  return g_strdup_printf (speed >= 1000 ? "%'.0f" : "%.3g", speed >= 1000 ? round (speed) : speed);
}

char *
ph_recall_point_dup_text (const PhRecallPoint *point)
{
  g_autofree char *speed = ph_recall_dup_speed (point->speed);

  if (point->ef == 0)
    /* Translators: number of neighbours; queries a second. */
    return g_strdup_printf (_ ("k %u, exact search: %s queries a second"), point->k, speed);
  /* Translators: number of neighbours; candidates that are kept in mind; per cent; queries. */
  return g_strdup_printf (_ ("k %u, ef %u: %.1f %% found, %s queries a second"), point->k,
                          point->ef, 100 * point->recall, speed);
}

/* Which curve a point belongs to. */
static guint
find_curve (PhRecallPlot *self, guint k)
{
  guint curve = 0, last = 0;

  for (guint i = 0; i < self->points->len; i++)
    {
      const guint other = get_point (self, i)->k;

      if (i > 0 && other != last)
        curve++;
      if (other == k)
        return MIN (curve, G_N_ELEMENTS (colours) - 1);
      last = other;
    }
  return 0;
}

static void
measure_axes (PhRecallPlot *self)
{
  self->x = (PhPlotAxis){ .minimum = 0, .maximum = 1 };
  self->y = (PhPlotAxis)PH_PLOT_AXIS_INIT;
  ph_plot_axis_include (&self->y, log10 (course.speed));
  for (guint i = 0; i < self->points->len; i++)
    ph_plot_axis_include (&self->y, log10 (get_point (self, i)->speed));
  self->y.minimum = floor (self->y.minimum - 0.1);
  self->y.maximum = ceil (self->y.maximum + 0.1);
}

void
ph_recall_plot_locate (PhRecallPlot *self, const PhRecallPoint *point, double *left, double *top)
{
  *left = self->area.origin.x + self->area.size.width * ph_plot_axis_map (&self->x, point->recall);
  *top = self->area.origin.y +
         self->area.size.height * (1 - ph_plot_axis_map (&self->y, log10 (point->speed)));
}

static void
show_text (PhRecallPlot *self, cairo_t *cr, const char *text, double x, double y, double align)
{
  g_autoptr (PangoLayout) layout = create_label (self, text);
  int w, h;

  pango_layout_get_pixel_size (layout, &w, &h);
  cairo_move_to (cr, round (CLAMP (x - align * w, 0, gtk_widget_get_width (GTK_WIDGET (self)) - w)),
                 round (y - h / 2.0));
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
}

static void
draw_axes (PhRecallPlot *self, cairo_t *cr, double width, double height)
{
  const GdkRGBA text = find_colour (self, "theme_fg_color");
  g_autoptr (PangoLayout) sample = create_label (self, "1,000,000");
  int widest, line;

  pango_layout_get_pixel_size (sample, &widest, &line);
  graphene_rect_init (&self->area, (float)(widest + 8), ABOVE,
                      (float)MAX (width - widest - 8 - RIGHT, 1),
                      (float)MAX (height - ABOVE - 2.4 * line - 8, 1));

  const double left = self->area.origin.x, top = self->area.origin.y;
  const double right = left + self->area.size.width, bottom = top + self->area.size.height;

  cairo_set_line_width (cr, 1);
  for (double decade = self->y.minimum; decade <= self->y.maximum; decade++)
    {
      g_autofree char *label = ph_recall_dup_speed (pow (10, decade));

      for (guint times = 1; times < 10; times++)
        {
          const double y =
              bottom - self->area.size.height * ph_plot_axis_map (&self->y, decade + log10 (times));

          if (y < top - 0.5)
            break;
          cairo_set_source_rgba (cr, text.red, text.green, text.blue, times == 1 ? 0.2 : 0.06);
          cairo_move_to (cr, left, floor (y) + 0.5);
          cairo_line_to (cr, right, floor (y) + 0.5);
          cairo_stroke (cr);
        }
      cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.75);
      show_text (self, cr, label, left - 6,
                 bottom - self->area.size.height * ph_plot_axis_map (&self->y, decade), 1);
    }
  for (guint i = 0; i <= 10; i += 2)
    {
      g_autofree char *label = ph_plot_format_value (i / 10.0, 10);
      const double x = left + self->area.size.width * i / 10;

      cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.1);
      cairo_move_to (cr, floor (x) + 0.5, top);
      cairo_line_to (cr, floor (x) + 0.5, bottom);
      cairo_stroke (cr);
      cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.75);
      show_text (self, cr, label, x, bottom + 4 + line / 2.0, 0.5);
    }
  show_text (self, cr, _ ("recall: share of the true neighbours that is found"), (left + right) / 2,
             bottom + 4 + 1.7 * line, 0.5);
  show_text (self, cr, _ ("queries a second"), left + 6, top + line / 2.0, 0);
}

static void
draw_curve (PhRecallPlot *self, cairo_t *cr, guint k)
{
  const guint curve = find_curve (self, k);
  const GdkRGBA colour = find_colour (self, colours[curve]);
  double left, top;

  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_new_path (cr);
  cairo_set_line_width (cr, 2);
  if (curve % 2 == 1)
    cairo_set_dash (cr, (double[]){ 5, 4 }, 2, 0);
  for (guint i = 0; i < self->points->len; i++)
    if (get_point (self, i)->k == k && get_point (self, i)->ef > 0)
      {
        ph_recall_plot_locate (self, get_point (self, i), &left, &top);
        cairo_line_to (cr, left, top);
      }
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  for (guint i = 0; i < self->points->len; i++)
    {
      const PhRecallPoint *point = get_point (self, i);

      if (point->k != k)
        continue;
      ph_recall_plot_locate (self, point, &left, &top);
      if (point->ef > 0)
        cairo_arc (cr, left, top, DOT, 0, 2 * G_PI);
      else
        cairo_rectangle (cr, left - DOT - 1, top - DOT - 1, 2 * DOT + 2, 2 * DOT + 2);
      cairo_fill (cr);
    }
}

/* The names of the curves, from the bottom up: there are no points with little recall. */
static void
draw_key (PhRecallPlot *self, cairo_t *cr)
{
  const double left = self->area.origin.x + 12;
  double y = self->area.origin.y + self->area.size.height - 16;
  const GdkRGBA text = find_colour (self, "theme_fg_color");
  guint last = 0;

  for (guint i = 0; i < self->points->len; i++)
    {
      const guint k = get_point (self, i)->k, curve = find_curve (self, k);
      const GdkRGBA colour = find_colour (self, colours[curve]);
      g_autofree char *name = NULL;

      if (k == last)
        continue;
      last = k;
      /* Translators: how many neighbours are looked for. */
      name = g_strdup_printf (_ ("the %u nearest: ● index, ■ exact"), k);
      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_set_line_width (cr, 2);
      if (curve % 2 == 1)
        cairo_set_dash (cr, (double[]){ 5, 4 }, 2, 0);
      cairo_move_to (cr, left, y);
      cairo_line_to (cr, left + 24, y);
      cairo_stroke (cr);
      cairo_set_dash (cr, NULL, 0, 0);
      gdk_cairo_set_source_rgba (cr, &text);
      show_text (self, cr, name, left + 32, y, 0);
      y -= 20;
    }
}

static void
draw_course (PhRecallPlot *self, cairo_t *cr)
{
  const GdkRGBA text = find_colour (self, "theme_fg_color");
  double left, top;

  ph_recall_plot_locate (self, &course, &left, &top);
  gdk_cairo_set_source_rgba (cr, &text);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, left - 6, top);
  cairo_line_to (cr, left + 6, top);
  cairo_move_to (cr, left, top - 6);
  cairo_line_to (cr, left, top + 6);
  cairo_stroke (cr);
  show_text (self, cr, _ ("the aim: 10,000 a second at 95 %"), left - 10, top, 1);
}

static void
draw_cursor (PhRecallPlot *self, cairo_t *cr, double width)
{
  const GdkRGBA back = find_colour (self, "popover_bg_color");
  const GdkRGBA fore = find_colour (self, "popover_fg_color");
  double left, top, x, y;
  int w, h;

  if (self->has_chosen)
    {
      ph_recall_plot_locate (self, &self->chosen, &left, &top);
      gdk_cairo_set_source_rgba (cr, &fore);
      cairo_set_line_width (cr, 2);
      cairo_arc (cr, left, top, 8, 0, 2 * G_PI);
      cairo_stroke (cr);
    }
  if (self->cursor < 0)
    return;

  g_autofree char *text = ph_recall_point_dup_text (get_point (self, (guint)self->cursor));
  g_autoptr (PangoLayout) label = create_label (self, text);

  ph_recall_plot_locate (self, get_point (self, (guint)self->cursor), &left, &top);
  cairo_arc (cr, left, top, 6, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &fore);
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  pango_layout_get_pixel_size (label, &w, &h);
  x = MAX (0, MIN (left - w - 24, width - w - 12));
  y = top + 12 + h > gtk_widget_get_height (GTK_WIDGET (self)) ? top - h - 16 : top + 10;
  cairo_rectangle (cr, round (x) + 0.5, round (y) + 0.5, w + 12, h + 4);
  gdk_cairo_set_source_rgba (cr, &back);
  cairo_fill_preserve (cr);
  cairo_set_source_rgba (cr, fore.red, fore.green, fore.blue, 0.3);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  gdk_cairo_set_source_rgba (cr, &fore);
  cairo_move_to (cr, round (x) + 6, round (y) + 2);
  pango_cairo_show_layout (cr, label);
}

static void
ph_recall_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhRecallPlot *self = PH_RECALL_PLOT (widget);
  const double width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr;
  guint last = 0;

  if (width < 1 || height < 1)
    return;
  cr =
      gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  draw_axes (self, cr, width, height);
  for (guint i = 0; i < self->points->len; i++)
    if (get_point (self, i)->k != last)
      {
        last = get_point (self, i)->k;
        draw_curve (self, cr, last);
      }
  draw_key (self, cr);
  draw_course (self, cr);
  draw_cursor (self, cr, width);
  cairo_destroy (cr);
}

static void
ph_recall_plot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                        int *natural, int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 280 : 180;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 600 : 360;
}

static void
set_cursor (PhRecallPlot *self, int point)
{
  if (self->cursor == point)
    return;
  self->cursor = point;
  if (point >= 0)
    {
      g_autofree char *text = ph_recall_point_dup_text (get_point (self, (guint)point));

      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                      text, -1);
    }
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PhRecallPlot *self)
{
  set_cursor (self, ph_recall_plot_lookup (self, x, y));
}

static void
on_leave (GtkEventControllerMotion *controller, PhRecallPlot *self)
{
  set_cursor (self, -1);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, PhRecallPlot *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhRecallPlot *self)
{
  const int n = (int)self->points->len;

  if (n == 0 || (key != GDK_KEY_Left && key != GDK_KEY_Right))
    return GDK_EVENT_PROPAGATE;
  if (self->cursor < 0)
    set_cursor (self, key == GDK_KEY_Right ? 0 : n - 1);
  else
    set_cursor (self, CLAMP (self->cursor + (key == GDK_KEY_Right ? 1 : -1), 0, n - 1));
  return GDK_EVENT_STOP;
}

static void
update_description (PhRecallPlot *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->points->len == 0)
    g_string_append (text, _ ("Nothing was measured yet"));
  for (guint i = 0; i < self->points->len; i++)
    {
      const PhRecallPoint *point = get_point (self, i);
      g_autofree char *one = NULL;

      /* The first and the last of each curve. */
      if (point->ef > 0 && i > 0 && i + 1 < self->points->len && get_point (self, i - 1)->ef > 0 &&
          get_point (self, i + 1)->k == point->k)
        continue;
      one = ph_recall_point_dup_text (point);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "; " : "", one);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text->str, -1);
}

static void
ph_recall_plot_finalize (GObject *object)
{
  g_array_unref (PH_RECALL_PLOT (object)->points);
  G_OBJECT_CLASS (ph_recall_plot_parent_class)->finalize (object);
}

static void
ph_recall_plot_class_init (PhRecallPlotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ph_recall_plot_finalize;
  widget_class->snapshot = ph_recall_plot_snapshot;
  widget_class->measure = ph_recall_plot_measure;
  gtk_widget_class_set_css_name (widget_class, "recallplot");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ph_recall_plot_init (PhRecallPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->points = g_array_new (FALSE, FALSE, sizeof (PhRecallPoint));
  self->cursor = -1;
  measure_axes (self);
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Recall against queries a second"), -1);
  update_description (self);
}

/* Public */

GtkWidget *
ph_recall_plot_new (void)
{
  return g_object_new (PH_TYPE_RECALL_PLOT, NULL);
}

void
ph_recall_plot_set_points (PhRecallPlot *self, const PhRecallPoint *points, guint n)
{
  g_return_if_fail (PH_IS_RECALL_PLOT (self));

  g_array_set_size (self->points, 0);
  g_array_append_vals (self->points, points, n);
  if (self->cursor >= (int)n)
    set_cursor (self, -1);
  measure_axes (self);
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_recall_plot_set_chosen (PhRecallPlot *self, const PhRecallPoint *point)
{
  g_return_if_fail (PH_IS_RECALL_PLOT (self));

  self->has_chosen = point != NULL;
  if (point != NULL)
    self->chosen = *point;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int
ph_recall_plot_lookup (PhRecallPlot *self, double left, double top)
{
  g_return_val_if_fail (PH_IS_RECALL_PLOT (self), -1);

  double nearest = REACH;
  int found = -1;

  for (guint i = 0; i < self->points->len; i++)
    {
      double x, y;

      ph_recall_plot_locate (self, get_point (self, i), &x, &y);
      if (hypot (x - left, y - top) < nearest)
        {
          nearest = hypot (x - left, y - top);
          found = (int)i;
        }
    }
  return found;
}
