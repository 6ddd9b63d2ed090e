#include "ui/confusion-matrix.h"

#include <glib/gi18n.h>
#include <math.h>

#define MOST_CELL 40     /* pixels */
#define NUMBERED_CELL 22 /* from here on a number fits */
#define NAMED_CELL 11    /* from here on rows have their names */
#define MOST_NAME 96     /* pixels of a name */
#define NATURAL_SIDE 300 /* of all cells together, where there are many */
#define GAP 6

struct _PhConfusionMatrix
{
  GtkWidget parent_instance;

  /* owned */
  char **names;
  guint *counts;
  guint *totals; /* per row */

  guint n;
  int row, column; /* the cursor, or -1 */
  int picked_row, picked_column;
};

G_DEFINE_FINAL_TYPE (PhConfusionMatrix, ph_confusion_matrix, GTK_TYPE_WIDGET)

static guint picked_signal;

static guint
get_count (PhConfusionMatrix *self, int row, int column)
{
  return self->counts[(gsize)row * self->n + (gsize)column];
}

/* Where the cells lie. */
typedef struct
{
  double left, top, cell;
} Layout;

static double
get_natural_cell (guint n)
{
  return n == 0 ? 0 : CLAMP (floor (NATURAL_SIDE / (double)n), 2, MOST_CELL);
}

static Layout
get_layout (PhConfusionMatrix *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  double named = MIN (width - MOST_NAME - GAP, height - MOST_NAME - GAP) / MAX (self->n, 1);
  Layout layout = { .left = MOST_NAME + GAP, .top = MOST_NAME + GAP };

  if (named < NAMED_CELL)
    {
      layout.left = layout.top = 1;
      named = MIN (width - 2, height - 2) / MAX (self->n, 1);
    }
  layout.cell = named >= 3 ? floor (MIN (named, MOST_CELL)) : named;
  return layout;
}

static PangoLayout *
create_text (PhConfusionMatrix *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attrs = pango_attr_list_new ();

  pango_attr_list_insert (attrs, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum"));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

static void
draw_names (PhConfusionMatrix *self, cairo_t *cr, const Layout *l, const GdkRGBA *text)
{
  if (l->cell < NAMED_CELL)
    return;
  cairo_set_source_rgba (cr, text->red, text->green, text->blue, 0.75);
  for (guint i = 0; i < self->n; i++)
    {
      g_autoptr (PangoLayout) name = create_text (self, self->names[i]);
      int w, h;

      pango_layout_set_width (name, MOST_NAME * PANGO_SCALE);
      pango_layout_get_pixel_size (name, &w, &h);
      cairo_move_to (cr, l->left - GAP - w, round (l->top + (i + 0.5) * l->cell - h / 2.0));
      pango_cairo_show_layout (cr, name);
      cairo_save (cr);
      cairo_move_to (cr, round (l->left + (i + 0.5) * l->cell - h / 2.0), l->top - GAP);
      cairo_rotate (cr, -G_PI / 2);
      pango_cairo_show_layout (cr, name);
      cairo_restore (cr);
    }
}

static void
draw_cells (PhConfusionMatrix *self, cairo_t *cr, const Layout *l, const GdkRGBA *text,
            const GdkRGBA *right, const GdkRGBA *wrong)
{
  double gap = l->cell >= 6 ? 1 : 0;

  for (int i = 0; i < (int)self->n; i++)
    for (int j = 0; j < (int)self->n; j++)
      {
        guint count = get_count (self, i, j);
        double share = self->totals[i] > 0 ? (double)count / self->totals[i] : 0;
        const GdkRGBA *colour = i == j ? right : wrong;

        cairo_rectangle (cr, l->left + j * l->cell, l->top + i * l->cell, l->cell - gap,
                         l->cell - gap);
        /* A few mistakes among many right answers must be seen as well. */
        if (count > 0)
          cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue,
                                 0.12 + 0.68 * pow (share, 0.6));
        else
          cairo_set_source_rgba (cr, text->red, text->green, text->blue, 0.05);
        cairo_fill (cr);
        if (count == 0 || l->cell < NUMBERED_CELL)
          continue;

        g_autofree char *number = g_strdup_printf ("%u", count);
        g_autoptr (PangoLayout) label = create_text (self, number);
        int w, h;

        pango_layout_set_width (label, (int)(l->cell - 2) * PANGO_SCALE);
        pango_layout_get_pixel_size (label, &w, &h);
        gdk_cairo_set_source_rgba (cr, text);
        cairo_move_to (cr, round (l->left + (j + 0.5) * l->cell - w / 2.0),
                       round (l->top + (i + 0.5) * l->cell - h / 2.0));
        pango_cairo_show_layout (cr, label);
      }
}

static void
draw_frame (cairo_t *cr, const Layout *l, int row, int column, double thick, const GdkRGBA *colour)
{
  if (row < 0)
    return;
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_set_line_width (cr, thick);
  cairo_rectangle (cr, l->left + column * l->cell - 0.5, l->top + row * l->cell - 0.5,
                   MAX (l->cell, 4), MAX (l->cell, 4));
  cairo_stroke (cr);
}

static void
ph_confusion_matrix_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhConfusionMatrix *self = PH_CONFUSION_MATRIX (widget);
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  Layout layout = get_layout (self);
  GdkRGBA text, right, wrong;

  if (self->n == 0)
    return;
  gtk_style_context_get_color (context, &text);
  if (!gtk_style_context_lookup_color (context, "accent_bg_color", &right))
    right = text;
  if (!gtk_style_context_lookup_color (context, "error_bg_color", &wrong))
    wrong = text;

  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                     (float)gtk_widget_get_height (widget)));

  draw_names (self, cr, &layout, &text);
  draw_cells (self, cr, &layout, &text, &right, &wrong);
  draw_frame (cr, &layout, self->picked_row, self->picked_column, 3, &text);
  draw_frame (cr, &layout, self->row, self->column, 1.5, &text);
  cairo_destroy (cr);
}

