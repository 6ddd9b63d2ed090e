/* Axes, series and the curve's widget: what is drawn where, and what is read back from there. */

#include <gtk/gtk.h>
#include <math.h>

#include "ui/plot-axis.h"
#include "ui/plot-series.h"
#include "ui/plot.h"

static void
test_axis_maps (void)
{
  PhPlotAxis axis = PH_PLOT_AXIS_INIT;

  g_assert_true (ph_plot_axis_is_empty (&axis));
  ph_plot_axis_include (&axis, NAN);
  ph_plot_axis_include (&axis, INFINITY);
  g_assert_true (ph_plot_axis_is_empty (&axis));

  /* A single value lies in the middle, whatever it is. */
  ph_plot_axis_include (&axis, -3);
  g_assert_false (ph_plot_axis_is_empty (&axis));
  g_assert_cmpfloat (ph_plot_axis_map (&axis, -3), ==, 0.5);

  ph_plot_axis_include (&axis, 5);
  ph_plot_axis_include (&axis, 1);
  g_assert_cmpfloat (axis.minimum, ==, -3);
  g_assert_cmpfloat (axis.maximum, ==, 5);
  g_assert_cmpfloat (ph_plot_axis_map (&axis, -3), ==, 0);
  g_assert_cmpfloat (ph_plot_axis_map (&axis, 5), ==, 1);
  g_assert_cmpfloat (ph_plot_axis_map (&axis, 1), ==, 0.5);
  g_assert_cmpfloat (ph_plot_axis_map (&axis, 9), ==, 1.5);
  for (double value = -4; value < 6; value += 0.37)
    g_assert_cmpfloat_with_epsilon (ph_plot_axis_unmap (&axis, ph_plot_axis_map (&axis, value)),
                                    value, 1e-12);
}

static void
assert_ticks (double minimum, double maximum, gboolean whole, guint most, const double *expected,
              guint n_expected)
{
  PhPlotAxis axis = { minimum, maximum, whole };
  guint n;
  g_autofree double *ticks = ph_plot_axis_ticks (&axis, most, &n);

  g_assert_cmpuint (n, ==, n_expected);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (ticks[i], expected[i], 1e-9 * fabs (maximum - minimum) + 1e-12);
}

static void
test_axis_ticks (void)
{
  assert_ticks (0, 512, TRUE, 4, (double[]){ 0, 200, 400 }, 3);
  assert_ticks (0, 1, FALSE, 5, (double[]){ 0, 0.2, 0.4, 0.6, 0.8, 1 }, 6);
  assert_ticks (-0.3, 0.3, FALSE, 3, (double[]){ -0.2, 0, 0.2 }, 3);
  /* Steps are whole: three of them have no tick between two. */
  assert_ticks (0, 2, TRUE, 10, (double[]){ 0, 1, 2 }, 3);
  assert_ticks (7, 7, FALSE, 4, (double[]){ 7 }, 1);
  assert_ticks (1, 0, FALSE, 4, NULL, 0);
  assert_ticks (0, 1, FALSE, 0, NULL, 0);
  /* Far from zero, and tiny. */
  assert_ticks (1e6, 1e6 + 4, FALSE, 4, (double[]){ 1e6, 1e6 + 1, 1e6 + 2, 1e6 + 3, 1e6 + 4 }, 5);
  assert_ticks (0, 3e-7, FALSE, 3, (double[]){ 0, 1e-7, 2e-7, 3e-7 }, 4);
}

