#include "ui/learn-page-private.h"

#include <glib/gi18n.h>

/* Trainings that are there: comparing, going on, opening and exporting. */

/* Offered where no images are open. */
#define MOST_OFFERS 3

/* Reading the folder */

static gpointer
list_records (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return ph_training_records_list (spec, NULL);
}

static void
on_records (PhJob *job, PhLearnPage *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->records_job);
  GPtrArray *records = ph_job_steal_result (job);

  if (records == NULL)
    return;
  /* The list of runs still shows the old ones until it is given the new. */
  g_autoptr (GPtrArray) old = self->records;

  self->records = records;
  ph_learn_page_show_records (self);
}

void
ph_learn_page_read_records (PhLearnPage *self)
{
  if (ph_page_get_queue (PH_PAGE (self)) == NULL)
    return;
  ph_learn_page_drop_job (self, &self->records_job);
  self->records_job = ph_job_new ("trainings", list_records, g_strdup (self->folder), g_free,
                                  (GDestroyNotify)g_ptr_array_unref);
  ph_job_set_quiet (self->records_job, TRUE);
  g_signal_connect (self->records_job, "finished", G_CALLBACK (on_records), self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->records_job, PH_LANE_IO);
}

const PhTrainingRecord *
ph_learn_page_find_record (PhLearnPage *self, const char *folder)
{
  for (guint i = 0; self->records != NULL && i < self->records->len; i++)
    if (g_str_equal (((PhTrainingRecord *)self->records->pdata[i])->folder, folder))
      return self->records->pdata[i];
  return NULL;
}

/* What was interrupted may go on, also before anything else is chosen. */
static void
offer_to_go_on (PhLearnPage *self)
{
  GtkWidget *child;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->go_on_box))) != NULL)
    gtk_box_remove (self->go_on_box, child);
  for (guint i = 0; self->records != NULL && i < self->records->len && n < MOST_OFFERS; i++)
    {
      const PhTrainingRecord *record = self->records->pdata[i];
      g_autofree char *title = ph_training_record_dup_title (record);
      g_autofree char *images = g_filename_display_basename (record->images);
      /* Translators: a network and how it learns, then a set of images. */
      g_autofree char *text =
          g_strdup_printf (_ ("Continue the training of %s on %s (%u of %d epochs)"), title, images,
                           record->epochs->len, record->settings.epochs);
      GtkWidget *button;

      if (record->has_network || !record->may_go_on)
        continue;
      button = gtk_button_new_with_label (text);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "page.go-on");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", record->folder);
      gtk_box_append (self->go_on_box, button);
      n++;
    }
}

void
ph_learn_page_show_records (PhLearnPage *self)
{
  g_autoptr (GPtrArray) mine = g_ptr_array_new ();
  const char *busy =
      ph_learn_page_is_learning (self) ? ph_learning_get_folder (self->learning) : NULL;

  for (guint i = 0; self->records != NULL && i < self->records->len; i++)
    if (g_strcmp0 (((PhTrainingRecord *)self->records->pdata[i])->images, self->images) == 0)
      g_ptr_array_add (mine, self->records->pdata[i]);
  offer_to_go_on (self);
  ph_run_list_show (self->runs, mine, busy);
  gtk_widget_set_visible (self->no_runs, mine->len == 0);
  gtk_widget_set_visible (self->runs_box, mine->len > 0);
  ph_learn_page_update_actions (self);
}

void
ph_learn_page_remove (PhLearnPage *self, const char *folder)
{
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GError) error = NULL;

  if (ph_learn_page_is_learning (self) &&
      g_strcmp0 (ph_learning_get_folder (self->learning), folder) == 0)
    return;
  if (!g_file_trash (file, NULL, &error))
    ph_page_toast (PH_PAGE (self), error->message);
  ph_learn_page_read_records (self);
}

/* Several together */

typedef struct
{
  /* owned */
  PhDataset *dataset;
  GPtrArray *folders;
} TogetherSpec;

typedef struct
{
  PhEvaluation *together; /* owned */
  GPtrArray *folders;     /* owned */
  GArray *alone;          /* owned; double: right answers of each */
} Together;

