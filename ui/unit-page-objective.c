#include "unit-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

static const PhLayer *
get_layer (PhUnitPage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));

  if (model == NULL || !self->has_unit || self->unit.kind == PH_UNIT_CLASS ||
      self->unit.layer >= ph_model_get_n_layers (model))
    return NULL;
  return ph_model_get_layer (model, self->unit.layer);
}

static gboolean
has_positions (const PhLayer *layer)
{
  return layer != NULL && (gsize)layer->rows * layer->columns > 1;
}

char *
ph_unit_page_dup_objective (PhUnitPage *self)
{
  if (self->aim == PH_AIM_FORMULA || !self->has_unit)
    return g_strdup (self->formula);
  return ph_unit_dup_name (ph_page_get_model (PH_PAGE (self)), &self->unit);
}

void
ph_unit_page_set_aim (PhUnitPage *self, const PhUnit *unit, const char *formula)
{
  char *copy = g_strdup (formula);

  g_free (self->formula);
  self->formula = copy;
  self->has_unit = unit != NULL;
  if (unit != NULL)
    self->unit = *unit;
  if (unit == NULL)
    self->aim = PH_AIM_FORMULA;
  else if (unit->kind == PH_UNIT_NEURON)
    self->aim = PH_AIM_NEURON;
  else if (unit->kind == PH_UNIT_LAYER)
    self->aim = PH_AIM_LAYER;
  else
    self->aim = PH_AIM_CHANNEL;
}

/* The size at which the network sees the picture; that it was made for until a run told. */
static void
get_view (PhUnitPage *self, guint *height, guint *width)
{
  const PhPreprocess *input = ph_model_get_preprocess (ph_page_get_model (PH_PAGE (self)));

  *height = self->view_height > 0 ? self->view_height : input->height;
  *width = self->view_width > 0 ? self->view_width : input->width;
}

/* Rows and columns of the layer's map in that view: each stride more is a position more. */
static void
get_map (PhUnitPage *self, const PhLayer *layer, guint *rows, guint *columns)
{
  const PhPreprocess *input = ph_model_get_preprocess (ph_page_get_model (PH_PAGE (self)));
  guint height, width;

  get_view (self, &height, &width);
  *rows = layer->rows;
  *columns = layer->columns;
  if (height != input->height && layer->field.stride_h > 0)
    *rows = (guint)MAX (1, layer->rows +
                               floor (((double)height - input->height) / layer->field.stride_h));
  if (width != input->width && layer->field.stride_w > 0)
    *columns = (guint)MAX (1, layer->columns +
                                  floor (((double)width - input->width) / layer->field.stride_w));
}

/* The part of the picture that the chosen neuron can see, in fractions of the picture. */
static void
update_outline (PhUnitPage *self)
{
  const PhLayer *layer = get_layer (self);
  const PhAscentSettings *settings = ph_setting_rows_get_values (self->rows);
  double top, left, height, width;
  guint view_h, view_w;

  if (self->aim != PH_AIM_NEURON || !has_positions (layer) || settings->pictures > 1)
    {
      ph_image_view_set_outline (self->image_view, NULL);
      return;
    }
  get_view (self, &view_h, &view_w);
  ph_receptive_field_rectangle (&layer->field, self->unit.row, self->unit.column, view_h, view_w,
                                &top, &left, &height, &width);
  ph_image_view_set_outline (
      self->image_view, &GRAPHENE_RECT_INIT ((float)(left / view_w), (float)(top / view_h),
                                             (float)(width / view_w), (float)(height / view_h)));
}

void
ph_unit_page_update_map (PhUnitPage *self)
{
  guint rows, columns;

  if (self->aim != PH_AIM_NEURON)
    return;
  ph_activation_grid_get_size (self->grid, &rows, &columns);

  PhFrame *frame = self->shown_frame < ph_frame_history_get_n_frames (self->history)
                       ? ph_frame_history_get (self->history, self->shown_frame)
                       : NULL;
  gboolean fits = frame != NULL && frame->map != NULL && frame->map_rows == rows &&
                  frame->map_columns == columns;

  ph_activation_grid_set_values (self->grid, fits ? g_bytes_get_data (frame->map, NULL) : NULL);
}

