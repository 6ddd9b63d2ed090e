#include "ui/active-units.h"

#include <glib/gi18n.h>

#include "ui/example-open.h"
#include "ui/example-view.h"
#include "ui/plot-axis.h"
#include "ui/strip-job.h"
#include "ui/unit-cell.h"

#define SIZE 84

/* Images beside each unit, and their side. */
#define N_EXAMPLES 5
#define EXAMPLE 54

/* Milliseconds that the units must stay before their images are read: while a picture is painted
 * on they come and go. */
#define PATIENCE 300

struct _PhActiveUnits
{
  GtkWidget parent_instance;

  /* owned */
  GtkWidget *grid;
  PhThumbnails *thumbnails;
  PhQueue *queue;
  PhModel *model;
  char *path;            /* of the images, nullable */
  PhDataset *dataset;    /* of path, once opened */
  PhJob *job;            /* reads the images */
  PhHighestLoad *loaded; /* what is shown beside the units */

  /* borrowed: children */
  GtkWidget *buttons[PH_N_ACTIVE_UNITS];
  PhUnitCell *cells[PH_N_ACTIVE_UNITS];
  GtkLabel *values[PH_N_ACTIVE_UNITS];
  GtkWidget *examples[PH_N_ACTIVE_UNITS];

  guint layer;
  guint channels[PH_N_ACTIVE_UNITS];
  guint n;
  gboolean active;
  guint source; /* reads the images soon */
};

G_DEFINE_FINAL_TYPE (PhActiveUnits, ph_active_units, GTK_TYPE_WIDGET)

static guint picked_signal;

/* The last asked for is the first made. */
static void
update_wants (PhActiveUnits *self)
{
  for (guint i = PH_N_ACTIVE_UNITS; i-- > 0;)
    ph_unit_cell_want (self->cells[i], self->active && i < self->n ? self->thumbnails : NULL);
}

/* Images that excite the units */

static void
clear_examples (PhActiveUnits *self)
{
  GtkWidget *child;

  for (guint i = 0; i < PH_N_ACTIVE_UNITS; i++)
    while ((child = gtk_widget_get_first_child (self->examples[i])) != NULL)
      gtk_box_remove (GTK_BOX (self->examples[i]), child);
  g_clear_pointer (&self->loaded, ph_highest_load_free);
}

/* Three in a row, or one above the other where each has images beside it. */
static void
arrange (PhActiveUnits *self, gboolean in_rows)
{
  GtkGridLayout *layout = GTK_GRID_LAYOUT (gtk_widget_get_layout_manager (self->grid));

  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), !in_rows);
  for (guint i = 0; i < PH_N_ACTIVE_UNITS; i++)
    {
      GtkGridLayoutChild *child = GTK_GRID_LAYOUT_CHILD (
          gtk_layout_manager_get_layout_child (GTK_LAYOUT_MANAGER (layout), self->buttons[i]));

      gtk_grid_layout_child_set_column (child, in_rows ? 0 : (int)i % 3);
      gtk_grid_layout_child_set_row (child, in_rows ? (int)i : (int)i / 3);
      gtk_widget_set_visible (self->examples[i], in_rows && i < self->n);
    }
}

static void
drop_job (PhActiveUnits *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
}

static void
on_example_clicked (GtkWidget *button, PhActiveUnits *self)
{
  ph_example_open (GTK_WIDGET (self), self->queue, self->dataset,
                   g_object_get_data (G_OBJECT (button), "item"));
}

static GtkWidget *
make_example (PhActiveUnits *self, const PhStripItem *item)
{
  GtkWidget *button = gtk_button_new ();
  g_autofree char *value = ph_plot_format_value (item->example.value, 0);
  g_autofree char *name = g_path_get_basename (item->name);
  const char *what = item->class_name != NULL ? item->class_name : name;
  /* Translators: a class or file, and how strongly the unit answers to it. */
  g_autofree char *label = g_strdup_printf (_ ("%s, value %s"), what, value);

  gtk_button_set_child (GTK_BUTTON (button), ph_example_view_new (item, EXAMPLE));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "ph-small-example");
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), "item", (gpointer)item);
  g_signal_connect (button, "clicked", G_CALLBACK (on_example_clicked), self);
  return button;
}

static void
on_loaded (PhJob *job, PhActiveUnits *self)
{
  g_autoptr (PhJob) done = g_steal_pointer (&self->job);
  gboolean any = FALSE;

  /* Images that were never scanned are no failure, and one that can be told is told by the strip
   * of examples. */
  clear_examples (self);
  if (ph_job_get_state (job) != PH_JOB_DONE)
    {
      arrange (self, FALSE);
      return;
    }
  self->loaded = ph_job_steal_result (job);
  if (self->dataset == NULL)
    self->dataset = ph_dataset_ref (self->loaded->dataset);
  for (guint i = 0; i < self->loaded->strips->len; i++)
    {
      const PhStrip *strip = self->loaded->strips->pdata[i];

      /* The highest is the last of a strip. */
      for (guint j = strip != NULL ? strip->items->len : 0; j-- > 0; any = TRUE)
        gtk_box_append (GTK_BOX (self->examples[i]), make_example (self, strip->items->pdata[j]));
    }
  arrange (self, any);
}

static gboolean
start_loading (gpointer data)
{
  PhActiveUnits *self = data;
  PhUnit units[PH_N_ACTIVE_UNITS];

  self->source = 0;
  for (guint i = 0; i < self->n; i++)
    units[i] =
        (PhUnit){ .kind = PH_UNIT_CHANNEL, .layer = self->layer, .channel = self->channels[i] };
  self->job =
      ph_highest_job_new (self->model, self->path, self->dataset, units, self->n, N_EXAMPLES);
  g_signal_connect (self->job, "finished", G_CALLBACK (on_loaded), self);
  ph_queue_add (self->queue, self->job, PH_LANE_IO);
  return G_SOURCE_REMOVE;
}

