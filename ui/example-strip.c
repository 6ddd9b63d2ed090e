#include "ui/example-strip-private.h"

#include <glib/gi18n.h>
#include <math.h>

/* Seconds between two looks at a scan that runs. */
#define LOOK_AGAIN 3

G_DEFINE_FINAL_TYPE (PhExampleStrip, ph_example_strip, GTK_TYPE_WIDGET)

enum
{
  PROP_WHOLE = 1,
  PROP_GLOW,
  PROP_SHOWN,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void load (PhExampleStrip *self);

/* The jobs */

static void
drop_job (PhExampleStrip *self, PhJob **job)
{
  if (*job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*job, self);
  ph_job_cancel (*job);
  g_clear_object (job);
}

static void
on_made (PhJob *job, PhExampleStrip *self)
{
  g_autoptr (PhJob) making = g_steal_pointer (&self->making);

  if (ph_job_get_state (job) != PH_JOB_DONE)
    return;
  self->ends = ph_job_steal_result (job);
  _ph_example_strip_fill_cells (self);
}

/* The strip is read from the right: what excites the unit most is seen without scrolling. Its width
 * is known once it has been laid out. */
static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  PhExampleStrip *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (self->scroller);

  if (gtk_widget_get_width (GTK_WIDGET (self->cells)) == 0)
    return G_SOURCE_CONTINUE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

/* The pictures at the ends are made once there are examples to put them beside. */
static void
make_ends (PhExampleStrip *self)
{
  if (self->ends != NULL || self->making != NULL || !self->shown)
    return;
  self->making = ph_ends_job_new (self->model, &self->unit, PH_EXAMPLE_CELL);
  g_signal_connect (self->making, "finished", G_CALLBACK (on_made), self);
  ph_queue_add (self->queue, self->making, PH_LANE_BACKGROUND);
}

static void
on_loaded (PhJob *job, PhExampleStrip *self)
{
  g_autoptr (PhJob) loading = g_steal_pointer (&self->loading);
  const GError *error = ph_job_get_error (job);

  g_clear_pointer (&self->problem, g_free);
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      PhStripLoad *result = ph_job_get_result (job);

      if (self->dataset == NULL)
        self->dataset = ph_dataset_ref (result->dataset);
      _ph_example_strip_clear_cells (self);
      g_clear_pointer (&self->strip, ph_strip_free);
      self->strip = g_steal_pointer (&result->strip);
      _ph_example_strip_fill_cells (self);
      if (self->strip != NULL)
        {
          _ph_example_strip_update_facts (self);
          make_ends (self);
          if (self->fresh && self->tick == 0)
            self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_tick, self, NULL);
          self->fresh = FALSE;
        }
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    self->problem = g_strdup (error->message);
  _ph_example_strip_update (self);
}

static void
load (PhExampleStrip *self)
{
  drop_job (self, &self->loading);
  if (self->queue != NULL && self->has_unit && self->path != NULL && self->model != NULL)
    {
      self->loading = ph_strip_job_new (self->model, self->path, self->dataset, &self->unit);
      g_signal_connect (self->loading, "finished", G_CALLBACK (on_loaded), self);
      ph_queue_add (self->queue, self->loading, PH_LANE_IO);
    }
  _ph_example_strip_update (self);
}

static void
forget (PhExampleStrip *self)
{
  drop_job (self, &self->loading);
  drop_job (self, &self->making);
  g_clear_pointer (&self->ends, g_ptr_array_unref);
  _ph_example_strip_clear_cells (self);
  g_clear_pointer (&self->strip, ph_strip_free);
  g_clear_pointer (&self->problem, g_free);
  self->marker = NAN;
}

static gboolean
on_timer (gpointer data)
{
  PhExampleStrip *self = data;

  if (self->shown && self->loading == NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    load (self);
  return G_SOURCE_CONTINUE;
}

static void
on_scan_finished (PhJob *job, PhExampleStrip *self)
{
  ph_example_strip_set_scan (self, NULL);
  /* Images may have come. */
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  load (self);
}

static void
on_scan_clicked (GtkButton *button, PhExampleStrip *self)
{
  g_autofree char *name = ph_unit_dup_name (self->model, &self->unit);

  if (self->unit.kind == PH_UNIT_NEURON)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.scan-neurons", "(ss)", self->path, name);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.scan-images", "s", self->path);
}

/* GObject */

static void
ph_example_strip_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PhExampleStrip *self = PH_EXAMPLE_STRIP (object);

  g_value_set_boolean (value, id == PROP_WHOLE  ? self->whole
                              : id == PROP_GLOW ? self->glow
                                                : self->shown);
}

static void
ph_example_strip_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  PhExampleStrip *self = PH_EXAMPLE_STRIP (object);
  gboolean *field = id == PROP_WHOLE ? &self->whole : id == PROP_GLOW ? &self->glow : &self->shown;

  if (*field == g_value_get_boolean (value))
    return;
  *field = g_value_get_boolean (value);
  _ph_example_strip_set_look (self, GTK_WIDGET (self->cells));
  if (id == PROP_SHOWN && self->strip != NULL)
    make_ends (self);
  _ph_example_strip_update (self);
  g_object_notify_by_pspec (object, pspec);
}

