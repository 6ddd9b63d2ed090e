#include "ui/image-page-private.h"

#include <glib/gi18n.h>

#include "ui/texture.h"

/* Pictures and maps are shown with at least so many pixels, so that theirs are squares. */
#define LEAST_SIDE 448

G_DEFINE_FINAL_TYPE (PhImagePage, ph_image_page, PH_TYPE_PAGE)

void
ph_image_page_set_state (PhImagePage *self, const char *state)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "loading"));
  gtk_stack_set_visible_child_name (self->states, state);
}

PhOver
ph_image_page_get_over (PhImagePage *self)
{
  return (PhOver)gtk_drop_down_get_selected (self->over_drop);
}

PhFrame *
ph_image_page_get_overlay (PhImagePage *self)
{
  switch (ph_image_page_get_over (self))
    {
    case PH_OVER_WHY:
      return self->why_heat;
    case PH_OVER_LAYER:
      return self->layer_heat;
    case PH_OVER_PICTURES:
      return ph_direction_pictures_get_frame (self->pictures);
    case PH_OVER_NOTHING:
    default:
      return NULL;
    }
}

static void
describe_canvas (PhImagePage *self, PhFrame *heat)
{
  PhOver what = ph_image_page_get_over (self);
  const char *over = "";

  if (heat != NULL)
    over = what == PH_OVER_WHY     ? _ ("with its explanation over it")
           : what == PH_OVER_LAYER ? _ ("with a map of the layer over it")
                                   : _ ("with pictures of what the layer makes of each place");

  /* Translators: name of a picture, then what lies over it. */
  g_autofree char *text = g_strdup_printf (_ ("%s %s"), self->name, over);

  ph_image_canvas_set_description (self->canvas, text);
}

void
ph_image_page_update_canvas (PhImagePage *self)
{
  PhFrame *heat = ph_image_page_get_overlay (self);

  if (self->picture == NULL)
    return;

  g_autoptr (PhFrame) frame = ph_image_to_frame (ph_perturbed_get_picture (self->picture), 0, 0);
  g_autoptr (GdkTexture) picture = ph_texture_new_for_frame (frame, LEAST_SIDE);
  g_autoptr (GdkTexture) overlay =
      heat != NULL ? ph_texture_new_for_frame (heat, LEAST_SIDE) : NULL;

  ph_image_canvas_set_picture (self->canvas, picture);
  ph_image_canvas_set_overlay (self->canvas, overlay);
  ph_image_canvas_set_opacity (self->canvas, self->opacities[ph_image_page_get_over (self)]);
  describe_canvas (self, heat);
}

/* Actions */

static void
stop (PhImagePage *self)
{
  if (self->camera_job != NULL)
    ph_image_page_leave_camera (self);
  else
    ph_image_page_stop_why (self);
}

static void
on_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const struct
  {
    const char *action;
    void (*run) (PhImagePage *self);
  } simple[] = {
    { "page.choose-image", ph_image_page_choose_file },
    { "page.save", ph_image_page_choose_target },
    { "page.paste", ph_image_page_paste },
    { "page.undo", ph_image_page_undo },
    { "page.reset-picture", ph_image_page_reset },
    { "page.explain", ph_image_page_explain },
    { "page.check-sanity", ph_image_page_check_sanity },
    { "page.stop", stop },
    { "page.camera", ph_image_page_toggle_camera },
    { "page.pause", ph_image_page_take_picture },
  };

  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    if (g_str_equal (simple[i].action, action))
      simple[i].run (PH_IMAGE_PAGE (widget));
}

static const char *const tool_actions[PH_N_TOOLS] = {
  "page.tool-look", "page.tool-paint", "page.tool-blur", "page.tool-hide", "page.tool-restore",
};

static void
on_tool_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (int i = 0; i < PH_N_TOOLS; i++)
    if (g_str_equal (tool_actions[i], action))
      ph_image_page_set_tool (PH_IMAGE_PAGE (widget), i);
}

static void
on_turn_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ph_image_page_turn (PH_IMAGE_PAGE (widget), g_str_equal (action, "page.turn-left") ? -5 : 5);
}

/* What lies over the picture, one after the other. */
static void
on_over_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhImagePage *self = PH_IMAGE_PAGE (widget);

  gtk_drop_down_set_selected (self->over_drop,
                              ((guint)ph_image_page_get_over (self) + 1) % (PH_OVER_NOTHING + 1));
}

