#include "ui/compare-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* What changed: the comparison on images, its map of layers and its list of units. */

/* On images */

typedef struct
{
  /* owned */
  PhModel *models[2];
  char *path;

  PhCompareSettings settings;
} CompareSpec;

typedef struct
{
  PhComparison *comparison;
  PhDataset *dataset;
} Compared;

static void
compare_spec_free (gpointer data)
{
  CompareSpec *spec = data;

  g_object_unref (spec->models[0]);
  g_object_unref (spec->models[1]);
  g_free (spec->path);
  g_free (spec);
}

static void
compared_free (gpointer data)
{
  Compared *compared = data;

  g_clear_pointer (&compared->comparison, ph_comparison_unref);
  g_clear_pointer (&compared->dataset, ph_dataset_unref);
  g_free (compared);
}

static gpointer
compare (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const CompareSpec *spec = data;
  g_autoptr (PhDataset) dataset = ph_dataset_open (spec->path, cancellable, error);
  PhComparison *comparison =
      dataset != NULL
          ? ph_compare_run (spec->models, dataset, &spec->settings, monitor, cancellable, error)
          : NULL;
  Compared *compared;

  if (comparison == NULL)
    return NULL;
  compared = g_new0 (Compared, 1);
  compared->comparison = comparison;
  compared->dataset = g_steal_pointer (&dataset);
  return compared;
}

static void
on_progress (PhJob *job, GParamSpec *pspec, PhComparePage *self)
{
  gtk_progress_bar_set_fraction (self->progress, MAX (ph_job_get_progress (job), 0));
  if (ph_job_get_message (job) != NULL)
    gtk_progress_bar_set_text (self->progress, ph_job_get_message (job));
}

