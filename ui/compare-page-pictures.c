#include "ui/compare-page-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/texture.h"

/* Two pictures from one recipe, step by step together, and how they are looked at. */

/* How long the user must have left the controls alone, in milliseconds. */
#define QUIET_TIME 250
#define LEAST_SIDE 448
/* Enough to see what a unit is about, for two pictures at once. */
#define STEPS 128
#define MOST_FRAMES 160
#define MOST_BYTES (96u << 20)

/* What a run gets. */
typedef struct
{
  /* owned */
  PhModel *models[2];
  PhAscentSettings settings;
  char *epoch; /* (nullable): file that takes the place of the second */

  PhUnit units[2];
  PhCompareAim aim;
  double blend;
} DrawSpec;

static void
draw_spec_free (gpointer data)
{
  DrawSpec *spec = data;

  g_object_unref (spec->models[0]);
  g_object_unref (spec->models[1]);
  ph_settings_clear (ph_ascent_settings, &spec->settings);
  g_free (spec->epoch);
  g_free (spec);
}

/* The unit as the joined network names it. Caller frees. */
static char *
dup_joined_name (PhModel *joined, PhModel *model, guint side, const PhUnit *unit, GError **error)
{
  PhUnit found;

  return ph_joined_unit (joined, model, side, unit, &found, error)
             ? ph_unit_dup_name (joined, &found)
             : NULL;
}

/* What one network likes and the other does not. */
static gboolean
begin_difference (const DrawSpec *spec, PhModel *second, PhAscent *ascents[2], GError **error)
{
  g_autoptr (PhModel) joined = ph_model_join (spec->models[0], second, error);
  g_autofree char *a = NULL, *b = NULL, *only_a = NULL, *only_b = NULL;

  if (joined == NULL)
    return FALSE;
  a = dup_joined_name (joined, spec->models[0], 0, &spec->units[0], error);
  /* What lies between is built as the first is. */
  b = a == NULL         ? NULL
      : spec->blend < 1 ? dup_joined_name (joined, second, 1, &spec->units[0], error)
                        : dup_joined_name (joined, second, 1, &spec->units[1], error);
  if (b == NULL)
    return FALSE;
  only_a = g_strconcat (a, " - ", b, NULL);
  only_b = g_strconcat (b, " - ", a, NULL);
  ascents[0] = ph_ascent_new (joined, only_a, &spec->settings, error);
  if (ascents[0] != NULL)
    ascents[1] = ph_ascent_new (joined, only_b, &spec->settings, error);
  return ascents[1] != NULL;
}

/* The network of the right picture. */
static PhModel *
open_second (const DrawSpec *spec, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhModel) end = spec->epoch != NULL ? ph_model_load (spec->epoch, cancellable, error)
                                                : g_object_ref (spec->models[1]);

  if (end == NULL || spec->blend >= 1)
    return g_steal_pointer (&end);
  return ph_model_blend (spec->models[0], end, spec->blend, NULL, NULL, error);
}

static gboolean
begin (const DrawSpec *spec, PhAscent *ascents[2], GCancellable *cancellable, GError **error)
{
  g_autoptr (PhModel) second = open_second (spec, cancellable, error);

  if (second == NULL)
    return FALSE;
  if (spec->aim == PH_COMPARE_DIFFERENCE)
    return begin_difference (spec, second, ascents, error);
  for (guint side = 0; side < 2; side++)
    {
      /* What lies between has the names of the first. */
      gboolean first = side == 0 || spec->blend < 1;
      g_autofree char *name =
          ph_unit_dup_name (spec->models[first ? 0 : 1], &spec->units[first ? 0 : 1]);

      ascents[side] =
          ph_ascent_new (side == 0 ? spec->models[0] : second, name, &spec->settings, error);
      if (ascents[side] == NULL)
        return FALSE;
    }
  return TRUE;
}

