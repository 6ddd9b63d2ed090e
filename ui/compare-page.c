#include "ui/compare-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"

G_DEFINE_FINAL_TYPE (PhComparePage, ph_compare_page, PH_TYPE_PAGE)

void
ph_compare_page_set_state (PhComparePage *self, const char *state)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "loading"));
  gtk_stack_set_visible_child_name (self->states, state);
}

PhModel *
ph_compare_page_get_network (PhComparePage *self, guint side)
{
  return side == 0 ? ph_page_get_model (PH_PAGE (self)) : self->other;
}

/* The unit */

static void
append_number (GString *text, const char *what, double value)
{
  g_autofree char *number = NULL;

  if (isnan (value))
    return;
  number = ph_plot_format_value (value, 0);
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append_printf (text, "%s %s", what, number);
}

void
ph_compare_page_show_unit (PhComparePage *self)
{
  const PhUnitChange *change = &self->layer->units[self->unit];
  PhUnit unit = ph_layer_change_get_unit (self->layer, 0, self->unit);
  g_autofree char *name = ph_unit_dup_name (ph_page_get_model (PH_PAGE (self)), &unit);
  g_autofree char *verdict = ph_verdict_dup_title (
      ph_unit_verdict (self->layer, self->unit, ph_compare_page_get_settings (self)));
  g_autoptr (GString) facts = g_string_new (verdict);

  append_number (facts, _ ("weights changed by"), change->measure[PH_UNIT_WEIGHTS]);
  append_number (facts, _ ("correlation"), change->measure[PH_UNIT_CORRELATION]);
  append_number (facts, _ ("same examples"), change->measure[PH_UNIT_OVERLAP]);
  append_number (facts, _ ("selectivity"), change->measure[PH_UNIT_SELECTIVITY]);
  gtk_label_set_text (self->unit_label, name);
  gtk_label_set_text (self->facts_label, facts->str);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->facts_label), facts->str);
}

static void
show_captions (PhComparePage *self)
{
  for (guint side = 0; side < 2 && self->other != NULL; side++)
    {
      PhUnit unit = ph_layer_change_get_unit (self->layer, side, self->unit);
      PhModel *model = ph_compare_page_get_network (self, side);
      g_autofree char *name = ph_unit_dup_name (model, &unit);
      /* Translators: name of a network, then that of a unit in it. */
      g_autofree char *text = g_strdup_printf (_ ("%s: %s"), ph_model_get_name (model), name);

      gtk_label_set_text (self->captions[side], text);
    }
}

void
ph_compare_page_go (PhComparePage *self, const PhLayerChange *layer, guint unit)
{
  gboolean same = self->has_unit && self->layer == layer && self->unit == unit;

  self->layer = layer;
  self->unit = unit;
  self->has_unit = TRUE;
  ph_compare_page_show_unit (self);
  show_captions (self);
  if (!same)
    {
      ph_compare_page_draw (self);
      ph_compare_page_load_examples (self);
    }
  ph_compare_page_update_actions (self);
}

/* Actions */

static void
on_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  static const struct
  {
    const char *action;
    void (*run) (PhComparePage *self);
  } simple[] = {
    { "page.choose-network", ph_compare_page_choose_file },
    { "page.restart", ph_compare_page_draw },
    { "page.compare-images", ph_compare_page_run },
    { "page.stop", ph_compare_page_stop },
    { "page.save", ph_compare_page_choose_report },
    { "page.save-strip", ph_compare_page_choose_figures },
    { "page.save-film", ph_compare_page_choose_film },
    { "page.choose-image", ph_compare_page_choose_image },
    { "page.measure-way", ph_compare_page_measure_way },
  };

  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    if (g_str_equal (simple[i].action, action))
      simple[i].run (PH_COMPARE_PAGE (widget));
}

static const char *const look_actions[PH_N_LOOKS] = { "page.look-both", "page.look-first",
                                                      "page.look-second" };