static void
ph_example_strip_dispose (GObject *object)
{
  PhExampleStrip *self = PH_EXAMPLE_STRIP (object);
  GtkWidget *child;

  if (self->cells != NULL)
    {
      forget (self);
      ph_example_strip_set_scan (self, NULL);
      if (self->tick != 0)
        gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick);
      self->tick = 0;
      gtk_widget_dispose_template (GTK_WIDGET (self), PH_TYPE_EXAMPLE_STRIP);
    }
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->queue);
  g_clear_object (&self->model);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_clear_pointer (&self->path, g_free);
  G_OBJECT_CLASS (ph_example_strip_parent_class)->dispose (object);
}

static void
ph_example_strip_class_init (PhExampleStripClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ph_example_strip_dispose;
  object_class->get_property = ph_example_strip_get_property;
  object_class->set_property = ph_example_strip_set_property;
  props[PROP_WHOLE] = g_param_spec_boolean ("whole", NULL, NULL, FALSE, flags);
  props[PROP_GLOW] = g_param_spec_boolean ("glow", NULL, NULL, FALSE, flags);
  props[PROP_SHOWN] = g_param_spec_boolean ("shown", NULL, NULL, TRUE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/phosphene/Phosphene/example-strip.ui");
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, status_label);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, tools);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, scan_button);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, images_button);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, content);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, scroller);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, cells);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, histogram);
  gtk_widget_class_bind_template_child (widget_class, PhExampleStrip, facts_label);
}

static void
ph_example_strip_init (PhExampleStrip *self)
{
  self->shown = TRUE;
  self->marker = NAN;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_assert (GTK_IS_BOX (self->cells));
  gtk_drawing_area_set_draw_func (self->histogram, _ph_example_strip_draw_histogram, self, NULL);
  g_signal_connect (self->scan_button, "clicked", G_CALLBACK (on_scan_clicked), self);
  _ph_example_strip_update (self);
}

/* Public */

void
ph_example_strip_set_queue (PhExampleStrip *self, PhQueue *queue)
{
  g_return_if_fail (PH_IS_EXAMPLE_STRIP (self));

  g_set_object (&self->queue, queue);
}

void
ph_example_strip_show (PhExampleStrip *self, PhModel *model, const PhUnit *unit)
{
  g_return_if_fail (PH_IS_EXAMPLE_STRIP (self));

  forget (self);
  g_set_object (&self->model, model);
  self->fresh = TRUE; /* to be scrolled to its place */
  self->has_unit = unit != NULL && unit->kind != PH_UNIT_LAYER;
  if (self->has_unit)
    self->unit = *unit;
  gtk_widget_set_visible (GTK_WIDGET (self), self->has_unit);
  load (self);
}

void
ph_example_strip_set_menu (PhExampleStrip *self, GMenuModel *menu)
{
  g_return_if_fail (PH_IS_EXAMPLE_STRIP (self));

  gtk_menu_button_set_menu_model (self->images_button, menu);
}

void
ph_example_strip_set_images (PhExampleStrip *self, const char *path)
{
  g_return_if_fail (PH_IS_EXAMPLE_STRIP (self));

  if (g_strcmp0 (self->path, path) == 0)
    return;
  forget (self);
  g_clear_pointer (&self->dataset, ph_dataset_unref);
  g_free (self->path);
  self->path = g_strdup (path);
  load (self);
}

void
ph_example_strip_set_scan (PhExampleStrip *self, PhJob *job)
{
  g_return_if_fail (PH_IS_EXAMPLE_STRIP (self));

  if (self->scan == job)
    return;
  if (self->scan != NULL)
    g_signal_handlers_disconnect_by_data (self->scan, self);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_set_object (&self->scan, job);
  if (job != NULL)
    {
      g_signal_connect_swapped (job, "notify::message", G_CALLBACK (_ph_example_strip_update),
                                self);
      g_signal_connect (job, "finished", G_CALLBACK (on_scan_finished), self);
      self->timer = g_timeout_add_seconds (LOOK_AGAIN, on_timer, self);
    }
  _ph_example_strip_update (self);
}

guint
ph_example_strip_get_n_cells (PhExampleStrip *self)
{
  g_return_val_if_fail (PH_IS_EXAMPLE_STRIP (self), 0);

  return self->strip != NULL ? self->strip->items->len : 0;
}

gboolean
ph_example_strip_export (PhExampleStrip *self, const char *path, GError **error)
{
  g_return_val_if_fail (PH_IS_EXAMPLE_STRIP (self) && self->strip != NULL, FALSE);

  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (self->cells));
  int width = gtk_widget_get_width (GTK_WIDGET (self->cells));
  int height = gtk_widget_get_height (GTK_WIDGET (self->cells));
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (GTK_WIDGET (self)));
  GdkRGBA paper = { 1, 1, 1, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                  "window_bg_color", &paper);
  gtk_snapshot_append_color (snapshot, &paper, &GRAPHENE_RECT_INIT (0, 0, width, height));
  gdk_paintable_snapshot (paintable, snapshot, width, height);

  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (snapshot);
  g_autoptr (GdkTexture) texture =
      gsk_renderer_render_texture (renderer, node, &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_autoptr (GBytes) bytes = gdk_texture_save_to_png_bytes (texture);

  return ph_save_bytes (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

const char *
ph_example_strip_get_favourite (PhExampleStrip *self)
{
  g_return_val_if_fail (PH_IS_EXAMPLE_STRIP (self), NULL);

  return self->strip != NULL && self->strip->class_names->len > 0
             ? self->strip->class_names->pdata[0]
             : NULL;
}