/* Both pictures, one above the other. */
static PhFrame *
make_frame (PhAscent *ascents[2])
{
  const PhImage *image = ph_ascent_get_image (ascents[0]);
  g_autoptr (GBytes) upper = ph_image_pack (image);
  g_autoptr (GBytes) lower = ph_image_pack (ph_ascent_get_image (ascents[1]));
  gsize n = g_bytes_get_size (upper);
  guint8 *pixels = g_malloc (2 * n);
  g_autoptr (GBytes) both = NULL;

  memcpy (pixels, g_bytes_get_data (upper, NULL), n);
  memcpy (pixels + n, g_bytes_get_data (lower, NULL), n);
  both = g_bytes_new_take (pixels, 2 * n);
  return ph_frame_new (both, image->width, 2 * image->height, ph_ascent_get_n_steps (ascents[0]),
                       NAN);
}

static gboolean
climb (PhAscent *ascents[2], guint n_steps, const PhMonitor *monitor, GCancellable *cancellable,
       GError **error)
{
  while (ph_ascent_get_n_steps (ascents[0]) < n_steps && !ph_monitor_should_stop (monitor))
    {
      ph_monitor_wait (monitor, cancellable);
      for (guint side = 0; side < 2; side++)
        if (!ph_ascent_step (ascents[side], NULL, cancellable, error))
          return FALSE;
      ph_monitor_progress (monitor, (double)ph_ascent_get_n_steps (ascents[0]) / n_steps, NULL);
      if (ph_monitor_wants_frame (monitor))
        {
          g_autoptr (PhFrame) frame = make_frame (ascents);

          ph_monitor_frame (monitor, frame);
        }
    }
  return TRUE;
}

/* On the thread of the lane. */
static gpointer
draw (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const DrawSpec *spec = data;
  PhAscent *ascents[2] = { NULL, NULL };
  PhFrame *frame = NULL;

  if (begin (spec, ascents, cancellable, error))
    {
      g_autoptr (PhFrame) first = make_frame (ascents);

      ph_monitor_frame (monitor, first);
      if (climb (ascents, (guint)spec->settings.steps, monitor, cancellable, error))
        frame = make_frame (ascents);
    }
  g_clear_pointer (&ascents[0], ph_ascent_free);
  g_clear_pointer (&ascents[1], ph_ascent_free);
  return frame;
}

/* Looking */

double
ph_compare_page_get_blend (PhComparePage *self)
{
  return gtk_range_get_value (self->blend_scale) / 100;
}

static void
describe (PhComparePage *self, guint side)
{
  PhUnit unit = ph_layer_change_get_unit (self->layer, side, self->unit);
  g_autofree char *title = ph_unit_dup_title (ph_compare_page_get_network (self, side), &unit);
  double blend = ph_compare_page_get_blend (self);
  gboolean difference = gtk_drop_down_get_selected (self->aim_drop) == PH_COMPARE_DIFFERENCE;
  const char *network = ph_model_get_name (ph_compare_page_get_network (self, side));
  g_autofree char *epoch = side == 1 && ph_compare_page_get_epoch (self) != NULL
                               ? ph_compare_page_dup_epoch_title (self)
                               : NULL;
  /* Translators: name of a network, then which epoch of its training. */
  g_autofree char *name =
      epoch != NULL ? g_strdup_printf (_ ("%s, %s"), network, epoch) : g_strdup (network);
  g_autofree char *text = NULL;

  if (difference)
    /* Translators: name of a network. */
    text = g_strdup_printf (_ ("What only %s answers to"), name);
  else if (side == 1 && blend < 1)
    /* Translators: per cent, then the name of a network. */
    text = g_strdup_printf (_ ("%.0f %% of the way to %s"), 100 * blend, name);
  else
    text = g_strdup (name);
  gtk_label_set_text (self->captions[side], text);
  ph_image_view_set_label (self->views[side], text, title);
}

