#include "ui/class-list.h"

#include <glib/gi18n.h>

#include "ui/dataset-pictures.h"
#include "ui/texture.h"

#define N_PICTURES 6
#define SIDE 72 /* pixels */

struct _PhClassList
{
  AdwBin parent_instance;

  /* owned */
  PhDataset *dataset;
  PhQueue *queue;
  GArray *counts; /* guint: per class */
  GArray *first;  /* guint: N_PICTURES items per class, as many as there are */
  GtkStringList *names;
};

G_DEFINE_FINAL_TYPE (PhClassList, ph_class_list, ADW_TYPE_BIN)

/* A row: what is bound to it changes while one scrolls. */
typedef struct
{
  /* borrowed: children of the row */
  GtkLabel *name, *count;
  GtkLevelBar *bar;
  GtkImage *pictures[N_PICTURES];

  PhJob *job; /* owned, nullable */
} Row;

#define ROW_KEY "ph-row"

static void
drop_job (Row *row)
{
  if (row->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (row->job, row);
  ph_job_cancel (row->job);
  g_clear_object (&row->job);
}

static void
row_free (gpointer data)
{
  drop_job (data);
  g_free (data);
}

static void
on_setup (GtkListItemFactory *factory, GtkListItem *item, PhClassList *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *pictures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  Row *row = g_new0 (Row, 1);

  row->name = GTK_LABEL (gtk_label_new (NULL));
  row->count = GTK_LABEL (gtk_label_new (NULL));
  row->bar = GTK_LEVEL_BAR (gtk_level_bar_new_for_interval (0, 1));
  /* Many images are neither good nor bad: no colours at certain values. */
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_FULL);
  gtk_widget_set_hexpand (GTK_WIDGET (row->bar), TRUE);
  gtk_widget_set_valign (GTK_WIDGET (row->bar), GTK_ALIGN_CENTER);
  gtk_label_set_xalign (row->name, 0);
  gtk_label_set_ellipsize (row->name, PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (row->name, 14);
  gtk_label_set_max_width_chars (row->name, 14);
  gtk_label_set_width_chars (row->count, 12);
  gtk_label_set_xalign (row->count, 1);
  gtk_widget_add_css_class (GTK_WIDGET (row->name), "heading");
  gtk_widget_add_css_class (GTK_WIDGET (row->count), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (row->count), "dim-label");
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->name));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->bar));
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (row->count));
  for (guint i = 0; i < N_PICTURES; i++)
    {
      row->pictures[i] = GTK_IMAGE (gtk_image_new ());
      gtk_image_set_pixel_size (row->pictures[i], SIDE);
      gtk_widget_set_size_request (GTK_WIDGET (row->pictures[i]), SIDE, SIDE);
      gtk_widget_add_css_class (GTK_WIDGET (row->pictures[i]), "ph-picture");
      gtk_box_append (GTK_BOX (pictures), GTK_WIDGET (row->pictures[i]));
    }
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), pictures);
  gtk_widget_set_margin_top (box, 6);
  gtk_widget_set_margin_bottom (box, 6);
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_activatable (item, FALSE);
  g_object_set_data_full (G_OBJECT (item), ROW_KEY, row, row_free);
}

static void
on_pictures (PhJob *job, Row *row)
{
  if (job != row->job)
    return;
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      GPtrArray *frames = ph_job_get_result (job);

      for (guint i = 0; i < frames->len && i < N_PICTURES; i++)
        {
          if (frames->pdata[i] == NULL)
            {
              gtk_image_set_from_icon_name (row->pictures[i], "image-missing-symbolic");
              gtk_image_set_pixel_size (row->pictures[i], SIDE / 2);
              gtk_widget_set_tooltip_text (GTK_WIDGET (row->pictures[i]),
                                           _ ("This image cannot be read"));
              continue;
            }

          g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frames->pdata[i], 0);

          gtk_image_set_from_paintable (row->pictures[i], GDK_PAINTABLE (texture));
        }
    }
  g_clear_object (&row->job);
}

static void
start_pictures (PhClassList *self, Row *row, guint label)
{
  guint n = MIN (g_array_index (self->counts, guint, label), N_PICTURES);

  if (self->queue == NULL || n == 0)
    return;
  row->job = ph_dataset_pictures_job (
      self->dataset, &g_array_index (self->first, guint, label * N_PICTURES), n, SIDE);
  g_signal_connect (row->job, "finished", G_CALLBACK (on_pictures), row);
  ph_queue_add (self->queue, row->job, PH_LANE_IO);
}

