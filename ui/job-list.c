#include "ui/job-list.h"

#include "ui/job-row.h"

struct _PhJobList
{
  GtkWidget parent_instance;

  /* template */
  GtkScrolledWindow *scroller;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (PhJobList, ph_job_list, GTK_TYPE_WIDGET)

static GtkWidget *
make_row (gpointer item, gpointer data)
{
  return ph_job_row_new (data, item);
}

static void
ph_job_list_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), PH_TYPE_JOB_LIST);
  G_OBJECT_CLASS (ph_job_list_parent_class)->dispose (object);
}

static void
ph_job_list_class_init (PhJobListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_job_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/job-list.ui");
  gtk_widget_class_bind_template_child (widget_class, PhJobList, scroller);
  gtk_widget_class_bind_template_child (widget_class, PhJobList, list);
}

static void
ph_job_list_init (PhJobList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Public */

void
ph_job_list_set_queue (PhJobList *self, PhQueue *queue)
{
  g_return_if_fail (PH_IS_JOB_LIST (self));
  g_return_if_fail (PH_IS_QUEUE (queue));

  gtk_list_box_bind_model (self->list, G_LIST_MODEL (queue), make_row, g_object_ref (queue),
                           g_object_unref);
}
