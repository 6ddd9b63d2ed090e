#include "vis/sheet.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "kernels/parallel.h"

PhSheetCell *
ph_sheet_cell_new (const char *objective, const char *caption, const PhAscentSettings *settings)
{
  PhSheetCell *cell = g_new0 (PhSheetCell, 1);

  cell->objective = g_strdup (objective);
  cell->caption = g_strdup (caption);
  ph_settings_copy (ph_ascent_settings, &cell->settings, settings);
  return cell;
}

void
ph_sheet_cell_free (PhSheetCell *cell)
{
  if (cell == NULL)
    return;
  g_free (cell->objective);
  g_free (cell->caption);
  ph_settings_clear (ph_ascent_settings, &cell->settings);
  g_clear_pointer (&cell->image, ph_image_free);
  g_free (cell->failure);
  g_free (cell);
}

PhRecipe *
ph_sheet_cell_recipe (const PhSheetCell *cell, PhModel *model)
{
  PhRecipe *recipe = ph_recipe_new (model, cell->objective, &cell->settings);

  recipe->threads = 1; /* see ph_sheet_make() */
  return recipe;
}

typedef struct
{
  PhModel *model;
  GPtrArray *cells;
  PhSheetDone done;
  gpointer data;
  const PhMonitor *monitor;
  GCancellable *cancellable;
  GMutex mutex;
  /* under the mutex */
  guint next, turn_end, n_done;
  gboolean stopped;
  GError *error;
} Work;

static gboolean
should_stop (gpointer data)
{
  Work *work = data;
  gboolean stop;

  g_mutex_lock (&work->mutex);
  work->stopped = work->stopped || ph_monitor_should_stop (work->monitor);
  stop = work->stopped || work->error != NULL;
  g_mutex_unlock (&work->mutex);
  return stop;
}

/* Whether nothing changes the unit: a channel without weights, or one that is clipped for good. Its
 * picture is still the noise that it began with, which would look like an answer. */
static gboolean
is_dead (const PhAscentResult *result, const PhImage *start)
{
  return memcmp (result->image->data, start->data,
                 sizeof (float) * ph_image_n_values (result->image)) == 0;
}

/* Makes one picture. Returns: whether it is finished, with or without a failure. */
static gboolean
make_cell (Work *work, PhSheetCell *cell, GError **error)
{
  PhMonitor monitor = { .should_stop = should_stop, .data = work };
  g_autoptr (PhAscent) ascent = NULL;
  g_autoptr (PhAscentResult) result = NULL;
  g_autoptr (PhImage) start = NULL;
  g_autoptr (GError) failure = NULL;

  ascent = ph_ascent_new (work->model, cell->objective, &cell->settings, &failure);
  if (ascent != NULL)
    start = ph_image_copy (ph_ascent_get_image (ascent), &failure);
  if (start != NULL)
    result = ph_ascent_run (ascent, &monitor, work->cancellable, &failure);
  if (result != NULL && result->stopped)
    return FALSE;
  if (result != NULL && is_dead (result, start))
    {
      cell->value = result->objective;
      cell->failure = g_strdup ("Nothing in a picture changes it");
      return TRUE;
    }
  if (result != NULL)
    {
      cell->image = g_steal_pointer (&result->image);
      cell->value = result->objective;
      return TRUE;
    }
  if (failure->domain != PH_ERROR || failure->code == PH_ERROR_NO_MEMORY)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  cell->failure = g_strdup (failure->message);
  return TRUE;
}

static void
finish_cell (Work *work, guint i, gboolean made, GError *error)
{
  PhSheetCell *cell = work->cells->pdata[i];

  g_mutex_lock (&work->mutex);
  if (error == NULL && made && work->error == NULL)
    {
      g_autofree char *message = g_strdup (cell->caption);

      if (work->done == NULL || work->done (cell, i, work->data, &work->error))
        work->n_done++;
      ph_monitor_progress (work->monitor, (double)work->n_done / work->cells->len, message);
    }
  if (error != NULL && work->error == NULL)
    work->error = g_steal_pointer (&error);
  g_mutex_unlock (&work->mutex);
  g_clear_error (&error);
}

/* Takes the next cell, and another one while there are enough for this turn. */
static void
make_cells (gsize begin, gsize end, guint thread, gpointer data)
{
  Work *work = data;

  while (!should_stop (work))
    {
      g_autoptr (GError) error = NULL;
      guint i;
      gboolean made;

      g_mutex_lock (&work->mutex);
      i = work->next < work->turn_end ? work->next++ : work->turn_end;
      g_mutex_unlock (&work->mutex);
      if (i >= work->turn_end)
        return;
      made = make_cell (work, work->cells->pdata[i], &error);
      finish_cell (work, i, made, g_steal_pointer (&error));
    }
}

/* Who may have to pause for others does it between turns of a cell a thread, when all threads of
 * the process are free for them; nobody else need wait for the slowest cell of a turn. */
static void
make_turns (Work *work, guint threads)
{
  gboolean pauses = work->monitor != NULL && work->monitor->wait != NULL;

  while (work->next < work->cells->len && !should_stop (work))
    {
      ph_monitor_wait (work->monitor, work->cancellable);
      if (g_cancellable_is_cancelled (work->cancellable))
        return;
      work->turn_end = pauses ? MIN (work->next + threads, work->cells->len) : work->cells->len;
      /* One item a thread even for a single cell: inside the loop the ascent uses its thread
       * alone. */
      ph_parallel_for (threads, 1, make_cells, work);
    }
}

gboolean
ph_sheet_make (PhModel *model, GPtrArray *cells, PhSheetDone done, gpointer data,
               const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  Work work = { .model = model,
                .cells = cells,
                .done = done,
                .data = data,
                .monitor = monitor,
                .cancellable = cancellable };
  guint threads = ph_parallel_get_threads ();

  g_mutex_init (&work.mutex);
  make_turns (&work, threads);
  g_mutex_clear (&work.mutex);
  if (work.error != NULL)
    {
      g_propagate_error (error, work.error);
      return FALSE;
    }
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Layers whose channels have a map, in order; all that can be shown where there are none. */
static GArray *
pick_layers (PhModel *model)
{
  g_autoptr (GArray) maps = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      if (layer->obstacle != NULL || layer->n_channels == 0)
        continue;
      g_array_append_val (all, i);
      if (layer->rows * layer->columns > 1)
        g_array_append_val (maps, i);
    }
  return maps->len > 0 ? g_steal_pointer (&maps) : g_steal_pointer (&all);
}

GPtrArray *
ph_sheet_pick (PhModel *model, guint n, const PhAscentSettings *settings, GError **error)
{
  g_autoptr (GArray) layers = pick_layers (model);
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);

  if (layers->len == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   _ ("%s: no layer of this network can be shown"), ph_model_get_name (model));
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      guint at = (guint)((i + 0.5) * layers->len / n);
      PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = g_array_index (layers, guint, at) };
      /* The golden ratio spreads any number of channels evenly. */
      double place = (i + 1) * 0.6180339887498949;
      const PhLayer *layer = ph_model_get_layer (model, unit.layer);

      unit.channel = (guint)((place - floor (place)) * layer->n_channels);

      g_autofree char *name = ph_unit_dup_name (model, &unit);

      g_ptr_array_add (cells, ph_sheet_cell_new (name, name, settings));
    }
  return g_steal_pointer (&cells);
}
