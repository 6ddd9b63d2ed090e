#include "ui/compare-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* The report of a comparison and its figures, and how well the networks between the two do. */

#define REPORT_UNITS 10

typedef struct
{
  /* owned */
  PhModel *models[2];
  PhComparison *comparison;
  PhDataset *dataset; /* nullable */
  PhAscentSettings ascent;
  char *path, *figures; /* one of the two */
  PhBlendPath *way;     /* nullable */

  PhCompareSettings thresholds;
  PhUnitMeasure measure;
  PhVerdict verdict;
} ReportSpec;

static void
report_spec_free (gpointer data)
{
  ReportSpec *spec = data;

  g_object_unref (spec->models[0]);
  g_object_unref (spec->models[1]);
  ph_comparison_unref (spec->comparison);
  g_clear_pointer (&spec->dataset, ph_dataset_unref);
  ph_settings_clear (ph_ascent_settings, &spec->ascent);
  g_free (spec->path);
  g_free (spec->figures);
  g_clear_pointer (&spec->way, ph_blend_path_free);
  g_free (spec);
}

static gpointer
save (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const ReportSpec *spec = data;
  const PhCompareReport report = { .models = { spec->models[0], spec->models[1] },
                                   .comparison = spec->comparison,
                                   .thresholds = &spec->thresholds,
                                   .dataset = spec->dataset,
                                   .ascent = &spec->ascent,
                                   .measure = spec->measure,
                                   .verdict = spec->verdict,
                                   .n_units = REPORT_UNITS,
                                   .path = spec->way };

  return ph_compare_report_save (&report, spec->path, spec->figures, monitor, cancellable, error)
             ? g_strdup (spec->path != NULL ? spec->path : spec->figures)
             : NULL;
}

static void
on_saved (PhJob *job, PhComparePage *self)
{
  g_autofree char *text = NULL;

  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_autofree char *name = g_filename_display_basename (ph_job_get_result (job));

      /* Translators: name of a file. */
      text = g_strdup_printf (_ ("%s is written."), name);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    text = g_strdup (ph_job_get_error (job)->message);
  if (text != NULL)
    ph_page_toast (PH_PAGE (self), text);
}

void
ph_compare_page_start_saving (PhComparePage *self, const char *title, PhJobFunc func, gpointer spec,
                              GDestroyNotify free_spec)
{
  g_autoptr (PhJob) job = ph_job_new (title, func, spec, free_spec, g_free);

  g_signal_connect_object (job, "finished", G_CALLBACK (on_saved), self, 0);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_LONG);
}

static PhBlendPath *
copy_way (const PhBlendPath *way)
{
  PhBlendPath *copy = g_memdup2 (way, sizeof *way);

  copy->share = g_memdup2 (way->share, way->n * sizeof (double));
  return copy;
}

static ReportSpec *
create_spec (PhComparePage *self)
{
  ReportSpec *spec = g_new0 (ReportSpec, 1);

  for (guint side = 0; side < 2; side++)
    spec->models[side] = g_object_ref (ph_compare_page_get_network (self, side));
  spec->comparison = ph_comparison_ref (self->comparison);
  spec->dataset = self->dataset != NULL ? ph_dataset_ref (self->dataset) : NULL;
  ph_settings_copy (ph_ascent_settings, &spec->ascent, ph_setting_rows_get_values (self->recipe));
  spec->way = self->way != NULL ? copy_way (self->way) : NULL;
  spec->thresholds = *ph_compare_page_get_settings (self);
  spec->measure = (PhUnitMeasure)gtk_drop_down_get_selected (self->measure_drop);
  spec->verdict = (PhVerdict)gtk_drop_down_get_selected (self->verdict_drop);
  return spec;
}

void
ph_compare_page_save_report (PhComparePage *self, const char *path)
{
  ReportSpec *spec;

  g_return_if_fail (PH_IS_COMPARE_PAGE (self));
  g_return_if_fail (self->comparison != NULL);

  spec = create_spec (self);
  spec->path = g_strdup (path);
  ph_compare_page_start_saving (self, _ ("Report of the comparison"), save, spec, report_spec_free);
}

void
ph_compare_page_save_figures (PhComparePage *self, const char *folder)
{
  ReportSpec *spec;

  g_return_if_fail (PH_IS_COMPARE_PAGE (self));
  g_return_if_fail (self->comparison != NULL);

  spec = create_spec (self);
  spec->figures = g_strdup (folder);
  ph_compare_page_start_saving (self, _ ("Figures of the comparison"), save, spec,
                                report_spec_free);
}

static void
on_target_chosen (GtkNativeDialog *dialog, int response, PhComparePage *self)
{
  void (*save_to) (PhComparePage *, const char *) =
      (void (*) (PhComparePage *, const char *))g_object_get_data (G_OBJECT (dialog), "save-to");

  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT
                               ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog))
                               : NULL;

  if (file != NULL && g_file_peek_path (file) == NULL)
    ph_page_toast (PH_PAGE (self), _ ("Only files on this computer can be written."));
  else if (file != NULL && self->comparison != NULL)
    save_to (self, g_file_peek_path (file));
  g_object_unref (dialog);
}

