#include "ui/embedding-map-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/projection-job.h"

#define PICTURE 48 /* pixels: of what is selected */
#define ZOOM 1.25

G_DEFINE_FINAL_TYPE (PhEmbeddingMap, ph_embedding_map, PH_TYPE_EMBEDDING_VIEW)

static const char *const layouts[PH_MAP_N_LAYOUTS + 1] = { "pca", "tsne", "umap", NULL };

static void
set_state (PhEmbeddingMap *self, const char *state)
{
  gtk_spinner_set_spinning (self->spinner, g_str_equal (state, "loading"));
  gtk_stack_set_visible_child_name (self->states, state);
}

/* Making the map */

static void
drop_job (PhEmbeddingMap *self)
{
  if (self->job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->job, self);
  ph_job_cancel (self->job);
  g_clear_object (&self->job);
  gtk_widget_set_visible (self->progress_box, FALSE);
}

static void
show_places (PhEmbeddingMap *self, guint n, const float *places)
{
  gboolean first = !g_str_equal (gtk_stack_get_visible_child_name (self->states), "ready");

  ph_map_canvas_set_places (self->canvas, n, places);
  if (first)
    {
      set_state (self, "ready");
      ph_embedding_map_show_colours (self);
    }
}

static void
on_frame (PhEmbeddingMap *self)
{
  const PhFrame *frame = ph_job_get_frame (self->job);

  if (frame != NULL)
    show_places (self, frame->map_rows, g_bytes_get_data (frame->map, NULL));
}

static void
on_progress (PhEmbeddingMap *self)
{
  double fraction = ph_job_get_progress (self->job);

  if (fraction < 0)
    gtk_progress_bar_pulse (self->progress);
  else
    gtk_progress_bar_set_fraction (self->progress, fraction);
}

static void
show_failed (PhEmbeddingMap *self, const char *sentence)
{
  g_autofree char *markup = g_markup_escape_text (sentence, -1);

  adw_status_page_set_description (self->failed, markup);
  set_state (self, "failed");
}

static void
on_finished (PhEmbeddingMap *self)
{
  g_autoptr (PhJob) job = g_steal_pointer (&self->job);
  const guint layout = gtk_drop_down_get_selected (self->layout_drop);

  gtk_widget_set_visible (self->progress_box, FALSE);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      PhTensor *places = ph_job_steal_result (job);

      self->places[layout] = places;
      show_places (self, (guint)places->shape.dim[0], places->f);
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    show_failed (self, ph_job_get_error (job)->message);
  else
    /* Translators: of a map that was being made. */
    show_failed (self, _ ("It was cancelled. Choose a layout to make it again."));
}

/* The layout that is chosen: as it was made before, or made now. */
static void
show_layout (PhEmbeddingMap *self)
{
  const guint layout = gtk_drop_down_get_selected (self->layout_drop);

  drop_job (self);
  if (self->embedding == NULL || layout >= PH_MAP_N_LAYOUTS)
    return;
  if (self->places[layout] != NULL)
    {
      show_places (self, (guint)self->places[layout]->shape.dim[0], self->places[layout]->f);
      return;
    }
  if (!g_str_equal (gtk_stack_get_visible_child_name (self->states), "ready"))
    set_state (self, "loading");
  self->job = ph_projection_job (self->embedding, (PhProjectionMethod)layout);
  gtk_progress_bar_set_fraction (self->progress, 0);
  gtk_widget_set_visible (self->progress_box, TRUE);
  g_signal_connect_swapped (self->job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect_swapped (self->job, "notify::progress", G_CALLBACK (on_progress), self);
  g_signal_connect_swapped (self->job, "finished", G_CALLBACK (on_finished), self);
  /* It waits whenever somebody moves a slider elsewhere. */
  ph_queue_add (self->queue, self->job, PH_LANE_BACKGROUND);
}

/* Controls */

static void
on_layout (PhEmbeddingMap *self)
{
  if (!self->refreshing)
    show_layout (self);
}

static void
on_size (PhEmbeddingMap *self)
{
  ph_map_canvas_set_picture_size (self->canvas, (guint)gtk_range_get_value (self->size_scale));
}

static void
on_lasso (PhEmbeddingMap *self)
{
  ph_map_canvas_set_lasso (self->canvas, gtk_toggle_button_get_active (self->lasso_button));
}

/* To what is like an image of the map. */
static void
on_activated (PhEmbeddingMap *self, guint item)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "page.look-at", "u", item);
  gtk_widget_activate_action (GTK_WIDGET (self), "page.show-view", "s", "similar");
}

static void
on_current (PhEmbeddingMap *self)
{
  int item = ph_map_canvas_get_current (self->canvas);

  if (item >= 0 && !self->refreshing)
    gtk_widget_activate_action (GTK_WIDGET (self), "page.look-at", "u", (guint)item);
}

/* PhEmbeddingView */

