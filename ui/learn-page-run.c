#include "ui/learn-page-private.h"

#include <glib/gi18n.h>

#include "ui/strip-job.h"

/* A training, from the button to its end, and the advice before it. */

gboolean
ph_learn_page_is_learning (PhLearnPage *self)
{
  return self->learning != NULL && ph_learning_is_running (self->learning);
}

/* What is told while it goes on */

static char *
dup_time (double seconds)
{
  if (seconds < 100)
    return g_strdup_printf (_ ("%.0f s left"), seconds);
  if (seconds < 100 * 60)
    return g_strdup_printf (_ ("%.0f min left"), seconds / 60);
  return g_strdup_printf (_ ("%.1f h left"), seconds / 3600);
}

static char *
dup_status (PhLearnPage *self)
{
  PhJob *job = ph_learning_get_job (self->learning);
  const PhTrainProgress *progress = ph_learning_get_progress (self->learning);
  const GArray *epochs = ph_learning_get_epochs (self->learning);
  int best = ph_learning_get_best (self->learning);

  if (ph_job_get_state (job) == PH_JOB_WAITING)
    return g_strdup (_ ("Waiting until other long work is done"));
  if (progress == NULL)
    return g_strdup (ph_job_get_message (job) != NULL ? ph_job_get_message (job)
                                                      : _ ("Preparing the network…"));

  g_autofree char *left = dup_time (progress->seconds_left);
  GString *text = g_string_new (NULL);

  if (ph_job_get_paused (job))
    g_string_append_printf (text, "%s · ", _ ("Paused"));
  g_string_append_printf (text, _ ("Epoch %u of %u · learning rate %.2g · %.0f images/s · %s"),
                          MIN (progress->epoch + 1, progress->n_epochs), progress->n_epochs,
                          progress->rate, progress->images_per_second, left);
  if (best >= 0 && best < (int)epochs->len)
    g_string_append_printf (text, _ (" · best so far %.1f %% (epoch %d)"),
                            100 * g_array_index (epochs, PhEpoch, (guint)best).validation_accuracy,
                            best + 1);
  return g_string_free (text, FALSE);
}

static void
update_status (PhLearnPage *self)
{
  PhJob *job = ph_learning_get_job (self->learning);
  gboolean running = ph_learn_page_is_learning (self), paused = ph_job_get_paused (job);
  double fraction = ph_job_get_progress (job);

  gtk_widget_set_visible (self->status_box, running);
  if (running)
    {
      g_autofree char *text = dup_status (self);

      gtk_label_set_text (self->status_label, text);
      if (fraction >= 0)
        gtk_progress_bar_set_fraction (self->progress_bar, MIN (fraction, 1));
      else
        gtk_progress_bar_pulse (self->progress_bar);
    }
  gtk_button_set_icon_name (self->pause_button, paused ? "media-playback-start-symbolic"
                                                       : "media-playback-pause-symbolic");
}

/* What is worth a remark though it does not end the training. */
static void
update_remarks (PhLearnPage *self)
{
  guint n = ph_learning_get_n_unreadable (self->learning);
  const char *remark = ph_learning_get_remark (self->learning);
  g_autofree char *text = NULL;

  if (n > 0)
    text = g_strdup_printf (ngettext ("%u image cannot be read and does not count.",
                                      "%u images cannot be read and do not count.", n),
                            n);
  else if (remark != NULL)
    text = g_strdup_printf (_ ("A unit cannot be drawn: %s"), remark);
  /* It is said once: closed is closed. */
  if (text != NULL && !g_str_equal (text, gtk_label_get_text (self->info_label)))
    ph_learn_page_show_info (self, text);
}

static void
on_changed (PhLearnPage *self)
{
  update_status (self);
  update_remarks (self);
}

/* Its end */

static void
trash_training (PhLearnPage *self)
{
  g_autoptr (GFile) folder = g_file_new_for_path (ph_learning_get_folder (self->learning));

  /* Where there is no trash it stays, and may be gone on with. */
  g_file_trash (folder, NULL, NULL);
  ph_learning_view_show (self->view, NULL);
  gtk_stack_set_visible_child_name (self->views, "images");
}

