#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"
#include "ui/texture.h"

/* Memory for looking back: enough for every frame of ten seconds. */
#define MOST_FRAMES 160
#define MOST_BYTES ((gsize)96 * 1024 * 1024)
/* Smaller pictures are shown as squares. */
#define LEAST_SIDE 192

G_DEFINE_FINAL_TYPE (PhUnitPage, ph_unit_page, PH_TYPE_PAGE)

enum
{
  PROP_COMPARE = 1,
  N_PROPS
};

enum
{
  SIGNAL_UNIT_CHANGED,
  N_SIGNALS,
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

/* What is shown */

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

  self->refreshing = TRUE;
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
  self->refreshing = TRUE;
  gtk_adjustment_set_upper (self->scrubber_adjustment, MAX (self->n_steps, 1));
  gtk_adjustment_set_page_increment (self->scrubber_adjustment, MAX (self->n_steps / 16, 1));
  self->refreshing = FALSE;
  update_title (self);
  update_state (self);
  ph_unit_page_update_objective (self);
  ph_unit_page_update_status (self);
}

static gboolean
on_scrubbed (GtkRange *range, GtkScrollType scroll, double value, PhUnitPage *self)
{
  int nearest = ph_frame_history_find (self->history, value);
  int step_of = nearest;

  if (nearest < 0)
    return GDK_EVENT_STOP;
  /* Frames are further apart than steps: a key press must reach the next one. */
  if ((scroll == GTK_SCROLL_STEP_LEFT || scroll == GTK_SCROLL_STEP_BACKWARD) &&
      (guint)nearest == self->shown_frame)
    step_of = MAX (nearest - 1, 0);
  else if ((scroll == GTK_SCROLL_STEP_RIGHT || scroll == GTK_SCROLL_STEP_FORWARD) &&
           (guint)nearest == self->shown_frame)
    step_of = MIN (nearest + 1, (int)ph_frame_history_get_n_frames (self->history) - 1);
  self->following = (guint)step_of + 1 == ph_frame_history_get_n_frames (self->history);
  ph_unit_page_show_frame (self, (guint)step_of);
  return GDK_EVENT_STOP;
}

static void
on_point_activated (PhPlot *plot, double x, PhUnitPage *self)
{
  on_scrubbed (self->scrubber, GTK_SCROLL_JUMP, x, self);
}

static void
update_compare (PhUnitPage *self)
{
  ph_image_view_set_compare (self->image_view, self->looking_before ? PH_COMPARE_BEFORE
                                               : self->comparing    ? PH_COMPARE_SPLIT
                                                                    : PH_COMPARE_OFF);
}

/* The page */

static void
ph_unit_page_enter (PhPage *page)
{
  PhUnitPage *self = PH_UNIT_PAGE (page);

  self->visible = TRUE;
  ph_unit_page_resume (self);
}

/* A stop rather than a cancellation: whoever comes back finds the picture and it goes on. */
static void
ph_unit_page_leave (PhPage *page)
{
  PhUnitPage *self = PH_UNIT_PAGE (page);

  self->visible = FALSE;
  g_clear_handle_id (&self->restart_source, g_source_remove);
  if (!ph_unit_page_is_running (self))
    return;
  self->left_running = !ph_job_get_paused (self->job);
  self->ended_at = g_get_monotonic_time ();
  ph_job_stop (self->job);
}

/* Units belong to their network. */
static void
on_model_changed (PhUnitPage *self)
{
  ph_unit_page_cancel_loading (self);
  ph_unit_page_cancel (self);
  ph_unit_page_set_aim (self, NULL, NULL);
  ph_unit_page_clear (self);
  ph_unit_page_update (self);
}