static void
on_panel_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhImagePage *self = PH_IMAGE_PAGE (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

void
ph_image_page_update_actions (PhImagePage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean picture = self->picture != NULL;
  gboolean model = ph_page_get_model (PH_PAGE (self)) != NULL;

  gboolean live = self->camera_job != NULL;

  gtk_widget_action_set_enabled (widget, "page.choose-image", model);
  gtk_widget_action_set_enabled (widget, "page.paste", model);
  gtk_widget_action_set_enabled (widget, "page.save", picture);
  gtk_widget_action_set_enabled (widget, "page.undo",
                                 picture && ph_perturbed_can_undo (self->picture));
  gtk_widget_action_set_enabled (widget, "page.reset-picture",
                                 picture && ph_perturbed_is_changed (self->picture));
  gtk_widget_action_set_enabled (widget, "page.explain", picture && self->has_unit && !live);
  gtk_widget_action_set_enabled (widget, "page.check-sanity",
                                 self->why != NULL && !self->why->stopped &&
                                     self->sanity_job == NULL);
  gtk_widget_action_set_enabled (widget, "page.stop",
                                 self->why_job != NULL || self->sanity_job != NULL || live);
  gtk_widget_action_set_enabled (widget, "page.camera", model && self->has_camera);
  gtk_widget_action_set_enabled (widget, "page.pause", live);
}

/* PhPage */

static void
ph_image_page_enter (PhPage *page)
{
  PhImagePage *self = PH_IMAGE_PAGE (page);

  self->visible = TRUE;
  ph_active_units_set_queue (self->units, ph_page_get_queue (page));
  ph_image_page_update_pictures (self);
  ph_active_units_set_active (self->units, TRUE);
  ph_image_page_look (self);
  ph_image_page_find_camera (self);
  if (self->why == NULL && self->has_unit)
    ph_image_page_explain_soon (self);
}

static void
ph_image_page_leave (PhPage *page)
{
  PhImagePage *self = PH_IMAGE_PAGE (page);

  self->visible = FALSE;
  ph_image_page_update_pictures (self);
  ph_active_units_set_active (self->units, FALSE);
  ph_image_page_drop_camera (self);
  ph_image_page_drop_look (self);
  ph_image_page_drop_why (self);
}

/* What was computed belongs to the network as it was; the picture was cut to its size. */
static void
forget (PhImagePage *self)
{
  ph_image_page_drop_camera (self);
  ph_image_page_drop_look (self);
  ph_image_page_drop_why (self);
  g_clear_pointer (&self->activations, ph_activations_unref);
  g_clear_pointer (&self->picture, ph_perturbed_free);
  g_clear_pointer (&self->layer_heat, ph_frame_unref);
  g_clear_pointer (&self->why_heat, ph_frame_unref);
  ph_direction_pictures_show (self->pictures, NULL, NULL, NULL);
  self->has_unit = FALSE;
  self->unit_is_top = TRUE;
  ph_active_units_show (self->units, NULL, 0, NULL, 0);
  ph_class_bars_show (self->bars, NULL, NULL, 0);
  self->answer = -1;
}

static void
on_preprocess (PhImagePage *self)
{
  PhPerturbed *kept = g_steal_pointer (&self->picture);

  forget (self);
  self->picture = kept;
  ph_image_page_look (self);
}

static void
on_model (PhImagePage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));

  forget (self);
  ph_image_page_fill_layers (self);
  gtk_editable_set_text (self->unit_entry, "");
  if (model != NULL)
    g_signal_connect_object (model, "preprocess-changed", G_CALLBACK (on_preprocess), self,
                             G_CONNECT_SWAPPED);
  ph_image_page_set_state (self, "empty");
  ph_image_page_update_actions (self);
}

/* GObject */

