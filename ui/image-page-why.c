#include "ui/image-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/plot-axis.h"
#include "ui/texture.h"

/* Why: which parts of the picture excite the unit, and whether to believe it. */

/* How long the picture must have been left alone before it is explained anew, in milliseconds. */
#define QUIET_TIME 350

typedef struct
{
  /* owned */
  PhModel *model;
  PhImage *picture;
  PhAttribution *reference; /* (nullable): what a check compares with */
  PhAttributionSettings settings;

  PhUnit unit;
} WhySpec;

static void
why_spec_free (gpointer data)
{
  WhySpec *spec = data;

  g_object_unref (spec->model);
  ph_image_free (spec->picture);
  ph_attribution_free (spec->reference);
  ph_settings_clear (ph_attribution_settings, &spec->settings);
  g_free (spec);
}

static gpointer
explain (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const WhySpec *spec = data;

  return ph_attribution_run (spec->model, &spec->unit, spec->picture, &spec->settings, NULL,
                             monitor, cancellable, error);
}

static gpointer
check (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const WhySpec *spec = data;

  return ph_sanity_check (spec->model, &spec->unit, spec->picture, &spec->settings, spec->reference,
                          monitor, cancellable, error);
}

static const PhAttributionMethod *
get_method (PhImagePage *self)
{
  return ph_attribution_methods ()[gtk_drop_down_get_selected (self->method_drop)];
}

static WhySpec *
make_spec (PhImagePage *self)
{
  WhySpec *spec = g_new0 (WhySpec, 1);

  spec->model = g_object_ref (ph_page_get_model (PH_PAGE (self)));
  spec->unit = self->unit;
  spec->picture = ph_image_copy (ph_perturbed_get_picture (self->picture), NULL);
  ph_settings_copy (ph_attribution_settings, &spec->settings,
                    ph_setting_rows_get_values (self->why_rows));
  spec->settings.method = (int)gtk_drop_down_get_selected (self->method_drop);
  if (spec->picture == NULL)
    g_clear_pointer (&spec, why_spec_free);
  return spec;
}

static void
show_heat (PhImagePage *self, PhFrame *heat)
{
  PhFrame *kept = heat != NULL ? ph_frame_ref (heat) : NULL;

  g_clear_pointer (&self->why_heat, ph_frame_unref);
  self->why_heat = kept;
  ph_image_page_update_canvas (self);
}

static void
describe (PhImagePage *self)
{
  const PhAttribution *why = self->why;
  g_autoptr (GString) text = g_string_new (NULL);
  double complete = ph_attribution_get_completeness (why);

  if (why->layer != NULL)
    /* Translators: name of a layer, rows and columns of its map. */
    g_string_append_printf (text, _ ("Layer %s, %u×%u positions. "), why->layer, why->rows,
                            why->columns);
  if (isfinite (why->baseline_value))
    {
      g_autofree char *sum = ph_plot_format_value (why->sum, 0);
      g_autofree char *whole = ph_plot_format_value (why->value - why->baseline_value, 0);

      /* Translators: the sum of all contributions, what it should be, and the share in per cent. */
      g_string_append_printf (text, _ ("The contributions add up to %s of %s: %.1f %% complete. "),
                              sum, whole, isfinite (complete) ? 100 * complete : 100);
    }
  g_string_append (text, why->is_signed ? _ ("Yellow and red speak for the unit, blue against it.")
                                        : _ ("The brighter, the more it matters."));
  if (why->stopped)
    g_string_append (text, _ (" Stopped early."));
  gtk_label_set_text (self->why_status, text->str);
}

static void
on_frame (PhJob *job, GParamSpec *pspec, PhImagePage *self)
{
  if (job == self->why_job && ph_job_get_frame (job) != NULL)
    show_heat (self, ph_job_get_frame (job));
}

static void
on_progress (PhJob *job, GParamSpec *pspec, PhImagePage *self)
{
  if (job == self->why_job || job == self->sanity_job)
    gtk_progress_bar_set_fraction (self->why_progress, CLAMP (ph_job_get_progress (job), 0, 1));
}

