#include "ui/image-page-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/plot-axis.h"

/* Showing the network the picture, as often as it changes. */

typedef struct
{
  /* owned */
  PhModel *model;
  PhActivations *activations; /* (nullable): of an earlier look */
  PhImage *picture;

  gboolean has_layer;
  guint layer;
  PhMapKind kind;
  guint channel;
  int row, column; /* row -1: none is marked */
  gboolean has_unit, unit_is_top;
  gboolean wants_pictures;
  PhUnit unit;
} LookSpec;

typedef struct
{
  /* owned */
  PhActivations *activations;
  PhPrediction *predictions;
  PhFrame *heat;         /* (nullable): map of the layer */
  PhActive *top;         /* (nullable): at the marked position */
  PhDirectionGrid *grid; /* (nullable): what it makes of each place */

  guint n_predictions, n_top;
  gboolean has_unit;
  PhUnit unit;
  double value;
} Look;

static void
look_spec_free (gpointer data)
{
  LookSpec *spec = data;

  g_object_unref (spec->model);
  g_clear_pointer (&spec->activations, ph_activations_unref);
  ph_image_free (spec->picture);
  g_free (spec);
}

static void
look_free (gpointer data)
{
  Look *look = data;

  g_clear_pointer (&look->activations, ph_activations_unref);
  g_clear_pointer (&look->heat, ph_frame_unref);
  g_clear_pointer (&look->grid, ph_direction_grid_free);
  g_free (look->predictions);
  g_free (look->top);
  g_free (look);
}

static void
see_layer (const LookSpec *spec, Look *look)
{
  const PhLayer *layer = ph_model_get_layer (spec->model, spec->layer);
  g_autofree float *map = g_new (float, (gsize)layer->rows * layer->columns);

  ph_activations_fill_map (look->activations, spec->layer, spec->kind, spec->channel, map);
  look->heat = ph_heat_to_frame (map, layer->rows, layer->columns, TRUE);
  look->n_top = PH_N_ACTIVE_UNITS;
  look->top = ph_activations_get_top (look->activations, spec->layer, spec->row, spec->column,
                                      &look->n_top);
  if (spec->wants_pictures)
    {
      guint rows, columns;
      g_autofree float *vectors = ph_activations_dup_directions (look->activations, spec->layer,
                                                                 PH_MOST_PLACES, &rows, &columns);

      look->grid = ph_direction_grid_new (spec->model, spec->layer, vectors, rows, columns);
    }
}

/* On the thread of the lane. */
static gpointer
look (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const LookSpec *spec = data;
  Look *made = g_new0 (Look, 1);

  made->activations = spec->activations != NULL ? ph_activations_ref (spec->activations)
                                                : ph_activations_new (spec->model, error);
  if (made->activations == NULL ||
      !ph_activations_run (made->activations, spec->picture, cancellable, error))
    {
      look_free (made);
      return NULL;
    }
  made->predictions = ph_activations_get_predictions (made->activations, &made->n_predictions);
  made->has_unit = spec->has_unit;
  made->unit = spec->unit;
  if (spec->unit_is_top && made->n_predictions > 0)
    {
      made->has_unit = TRUE;
      made->unit = (PhUnit){ .kind = PH_UNIT_CLASS, .channel = made->predictions[0].class_number };
    }
  if (!made->has_unit ||
      !ph_activations_get_value (made->activations, &made->unit, &made->value, NULL))
    made->value = NAN;
  if (spec->has_layer)
    see_layer (spec, made);
  return made;
}

static void
show_position (PhImagePage *self, guint layer, const Look *seen)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  const PhLayer *info = ph_model_get_layer (model, layer);
  g_autofree char *text = NULL;
  guint row, column;

  if (ph_image_canvas_get_mark (self->canvas, &row, &column))
    /* Translators: name of a layer, row and column of a position in it. */
    text = g_strdup_printf (_ ("Most active in %s at row %u, column %u"), info->name, row, column);
  else if (info->rows * info->columns > 1)
    text = g_strdup_printf (_ ("Most active in %s. Click a place in the picture to see what is "
                               "active there."),
                            info->name);
  else
    text = g_strdup_printf (_ ("Most active in %s"), info->name);
  gtk_label_set_text (self->position_label, text);
  ph_active_units_show (self->units, model, layer, seen->top, seen->n_top);
}