static void
ph_embedding_map_set_source (PhEmbeddingView *view, PhEmbedding *embedding, PhQueue *queue)
{
  PhEmbeddingMap *self = PH_EMBEDDING_MAP (view);

  drop_job (self);
  for (guint i = 0; i < PH_MAP_N_LAYOUTS; i++)
    g_clear_pointer (&self->places[i], ph_tensor_unref);
  ph_map_canvas_set_dataset (self->canvas, NULL, NULL);
  ph_picture_buttons_show (self->selected, NULL, NULL, 0, NULL);
  g_clear_object (&self->pictures);
  g_clear_pointer (&self->embedding, ph_embedding_unref);
  g_set_object (&self->queue, queue);
  if (embedding == NULL)
    {
      ph_map_legend_show_nothing (self->legend);
      gtk_label_set_text (self->selection_label, "");
      return;
    }
  self->embedding = ph_embedding_ref (embedding);
  self->pictures = ph_item_pictures_new (ph_embedding_get_dataset (embedding), queue, PICTURE);
  ph_map_canvas_set_dataset (self->canvas, ph_embedding_get_dataset (embedding), queue);
  ph_map_canvas_set_describe (self->canvas, ph_embedding_map_describe, self);
  ph_embedding_map_list_colours (self);
  set_state (self, "loading");
  show_layout (self);
}

static void
ph_embedding_map_look (PhEmbeddingView *view, const PhLooked *looked)
{
  PhEmbeddingMap *self = PH_EMBEDDING_MAP (view);

  self->refreshing = TRUE;
  if (g_str_equal (gtk_stack_get_visible_child_name (self->states), "ready"))
    ph_map_canvas_set_current (self->canvas, looked->item);
  self->refreshing = FALSE;
}

static void
ph_embedding_map_act (PhEmbeddingView *view, const char *action, GVariant *parameter)
{
  PhEmbeddingMap *self = PH_EMBEDDING_MAP (view);

  if (g_str_equal (action, "map-layout"))
    {
      for (guint i = 0; i < PH_MAP_N_LAYOUTS; i++)
        if (g_str_equal (layouts[i], g_variant_get_string (parameter, NULL)))
          gtk_drop_down_set_selected (self->layout_drop, i);
    }
  else if (g_str_equal (action, "map-colour"))
    ph_embedding_map_use_colour (self, g_variant_get_string (parameter, NULL));
  else if (g_str_equal (action, "map-size"))
    gtk_range_set_value (self->size_scale, g_variant_get_uint32 (parameter));
  else if (g_str_equal (action, "map-lasso"))
    gtk_toggle_button_set_active (self->lasso_button,
                                  !gtk_toggle_button_get_active (self->lasso_button));
  else if (g_str_equal (action, "zoom-in"))
    ph_map_canvas_zoom (self->canvas, ZOOM, NAN, NAN);
  else if (g_str_equal (action, "zoom-out"))
    ph_map_canvas_zoom (self->canvas, 1 / ZOOM, NAN, NAN);
  else if (g_str_equal (action, "zoom-fit"))
    ph_map_canvas_fit (self->canvas);
  else if (g_str_equal (action, "map-select"))
    ph_embedding_map_select_class (self, g_variant_get_string (parameter, NULL));
  else if (g_str_equal (action, "map-stop") && self->job != NULL)
    ph_job_stop (self->job);
}

/* GObject */

static void
ph_embedding_map_dispose (GObject *object)
{
  PhEmbeddingMap *self = PH_EMBEDDING_MAP (object);

  if (self->states != NULL)
    {
      ph_embedding_map_set_source (PH_EMBEDDING_VIEW (self), NULL, NULL);
      g_signal_handlers_disconnect_by_data (self->canvas, self);
      adw_bin_set_child (ADW_BIN (self), NULL);
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_EMBEDDING_MAP);
    }
  g_clear_pointer (&self->colours, g_ptr_array_unref);
  G_OBJECT_CLASS (ph_embedding_map_parent_class)->dispose (object);
}

static void
ph_embedding_map_class_init (PhEmbeddingMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  PhEmbeddingViewClass *view_class = PH_EMBEDDING_VIEW_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ph_embedding_map_dispose;
  view_class->set_source = ph_embedding_map_set_source;
  view_class->look = ph_embedding_map_look;
  view_class->act = ph_embedding_map_act;
  g_type_ensure (PH_TYPE_MAP_CANVAS);
  g_type_ensure (PH_TYPE_MAP_LEGEND);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/embedding-map.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PhEmbeddingMap, name)
  BIND (layout_drop);
  BIND (colour_drop);
  BIND (size_scale);
  BIND (lasso_button);
  BIND (progress_box);
  BIND (progress);
  BIND (states);
  BIND (spinner);
  BIND (failed);
  BIND (canvas);
  BIND (legend);
  BIND (side);
  BIND (selection_label);
  BIND (hint_label);
#undef BIND
}

static void
ph_embedding_map_init (PhEmbeddingMap *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (PH_IS_MAP_CANVAS (self->canvas) && PH_IS_MAP_LEGEND (self->legend));
  self->selected = PH_PICTURE_BUTTONS (ph_picture_buttons_new (_ ("Selected images"), PICTURE));
  gtk_box_append (self->side, GTK_WIDGET (self->selected));
  gtk_drop_down_set_selected (self->layout_drop, PH_PROJECTION_UMAP);
  gtk_widget_set_visible (self->progress_box, FALSE);
  ph_embedding_map_init_colours (self);
  g_signal_connect_swapped (self->layout_drop, "notify::selected", G_CALLBACK (on_layout), self);
  g_signal_connect_swapped (self->size_scale, "value-changed", G_CALLBACK (on_size), self);
  g_signal_connect_swapped (self->lasso_button, "toggled", G_CALLBACK (on_lasso), self);
  g_signal_connect_swapped (self->canvas, "activated", G_CALLBACK (on_activated), self);
  g_signal_connect_swapped (self->canvas, "current-changed", G_CALLBACK (on_current), self);
  g_signal_connect_swapped (self->selected, "picked", G_CALLBACK (on_activated), self);
}
