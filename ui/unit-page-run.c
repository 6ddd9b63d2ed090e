#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* How long the user must have left the settings alone before a new run starts, in milliseconds. */
#define QUIET_TIME 250
/* A wait shorter than this is not worth a spinner. */
#define SPINNER_TIME 300

/* What a run gets: its own copies, and references of what does not change. */
typedef struct
{
  /* owned */
  PhModel *model;
  char *objective;
  PhAscentSettings settings;
  PhAscent *ascent; /* (nullable): to go on with; taken by the run */

  /* written by the run before its first frame, read after that */
  guint view_height, view_width;
  PhFrame *start; /* (nullable) (owned): step 0, which a faster frame may have overtaken */
} RunSpec;

typedef struct
{
  PhAscentResult *result;
  PhAscent *ascent;
  PhFrame *frame;
} RunResult;

static void
run_spec_free (gpointer data)
{
  RunSpec *spec = data;

  g_object_unref (spec->model);
  g_free (spec->objective);
  ph_settings_clear (ph_ascent_settings, &spec->settings);
  g_clear_pointer (&spec->ascent, ph_ascent_free);
  g_clear_pointer (&spec->start, ph_frame_unref);
  g_free (spec);
}

static void
run_result_free (gpointer data)
{
  RunResult *result = data;

  ph_ascent_result_free (result->result);
  g_clear_pointer (&result->ascent, ph_ascent_free);
  ph_frame_unref (result->frame);
  g_free (result);
}

/* On the thread of the lane. */
static gpointer
run (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  RunSpec *spec = data;
  g_autoptr (PhAscent) ascent = g_steal_pointer (&spec->ascent);

  if (ascent == NULL)
    ascent = ph_ascent_new (spec->model, spec->objective, &spec->settings, error);
  if (ascent == NULL)
    return NULL;
  ph_ascent_get_view_size (ascent, &spec->view_height, &spec->view_width);
  if (ph_ascent_get_n_steps (ascent) == 0)
    {
      spec->start = ph_ascent_dup_frame (ascent, NAN);
      ph_monitor_frame (monitor, spec->start);
    }

  PhAscentResult *made = ph_ascent_run (ascent, monitor, cancellable, error);

  if (made == NULL)
    return NULL;

  RunResult *result = g_new0 (RunResult, 1);

  result->result = made;
  result->frame = ph_ascent_dup_frame (ascent, made->objective);
  if (made->stopped)
    result->ascent = g_steal_pointer (&ascent);
  return result;
}

static void
on_frame (PhJob *job, GParamSpec *pspec, PhUnitPage *self)
{
  PhFrame *frame = ph_job_get_frame (job);

  if (job != self->job || frame == NULL)
    return;
  if (self->n_frames++ == 0)
    {
      RunSpec *spec = ph_job_get_spec (job);

      self->view_height = spec->view_height;
      self->view_width = spec->view_width;
      if (spec->start != NULL && frame->step > 0)
        ph_frame_history_add (self->history, spec->start);
      ph_unit_page_update_objective (self);
      self->first_frame_at = g_get_monotonic_time ();
      g_debug ("first frame %.1f ms after the request",
               1e-3 * (double)(self->first_frame_at - self->asked_at));
    }
  ph_frame_history_add (self->history, frame);
  if (self->following)
    ph_unit_page_show_frame (self, ph_frame_history_get_n_frames (self->history) - 1);
  else
    ph_unit_page_update_status (self);
}

static void
on_values (PhJob *job, GParamSpec *pspec, PhUnitPage *self)
{
  guint n;
  const PhJobValue *values = ph_job_get_values (job, &n);
  gint64 now = g_get_monotonic_time ();

  if (job != self->job || n <= self->n_seen)
    return;

  guint fresh = n - self->n_seen;
  g_autofree double *x = g_new (double, fresh);
  g_autofree double *y = g_new (double, fresh);

  for (guint i = 0; i < fresh; i++)
    {
      x[i] = values[self->n_seen + i].step;
      y[i] = values[self->n_seen + i].value;
    }
  /* The first values came with the making of the plan, which is no step. */
  if (self->timed_from == 0)
    {
      self->timed_from = now;
      self->n_timed_from = n;
    }
  else if (!ph_job_get_paused (job))
    self->step_time = (double)(now - self->timed_from) / (n - self->n_timed_from);
  if (ph_job_get_paused (job))
    self->timed_from = 0;
  self->n_seen = n;
  ph_plot_series_append (self->curve, x, y, fresh);
  ph_unit_page_update_status (self);
}