static void
on_look_action (GtkWidget *widget, const char *action, GVariant *parameter)
{
  for (guint i = 0; i < PH_N_LOOKS; i++)
    if (g_str_equal (look_actions[i], action))
      ph_compare_page_set_look (PH_COMPARE_PAGE (widget), (PhCompareLook)i);
}

static void
on_flip (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhComparePage *self = PH_COMPARE_PAGE (widget);

  ph_compare_page_set_look (self, self->look == PH_LOOK_SECOND ? PH_LOOK_FIRST : PH_LOOK_SECOND);
}

static void
on_neighbour (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhComparePage *self = PH_COMPARE_PAGE (widget);
  gboolean next = g_str_equal (action, "page.next-unit");

  if (self->has_unit && (next ? self->unit + 1 < self->layer->n_units : self->unit > 0))
    ph_compare_page_go (self, self->layer, next ? self->unit + 1 : self->unit - 1);
}

static void
on_zoom (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhComparePage *self = PH_COMPARE_PAGE (widget);

  if (g_str_equal (action, "page.zoom-fit"))
    ph_image_view_zoom_fit (self->views[0]);
  else
    ph_image_view_zoom_by (self->views[0], g_str_equal (action, "page.zoom-in") ? 1.25 : 0.8);
}

static void
on_step (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhComparePage *self = PH_COMPARE_PAGE (widget);

  gtk_range_set_value (self->scrubber, g_str_equal (action, "page.first-step")
                                           ? 0
                                           : gtk_adjustment_get_upper (self->scrubber_adjustment));
}

static void
on_panel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  PhComparePage *self = PH_COMPARE_PAGE (widget);

  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

void
ph_compare_page_update_actions (PhComparePage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean model = ph_page_get_model (PH_PAGE (self)) != NULL;
  gboolean ready = self->comparison != NULL && self->load_job == NULL;
  const char *const with_unit[] = { "page.restart",     "page.look-both", "page.look-first",
                                    "page.look-second", "page.flip",      "page.zoom-in",
                                    "page.zoom-out",    "page.zoom-fit",  "page.first-step",
                                    "page.last-step" };

  for (guint i = 0; i < G_N_ELEMENTS (with_unit); i++)
    gtk_widget_action_set_enabled (widget, with_unit[i], ready && self->has_unit);
  gtk_widget_action_set_enabled (widget, "page.choose-network", model);
  gtk_widget_action_set_enabled (widget, "page.toggle-panel", ready);
  gtk_widget_action_set_enabled (widget, "page.previous-unit",
                                 ready && self->has_unit && self->unit > 0);
  gtk_widget_action_set_enabled (widget, "page.next-unit",
                                 ready && self->has_unit && self->unit + 1 < self->layer->n_units);
  gtk_widget_action_set_enabled (widget, "page.compare-images",
                                 ready && self->images != NULL && self->compare_job == NULL);
  gtk_widget_action_set_enabled (widget, "page.save", ready);
  gtk_widget_action_set_enabled (widget, "page.save-strip", ready);
  gtk_widget_action_set_enabled (widget, "page.save-film",
                                 ready && self->has_unit && self->has_epochs);
  gtk_widget_action_set_enabled (widget, "page.choose-image", ready);
  gtk_widget_action_set_enabled (widget, "page.measure-way",
                                 ready && self->images != NULL && self->way_job == NULL);
  gtk_widget_action_set_enabled (widget, "page.stop",
                                 self->load_job != NULL || self->compare_job != NULL ||
                                     self->pictures_job != NULL);
}

/* PhPage */

static void
ph_compare_page_enter (PhPage *page)
{
  PhComparePage *self = PH_COMPARE_PAGE (page);

  self->visible = TRUE;
  if (self->has_unit && !self->drawn)
    ph_compare_page_draw (self);
}

static void
ph_compare_page_leave (PhPage *page)
{
  PhComparePage *self = PH_COMPARE_PAGE (page);

  self->visible = FALSE;
  ph_compare_page_drop_pictures (self);
  ph_compare_page_drop_examples (self);
}