static void
ph_unit_page_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_COMPARE:
      g_value_set_boolean (value, PH_UNIT_PAGE (object)->comparing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_unit_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhUnitPage *self = PH_UNIT_PAGE (object);

  switch (id)
    {
    case PROP_COMPARE:
      if (self->comparing == g_value_get_boolean (value))
        return;
      self->comparing = g_value_get_boolean (value);
      update_compare (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ph_unit_page_dispose (GObject *object)
{
  PhUnitPage *self = PH_UNIT_PAGE (object);

  if (self->history != NULL)
    {
      ph_unit_page_cancel (self);
      ph_unit_page_cancel_loading (self);
      g_clear_pointer (&self->history, ph_frame_history_free);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_UNIT_PAGE);
    }
  g_clear_object (&self->curve);
  g_clear_pointer (&self->formula, g_free);
  g_clear_pointer (&self->saved_folder, g_free);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (ph_unit_page_parent_class)->dispose (object);
}

static void
ph_unit_page_class_init (PhUnitPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhPageClass *page_class = PH_PAGE_CLASS (klass);

  object_class->dispose = ph_unit_page_dispose;
  object_class->get_property = ph_unit_page_get_property;
  object_class->set_property = ph_unit_page_set_property;
  page_class->enter = ph_unit_page_enter;
  page_class->leave = ph_unit_page_leave;

  props[PROP_COMPARE] =
      g_param_spec_boolean ("compare", NULL, NULL, FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[SIGNAL_UNIT_CHANGED] = g_signal_new ("unit-changed", PH_TYPE_UNIT_PAGE, G_SIGNAL_RUN_LAST,
                                               0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (PH_TYPE_ACTIVATION_GRID);
  g_type_ensure (PH_TYPE_IMAGE_VIEW);
  g_type_ensure (PH_TYPE_PLOT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/unit-page.ui");
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, flap);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, toolbar);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, facts_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, info_bar);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, info_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, info_button);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, stack);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, loading_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, image_view);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, bar);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, pause_button);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, scrubber);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, scrubber_adjustment);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, value_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, plot);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, panel_box);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, preset_drop);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, preset_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, preset_list);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, objective_drop);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, objective_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, objective_list);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, grid_row);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, grid_label);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, grid);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, formula_row);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, formula_entry);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, formula_label);
  ph_unit_page_install_actions (widget_class);
}

static void
ph_unit_page_init (PhUnitPage *self)
{
  self->history = ph_frame_history_new (MOST_FRAMES, MOST_BYTES);
  self->curve = ph_plot_series_new (_ ("Objective"));
  self->following = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (ADW_IS_FLAP (self->flap));
  g_assert (PH_IS_IMAGE_VIEW (self->image_view));
  g_assert (PH_IS_PLOT (self->plot));
  g_assert (PH_IS_ACTIVATION_GRID (self->grid));

  gtk_range_set_show_fill_level (self->scrubber, TRUE);
  gtk_range_set_restrict_to_fill_level (self->scrubber, FALSE);
  ph_plot_add_series (self->plot, self->curve, "accent_color");
  ph_unit_page_init_objective (self);
  ph_unit_page_init_keys (self);
  g_signal_connect (self->scrubber, "change-value", G_CALLBACK (on_scrubbed), self);
  g_signal_connect (self->plot, "point-activated", G_CALLBACK (on_point_activated), self);
  g_signal_connect_swapped (self->image_view, "zoom-changed",
                            G_CALLBACK (ph_unit_page_update_actions), self);
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model_changed), NULL);
  ph_unit_page_update (self);
}

/* Public */

GtkWidget *
ph_unit_page_new (void)
{
  return g_object_new (PH_TYPE_UNIT_PAGE, NULL);
}

void
ph_unit_page_show (PhUnitPage *self, PhModel *model, const PhUnit *unit)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));
  g_return_if_fail (PH_IS_MODEL (model));
  g_return_if_fail (unit != NULL);

  ph_unit_page_cancel_loading (self);
  ph_unit_page_cancel (self);
  ph_page_set_model (PH_PAGE (self), model);
  ph_unit_page_set_aim (self, unit, NULL);
  ph_image_view_zoom_fit (self->image_view);
  ph_unit_page_start (self);
}

void
ph_unit_page_go (PhUnitPage *self, const PhUnit *unit)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autofree char *name = ph_unit_dup_name (model, unit);

  ph_unit_page_show (self, model, unit);
  g_signal_emit (self, signals[SIGNAL_UNIT_CHANGED], 0, name);
}

char *
ph_unit_page_dup_unit_name (PhUnitPage *self)
{
  g_return_val_if_fail (PH_IS_UNIT_PAGE (self), NULL);

  PhModel *model = ph_page_get_model (PH_PAGE (self));

  return model != NULL && self->has_unit ? ph_unit_dup_name (model, &self->unit) : NULL;
}

void
ph_unit_page_look_before (PhUnitPage *self, gboolean look)
{
  if (self->looking_before == look)
    return;
  self->looking_before = look;
  update_compare (self);
}
