#include "plot-series.h"

typedef struct
{
  double x, y;
} Point;

struct _PhPlotSeries
{
  GObject parent_instance;

  /* owned */
  char *title;
  GArray *points;
};

G_DEFINE_FINAL_TYPE (PhPlotSeries, ph_plot_series, G_TYPE_OBJECT)

static guint changed_signal;

static void
ph_plot_series_finalize (GObject *object)
{
  PhPlotSeries *self = PH_PLOT_SERIES (object);

  g_free (self->title);
  g_array_unref (self->points);
  G_OBJECT_CLASS (ph_plot_series_parent_class)->finalize (object);
}

static void
ph_plot_series_class_init (PhPlotSeriesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ph_plot_series_finalize;
  changed_signal = g_signal_new ("changed", PH_TYPE_PLOT_SERIES, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
ph_plot_series_init (PhPlotSeries *self)
{
  self->points = g_array_new (FALSE, FALSE, sizeof (Point));
}

PhPlotSeries *
ph_plot_series_new (const char *title)
{
  PhPlotSeries *self = g_object_new (PH_TYPE_PLOT_SERIES, NULL);

  self->title = g_strdup (title);
  return self;
}

const char *
ph_plot_series_get_title (PhPlotSeries *self)
{
  return self->title;
}

void
ph_plot_series_set_title (PhPlotSeries *self, const char *title)
{
  if (g_strcmp0 (self->title, title) == 0)
    return;
  g_free (self->title);
  self->title = g_strdup (title);
  g_signal_emit (self, changed_signal, 0);
}

void
ph_plot_series_clear (PhPlotSeries *self)
{
  if (self->points->len == 0)
    return;
  g_array_set_size (self->points, 0);
  g_signal_emit (self, changed_signal, 0);
}

void
ph_plot_series_append (PhPlotSeries *self, const double *x, const double *y, guint n)
{
  guint before = self->points->len;

  for (guint i = 0; i < n; i++)
    {
      Point point = { x[i], y[i] };

      if (self->points->len > 0 &&
          g_array_index (self->points, Point, self->points->len - 1).x >= point.x)
        continue;
      g_array_append_val (self->points, point);
    }
  if (self->points->len > before)
    g_signal_emit (self, changed_signal, 0);
}

guint
ph_plot_series_get_n_points (PhPlotSeries *self)
{
  return self->points->len;
}

double
ph_plot_series_get_x (PhPlotSeries *self, guint i)
{
  g_return_val_if_fail (i < self->points->len, 0);

  return g_array_index (self->points, Point, i).x;
}

double
ph_plot_series_get_y (PhPlotSeries *self, guint i)
{
  g_return_val_if_fail (i < self->points->len, 0);

  return g_array_index (self->points, Point, i).y;
}

int
ph_plot_series_find (PhPlotSeries *self, double x)
{
  guint low = 0, high = self->points->len;

  if (high == 0)
    return -1;
  /* First point at or after x; then its left neighbour may still be nearer. */
  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (self->points, Point, middle).x < x)
        low = middle + 1;
      else
        high = middle;
    }
  if (low == self->points->len)
    return (int)low - 1;
  if (low > 0 && x - g_array_index (self->points, Point, low - 1).x <=
                     g_array_index (self->points, Point, low).x - x)
    return (int)low - 1;
  return (int)low;
}
