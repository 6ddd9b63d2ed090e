#include <glib/gi18n.h>
#include <string.h>

#include "base/rng.h"
#include "vis/attribution-private.h"

static double
range_of (const PhImage *picture)
{
  float low = picture->data[0], high = picture->data[0];

  for (gsize i = 1; i < ph_image_n_values (picture); i++)
    {
      low = MIN (low, picture->data[i]);
      high = MAX (high, picture->data[i]);
    }
  return high - low;
}

/* Mean of the gradients at noisy copies of the picture. */
static gboolean
run_smoothgrad (PhAttributionTask *task, GError **error)
{
  const PhImage *picture = task->picture;
  PhAttribution *result = task->result;
  gsize n = ph_image_n_values (picture);
  guint samples = (guint)task->settings->samples, seen = 0;
  guint batch = MIN (samples, PH_ATTRIBUTION_BATCH);
  double sd = task->settings->noise * range_of (picture), value;
  g_autoptr (PhProbe) still = ph_attribution_probe (task, 1, FALSE, -1, error);
  g_autoptr (PhProbe) probe =
      still != NULL ? ph_attribution_probe (task, batch, TRUE, -1, error) : NULL;
  g_autofree float *copies = g_try_new (float, batch *n);
  g_autofree float *gradients = g_try_new (float, batch *n);
  g_autofree double *values = g_new (double, batch);
  gboolean stop = FALSE;
  PhRng rng;

  if (probe == NULL ||
      !ph_attribution_alloc (result, picture->channels, picture->height, picture->width, error) ||
      !ph_probe_forward (still, picture->data, &value, task->cancellable, error))
    return FALSE;
  if (copies == NULL || gradients == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           _ ("There is no memory for copies"));
      return FALSE;
    }
  result->value = value;
  ph_rng_init (&rng, (guint64)task->settings->seed, 0);
  while (seen < samples && !stop)
    {
      guint useful = MIN (batch, samples - seen);

      for (gsize i = 0; i < useful * n; i++)
        copies[i] = picture->data[i % n] + (float)(sd * ph_rng_normal (&rng));
      for (gsize i = useful * n; i < batch * n; i++)
        copies[i] = picture->data[i % n];
      if (!ph_probe_forward (probe, copies, values, task->cancellable, error) ||
          !ph_probe_backward (probe, PH_RULE_GRADIENT, gradients, task->cancellable, error))
        return FALSE;
      for (gsize i = 0; i < useful * n; i++)
        result->values[i % n] += gradients[i];
      seen += useful;
      if (!ph_attribution_advance (task, (double)seen / samples, &stop, error))
        return FALSE;
    }
  result->stopped = seen < samples;
  for (gsize i = 0; i < n; i++)
    result->values[i] /= (float)seen;
  return TRUE;
}

const PhAttributionMethod ph_attribution_smoothgrad = {
  .name = "smoothgrad",
  .title = N_ ("SmoothGrad"),
  .explanation = N_ (
      "The mean of the gradients at many noisy copies of the picture. The gradient flickers from "
      "pixel to pixel; what remains in the mean is what the unit is sensitive to throughout."),
  .source = "Smilkov, Thorat, Kim, Viégas, Wattenberg: SmoothGrad, 2017",
  .settings = (const char *const[]){ "samples", "noise", "seed", NULL },
  .run = run_smoothgrad,
};
