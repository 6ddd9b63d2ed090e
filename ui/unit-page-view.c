#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"
#include "ui/texture.h"

/* Smaller pictures are shown as squares. */
#define LEAST_SIDE 192

static void
update_range (PhUnitPage *self)
{
  gtk_adjustment_set_upper (self->scrubber_adjustment, MAX (self->n_steps, 1));
  gtk_adjustment_set_page_increment (self->scrubber_adjustment, MAX (self->n_steps / 16, 1));
}

void
ph_unit_page_show_frame (PhUnitPage *self, guint i)
{
  g_autoptr (GdkTexture) texture = NULL;
  guint n = ph_frame_history_get_n_frames (self->history);

  if (i >= n)
    return;

  PhFrame *frame = ph_frame_history_get (self->history, i);

  texture = ph_texture_new_for_frame (frame, LEAST_SIDE);
  self->shown_frame = i;
  ph_image_view_set_texture (self->image_view, texture);
  if (self->first_frame != ph_frame_history_get (self->history, 0))
    {
      g_autoptr (GdkTexture) before = NULL;

      self->first_frame = ph_frame_history_get (self->history, 0);
      before = ph_texture_new_for_frame (self->first_frame, LEAST_SIDE);
      ph_image_view_set_before (self->image_view, before);
    }
  ph_plot_set_marker (self->plot, frame->step);
  ph_unit_page_update_map (self);

  self->refreshing = TRUE;
  update_range (self);
  gtk_range_set_fill_level (self->scrubber, ph_frame_history_get (self->history, n - 1)->step);
  gtk_adjustment_set_value (self->scrubber_adjustment, frame->step);
  self->refreshing = FALSE;
  if (n == 1)
    ph_unit_page_update (self);
  else
    ph_unit_page_update_status (self);
}

void
ph_unit_page_clear (PhUnitPage *self)
{
  g_clear_error (&self->error);
  ph_frame_history_clear (self->history);
  self->first_frame = NULL;
  ph_plot_series_clear (self->curve);
  ph_plot_set_marker (self->plot, NAN);
  ph_image_view_set_texture (self->image_view, NULL);
  ph_image_view_set_before (self->image_view, NULL);
  self->shown_frame = 0;
  self->finished = FALSE;
  self->stored = FALSE;
  ph_unit_page_forget_recipe (self);
  gtk_info_bar_set_revealed (self->info_bar, FALSE);
}

/* Whole numbers with a thousands mark, as people read counts. */
static char *
dup_count (gsize n)
{
  return g_strdup_printf ("%'" G_GSIZE_FORMAT, n);
}

static char *
dup_facts (PhUnitPage *self, PhModel *model)
{
  GString *text = g_string_new (NULL);

  if (!self->has_unit)
    return g_string_free (text, FALSE);
  if (self->unit.kind == PH_UNIT_CLASS)
    {
      g_autofree char *n = dup_count (ph_model_get_n_classes (model));

      g_string_append_printf (text, _ ("one of %s classes · sees the whole picture"), n);
      return g_string_free (text, FALSE);
    }

  const PhLayer *layer = ph_model_get_layer (model, self->unit.layer);
  const PhPreprocess *input = ph_model_get_preprocess (model);

  if (layer->channel_labels != NULL && self->unit.kind != PH_UNIT_LAYER &&
      self->unit.channel < g_strv_length (layer->channel_labels))
    g_string_append_printf (text, _ ("built to see: %s · "),
                            layer->channel_labels[self->unit.channel]);
  g_string_append_printf (text, ngettext ("%s · %u channel", "%s · %u channels", layer->n_channels),
                          layer->kind, layer->n_channels);
  if ((gsize)layer->rows * layer->columns > 1)
    g_string_append_printf (text, " · %u × %u", layer->rows, layer->columns);
  if (layer->field.height < input->height || layer->field.width < input->width)
    /* Translators: receptive field in pixels. */
    g_string_append_printf (text, _ (" · sees %.0f × %.0f px"), layer->field.height,
                            layer->field.width);
  else
    g_string_append (text, _ (" · sees the whole picture"));
  if (layer->n_parameters > 0)
    {
      g_autofree char *n = dup_count (layer->n_parameters);

      g_string_append_printf (text, _ (" · %s parameters"), n);
    }
  return g_string_free (text, FALSE);
}

