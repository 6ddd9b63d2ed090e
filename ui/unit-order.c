#include "ui/unit-order.h"

#include <glib/gi18n.h>

#include "ui/strip-job.h"

struct _PhUnitOrder
{
  GtkWidget parent_instance;

  /* borrowed: children */
  GtkDropDown *column_drop, *class_drop;

  /* owned */
  PhQueue *queue;
  PhModel *model;
  char *path;
  PhJob *job;
  GArray *order;
  GtkStringList *classes;

  int layer;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (PhUnitOrder, ph_unit_order, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_ORDERED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* Choices of the first list; the others are columns of the store. */
enum
{
  BY_INDEX,
  BY_PEAK,
  BY_ZEROS,
  BY_CLASS,
};

static void
drop_job (PhUnitOrder *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
take_order (PhUnitOrder *self, GArray *order)
{
  gboolean same = self->order == NULL && order == NULL;

  g_clear_pointer (&self->order, g_array_unref);
  self->order = order != NULL ? g_array_ref (order) : NULL;
  if (!same)
    g_signal_emit (self, signals[SIGNAL_ORDERED], 0);
}

static void
show_classes (PhUnitOrder *self, GPtrArray *names)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->classes));

  if (n == names->len)
    return;
  self->refreshing = TRUE;
  g_ptr_array_add (names, NULL);
  gtk_string_list_splice (self->classes, 0, n, (const char *const *)names->pdata);
  self->refreshing = FALSE;
}

static void
on_read (PhJob *job, PhUnitOrder *self)
{
  g_autoptr (PhJob) kept = g_steal_pointer (&self->job);
  PhOrderRead *read = ph_job_get_state (job) == PH_JOB_DONE ? ph_job_get_result (job) : NULL;

  if (read != NULL && read->order != NULL)
    {
      show_classes (self, read->class_names);
      take_order (self, read->order);
      return;
    }
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s",
                              read == NULL && ph_job_get_error (job) != NULL
                                  ? ph_job_get_error (job)->message
                                  : _ ("The images have not been scanned with this layer yet."));
  take_order (self, NULL);
}

static void
start (PhUnitOrder *self)
{
  guint column = gtk_drop_down_get_selected (self->column_drop);
  guint label = gtk_drop_down_get_selected (self->class_drop);

  drop_job (self);
  gtk_widget_set_visible (GTK_WIDGET (self->class_drop), column == BY_CLASS);
  if (column == BY_INDEX || self->model == NULL || self->queue == NULL)
    {
      take_order (self, NULL);
      return;
    }
  if (self->path == NULL)
    {
      gtk_widget_activate_action (
          GTK_WIDGET (self), "win.toast", "s",
          _ ("Choose images first (Ctrl+Shift+O): the order comes from their scan."));
      gtk_drop_down_set_selected (self->column_drop, BY_INDEX);
      return;
    }
  self->job =
      ph_order_job_new (self->model, self->path, self->layer, (PhLayerColumn)(column - BY_PEAK),
                        label != GTK_INVALID_LIST_POSITION ? label : 0);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_read), self);
  ph_queue_add (self->queue, self->job, PH_LANE_IO);
}

static void
on_selected (PhUnitOrder *self)
{
  if (!self->refreshing)
    start (self);
}

static void
ph_unit_order_dispose (GObject *object)
{
  PhUnitOrder *self = PH_UNIT_ORDER (object);
  GtkWidget *child;

  drop_job (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queue);
  g_clear_object (&self->model);
  g_clear_object (&self->classes);
  g_clear_pointer (&self->order, g_array_unref);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (ph_unit_order_parent_class)->dispose (object);
}

static void
ph_unit_order_class_init (PhUnitOrderClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_unit_order_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[SIGNAL_ORDERED] = g_signal_new ("ordered", PH_TYPE_UNIT_ORDER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static GtkDropDown *
add_drop_down (PhUnitOrder *self, GListModel *choices, const char *label)
{
  GtkWidget *drop = gtk_drop_down_new (choices, NULL);

  gtk_widget_set_parent (drop, GTK_WIDGET (self));
  gtk_widget_set_valign (drop, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (drop, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return GTK_DROP_DOWN (drop);
}

static void
ph_unit_order_init (PhUnitOrder *self)
{
  const char *choices[] = { _ ("As in the network"), _ ("Highest peak"), _ ("Most zeros"),
                            _ ("Selective for…"), NULL };

  self->classes = gtk_string_list_new (NULL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))),
                              6);
  self->column_drop =
      add_drop_down (self, G_LIST_MODEL (gtk_string_list_new (choices)), _ ("Order of the units"));
  self->class_drop =
      add_drop_down (self, G_LIST_MODEL (g_object_ref (self->classes)), _ ("Class of the images"));
  gtk_widget_set_visible (GTK_WIDGET (self->class_drop), FALSE);
  g_signal_connect_swapped (self->column_drop, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect_swapped (self->class_drop, "notify::selected", G_CALLBACK (on_selected), self);
}

/* Public */

void
ph_unit_order_set_images (PhUnitOrder *self, const char *path)
{
  g_return_if_fail (PH_IS_UNIT_ORDER (self));

  if (g_strcmp0 (self->path, path) == 0)
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  self->refreshing = TRUE;
  gtk_string_list_splice (self->classes, 0, g_list_model_get_n_items (G_LIST_MODEL (self->classes)),
                          NULL);
  self->refreshing = FALSE;
  if (gtk_drop_down_get_selected (self->column_drop) != BY_INDEX)
    start (self);
}

void
ph_unit_order_show (PhUnitOrder *self, PhQueue *queue, PhModel *model, int layer)
{
  g_return_if_fail (PH_IS_UNIT_ORDER (self));

  g_set_object (&self->queue, queue);
  g_set_object (&self->model, model);
  self->layer = layer;
  start (self);
}

GArray *
ph_unit_order_get (PhUnitOrder *self)
{
  g_return_val_if_fail (PH_IS_UNIT_ORDER (self), NULL);

  return self->order;
}
