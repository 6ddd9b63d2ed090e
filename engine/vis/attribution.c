#include "vis/attribution-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/tensor.h"
#include "vis/heat.h"

const PhAttributionMethod *const *
ph_attribution_methods (void)
{
  static const PhAttributionMethod *const methods[] = {
    &ph_attribution_gradient,   &ph_attribution_gradient_input,
    &ph_attribution_guided,     &ph_attribution_smoothgrad,
    &ph_attribution_integrated, &ph_attribution_gradcam,
    &ph_attribution_occlusion,  NULL,
  };

  return methods;
}

void
ph_attribution_free (PhAttribution *attribution)
{
  if (attribution == NULL)
    return;
  ph_aligned_free (attribution->values);
  ph_aligned_free (attribution->map);
  g_free (attribution->layer);
  g_free (attribution);
}

double
ph_attribution_get_completeness (const PhAttribution *attribution)
{
  double whole = attribution->value - attribution->baseline_value;

  return whole != 0 ? attribution->sum / whole : NAN;
}

PhProbe *
ph_attribution_probe (PhAttributionTask *task, guint n, gboolean gradient, int also, GError **error)
{
  PhProbeOptions options = { n, gradient, also, task->weights };

  return ph_probe_new (task->model, &task->unit, &options, error);
}

gboolean
ph_attribution_alloc (PhAttribution *result, guint channels, guint rows, guint columns,
                      GError **error)
{
  result->channels = channels;
  result->rows = rows;
  result->columns = columns;
  result->values = ph_aligned_alloc (sizeof (float) * channels * rows * columns);
  if (result->values != NULL)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY, _ ("There is no memory for a map of %u × %u"),
               columns, rows);
  return FALSE;
}

/* Bilinear, corners of the map and the picture together (not their outermost centres), as
 * PyTorch's interpolate without align_corners. */
static void
stretch (const float *from, guint rows, guint columns, float *to, guint height, guint width)
{
  for (guint y = 0; y < height; y++)
    {
      double r = CLAMP ((y + 0.5) * rows / height - 0.5, 0, rows - 1.0);
      guint r0 = (guint)r, r1 = MIN (r0 + 1, rows - 1);

      for (guint x = 0; x < width; x++)
        {
          double c = CLAMP ((x + 0.5) * columns / width - 0.5, 0, columns - 1.0);
          guint c0 = (guint)c, c1 = MIN (c0 + 1, columns - 1);
          double above = from[(gsize)r0 * columns + c0] * (1 - (c - c0)) +
                         from[(gsize)r0 * columns + c1] * (c - c0);
          double below = from[(gsize)r1 * columns + c0] * (1 - (c - c0)) +
                         from[(gsize)r1 * columns + c1] * (c - c0);

          to[(gsize)y * width + x] = (float)(above * (1 - (r - r0)) + below * (r - r0));
        }
    }
}

void
ph_attribution_fill_map (PhAttribution *result)
{
  gsize plane = (gsize)result->rows * result->columns;

  if (result->rows != result->height || result->columns != result->width)
    {
      stretch (result->values, result->rows, result->columns, result->map, result->height,
               result->width);
      return;
    }
  for (gsize i = 0; i < plane; i++)
    {
      double sum = 0, most = 0;

      for (guint c = 0; c < result->channels; c++)
        {
          double value = result->values[c * plane + i];

          sum += value;
          most = MAX (most, fabs (value));
        }
      result->map[i] = (float)(result->is_signed ? sum : most);
    }
}

gboolean
ph_attribution_advance (PhAttributionTask *task, double fraction, gboolean *stop, GError **error)
{
  ph_monitor_progress (task->monitor, fraction, NULL);
  if (ph_monitor_wants_frame (task->monitor))
    {
      ph_attribution_fill_map (task->result);

      g_autoptr (PhFrame) frame = ph_heat_to_frame (task->result->map, task->result->height,
                                                    task->result->width, task->result->is_signed);

      ph_monitor_frame (task->monitor, frame);
    }
  ph_monitor_wait (task->monitor, task->cancellable);
  if (stop != NULL)
    *stop = ph_monitor_should_stop (task->monitor);
  return !g_cancellable_set_error_if_cancelled (task->cancellable, error);
}

guint
ph_attribution_spread (guint n)
{
  guint stride = MAX ((guint)(0.618 * n), 1);

  for (;; stride++)
    {
      guint a = n, b = stride;

      while (b != 0)
        {
          guint rest = a % b;

          a = b;
          b = rest;
        }
      if (a == 1)
        return stride;
    }
}

static gboolean
check_picture (PhModel *model, const PhImage *picture, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (model);

  if (picture->channels == p->channels && picture->height == p->height &&
      picture->width == p->width)
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
               _ ("the picture has %u channels and %u × %u pixels, %s takes %u and %u × %u"),
               picture->channels, picture->width, picture->height, ph_model_get_name (model),
               p->channels, p->width, p->height);
  return FALSE;
}

static gboolean
add_up (PhAttribution *result, GError **error)
{
  gsize n = (gsize)result->channels * result->rows * result->columns;

  for (gsize i = 0; i < n; i++)
    result->sum += result->values[i];
  if (isfinite (result->sum) && isfinite (result->value))
    return TRUE;
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DIVERGED,
                       _ ("The network gives infinite numbers for this picture"));
  return FALSE;
}

PhAttribution *
ph_attribution_run (PhModel *model, const PhUnit *unit, const PhImage *picture,
                    const PhAttributionSettings *settings, PhTensor *const *weights,
                    const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  const PhAttributionMethod *method = ph_attribution_methods ()[settings->method];
  g_autoptr (PhAttribution) result = g_new0 (PhAttribution, 1);
  PhAttributionTask task = { .model = model,
                             .picture = picture,
                             .settings = settings,
                             .weights = weights,
                             .monitor = monitor,
                             .cancellable = cancellable,
                             .result = result,
                             .unit = *unit };

  if (!check_picture (model, picture, error))
    return NULL;
  result->height = picture->height;
  result->width = picture->width;
  result->is_signed = method->is_signed;
  result->baseline_value = NAN;
  result->map = ph_aligned_alloc (sizeof (float) * picture->height * picture->width);
  if (result->map == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           _ ("There is no memory for the map"));
      return NULL;
    }
  if (!method->run (&task, error) || !add_up (result, error))
    return NULL;
  ph_attribution_fill_map (result);
  ph_monitor_progress (monitor, 1, NULL);
  return g_steal_pointer (&result);
}
