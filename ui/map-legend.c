#include "ui/map-legend.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/map-colours.h"
#include "ui/plot-axis.h"

#define MOST_CLASSES 60
#define SWATCH 12 /* pixels */
#define SCALE_HEIGHT 14

struct _PhMapLegend
{
  AdwBin parent_instance;

  /* owned */
  GArray *counts;    /* guint: images of each class that has a row */
  GPtrArray *labels; /* borrowed GtkLabel: how many, in those rows */

  /* borrowed: NULL when classes are shown */
  GtkLabel *mean_label;
  GtkWidget *scale;

  double low, high, mean, marked;
};

G_DEFINE_FINAL_TYPE (PhMapLegend, ph_map_legend, ADW_TYPE_BIN)

static guint class_picked_signal;

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer label)
{
  const GdkRGBA colour = ph_map_colour_to_rgba (ph_map_class_colour (GPOINTER_TO_UINT (label)));

  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0, 0, 2 * G_PI);
  gdk_cairo_set_source_rgba (cr, &colour);
  cairo_fill (cr);
}

/* The colours, with a line where the mean is. */
static void
draw_scale (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  PhMapLegend *self = data;
  const double mean = isnan (self->marked) ? self->mean : self->marked;
  const double at = (mean - self->low) / MAX (self->high - self->low, 1e-12) * width;

  for (int x = 0; x < width; x++)
    {
      const GdkRGBA colour = ph_map_colour_to_rgba (ph_map_share_colour (x / (width - 1.0)));

      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_rectangle (cr, x, 0, 1, height);
      cairo_fill (cr);
    }
  if (isnan (mean))
    return;
  cairo_rectangle (cr, round (CLAMP (at, 1, width - 2)) - 1.5, 0, 3, height);
  cairo_set_source_rgb (cr, 0, 0, 0);
  cairo_fill (cr);
  cairo_rectangle (cr, round (CLAMP (at, 1, width - 2)) - 0.5, 0, 1, height);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_fill (cr);
}

static GtkWidget *
create_label (const char *text, gboolean dim)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (dim)
    {
      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "numeric");
    }
  return label;
}

static void
clear (PhMapLegend *self)
{
  g_array_set_size (self->counts, 0);
  g_ptr_array_set_size (self->labels, 0);
  self->mean_label = NULL;
  self->scale = NULL;
  adw_bin_set_child (ADW_BIN (self), NULL);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, PhMapLegend *self)
{
  if (gtk_list_box_row_get_index (row) < (int)self->counts->len)
    g_signal_emit (self, class_picked_signal, 0, (guint)gtk_list_box_row_get_index (row));
}

static GtkWidget *
create_row (PhMapLegend *self, const char *name, guint label)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *swatch = gtk_drawing_area_new (), *title = create_label (name, FALSE);
  GtkWidget *count = create_label ("", TRUE);

  gtk_widget_set_size_request (swatch, SWATCH, SWATCH);
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, GUINT_TO_POINTER (label),
                                  NULL);
  gtk_widget_set_hexpand (title, TRUE);
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), count);
  gtk_widget_set_margin_top (box, 4);
  gtk_widget_set_margin_bottom (box, 4);
  gtk_widget_set_margin_start (box, 8);
  gtk_widget_set_margin_end (box, 8);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* Translators: name of a class. */
  g_autofree char *tip = g_strdup_printf (_ ("Select “%s”"), name);
  gtk_widget_set_tooltip_text (row, tip);
  g_ptr_array_add (self->labels, count);
  return row;
}

static void
ph_map_legend_finalize (GObject *object)
{
  PhMapLegend *self = PH_MAP_LEGEND (object);

  g_array_unref (self->counts);
  g_ptr_array_unref (self->labels);
  G_OBJECT_CLASS (ph_map_legend_parent_class)->finalize (object);
}

