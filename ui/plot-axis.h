#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhPlotAxis:
 * @minimum, @maximum: what has been included; @minimum > @maximum while empty
 * @whole: whether only whole numbers make sense (steps)
 *
 * Maps values to 0..1 along one direction of a plot.
 */
typedef struct
{
  double minimum, maximum;
  gboolean whole;
} PhPlotAxis;

#define PH_PLOT_AXIS_INIT                                                                          \
  {                                                                                                \
    .minimum = 1, .maximum = 0                                                                     \
  }

gboolean ph_plot_axis_is_empty (const PhPlotAxis *axis);

/** ph_plot_axis_include: widens the axis so that @value lies on it; not a number and infinite are
 * ignored. */
void ph_plot_axis_include (PhPlotAxis *axis, double value);

/** ph_plot_axis_map: 0 at the minimum, 1 at the maximum, beyond them outside of 0..1. An axis with
 * a single value maps it to the middle. */
double ph_plot_axis_map (const PhPlotAxis *axis, double value);

/** ph_plot_axis_unmap: the inverse. */
double ph_plot_axis_unmap (const PhPlotAxis *axis, double position);

/**
 * ph_plot_axis_ticks:
 * @most: how many there is room for
 * @n: (out)
 *
 * Round values (1, 2 or 5 times a power of ten apart) inside the axis, ascending.
 *
 * Returns: (transfer full) (nullable): free with g_free(); %NULL when empty.
 */
double *ph_plot_axis_ticks (const PhPlotAxis *axis, guint most, guint *n);

/** ph_plot_format_value: a value for people, with as many digits as tell neighbours on an axis of
 * @span apart (0: four significant digits), in the user's locale. Caller frees. */
char *ph_plot_format_value (double value, double span);

G_END_DECLS