static void
update_busy (PhImagePage *self)
{
  gtk_widget_set_opacity (GTK_WIDGET (self->why_progress),
                          self->why_job != NULL || self->sanity_job != NULL ? 1 : 0);
  ph_image_page_update_actions (self);
}

static void
on_explained (PhJob *job, PhImagePage *self)
{
  if (job != self->why_job)
    return;
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      self->why = ph_job_steal_result (job);

      g_autoptr (PhFrame) heat = ph_heat_to_frame (self->why->map, self->why->height,
                                                   self->why->width, self->why->is_signed);

      show_heat (self, heat);
      describe (self);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      show_heat (self, NULL);
      gtk_label_set_text (self->why_status, ph_job_get_error (job)->message);
    }
  g_clear_object (&self->why_job);
  update_busy (self);
}

static void
drop_job (PhImagePage *self, PhJob **job)
{
  if (*job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*job, self);
  ph_job_cancel (*job);
  g_clear_object (job);
}

static void
clear_sanity (PhImagePage *self)
{
  GtkWidget *child;

  drop_job (self, &self->sanity_job);
  gtk_widget_set_visible (GTK_WIDGET (self->sanity_text), FALSE);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->sanity_grid))) != NULL)
    gtk_grid_remove (self->sanity_grid, child);
}

void
ph_image_page_drop_why (PhImagePage *self)
{
  g_clear_handle_id (&self->why_source, g_source_remove);
  drop_job (self, &self->why_job);
  g_clear_pointer (&self->why, ph_attribution_free);
  clear_sanity (self);
  update_busy (self);
}

void
ph_image_page_stop_why (PhImagePage *self)
{
  if (self->why_job != NULL)
    ph_job_stop (self->why_job);
  if (self->sanity_job != NULL)
    ph_job_stop (self->sanity_job);
}

static void
start (PhImagePage *self, PhJob *job, GCallback done)
{
  ph_job_set_quiet (job, TRUE);
  gtk_progress_bar_set_fraction (self->why_progress, 0);
  g_signal_connect (job, "notify::progress", G_CALLBACK (on_progress), self);
  g_signal_connect (job, "finished", done, self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), job, PH_LANE_COMPUTE);
  update_busy (self);
}

void
ph_image_page_explain (PhImagePage *self)
{
  ph_image_page_drop_why (self);
  if (self->picture == NULL || !self->has_unit || !self->visible || self->camera_job != NULL ||
      ph_page_get_queue (PH_PAGE (self)) == NULL)
    return;

  WhySpec *spec = make_spec (self);

  if (spec == NULL)
    return;
  self->why_job = ph_job_new (_ ("Explain a picture"), explain, spec, why_spec_free,
                              (GDestroyNotify)ph_attribution_free);
  g_signal_connect (self->why_job, "notify::frame", G_CALLBACK (on_frame), self);
  start (self, self->why_job, G_CALLBACK (on_explained));
}

static gboolean
on_quiet (gpointer data)
{
  PhImagePage *self = data;

  self->why_source = 0;
  ph_image_page_explain (self);
  return G_SOURCE_REMOVE;
}

void
ph_image_page_explain_soon (PhImagePage *self)
{
  ph_image_page_drop_why (self);
  self->why_source = g_timeout_add (QUIET_TIME, on_quiet, self);
}

/* The check with shuffled weights */

