/* Explanations from a single gradient: as it is, times the input, and guided. */

#include <glib/gi18n.h>
#include <string.h>

#include "vis/attribution-private.h"

static gboolean
run_once (PhAttributionTask *task, PhRule rule, GError **error)
{
  PhAttribution *result = task->result;
  const PhImage *picture = task->picture;
  g_autoptr (PhProbe) probe = ph_attribution_probe (task, 1, TRUE, -1, error);

  return probe != NULL &&
         ph_attribution_alloc (result, picture->channels, picture->height, picture->width, error) &&
         ph_probe_forward (probe, picture->data, &result->value, task->cancellable, error) &&
         ph_probe_backward (probe, rule, result->values, task->cancellable, error);
}

static gboolean
run_gradient (PhAttributionTask *task, GError **error)
{
  return run_once (task, PH_RULE_GRADIENT, error);
}

const PhAttributionMethod ph_attribution_gradient = {
  .name = "gradient",
  .title = N_ ("Gradient"),
  .explanation = N_ (
      "How much the unit would change if each pixel changed a little. The quickest look, and the "
      "honest first one, but noisy: it tells what the unit is sensitive to, not what it saw."),
  .source = "Simonyan, Vedaldi, Zisserman: Deep Inside Convolutional Networks, 2013",
  .run = run_gradient,
};

/* The gradient at the network's input times that input; seen from the picture, the gradient times
 * the distance from the colour that the network takes for 0. */
static gboolean
run_gradient_input (PhAttributionTask *task, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (task->model);
  gsize plane = (gsize)task->picture->height * task->picture->width;

  if (!run_once (task, PH_RULE_GRADIENT, error))
    return FALSE;
  for (guint c = 0; c < task->picture->channels; c++)
    for (gsize i = 0; i < plane; i++)
      task->result->values[c * plane + i] *=
          task->picture->data[c * plane + i] - p->mean[c] / p->scale;
  return TRUE;
}

const PhAttributionMethod ph_attribution_gradient_input = {
  .name = "gradient-input",
  .title = N_ ("Gradient × input"),
  .explanation = N_ (
      "The gradient, times how far each pixel is from the colour that the network takes for "
      "nothing. If the unit were linear, this would be exactly what each pixel adds to it or takes "
      "away. It is not linear, so read it as a first guess at that."),
  .source = "Shrikumar, Greenside, Shcherbina, Kundaje: Not Just a Black Box, 2016",
  .is_signed = TRUE,
  .run = run_gradient_input,
};

static gboolean
run_guided (PhAttributionTask *task, GError **error)
{
  return run_once (task, PH_RULE_GUIDED, error);
}

const PhAttributionMethod ph_attribution_guided = {
  .name = "guided-backprop",
  .title = N_ ("Guided backprop"),
  .explanation = N_ (
      "The gradient, but at every relu on the way back only what raises the unit passes. The maps "
      "are crisp, and treacherous: much of them is edges of the picture that show whatever the "
      "unit. The sanity check tells how much of a map "
      "is left when the weights mean nothing."),
  .source = "Springenberg, Dosovitskiy, Brox, Riedmiller: Striving for Simplicity, 2015",
  .run = run_guided,
};