static void
update_grid (PhUnitPage *self)
{
  const PhLayer *layer = get_layer (self);
  gboolean shown = self->aim == PH_AIM_NEURON && has_positions (layer);
  guint rows, columns;

  gtk_widget_set_visible (self->grid_row, shown);
  if (!shown)
    return;
  get_map (self, layer, &rows, &columns);

  const PhAscentSettings *settings = ph_setting_rows_get_values (self->rows);
  gboolean still = settings->transforms[0] == '\0' || g_str_equal (settings->transforms, "none");
  g_autofree char *text = g_strdup_printf (
      still ? _ ("Row %u of %u, column %u of %u, counted from 0. The frame in the picture is what "
                 "this position can see.")
            : _ ("Row %u of %u, column %u of %u, counted from 0. The frame in the picture is what "
                 "this position can see; the moves under Robustness spread the pattern around it."),
      self->unit.row, rows, self->unit.column, columns);

  gtk_label_set_text (self->grid_label, text);
  ph_activation_grid_set_size (self->grid, rows, columns);
  if (self->unit.row < rows && self->unit.column < columns)
    ph_activation_grid_select (self->grid, self->unit.row, self->unit.column);
}

static const char *
describe_aim (PhUnitPage *self)
{
  switch (self->aim)
    {
    case PH_AIM_CHANNEL:
      if (self->unit.kind == PH_UNIT_CLASS)
        return _ ("The class score before softmax");
      return has_positions (get_layer (self)) ? _ ("Its mean over all positions") : _ ("Its value");
    case PH_AIM_NEURON:
      return _ ("One position of the channel’s map");
    case PH_AIM_LAYER:
      return _ ("The mean square of everything in the layer");
    case PH_AIM_FORMULA:
    default:
      return _ ("Units that are added, weighted, subtracted");
    }
}

void
ph_unit_page_update_objective (PhUnitPage *self)
{
  const PhLayer *layer = get_layer (self);
  const char *names[G_N_ELEMENTS (self->aims) + 1] = { NULL };
  guint n = 0, selected = 0;

  if (self->has_unit && self->unit.kind == PH_UNIT_CLASS)
    {
      self->aims[n] = PH_AIM_CHANNEL;
      names[n++] = _ ("Class");
    }
  else if (self->has_unit)
    {
      self->aims[n] = PH_AIM_CHANNEL;
      names[n++] = _ ("Channel");
      if (has_positions (layer))
        {
          self->aims[n] = PH_AIM_NEURON;
          names[n++] = _ ("Neuron");
        }
      self->aims[n] = PH_AIM_LAYER;
      names[n++] = _ ("Whole layer");
    }
  self->aims[n] = PH_AIM_FORMULA;
  names[n++] = _ ("Formula");
  for (guint i = 0; i < n; i++)
    if (self->aims[i] == self->aim)
      selected = i;

  self->refreshing = TRUE;
  gtk_string_list_splice (self->objective_list, 0,
                          g_list_model_get_n_items (G_LIST_MODEL (self->objective_list)), names);
  gtk_drop_down_set_selected (self->objective_drop, selected);
  gtk_label_set_text (self->objective_label, describe_aim (self));
  gtk_widget_set_visible (self->formula_row, self->aim == PH_AIM_FORMULA);
  if (self->aim == PH_AIM_FORMULA)
    ph_unit_page_update_terms (self);
  self->refreshing = FALSE;
  update_grid (self);
  update_outline (self);
}

