#include "ui/dataset-strip.h"

#include <glib/gi18n.h>

#include "ui/dataset-pictures.h"
#include "ui/texture.h"

#define SIDE 56 /* pixels */

struct _PhDatasetStrip
{
  AdwBin parent_instance;

  /* owned */
  PhDataset *dataset;
  PhQueue *queue;
  GtkStringList *items;
  GtkSingleSelection *selection;

  GtkWidget *list; /* borrowed */
  gboolean silent; /* the program itself selects */
};

G_DEFINE_FINAL_TYPE (PhDatasetStrip, ph_dataset_strip, ADW_TYPE_BIN)

static guint picked_signal;

/* A cell: what is bound to it changes while one scrolls. */
typedef struct
{
  GtkImage *picture; /* borrowed */
  PhJob *job;        /* owned, nullable */
} Cell;

#define CELL_KEY "ph-cell"

static void
drop_job (Cell *cell)
{
  if (cell->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (cell->job, cell);
  ph_job_cancel (cell->job);
  g_clear_object (&cell->job);
}

static void
cell_free (gpointer data)
{
  drop_job (data);
  g_free (data);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  Cell *cell = g_new0 (Cell, 1);

  cell->picture = GTK_IMAGE (gtk_image_new ());
  gtk_image_set_pixel_size (cell->picture, SIDE);
  gtk_widget_set_size_request (GTK_WIDGET (cell->picture), SIDE, SIDE);
  gtk_widget_add_css_class (GTK_WIDGET (cell->picture), "ph-picture");
  gtk_list_item_set_child (item, GTK_WIDGET (cell->picture));
  g_object_set_data_full (G_OBJECT (item), CELL_KEY, cell, cell_free);
}

static void
on_picture (PhJob *job, Cell *cell)
{
  GPtrArray *frames = ph_job_get_state (job) == PH_JOB_DONE ? ph_job_get_result (job) : NULL;

  if (frames != NULL && frames->pdata[0] != NULL)
    {
      g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frames->pdata[0], 0);

      gtk_image_set_from_paintable (cell->picture, GDK_PAINTABLE (texture));
    }
  else if (frames != NULL)
    {
      gtk_image_set_from_icon_name (cell->picture, "image-missing-symbolic");
      gtk_image_set_pixel_size (cell->picture, SIDE / 2);
      gtk_widget_set_tooltip_text (GTK_WIDGET (cell->picture), _ ("This image cannot be read"));
    }
  g_clear_object (&cell->job);
}

/* "17 · happy": what is known of an image at once. */
static char *
dup_caption (PhDataset *dataset, guint item)
{
  g_autofree char *raw = ph_dataset_dup_item_name (dataset, item);
  g_autofree char *name = g_utf8_make_valid (raw, -1);
  int label = ph_dataset_get_label (dataset, item);
  g_autofree char *class_name =
      label >= 0 ? g_utf8_make_valid (ph_dataset_get_class_name (dataset, (guint)label), -1) : NULL;

  return class_name != NULL ? g_strdup_printf ("%s · %s", name, class_name)
                            : g_steal_pointer (&name);
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, PhDatasetStrip *self)
{
  Cell *cell = g_object_get_data (G_OBJECT (item), CELL_KEY);
  guint position = gtk_list_item_get_position (item);
  g_autofree char *caption = NULL;

  if (self->dataset == NULL || position >= ph_dataset_get_n_items (self->dataset))
    return;
  caption = dup_caption (self->dataset, position);
  gtk_image_clear (cell->picture);
  gtk_image_set_pixel_size (cell->picture, SIDE);
  gtk_widget_set_tooltip_text (GTK_WIDGET (cell->picture), caption);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->picture), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  caption, -1);
  if (self->queue == NULL)
    return;
  cell->job = ph_dataset_pictures_job (self->dataset, &position, 1, SIDE);
  g_signal_connect (cell->job, "finished", G_CALLBACK (on_picture), cell);
  ph_queue_add (self->queue, cell->job, PH_LANE_IO);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, PhDatasetStrip *self)
{
  Cell *cell = g_object_get_data (G_OBJECT (item), CELL_KEY);

  drop_job (cell);
  gtk_image_clear (cell->picture);
}

static void
on_selected (PhDatasetStrip *self)
{
  int item = ph_dataset_strip_get_selected (self);

  if (!self->silent && item >= 0)
    g_signal_emit (self, picked_signal, 0, (guint)item);
}

/* A click on the one that is marked asks for it anew. */
static void
on_activate (GtkListView *list, guint position, PhDatasetStrip *self)
{
  g_signal_emit (self, picked_signal, 0, position);
}

static void
ph_dataset_strip_dispose (GObject *object)
{
  PhDatasetStrip *self = PH_DATASET_STRIP (object);

  /* The cells go first: they read for this set. */
  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_object (&self->queue);
  g_clear_object (&self->selection);
  g_clear_object (&self->items);
  G_OBJECT_CLASS (ph_dataset_strip_parent_class)->dispose (object);
}

static void
ph_dataset_strip_class_init (PhDatasetStripClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_dataset_strip_dispose;
  picked_signal = g_signal_new ("picked", PH_TYPE_DATASET_STRIP, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_dataset_strip_init (PhDatasetStrip *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->items = gtk_string_list_new (NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->items)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_swapped (self->selection, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  self->list = gtk_list_view_new (GTK_SELECTION_MODEL (g_object_ref (self->selection)), factory);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->list), GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_add_css_class (self->list, "ph-strip");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Images of the set"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  adw_bin_set_child (ADW_BIN (self), scrolled);
}

/* Public */

GtkWidget *
ph_dataset_strip_new (void)
{
  return g_object_new (PH_TYPE_DATASET_STRIP, NULL);
}

void
ph_dataset_strip_show (PhDatasetStrip *self, PhDataset *dataset, PhQueue *queue)
{
  g_return_if_fail (PH_IS_DATASET_STRIP (self));

  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  if (dataset == self->dataset)
    return;
  self->silent = TRUE;
  gtk_string_list_splice (self->items, 0, g_list_model_get_n_items (G_LIST_MODEL (self->items)),
                          NULL);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_set_object (&self->queue, queue);
  if (dataset != NULL)
    {
      self->dataset = ph_dataset_ref (dataset);
      /* Only their number counts: cells go by position. */
      for (guint i = 0; i < ph_dataset_get_n_items (dataset); i++)
        g_ptr_array_add (names, (gpointer) "");
      g_ptr_array_add (names, NULL);
      gtk_string_list_splice (self->items, 0, 0, (const char *const *)names->pdata);
    }
  self->silent = FALSE;
}

void
ph_dataset_strip_select (PhDatasetStrip *self, int item)
{
  g_return_if_fail (PH_IS_DATASET_STRIP (self));

  self->silent = TRUE;
  gtk_single_selection_set_selected (self->selection,
                                     item >= 0 ? (guint)item : GTK_INVALID_LIST_POSITION);
  self->silent = FALSE;
  if (item >= 0)
    gtk_widget_activate_action (self->list, "list.scroll-to-item", "u", (guint)item);
}

int
ph_dataset_strip_get_selected (PhDatasetStrip *self)
{
  g_return_val_if_fail (PH_IS_DATASET_STRIP (self), -1);

  guint selected = gtk_single_selection_get_selected (self->selection);

  return selected == GTK_INVALID_LIST_POSITION ? -1 : (int)selected;
}