static void
ph_image_page_dispose (GObject *object)
{
  PhImagePage *self = PH_IMAGE_PAGE (object);

  if (self->canvas != NULL)
    {
      ph_image_page_drop_look (self);
      ph_image_page_drop_why (self);
      ph_image_page_drop_load (self);
      ph_image_page_drop_camera (self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_IMAGE_PAGE);
    }
  if (self->pictures != NULL)
    g_signal_handlers_disconnect_by_data (self->pictures, self);
  g_clear_object (&self->pictures);
  g_clear_object (&self->find_job);
  g_clear_object (&self->thumbnails);
  g_clear_pointer (&self->picture, ph_perturbed_free);
  g_clear_pointer (&self->activations, ph_activations_unref);
  g_clear_pointer (&self->layer_heat, ph_frame_unref);
  g_clear_pointer (&self->why_heat, ph_frame_unref);
  g_clear_pointer (&self->layers, g_array_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->saved_folder, g_free);
  G_OBJECT_CLASS (ph_image_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  const char *const simple[] = { "page.choose-image", "page.save",          "page.paste",
                                 "page.undo",         "page.reset-picture", "page.explain",
                                 "page.check-sanity", "page.stop",          "page.camera",
                                 "page.pause" };

  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    gtk_widget_class_install_action (widget_class, simple[i], NULL, on_action);
  for (guint i = 0; i < PH_N_TOOLS; i++)
    gtk_widget_class_install_action (widget_class, tool_actions[i], NULL, on_tool_action);
  gtk_widget_class_install_action (widget_class, "page.turn-left", NULL, on_turn_action);
  gtk_widget_class_install_action (widget_class, "page.turn-right", NULL, on_turn_action);
  gtk_widget_class_install_action (widget_class, "page.next-overlay", NULL, on_over_action);
  gtk_widget_class_install_action (widget_class, "page.toggle-panel", NULL, on_panel_action);
}

static void
ph_image_page_class_init (PhImagePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhPageClass *page_class = PH_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_image_page_dispose;
  page_class->enter = ph_image_page_enter;
  page_class->leave = ph_image_page_leave;
  g_type_ensure (PH_TYPE_IMAGE_CANVAS);
  g_type_ensure (PH_TYPE_CLASS_BARS);
  g_type_ensure (PH_TYPE_ACTIVE_UNITS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/image-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhImagePage, name)
  BIND (flap);
  BIND (states);
  BIND (failed);
  BIND (spinner);
  BIND (title_label);
  BIND (facts_label);
  BIND (canvas);
  BIND (over_drop);
  BIND (opacity_scale);
  BIND (camera_button);
  BIND (camera_bar);
  BIND (take_button);
  BIND (colour_button);
  BIND (size_scale);
  BIND (angle_scale);
  BIND (bars);
  BIND (no_classes);
  BIND (unit_entry);
  BIND (unit_value);
  BIND (method_drop);
  BIND (method_text);
  BIND (method_source);
  BIND (why_box);
  BIND (why_status);
  BIND (why_progress);
  BIND (sanity_text);
  BIND (sanity_grid);
  BIND (layer_drop);
  BIND (map_drop);
  BIND (channel_spin);
  BIND (position_label);
  BIND (units);
#undef BIND
  for (guint i = 0; i < PH_N_TOOLS; i++)
    {
      g_autofree char *name = g_strdup_printf ("tool_%u", i);

      gtk_widget_class_bind_template_child_full (widget_class, g_intern_string (name), FALSE,
                                                 G_STRUCT_OFFSET (PhImagePage, tools) +
                                                     (gssize)(i * sizeof (GtkToggleButton *)));
    }
  install_actions (widget_class);
}

static void
ph_image_page_init (PhImagePage *self)
{
  self->unit_is_top = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  self->answer = -1;
  g_assert (PH_IS_IMAGE_CANVAS (self->canvas));
  g_assert (GTK_IS_TOGGLE_BUTTON (self->tools[PH_N_TOOLS - 1]));
  ph_image_page_init_look (self);
  ph_image_page_init_why (self);
  ph_image_page_init_edit (self);
  ph_image_page_init_drop (self);
  ph_image_page_init_pictures (self);
  ph_image_page_init_camera (self);
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model), NULL);
  ph_image_page_update_actions (self);
}

/* Public */

GtkWidget *
ph_image_page_new (void)
{
  return g_object_new (PH_TYPE_IMAGE_PAGE, NULL);
}

void
ph_image_page_set_thumbnails (PhImagePage *self, PhThumbnails *thumbnails)
{
  g_return_if_fail (PH_IS_IMAGE_PAGE (self));

  g_set_object (&self->thumbnails, thumbnails);
  ph_active_units_set_thumbnails (self->units, thumbnails);
}

void
ph_image_page_set_images (PhImagePage *self, const char *path)
{
  g_return_if_fail (PH_IS_IMAGE_PAGE (self));

  ph_active_units_set_images (self->units, path);
}

void
ph_image_page_show (PhImagePage *self, PhModel *model, const char *path)
{
  g_return_if_fail (PH_IS_IMAGE_PAGE (self));
  g_return_if_fail (PH_IS_MODEL (model));

  ph_page_set_model (PH_PAGE (self), model);
  /* Coming back finds what was painted. */
  if (path != NULL && (self->picture == NULL || g_strcmp0 (path, self->path) != 0))
    ph_image_page_load (self, path);
}

gboolean
ph_image_page_set_unit (PhImagePage *self, const char *name, GError **error)
{
  g_return_val_if_fail (PH_IS_IMAGE_PAGE (self), FALSE);
  g_return_val_if_fail (ph_page_get_model (PH_PAGE (self)) != NULL, FALSE);

  PhUnit unit;

  if (!ph_unit_parse (ph_page_get_model (PH_PAGE (self)), name, &unit, error))
    return FALSE;
  ph_image_page_change_unit (self, &unit);
  return TRUE;
}

gboolean
ph_image_page_has_picture (PhImagePage *self)
{
  g_return_val_if_fail (PH_IS_IMAGE_PAGE (self), FALSE);

  return self->picture != NULL &&
         g_strcmp0 (gtk_stack_get_visible_child_name (self->states), "ready") == 0;
}

const char *
ph_image_page_get_answer (PhImagePage *self)
{
  g_return_val_if_fail (PH_IS_IMAGE_PAGE (self), NULL);

  PhModel *model = ph_page_get_model (PH_PAGE (self));

  return model != NULL && self->answer >= 0 ? ph_model_get_label (model, (guint)self->answer)
                                            : NULL;
}

void
ph_image_page_set_method (PhImagePage *self, const char *name)
{
  g_return_if_fail (PH_IS_IMAGE_PAGE (self));

  for (guint i = 0; ph_attribution_methods ()[i] != NULL; i++)
    if (g_str_equal (ph_attribution_methods ()[i]->name, name))
      gtk_drop_down_set_selected (self->method_drop, i);
}

const char *
ph_image_page_get_method (PhImagePage *self)
{
  g_return_val_if_fail (PH_IS_IMAGE_PAGE (self), NULL);

  return ph_attribution_methods ()[gtk_drop_down_get_selected (self->method_drop)]->name;
}
