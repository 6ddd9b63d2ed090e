#include "ui/code-bars.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/plot-axis.h"

/* Deviations from the middle to the edge. */
#define REACH 3.0

#define MIN_HEIGHT 96
#define NATURAL_BAR 10

struct _PhCodeBars
{
  GtkWidget parent_instance;

  guint n;
  int cursor; /* the chosen bar; -1: none */
  int hover;  /* the bar beneath the pointer; -1: none */
  gboolean editable, has_reference;

  /* owned: n each */
  float *mean, *deviation, *values, *reference;
  char *name;
};

G_DEFINE_FINAL_TYPE (PhCodeBars, ph_code_bars, GTK_TYPE_WIDGET)

static guint changed_signal;

/* Geometry */

static double
bar_width (PhCodeBars *self)
{
  return self->n > 0 ? (double)gtk_widget_get_width (GTK_WIDGET (self)) / self->n : 0;
}

/* -1 to 1: from the lower edge to the upper. */
static double
height_of (PhCodeBars *self, guint i, float value)
{
  double deviation = MAX ((double)self->deviation[i], 1e-12);

  return CLAMP (((double)value - (double)self->mean[i]) / (REACH * deviation), -1, 1);
}

static int
bar_at (PhCodeBars *self, double x)
{
  int i = self->n > 0 ? (int)floor (x / bar_width (self)) : -1;

  return i < 0 || i >= (int)self->n ? -1 : i;
}

static float
value_at (PhCodeBars *self, guint i, double y)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  double up = CLAMP (1 - 2 * y / MAX (height, 1), -1, 1);

  return self->mean[i] + (float)(up * REACH) * self->deviation[i];
}

/* Drawing */

static void
draw_bar (PhCodeBars *self, cairo_t *cr, guint i, double middle, const GdkRGBA *bar,
          const GdkRGBA *text)
{
  double width = bar_width (self), gap = width > 4 ? 1 : 0;
  double up = height_of (self, i, self->values[i]) * (middle - 1);

  gdk_cairo_set_source_rgba (cr, bar);
  cairo_rectangle (cr, i * width + gap, middle - MAX (up, 0), MAX (width - 2 * gap, 0.5),
                   MAX (fabs (up), 1));
  cairo_fill (cr);
  if (!self->has_reference || self->reference[i] == self->values[i])
    return;
  up = height_of (self, i, self->reference[i]) * (middle - 1);
  gdk_cairo_set_source_rgba (cr, text);
  cairo_rectangle (cr, i * width, middle - up - 1, MAX (width, 1), 2);
  cairo_fill (cr);
}

static void
draw_marks (PhCodeBars *self, cairo_t *cr, double height, const GdkRGBA *text)
{
  double width = bar_width (self);
  gboolean focus = gtk_widget_has_visible_focus (GTK_WIDGET (self));

  cairo_set_source_rgba (cr, text->red, text->green, text->blue, 0.1);
  if (self->hover >= 0)
    {
      cairo_rectangle (cr, self->hover * width, 0, width, height);
      cairo_fill (cr);
    }
  if (self->cursor < 0 || !focus)
    return;
  cairo_set_source_rgba (cr, text->red, text->green, text->blue, 0.7);
  cairo_set_line_width (cr, 1);
  cairo_rectangle (cr, self->cursor * width + 0.5, 0.5, MAX (width - 1, 1), height - 1);
  cairo_stroke (cr);
}

static void
ph_code_bars_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhCodeBars *self = PH_CODE_BARS (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA text, bar;
  cairo_t *cr;

  if (self->n == 0 || width <= 0 || height <= 0)
    return;
  gtk_style_context_get_color (style, &text);
  if (!gtk_style_context_lookup_color (style, "accent_color", &bar))
    bar = text;
  if (!self->editable)
    bar.alpha *= 0.6f;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  cairo_set_source_rgba (cr, text.red, text.green, text.blue, 0.25);
  cairo_rectangle (cr, 0, floor (height / 2.0), width, 1);
  cairo_fill (cr);
  draw_marks (self, cr, height, &text);
  for (guint i = 0; i < self->n; i++)
    draw_bar (self, cr, i, height / 2.0, &bar, &text);
  cairo_destroy (cr);
}

static void
ph_code_bars_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                      int *natural, int *minimum_baseline, int *natural_baseline)
{
  PhCodeBars *self = PH_CODE_BARS (widget);

  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? MIN_HEIGHT : 120;
  *natural = orientation == GTK_ORIENTATION_VERTICAL
                 ? MIN_HEIGHT
                 : MAX (*minimum, (int)MIN (self->n * NATURAL_BAR, 600));
  *minimum_baseline = *natural_baseline = -1;
}

/* What is told of a bar */

static char *
dup_text (PhCodeBars *self, guint i)
{
  g_autofree char *value = ph_plot_format_value ((double)self->values[i], 0);
  g_autofree char *before =
      self->has_reference ? ph_plot_format_value ((double)self->reference[i], 0) : NULL;

  if (before == NULL || g_str_equal (before, value))
    /* Translators: "number 12 of 64: 0.34" */
    return g_strdup_printf (_ ("%s %u of %u: %s"), self->name, i + 1, self->n, value);
  /* Translators: the same, and what it was before it was changed. */
  return g_strdup_printf (_ ("%s %u of %u: %s, was %s"), self->name, i + 1, self->n, value, before);
}

