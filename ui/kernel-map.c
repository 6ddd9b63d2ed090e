#include "ui/kernel-map.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"

struct _PhKernelMap
{
  GtkWidget parent_instance;

  /* owned */
  double *kernel; /* rows * columns */

  guint rows, columns, side;
};

G_DEFINE_FINAL_TYPE (PhKernelMap, ph_kernel_map, GTK_TYPE_WIDGET)

static double
get_cell (PhKernelMap *self)
{
  return (double)self->side / MAX (self->rows, self->columns);
}

static gsize
find_strongest (PhKernelMap *self)
{
  gsize strongest = 0;

  for (gsize i = 1; i < (gsize)self->rows * self->columns; i++)
    if (fabs (self->kernel[i]) > fabs (self->kernel[strongest]))
      strongest = i;
  return strongest;
}

static void
ph_kernel_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  PhKernelMap *self = PH_KERNEL_MAP (widget);
  double cell = get_cell (self), most = fabs (self->kernel[find_strongest (self)]);
  GdkRGBA ground;
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                     (float)gtk_widget_get_height (widget)));

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &ground);
  for (guint r = 0; r < self->rows; r++)
    for (guint c = 0; c < self->columns; c++)
      {
        double weight = most > 0 ? self->kernel[(gsize)r * self->columns + c] / most : 0;
        double gap = cell > 4 ? 1 : 0;

        cairo_rectangle (cr, c * cell, r * cell, cell - gap, cell - gap);
        cairo_set_source_rgba (cr, ground.red, ground.green, ground.blue, 0.08);
        cairo_fill_preserve (cr);
        /* Orange and blue are told apart by everyone. */
        if (weight > 0)
          cairo_set_source_rgba (cr, 0.90, 0.38, 0, weight);
        else
          cairo_set_source_rgba (cr, 0.10, 0.45, 0.90, -weight);
        cairo_fill (cr);
      }
  cairo_destroy (cr);
}

static void
ph_kernel_map_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum,
                       int *natural, int *minimum_baseline, int *natural_baseline)
{
  PhKernelMap *self = PH_KERNEL_MAP (widget);
  guint n = orientation == GTK_ORIENTATION_HORIZONTAL ? self->columns : self->rows;

  *minimum = *natural = (int)ceil (get_cell (self) * n);
}

static void
ph_kernel_map_finalize (GObject *object)
{
  g_free (PH_KERNEL_MAP (object)->kernel);
  G_OBJECT_CLASS (ph_kernel_map_parent_class)->finalize (object);
}

static void
ph_kernel_map_class_init (PhKernelMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ph_kernel_map_finalize;
  widget_class->snapshot = ph_kernel_map_snapshot;
  widget_class->measure = ph_kernel_map_measure;
  gtk_widget_class_set_css_name (widget_class, "kernelmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ph_kernel_map_init (PhKernelMap *self)
{
}

GtkWidget *
ph_kernel_map_new (const PhSynapse *synapse, guint side)
{
  g_return_val_if_fail (synapse != NULL, NULL);

  PhKernelMap *self = g_object_new (PH_TYPE_KERNEL_MAP, NULL);
  gsize n = (gsize)synapse->rows * synapse->columns, strongest;

  self->kernel = g_memdup2 (synapse->kernel, n * sizeof *synapse->kernel);
  self->rows = synapse->rows;
  self->columns = synapse->columns;
  self->side = side;
  strongest = find_strongest (self);

  g_autofree char *weight = ph_plot_format_value (self->kernel[strongest], 0);
  /* Translators: size of a kernel, its strongest weight and where that is. */
  g_autofree char *text = g_strdup_printf (
      _ ("Kernel %u × %u, strongest %s at row %u, column %u"), self->rows, self->columns, weight,
      (guint)(strongest / self->columns) + 1, (guint)(strongest % self->columns) + 1);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return GTK_WIDGET (self);
}