static void
ph_confusion_matrix_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                             int *minimum, int *natural, int *minimum_baseline,
                             int *natural_baseline)
{
  PhConfusionMatrix *self = PH_CONFUSION_MATRIX (widget);
  double cell = get_natural_cell (self->n);
  int names = cell >= NAMED_CELL ? MOST_NAME + GAP : 1;

  *natural = self->n > 0 ? (int)ceil (cell * self->n) + names + 2 : 0;
  /* A viewport gives no more height than what is needed. */
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN (*natural, 200) : *natural;
}

/* What is told */

char *
ph_confusion_matrix_dup_cell_text (PhConfusionMatrix *self, int row, int column)
{
  g_return_val_if_fail (PH_IS_CONFUSION_MATRIX (self), NULL);
  g_return_val_if_fail (row >= 0 && row < (int)self->n && column >= 0 && column < (int)self->n,
                        NULL);

  guint count = get_count (self, row, column), total = self->totals[row];

  if (row == column)
    /* Translators: name of a class, how many of its images were recognised, of how many. */
    return g_strdup_printf (_ ("%s recognised: %u of %u"), self->names[row], count, total);
  /* Translators: right class, the network's answer, how often, of how many images of the class. */
  return g_strdup_printf (_ ("%s taken for %s: %u of %u"), self->names[row], self->names[column],
                          count, total);
}

char *
ph_confusion_matrix_dup_description (PhConfusionMatrix *self)
{
  g_return_val_if_fail (PH_IS_CONFUSION_MATRIX (self), NULL);

  guint n_images = 0, n_right = 0, most = 0;
  int row = -1, column = -1;

  if (self->n == 0)
    return g_strdup (_ ("Nothing was measured yet"));
  for (int i = 0; i < (int)self->n; i++)
    for (int j = 0; j < (int)self->n; j++)
      {
        guint count = get_count (self, i, j);

        n_images += count;
        if (i == j)
          n_right += count;
        else if (count > most)
          {
            most = count;
            row = i;
            column = j;
          }
      }
  if (row < 0)
    return g_strdup_printf (_ ("%u classes, all %u images recognised"), self->n, n_images);

  g_autofree char *worst = ph_confusion_matrix_dup_cell_text (self, row, column);

  /* Translators: the last %s says which two classes are mistaken most, and how often. */
  return g_strdup_printf (_ ("%u classes, %u of %u images recognised; most often %s"), self->n,
                          n_right, n_images, worst);
}