void
ph_compare_page_choose_target (PhComparePage *self, const char *title, GtkFileChooserAction action,
                               const char *name,
                               void (*save_to) (PhComparePage *self, const char *path))
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, action, _ ("_Save"), _ ("_Cancel"));
  g_autofree char *clean = g_strdelimit (g_strdup (name), "/\\:*?\"<>| ", '_');

  if (action == GTK_FILE_CHOOSER_ACTION_SAVE)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), clean);
  g_object_set_data (G_OBJECT (dialog), "save-to", (gpointer)save_to);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_target_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

void
ph_compare_page_choose_report (PhComparePage *self)
{
  g_autofree char *name =
      g_strdup_printf ("%s-%s.html", ph_model_get_name (ph_page_get_model (PH_PAGE (self))),
                       ph_model_get_name (self->other));

  ph_compare_page_choose_target (self, _ ("Save a report"), GTK_FILE_CHOOSER_ACTION_SAVE, name,
                                 ph_compare_page_save_report);
}

void
ph_compare_page_choose_figures (PhComparePage *self)
{
  ph_compare_page_choose_target (self, _ ("A folder for the figures"),
                                 GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, "",
                                 ph_compare_page_save_figures);
}

/* Along the way */

#define POINTS 11
#define MOST_IMAGES 200

typedef struct
{
  /* owned */
  PhModel *models[2];
  char *images;
} WaySpec;

static void
way_spec_free (gpointer data)
{
  WaySpec *spec = data;

  g_object_unref (spec->models[0]);
  g_object_unref (spec->models[1]);
  g_free (spec->images);
  g_free (spec);
}

static gpointer
measure (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const WaySpec *spec = data;
  g_autoptr (PhDataset) dataset = ph_dataset_open (spec->images, cancellable, error);

  return dataset != NULL ? ph_blend_path_run (spec->models, dataset, POINTS, MOST_IMAGES, monitor,
                                              cancellable, error)
                         : NULL;
}

static void
show_way (PhComparePage *self, const PhBlendPath *path)
{
  const char *head = ph_model_get_name (ph_compare_page_get_network (self, path->head));
  g_autofree char *text =
      path->right_is_label
          /* Translators: a number of images, then the name of a network. */
          ? g_strdup_printf (_ ("Right answers to %u images, with the classes of %s."),
                             path->n_images, head)
          : g_strdup_printf (_ ("Of %u images, those that are named as %s names them; neither "
                                "network knows their own classes."),
                             path->n_images, head);

  ph_plot_series_clear (self->way_series);
  for (guint k = 0; k < path->n; k++)
    {
      double x = 100 * k / (path->n - 1.0), y = 100 * path->share[k];

      if (!isnan (y))
        ph_plot_series_append (self->way_series, &x, &y, 1);
    }
  gtk_label_set_text (self->way_label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->way_plot), TRUE);
}

static void
on_measured (PhJob *job, PhComparePage *self)
{
  if (job != self->way_job)
    return;
  g_clear_object (&self->way_job);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      g_clear_pointer (&self->way, ph_blend_path_free);
      self->way = ph_job_steal_result (job);
      show_way (self, self->way);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    gtk_label_set_text (self->way_label, ph_job_get_error (job)->message);
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_measure_way (PhComparePage *self)
{
  WaySpec *spec;

  if (self->images == NULL || self->other == NULL || self->way_job != NULL)
    return;
  spec = g_new0 (WaySpec, 1);
  for (guint side = 0; side < 2; side++)
    spec->models[side] = g_object_ref (ph_compare_page_get_network (self, side));
  spec->images = g_strdup (self->images);
  self->way_job = ph_job_new (_ ("Accuracy from one network to the other"), measure, spec,
                              way_spec_free, (GDestroyNotify)ph_blend_path_free);
  g_signal_connect (self->way_job, "finished", G_CALLBACK (on_measured), self);
  gtk_label_set_text (self->way_label, _ ("measuring…"));
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->way_job, PH_LANE_LONG);
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_forget_way (PhComparePage *self)
{
  if (self->way_job != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->way_job, self);
      ph_job_cancel (self->way_job);
      g_clear_object (&self->way_job);
    }
  g_clear_pointer (&self->way, ph_blend_path_free);
  ph_plot_series_clear (self->way_series);
  gtk_label_set_text (self->way_label, "");
  gtk_widget_set_visible (GTK_WIDGET (self->way_plot), FALSE);
}

void
ph_compare_page_init_report (PhComparePage *self)
{
  self->way_series = ph_plot_series_new (_ ("right answers, %"));
  ph_plot_add_series (self->way_plot, self->way_series, "accent_color");
  ph_plot_set_x_title (self->way_plot, _ ("per cent of the way"));
  ph_plot_set_x_range (self->way_plot, 0, 100);
}
