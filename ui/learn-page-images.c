#include "ui/learn-page-private.h"

#include <glib/gi18n.h>

/* Where the images come from. */

static gpointer
open_dataset (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return ph_dataset_open (spec, cancellable, error);
}

static void
show_failed (PhLearnPage *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  g_clear_pointer (&self->pending, ph_training_record_free);
  adw_status_page_set_description (self->failed, markup);
  ph_learn_page_set_state (self, "failed");
}

static char *
dup_facts (PhDataset *dataset)
{
  guint n_items = ph_dataset_get_n_items (dataset), n_classes = ph_dataset_get_n_classes (dataset);
  g_autofree char *images = g_strdup_printf (ngettext ("%u image", "%u images", n_items), n_items);
  g_autofree char *classes =
      g_strdup_printf (ngettext ("%u class", "%u classes", n_classes), n_classes);

  return g_strdup_printf ("%s · %s · %s", images, classes, _ (ph_dataset_get_format (dataset)));
}

static void
show_images (PhLearnPage *self)
{
  g_autofree char *facts = dup_facts (self->dataset);
  g_autofree char *name = g_utf8_make_valid (ph_dataset_get_name (self->dataset), -1);
  PhQueue *queue = ph_page_get_queue (PH_PAGE (self));

  gtk_label_set_text (self->title_label, name);
  gtk_label_set_text (self->facts_label, facts);
  ph_class_list_show (self->classes, self->dataset, queue);
  ph_learning_view_set_dataset (self->view, self->dataset, queue);
  ph_learn_way_show_advice (self->way, NULL);
  gtk_stack_set_visible_child_name (self->views, "images");
  gtk_label_set_text (self->together_label, "");
  ph_learn_page_set_state (self, "ready");
  gtk_widget_grab_focus (self->start_button);
  ph_learn_page_show_records (self);
}

static void
on_opened (PhJob *job, PhLearnPage *self)
{
  g_autoptr (PhJob) held = g_steal_pointer (&self->open_job);

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      show_failed (self, ph_job_get_error (job)->message);
      return;
    }
  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;

  g_autoptr (PhDataset) dataset = ph_job_steal_result (job);
  guint n_classes = ph_dataset_get_n_classes (dataset);

  if (n_classes < 2)
    {
      /* Translators: name of a set of images. */
      g_autofree char *sentence = g_strdup_printf (
          ngettext (
              "“%s” has %u class. Learning to tell classes apart takes two at least: a folder "
              "for each class, with its images inside.",
              "“%s” has %u classes. Learning to tell classes apart takes two at least: a "
              "folder for each class, with its images inside.",
              n_classes),
          ph_dataset_get_name (dataset), n_classes);

      show_failed (self, sentence);
      return;
    }
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  self->dataset = g_steal_pointer (&dataset);
  show_images (self);
  if (self->pending != NULL)
    {
      g_autoptr (PhTrainingRecord) record = g_steal_pointer (&self->pending);

      ph_learn_page_go_on (self, record);
    }
  else if (self->start_when_open)
    gtk_widget_activate_action (GTK_WIDGET (self), "page.train", NULL);
  self->start_when_open = FALSE;
}

/* What was made of other images is no more shown. */
static void
forget_run (PhLearnPage *self)
{
  ph_learn_page_drop_job (self, &self->advice_job);
  ph_learn_page_drop_job (self, &self->together_job);
  ph_learn_way_show_advising (self->way, FALSE, 0, NULL);
  ph_learning_view_show (self->view, NULL);
  if (self->learning != NULL)
    {
      g_signal_handlers_disconnect_by_data (ph_learning_get_job (self->learning), self);
      g_signal_handlers_disconnect_by_data (self->learning, self);
    }
  g_clear_object (&self->learning);
  gtk_widget_set_visible (self->status_box, FALSE);
  ph_learn_page_show_info (self, NULL);
}

void
ph_learn_page_close_images (PhLearnPage *self)
{
  ph_learn_page_drop_job (self, &self->open_job);
  g_clear_pointer (&self->pending, ph_training_record_free);
  forget_run (self);
  ph_class_list_show (self->classes, NULL, NULL);
  ph_learning_view_set_dataset (self->view, NULL, NULL);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_pointer (&self->images, g_free);
  ph_learn_page_set_state (self, "empty");
  ph_learn_page_show_records (self);
}

void
ph_learn_page_open_images (PhLearnPage *self, const char *path)
{
  g_return_if_fail (PH_IS_LEARN_PAGE (self));
  g_return_if_fail (ph_page_get_queue (PH_PAGE (self)) != NULL);

  char *full =
      g_str_has_prefix (path, "world:") ? g_strdup (path) : g_canonicalize_filename (path, NULL);

  if (ph_learn_page_is_learning (self))
    {
      ph_page_toast (PH_PAGE (self), _ ("A training is going on. Stop it first."));
      g_free (full);
      return;
    }
  ph_learn_page_drop_job (self, &self->open_job);
  self->start_when_open = FALSE;
  forget_run (self);
  g_free (self->images);
  self->images = full;
  self->open_job = ph_job_new (_ ("Open images"), open_dataset, g_strdup (full), g_free,
                               (GDestroyNotify)ph_dataset_unref);
  ph_job_set_quiet (self->open_job, TRUE);
  g_signal_connect (self->open_job, "finished", G_CALLBACK (on_opened), self);
  ph_learn_page_set_state (self, "loading");
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->open_job, PH_LANE_IO);
}

/* Dialogue and drop */

static void
open_file (PhLearnPage *self, GFile *file)
{
  if (file != NULL && g_file_peek_path (file) != NULL)
    ph_learn_page_open_images (self, g_file_peek_path (file));
  else
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be opened."));
}

static void
on_chosen (GtkNativeDialog *dialog, int response, PhLearnPage *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

      open_file (self, file);
    }
  g_object_unref (dialog);
}

void
ph_learn_page_choose_images (PhLearnPage *self, GtkFileChooserAction action)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      action == GTK_FILE_CHOOSER_ACTION_OPEN
          ? _ ("Choose an archive, or a file of MNIST or CIFAR")
          : _ ("Choose a folder with a folder of images for each class"),
      GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, _ ("_Open"), _ ("_Cancel"));

  if (self->images != NULL && !g_str_has_prefix (self->images, "world:"))
    {
      g_autofree char *folder = g_path_get_dirname (self->images);
      g_autoptr (GFile) place = g_file_new_for_path (folder);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), place, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, PhLearnPage *self)
{
  GSList *files = g_value_get_boxed (value);

  open_file (self, files != NULL ? files->data : NULL);
  return TRUE;
}

void
ph_learn_page_init_drop (PhLearnPage *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