static void
update_accessible (PhCodeBars *self)
{
  guint i = (guint)MAX (self->cursor, 0);
  g_autofree char *text = NULL;

  if (self->n == 0)
    return;
  text = dup_text (self, i);
  gtk_accessible_update_property (
      GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, (double)self->values[i],
      GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, (double)self->mean[i] - REACH * (double)self->deviation[i],
      GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double)self->mean[i] + REACH * (double)self->deviation[i],
      GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static gboolean
on_query_tooltip (PhCodeBars *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  int i = keyboard ? self->cursor : bar_at (self, x);
  g_autofree char *text = i >= 0 && i < (int)self->n ? dup_text (self, (guint)i) : NULL;

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL;
}

/* Changing them */

static void
change (PhCodeBars *self, guint i, float value)
{
  self->values[i] = value;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
  g_signal_emit (self, changed_signal, 0, i, (double)value);
}

static void
on_drag_begin (GtkGestureDrag *drag, double x, double y, PhCodeBars *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->cursor = bar_at (self, x);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->editable && self->cursor >= 0)
    change (self, (guint)self->cursor, value_at (self, (guint)self->cursor, y));
}

static void
on_drag_update (GtkGestureDrag *drag, double dx, double dy, PhCodeBars *self)
{
  double x, y;

  if (self->editable && self->cursor >= 0 && gtk_gesture_drag_get_start_point (drag, &x, &y))
    change (self, (guint)self->cursor, value_at (self, (guint)self->cursor, y + dy));
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, PhCodeBars *self)
{
  int i = bar_at (self, x);

  if (i == self->hover)
    return;
  self->hover = i;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_leave (GtkEventControllerMotion *motion, PhCodeBars *self)
{
  self->hover = -1;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhCodeBars *self)
{
  static const struct
  {
    guint key;
    int move;
    double change; /* deviations */
  } keys[] = {
    { GDK_KEY_Left, -1, 0 },    { GDK_KEY_Right, 1, 0 },   { GDK_KEY_Up, 0, 0.25 },
    { GDK_KEY_Down, 0, -0.25 }, { GDK_KEY_Page_Up, 0, 1 }, { GDK_KEY_Page_Down, 0, -1 },
  };

  if (self->n == 0 || (state & gtk_accelerator_get_default_mod_mask ()) != 0)
    return FALSE;
  for (guint k = 0; k < G_N_ELEMENTS (keys); k++)
    {
      guint i = (guint)CLAMP (self->cursor, 0, (int)self->n - 1);

      if (keys[k].key != key)
        continue;
      self->cursor = CLAMP ((int)i + keys[k].move, 0, (int)self->n - 1);
      if (keys[k].change != 0 && self->editable)
        {
          float reach = (float)REACH * self->deviation[i];
          float value = self->values[i] + (float)keys[k].change * self->deviation[i];

          change (self, i, CLAMP (value, self->mean[i] - reach, self->mean[i] + reach));
        }
      update_accessible (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
      return TRUE;
    }
  return FALSE;
}

static void
ph_code_bars_finalize (GObject *object)
{
  PhCodeBars *self = PH_CODE_BARS (object);

  g_free (self->mean);
  g_free (self->deviation);
  g_free (self->values);
  g_free (self->reference);
  g_free (self->name);
  G_OBJECT_CLASS (ph_code_bars_parent_class)->finalize (object);
}

static void
ph_code_bars_class_init (PhCodeBarsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ph_code_bars_finalize;
  widget_class->snapshot = ph_code_bars_snapshot;
  widget_class->measure = ph_code_bars_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
  gtk_widget_class_set_css_name (widget_class, "codebars");
  changed_signal = g_signal_new ("changed", PH_TYPE_CODE_BARS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_DOUBLE);
}

static void
ph_code_bars_init (PhCodeBars *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();

  self->cursor = self->hover = -1;
  self->editable = TRUE;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  g_signal_connect_swapped (self, "notify::has-focus", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Embedding"), -1);
}

/* Public */

GtkWidget *
ph_code_bars_new (void)
{
  return g_object_new (PH_TYPE_CODE_BARS, NULL);
}

static void
set_copy (float **field, const float *values, guint n)
{
  g_free (*field);
  *field = g_memdup2 (values, n * sizeof *values);
}

void
ph_code_bars_set_scale (PhCodeBars *self, guint n, const float *mean, const float *deviation,
                        const char *name)
{
  g_return_if_fail (PH_IS_CODE_BARS (self));

  char *copy = g_strdup (name);

  self->n = n;
  set_copy (&self->mean, mean, n);
  set_copy (&self->deviation, deviation, n);
  set_copy (&self->values, mean, n);
  set_copy (&self->reference, mean, n);
  self->has_reference = FALSE;
  g_free (self->name);
  self->name = copy;
  self->cursor = MIN (self->cursor, (int)n - 1);
  self->hover = -1;
  update_accessible (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ph_code_bars_set_values (PhCodeBars *self, const float *values)
{
  g_return_if_fail (PH_IS_CODE_BARS (self));

  memcpy (self->values, values, self->n * sizeof *values);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_code_bars_set_reference (PhCodeBars *self, const float *values)
{
  g_return_if_fail (PH_IS_CODE_BARS (self));

  self->has_reference = values != NULL;
  if (values != NULL)
    memcpy (self->reference, values, self->n * sizeof *values);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_code_bars_set_editable (PhCodeBars *self, gboolean editable)
{
  g_return_if_fail (PH_IS_CODE_BARS (self));

  self->editable = editable;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

guint
ph_code_bars_get_n (PhCodeBars *self)
{
  g_return_val_if_fail (PH_IS_CODE_BARS (self), 0);

  return self->n;
}

float
ph_code_bars_get_value (PhCodeBars *self, guint i)
{
  g_return_val_if_fail (PH_IS_CODE_BARS (self) && i < self->n, 0);

  return self->values[i];
}
