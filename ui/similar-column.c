#include "ui/similar-column.h"

#include <glib/gi18n.h>

#include "ui/plot-axis.h"

#define SIDE 64 /* pixels of a picture */

struct _PhSimilarColumn
{
  AdwBin parent_instance;

  /* owned */
  PhJob *job; /* nullable: whose progress is shown */

  /* borrowed */
  GtkLabel *title, *facts, *sentence;
  GtkProgressBar *progress;
  PhPictureButtons *buttons;
};

G_DEFINE_FINAL_TYPE (PhSimilarColumn, ph_similar_column, ADW_TYPE_BIN)

static guint picked_signal;

static void
on_picked (PhPictureButtons *buttons, guint item, PhSimilarColumn *self)
{
  g_signal_emit (self, picked_signal, 0, item);
}

static void
on_progress (PhSimilarColumn *self)
{
  double fraction = ph_job_get_progress (self->job);

  if (fraction < 0)
    gtk_progress_bar_pulse (self->progress);
  else
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
ph_similar_column_dispose (GObject *object)
{
  ph_similar_column_follow (PH_SIMILAR_COLUMN (object), NULL);
  G_OBJECT_CLASS (ph_similar_column_parent_class)->dispose (object);
}

static void
ph_similar_column_class_init (PhSimilarColumnClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_similar_column_dispose;
  picked_signal = g_signal_new ("picked", PH_TYPE_SIMILAR_COLUMN, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static GtkLabel *
add_label (GtkBox *box, const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (box, label);
  return GTK_LABEL (label);
}

static void
ph_similar_column_init (PhSimilarColumn *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);

  self->title = add_label (GTK_BOX (box), "heading");
  self->facts = add_label (GTK_BOX (box), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->facts), "dim-label");
  self->sentence = add_label (GTK_BOX (box), "dim-label");
  self->progress = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->progress));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), FALSE);
  gtk_widget_set_size_request (box, 170, -1);
  adw_bin_set_child (ADW_BIN (self), box);
}

/* Public */

GtkWidget *
ph_similar_column_new (const char *title)
{
  PhSimilarColumn *self = g_object_new (PH_TYPE_SIMILAR_COLUMN, NULL);
  /* Translators: what is compared: "Pixels", the name of a network. */
  g_autofree char *name = g_strdup_printf (_ ("Most alike by: %s"), title);

  gtk_label_set_text (self->title, title);
  gtk_label_set_lines (self->title, 2);
  gtk_label_set_ellipsize (self->title, PANGO_ELLIPSIZE_END);
  self->buttons = PH_PICTURE_BUTTONS (ph_picture_buttons_new (name, SIDE));
  g_signal_connect (self->buttons, "picked", G_CALLBACK (on_picked), self);
  gtk_box_append (GTK_BOX (adw_bin_get_child (ADW_BIN (self))), GTK_WIDGET (self->buttons));
  return GTK_WIDGET (self);
}

const char *
ph_similar_column_get_title (PhSimilarColumn *self)
{
  g_return_val_if_fail (PH_IS_SIMILAR_COLUMN (self), NULL);

  return gtk_label_get_text (self->title);
}

void
ph_similar_column_follow (PhSimilarColumn *self, PhJob *job)
{
  g_return_if_fail (PH_IS_SIMILAR_COLUMN (self));

  if (self->job != NULL)
    g_signal_handlers_disconnect_by_data (self->job, self);
  g_set_object (&self->job, job);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), job != NULL);
  if (job == NULL)
    return;
  gtk_progress_bar_set_fraction (self->progress, 0);
  g_signal_connect_swapped (job, "notify::progress", G_CALLBACK (on_progress), self);
  ph_similar_column_show_sentence (self, _ ("Vectors of all images are being made"));
}

void
ph_similar_column_show_sentence (PhSimilarColumn *self, const char *sentence)
{
  g_return_if_fail (PH_IS_SIMILAR_COLUMN (self));

  gtk_label_set_text (self->sentence, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), TRUE);
  gtk_label_set_text (self->facts, "");
  ph_picture_buttons_show (self->buttons, NULL, NULL, 0, NULL);
}

void
ph_similar_column_show (PhSimilarColumn *self, PhItemPictures *pictures, const PhNeighbours *found,
                        int label)
{
  g_return_if_fail (PH_IS_SIMILAR_COLUMN (self));

  g_autoptr (GPtrArray) captions = g_ptr_array_new_with_free_func (g_free);
  PhDataset *dataset = ph_item_pictures_get_dataset (pictures);
  guint n_same = 0;

  if (found == NULL)
    {
      ph_similar_column_show_sentence (self, _ ("This image cannot be read"));
      return;
    }
  for (guint i = 0; i < found->k; i++)
    {
      const int other = ph_dataset_get_label (dataset, found->indices[i]);
      g_autofree char *distance = ph_plot_format_value (found->distances[i], 0);

      n_same += other >= 0 && other == label;
      g_ptr_array_add (
          captions, other >= 0 ? g_strdup_printf ("%s\n%s", distance,
                                                  ph_dataset_get_class_name (dataset, (guint)other))
                               : g_steal_pointer (&distance));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->sentence), FALSE);
  if (label >= 0)
    {
      /* Translators: how many of the images that are alike have the same class, of how many. */
      g_autofree char *facts = g_strdup_printf (_ ("%u of %u of the same class"), n_same, found->k);

      gtk_label_set_text (self->facts, facts);
    }
  else
    gtk_label_set_text (self->facts, "");
  ph_picture_buttons_show (self->buttons, pictures, found->indices, found->k,
                           (const char *const *)captions->pdata);
}

PhPictureButtons *
ph_similar_column_get_buttons (PhSimilarColumn *self)
{
  g_return_val_if_fail (PH_IS_SIMILAR_COLUMN (self), NULL);

  return self->buttons;
}