static void
update_title (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autofree char *title = NULL;
  g_autofree char *facts = NULL;

  if (model != NULL && self->has_unit && self->aim != PH_AIM_FORMULA)
    {
      title = ph_unit_dup_title (model, &self->unit);
      facts = dup_facts (self, model);
    }
  else if (self->formula != NULL)
    {
      title = g_strdup (self->formula);
      facts = g_strdup (_ ("a formula"));
    }
  else if (self->stored_recipe != NULL)
    {
      title = g_strdup (_ ("Contact sheet"));
      facts = g_strdup (ph_model_get_name (model));
    }
  else
    {
      title = g_strdup (_ ("Unit"));
      facts = g_strdup ("");
    }
  gtk_label_set_text (self->title_label, title);
  gtk_label_set_text (self->facts_label, facts);
  ph_page_set_title (PH_PAGE (self), title);
  ph_page_set_subtitle (PH_PAGE (self), facts);
}

static void
update_state (PhUnitPage *self)
{
  gboolean something = self->has_unit || self->formula != NULL;
  gboolean pictures = ph_frame_history_get_n_frames (self->history) > 0;
  const char *state = pictures                              ? "ready"
                      : self->error != NULL                 ? "failed"
                      : something || self->load_job != NULL ? "loading"
                                                            : "empty";

  gtk_stack_set_visible_child_name (self->stack, state);
  gtk_widget_set_visible (self->bar, something && !g_str_equal (state, "failed"));
  /* Nothing can be set before there is a unit; the panel and its line go with the bar. */
  gtk_widget_set_visible (self->toolbar, something);
  if (self->error == NULL)
    {
      if (!self->stored)
        gtk_info_bar_set_revealed (self->info_bar, FALSE);
      return;
    }
  if (pictures)
    {
      gtk_label_set_text (self->info_label, self->error->message);
      gtk_button_set_label (self->info_button, _ ("Try again"));
      gtk_widget_set_visible (GTK_WIDGET (self->info_button), TRUE);
      gtk_info_bar_set_message_type (self->info_bar, GTK_MESSAGE_ERROR);
      gtk_info_bar_set_revealed (self->info_bar, TRUE);
    }
  else
    {
      g_autofree char *escaped = g_markup_escape_text (self->error->message, -1);

      adw_status_page_set_description (self->failed_page, escaped);
    }
}

void
ph_unit_page_set_error (PhUnitPage *self, const GError *error)
{
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);
}

static const char *
describe_state (PhUnitPage *self)
{
  if (self->stored)
    return _ ("stored picture");
  if (self->error != NULL)
    return _ ("failed");
  if (!ph_unit_page_is_running (self))
    return self->finished ? _ ("finished") : _ ("stopped");
  if (ph_job_get_state (self->job) == PH_JOB_WAITING)
    return _ ("waiting");
  return ph_job_get_paused (self->job) ? _ ("paused") : NULL;
}

void
ph_unit_page_update_status (PhUnitPage *self)
{
  guint n = ph_frame_history_get_n_frames (self->history);
  guint n_values = ph_plot_series_get_n_points (self->curve);
  const char *state = describe_state (self);
  GString *text = g_string_new (NULL);
  g_autofree char *value = NULL;
  g_autofree char *description = NULL;

  ph_unit_page_update_actions (self);
  if (n == 0)
    {
      gtk_label_set_text (self->status_label, "");
      gtk_label_set_text (self->value_label, "");
      g_string_free (text, TRUE);
      return;
    }

  PhFrame *frame = ph_frame_history_get (self->history, self->shown_frame);

  g_string_append_printf (text, _ ("step %u of %u"), frame->step, self->n_steps);
  if (self->step_time > 0 && !self->stored)
    {
      g_autofree char *each =
          ph_plot_format_value (1e-3 * self->step_time, self->step_time < 1e4 ? 10 : 100);

      g_string_append_printf (text, _ (" · %s ms a step"), each);
    }
  if (state != NULL)
    g_string_append_printf (text, " · %s", state);
  gtk_label_set_text (self->status_label, text->str);

  /* The objective at the frame, or the nearest step that has one. */
  if (isfinite (frame->objective))
    value = ph_plot_format_value (frame->objective, 0);
  else if (n_values > 0)
    value = ph_plot_format_value (
        ph_plot_series_get_y (self->curve, (guint)ph_plot_series_find (self->curve, frame->step)),
        0);
  gtk_label_set_text (self->value_label, value != NULL ? value : "");

  /* Screen readers hear the step when they ask, not at every frame. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scrubber),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text->str, -1);
  description = value != NULL ? g_strdup_printf (_ ("%u × %u pixels, %s, objective %s"),
                                                 frame->width, frame->height, text->str, value)
                              : g_strdup_printf (_ ("%u × %u pixels, %s"), frame->width,
                                                 frame->height, text->str);
  ph_image_view_set_label (self->image_view, gtk_label_get_text (self->title_label), description);
  g_string_free (text, TRUE);
}

void
ph_unit_page_update (PhUnitPage *self)
{
  update_range (self);
  update_title (self);
  update_state (self);
  ph_unit_page_update_objective (self);
  ph_unit_page_update_status (self);
}