static void
show_frame (PhComparePage *self, guint i)
{
  PhFrame *both = ph_frame_history_get (self->history, i);
  gsize n = g_bytes_get_size (both->pixels) / 2;
  g_autofree char *text = NULL;

  for (guint side = 0; side < 2; side++)
    {
      g_autoptr (GBytes) pixels = g_bytes_new_from_bytes (both->pixels, side * n, n);
      g_autoptr (PhFrame) frame =
          ph_frame_new (pixels, both->width, both->height / 2, both->step, NAN);
      g_autoptr (GdkTexture) texture = ph_texture_new_for_frame (frame, LEAST_SIDE);

      ph_image_view_set_texture (self->views[side], texture);
    }
  text = g_strdup_printf (_ ("step %u"), both->step);
  gtk_label_set_text (self->status_label, text);
}

static void
on_scrubbed (GtkRange *range, PhComparePage *self)
{
  int i = ph_frame_history_find (self->history, gtk_range_get_value (range));

  if (self->refreshing || i < 0)
    return;
  self->following = (guint)i + 1 == ph_frame_history_get_n_frames (self->history);
  show_frame (self, (guint)i);
}

static void
add_frame (PhComparePage *self, PhFrame *frame)
{
  guint newest;

  ph_frame_history_add (self->history, frame);
  newest = ph_frame_history_get_n_frames (self->history) - 1;
  self->refreshing = TRUE;
  gtk_adjustment_set_upper (self->scrubber_adjustment,
                            ph_frame_history_get (self->history, newest)->step);
  if (self->following)
    gtk_range_set_value (self->scrubber, ph_frame_history_get (self->history, newest)->step);
  self->refreshing = FALSE;
  if (self->following)
    show_frame (self, newest);
}

void
ph_compare_page_set_look (PhComparePage *self, PhCompareLook look)
{
  self->look = look;
  for (guint i = 0; i < PH_N_LOOKS; i++)
    gtk_toggle_button_set_active (self->looks[i], i == look);
  gtk_widget_set_visible (self->sides[0], look != PH_LOOK_SECOND);
  gtk_widget_set_visible (self->sides[1], look != PH_LOOK_FIRST);
}

/* The run */

static void
on_frame (PhJob *job, GParamSpec *pspec, PhComparePage *self)
{
  if (job == self->pictures_job && ph_job_get_frame (job) != NULL)
    add_frame (self, ph_job_get_frame (job));
}

static void
on_finished (PhJob *job, PhComparePage *self)
{
  if (job != self->pictures_job)
    return;
  if (ph_job_get_state (job) == PH_JOB_DONE)
    {
      self->drawn = TRUE;
      add_frame (self, ph_job_get_result (job));
    }
  else if (ph_job_get_state (job) == PH_JOB_FAILED)
    {
      gtk_label_set_text (self->status_label, "");
      ph_page_toast (PH_PAGE (self), ph_job_get_error (job)->message);
    }
  g_clear_object (&self->pictures_job);
  ph_compare_page_update_actions (self);
}

void
ph_compare_page_drop_pictures (PhComparePage *self)
{
  g_clear_handle_id (&self->blend_source, g_source_remove);
  if (self->pictures_job == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->pictures_job, self);
  ph_job_cancel (self->pictures_job);
  g_clear_object (&self->pictures_job);
}

static DrawSpec *
create_spec (PhComparePage *self)
{
  DrawSpec *spec = g_new0 (DrawSpec, 1);
  const PhPreprocess *usual = ph_model_get_preprocess (ph_page_get_model (PH_PAGE (self)));

  for (guint side = 0; side < 2; side++)
    {
      spec->models[side] = g_object_ref (ph_compare_page_get_network (self, side));
      spec->units[side] = ph_layer_change_get_unit (self->layer, side, self->unit);
    }
  ph_settings_copy (ph_ascent_settings, &spec->settings, ph_setting_rows_get_values (self->recipe));
  /* The same size in both, whatever each was made for. */
  if (spec->settings.width == 0)
    spec->settings.width = (int)usual->width;
  if (spec->settings.height == 0)
    spec->settings.height = (int)usual->height;
  spec->settings.pictures = 1;
  spec->aim = (PhCompareAim)gtk_drop_down_get_selected (self->aim_drop);
  spec->blend = ph_compare_page_get_blend (self);
  spec->epoch = g_strdup (ph_compare_page_get_epoch (self));
  return spec;
}