static void
show_value (PhImagePage *self, double value)
{
  g_autofree char *number = isfinite (value) ? ph_plot_format_value (value, 0) : g_strdup ("–");
  /* Translators: the value of a unit for the picture. */
  g_autofree char *text = g_strdup_printf (_ ("is %s"), number);

  gtk_label_set_text (self->unit_value, text);
}

static void
show_look (PhImagePage *self, Look *seen)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  guint layer;

  self->answer = seen->n_predictions > 0 ? (int)seen->predictions[0].class_number : -1;
  ph_class_bars_show (self->bars, model, seen->predictions, seen->n_predictions);
  gtk_widget_set_visible (self->no_classes, seen->n_predictions == 0);
  g_clear_pointer (&self->layer_heat, ph_frame_unref);
  self->layer_heat = g_steal_pointer (&seen->heat);
  if (ph_image_page_get_layer (self, &layer))
    show_position (self, layer, seen);
  if (seen->grid != NULL)
    ph_direction_pictures_show (self->pictures, self->thumbnails, model,
                                g_steal_pointer (&seen->grid));
  show_value (self, seen->value);
  if (self->unit_is_top && seen->has_unit &&
      (!self->has_unit || !ph_unit_equal (&self->unit, &seen->unit)))
    {
      self->has_unit = TRUE;
      self->unit = seen->unit;
      ph_image_page_show_unit_name (self);
      ph_image_page_explain_soon (self);
    }
  ph_image_page_set_state (self, "ready");
  ph_image_page_update_canvas (self);
  ph_image_page_update_actions (self);
}

static void
on_looked (PhJob *job, PhImagePage *self)
{
  if (job != self->look_job)
    return;

  Look *seen = ph_job_get_state (job) == PH_JOB_DONE ? ph_job_steal_result (job) : NULL;
  gboolean again = self->look_again;
  gint64 now = g_get_monotonic_time ();

  if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      g_autofree char *sentence = g_markup_escape_text (ph_job_get_error (job)->message, -1);

      adw_status_page_set_description (self->failed, sentence);
      ph_image_page_set_state (self, "failed");
    }
  g_clear_object (&self->look_job);
  self->look_again = FALSE;
  if (seen != NULL)
    {
      if (self->activations == NULL)
        self->activations = ph_activations_ref (seen->activations);
      self->first_look = self->n_looks++ == 0 ? now : self->first_look;
      g_debug ("look %u, %.1f a second", self->n_looks,
               1e6 * (self->n_looks - 1) / (double)MAX (now - self->first_look, 1));
      show_look (self, seen);
      look_free (seen);
    }
  if (again)
    ph_image_page_look (self);
}

void
ph_image_page_look (PhImagePage *self)
{
  PhQueue *queue = ph_page_get_queue (PH_PAGE (self));
  guint row, column, map = gtk_drop_down_get_selected (self->map_drop);

  if (self->picture == NULL || queue == NULL || !self->visible)
    return;
  if (self->look_job != NULL)
    {
      self->look_again = TRUE;
      return;
    }

  LookSpec *spec = g_new0 (LookSpec, 1);

  spec->model = g_object_ref (ph_page_get_model (PH_PAGE (self)));
  spec->activations = self->activations != NULL ? ph_activations_ref (self->activations) : NULL;
  spec->picture = ph_image_copy (ph_perturbed_get_picture (self->picture), NULL);
  spec->has_layer = ph_image_page_get_layer (self, &spec->layer);
  spec->kind = map == 1 ? PH_MAP_MAX : map == 2 ? PH_MAP_CHANNEL : PH_MAP_MEAN;
  spec->channel = (guint)gtk_spin_button_get_value_as_int (self->channel_spin);
  spec->row = -1;
  if (ph_image_canvas_get_mark (self->canvas, &row, &column))
    {
      spec->row = (int)row;
      spec->column = (int)column;
    }
  spec->wants_pictures = ph_image_page_get_over (self) == PH_OVER_PICTURES;
  spec->has_unit = self->has_unit;
  spec->unit_is_top = self->unit_is_top;
  spec->unit = self->unit;
  if (spec->picture == NULL)
    {
      look_spec_free (spec);
      return;
    }
  self->look_job = ph_job_new (_ ("Look at a picture"), look, spec, look_spec_free, look_free);
  ph_job_set_quiet (self->look_job, TRUE);
  g_signal_connect (self->look_job, "finished", G_CALLBACK (on_looked), self);
  ph_queue_add (queue, self->look_job, PH_LANE_COMPUTE);
}

