#include "unit-page-private.h"

#include <glib/gi18n.h>

/* Memory for looking back: enough for every frame of ten seconds. */
#define MOST_FRAMES 160
#define MOST_BYTES ((gsize)96 * 1024 * 1024)

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

/* Below this height there is room for one of the two strips. */
#define BOTH_STRIPS 720

/* The picture keeps its room: in a low window unfolding one strip folds the other. */
static void
on_strip_shown (GObject *strip, GParamSpec *pspec, PhUnitPage *self)
{
  int height = gtk_widget_get_height (GTK_WIDGET (self));
  gboolean shown;

  g_object_get (strip, "shown", &shown, NULL);
  if (shown && height > 0 && height < BOTH_STRIPS)
    g_object_set (strip == G_OBJECT (self->strip) ? G_OBJECT (self->circuit)
                                                  : G_OBJECT (self->strip),
                  "shown", FALSE, NULL);
}

/* The page */

static void
ph_unit_page_enter (PhPage *page)
{
  PhUnitPage *self = PH_UNIT_PAGE (page);

  self->visible = TRUE;
  ph_circuit_strip_set_active (self->circuit, TRUE);
  ph_unit_page_resume (self);
}

/* A stop rather than a cancellation: whoever comes back finds the picture and it goes on. */
static void
ph_unit_page_leave (PhPage *page)
{
  PhUnitPage *self = PH_UNIT_PAGE (page);

  self->visible = FALSE;
  ph_circuit_strip_set_active (self->circuit, FALSE);
  g_clear_handle_id (&self->restart_source, g_source_remove);
  if (!ph_unit_page_is_running (self))
    return;
  self->left_running = !ph_job_get_paused (self->job);
  self->ended_at = g_get_monotonic_time ();
  ph_job_stop (self->job);
}

void
ph_unit_page_show_strips (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));

  ph_example_strip_set_queue (self->strip, ph_page_get_queue (PH_PAGE (self)));
  ph_example_strip_show (self->strip, model, self->has_unit ? &self->unit : NULL);
  ph_circuit_strip_set_queue (self->circuit, ph_page_get_queue (PH_PAGE (self)));
  ph_circuit_strip_show (self->circuit, model, self->has_unit ? &self->unit : NULL);
}

/* Units belong to their network. */
static void
on_model_changed (PhUnitPage *self)
{
  ph_unit_page_cancel_loading (self);
  ph_unit_page_cancel (self);
  ph_unit_page_set_aim (self, NULL, NULL);
  ph_unit_page_show_strips (self);
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
  g_clear_pointer (&self->stored_recipe, ph_recipe_free);
  g_clear_pointer (&self->term_items, g_array_unref);
  g_clear_pointer (&self->saved_folder, g_free);
  g_clear_pointer (&self->presets, g_ptr_array_unref);
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
  g_type_ensure (PH_TYPE_CIRCUIT_STRIP);
  g_type_ensure (PH_TYPE_EXAMPLE_STRIP);
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
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, strip);
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, circuit);
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
  gtk_widget_class_bind_template_child (widget_class, PhUnitPage, formula_box);
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
  g_assert (PH_IS_EXAMPLE_STRIP (self->strip));
  g_assert (PH_IS_CIRCUIT_STRIP (self->circuit));

  gtk_range_set_show_fill_level (self->scrubber, TRUE);
  gtk_range_set_restrict_to_fill_level (self->scrubber, FALSE);
  ph_plot_add_series (self->plot, self->curve, "accent_color");
  ph_unit_page_init_objective (self);
  ph_unit_page_init_terms (self);
  ph_unit_page_init_keys (self);
  g_signal_connect (self->scrubber, "change-value", G_CALLBACK (on_scrubbed), self);
  g_signal_connect (self->plot, "point-activated", G_CALLBACK (on_point_activated), self);
  g_signal_connect_swapped (self->image_view, "zoom-changed",
                            G_CALLBACK (ph_unit_page_update_actions), self);
  g_signal_connect (self->strip, "notify::shown", G_CALLBACK (on_strip_shown), self);
  g_signal_connect (self->circuit, "notify::shown", G_CALLBACK (on_strip_shown), self);
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
  ph_unit_page_show_strips (self);
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
ph_unit_page_set_thumbnails (PhUnitPage *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));

  ph_circuit_strip_set_thumbnails (self->circuit, thumbnails);
}

void
ph_unit_page_set_images (PhUnitPage *self, const char *path)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));

  ph_example_strip_set_images (self->strip, path);
}

void
ph_unit_page_set_images_menu (PhUnitPage *self, GMenuModel *menu)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));

  ph_example_strip_set_menu (self->strip, menu);
}

void
ph_unit_page_set_scan (PhUnitPage *self, PhJob *job)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));

  ph_example_strip_set_scan (self->strip, job);
}

void
ph_unit_page_look_before (PhUnitPage *self, gboolean look)
{
  if (self->looking_before == look)
    return;
  self->looking_before = look;
  update_compare (self);
}

void
ph_unit_page_draw (PhUnitPage *self, PhModel *model, const char *objective,
                   const PhAscentSettings *settings)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));
  g_return_if_fail (PH_IS_MODEL (model));

  PhUnit unit;
  gboolean is_unit = ph_unit_parse (model, objective, &unit, NULL);

  ph_unit_page_cancel_loading (self);
  ph_unit_page_cancel (self);
  ph_page_set_model (PH_PAGE (self), model);
  ph_unit_page_set_aim (self, is_unit ? &unit : NULL, is_unit ? NULL : objective);
  ph_image_view_zoom_fit (self->image_view);
  ph_unit_page_show_strips (self);
  ph_unit_page_take_settings (self, settings);
}

const PhAscentSettings *
ph_unit_page_get_settings (PhUnitPage *self)
{
  g_return_val_if_fail (PH_IS_UNIT_PAGE (self), NULL);

  return ph_setting_rows_get_values (self->rows);
}

guint
ph_unit_page_get_n_steps (PhUnitPage *self)
{
  g_return_val_if_fail (PH_IS_UNIT_PAGE (self), 0);

  guint n = ph_frame_history_get_n_frames (self->history);

  return n > 0 ? ph_frame_history_get (self->history, n - 1)->step : 0;
}

PhExampleStrip *
ph_unit_page_get_strip (PhUnitPage *self)
{
  g_return_val_if_fail (PH_IS_UNIT_PAGE (self), NULL);

  return self->strip;
}

void
ph_unit_page_unfold_circuit (PhUnitPage *self)
{
  g_return_if_fail (PH_IS_UNIT_PAGE (self));

  g_object_set (self->circuit, "shown", TRUE, NULL);
}