static void
clear_pictures (Row *row)
{
  for (guint i = 0; i < N_PICTURES; i++)
    {
      gtk_image_clear (row->pictures[i]);
      gtk_image_set_pixel_size (row->pictures[i], SIDE);
      gtk_widget_set_tooltip_text (GTK_WIDGET (row->pictures[i]), NULL);
    }
}

static void
on_bind (GtkListItemFactory *factory, GtkListItem *item, PhClassList *self)
{
  Row *row = g_object_get_data (G_OBJECT (item), ROW_KEY);
  guint label = gtk_list_item_get_position (item), most = 1;
  const char *name = gtk_string_object_get_string (gtk_list_item_get_item (item));

  if (self->dataset == NULL || label >= self->counts->len)
    return;

  guint count = g_array_index (self->counts, guint, label);
  g_autofree char *text = g_strdup_printf (ngettext ("%u image", "%u images", count), count);

  for (guint i = 0; i < self->counts->len; i++)
    most = MAX (most, g_array_index (self->counts, guint, i));
  gtk_label_set_text (row->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row->name), name);
  gtk_label_set_text (row->count, text);
  gtk_level_bar_set_value (row->bar, (double)count / most);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                  -1);
  clear_pictures (row);
  start_pictures (self, row, label);
}

static void
on_unbind (GtkListItemFactory *factory, GtkListItem *item, PhClassList *self)
{
  Row *row = g_object_get_data (G_OBJECT (item), ROW_KEY);

  drop_job (row);
  clear_pictures (row);
}

static void
ph_class_list_dispose (GObject *object)
{
  PhClassList *self = PH_CLASS_LIST (object);

  /* The rows go first: they read for this set. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_object (&self->queue);
  g_clear_object (&self->names);
  g_clear_pointer (&self->counts, g_array_unref);
  g_clear_pointer (&self->first, g_array_unref);
  G_OBJECT_CLASS (ph_class_list_parent_class)->dispose (object);
}

static void
ph_class_list_class_init (PhClassListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_class_list_dispose;
}

static void
ph_class_list_init (PhClassList *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new (), *list;

  self->counts = g_array_new (FALSE, TRUE, sizeof (guint));
  self->first = g_array_new (FALSE, TRUE, sizeof (guint));
  self->names = gtk_string_list_new (NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  list = gtk_list_view_new (
      GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->names)))),
      factory);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Classes"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  adw_bin_set_child (ADW_BIN (self), scrolled);
}

/* How many images each class has, and which come first. */
static void
count (PhClassList *self)
{
  guint n = ph_dataset_get_n_classes (self->dataset);

  g_array_set_size (self->counts, n);
  g_array_set_size (self->first, n * N_PICTURES);
  for (guint i = 0; i < ph_dataset_get_n_items (self->dataset); i++)
    {
      int label = ph_dataset_get_label (self->dataset, i);

      if (label < 0)
        continue;

      guint *seen = &g_array_index (self->counts, guint, label);

      if (*seen < N_PICTURES)
        g_array_index (self->first, guint, (guint)label * N_PICTURES + *seen) = i;
      (*seen)++;
    }
}

/* Public */

GtkWidget *
ph_class_list_new (void)
{
  return g_object_new (PH_TYPE_CLASS_LIST, NULL);
}

void
ph_class_list_show (PhClassList *self, PhDataset *dataset, PhQueue *queue)
{
  g_return_if_fail (PH_IS_CLASS_LIST (self));

  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  gtk_string_list_splice (self->names, 0, g_list_model_get_n_items (G_LIST_MODEL (self->names)),
                          NULL);
  g_array_set_size (self->counts, 0);
  g_array_set_size (self->first, 0);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_set_object (&self->queue, queue);
  if (dataset == NULL)
    return;
  self->dataset = ph_dataset_ref (dataset);
  count (self);
  for (guint i = 0; i < ph_dataset_get_n_classes (dataset); i++)
    g_ptr_array_add (names, g_utf8_make_valid (ph_dataset_get_class_name (dataset, i), -1));
  g_ptr_array_add (names, NULL);
  gtk_string_list_splice (self->names, 0, 0, (const char *const *)names->pdata);
}

guint
ph_class_list_get_count (PhClassList *self, guint label)
{
  g_return_val_if_fail (PH_IS_CLASS_LIST (self) && label < self->counts->len, 0);

  return g_array_index (self->counts, guint, label);
}