void
ph_image_page_drop_look (PhImagePage *self)
{
  self->look_again = FALSE;
  if (self->look_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->look_job, self);
  ph_job_cancel (self->look_job);
  g_clear_object (&self->look_job);
}

/* Layers */

gboolean
ph_image_page_get_layer (PhImagePage *self, guint *layer)
{
  guint choice = gtk_drop_down_get_selected (self->layer_drop);

  if (choice >= self->layers->len)
    return FALSE;
  *layer = g_array_index (self->layers, guint, choice);
  return TRUE;
}

static void
update_field (PhImagePage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  guint layer, row, column;

  if (!ph_image_page_get_layer (self, &layer) ||
      !ph_image_canvas_get_mark (self->canvas, &row, &column))
    return;

  const PhPreprocess *p = ph_model_get_preprocess (model);
  const PhReceptiveField *field = &ph_model_get_layer (model, layer)->field;
  double top, left, height, width;

  if (!isfinite (field->height) || !isfinite (field->width))
    {
      ph_image_canvas_set_field (self->canvas, NULL);
      return;
    }
  ph_receptive_field_rectangle (field, row, column, p->height, p->width, &top, &left, &height,
                                &width);
  ph_image_canvas_set_field (
      self->canvas, &GRAPHENE_RECT_INIT ((float)(left / p->width), (float)(top / p->height),
                                         (float)(width / p->width), (float)(height / p->height)));
}

static void
on_layer (PhImagePage *self)
{
  guint layer;

  if (self->refreshing || !ph_image_page_get_layer (self, &layer))
    return;

  const PhLayer *info = ph_model_get_layer (ph_page_get_model (PH_PAGE (self)), layer);
  gboolean has_map = info->rows * info->columns > 1;

  ph_image_canvas_set_grid (self->canvas, has_map ? info->rows : 0, has_map ? info->columns : 0);
  self->refreshing = TRUE;
  gtk_spin_button_set_range (self->channel_spin, 0, MAX (info->n_channels, 1) - 1.0);
  self->refreshing = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->channel_spin),
                          gtk_drop_down_get_selected (self->map_drop) == 2);
  update_field (self);
  ph_image_page_look (self);
}

/* Choosing what the map shows is asking to see it. */
static void
on_map (PhImagePage *self)
{
  if (self->refreshing)
    return;
  if (ph_image_page_get_over (self) != PH_OVER_PICTURES)
    gtk_drop_down_set_selected (self->over_drop, PH_OVER_LAYER);
  on_layer (self);
}

static void
on_picked (PhImageCanvas *canvas, guint row, guint column, PhImagePage *self)
{
  update_field (self);
  ph_image_page_look (self);
}

static void
on_active_picked (PhActiveUnits *units, guint channel, PhImagePage *self)
{
  PhUnit unit = { .kind = PH_UNIT_CHANNEL, .channel = channel };

  if (!ph_image_page_get_layer (self, &unit.layer))
    return;

  g_autofree char *name = ph_unit_dup_name (ph_page_get_model (PH_PAGE (self)), &unit);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-unit", "s", name);
}