static void
update_description (PhConfusionMatrix *self)
{
  g_autofree char *text = ph_confusion_matrix_dup_description (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* Pointer and keys */

gboolean
ph_confusion_matrix_lookup (PhConfusionMatrix *self, double x, double y, int *row, int *column)
{
  g_return_val_if_fail (PH_IS_CONFUSION_MATRIX (self), FALSE);

  Layout l = get_layout (self);

  if (self->n == 0 || x < l.left || y < l.top || x >= l.left + self->n * l.cell ||
      y >= l.top + self->n * l.cell)
    return FALSE;
  *row = MIN ((int)((y - l.top) / l.cell), (int)self->n - 1);
  *column = MIN ((int)((x - l.left) / l.cell), (int)self->n - 1);
  return TRUE;
}

static void
set_cursor (PhConfusionMatrix *self, int row, int column)
{
  if (row == self->row && column == self->column)
    return;
  self->row = row;
  self->column = column;
  if (row >= 0)
    {
      g_autofree char *text = ph_confusion_matrix_dup_cell_text (self, row, column);

      gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                      text, -1);
      if (gtk_widget_has_focus (GTK_WIDGET (self)))
        gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
    }
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pick (PhConfusionMatrix *self, int row, int column)
{
  if (row == self->picked_row && column == self->picked_column)
    row = column = -1;
  ph_confusion_matrix_pick (self, row, column);
  g_signal_emit (self, picked_signal, 0, row, column);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, PhConfusionMatrix *self)
{
  int row = -1, column = -1;

  ph_confusion_matrix_lookup (self, x, y, &row, &column);
  set_cursor (self, row, column);
}

static void
on_leave (GtkEventControllerMotion *controller, PhConfusionMatrix *self)
{
  set_cursor (self, -1, -1);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, PhConfusionMatrix *self)
{
  int row, column;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (ph_confusion_matrix_lookup (self, x, y, &row, &column))
    pick (self, row, column);
}

static gboolean
on_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
        PhConfusionMatrix *self)
{
  int row = MAX (self->row, 0), column = MAX (self->column, 0), last = (int)self->n - 1;

  if (self->n == 0 || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  switch (key)
    {
    case GDK_KEY_Up:
      set_cursor (self, MAX (row - 1, 0), column);
      return GDK_EVENT_STOP;
    case GDK_KEY_Down:
      set_cursor (self, MIN (row + 1, last), column);
      return GDK_EVENT_STOP;
    case GDK_KEY_Left:
      set_cursor (self, row, MAX (column - 1, 0));
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
      set_cursor (self, row, MIN (column + 1, last));
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
      set_cursor (self, row, 0);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
      set_cursor (self, row, last);
      return GDK_EVENT_STOP;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_space:
      if (self->row < 0)
        return GDK_EVENT_PROPAGATE;
      pick (self, row, column);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
                  gpointer data)
{
  PhConfusionMatrix *self = PH_CONFUSION_MATRIX (widget);
  Layout l = get_layout (self);
  int row = self->row, column = self->column;

  if ((!keyboard && !ph_confusion_matrix_lookup (self, x, y, &row, &column)) || row < 0)
    return FALSE;

  g_autofree char *text = ph_confusion_matrix_dup_cell_text (self, row, column);

  gtk_tooltip_set_text (tooltip, text);
  gtk_tooltip_set_tip_area (tooltip, &(GdkRectangle){ (int)(l.left + column * l.cell),
                                                      (int)(l.top + row * l.cell),
                                                      MAX ((int)l.cell, 1), MAX ((int)l.cell, 1) });
  return TRUE;
}

/* GObject */

static void
ph_confusion_matrix_finalize (GObject *object)
{
  PhConfusionMatrix *self = PH_CONFUSION_MATRIX (object);

  g_strfreev (self->names);
  g_free (self->counts);
  g_free (self->totals);
  G_OBJECT_CLASS (ph_confusion_matrix_parent_class)->finalize (object);
}

static void
ph_confusion_matrix_class_init (PhConfusionMatrixClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ph_confusion_matrix_finalize;
  widget_class->snapshot = ph_confusion_matrix_snapshot;
  widget_class->measure = ph_confusion_matrix_measure;
  gtk_widget_class_set_css_name (widget_class, "confusionmatrix");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  picked_signal = g_signal_new ("picked", PH_TYPE_CONFUSION_MATRIX, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_INT);
}

static void
ph_confusion_matrix_init (PhConfusionMatrix *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  self->row = self->column = self->picked_row = self->picked_column = -1;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Confusion matrix"), -1);
  update_description (self);
}

/* Public */

GtkWidget *
ph_confusion_matrix_new (void)
{
  return g_object_new (PH_TYPE_CONFUSION_MATRIX, NULL);
}

void
ph_confusion_matrix_show (PhConfusionMatrix *self, guint n, const char *const *names,
                          const guint *counts)
{
  g_return_if_fail (PH_IS_CONFUSION_MATRIX (self));

  guint old = self->n;

  self->n = names != NULL ? n : 0;
  g_strfreev (self->names);
  g_free (self->counts);
  g_free (self->totals);
  self->names = g_strdupv ((char **)names);
  self->counts = self->n > 0 ? g_memdup2 (counts, sizeof *counts * (gsize)n * n) : NULL;
  self->totals = g_new0 (guint, self->n + 1);
  for (guint i = 0; i < self->n; i++)
    for (guint j = 0; j < self->n; j++)
      self->totals[i] += counts[(gsize)i * n + j];
  if (self->n != old)
    {
      set_cursor (self, -1, -1);
      self->picked_row = self->picked_column = -1;
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
  update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
ph_confusion_matrix_pick (PhConfusionMatrix *self, int row, int column)
{
  g_return_if_fail (PH_IS_CONFUSION_MATRIX (self));
  g_return_if_fail (row < (int)self->n && column < (int)self->n);

  self->picked_row = row;
  self->picked_column = column;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
