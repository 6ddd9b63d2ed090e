#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_RECALL_PLOT (ph_recall_plot_get_type ())
/**
 * PhRecallPlot:
 *
 * Which share of the true neighbours is found (across, 0 to 1) at how many queries a second (up,
 * each step ten times as many), as in the ann-benchmarks: a curve for each k, a square for exact
 * search, and the mark that a course sets: 10,000 queries a second at 95 %. The pointer and the
 * arrow keys tell each point.
 */
G_DECLARE_FINAL_TYPE (PhRecallPlot, ph_recall_plot, PH, RECALL_PLOT, GtkWidget)

GtkWidget *ph_recall_plot_new (void);

/** ph_recall_plot_set_points: @n, copied; of any k, ef growing */
void ph_recall_plot_set_points (PhRecallPlot *self, const PhRecallPoint *points, guint n);

/** ph_recall_plot_set_chosen: (nullable): a ring around one more point */
void ph_recall_plot_set_chosen (PhRecallPlot *self, const PhRecallPoint *point);

/** ph_recall_plot_lookup: the point near a pixel, or -1. */
int ph_recall_plot_lookup (PhRecallPlot *self, double left, double top);

/** ph_recall_plot_locate: where a point is drawn. */
void ph_recall_plot_locate (PhRecallPlot *self, const PhRecallPoint *point, double *left,
                            double *top);

/** ph_recall_point_dup_text: "k 10, ef 24: 95.3 % found, 12,300 queries a second". Caller frees. */
char *ph_recall_point_dup_text (const PhRecallPoint *point);

/** ph_recall_dup_speed: a number of queries a second, for people. Caller frees. */
char *ph_recall_dup_speed (double speed);

G_END_DECLS
