#include "activation-grid.h"

#include <glib/gi18n.h>
#include <math.h>

#include "plot-axis.h"

/* The longer side of the drawing, in pixels. */
#define SIDE 132

struct _PhActivationGrid
{
  GtkWidget parent_instance;

  /* owned */
  float *values; /* rows * columns, or NULL */

  guint rows, columns;
  gboolean selected;
  guint row, column;
};

G_DEFINE_FINAL_TYPE (PhActivationGrid, ph_activation_grid, GTK_TYPE_WIDGET)

static guint picked_signal;

static double
get_cell (PhActivationGrid *self)
{
  guint most = MAX (self->rows, self->columns);

  return most == 0 ? 0 : (double)SIDE / most;
}

static void
get_origin (PhActivationGrid *self, double *x, double *y)
{
  double cell = get_cell (self);

  *x = round (MAX (0, gtk_widget_get_width (GTK_WIDGET (self)) - cell * self->columns) / 2);
  *y = round (MAX (0, gtk_widget_get_height (GTK_WIDGET (self)) - cell * self->rows) / 2);
}

static void
update_description (PhActivationGrid *self)
{
  g_autofree char *text = NULL;

  if (!self->selected)
    text = g_strdup_printf (_ ("%u rows, %u columns, none chosen"), self->rows, self->columns);
  else if (self->values != NULL)
    {
      g_autofree char *value =
          ph_plot_format_value (self->values[(gsize)self->row * self->columns + self->column], 0);

      text = g_strdup_printf (_ ("Row %u of %u, column %u of %u, activation %s"), self->row,
                              self->rows, self->column, self->columns, value);
    }
  else
    text = g_strdup_printf (_ ("Row %u of %u, column %u of %u"), self->row, self->rows,
                            self->column, self->columns);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

static void
draw_values (PhActivationGrid *self, cairo_t *cr, double cell, const GdkRGBA *colour)
{
  float most = 0;

  for (gsize i = 0; i < (gsize)self->rows * self->columns; i++)
    if (isfinite (self->values[i]))
      most = MAX (most, fabsf (self->values[i]));
  if (most == 0)
    return;
  for (guint r = 0; r < self->rows; r++)
    for (guint c = 0; c < self->columns; c++)
      {
        float value = self->values[(gsize)r * self->columns + c];

        if (!(value > 0))
          continue;
        cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, value / most);
        cairo_rectangle (cr, c * cell, r * cell, cell, cell);
        cairo_fill (cr);
      }
}

static void
draw_lines (PhActivationGrid *self, cairo_t *cr, double cell, const GdkRGBA *colour)
{
  /* Lines nearer than this would be a grey area. */
  guint every = cell >= 5 ? 1 : (guint)ceil (5 / cell);

  cairo_set_line_width (cr, 1);
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, 0.25);
  cairo_rectangle (cr, 0.5, 0.5, round (self->columns * cell), round (self->rows * cell));
  for (guint r = every; r < self->rows; r += every)
    {
      cairo_move_to (cr, 0, round (r * cell) + 0.5);
      cairo_line_to (cr, round (self->columns * cell), round (r * cell) + 0.5);
    }
  for (guint c = every; c < self->columns; c += every)
    {
      cairo_move_to (cr, round (c * cell) + 0.5, 0);
      cairo_line_to (cr, round (c * cell) + 0.5, round (self->rows * cell));
    }
  cairo_stroke (cr);
}

static void
ph_activation_grid_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhActivationGrid *self = PH_ACTIVATION_GRID (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  double cell = get_cell (self), x, y;
  GdkRGBA fore, accent;

  if (cell == 0)
    return;
  gtk_style_context_get_color (context, &fore);
  if (!gtk_style_context_lookup_color (context, "accent_color", &accent))
    accent = fore;
  get_origin (self, &x, &y);

  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                     (float)gtk_widget_get_height (widget)));

  cairo_translate (cr, x, y);
  if (self->values != NULL)
    draw_values (self, cr, cell, &accent);
  draw_lines (self, cr, cell, &fore);
  if (self->selected)
    {
      double side = MAX (cell, 7);
      double left = (self->column + 0.5) * cell - side / 2;
      double top = (self->row + 0.5) * cell - side / 2;

      /* Filled and ringed in the text's colour, so it is found without telling colours apart. */
      gdk_cairo_set_source_rgba (cr, &accent);
      cairo_rectangle (cr, left, top, side, side);
      cairo_fill_preserve (cr);
      gdk_cairo_set_source_rgba (cr, &fore);
      cairo_set_line_width (cr, 2);
      cairo_stroke (cr);
    }
  cairo_destroy (cr);
}

