#pragma once

#include <gtk/gtk.h>

#include "plot-series.h"

G_BEGIN_DECLS

#define PH_TYPE_PLOT (ph_plot_get_type ())
/**
 * PhPlot:
 *
 * Curves over a common horizontal axis. The pointer and the arrow keys move a cursor over the
 * points and show the value there; a click, Enter or Space on it emits "point-activated" with the
 * point's x (double). For screen readers it is a picture described in numbers.
 */
G_DECLARE_FINAL_TYPE (PhPlot, ph_plot, PH, PLOT, GtkWidget)

GtkWidget *ph_plot_new (void);

/**
 * ph_plot_add_series:
 * @colour: name of a colour of the style sheet, "accent_color"
 *
 * Adds a curve above the others; a reference is taken. Every second one is dashed, so that colour
 * is not all that tells them apart.
 */
void ph_plot_add_series (PhPlot *self, PhPlotSeries *series, const char *colour);

/** ph_plot_set_x_range: lets the horizontal axis reach from @minimum to @maximum at least, so that
 * a growing curve does not rescale. @minimum > @maximum: no wish. */
void ph_plot_set_x_range (PhPlot *self, double minimum, double maximum);

/** ph_plot_set_x_title: what x counts, "step", for the cursor's label. */
void ph_plot_set_x_title (PhPlot *self, const char *title);

/** ph_plot_set_marker: a vertical line at @x, as what is shown elsewhere now; NAN for none. */
void ph_plot_set_marker (PhPlot *self, double x);

/** ph_plot_lookup: the point of the first series nearest to the widget's coordinate @at, or -1. */
int ph_plot_lookup (PhPlot *self, double at);

/** ph_plot_dup_description: "Objective, 400 points, from 2.1 to 0.34". Caller frees. */
char *ph_plot_dup_description (PhPlot *self);

G_END_DECLS
