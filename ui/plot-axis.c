#include "plot-axis.h"

#include <math.h>

gboolean
ph_plot_axis_is_empty (const PhPlotAxis *axis)
{
  return axis->minimum > axis->maximum;
}

void
ph_plot_axis_include (PhPlotAxis *axis, double value)
{
  if (!isfinite (value))
    return;
  if (ph_plot_axis_is_empty (axis))
    {
      axis->minimum = axis->maximum = value;
      return;
    }
  axis->minimum = MIN (axis->minimum, value);
  axis->maximum = MAX (axis->maximum, value);
}

double
ph_plot_axis_map (const PhPlotAxis *axis, double value)
{
  double span = axis->maximum - axis->minimum;

  return span > 0 ? (value - axis->minimum) / span : 0.5;
}

double
ph_plot_axis_unmap (const PhPlotAxis *axis, double position)
{
  return axis->minimum + position * (axis->maximum - axis->minimum);
}

/* The smallest of 1, 2, 5 times a power of ten that is at least @least. */
static double
round_up (double least)
{
  double power = pow (10, floor (log10 (least)));

  for (guint i = 0; i < 3; i++)
    {
      double candidate = power * (double[]){ 1, 2, 5 }[i];

      /* A hair of slack: log10 and pow do not meet exactly. */
      if (candidate >= least * (1 - 1e-9))
        return candidate;
    }
  return power * 10;
}

double *
ph_plot_axis_ticks (const PhPlotAxis *axis, guint most, guint *n)
{
  double span = axis->maximum - axis->minimum;

  *n = 0;
  if (ph_plot_axis_is_empty (axis) || most == 0)
    return NULL;
  if (!(span > 0))
    {
      double *only = g_new (double, 1);

      *only = axis->minimum;
      *n = 1;
      return only;
    }

  double apart = round_up (span / most);

  if (axis->whole)
    apart = MAX (apart, 1);

  /* Rounding of the ends must not lose a tick that lies exactly on them. */
  double slack = 1e-9 * span;
  double first = ceil ((axis->minimum - slack) / apart);
  double last = floor ((axis->maximum + slack) / apart);
  double *ticks = g_new (double, (gsize)MAX (last - first + 1, 1));

  for (double i = first; i <= last; i++)
    ticks[(*n)++] = i * apart == 0 ? 0 : i * apart;
  return ticks;
}

char *
ph_plot_format_value (double value, double span)
{
  if (!isfinite (value))
    return g_strdup ("–");

  double size = fabs (value);

  if (size >= 1e6 || (size > 0 && size < 1e-4 && span < 1e-3))
    return g_strdup_printf ("%.3g", value);

  int decimals;

  if (span > 0)
    decimals = CLAMP ((int)ceil (2 - log10 (span)), 0, 6);
  else if (size == 0)
    decimals = 0;
  else
    decimals = CLAMP (3 - (int)floor (log10 (size)), 0, 6);

  g_autofree char *plain = g_strdup_printf ("%.*f", decimals, value);

  /* A minus that reads as one, and none before a zero. */
  if (plain[0] != '-')
    return g_steal_pointer (&plain);
  for (const char *p = plain + 1; *p != '\0'; p++)
    if (*p >= '1' && *p <= '9')
      return g_strconcat ("−", plain + 1, NULL);
  return g_strdup (plain + 1);
}