/* What was found belongs to the networks as they were. */
static void
forget (PhComparePage *self)
{
  ph_compare_page_drop_load (self);
  ph_compare_page_drop_pictures (self);
  ph_compare_page_drop_examples (self);
  ph_compare_page_drop_run (self);
  ph_compare_page_forget_way (self);
  ph_compare_page_drop_image (self);
  self->has_unit = FALSE;
  ph_compare_page_take (self, NULL);
  g_clear_object (&self->other);
  g_clear_pointer (&self->path, g_free);
  ph_compare_page_find_epochs (self);
}

static void
on_model (PhComparePage *self)
{
  forget (self);
  ph_compare_page_set_state (self, "empty");
  ph_page_set_title (PH_PAGE (self), NULL);
  ph_compare_page_update_actions (self);
}

/* GObject */

static void
ph_compare_page_dispose (GObject *object)
{
  PhComparePage *self = PH_COMPARE_PAGE (object);

  if (self->flap != NULL)
    {
      forget (self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_COMPARE_PAGE);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_clear_object (&self->map_series[i]);
      g_clear_object (&self->histogram_series[i]);
    }
  g_clear_object (&self->way_series);
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_pointer (&self->history, ph_frame_history_free);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_pointer (&self->images, g_free);
  g_clear_pointer (&self->wanted_path, g_free);
  G_OBJECT_CLASS (ph_compare_page_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  const char *const simple[] = { "page.choose-network", "page.restart",    "page.compare-images",
                                 "page.stop",           "page.save",       "page.measure-way",
                                 "page.choose-image",   "page.save-strip", "page.save-film" };

  for (guint i = 0; i < G_N_ELEMENTS (simple); i++)
    gtk_widget_class_install_action (widget_class, simple[i], NULL, on_action);
  for (guint i = 0; i < PH_N_LOOKS; i++)
    gtk_widget_class_install_action (widget_class, look_actions[i], NULL, on_look_action);
  gtk_widget_class_install_action (widget_class, "page.flip", NULL, on_flip);
  gtk_widget_class_install_action (widget_class, "page.previous-unit", NULL, on_neighbour);
  gtk_widget_class_install_action (widget_class, "page.next-unit", NULL, on_neighbour);
  gtk_widget_class_install_action (widget_class, "page.zoom-in", NULL, on_zoom);
  gtk_widget_class_install_action (widget_class, "page.zoom-out", NULL, on_zoom);
  gtk_widget_class_install_action (widget_class, "page.zoom-fit", NULL, on_zoom);
  gtk_widget_class_install_action (widget_class, "page.first-step", NULL, on_step);
  gtk_widget_class_install_action (widget_class, "page.last-step", NULL, on_step);
  gtk_widget_class_install_action (widget_class, "page.toggle-panel", NULL, on_panel);
}

/* Children that come in numbers: "view_0", "view_1". */
static void
bind_row (GtkWidgetClass *widget_class, const char *stem, gssize offset, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s_%u", stem, i);

      gtk_widget_class_bind_template_child_full (widget_class, g_intern_string (name), FALSE,
                                                 offset + (gssize)(i * sizeof (gpointer)));
    }
}

