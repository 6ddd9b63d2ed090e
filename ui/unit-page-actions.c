#include "unit-page-private.h"

#include <glib/gi18n.h>

#define ZOOM_STEP 1.25

/* The play button: pauses what runs, goes on with what is paused or was stopped. */
static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);

  self->timed_from = 0;
  if (ph_unit_page_is_running (self))
    ph_job_set_paused (self->job, !ph_job_get_paused (self->job));
  else
    ph_unit_page_continue (self);
  ph_unit_page_update_status (self);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);

  self->ended_at = g_get_monotonic_time ();
  ph_job_stop (self->job);
}

static void
restart_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ph_unit_page_start (PH_UNIT_PAGE (widget));
}

static void
neighbour_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  PhUnit unit;

  if (ph_unit_page_find_neighbour (self, g_str_equal (name, "page.next-unit") ? 1 : -1, &unit))
    ph_unit_page_go (self, &unit);
}

static void
step_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  guint last = ph_frame_history_get_n_frames (self->history) - 1;
  gboolean first = g_str_equal (name, "page.first-step");

  self->following = !first || last == 0;
  ph_unit_page_show_frame (self, first ? 0 : last);
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);

  if (g_str_equal (name, "page.zoom-fit"))
    ph_image_view_zoom_fit (self->image_view);
  else
    ph_image_view_zoom_by (self->image_view,
                           g_str_equal (name, "page.zoom-in") ? ZOOM_STEP : 1 / ZOOM_STEP);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);

  if (g_str_equal (name, "page.copy-name"))
    ph_unit_page_copy_name (self);
  else if (g_str_equal (name, "page.copy-picture"))
    ph_unit_page_copy_picture (self);
  else
    ph_unit_page_copy_recipe (self);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ph_unit_page_choose_file (PH_UNIT_PAGE (widget));
}

static void
layer_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  const PhLayer *layer = ph_model_get_layer (ph_page_get_model (PH_PAGE (self)), self->unit.layer);

  gtk_widget_activate_action (widget, "win.show-layer", "s", layer->name);
}

static void
reset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);
  ph_setting_rows_set_values (self->rows, &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
  ph_unit_page_update_preset (self);
  ph_unit_page_start (self);
}

static void
panel_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
strip_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  gboolean shown;

  if (g_str_equal (name, "page.save-strip"))
    {
      ph_unit_page_choose_strip_file (self);
      return;
    }
  g_object_get (self->strip, "shown", &shown, NULL);
  g_object_set (self->strip, "shown", !shown, NULL);
}

void
ph_unit_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "page.save-strip", NULL, strip_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-examples", NULL, strip_action);
  gtk_widget_class_install_action (widget_class, "page.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "page.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "page.restart", NULL, restart_action);
  gtk_widget_class_install_action (widget_class, "page.previous-unit", NULL, neighbour_action);
  gtk_widget_class_install_action (widget_class, "page.next-unit", NULL, neighbour_action);
  gtk_widget_class_install_action (widget_class, "page.first-step", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "page.last-step", NULL, step_action);
  gtk_widget_class_install_action (widget_class, "page.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "page.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "page.zoom-fit", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "page.copy-name", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "page.copy-picture", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "page.copy-recipe", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "page.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "page.show-layer", NULL, layer_action);
  gtk_widget_class_install_action (widget_class, "page.reset-settings", NULL, reset_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-panel", NULL, panel_action);
  gtk_widget_class_install_property_action (widget_class, "page.compare", "compare");
}

static void
set_enabled (PhUnitPage *self, const char *action, gboolean enabled)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), action, enabled);
}

static void
update_pause_button (PhUnitPage *self, gboolean running)
{
  gboolean paused = running && ph_job_get_paused (self->job);
  const char *label = running && !paused ? _ ("Pause") : _ ("Go on");
  g_autofree char *tooltip = g_strdup_printf (_ ("%s (Space)"), label);

  gtk_button_set_icon_name (GTK_BUTTON (self->pause_button), running && !paused
                                                                 ? "media-playback-pause-symbolic"
                                                                 : "media-playback-start-symbolic");
  gtk_widget_set_tooltip_text (self->pause_button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pause_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
ph_unit_page_update_actions (PhUnitPage *self)
{
  gboolean model = ph_page_get_model (PH_PAGE (self)) != NULL;
  gboolean something = model && (self->has_unit || self->formula != NULL);
  gboolean pictures = ph_frame_history_get_n_frames (self->history) > 0;
  gboolean running = ph_unit_page_is_running (self);
  PhUnit unit;

  set_enabled (self, "page.pause", running || self->ascent != NULL);
  set_enabled (self, "page.stop", running);
  set_enabled (self, "page.restart", something);
  set_enabled (self, "page.previous-unit", ph_unit_page_find_neighbour (self, -1, &unit));
  set_enabled (self, "page.next-unit", ph_unit_page_find_neighbour (self, 1, &unit));
  set_enabled (self, "page.first-step", pictures);
  set_enabled (self, "page.last-step", pictures);
  set_enabled (self, "page.zoom-in", pictures);
  set_enabled (self, "page.zoom-out", pictures && !ph_image_view_is_fit (self->image_view));
  set_enabled (self, "page.zoom-fit", pictures && !ph_image_view_is_fit (self->image_view));
  set_enabled (self, "page.copy-name", something);
  set_enabled (self, "page.copy-picture", pictures);
  set_enabled (self, "page.copy-recipe", something);
  set_enabled (self, "page.save", pictures);
  set_enabled (self, "page.compare", pictures);
  set_enabled (self, "page.show-layer",
               model && self->has_unit && self->unit.kind != PH_UNIT_CLASS);
  update_pause_button (self, running);
}

static gboolean
on_key_pressed (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
                PhUnitPage *self)
{
  if ((key != GDK_KEY_c && key != GDK_KEY_C) ||
      (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SHIFT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  ph_unit_page_look_before (self, TRUE);
  return GDK_EVENT_STOP;
}

static void
on_key_released (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state,
                 PhUnitPage *self)
{
  if (key == GDK_KEY_c || key == GDK_KEY_C)
    ph_unit_page_look_before (self, FALSE);
}

void
ph_unit_page_init_keys (PhUnitPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}