static void
load_soon (PhActiveUnits *self)
{
  drop_job (self);
  if (self->n > 0 && self->active && self->queue != NULL && self->path != NULL)
    self->source = g_timeout_add (PATIENCE, start_loading, self);
}

static void
on_clicked (GtkButton *button, PhActiveUnits *self)
{
  for (guint i = 0; i < self->n; i++)
    if (self->buttons[i] == GTK_WIDGET (button))
      g_signal_emit (self, picked_signal, 0, self->channels[i]);
}

static void
ph_active_units_dispose (GObject *object)
{
  PhActiveUnits *self = PH_ACTIVE_UNITS (object);

  if (self->grid != NULL)
    {
      self->active = FALSE;
      update_wants (self);
      drop_job (self);
      clear_examples (self);
    }
  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_object (&self->thumbnails);
  g_clear_object (&self->queue);
  g_clear_object (&self->model);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (ph_active_units_parent_class)->dispose (object);
}

static void
ph_active_units_class_init (PhActiveUnitsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ph_active_units_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  picked_signal = g_signal_new ("picked", PH_TYPE_ACTIVE_UNITS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
make_button (PhActiveUnits *self, guint i)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->buttons[i] = gtk_button_new ();
  self->cells[i] = PH_UNIT_CELL (ph_unit_cell_new (SIZE));
  self->values[i] = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (self->buttons[i], "flat");
  gtk_widget_add_css_class (self->buttons[i], "ph-active");
  gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (self->values[i]), "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->cells[i]));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->values[i]));
  gtk_button_set_child (GTK_BUTTON (self->buttons[i]), box);
  gtk_widget_set_visible (self->buttons[i], FALSE);
  g_signal_connect (self->buttons[i], "clicked", G_CALLBACK (on_clicked), self);
  gtk_grid_attach (GTK_GRID (self->grid), self->buttons[i], (int)i % 3, (int)i / 3, 1, 1);
  self->examples[i] = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_set_visible (self->examples[i], FALSE);
  gtk_grid_attach (GTK_GRID (self->grid), self->examples[i], 3, (int)i, 1, 1);
}

static void
ph_active_units_init (PhActiveUnits *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  for (guint i = 0; i < PH_N_ACTIVE_UNITS; i++)
    make_button (self, i);
}

static void
show_unit (PhActiveUnits *self, guint i, PhModel *model, guint layer, const PhActive *active)
{
  const PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = layer, .channel = active->channel };
  PhUnitItem *present = ph_unit_cell_get_item (self->cells[i]);
  g_autofree char *value = ph_plot_format_value (active->value, 0);

  self->channels[i] = active->channel;
  gtk_label_set_text (self->values[i], value);
  /* While a picture is painted on, the same units come again and again: no flicker. */
  if (present == NULL || ph_unit_item_get_model (present) != model ||
      !ph_unit_equal (ph_unit_item_get_unit (present), &unit))
    {
      g_autoptr (PhUnitItem) item = ph_unit_item_new (model, &unit);

      ph_unit_cell_set_item (self->cells[i], item);
      present = item;
    }

  /* Translators: "unit 37 of conv4", then its activation. */
  g_autofree char *spoken = g_strdup_printf (
      _ ("%s, activation %s"),
      ph_unit_item_get_description (ph_unit_cell_get_item (self->cells[i])), value);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->buttons[i]), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken, -1);
}

/* Public */

void
ph_active_units_set_thumbnails (PhActiveUnits *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  g_set_object (&self->thumbnails, thumbnails);
  update_wants (self);
}

void
ph_active_units_set_queue (PhActiveUnits *self, PhQueue *queue)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  g_set_object (&self->queue, queue);
}

void
ph_active_units_set_images (PhActiveUnits *self, const char *path)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  char *copy = g_strdup (path);

  g_free (self->path);
  self->path = copy;
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  clear_examples (self);
  arrange (self, FALSE);
  load_soon (self);
}

void
ph_active_units_set_active (PhActiveUnits *self, gboolean active)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  self->active = active;
  update_wants (self);
  if (!active)
    drop_job (self);
  else if (self->loaded == NULL)
    load_soon (self);
}

/* Whether these are the units that are shown already. */
static gboolean
is_shown (PhActiveUnits *self, PhModel *model, guint layer, const PhActive *top, guint n)
{
  gboolean same = self->model == model && self->layer == layer && self->n == n;

  for (guint i = 0; same && i < n; i++)
    same = self->channels[i] == top[i].channel;
  return same;
}

void
ph_active_units_show (PhActiveUnits *self, PhModel *model, guint layer, const PhActive *top,
                      guint n)
{
  g_return_if_fail (PH_IS_ACTIVE_UNITS (self));

  guint n_shown = top != NULL ? MIN (n, PH_N_ACTIVE_UNITS) : 0;
  gboolean same = is_shown (self, model, layer, top, n_shown);

  if (!same)
    {
      clear_examples (self);
      arrange (self, FALSE);
    }
  g_set_object (&self->model, model);
  self->layer = layer;
  self->n = n_shown;
  for (guint i = 0; i < PH_N_ACTIVE_UNITS; i++)
    {
      if (i < self->n)
        show_unit (self, i, model, layer, &top[i]);
      else
        ph_unit_cell_set_item (self->cells[i], NULL);
      gtk_widget_set_visible (self->buttons[i], i < self->n);
    }
  update_wants (self);
  if (!same)
    load_soon (self);
}
