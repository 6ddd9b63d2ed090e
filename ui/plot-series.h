#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define PH_TYPE_PLOT_SERIES (ph_plot_series_get_type ())
/**
 * PhPlotSeries:
 * @title: what the numbers are, "objective"
 *
 * Points (x, y) with ascending x. Emits "changed" after each change.
 */
G_DECLARE_FINAL_TYPE (PhPlotSeries, ph_plot_series, PH, PLOT_SERIES, GObject)

PhPlotSeries *ph_plot_series_new (const char *title);

const char *ph_plot_series_get_title (PhPlotSeries *self);
void ph_plot_series_set_title (PhPlotSeries *self, const char *title);

void ph_plot_series_clear (PhPlotSeries *self);

/** ph_plot_series_append: adds @n points whose @x continue ascending (a point that does not is
 * dropped) and emits "changed" once. */
void ph_plot_series_append (PhPlotSeries *self, const double *x, const double *y, guint n);

guint ph_plot_series_get_n_points (PhPlotSeries *self);
double ph_plot_series_get_x (PhPlotSeries *self, guint i);
double ph_plot_series_get_y (PhPlotSeries *self, guint i);

/** ph_plot_series_find: the point nearest to @x, or -1 when there are none. */
int ph_plot_series_find (PhPlotSeries *self, double x);

G_END_DECLS