static void
ph_map_legend_class_init (PhMapLegendClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_map_legend_finalize;
  class_picked_signal = g_signal_new ("class-picked", PH_TYPE_MAP_LEGEND, G_SIGNAL_RUN_LAST, 0,
                                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_map_legend_init (PhMapLegend *self)
{
  self->counts = g_array_new (FALSE, FALSE, sizeof (guint));
  self->labels = g_ptr_array_new ();
}

/* Public */

GtkWidget *
ph_map_legend_new (void)
{
  return g_object_new (PH_TYPE_MAP_LEGEND, NULL);
}

void
ph_map_legend_show_nothing (PhMapLegend *self)
{
  g_return_if_fail (PH_IS_MAP_LEGEND (self));

  clear (self);
}

void
ph_map_legend_show_classes (PhMapLegend *self, PhDataset *dataset, const guint *counts)
{
  g_return_if_fail (PH_IS_MAP_LEGEND (self));

  const guint n = ph_dataset_get_n_classes (dataset), shown = MIN (n, MOST_CLASSES);
  GtkWidget *list = gtk_list_box_new ();

  clear (self);
  g_array_append_vals (self->counts, counts, shown);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colours of the classes"), -1);
  for (guint i = 0; i < shown; i++)
    gtk_list_box_append (GTK_LIST_BOX (list),
                         create_row (self, ph_dataset_get_class_name (dataset, i), i));
  if (n > shown)
    {
      g_autofree char *more = g_strdup_printf (
          ngettext ("and %u more class", "and %u more classes", n - shown), n - shown);
      GtkWidget *row = gtk_list_box_row_new ();

      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), create_label (more, TRUE));
      gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  g_signal_connect (list, "row-activated", G_CALLBACK (on_row_activated), self);
  adw_bin_set_child (ADW_BIN (self), list);
  ph_map_legend_mark_classes (self, NULL);
}

void
ph_map_legend_show_scale (PhMapLegend *self, const char *name, double low, double high, double mean)
{
  g_return_if_fail (PH_IS_MAP_LEGEND (self));

  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *ends = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autofree char *low_text = ph_plot_format_value (low, high - low);
  g_autofree char *high_text = ph_plot_format_value (high, high - low);
  GtkWidget *first = create_label (low_text, TRUE), *name_label = create_label (name, FALSE);

  clear (self);
  self->low = low;
  self->high = high;
  self->mean = mean;
  self->scale = gtk_drawing_area_new ();
  self->mean_label = GTK_LABEL (create_label ("", TRUE));
  /* The words take the width that there is, and ask for none. */
  gtk_label_set_max_width_chars (GTK_LABEL (name_label), 1);
  gtk_widget_set_tooltip_text (name_label, name);
  gtk_label_set_ellipsize (self->mean_label, PANGO_ELLIPSIZE_NONE);
  gtk_label_set_max_width_chars (self->mean_label, 1);
  gtk_label_set_wrap (self->mean_label, TRUE);
  gtk_widget_set_size_request (self->scale, -1, SCALE_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->scale), draw_scale, self, NULL);
  gtk_widget_set_hexpand (first, TRUE);
  gtk_box_append (GTK_BOX (ends), first);
  gtk_box_append (GTK_BOX (ends), create_label (high_text, TRUE));
  gtk_box_append (GTK_BOX (box), name_label);
  gtk_box_append (GTK_BOX (box), self->scale);
  gtk_box_append (GTK_BOX (box), ends);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->mean_label));
  adw_bin_set_child (ADW_BIN (self), box);
  ph_map_legend_mark_scale (self, NAN);
}

void
ph_map_legend_mark_classes (PhMapLegend *self, const guint *counts)
{
  g_return_if_fail (PH_IS_MAP_LEGEND (self));

  for (guint i = 0; i < self->counts->len; i++)
    {
      const guint n = g_array_index (self->counts, guint, i);
      /* Translators: how many are selected, of how many. */
      g_autofree char *text = counts != NULL ? g_strdup_printf (_ ("%u of %u"), counts[i], n)
                                             : g_strdup_printf ("%u", n);

      gtk_label_set_text (self->labels->pdata[i], text);
    }
}

void
ph_map_legend_mark_scale (PhMapLegend *self, double mean)
{
  g_return_if_fail (PH_IS_MAP_LEGEND (self));

  if (self->scale == NULL)
    return;

  g_autofree char *all = ph_plot_format_value (self->mean, self->high - self->low);
  g_autofree char *some = ph_plot_format_value (mean, self->high - self->low);
  g_autofree char *text = isnan (mean)
                              ? g_strdup_printf (_ ("mean %s"), all)
                              : g_strdup_printf (_ ("mean %s, of the selected %s"), all, some);

  self->marked = mean;
  gtk_label_set_text (self->mean_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  gtk_widget_queue_draw (self->scale);
}