static void
ph_compare_page_class_init (PhComparePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhPageClass *page_class = PH_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_compare_page_dispose;
  page_class->enter = ph_compare_page_enter;
  page_class->leave = ph_compare_page_leave;
  g_type_ensure (PH_TYPE_IMAGE_VIEW);
  g_type_ensure (PH_TYPE_PLOT);
  g_type_ensure (PH_TYPE_CLASS_BARS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/compare-page.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhComparePage, name)
  BIND (flap);
  BIND (states);
  BIND (spinner);
  BIND (loading_label);
  BIND (failed);
  BIND (unit_label);
  BIND (facts_label);
  BIND (aim_drop);
  BIND (scrubber);
  BIND (scrubber_adjustment);
  BIND (status_label);
  BIND (blend_scale);
  BIND (blend_label);
  BIND (epoch_box);
  BIND (epoch_scale);
  BIND (epoch_label);
  BIND (strip_label);
  BIND (histogram_stack);
  BIND (histogram);
  BIND (images_button);
  BIND (images_label);
  BIND (progress);
  BIND (summary_label);
  BIND (map);
  BIND (map_label);
  BIND (layer_drop);
  BIND (measure_drop);
  BIND (verdict_drop);
  BIND (list_view);
  BIND (image_box);
  BIND (way_plot);
  BIND (way_label);
  BIND (settings_box);
#undef BIND
#define BIND_ROW(name, stem, n)                                                                    \
  bind_row (widget_class, stem, G_STRUCT_OFFSET (PhComparePage, name), n)
  BIND_ROW (recent_buttons, "recent_button", 2);
  BIND_ROW (looks, "look", PH_N_LOOKS);
  BIND_ROW (sides, "side", 2);
  BIND_ROW (captions, "caption", 2);
  BIND_ROW (views, "view", 2);
  BIND_ROW (strips, "strip", 2);
  BIND_ROW (image_pictures, "image_picture", 2);
  BIND_ROW (image_bars, "image_bars", 2);
#undef BIND_ROW
  install_actions (widget_class);
}

static void
ph_compare_page_init (PhComparePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_IMAGE_VIEW (self->views[1]));
  g_assert (GTK_IS_TOGGLE_BUTTON (self->looks[PH_N_LOOKS - 1]));
  ph_compare_page_init_units (self);
  ph_compare_page_init_pictures (self);
  ph_compare_page_init_examples (self);
  ph_compare_page_init_report (self);
  ph_compare_page_init_epochs (self);
  ph_compare_page_init_drop (self);
  g_signal_connect (self, "notify::model", G_CALLBACK (on_model), NULL);
  ph_compare_page_set_images (self, NULL);
  ph_compare_page_update_actions (self);
}

/* Public */

GtkWidget *
ph_compare_page_new (void)
{
  return g_object_new (PH_TYPE_COMPARE_PAGE, NULL);
}

void
ph_compare_page_show (PhComparePage *self, PhModel *model, const char *path)
{
  g_return_if_fail (PH_IS_COMPARE_PAGE (self));
  g_return_if_fail (PH_IS_MODEL (model));

  ph_page_set_model (PH_PAGE (self), model);
  if (path != NULL && g_strcmp0 (path, self->path) != 0)
    ph_compare_page_load (self, path);
}

const char *
ph_compare_page_get_other (PhComparePage *self)
{
  g_return_val_if_fail (PH_IS_COMPARE_PAGE (self), NULL);

  return self->other != NULL ? self->path : NULL;
}

void
ph_compare_page_set_images (PhComparePage *self, const char *path)
{
  g_return_if_fail (PH_IS_COMPARE_PAGE (self));

  g_autofree char *shown =
      path != NULL ? g_filename_display_basename (path) : g_strdup (_ ("No images chosen"));

  if (path == NULL || g_strcmp0 (path, self->images) != 0)
    {
      char *copy = g_strdup (path);

      ph_compare_page_drop_run (self);
      ph_compare_page_forget_way (self);
      ph_compare_page_drop_examples (self);
      g_clear_pointer (&self->dataset, ph_dataset_unref);
      g_free (self->images);
      self->images = copy;
      if (self->has_unit)
        ph_compare_page_load_examples (self);
    }
  gtk_label_set_text (self->images_label, shown);
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_set_menus (PhComparePage *self, GMenuModel *networks, GMenuModel *images)
{
  g_return_if_fail (PH_IS_COMPARE_PAGE (self));

  for (guint i = 0; networks != NULL && i < 2; i++)
    {
      gtk_menu_button_set_menu_model (self->recent_buttons[i], networks);
      gtk_widget_set_visible (GTK_WIDGET (self->recent_buttons[i]),
                              g_menu_model_get_n_items (networks) > 0);
    }
  if (images != NULL)
    gtk_menu_button_set_menu_model (self->images_button, images);
}