static void
on_finished (PhJob *job, PhLearnPage *self)
{
  if (self->learning == NULL || job != ph_learning_get_job (self->learning))
    return;
  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      /* The page tells it; the list of jobs need not. */
      ph_queue_dismiss (ph_page_get_queue (PH_PAGE (self)), job);
      ph_learn_page_show_info (self, ph_job_get_error (job)->message);
    }
  else if (ph_job_get_state (job) == PH_JOB_DONE && !self->visible)
    {
      const PhEvaluation *evaluation = ph_learning_get_evaluation (self->learning);
      g_autofree char *sentence =
          g_strdup_printf (_ ("The training is done: %.1f %% of the images are recognised."),
                           evaluation != NULL ? 100 * evaluation->accuracy : 0);

      ph_page_toast (PH_PAGE (self), sentence);
    }
  else if (ph_job_get_state (job) == PH_JOB_CANCELLED && self->discarding)
    trash_training (self);
  self->discarding = FALSE;
  /* It ended before there was anything to see. */
  if (ph_job_get_state (job) != PH_JOB_DONE && ph_learning_get_epochs (self->learning)->len == 0)
    ph_learning_view_show (self->view, NULL);
  update_status (self);
  ph_learn_page_read_records (self);
  ph_learn_page_update_actions (self);
}

/* Its beginning */

static void
start (PhLearnPage *self, const PhLearningPlan *plan)
{
  PhJob *job;

  if (self->learning != NULL)
    {
      g_signal_handlers_disconnect_by_data (ph_learning_get_job (self->learning), self);
      g_signal_handlers_disconnect_by_data (self->learning, self);
    }
  g_clear_object (&self->learning);
  self->learning = ph_learning_new (plan);
  self->discarding = FALSE;
  job = ph_learning_get_job (self->learning);
  g_signal_connect_swapped (self->learning, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_swapped (job, "notify::progress", G_CALLBACK (update_status), self);
  g_signal_connect_swapped (job, "notify::paused", G_CALLBACK (update_status), self);
  g_signal_connect (job, "finished", G_CALLBACK (on_finished), self);
  gtk_label_set_text (self->info_label, "");
  ph_learn_page_show_info (self, NULL);
  ph_learning_view_show (self->view, self->learning);
  gtk_stack_set_visible_child_name (self->views, "training");
  ph_learning_start (self->learning, ph_page_get_queue (PH_PAGE (self)));
  update_status (self);
  ph_learn_page_show_records (self);
  ph_learn_page_update_actions (self);
}

/* "flowers-mobilenet-head-2": readable, and none that is there. */
static char *
dup_new_folder (PhLearnPage *self, const char *network, const PhTrainSettings *settings)
{
  static const char *const ways[] = { "head", "fine-tune", "scratch" };
  g_autofree char *images = g_path_get_basename (ph_dataset_get_path (self->dataset));
  g_autofree char *base = g_path_get_basename (network);
  gboolean described = ph_architecture_is_name (network);

  if (g_str_has_suffix (base, ".onnx"))
    *strrchr (base, '.') = '\0';
  for (guint i = 1;; i++)
    {
      g_autofree char *name = g_strdup_printf (
          "%s-%s-%s-%u", images, base, ways[described ? PH_TRAIN_SCRATCH : settings->mode], i);
      g_autofree char *path =
          g_build_filename (self->folder, g_strdelimit (name, "/\\:*?\"<>|, ", '_'), NULL);

      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
}

void
ph_learn_page_train (PhLearnPage *self)
{
  g_autofree char *network = ph_learn_way_dup_network (self->way);
  g_auto (GStrv) units = ph_learn_way_dup_units (self->way);
  const PhTrainSettings *settings = ph_learn_way_get_settings (self->way);
  g_autofree char *folder = dup_new_folder (self, network, settings);
  const PhLearningPlan plan = { .model = ph_learn_way_get_model (self->way),
                                .dataset = self->dataset,
                                .network = network,
                                .images = self->images,
                                .folder = folder,
                                .settings = settings,
                                .units = (const char *const *)units };

  start (self, &plan);
}

void
ph_learn_page_go_on (PhLearnPage *self, const PhTrainingRecord *record)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_auto (GStrv) units = ph_learn_way_dup_units (self->way);
  gboolean same = model != NULL && g_strcmp0 (ph_model_get_path (model), record->network) == 0;

  if (g_strcmp0 (record->images, self->images) != 0 || self->dataset == NULL)
    {
      PhTrainingRecord *pending = ph_training_record_load (record->folder, NULL);

      ph_learn_page_open_images (self, record->images);
      g_clear_pointer (&self->pending, ph_training_record_free);
      self->pending = pending;
      return;
    }
  ph_learn_way_set_network (self->way, record->network);
  ph_learn_way_set_settings (self->way, &record->settings);

  const PhLearningPlan plan = { .model = same ? model : NULL,
                                .dataset = self->dataset,
                                .network = record->network,
                                .images = record->images,
                                .folder = record->folder,
                                .settings = &record->settings,
                                .units = (const char *const *)units };

  start (self, &plan);
}

/* Buttons */

void
ph_learn_page_pause (PhLearnPage *self)
{
  PhJob *job = self->learning != NULL ? ph_learning_get_job (self->learning) : NULL;

  if (job != NULL)
    ph_job_set_paused (job, !ph_job_get_paused (job));
}

void
ph_learn_page_stop (PhLearnPage *self)
{
  if (ph_learn_page_is_learning (self))
    ph_job_stop (ph_learning_get_job (self->learning));
  if (self->advice_job != NULL)
    ph_job_cancel (self->advice_job);
  if (self->together_job != NULL)
    ph_job_cancel (self->together_job);
}

void
ph_learn_page_discard (PhLearnPage *self)
{
  if (!ph_learn_page_is_learning (self))
    return;
  self->discarding = TRUE;
  ph_job_cancel (ph_learning_get_job (self->learning));
}

/* Advice */

typedef struct
{
  /* owned */
  PhModel *model;
  PhDataset *dataset;
  PhTrainSettings settings;
} AdviceSpec;

static void
advice_spec_free (gpointer data)
{
  AdviceSpec *spec = data;

  g_object_unref (spec->model);
  ph_dataset_unref (spec->dataset);
  ph_settings_clear (ph_train_settings, &spec->settings);
  g_free (spec);
}

static gpointer
measure (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const AdviceSpec *spec = data;

  return ph_advice_new (spec->model, spec->dataset, &spec->settings, monitor, cancellable, error);
}

static void
on_advising (PhJob *job, GParamSpec *pspec, PhLearnPage *self)
{
  if (job == self->advice_job && !ph_job_is_finished (job))
    ph_learn_way_show_advising (self->way, TRUE, ph_job_get_progress (job),
                                ph_job_get_message (job));
}

static void
on_advised (PhJob *job, PhLearnPage *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->advice_job);

  ph_learn_way_show_advising (
      self->way, FALSE, 0,
      ph_job_get_state (job) == PH_JOB_FAILED ? ph_job_get_error (job)->message : NULL);
  if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_queue_dismiss (ph_page_get_queue (PH_PAGE (self)), job);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    ph_learn_way_show_advice (self->way, ph_job_get_result (job));
  ph_learn_page_update_actions (self);
}

