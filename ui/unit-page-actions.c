#include "unit-page-private.h"

#include <glib/gi18n.h>

#include "ui/film-window.h"
#include "ui/photo-window.h"
#include "ui/sweep-window.h"

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
  PhAscentSettings settings;

  ph_settings_init (ph_ascent_settings, &settings);
  ph_unit_page_take_settings (PH_UNIT_PAGE (widget), &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
}

static void
preset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (g_str_equal (name, "page.save-preset"))
    ph_unit_page_name_preset (PH_UNIT_PAGE (widget));
  else
    ph_unit_page_delete_preset (PH_UNIT_PAGE (widget));
}

static void
on_adopted (PhSweepWindow *window, PhUnitPage *self)
{
  ph_unit_page_take_settings (self, ph_sweep_window_get_adopted (window));
}

static void
show_window (PhUnitPage *self, GtkWidget *window)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (GTK_IS_WINDOW (root))
    gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (root));
  gtk_window_present (GTK_WINDOW (window));
}

static void
photo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  g_autofree char *objective = ph_unit_page_dup_objective (self);
  GtkWidget *window = ph_photo_window_new (PH_PAGE (self), objective);

  if (self->stored_recipe != NULL && ph_recipe_is_of_photo (self->stored_recipe))
    ph_photo_window_take_recipe (PH_PHOTO_WINDOW (window), self->stored_recipe);
  show_window (self, window);
}

static void
sweep_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  g_autofree char *objective = ph_unit_page_dup_objective (self);
  GtkWidget *window =
      ph_sweep_window_new (PH_PAGE (self), objective, ph_setting_rows_get_values (self->rows));

  if (self->stored_recipe != NULL && self->stored_recipe->kind == PH_RECIPE_SWEEP)
    ph_sweep_window_take_recipe (PH_SWEEP_WINDOW (window), self->stored_recipe);
  g_signal_connect_object (window, "adopted", G_CALLBACK (on_adopted), self, 0);
  show_window (self, window);
}

/* Of what the page shows, with the next unit (or the one before the last) as the other end. */
static void
film_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  PhUnitPage *self = PH_UNIT_PAGE (widget);
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);
  g_autofree char *objective = ph_unit_page_dup_objective (self);
  g_autofree char *next = NULL;
  GtkWidget *window;
  PhUnit unit;

  for (guint i = 0; i < ph_frame_history_get_n_frames (self->history); i++)
    g_ptr_array_add (frames, ph_frame_ref (ph_frame_history_get (self->history, i)));
  if (ph_unit_page_find_neighbour (self, 1, &unit) || ph_unit_page_find_neighbour (self, -1, &unit))
    next = ph_unit_dup_name (ph_page_get_model (PH_PAGE (self)), &unit);
  window = ph_film_window_new (PH_PAGE (self), objective, ph_setting_rows_get_values (self->rows),
                               self->stored ? NULL : frames, next);
  if (self->stored_recipe != NULL && self->stored_recipe->kind == PH_RECIPE_FILM)
    ph_film_window_take_recipe (PH_FILM_WINDOW (window), self->stored_recipe);
  show_window (self, window);
}

static void
again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ph_unit_page_choose_again (PH_UNIT_PAGE (widget));
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
  GtkWidget *strip = g_str_equal (name, "page.toggle-circuit") ? GTK_WIDGET (self->circuit)
                                                               : GTK_WIDGET (self->strip);
  gboolean shown;

  if (g_str_equal (name, "page.save-strip"))
    {
      ph_unit_page_choose_strip_file (self);
      return;
    }
  g_object_get (strip, "shown", &shown, NULL);
  g_object_set (strip, "shown", !shown, NULL);
}

void
ph_unit_page_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "page.save-strip", NULL, strip_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-examples", NULL, strip_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-circuit", NULL, strip_action);
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
  gtk_widget_class_install_action (widget_class, "page.save-film", NULL, film_action);
  gtk_widget_class_install_action (widget_class, "page.make-again", NULL, again_action);
  gtk_widget_class_install_action (widget_class, "page.in-photo", NULL, photo_action);
  gtk_widget_class_install_action (widget_class, "page.compare-settings", NULL, sweep_action);
  gtk_widget_class_install_action (widget_class, "page.save-preset", NULL, preset_action);
  gtk_widget_class_install_action (widget_class, "page.delete-preset", NULL, preset_action);
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
  gboolean composed = self->stored_recipe != NULL && ph_recipe_is_composed (self->stored_recipe);
  gboolean of_photo = self->stored_recipe != NULL && !composed;
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
  /* A file that holds several pictures is made again, not saved as one of them. */
  set_enabled (self, "page.save", pictures && !composed);
  set_enabled (self, "page.make-again", composed);
  set_enabled (self, "page.save-film", pictures && something && !of_photo);
  set_enabled (self, "page.in-photo", something);
  set_enabled (self, "page.compare-settings", something);
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