static void
add_step (PhImagePage *self, guint i, const PhSanityStep *step)
{
  g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (step->heat, 0);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *picture = gtk_picture_new_for_paintable (GDK_PAINTABLE (texture));
  g_autofree char *number = g_strdup_printf ("%.2f", step->similarity);
  GtkWidget *label = gtk_label_new (number);
  /* Translators: name of a layer and a number from −1 to 1. */
  g_autofree char *spoken =
      g_strdup_printf (_ ("Weights shuffled from the top down to %s: similarity %.2f"), step->layer,
                       step->similarity);

  gtk_widget_set_size_request (picture, 66, 66);
  gtk_picture_set_alternative_text (GTK_PICTURE (picture), spoken);
  gtk_widget_set_tooltip_text (box, spoken);
  gtk_widget_add_css_class (picture, "ph-picture");
  gtk_widget_set_overflow (picture, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  gtk_grid_attach (self->sanity_grid, box, (int)i % 4, (int)i / 4, 1, 1);
}

static void
on_checked (PhJob *job, PhImagePage *self)
{
  if (job != self->sanity_job)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->sanity_text), TRUE);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      const GPtrArray *steps = ph_job_get_result (job);

      gtk_label_set_text (
          self->sanity_text,
          steps->len > 0 ? _ ("Similarity to the real map as the weights are shuffled, from the "
                              "layer nearest to the unit down to the first. The nearer to 0, the "
                              "more the map depends on what the network has learned.")
                         : _ ("This unit depends on no weights."));
      for (guint i = 0; i < steps->len; i++)
        add_step (self, i, steps->pdata[i]);
    }
  else if (ph_job_get_error (job) != NULL)
    gtk_label_set_text (self->sanity_text, ph_job_get_error (job)->message);
  g_clear_object (&self->sanity_job);
  update_busy (self);
}

void
ph_image_page_check_sanity (PhImagePage *self)
{
  WhySpec *spec = self->why != NULL ? make_spec (self) : NULL;

  if (spec == NULL)
    return;
  clear_sanity (self);

  gsize bytes = sizeof (float) * self->why->height * self->why->width;

  spec->reference = g_new0 (PhAttribution, 1);
  spec->reference->height = self->why->height;
  spec->reference->width = self->why->width;
  spec->reference->map = ph_aligned_alloc (bytes);
  if (spec->reference->map == NULL)
    {
      why_spec_free (spec);
      return;
    }
  memcpy (spec->reference->map, self->why->map, bytes);
  self->sanity_job = ph_job_new (_ ("Check an explanation"), check, spec, why_spec_free,
                                 (GDestroyNotify)g_ptr_array_unref);
  start (self, self->sanity_job, G_CALLBACK (on_checked));
}

/* Methods */

static void
update_method (PhImagePage *self)
{
  const PhAttributionMethod *method = get_method (self);

  gtk_label_set_text (self->method_text, _ (method->explanation));
  gtk_label_set_text (self->method_source, method->source);
  for (const PhSetting *s = ph_attribution_settings; s->name != NULL; s++)
    {
      PhSettingRow *row = ph_setting_rows_get_row (self->why_rows, s->name);

      if (row != NULL)
        gtk_widget_set_visible (GTK_WIDGET (row), method->settings != NULL &&
                                                      g_strv_contains (method->settings, s->name));
    }
  gtk_widget_set_visible (GTK_WIDGET (self->why_rows), method->settings != NULL);
}

static void
on_method (PhImagePage *self)
{
  update_method (self);
  gtk_drop_down_set_selected (self->over_drop, PH_OVER_WHY);
  ph_image_page_explain (self);
}

void
ph_image_page_init_why (PhImagePage *self)
{
  static const char *const names[] = { "baseline", "path-steps", "tolerance", "samples", "noise",
                                       "layer",    "patch",      "stride",    "seed",    NULL };
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const PhSetting *method = ph_settings_find (ph_attribution_settings, "method");

  for (guint i = 0; ph_attribution_methods ()[i] != NULL; i++)
    gtk_string_list_append (titles, _ (ph_attribution_methods ()[i]->title));
  gtk_drop_down_set_model (self->method_drop, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->method_drop, (guint)method->value);
  self->why_rows = PH_SETTING_ROWS (
      ph_setting_rows_new (ph_attribution_settings, sizeof (PhAttributionSettings)));
  ph_setting_rows_add_group (self->why_rows, _ ("Details"), names);
  gtk_box_append (self->why_box, GTK_WIDGET (self->why_rows));
  update_method (self);
  g_signal_connect_swapped (self->method_drop, "notify::selected", G_CALLBACK (on_method), self);
  g_signal_connect_swapped (self->why_rows, "changed", G_CALLBACK (ph_image_page_explain_soon),
                            self);
}