static void
assert_format (double value, double span, const char *expected)
{
  g_autofree char *text = ph_plot_format_value (value, span);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_format (void)
{
  assert_format (0, 0, "0");
  assert_format (1223.4, 0, "1223");
  assert_format (12.3456, 0, "12.35");
  assert_format (0.0123456, 0, "0.01235");
  assert_format (-2.5, 10, "−2.5");
  assert_format (-0.001, 100, "0");
  assert_format (214, 1000, "214");
  assert_format (3.14159, 1, "3.14");
  assert_format (2.5e7, 0, "2.5e+07");
  assert_format (NAN, 1, "–");
  assert_format (-INFINITY, 1, "–");
}

static void
count (gpointer unused, guint *n)
{
  (*n)++;
}

static void
test_series (void)
{
  g_autoptr (PhPlotSeries) series = ph_plot_series_new ("loss");
  guint n_changes = 0;

  g_signal_connect (series, "changed", G_CALLBACK (count), &n_changes);
  g_assert_cmpint (ph_plot_series_find (series, 3), ==, -1);
  ph_plot_series_append (series, (double[]){ 0, 2, 7 }, (double[]){ 5, 4, 3 }, 3);
  g_assert_cmpuint (n_changes, ==, 1);
  /* Points that do not ascend are dropped. */
  ph_plot_series_append (series, (double[]){ 7, 6, 9 }, (double[]){ 1, 1, 2 }, 3);
  g_assert_cmpuint (ph_plot_series_get_n_points (series), ==, 4);
  g_assert_cmpfloat (ph_plot_series_get_x (series, 3), ==, 9);
  g_assert_cmpfloat (ph_plot_series_get_y (series, 2), ==, 3);

  g_assert_cmpint (ph_plot_series_find (series, -10), ==, 0);
  g_assert_cmpint (ph_plot_series_find (series, 1), ==, 0);
  g_assert_cmpint (ph_plot_series_find (series, 1.1), ==, 1);
  g_assert_cmpint (ph_plot_series_find (series, 4.4), ==, 1);
  g_assert_cmpint (ph_plot_series_find (series, 4.6), ==, 2);
  g_assert_cmpint (ph_plot_series_find (series, 100), ==, 3);

  n_changes = 0;
  ph_plot_series_clear (series);
  ph_plot_series_clear (series);
  g_assert_cmpuint (n_changes, ==, 1);
}

static void
wait_for_size (GtkWidget *widget)
{
  while (gtk_widget_get_width (widget) == 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < 20; i++)
    while (g_main_context_iteration (NULL, FALSE))
      ;
}

/* Draws the widget off screen, whatever the frame clock does. */
static void
draw (GtkWidget *widget)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  g_clear_pointer (&node, gsk_render_node_unref);
}

static void
test_widget (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *plot = ph_plot_new ();
  g_autoptr (PhPlotSeries) series = ph_plot_series_new ("Objective");
  g_autofree char *empty = NULL;
  g_autofree char *full = NULL;
  double x[5000], y[5000];

  ph_plot_add_series (PH_PLOT (plot), series, "accent_color");
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 150);
  gtk_window_set_child (GTK_WINDOW (window), plot);
  gtk_window_present (GTK_WINDOW (window));
  wait_for_size (plot);
  draw (plot);
  g_assert_cmpint (ph_plot_lookup (PH_PLOT (plot), 100), ==, -1);
  empty = ph_plot_dup_description (PH_PLOT (plot));
  g_assert_cmpstr (empty, ==, "Objective, no points yet");

  for (guint i = 0; i < G_N_ELEMENTS (x); i++)
    {
      x[i] = i;
      y[i] = i == 40 ? NAN : 2.1 - 1.76 * i / (G_N_ELEMENTS (x) - 1);
    }
  ph_plot_series_append (series, x, y, G_N_ELEMENTS (x));
  full = ph_plot_dup_description (PH_PLOT (plot));
  g_assert_cmpstr (full, ==, "Objective, 5000 points, from 2.100 to 0.3400");
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, full);
  gtk_test_accessible_assert_role (plot, GTK_ACCESSIBLE_ROLE_IMG);

  draw (plot);
  g_assert_cmpint (ph_plot_lookup (PH_PLOT (plot), -50), ==, 0);
  g_assert_cmpint (ph_plot_lookup (PH_PLOT (plot), 10000), ==, 4999);

  /* From left to right the points ascend. */
  int last = -1;

  for (int at = 60; at < 380; at += 20)
    {
      int point = ph_plot_lookup (PH_PLOT (plot), at);

      g_assert_cmpint (point, >, last);
      last = point;
    }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/axis/maps", test_axis_maps);
  g_test_add_func ("/plot/axis/ticks", test_axis_ticks);
  g_test_add_func ("/plot/format", test_format);
  g_test_add_func ("/plot/series", test_series);
  g_test_add_func ("/plot/widget", test_widget);
  return g_test_run ();
}
