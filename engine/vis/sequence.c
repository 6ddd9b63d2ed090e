#include "vis/sequence.h"

#include <math.h>

static GPtrArray *
frames_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);
}

static void
add_frame (GPtrArray *frames, PhAscent *ascent, guint step, double value, const PhMonitor *monitor)
{
  PhFrame *frame = ph_image_to_frame (ph_ascent_get_image (ascent), step, value);

  g_ptr_array_add (frames, frame);
  if (ph_monitor_wants_frame (monitor))
    ph_monitor_frame (monitor, frame);
}

/* Waits while paused. Returns: whether to go on; FALSE when stopped, or cancelled with an error. */
static gboolean
goes_on (const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  ph_monitor_wait (monitor, cancellable);
  return !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         !ph_monitor_should_stop (monitor);
}

/* What was made before a stop; NULL when it was a failure, or nothing was made. */
static GPtrArray *
finish (GPtrArray *frames, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_is_cancelled (cancellable))
    return NULL;
  if (frames->len > 0)
    return g_ptr_array_ref (frames);
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                       "Stopped before the first picture was finished");
  return NULL;
}

GPtrArray *
ph_sequence_of_steps (PhModel *model, const char *objective, const PhAscentSettings *settings,
                      const guint *at, guint n, const PhMonitor *monitor, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (PhAscent) ascent = ph_ascent_new (model, objective, settings, error);
  g_autoptr (GPtrArray) frames = frames_new ();
  double value = NAN;

  g_return_val_if_fail (n >= 1, NULL);

  if (ascent == NULL)
    return NULL;
  for (guint i = 0; i < n; i++)
    {
      while (ph_ascent_get_n_steps (ascent) < at[i])
        {
          if (!goes_on (monitor, cancellable, error))
            return finish (frames, cancellable, error);
          if (!ph_ascent_step (ascent, &value, cancellable, error))
            return NULL;
          ph_monitor_value (monitor, ph_ascent_get_n_steps (ascent), value);
          ph_monitor_progress (monitor, (double)ph_ascent_get_n_steps (ascent) / at[n - 1], NULL);
        }
      add_frame (frames, ascent, at[i], value, monitor);
    }
  return g_steal_pointer (&frames);
}

GPtrArray *
ph_sequence_of_run (PhModel *model, const char *objective, const PhAscentSettings *settings,
                    guint n, const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  guint steps = (guint)settings->steps;
  g_autofree guint *at = NULL;

  g_return_val_if_fail (n >= 2, NULL);

  n = MIN (n, steps + 1);
  at = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    at[i] = (guint)((guint64)steps * i / (n - 1));
  return ph_sequence_of_steps (model, objective, settings, at, n, monitor, cancellable, error);
}

/* "0.25*a + 0.75*b", without what has no weight. */
static char *
dup_mixture (const char *from, const char *to, double share)
{
  char rest[G_ASCII_DTOSTR_BUF_SIZE], part[G_ASCII_DTOSTR_BUF_SIZE];

  if (share <= 0 || share >= 1)
    return g_strdup (share <= 0 ? from : to);
  g_ascii_formatd (rest, sizeof rest, "%.6g", 1 - share);
  g_ascii_formatd (part, sizeof part, "%.6g", share);
  return g_strdup_printf ("%s*%s + %s*%s", rest, from, part, to);
}

/* One picture, from @start if there is one. Returns: %FALSE when stopped or failed. */
static gboolean
make_picture (PhModel *model, const char *objective, const PhAscentSettings *settings,
              PhImage **start, GPtrArray *frames, const PhMonitor *monitor,
              GCancellable *cancellable, GError **error)
{
  g_autoptr (PhAscent) ascent = ph_ascent_new (model, objective, settings, error);
  double value = NAN;

  if (ascent == NULL || (*start != NULL && !ph_ascent_set_start (ascent, *start, error)))
    return FALSE;
  while (ph_ascent_get_n_steps (ascent) < (guint)settings->steps)
    if (!goes_on (monitor, cancellable, error) ||
        !ph_ascent_step (ascent, &value, cancellable, error))
      return FALSE;
  add_frame (frames, ascent, frames->len, value, monitor);
  g_clear_pointer (start, ph_image_free);
  *start = ph_image_copy (ph_ascent_get_image (ascent), error);
  return *start != NULL;
}

static gboolean
check_units (PhModel *model, const char *const *units, GError **error)
{
  PhUnit unit;

  for (guint i = 0; units[i] != NULL; i++)
    if (!ph_unit_parse (model, units[i], &unit, error))
      return FALSE;
  return TRUE;
}

GPtrArray *
ph_sequence_of_interpolation (PhModel *model, const char *const *units,
                              const PhAscentSettings *settings, guint n, guint steps,
                              const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) frames = frames_new ();
  g_autoptr (PhImage) picture = NULL;
  g_autoptr (GError) failure = NULL;
  guint n_ways = g_strv_length ((char **)units) - 1;
  PhAscentSettings next;

  g_return_val_if_fail (n_ways >= 1 && n >= 2 && steps >= 1, NULL);

  if (!check_units (model, units, error))
    return NULL;
  ph_settings_copy (ph_ascent_settings, &next, settings);
  for (guint i = 0; i < n_ways * (n - 1) + 1; i++)
    {
      guint way = MIN (i / (n - 1), n_ways - 1);
      g_autofree char *mixture =
          dup_mixture (units[way], units[way + 1], (double)(i - way * (n - 1)) / (n - 1));

      if (!make_picture (model, mixture, &next, &picture, frames, monitor, cancellable, &failure))
        break;
      next.steps = (int)steps;
      ph_monitor_progress (monitor, (i + 1.0) / (n_ways * (n - 1) + 1), mixture);
    }
  ph_settings_clear (ph_ascent_settings, &next);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return finish (frames, cancellable, error);
}

GPtrArray *
ph_sequence_of_sweep (PhModel *model, const char *objective, const PhAscentSettings *settings,
                      const PhSweepAxis *axis, const PhMonitor *monitor, GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GPtrArray) cells = ph_sweep_cells (model, objective, settings, axis, NULL, error);
  g_autoptr (GPtrArray) frames = frames_new ();

  if (cells == NULL || !ph_sheet_make (model, cells, NULL, NULL, monitor, cancellable, error))
    return NULL;
  for (guint i = 0; i < cells->len; i++)
    {
      const PhSheetCell *cell = cells->pdata[i];

      if (cell->failure != NULL)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "%s %s: %s", axis->name,
                       axis->values[i], cell->failure);
          return NULL;
        }
      if (cell->image != NULL)
        g_ptr_array_add (frames, ph_image_to_frame (cell->image, i, cell->value));
    }
  return finish (frames, cancellable, error);
}