void
ph_learn_page_advise (PhLearnPage *self)
{
  PhModel *model = ph_learn_way_get_model (self->way);
  AdviceSpec *spec = g_new0 (AdviceSpec, 1);
  /* Translators: name of a set of images. */
  g_autofree char *title =
      g_strdup_printf (_ ("Advice for %s"), ph_dataset_get_name (self->dataset));

  spec->model = g_object_ref (model);
  spec->dataset = ph_dataset_ref (self->dataset);
  ph_settings_copy (ph_train_settings, &spec->settings, ph_learn_way_get_settings (self->way));
  ph_learn_page_drop_job (self, &self->advice_job);
  self->advice_job =
      ph_job_new (title, measure, spec, advice_spec_free, (GDestroyNotify)ph_advice_free);
  g_signal_connect (self->advice_job, "notify::progress", G_CALLBACK (on_advising), self);
  g_signal_connect (self->advice_job, "finished", G_CALLBACK (on_advised), self);
  ph_learn_way_show_advice (self->way, NULL);
  ph_learn_way_show_advising (self->way, TRUE, 0, _ ("Measuring…"));
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->advice_job, PH_LANE_LONG);
  ph_learn_page_update_actions (self);
}

/* A mistake is shown to the network that made it; while that learns, to the one that is open. */
static void
show_mistake (PhLearnPage *self, const char *path)
{
  g_autofree char *network = ph_learn_page_dup_network (self);

  if (network != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-image-with", "(ss)", network, path);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-image", "s", path);
}

static void
on_item_written (PhJob *job, PhLearnPage *self)
{
  if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_page_toast (PH_PAGE (self), ph_job_get_error (job)->message);
  else if (ph_job_get_state (job) == PH_JOB_DONE)
    show_mistake (self, ph_job_get_result (job));
}

static void
on_mistake_picked (PhLearningView *view, guint item, PhLearnPage *self)
{
  g_autofree char *path = ph_dataset_dup_item_path (self->dataset, item);
  g_autofree char *name = ph_dataset_dup_item_name (self->dataset, item);

  if (path != NULL)
    {
      show_mistake (self, path);
      return;
    }

  g_autoptr (PhJob) job = ph_item_job_new (self->dataset, name);

  g_signal_connect_object (job, "finished", G_CALLBACK (on_item_written), self, 0);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_IO);
}

void
ph_learn_page_init_run (PhLearnPage *self)
{
  g_signal_connect (self->view, "mistake-picked", G_CALLBACK (on_mistake_picked), self);
  g_signal_connect_swapped (self->way, "changed", G_CALLBACK (ph_learn_page_update_actions), self);
}