static void
on_compared (PhJob *job, PhComparePage *self)
{
  if (job != self->compare_job)
    return;
  g_clear_object (&self->compare_job);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      Compared *compared = ph_job_get_result (job);

      if (self->dataset == NULL)
        self->dataset = ph_dataset_ref (compared->dataset);
      ph_compare_page_take (self, g_steal_pointer (&compared->comparison));
      ph_compare_page_load_examples (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    gtk_label_set_text (self->summary_label, ph_job_get_error (job)->message);
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_run (PhComparePage *self)
{
  CompareSpec *spec;

  if (self->images == NULL || self->other == NULL || self->compare_job != NULL)
    return;
  spec = g_new0 (CompareSpec, 1);
  for (guint side = 0; side < 2; side++)
    spec->models[side] = g_object_ref (ph_compare_page_get_network (self, side));
  spec->path = g_strdup (self->images);
  spec->settings = *ph_compare_page_get_settings (self);
  self->compare_job =
      ph_job_new (_ ("Compare two networks"), compare, spec, compare_spec_free, compared_free);
  ph_job_set_quiet (self->compare_job, TRUE);
  g_signal_connect (self->compare_job, "notify::progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->compare_job, "notify::message", G_CALLBACK (on_progress), self);
  g_signal_connect (self->compare_job, "finished", G_CALLBACK (on_compared), self);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_progress_bar_set_text (self->progress, _ ("waiting"));
  gtk_widget_set_visible (GTK_WIDGET (self->progress), TRUE);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->compare_job, PH_LANE_LONG);
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_stop (PhComparePage *self)
{
  if (self->load_job != NULL)
    ph_job_cancel (self->load_job);
  else if (self->pictures_job != NULL)
    ph_job_stop (self->pictures_job);
  else if (self->compare_job != NULL)
    ph_job_stop (self->compare_job);
}

void
ph_compare_page_drop_run (PhComparePage *self)
{
  if (self->compare_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->compare_job, self);
  ph_job_cancel (self->compare_job);
  g_clear_object (&self->compare_job);
  gtk_widget_set_visible (GTK_WIDGET (self->progress), FALSE);
}

/* The map of layers */

const PhCompareSettings *
ph_compare_page_get_settings (PhComparePage *self)
{
  return ph_setting_rows_get_values (self->thresholds);
}

static PhLayerChange *
layer_at (PhComparePage *self, guint i)
{
  return self->comparison->layers->pdata[i];
}

static void
fill_map (PhComparePage *self)
{
  const PhLayerMeasure measures[2] = { PH_LAYER_WEIGHTS, PH_LAYER_CKA };

  for (guint i = 0; i < 2; i++)
    {
      ph_plot_series_clear (self->map_series[i]);
      for (guint l = 0; self->comparison != NULL && l < self->comparison->layers->len; l++)
        {
          double x = l, y = layer_at (self, l)->measure[measures[i]];

          if (isfinite (y))
            ph_plot_series_append (self->map_series[i], &x, &y, 1);
        }
    }
}

static void
fill_layers (PhComparePage *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("All layers"));
  for (guint l = 0; self->comparison != NULL && l < self->comparison->layers->len; l++)
    gtk_string_list_append (names, layer_at (self, l)->name[0]);
  gtk_drop_down_set_model (self->layer_drop, G_LIST_MODEL (names));
}

static const PhLayerChange *
chosen_layer (PhComparePage *self)
{
  guint i = gtk_drop_down_get_selected (self->layer_drop);

  return self->comparison != NULL && i > 0 && i <= self->comparison->layers->len
             ? layer_at (self, i - 1)
             : NULL;
}

static void
append_measure (GString *text, const char *what, double value)
{
  if (!isnan (value))
    g_string_append_printf (text, "%s%s %.3g", text->len > 0 ? " · " : "", what, value);
}

static void
describe_layer (PhComparePage *self)
{
  const PhLayerChange *layer = chosen_layer (self);
  g_autoptr (GString) text = g_string_new (NULL);

  if (layer == NULL)
    {
      gtk_label_set_text (self->map_label,
                          _ ("Line: how much the weights changed. Dashed: how alike the answers "
                             "are (CKA). Click a point to see one layer."));
      return;
    }
  append_measure (text, _ ("weights"), layer->measure[PH_LAYER_WEIGHTS]);
  append_measure (text, "CKA", layer->measure[PH_LAYER_CKA]);
  append_measure (text, "SVCCA", layer->measure[PH_LAYER_SVCCA]);
  if (!isnan (layer->measure[PH_LAYER_PROBE_A]))
    g_string_append_printf (text, _ (" · linear probe %.1f %% → %.1f %%"),
                            100 * layer->measure[PH_LAYER_PROBE_A],
                            100 * layer->measure[PH_LAYER_PROBE_B]);
  if (!layer->by_name)
    g_string_append_printf (text, _ (" · paired with %s"), layer->name[1]);
  gtk_label_set_text (self->map_label, text->str);
}

static void
on_point (PhPlot *plot, double x, PhComparePage *self)
{
  gtk_drop_down_set_selected (self->layer_drop, (guint)lround (x) + 1);
}

/* The list of units */

static void
summarise (PhComparePage *self)
{
  const PhComparison *c = self->comparison;
  g_autoptr (GString) text = g_string_new (NULL);
  guint count[PH_N_VERDICTS] = { 0 };

  for (guint l = 0; c != NULL && l < c->layers->len; l++)
    for (guint i = 0; i < layer_at (self, l)->n_units; i++)
      count[ph_unit_verdict (layer_at (self, l), i, ph_compare_page_get_settings (self))]++;
  if (c != NULL && c->n_images == 0)
    g_string_append (text, _ ("So far the weights alone are compared; images tell what became of "
                              "each unit."));
  if (c != NULL && c->n_images > 0)
    g_string_append_printf (
        text, _ ("On %u images: %u kept, %u repurposed, %u born, %u died, %u silent."), c->n_images,
        count[PH_VERDICT_KEPT], count[PH_VERDICT_REPURPOSED], count[PH_VERDICT_BORN],
        count[PH_VERDICT_DIED], count[PH_VERDICT_SILENT]);
  for (guint side = 0; c != NULL && side < 2; side++)
    for (guint i = 0; i < c->alone[side]->len; i++)
      g_string_append_printf (text, _ ("\nOnly in %s: %s"),
                              ph_model_get_name (ph_compare_page_get_network (self, side)),
                              (const char *)c->alone[side]->pdata[i]);
  gtk_label_set_text (self->summary_label, text->str);
}

/* Measures as the choices of measure_drop and verdict_drop have them. */
static void
fill_list (PhComparePage *self)
{
  if (self->refreshing)
    return;
  ph_change_list_set (self->list, ph_page_get_model (PH_PAGE (self)), self->comparison,
                      chosen_layer (self),
                      (PhUnitMeasure)gtk_drop_down_get_selected (self->measure_drop),
                      (PhVerdict)gtk_drop_down_get_selected (self->verdict_drop),
                      ph_compare_page_get_settings (self));
}

static void
on_layer (PhComparePage *self)
{
  guint i = gtk_drop_down_get_selected (self->layer_drop);

  ph_plot_set_marker (self->map, i > 0 && i != GTK_INVALID_LIST_POSITION ? i - 1.0 : NAN);
  describe_layer (self);
  fill_list (self);
}

static void
on_thresholds (PhComparePage *self)
{
  if (self->has_unit)
    ph_compare_page_show_unit (self);
  summarise (self);
  fill_list (self);
}

static void
on_activate (GtkListView *view, guint position, PhComparePage *self)
{
  g_autoptr (PhChangeItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), position);
  const PhRankedUnit *ranked = item != NULL ? ph_change_item_get_ranked (item) : NULL;

  if (ranked != NULL)
    ph_compare_page_go (self, ranked->layer, ranked->i);
}

/* The same layer in the new comparison. */
static const PhLayerChange *
find_again (const PhComparison *comparison, const char *name)
{
  for (guint l = 0; l < comparison->layers->len; l++)
    {
      const PhLayerChange *layer = comparison->layers->pdata[l];

      if (g_strcmp0 (layer->name[0], name) == 0)
        return layer;
    }
  return NULL;
}

static void
go_to_first (PhComparePage *self)
{
  g_autoptr (PhChangeItem) item = g_list_model_get_item (G_LIST_MODEL (self->list), 0);
  const PhLayerChange *middle = layer_at (self, self->comparison->layers->len / 2);

  if (item != NULL)
    ph_compare_page_go (self, ph_change_item_get_ranked (item)->layer,
                        ph_change_item_get_ranked (item)->i);
  else
    ph_compare_page_go (self, middle, 0);
}

void
ph_compare_page_take (PhComparePage *self, PhComparison *comparison)
{
  g_autofree char *name = self->has_unit ? g_strdup (self->layer->name[0]) : NULL;
  guint chosen = gtk_drop_down_get_selected (self->layer_drop), unit = self->unit;
  const PhLayerChange *layer =
      comparison != NULL && name != NULL ? find_again (comparison, name) : NULL;
  g_autoptr (PhComparison) before = g_steal_pointer (&self->comparison);

  self->comparison = comparison;
  self->refreshing = TRUE;
  fill_map (self);
  fill_layers (self);
  if (layer != NULL && chosen != GTK_INVALID_LIST_POSITION)
    gtk_drop_down_set_selected (self->layer_drop, chosen);
  /* With images there is a better measure than the weights. */
  if (comparison != NULL && comparison->n_images > 0 &&
      gtk_drop_down_get_selected (self->measure_drop) == PH_UNIT_WEIGHTS)
    gtk_drop_down_set_selected (self->measure_drop, PH_UNIT_CORRELATION);
  if (comparison != NULL && comparison->n_images == 0)
    {
      gtk_drop_down_set_selected (self->measure_drop, PH_UNIT_WEIGHTS);
      gtk_drop_down_set_selected (self->verdict_drop, PH_VERDICT_UNKNOWN);
    }
  self->refreshing = FALSE;
  summarise (self);
  describe_layer (self);
  fill_list (self);
  if (layer != NULL && unit < layer->n_units)
    {
      self->layer = layer;
      ph_compare_page_show_unit (self);
    }
  else if (comparison != NULL)
    go_to_first (self);
}

/* Rows: name, verdict, number. */

static void
set_up_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *labels[3];

  for (guint i = 0; i < 3; i++)
    {
      labels[i] = gtk_label_new (NULL);
      gtk_label_set_xalign (GTK_LABEL (labels[i]), i == 2 ? 1 : 0);
      gtk_box_append (GTK_BOX (box), labels[i]);
    }
  gtk_label_set_ellipsize (GTK_LABEL (labels[0]), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (labels[0]), 12);
  gtk_widget_set_hexpand (labels[0], TRUE);
  gtk_widget_add_css_class (labels[1], "caption");
  gtk_widget_add_css_class (labels[1], "dim-label");
  gtk_widget_add_css_class (labels[2], "numeric");
  gtk_label_set_width_chars (GTK_LABEL (labels[2]), 7);
  gtk_list_item_set_child (item, box);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  static const char *const properties[] = { "name", "verdict", "value" };
  GObject *unit = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_widget_get_first_child (gtk_list_item_get_child (item));

  for (guint i = 0; i < 3; i++, label = gtk_widget_get_next_sibling (label))
    {
      g_autofree char *text = NULL;

      g_object_get (unit, properties[i], &text, NULL);
      gtk_label_set_text (GTK_LABEL (label), text);
      if (i == 0)
        gtk_widget_set_tooltip_text (label, text);
    }
}

