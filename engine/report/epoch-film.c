#include "report/epoch-film.h"

#include <math.h>

#include "onnx/load.h"
#include "study/compare.h"

static void
picture_free (gpointer data)
{
  PhEpochPicture *picture = data;

  g_clear_pointer (&picture->frame, ph_frame_unref);
  g_free (picture);
}

/* How far the second network's weights are from those of the first. */
static gboolean
measure (PhEpochPicture *picture, PhModel *const models[2], const char *name,
         GCancellable *cancellable, GError **error)
{
  g_autoptr (PhComparison) comparison = NULL;
  const PhLayerChange *layer;
  PhCompareSettings settings;
  PhUnit unit;

  picture->unit_change = picture->layer_change = NAN;
  if (!ph_unit_parse (models[0], name, &unit, error))
    return FALSE;
  ph_settings_init (ph_compare_settings, &settings);
  comparison = ph_compare_run (models, NULL, &settings, NULL, cancellable, error);
  ph_settings_clear (ph_compare_settings, &settings);
  if (comparison == NULL)
    return FALSE;
  layer = ph_comparison_find_layer (comparison, models[0], 0, &unit);
  if (layer == NULL)
    return TRUE;
  picture->layer_change = layer->measure[PH_LAYER_WEIGHTS];
  if (unit.kind != PH_UNIT_LAYER && unit.channel < layer->n_units)
    picture->unit_change = layer->units[unit.channel].measure[PH_UNIT_WEIGHTS];
  return TRUE;
}

/* Returns: FALSE without an error when it was stopped. */
static gboolean
draw (PhEpochPicture *picture, guint number, PhModel *model, const char *unit,
      const PhAscentSettings *settings, const PhMonitor *monitor, GCancellable *cancellable,
      GError **error)
{
  g_autoptr (PhAscent) ascent = ph_ascent_new (model, unit, settings, error);
  g_autoptr (PhAscentResult) result =
      ascent != NULL ? ph_ascent_run (ascent, monitor, cancellable, error) : NULL;

  if (result == NULL || result->stopped)
    return FALSE;
  picture->value = result->objective;
  picture->frame = ph_image_to_frame (result->image, number, result->objective);
  return TRUE;
}

GPtrArray *
ph_epoch_film_make (GPtrArray *paths, const char *unit, const PhAscentSettings *settings,
                    const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) pictures = g_ptr_array_new_with_free_func (picture_free);
  g_autoptr (PhModel) first = NULL;
  /* It may be stopped and paused; what it tells of its steps is of no use here. */
  const PhMonitor quiet = { .should_stop = monitor != NULL ? monitor->should_stop : NULL,
                            .wait = monitor != NULL ? monitor->wait : NULL,
                            .data = monitor != NULL ? monitor->data : NULL };

  for (guint i = 0; i < paths->len && !ph_monitor_should_stop (monitor); i++)
    {
      g_autoptr (PhModel) model = ph_model_load (paths->pdata[i], cancellable, error);
      g_autoptr (GError) problem = NULL;
      PhEpochPicture *picture;

      if (model == NULL)
        return NULL;
      if (first == NULL)
        first = g_object_ref (model);
      picture = g_new0 (PhEpochPicture, 1);
      g_ptr_array_add (pictures, picture);
      if (!measure (picture, (PhModel *const[]){ first, model }, unit, cancellable, error))
        return NULL;
      if (!draw (picture, i, model, unit, settings, &quiet, cancellable, &problem))
        {
          if (problem != NULL)
            {
              g_propagate_prefixed_error (error, g_steal_pointer (&problem),
                                          "%s: ", (const char *)paths->pdata[i]);
              return NULL;
            }
          g_ptr_array_set_size (pictures, (int)i);
          break;
        }
      ph_monitor_progress (monitor, (i + 1.0) / paths->len, unit);
      ph_monitor_frame (monitor, picture->frame);
    }
  return g_steal_pointer (&pictures);
}

GPtrArray *
ph_epoch_film_get_frames (GPtrArray *pictures)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);

  for (guint i = 0; i < pictures->len; i++)
    g_ptr_array_add (frames, ph_frame_ref (((PhEpochPicture *)pictures->pdata[i])->frame));
  return frames;
}