static void
ph_activation_grid_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  PhActivationGrid *self = PH_ACTIVATION_GRID (widget);
  guint n = orientation == GTK_ORIENTATION_HORIZONTAL ? self->columns : self->rows;

  /* One more pixel for the last line. */
  *minimum = *natural = (int)ceil (get_cell (self) * n) + 2;
}

static void
pick (PhActivationGrid *self, guint row, guint column)
{
  if (self->rows == 0 || self->columns == 0 ||
      (self->selected && self->row == row && self->column == column))
    return;
  ph_activation_grid_select (self, row, column);
  g_signal_emit (self, picked_signal, 0, row, column);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, PhActivationGrid *self)
{
  double cell = get_cell (self), left, top;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  get_origin (self, &left, &top);
  if (cell == 0 || x < left || y < top || x >= left + cell * self->columns ||
      y >= top + cell * self->rows)
    return;
  pick (self, MIN ((guint)((y - top) / cell), self->rows - 1),
        MIN ((guint)((x - left) / cell), self->columns - 1));
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhActivationGrid *self)
{
  guint row = self->selected ? self->row : self->rows / 2;
  guint column = self->selected ? self->column : self->columns / 2;

  if (self->rows == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Up:
      row -= row > 0;
      break;
    case GDK_KEY_Down:
      row += row + 1 < self->rows;
      break;
    case GDK_KEY_Left:
      column -= column > 0;
      break;
    case GDK_KEY_Right:
      column += column + 1 < self->columns;
      break;
    case GDK_KEY_Home:
      column = 0;
      break;
    case GDK_KEY_End:
      column = self->columns - 1;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  pick (self, row, column);
  return GDK_EVENT_STOP;
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                  gpointer data)
{
  PhActivationGrid *self = PH_ACTIVATION_GRID (widget);
  double cell = get_cell (self), left, top;

  get_origin (self, &left, &top);
  if (cell == 0 || keyboard || x < left || y < top || x >= left + cell * self->columns ||
      y >= top + cell * self->rows)
    return FALSE;

  guint row = MIN ((guint)((y - top) / cell), self->rows - 1);
  guint column = MIN ((guint)((x - left) / cell), self->columns - 1);
  g_autofree char *text = g_strdup_printf (_ ("Neuron at row %u, column %u"), row, column);

  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
ph_activation_grid_finalize (GObject *object)
{
  g_free (PH_ACTIVATION_GRID (object)->values);
  G_OBJECT_CLASS (ph_activation_grid_parent_class)->finalize (object);
}

static void
ph_activation_grid_class_init (PhActivationGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ph_activation_grid_finalize;
  widget_class->snapshot = ph_activation_grid_snapshot;
  widget_class->measure = ph_activation_grid_measure;
  gtk_widget_class_set_css_name (widget_class, "activationgrid");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  picked_signal = g_signal_new ("picked", PH_TYPE_ACTIVATION_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_UINT);
}

static void
ph_activation_grid_init (PhActivationGrid *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Positions of the channel’s map"), -1);
}

GtkWidget *
ph_activation_grid_new (void)
{
  return g_object_new (PH_TYPE_ACTIVATION_GRID, NULL);
}

void
ph_activation_grid_set_size (PhActivationGrid *self, guint rows, guint columns)
{
  g_return_if_fail (PH_IS_ACTIVATION_GRID (self));

  if (self->rows == rows && self->columns == columns)
    return;
  self->rows = rows;
  self->columns = columns;
  self->selected = FALSE;
  g_clear_pointer (&self->values, g_free);
  update_description (self);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
ph_activation_grid_get_size (PhActivationGrid *self, guint *rows, guint *columns)
{
  g_return_if_fail (PH_IS_ACTIVATION_GRID (self));

  *rows = self->rows;
  *columns = self->columns;
}

void
ph_activation_grid_select (PhActivationGrid *self, guint row, guint column)
{
  g_return_if_fail (PH_IS_ACTIVATION_GRID (self));
  g_return_if_fail (row < self->rows && column < self->columns);

  self->selected = TRUE;
  self->row = row;
  self->column = column;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ph_activation_grid_get_selected (PhActivationGrid *self, guint *row, guint *column)
{
  g_return_val_if_fail (PH_IS_ACTIVATION_GRID (self), FALSE);

  if (!self->selected)
    return FALSE;
  *row = self->row;
  *column = self->column;
  return TRUE;
}

void
ph_activation_grid_set_values (PhActivationGrid *self, const float *values)
{
  g_return_if_fail (PH_IS_ACTIVATION_GRID (self));

  g_free (self->values);
  self->values = values != NULL
                     ? g_memdup2 (values, sizeof *values * (gsize)self->rows * self->columns)
                     : NULL;
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
ph_activation_grid_has_values (PhActivationGrid *self)
{
  g_return_val_if_fail (PH_IS_ACTIVATION_GRID (self), FALSE);

  return self->values != NULL;
}
