#include <string.h>

#include "vis/attribution-private.h"

/* A blur so wide that only the light of large areas is left, in a quarter of the shorter side. */
#define BLUR_SHARE 8

/* Down to a few pixels and up again. */
static gboolean
fill_blurred (const PhImage *picture, float *to, GError **error)
{
  guint side = MAX (MIN (picture->height, picture->width) / BLUR_SHARE, 1);
  g_autoptr (PhImage) small = ph_image_resize (picture, MAX (picture->height / side, 1),
                                               MAX (picture->width / side, 1), error);
  g_autoptr (PhImage) blurred =
      small != NULL ? ph_image_resize (small, picture->height, picture->width, error) : NULL;

  if (blurred == NULL)
    return FALSE;
  memcpy (to, blurred->data, sizeof (float) * ph_image_n_values (picture));
  return TRUE;
}

gboolean
ph_baseline_fill (PhBaseline baseline, const PhPreprocess *preprocess, const PhImage *picture,
                  float *to, GError **error)
{
  gsize plane = (gsize)picture->height * picture->width;

  if (baseline == PH_BASELINE_BLUR)
    return fill_blurred (picture, to, error);
  for (guint c = 0; c < picture->channels; c++)
    {
      float colour = baseline == PH_BASELINE_WHITE  ? 1
                     : baseline == PH_BASELINE_MEAN ? preprocess->mean[c] / preprocess->scale
                                                    : 0;

      for (gsize i = 0; i < plane; i++)
        to[c * plane + i] = colour;
    }
  return TRUE;
}

typedef struct
{
  PhAttributionTask *task;
  const float *baseline;
  guint steps, stride, batch;
  float *pictures, *gradients; /* batch × n */
} Path;

/* Midpoints of equal parts of the straight way from the baseline to the picture. */
static double
place_on_path (const Path *path, guint k)
{
  return (((guint64)k * path->stride) % path->steps + 0.5) / path->steps;
}

/* Sums the gradients along the path; returns how many, 0 on failure. */
static guint
integrate (Path *path, PhProbe *probe, GError **error)
{
  PhAttributionTask *task = path->task;
  gsize n = ph_image_n_values (task->picture);
  g_autofree double *values = g_new (double, path->batch);
  guint seen = 0;
  gboolean stop = FALSE;

  while (seen < path->steps && !stop)
    {
      guint useful = MIN (path->batch, path->steps - seen);

      for (guint k = 0; k < path->batch; k++)
        {
          double t = place_on_path (path, seen + k % useful);

          for (gsize i = 0; i < n; i++)
            path->pictures[k * n + i] =
                (float)(path->baseline[i] + t * (task->picture->data[i] - path->baseline[i]));
        }
      if (!ph_probe_forward (probe, path->pictures, values, task->cancellable, error) ||
          !ph_probe_backward (probe, PH_RULE_GRADIENT, path->gradients, task->cancellable, error))
        return 0;
      for (gsize i = 0; i < useful * n; i++)
        task->result->values[i % n] +=
            path->gradients[i] * (task->picture->data[i % n] - path->baseline[i % n]);
      seen += useful;
      if (!ph_attribution_advance (task, (double)seen / path->steps, &stop, error))
        return 0;
    }
  return seen;
}

static gboolean
run_integrated (PhAttributionTask *task, GError **error)
{
  const PhImage *picture = task->picture;
  PhAttribution *result = task->result;
  const PhPreprocess *p = ph_model_get_preprocess (task->model);
  gsize n = ph_image_n_values (picture);
  guint steps = (guint)task->settings->steps, batch = MIN (steps, PH_ATTRIBUTION_BATCH);
  g_autofree float *baseline = g_try_new (float, n);
  g_autofree float *pictures = g_try_new (float, batch *n);
  g_autofree float *gradients = g_try_new (float, batch *n);
  g_autoptr (PhProbe) ends = ph_attribution_probe (task, 1, FALSE, -1, error);
  g_autoptr (PhProbe) probe =
      ends != NULL ? ph_attribution_probe (task, batch, TRUE, -1, error) : NULL;
  Path path = { task, baseline, steps, ph_attribution_spread (steps), batch, pictures, gradients };
  guint seen;

  if (probe == NULL ||
      !ph_attribution_alloc (result, picture->channels, picture->height, picture->width, error))
    return FALSE;
  if (baseline == NULL || pictures == NULL || gradients == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY, "There is no memory for the path");
      return FALSE;
    }
  if (!ph_baseline_fill ((PhBaseline)task->settings->baseline, p, picture, baseline, error) ||
      !ph_probe_forward (ends, baseline, &result->baseline_value, task->cancellable, error) ||
      !ph_probe_forward (ends, picture->data, &result->value, task->cancellable, error))
    return FALSE;
  seen = integrate (&path, probe, error);
  if (seen == 0)
    return FALSE;
  result->stopped = seen < steps;
  for (gsize i = 0; i < n; i++)
    result->values[i] /= (float)seen;
  return TRUE;
}

const PhAttributionMethod ph_attribution_integrated = {
  .name = "integrated-gradients",
  .title = "Integrated gradients",
  .explanation =
      "Follows the picture as it fades in from a baseline (black at first) and adds up what each "
      "pixel contributed on the way. The contributions add up to the unit's value less its value "
      "for the baseline; how well they do is shown as completeness. What has the colour of the "
      "baseline can get no credit: choose another and compare.",
  .source = "Sundararajan, Taly, Yan: Axiomatic Attribution for Deep Networks, 2017",
  .is_signed = TRUE,
  .settings = (const char *const[]){ "path-steps", "baseline", NULL },
  .run = run_integrated,
};
