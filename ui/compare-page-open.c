#include "ui/compare-page-private.h"

#include <glib/gi18n.h>

/* Where the second network comes from. */

typedef struct
{
  /* owned */
  PhModel *model;
  char *path;
} LoadSpec;

typedef struct
{
  PhModel *other;
  PhComparison *comparison;
} Loaded;

static void
load_spec_free (gpointer data)
{
  LoadSpec *spec = data;

  g_object_unref (spec->model);
  g_free (spec->path);
  g_free (spec);
}

static void
loaded_free (gpointer data)
{
  Loaded *loaded = data;

  g_clear_object (&loaded->other);
  g_clear_pointer (&loaded->comparison, ph_comparison_unref);
  g_free (loaded);
}

/* On a thread for files. Weights alone are compared in no time. */
static gpointer
load (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const LoadSpec *spec = data;
  g_autoptr (PhModel) other = ph_model_load (spec->path, cancellable, error);
  PhModel *models[2] = { spec->model, other };
  PhCompareSettings settings;
  PhComparison *comparison;
  Loaded *loaded;

  if (other == NULL)
    return NULL;
  ph_settings_init (ph_compare_settings, &settings);
  comparison = ph_compare_run (models, NULL, &settings, monitor, cancellable, error);
  if (comparison == NULL)
    return NULL;
  loaded = g_new0 (Loaded, 1);
  loaded->other = g_steal_pointer (&other);
  loaded->comparison = comparison;
  return loaded;
}

static void
show_title (PhComparePage *self)
{
  /* Translators: names of two networks. */
  g_autofree char *title =
      g_strdup_printf (_ ("%s and %s"), ph_model_get_name (ph_page_get_model (PH_PAGE (self))),
                       ph_model_get_name (self->other));

  ph_page_set_title (PH_PAGE (self), title);
}

static void
on_loaded (PhJob *job, PhComparePage *self)
{
  if (job != self->load_job)
    return;
  g_clear_object (&self->load_job);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      Loaded *loaded = ph_job_get_result (job);

      g_free (self->path);
      self->path = g_steal_pointer (&self->wanted_path);
      g_set_object (&self->other, loaded->other);
      self->has_unit = FALSE;
      show_title (self);
      ph_compare_page_find_epochs (self);
      ph_compare_page_set_state (self, "ready");
      ph_compare_page_take (self, g_steal_pointer (&loaded->comparison));
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      g_autofree char *sentence = g_markup_escape_text (ph_job_get_error (job)->message, -1);

      adw_status_page_set_description (self->failed, sentence);
      ph_compare_page_set_state (self, "failed");
    }
  else
    ph_compare_page_set_state (self, self->other != NULL ? "ready" : "empty");
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_drop_load (PhComparePage *self)
{
  if (self->load_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->load_job, self);
  ph_job_cancel (self->load_job);
  g_clear_object (&self->load_job);
}

void
ph_compare_page_load (PhComparePage *self, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  /* Translators: name of a file. */
  g_autofree char *title = g_strdup_printf (_ ("Opening %s"), name);
  LoadSpec *spec = g_new0 (LoadSpec, 1);

  g_return_if_fail (ph_page_get_model (PH_PAGE (self)) != NULL);
  g_return_if_fail (ph_page_get_queue (PH_PAGE (self)) != NULL);

  ph_compare_page_drop_load (self);
  ph_compare_page_drop_pictures (self);
  ph_compare_page_drop_run (self);
  ph_compare_page_forget_way (self);
  ph_compare_page_drop_image (self);
  spec->model = g_object_ref (ph_page_get_model (PH_PAGE (self)));
  spec->path = g_strdup (path);
  g_free (self->wanted_path);
  self->wanted_path = g_strdup (path);
  gtk_label_set_text (self->loading_label, title);
  self->load_job = ph_job_new (title, load, spec, load_spec_free, loaded_free);
  ph_job_set_quiet (self->load_job, TRUE);
  g_signal_connect (self->load_job, "finished", G_CALLBACK (on_loaded), self);
  ph_compare_page_set_state (self, "loading");
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->load_job, PH_LANE_IO);
  ph_compare_page_update_actions (self);
}

/* Drop and dialogue: the window makes a place of its history of it. */

static void
open_file (PhComparePage *self, GFile *file)
{
  if (file != NULL && g_file_peek_path (file) != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.compare-path", "s",
                                g_file_peek_path (file));
  else
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
}

/* By the end of its name: what is no network is a picture for both. */
static gboolean
is_picture (GFile *file)
{
  const char *path = g_file_peek_path (file);
  g_autofree char *folded = path != NULL ? g_ascii_strdown (path, -1) : NULL;

  return folded != NULL && !g_str_has_suffix (folded, ".onnx");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PhComparePage *self)
{
  GSList *files = g_value_get_boxed (value);

  if (files == NULL || ph_page_get_model (PH_PAGE (self)) == NULL)
    return FALSE;
  if (self->other != NULL && is_picture (files->data))
    ph_compare_page_show_image (self, g_file_peek_path (files->data));
  else
    open_file (self, files->data);
  return TRUE;
}

void
ph_compare_page_init_drop (PhComparePage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhComparePage *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  if (file != NULL)
    open_file (self, file);
  g_object_unref (dialog);
}

void
ph_compare_page_choose_file (PhComparePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Compare with which network?"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Compare"), _ ("_Cancel"));
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
  const char *path = ph_model_get_path (ph_page_get_model (PH_PAGE (self)));

  gtk_file_filter_set_name (filter, _ ("Networks (ONNX)"));
  gtk_file_filter_add_suffix (filter, "onnx");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (dialog), filter);
  if (path != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (path);
      g_autoptr (GFile) place = g_file_new_for_path (folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), place, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