static void
together_spec_free (gpointer data)
{
  TogetherSpec *spec = data;

  ph_dataset_unref (spec->dataset);
  g_ptr_array_unref (spec->folders);
  g_free (spec);
}

static void
together_free (gpointer data)
{
  Together *together = data;

  ph_evaluation_free (together->together);
  g_ptr_array_unref (together->folders);
  g_array_unref (together->alone);
  g_free (together);
}

static gboolean
load_networks (const TogetherSpec *spec, GPtrArray *records, GPtrArray *models,
               GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < spec->folders->len; i++)
    {
      PhTrainingRecord *record = ph_training_record_load (spec->folders->pdata[i], error);
      g_autofree char *path = NULL;
      PhModel *model;

      if (record == NULL)
        return FALSE;
      g_ptr_array_add (records, record);
      path = ph_training_record_dup_network_path (record);
      model = ph_model_load (path, cancellable, error);
      if (model == NULL)
        return FALSE;
      g_ptr_array_add (models, model);
    }
  return TRUE;
}

static gpointer
measure (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const TogetherSpec *spec = data;
  guint n = spec->folders->len;
  g_autoptr (GPtrArray) records =
      g_ptr_array_new_with_free_func ((GDestroyNotify)ph_training_record_free);
  g_autoptr (GPtrArray) models = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree PhEvaluation **alone = g_new0 (PhEvaluation *, n + 1);
  g_autoptr (GArray) items = NULL;
  PhEvaluation *evaluation;
  Together *together;

  if (!load_networks (spec, records, models, cancellable, error))
    return NULL;
  items = ph_training_records_held_out (records, spec->dataset);
  if (items->len == 0)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("There is no image that none of these trainings has learned from; "
                              "they were split by different seeds."));
      return NULL;
    }
  evaluation = ph_ensemble_evaluate ((PhModel *const *)models->pdata, n, spec->dataset,
                                     (const guint *)(gpointer)items->data, items->len, alone,
                                     monitor, cancellable, error);
  if (evaluation == NULL)
    return NULL;
  together = g_new0 (Together, 1);
  together->together = evaluation;
  together->folders = g_ptr_array_ref (spec->folders);
  together->alone = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < n; i++)
    {
      g_array_append_val (together->alone, alone[i]->accuracy);
      ph_evaluation_free (alone[i]);
    }
  return together;
}

static void
on_measured (PhJob *job, PhLearnPage *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->together_job);
  g_autofree char *text = NULL;

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      ph_queue_dismiss (ph_page_get_queue (PH_PAGE (self)), job);
      text = g_strdup (ph_job_get_error (job)->message);
    }
  else if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      const Together *together = ph_job_get_result (job);
      guint n = together->together->n;

      for (guint i = 0; i < together->folders->len; i++)
        ph_run_list_show_measured (self->runs, together->folders->pdata[i],
                                   g_array_index (together->alone, double, i));
      text = g_strdup_printf (
          ngettext ("Together: %.1f %% of %u image that none of them has learned from.",
                    "Together: %.1f %% of %u images that none of them has learned from.", n),
          100 * together->together->accuracy, n);
    }
  gtk_label_set_text (self->together_label, text != NULL ? text : "");
  ph_learn_page_update_actions (self);
}

static void
on_measuring (PhJob *job, GParamSpec *pspec, PhLearnPage *self)
{
  double fraction = ph_job_get_progress (job);
  g_autofree char *text =
      fraction > 0 && ph_job_get_message (job) != NULL
          /* Translators: name of a network, then how far. */
          ? g_strdup_printf (_ ("Measuring %s: %.0f %%"), ph_job_get_message (job), 100 * fraction)
          : g_strdup (_ ("Measuring…"));

  if (job == self->together_job && !ph_job_is_finished (job))
    gtk_label_set_text (self->together_label, text);
}

