#include "ui/compare-page-private.h"

#include <glib/gi18n.h>

#include "ui/example-view.h"

/* The images that excite the unit in either network, and how its answers are spread. */

#define SIZE 68

static void
clear_strip (PhComparePage *self, guint side)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->strips[side]))) != NULL)
    gtk_box_remove (self->strips[side], child);
  g_clear_pointer (&self->strip[side], ph_strip_load_free);
}

/* Shares of the images, as the two may have been shown different numbers. */
static void
fill_histogram (PhPlotSeries *series, const PhHistogram *histogram)
{
  double x[PH_N_BINS], y[PH_N_BINS];
  guint first = 0, end = PH_N_BINS, n = 0;

  ph_plot_series_clear (series);
  while (first < PH_N_BINS && histogram->count[first] == 0)
    first++;
  while (end > first && histogram->count[end - 1] == 0)
    end--;
  for (guint i = first; i < end; i++, n++)
    {
      x[n] = ph_histogram_edge (histogram, i);
      y[n] = 100.0 * histogram->count[i] / MAX (histogram->n, 1);
    }
  ph_plot_series_append (series, x, y, n);
}

static void
update_histograms (PhComparePage *self)
{
  gboolean both = TRUE;

  for (guint side = 0; side < 2; side++)
    {
      const PhStripLoad *load = self->strip[side];

      if (load != NULL && load->strip != NULL)
        fill_histogram (self->histogram_series[side], &load->strip->study->histogram);
      else
        {
          ph_plot_series_clear (self->histogram_series[side]);
          both = FALSE;
        }
    }
  gtk_stack_set_visible_child_name (self->histogram_stack, both ? "plot" : "none");
}

static void
fill_strip (PhComparePage *self, guint side)
{
  const PhStrip *strip = self->strip[side]->strip;

  for (guint i = strip->items->len; i-- > 0;)
    {
      const PhStripItem *item = strip->items->pdata[i];
      GtkWidget *view;
      g_autofree char *text = NULL;

      if (item->part != PH_STRIP_HIGHEST)
        continue;
      view = ph_example_view_new (item, SIZE);
      /* Translators: name of an image, then the unit's answer to it. */
      text =
          g_strdup_printf (_ ("%s: %.3g"), item->class_name != NULL ? item->class_name : item->name,
                           (double)item->example.value);
      gtk_widget_set_tooltip_text (view, text);
      gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, text,
                                      -1);
      gtk_box_append (self->strips[side], view);
    }
}

static void
on_loaded (PhJob *job, PhComparePage *self)
{
  guint side = job == self->strip_jobs[1];

  if (job != self->strip_jobs[side])
    return;
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      self->strip[side] = ph_job_steal_result (job);
      if (self->dataset == NULL)
        self->dataset = ph_dataset_ref (self->strip[side]->dataset);
      if (self->strip[side]->strip != NULL)
        fill_strip (self, side);
      update_histograms (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    ph_page_toast (PH_PAGE (self), ph_job_get_error (job)->message);
  g_clear_object (&self->strip_jobs[side]);
}

void
ph_compare_page_drop_examples (PhComparePage *self)
{
  for (guint side = 0; side < 2; side++)
    {
      if (self->strip_jobs[side] != NULL)
        {
          g_signal_handlers_disconnect_by_data (self->strip_jobs[side], self);
          ph_job_cancel (self->strip_jobs[side]);
          g_clear_object (&self->strip_jobs[side]);
        }
      clear_strip (self, side);
    }
  update_histograms (self);
}

void
ph_compare_page_load_examples (PhComparePage *self)
{
  ph_compare_page_drop_examples (self);
  if (!self->has_unit || self->images == NULL || ph_page_get_queue (PH_PAGE (self)) == NULL)
    return;
  for (guint side = 0; side < 2; side++)
    {
      PhUnit unit = ph_layer_change_get_unit (self->layer, side, self->unit);

      self->strip_jobs[side] = ph_strip_job_new (ph_compare_page_get_network (self, side),
                                                 self->images, self->dataset, &unit);
      ph_job_set_quiet (self->strip_jobs[side], TRUE);
      g_signal_connect (self->strip_jobs[side], "finished", G_CALLBACK (on_loaded), self);
      ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->strip_jobs[side], PH_LANE_IO);
    }
}

void
ph_compare_page_init_examples (PhComparePage *self)
{
  const char *const colours[2] = { "accent_color", "warning_color" };
  const char *const titles[2] = {
    N_ (/* xgettext:no-c-format */ "original, % of images"),
    N_ (/* xgettext:no-c-format */ "other, % of images"),
  };

  for (guint side = 0; side < 2; side++)
    {
      self->histogram_series[side] = ph_plot_series_new (_ (titles[side]));
      ph_plot_add_series (self->histogram, self->histogram_series[side], colours[side]);
    }
  ph_plot_set_x_title (self->histogram, _ ("answer"));
}