static void
on_finished (PhJob *job, PhUnitPage *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->ended_at != 0)
    g_debug ("run ended %.1f ms after it was told to", 1e-3 * (double)(now - self->ended_at));
  self->ended_at = 0;
  if (job != self->job)
    return;
  if (self->n_frames > 1)
    g_debug ("%u frames in %.2f s, %.1f a second, %.2f ms a step", self->n_frames,
             1e-6 * (double)(now - self->first_frame_at),
             1e6 * (self->n_frames - 1) / (double)(now - self->first_frame_at),
             1e-3 * self->step_time);

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      RunResult *result = ph_job_steal_result (job);

      self->finished = !result->result->stopped;
      self->ascent = g_steal_pointer (&result->ascent);
      ph_frame_history_add (self->history, result->frame);
      if (self->following)
        ph_unit_page_show_frame (self, ph_frame_history_get_n_frames (self->history) - 1);
      run_result_free (result);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_unit_page_set_error (self, ph_job_get_error (job));
  ph_unit_page_update (self);
  /* The page may have been entered again before the run had noticed that it was left. */
  if (self->visible)
    ph_unit_page_resume (self);
}

static void
drop_job (PhUnitPage *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

gboolean
ph_unit_page_is_running (PhUnitPage *self)
{
  return self->job != NULL && !ph_job_is_finished (self->job);
}

static gboolean
on_spinner_time (gpointer data)
{
  PhUnitPage *self = data;

  self->spinner_source = 0;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);
  gtk_label_set_text (self->loading_label, _ ("Preparing the network…"));
  return G_SOURCE_REMOVE;
}

void
ph_unit_page_cancel (PhUnitPage *self)
{
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_handle_id (&self->spinner_source, g_source_remove);
  self->left_running = FALSE;
  drop_job (self);
  g_clear_pointer (&self->ascent, ph_ascent_free);
}

static void
submit (PhUnitPage *self, RunSpec *spec)
{
  g_autofree char *title =
      g_strdup_printf (_ ("Picture of %s"), gtk_label_get_text (self->title_label));

  self->job = ph_job_new (title, run, spec, run_spec_free, run_result_free);
  /* The page itself tells everything about it. */
  ph_job_set_quiet (self->job, TRUE);
  g_signal_connect (self->job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->job, "notify::n-values", G_CALLBACK (on_values), self);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_finished), self);
  g_signal_connect_swapped (self->job, "notify::state", G_CALLBACK (ph_unit_page_update_status),
                            self);
  self->n_seen = 0;
  self->timed_from = 0;
  self->finished = FALSE;
  self->stored = FALSE;
  ph_unit_page_forget_recipe (self);
  self->following = TRUE;
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->job, PH_LANE_COMPUTE);
  ph_unit_page_update (self);
}

static RunSpec *
create_spec (PhUnitPage *self)
{
  RunSpec *spec = g_new0 (RunSpec, 1);

  spec->model = g_object_ref (ph_page_get_model (PH_PAGE (self)));
  spec->objective = ph_unit_page_dup_objective (self);
  ph_settings_copy (ph_ascent_settings, &spec->settings, ph_setting_rows_get_values (self->rows));
  return spec;
}

void
ph_unit_page_start (PhUnitPage *self)
{
  ph_unit_page_cancel (self);
  if (ph_page_get_model (PH_PAGE (self)) == NULL || ph_page_get_queue (PH_PAGE (self)) == NULL ||
      (!self->has_unit && self->formula == NULL))
    return;

  RunSpec *spec = create_spec (self);

  ph_unit_page_clear (self);
  self->asked_at = g_get_monotonic_time ();
  self->n_frames = 0;
  self->view_height = self->view_width = 0;
  self->step_time = 0;
  self->n_steps = (guint)spec->settings.steps;
  ph_plot_set_x_range (self->plot, 0, self->n_steps);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_label_set_text (self->loading_label, "");
  self->spinner_source = g_timeout_add (SPINNER_TIME, on_spinner_time, self);
  submit (self, spec);
}

void
ph_unit_page_continue (PhUnitPage *self)
{
  if (self->ascent == NULL || ph_page_get_queue (PH_PAGE (self)) == NULL)
    return;

  RunSpec *spec = create_spec (self);

  spec->ascent = g_steal_pointer (&self->ascent);
  drop_job (self);
  submit (self, spec);
}

void
ph_unit_page_resume (PhUnitPage *self)
{
  if (!self->left_running || ph_unit_page_is_running (self))
    return;
  self->left_running = FALSE;
  if (self->ascent != NULL)
    ph_unit_page_continue (self);
  else if (!self->finished && self->error == NULL)
    ph_unit_page_start (self);
}

static gboolean
on_quiet (gpointer data)
{
  PhUnitPage *self = data;

  self->restart_source = 0;
  ph_unit_page_start (self);
  return G_SOURCE_REMOVE;
}

void
ph_unit_page_start_soon (PhUnitPage *self)
{
  g_clear_handle_id (&self->restart_source, g_source_remove);
  self->restart_source = g_timeout_add (QUIET_TIME, on_quiet, self);
}