static void
on_aim_chosen (GtkDropDown *drop, GParamSpec *pspec, PhUnitPage *self)
{
  guint selected = gtk_drop_down_get_selected (drop);

  if (self->refreshing || selected >= G_N_ELEMENTS (self->aims) ||
      self->aims[selected] == self->aim)
    return;

  const PhLayer *layer = get_layer (self);

  if (self->aims[selected] == PH_AIM_FORMULA && self->formula == NULL)
    self->formula = ph_unit_page_dup_objective (self);
  self->aim = self->aims[selected];
  if (layer != NULL && self->aim == PH_AIM_CHANNEL)
    self->unit.kind = PH_UNIT_CHANNEL;
  else if (layer != NULL && self->aim == PH_AIM_LAYER)
    self->unit.kind = PH_UNIT_LAYER;
  else if (layer != NULL && self->aim == PH_AIM_NEURON)
    {
      self->unit.kind = PH_UNIT_NEURON;
      get_map (self, layer, &self->unit.row, &self->unit.column);
      self->unit.row /= 2;
      self->unit.column /= 2;
    }
  ph_unit_page_show_strips (self);
  ph_unit_page_start (self);
  ph_unit_page_update (self);
}

static void
on_picked (PhActivationGrid *grid, guint row, guint column, PhUnitPage *self)
{
  self->unit.kind = PH_UNIT_NEURON;
  self->unit.row = row;
  self->unit.column = column;
  self->aim = PH_AIM_NEURON;
  ph_unit_page_show_strips (self);
  ph_unit_page_start_soon (self);
  ph_unit_page_update (self);
}

static void
on_setting_changed (PhSettingRows *rows, const char *name, PhUnitPage *self)
{
  ph_unit_page_update_preset (self);
  update_grid (self);
  ph_unit_page_start_soon (self);
}

void
ph_unit_page_init_objective (PhUnitPage *self)
{
  static const char *const image[] = { "image",   "spectrum",     "colour",   "falloff",
                                       "width",   "height",       "pictures", "base",
                                       "opacity", "opacity-cost", "init-sd",  NULL };
  static const char *const robustness[] = { "transforms", "strength-pace", "views", "inner-noise",
                                            NULL };
  static const char *const optimiser[] = { "optimiser", "learning-rate", "rate-pace", "normalise",
                                           "steps",     "patience",      "seed",      NULL };
  static const char *const penalties[] = { "negative", "rivals", "tv", "l1", "l2", NULL };

  self->rows =
      PH_SETTING_ROWS (ph_setting_rows_new (ph_ascent_settings, sizeof (PhAscentSettings)));
  ph_setting_rows_add_group (self->rows, _ ("Image"), image);
  ph_setting_rows_add_group (self->rows, _ ("Robustness"), robustness);
  ph_setting_rows_add_group (self->rows, _ ("Optimiser"), optimiser);
  ph_setting_rows_add_group (self->rows, _ ("Direction and penalties"), penalties);
  ph_setting_rows_add_group (self->rows, _ ("More"), NULL);
  gtk_box_append (self->panel_box, GTK_WIDGET (self->rows));
  g_signal_connect (self->rows, "changed", G_CALLBACK (on_setting_changed), self);

  ph_unit_page_init_presets (self);
  g_signal_connect (self->objective_drop, "notify::selected", G_CALLBACK (on_aim_chosen), self);
  g_signal_connect (self->grid, "picked", G_CALLBACK (on_picked), self);
}

gboolean
ph_unit_page_find_neighbour (PhUnitPage *self, int by, PhUnit *unit)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));

  if (model == NULL || !self->has_unit || self->aim == PH_AIM_FORMULA)
    return FALSE;

  gboolean layers = self->unit.kind == PH_UNIT_LAYER;
  const PhLayer *layer = get_layer (self);
  gint64 n = layers                             ? ph_model_get_n_layers (model)
             : self->unit.kind == PH_UNIT_CLASS ? ph_model_get_n_classes (model)
             : layer != NULL                    ? layer->n_channels
                                                : 0;
  gint64 to = (gint64)(layers ? self->unit.layer : self->unit.channel) + by;

  if (to < 0 || to >= n)
    return FALSE;
  *unit = self->unit;
  if (layers)
    {
      unit->layer = (guint)to;
      unit->channel = 0;
    }
  else
    unit->channel = (guint)to;
  return TRUE;
}