void
ph_learn_page_measure_together (PhLearnPage *self)
{
  g_autoptr (GPtrArray) ticked = ph_run_list_dup_ticked (self->runs);
  TogetherSpec *spec = g_new0 (TogetherSpec, 1);

  spec->dataset = ph_dataset_ref (self->dataset);
  spec->folders = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < ticked->len; i++)
    g_ptr_array_add (spec->folders, g_strdup (((PhTrainingRecord *)ticked->pdata[i])->folder));
  self->together_job =
      ph_job_new (_ ("Measure trainings"), measure, spec, together_spec_free, together_free);
  g_signal_connect (self->together_job, "notify::progress", G_CALLBACK (on_measuring), self);
  g_signal_connect (self->together_job, "finished", G_CALLBACK (on_measured), self);
  gtk_label_set_text (self->together_label, _ ("Measuring…"));
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->together_job, PH_LANE_LONG);
  ph_learn_page_update_actions (self);
}

static void
on_ticked (PhLearnPage *self)
{
  if (self->together_job == NULL)
    gtk_label_set_text (self->together_label, "");
  ph_learn_page_update_actions (self);
}

void
ph_learn_page_init_runs (PhLearnPage *self)
{
  g_signal_connect_swapped (self->runs, "ticked", G_CALLBACK (on_ticked), self);
}

/* What came out */

char *
ph_learn_page_dup_network (PhLearnPage *self)
{
  g_autofree char *path = NULL;

  if (self->learning == NULL ||
      ph_job_get_state (ph_learning_get_job (self->learning)) != PH_JOB_DONE)
    return NULL;
  path = g_build_filename (ph_learning_get_folder (self->learning), "network.onnx", NULL);
  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_steal_pointer (&path) : NULL;
}

void
ph_learn_page_open_network (PhLearnPage *self)
{
  g_autofree char *path = ph_learn_page_dup_network (self);

  if (path != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-path", "s", path);
}

typedef struct
{
  char *from, *to;
} ExportSpec;

static void
export_spec_free (gpointer data)
{
  ExportSpec *spec = data;

  g_free (spec->from);
  g_free (spec->to);
  g_free (spec);
}

static gpointer export(const PhMonitor *monitor, GCancellable *cancellable, gpointer data,
                       GError **error)
{
  const ExportSpec *spec = data;
  g_autofree char *bytes = NULL;
  gsize size;

  if (!g_file_get_contents (spec->from, &bytes, &size, error) ||
      !ph_save_bytes (spec->to, bytes, size, error))
    return NULL;
  return g_strdup (spec->to);
}

static void
on_exported (PhJob *job, PhLearnPage *self)
{
  g_autofree char *sentence = NULL;

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_autofree char *name = g_filename_display_basename (ph_job_get_result (job));

      sentence = g_strdup_printf (_ ("Saved “%s”"), name);
    }
  else if (ph_job_get_error (job) != NULL)
    sentence = g_strdup (ph_job_get_error (job)->message);
  if (sentence != NULL)
    ph_page_toast (PH_PAGE (self), sentence);
}

void
ph_learn_page_export (PhLearnPage *self, const char *path)
{
  g_return_if_fail (PH_IS_LEARN_PAGE (self));

  g_autofree char *network = ph_learn_page_dup_network (self);
  ExportSpec *spec;

  if (network == NULL)
    return;
  spec = g_new (ExportSpec, 1);
  *spec = (ExportSpec){ g_steal_pointer (&network), g_strdup (path) };

  g_autoptr (PhJob) job = ph_job_new (_ ("Save a network"), export, spec, export_spec_free, g_free);

  ph_job_set_quiet (job, TRUE);
  g_signal_connect_object (job, "finished", G_CALLBACK (on_exported), self, 0);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_IO);
}

static void
on_target_chosen (GtkNativeDialog *dialog, int response, PhLearnPage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  if (file != NULL && g_file_peek_path (file) != NULL)
    {
      g_free (self->saved_folder);
      self->saved_folder = g_path_get_dirname (g_file_peek_path (file));
      ph_learn_page_export (self, g_file_peek_path (file));
    }
  else if (file != NULL)
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
  g_object_unref (dialog);
}

void
ph_learn_page_choose_export (PhLearnPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Save the trained network"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));
  g_autofree char *folder = g_path_get_basename (ph_learning_get_folder (self->learning));
  g_autofree char *name = g_strdup_printf ("%s.onnx", folder);

  if (self->saved_folder != NULL)
    {
      g_autoptr (GFile) place = g_file_new_for_path (self->saved_folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), place, NULL);
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_target_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
