#include "ui/mistake-grid.h"

#include <glib/gi18n.h>

#include "ui/dataset-pictures.h"
#include "ui/texture.h"

#define MOST 24
#define SIDE 84 /* pixels */

struct _PhMistakeGrid
{
  AdwBin parent_instance;

  /* owned */
  PhDataset *dataset;
  PhQueue *queue;
  GHashTable *textures; /* item → GdkTexture (owned): of all mistakes so far */
  GHashTable *images;   /* item → GtkImage (borrowed): of those that are shown */
  PhJob *job;           /* nullable */

  /* borrowed */
  GtkFlowBox *flow;

  guint n_shown;
};

G_DEFINE_FINAL_TYPE (PhMistakeGrid, ph_mistake_grid, ADW_TYPE_BIN)

static guint picked_signal;

#define ITEM_KEY "ph-item"

static void
drop_job (PhMistakeGrid *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
on_clicked (GtkButton *button, PhMistakeGrid *self)
{
  g_signal_emit (self, picked_signal, 0,
                 GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), ITEM_KEY)));
}

static GtkWidget *
create_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_widget_add_css_class (label, "caption");
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static GtkWidget *
create_button (PhMistakeGrid *self, const PhMistake *mistake)
{
  const char *right = ph_dataset_get_class_name (self->dataset, (guint)mistake->label);
  const char *answer = ph_dataset_get_class_name (self->dataset, (guint)mistake->answer);
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *image = gtk_image_new ();
  g_autofree char *name = ph_dataset_dup_item_name (self->dataset, mistake->item);
  /* Translators: an answer and its probability in per cent. */
  g_autofree char *said = g_strdup_printf (_ ("%s %.0f %%"), answer, 100 * mistake->probability);
  /* Translators: right class, answer, probability in per cent, probability of the right class,
   * name of the image. */
  g_autofree char *spoken =
      g_strdup_printf (_ ("%s taken for %s with %.0f %%; %.1f %% for what it is. %s"), right,
                       answer, 100 * mistake->probability, 100 * mistake->right_probability, name);
  g_autofree char *valid = g_utf8_make_valid (spoken, -1);
  GdkTexture *texture = g_hash_table_lookup (self->textures, GUINT_TO_POINTER (mistake->item));

  gtk_image_set_pixel_size (GTK_IMAGE (image), SIDE);
  if (texture != NULL)
    gtk_image_set_from_paintable (GTK_IMAGE (image), GDK_PAINTABLE (texture));
  gtk_widget_add_css_class (image, "ph-picture");
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), create_label (right, "dim-label"));
  gtk_box_append (GTK_BOX (box), create_label (said, NULL));
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, valid);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, valid,
                                  -1);
  g_object_set_data (G_OBJECT (button), ITEM_KEY, GUINT_TO_POINTER (mistake->item));
  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  g_hash_table_insert (self->images, GUINT_TO_POINTER (mistake->item), image);
  return button;
}

static void
on_pictures (PhJob *job, PhMistakeGrid *self)
{
  const GArray *items = g_object_get_data (G_OBJECT (job), ITEM_KEY);
  GPtrArray *frames = ph_job_get_result (job);

  if (job != self->job)
    return;
  for (guint i = 0; frames != NULL && i < frames->len; i++)
    {
      gpointer key = GUINT_TO_POINTER (g_array_index (items, guint, i));
      GtkImage *image = g_hash_table_lookup (self->images, key);
      GdkTexture *texture =
          frames->pdata[i] != NULL ? ph_texture_new_for_frame (frames->pdata[i], 0) : NULL;

      if (texture == NULL)
        continue;
      g_hash_table_insert (self->textures, key, texture);
      if (image != NULL)
        gtk_image_set_from_paintable (image, GDK_PAINTABLE (texture));
    }
  g_clear_object (&self->job);
}

/* Reads the pictures that were not read before. */
static void
start_pictures (PhMistakeGrid *self)
{
  GArray *missing = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer item;

  drop_job (self);
  g_hash_table_iter_init (&iter, self->images);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    if (!g_hash_table_contains (self->textures, item))
      {
        guint number = GPOINTER_TO_UINT (item);

        g_array_append_val (missing, number);
      }
  if (missing->len == 0 || self->queue == NULL)
    {
      g_array_unref (missing);
      return;
    }
  self->job = ph_dataset_pictures_job (self->dataset, (const guint *)(gpointer)missing->data,
                                       missing->len, SIDE);
  g_object_set_data_full (G_OBJECT (self->job), ITEM_KEY, missing, (GDestroyNotify)g_array_unref);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_pictures), self);
  ph_queue_add (self->queue, self->job, PH_LANE_IO);
}

static void
clear (PhMistakeGrid *self)
{
  GtkWidget *child;

  g_hash_table_remove_all (self->images);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->flow))) != NULL)
    gtk_flow_box_remove (self->flow, child);
  self->n_shown = 0;
}

static void
ph_mistake_grid_dispose (GObject *object)
{
  PhMistakeGrid *self = PH_MISTAKE_GRID (object);

  drop_job (self);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_object (&self->queue);
  g_clear_pointer (&self->textures, g_hash_table_unref);
  g_clear_pointer (&self->images, g_hash_table_unref);
  G_OBJECT_CLASS (ph_mistake_grid_parent_class)->dispose (object);
}

static void
ph_mistake_grid_class_init (PhMistakeGridClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_mistake_grid_dispose;
  picked_signal = g_signal_new ("picked", PH_TYPE_MISTAKE_GRID, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
ph_mistake_grid_init (PhMistakeGrid *self)
{
  self->textures = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->images = g_hash_table_new (NULL, NULL);
  self->flow = GTK_FLOW_BOX (gtk_flow_box_new ());
  gtk_flow_box_set_selection_mode (self->flow, GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (self->flow, 12);
  gtk_flow_box_set_homogeneous (self->flow, TRUE);
  gtk_widget_set_valign (GTK_WIDGET (self->flow), GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->flow), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Worst mistakes"), -1);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->flow));
}

/* Public */

GtkWidget *
ph_mistake_grid_new (void)
{
  return g_object_new (PH_TYPE_MISTAKE_GRID, NULL);
}

void
ph_mistake_grid_set_dataset (PhMistakeGrid *self, PhDataset *dataset, PhQueue *queue)
{
  g_return_if_fail (PH_IS_MISTAKE_GRID (self));

  drop_job (self);
  clear (self);
  g_hash_table_remove_all (self->textures);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  self->dataset = dataset != NULL ? ph_dataset_ref (dataset) : NULL;
  g_set_object (&self->queue, queue);
}

void
ph_mistake_grid_show (PhMistakeGrid *self, const PhEvaluation *evaluation, int label, int answer)
{
  g_return_if_fail (PH_IS_MISTAKE_GRID (self));

  clear (self);
  if (self->dataset == NULL || evaluation == NULL)
    return;
  for (guint i = 0; i < evaluation->n_mistakes && self->n_shown < MOST; i++)
    {
      const PhMistake *mistake = &evaluation->mistakes[i];

      if ((label >= 0 && mistake->label != label) || (answer >= 0 && mistake->answer != answer))
        continue;
      gtk_flow_box_append (self->flow, create_button (self, mistake));
      self->n_shown++;
    }
  start_pictures (self);
}

guint
ph_mistake_grid_get_n_shown (PhMistakeGrid *self)
{
  g_return_val_if_fail (PH_IS_MISTAKE_GRID (self), 0);

  return self->n_shown;
}