void
ph_compare_page_init_units (PhComparePage *self)
{
  const char *const thresholds[] = { "kept", "overlap", "silent", NULL };
  const char *const colours[2] = { "accent_color", "warning_color" };
  const char *const titles[2] = { N_ ("change of weights"), N_ ("CKA") };
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  self->list = ph_change_list_new ();
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_list_view_set_model (self->list_view, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), NULL);
  gtk_list_view_set_factory (self->list_view, factory);
  g_object_unref (factory);
  g_signal_connect (self->list_view, "activate", G_CALLBACK (on_activate), self);

  for (guint i = 0; i < 2; i++)
    {
      self->map_series[i] = ph_plot_series_new (_ (titles[i]));
      ph_plot_add_series (self->map, self->map_series[i], colours[i]);
    }
  ph_plot_set_x_title (self->map, _ ("layer"));
  g_signal_connect (self->map, "point-activated", G_CALLBACK (on_point), self);

  self->thresholds =
      PH_SETTING_ROWS (ph_setting_rows_new (ph_compare_settings, sizeof (PhCompareSettings)));
  ph_setting_rows_add_group (self->thresholds, _ ("What counts as kept"), thresholds);
  ph_setting_rows_add_group (self->thresholds, _ ("What is compared"), NULL);
  gtk_box_append (self->settings_box, GTK_WIDGET (self->thresholds));
  g_signal_connect_swapped (self->thresholds, "changed", G_CALLBACK (on_thresholds), self);
  g_signal_connect_swapped (self->layer_drop, "notify::selected", G_CALLBACK (on_layer), self);
  g_signal_connect_swapped (self->measure_drop, "notify::selected", G_CALLBACK (fill_list), self);
  g_signal_connect_swapped (self->verdict_drop, "notify::selected", G_CALLBACK (fill_list), self);
}
