#include "ui/example-open.h"

#include "ui/strip-job.h"

static void
open_file (GtkWidget *widget, const char *path)
{
  if (gtk_widget_activate_action (widget, "win.open-image", "s", path))
    return;

  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  GtkRoot *root = gtk_widget_get_root (widget);

  if (uri != NULL && GTK_IS_WINDOW (root))
    gtk_show_uri (GTK_WINDOW (root), uri, GDK_CURRENT_TIME);
}

static void
on_written (PhJob *job, GtkWidget *widget)
{
  if (ph_job_get_state (job) == PH_JOB_DONE)
    open_file (widget, ph_job_get_result (job));
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    gtk_widget_activate_action (widget, "win.toast", "s", ph_job_get_error (job)->message);
}

void
ph_example_open (GtkWidget *widget, PhQueue *queue, PhDataset *dataset, const PhStripItem *item)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (item->path != NULL)
    {
      open_file (widget, item->path);
      return;
    }

  g_autoptr (PhJob) job = ph_item_job_new (dataset, item->name);

  g_signal_connect_object (job, "finished", G_CALLBACK (on_written), widget, 0);
  ph_queue_add (queue, job, PH_LANE_IO);
}
