#include "plot-layer.h"

#include <math.h>

/* Adds the line through all finite points; several in one pixel column become four at most. */
static void
trace (PhPlotSeries *series, const PhPlotAxis *x, const PhPlotAxis *y, cairo_t *cr, double left,
       double top, double width, double height, double *first_x, double *last_x)
{
  guint n = ph_plot_series_get_n_points (series);
  gboolean started = FALSE;

  for (guint i = 0; i < n;)
    {
      double px = left + width * ph_plot_axis_map (x, ph_plot_series_get_x (series, i));
      double column = floor (px), low = INFINITY, high = -INFINITY, first = NAN, last = NAN;

      for (; i < n; i++)
        {
          double value = ph_plot_series_get_y (series, i);

          if (floor (left + width * ph_plot_axis_map (x, ph_plot_series_get_x (series, i))) !=
              column)
            break;
          if (!isfinite (value))
            continue;
          if (isnan (first))
            first = value;
          last = value;
          low = MIN (low, value);
          high = MAX (high, value);
        }
      if (isnan (first))
        continue;
      if (!started)
        {
          cairo_move_to (cr, px, top + height * (1 - ph_plot_axis_map (y, first)));
          *first_x = px;
          started = TRUE;
        }

      double values[] = { first, low, high, last };

      for (guint k = 0; k < G_N_ELEMENTS (values); k++)
        cairo_line_to (cr, px, top + height * (1 - ph_plot_axis_map (y, values[k])));
      *last_x = px;
    }
}

void
ph_plot_layer_draw (PhPlotSeries *series, const PhPlotAxis *x, const PhPlotAxis *y, cairo_t *cr,
                    double left, double top, double width, double height, gboolean dashed,
                    const GdkRGBA *colour)
{
  double first_x = left, last_x = left;

  cairo_save (cr);
  cairo_rectangle (cr, left - 1, top - 1, width + 2, height + 2);
  cairo_clip (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, 2);

  cairo_new_path (cr);
  trace (series, x, y, cr, left, top, width, height, &first_x, &last_x);

  cairo_path_t *line = cairo_copy_path (cr);

  cairo_line_to (cr, last_x, top + height);
  cairo_line_to (cr, first_x, top + height);
  cairo_close_path (cr);
  if (!dashed)
    {
      cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, 0.12 * colour->alpha);
      cairo_fill (cr);
    }
  else
    {
      cairo_new_path (cr);
      cairo_set_dash (cr, (double[]){ 5, 4 }, 2, 0);
    }

  cairo_append_path (cr, line);
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_stroke (cr);
  cairo_path_destroy (line);
  cairo_restore (cr);
}
