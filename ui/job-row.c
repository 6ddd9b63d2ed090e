#include "ui/job-row.h"

#include <glib/gi18n.h>

struct _PhJobRow
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *texts;
  GtkLabel *title;
  GtkProgressBar *progress;
  GtkLabel *message;
  GtkButton *retry;
  GtkButton *cancel;

  /* owned */
  PhQueue *queue;
  PhJob *job;
};

G_DEFINE_FINAL_TYPE (PhJobRow, ph_job_row, GTK_TYPE_WIDGET)

static void
update (PhJobRow *self)
{
  gboolean failed = ph_job_get_state (self->job) == PH_JOB_FAILED;
  const char *message =
      failed ? ph_job_get_error (self->job)->message : ph_job_get_message (self->job);
  double fraction = ph_job_get_progress (self->job);
  const char *close = failed ? _ ("Dismiss") : _ ("Cancel");

  gtk_label_set_label (self->message, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->message), message != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), !failed);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (self->progress, fraction);
  else
    gtk_progress_bar_pulse (self->progress);
  gtk_widget_set_visible (GTK_WIDGET (self->retry), failed);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->cancel), close);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  close, -1);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->message), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->message), "error");
}

static void
on_cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhJobRow *self = PH_JOB_ROW (widget);

  if (ph_job_is_finished (self->job))
    ph_queue_dismiss (self->queue, self->job);
  else
    ph_job_cancel (self->job);
}

static void
on_retry (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhJobRow *self = PH_JOB_ROW (widget);

  if (ph_job_get_state (self->job) == PH_JOB_FAILED)
    ph_queue_retry (self->queue, self->job);
}

static void
ph_job_row_dispose (GObject *object)
{
  PhJobRow *self = PH_JOB_ROW (object);

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_clear_object (&self->job);
  g_clear_object (&self->queue);
  gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_JOB_ROW);
  G_OBJECT_CLASS (ph_job_row_parent_class)->dispose (object);
}

static void
ph_job_row_class_init (PhJobRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_job_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/phosphene/Phosphene/job-row.ui");
  gtk_widget_class_bind_template_child (widget_class, PhJobRow, texts);
  gtk_widget_class_bind_template_child (widget_class, PhJobRow, title);
  gtk_widget_class_bind_template_child (widget_class, PhJobRow, progress);
  gtk_widget_class_bind_template_child (widget_class, PhJobRow, message);
  gtk_widget_class_bind_template_child (widget_class, PhJobRow, retry);
  gtk_widget_class_bind_template_child (widget_class, PhJobRow, cancel);
  gtk_widget_class_install_action (widget_class, "job.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "job.retry", NULL, on_retry);
}

static void
ph_job_row_init (PhJobRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public */

GtkWidget *
ph_job_row_new (PhQueue *queue, PhJob *job)
{
  g_return_val_if_fail (PH_IS_QUEUE (queue), NULL);
  g_return_val_if_fail (PH_IS_JOB (job), NULL);

  PhJobRow *self = g_object_new (PH_TYPE_JOB_ROW, NULL);

  self->queue = g_object_ref (queue);
  self->job = g_object_ref (job);
  gtk_label_set_label (self->title, ph_job_get_title (job));
  g_signal_connect_swapped (job, "notify", G_CALLBACK (update), self);
  update (self);
  return GTK_WIDGET (self);
}