void
ph_compare_page_draw (PhComparePage *self)
{
  ph_compare_page_drop_pictures (self);
  self->drawn = FALSE;
  if (!self->has_unit || !self->visible || ph_page_get_queue (PH_PAGE (self)) == NULL)
    return;
  ph_frame_history_clear (self->history);
  self->following = TRUE;
  describe (self, 0);
  describe (self, 1);
  gtk_label_set_text (self->status_label, _ ("preparing…"));
  self->pictures_job = ph_job_new (_ ("Two pictures"), draw, create_spec (self), draw_spec_free,
                                   (GDestroyNotify)ph_frame_unref);
  ph_job_set_quiet (self->pictures_job, TRUE);
  g_signal_connect (self->pictures_job, "notify::frame", G_CALLBACK (on_frame), self);
  g_signal_connect (self->pictures_job, "finished", G_CALLBACK (on_finished), self);
  ph_queue_add (ph_page_get_queue (PH_PAGE (self)), self->pictures_job, PH_LANE_COMPUTE);
  ph_compare_page_update_actions (self);
}

static gboolean
on_quiet (gpointer data)
{
  PhComparePage *self = data;

  self->blend_source = 0;
  ph_compare_page_draw (self);
  return G_SOURCE_REMOVE;
}

void
ph_compare_page_draw_soon (PhComparePage *self)
{
  g_clear_handle_id (&self->blend_source, g_source_remove);
  self->blend_source = g_timeout_add (QUIET_TIME, on_quiet, self);
}

static void
show_blend (PhComparePage *self)
{
  /* Translators: how far from one network to the other, in per cent. */
  g_autofree char *text =
      g_strdup_printf (_ ("%.0f %% of the way"), 100 * ph_compare_page_get_blend (self));

  gtk_label_set_text (self->blend_label, text);
}

static void
on_blend (PhComparePage *self)
{
  show_blend (self);
  ph_compare_page_draw_soon (self);
}

void
ph_compare_page_init_pictures (PhComparePage *self)
{
  const char *const names[] = { "steps",      "width",   "height",        "image",
                                "transforms", "colour",  "learning-rate", "optimiser",
                                "negative",   "init-sd", "seed",          NULL };
  PhAscentSettings settings;

  self->history = ph_frame_history_new (MOST_FRAMES, MOST_BYTES);
  self->recipe = PH_SETTING_ROWS (ph_setting_rows_new (ph_ascent_settings, sizeof settings));
  ph_setting_rows_add_group (self->recipe, _ ("Recipe of both pictures"), names);
  ph_settings_init (ph_ascent_settings, &settings);
  settings.steps = STEPS;
  ph_setting_rows_set_values (self->recipe, &settings);
  ph_settings_clear (ph_ascent_settings, &settings);
  gtk_box_append (self->settings_box, GTK_WIDGET (self->recipe));
  show_blend (self);
  ph_image_view_link (self->views[0], self->views[1]);
  ph_compare_page_set_look (self, PH_LOOK_BOTH);
  g_signal_connect_swapped (self->recipe, "changed", G_CALLBACK (ph_compare_page_draw_soon), self);
  g_signal_connect (self->scrubber, "value-changed", G_CALLBACK (on_scrubbed), self);
  g_signal_connect_swapped (self->blend_scale, "value-changed", G_CALLBACK (on_blend), self);
  g_signal_connect_swapped (self->aim_drop, "notify::selected",
                            G_CALLBACK (ph_compare_page_draw_soon), self);
}
