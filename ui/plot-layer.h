#pragma once

#include <gdk/gdk.h>

#include "plot-axis.h"
#include "plot-series.h"

G_BEGIN_DECLS

/**
 * ph_plot_layer_draw:
 * @x, @y: which values lie at the edges of the area
 * @left, @top, @width, @height: the area, in pixels
 * @dashed: whether the line is dashed
 * @colour: of the line; the area beneath an undashed one is filled faintly with it
 *
 * Draws one series as a line. However many points there are, each pixel column gets one stroke from
 * its first to its least, greatest and last value, so nothing that stands out is lost and the cost
 * is bounded by the width.
 */
void ph_plot_layer_draw (PhPlotSeries *series, const PhPlotAxis *x, const PhPlotAxis *y,
                         cairo_t *cr, double left, double top, double width, double height,
                         gboolean dashed, const GdkRGBA *colour);

G_END_DECLS
