#include <glib/gi18n.h>
#include <string.h>

#include "vis/attribution-private.h"

static gboolean
has_map (const PhLayer *layer)
{
  return layer->obstacle == NULL && layer->rows * layer->columns > 1 &&
         (layer->layout == PH_LAYOUT_NCHW || layer->layout == PH_LAYOUT_NHWC);
}

int
ph_attribution_find_layer (PhModel *model, const PhUnit *unit, const char *name, GError **error)
{
  int value = ph_unit_get_value (model, unit);
  gboolean automatic = name == NULL || g_str_equal (name, "auto");
  int named = automatic ? -1 : ph_model_find_layer (model, name);
  g_autofree gboolean *before =
      value >= 0 ? ph_graph_mark_sources (ph_model_get_graph (model), value) : NULL;

  for (int i = (int)ph_model_get_n_layers (model) - 1; before != NULL && i >= 0; i--)
    {
      const PhLayer *layer = ph_model_get_layer (model, (guint)i);

      if (has_map (layer) && before[layer->value] && (automatic || i == named))
        return i;
    }
  if (!automatic && named < 0)
    g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("this network has no layer “%s”"),
                 name);
  else if (!automatic)
    g_set_error (
        error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
        _ ("Grad-CAM needs a layer with a map that the unit is computed from; “%s” is not one"),
        name);
  else
    g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                         _ ("Grad-CAM needs a layer with a map before the unit, and there is none; "
                            "choose a deeper unit or another method"));
  return -1;
}

/* map (r, c) = max (0, Σ_k w_k A_k (r, c)) with w_k the mean over positions of ∂unit / ∂A_k. */
static void
weigh (PhAttribution *result, const float *activations, const float *gradient, guint channels,
       gboolean channels_last)
{
  gsize plane = (gsize)result->rows * result->columns;
  gsize channel_step = channels_last ? 1 : plane, step = channels_last ? channels : 1;

  for (guint k = 0; k < channels; k++)
    {
      double weight = 0;

      for (gsize i = 0; i < plane; i++)
        weight += gradient[k * channel_step + i * step];
      weight /= (double)plane;
      for (gsize i = 0; i < plane; i++)
        result->values[i] += (float)weight * activations[k * channel_step + i * step];
    }
  for (gsize i = 0; i < plane; i++)
    result->values[i] = MAX (result->values[i], 0);
}

static gboolean
run_gradcam (PhAttributionTask *task, GError **error)
{
  int index = ph_attribution_find_layer (task->model, &task->unit, task->settings->layer, error);
  const PhLayer *layer = index >= 0 ? ph_model_get_layer (task->model, (guint)index) : NULL;
  g_autoptr (PhProbe) probe =
      layer != NULL ? ph_attribution_probe (task, 1, TRUE, layer->value, error) : NULL;
  gboolean last = layer != NULL && layer->layout == PH_LAYOUT_NHWC;

  if (probe == NULL)
    return FALSE;

  const PhShape *shape = ph_probe_get_shape (probe, layer->value);

  if (!ph_attribution_alloc (task->result, 1, (guint)shape->dim[last ? 1 : 2],
                             (guint)shape->dim[last ? 2 : 3], error) ||
      !ph_probe_forward (probe, task->picture->data, &task->result->value, task->cancellable,
                         error) ||
      !ph_probe_backward (probe, PH_RULE_GRADIENT, NULL, task->cancellable, error))
    return FALSE;

  PhRun *run = ph_probe_get_run (probe);

  task->result->layer = g_strdup (layer->name);
  if (ph_run_get_gradient (run, layer->value) != NULL)
    weigh (task->result, ph_run_get_value (run, layer->value),
           ph_run_get_gradient (run, layer->value), (guint)shape->dim[last ? 3 : 1], last);
  return TRUE;
}

const PhAttributionMethod ph_attribution_gradcam = {
  .name = "grad-cam",
  .title = N_ ("Grad-CAM"),
  .explanation = N_ (
      "The maps of the last layer that still has a map, weighted by how much each of its channels "
      "raises the unit, and only what speaks for it. Coarse, since that layer is, but it says "
      "where the network looked. Every one of those channels sees much of the picture, so the "
      "place is that of its middle."),
  .source = "Selvaraju, Cogswell, Das, Vedantam, Parikh, Batra: Grad-CAM, 2017",
  .settings = (const char *const[]){ "layer", NULL },
  .run = run_gradcam,
};