/* A layer late enough to be about things, and early enough to say where; a map of the classes says
 * no more than their names. */
static guint
choose_layer (PhImagePage *self, PhModel *model)
{
  guint best = 0;

  for (guint i = 0; i < self->layers->len; i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, g_array_index (self->layers, guint, i));

      if (layer->rows >= 6 && layer->columns >= 6 &&
          layer->n_channels != ph_model_get_n_classes (model))
        best = i;
    }
  return best;
}

void
ph_image_page_fill_layers (PhImagePage *self)
{
  PhModel *model = ph_page_get_model (PH_PAGE (self));
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  g_array_set_size (self->layers, 0);
  for (guint i = 0; model != NULL && i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      if (layer->obstacle != NULL || layer->n_channels == 0)
        continue;
      g_array_append_val (self->layers, i);
      gtk_string_list_append (names, layer->name);
    }
  self->refreshing = TRUE;
  gtk_drop_down_set_model (self->layer_drop, G_LIST_MODEL (names));
  if (self->layers->len > 0)
    gtk_drop_down_set_selected (self->layer_drop, choose_layer (self, model));
  self->refreshing = FALSE;
  on_layer (self);
}

/* The unit that is watched and explained */

void
ph_image_page_show_unit_name (PhImagePage *self)
{
  g_autofree char *name =
      self->has_unit ? ph_unit_dup_name (ph_page_get_model (PH_PAGE (self)), &self->unit) : NULL;
  g_autofree char *title =
      self->has_unit ? ph_unit_dup_title (ph_page_get_model (PH_PAGE (self)), &self->unit) : NULL;

  gtk_editable_set_text (self->unit_entry, name != NULL ? name : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->unit_entry), title);
  gtk_widget_remove_css_class (GTK_WIDGET (self->unit_entry), "error");
}

void
ph_image_page_change_unit (PhImagePage *self, const PhUnit *unit)
{
  self->has_unit = TRUE;
  self->unit_is_top = FALSE;
  self->unit = *unit;
  ph_image_page_show_unit_name (self);
  gtk_drop_down_set_selected (self->over_drop, PH_OVER_WHY);
  ph_image_page_look (self);
  ph_image_page_explain (self);
}

static void
on_unit_entered (PhImagePage *self)
{
  g_autoptr (GError) error = NULL;
  const char *name = gtk_editable_get_text (self->unit_entry);

  if (ph_page_get_model (PH_PAGE (self)) == NULL)
    return;
  /* Nothing again means whatever is most probable. */
  if (*name == '\0')
    {
      self->unit_is_top = TRUE;
      self->has_unit = FALSE;
      ph_image_page_look (self);
    }
  else if (!ph_image_page_set_unit (self, name, &error))
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->unit_entry), "error");
      ph_page_toast (PH_PAGE (self), error->message);
    }
}

static void
on_class_picked (PhClassBars *bars, guint class_number, PhImagePage *self)
{
  const PhUnit unit = { .kind = PH_UNIT_CLASS, .channel = class_number };

  ph_image_page_change_unit (self, &unit);
}

void
ph_image_page_init_look (PhImagePage *self)
{
  self->layers = g_array_new (FALSE, FALSE, sizeof (guint));
  g_signal_connect_swapped (self->layer_drop, "notify::selected", G_CALLBACK (on_map), self);
  g_signal_connect_swapped (self->map_drop, "notify::selected", G_CALLBACK (on_map), self);
  g_signal_connect_swapped (self->channel_spin, "value-changed", G_CALLBACK (on_map), self);
  g_signal_connect (self->canvas, "picked", G_CALLBACK (on_picked), self);
  g_signal_connect (self->units, "picked", G_CALLBACK (on_active_picked), self);
  g_signal_connect (self->bars, "picked", G_CALLBACK (on_class_picked), self);
  g_signal_connect_swapped (self->unit_entry, "activate", G_CALLBACK (on_unit_entered), self);
}
