#include "study/circuit-private.h"

#include <string.h>

/* Reading weights: which units a convolution or a matrix connects, and how strongly. */

const PhSpec *
ph_survey_get_spec (const PhSurvey *survey, int value)
{
  return &survey->trace->specs[value];
}

gsize
ph_survey_plane (const PhShape *shape)
{
  return ph_shape_count_range (shape, MIN (2, shape->rank), shape->rank);
}

gboolean
ph_survey_is_conv (const PhNode *node)
{
  return g_str_equal (node->op_type, "Conv");
}

static const PhTensor *
weights_of (const PhSurvey *survey, const PhNode *node)
{
  return ph_survey_get_spec (survey, node->inputs[1])->constant;
}

/* Whether each output channel of a convolution reads one channel, its own. */
static gboolean
is_depthwise (const PhSurvey *survey, const PhNode *node)
{
  const PhTensor *weights = weights_of (survey, node);

  return ph_survey_is_conv (node) && weights->shape.dim[1] == 1 &&
         weights->shape.dim[0] == ph_survey_get_spec (survey, node->inputs[0])->shape.dim[1] &&
         weights->shape.dim[0] > 1;
}

const PhNode *
ph_survey_get_producer (const PhSurvey *survey, int value)
{
  int producer = ph_graph_get_value (survey->graph, value)->producer;

  return producer < 0 ? NULL : ph_graph_get_node (survey->graph, (guint)producer);
}

gboolean
ph_survey_find_unit (const PhSurvey *survey, PhPlace place, gboolean through_depthwise,
                     const PhPlace *wanted, PhTap *tap)
{
  gboolean found = FALSE, has_map = FALSE;
  PhStepBack step;

  *tap = (PhTap){ .rows = 1, .columns = 1 };
  do
    {
      PhPlace before;
      PhUnit unit;
      guint position;

      if (wanted != NULL && place.value == wanted->value && place.index == wanted->index)
        found = TRUE;
      if ((wanted == NULL || !has_map) &&
          ph_walk_unit (survey->model, place.value, place.index, &unit, &position))
        {
          const PhLayer *layer = ph_model_get_layer (survey->model, unit.layer);

          if (!has_map)
            {
              tap->position = position;
              tap->rows = layer->rows;
              tap->columns = layer->columns;
              has_map = TRUE;
            }
          if (wanted == NULL)
            {
              tap->unit = unit;
              tap->factor = place.factor;
              found = TRUE;
            }
          if (wanted == NULL && strstr (layer->kind, "Pool") == NULL && !through_depthwise)
            return TRUE;
        }
      if (wanted != NULL && found)
        {
          tap->factor = place.factor;
          return TRUE;
        }
      step = ph_walk_back (survey->trace, &place, &before);
      if (step == PH_STEP_WEIGHTED && through_depthwise &&
          is_depthwise (survey, ph_survey_get_producer (survey, place.value)))
        {
          const PhNode *node = ph_survey_get_producer (survey, place.value);
          gsize channel =
              place.index / ph_survey_plane (&ph_survey_get_spec (survey, place.value)->shape);
          PhPlace behind = { node->inputs[0],
                             channel * ph_survey_plane (
                                           &ph_survey_get_spec (survey, node->inputs[0])->shape),
                             place.factor };
          PhTap further;

          if (ph_survey_find_unit (survey, behind, FALSE, wanted, &further))
            {
              *tap = further;
              tap->depthwise = weights_of (survey, node);
              tap->filter = (guint)channel;
              return TRUE;
            }
        }
      place = before;
    }
  while (step == PH_STEP_ONE);
  return found;
}

guint
ph_survey_count_taps (const PhSurvey *survey, const PhNode *node)
{
  const PhShape *in = &ph_survey_get_spec (survey, node->inputs[0])->shape;

  return (guint)in->dim[ph_survey_is_conv (node) || in->rank == 2 ? 1 : in->rank - 1];
}

gboolean
ph_survey_find_tap (const PhSurvey *survey, const PhNode *node, guint i, const PhPlace *wanted,
                    PhTap *tap)
{
  const PhShape *in = &ph_survey_get_spec (survey, node->inputs[0])->shape;
  PhPlace place = { node->inputs[0], ph_survey_is_conv (node) ? i * ph_survey_plane (in) : i, 1 };
  const PhTensor *weights = weights_of (survey, node);
  gboolean pointwise = ph_survey_is_conv (node) && ph_survey_plane (&weights->shape) == 1;
  gboolean found = pointwise && ph_survey_find_unit (survey, place, TRUE, wanted, tap);

  /* Without a depthwise convolution the nearest unit counts. */
  if (!found || tap->depthwise == NULL)
    found = ph_survey_find_unit (survey, place, FALSE, wanted, tap);
  return found;
}

void
ph_survey_get_kernel_size (const PhSurvey *survey, const PhNode *node, const PhTap *tap,
                           guint *rows, guint *columns)
{
  const PhTensor *weights = tap->depthwise != NULL ? tap->depthwise : weights_of (survey, node);
  gboolean flat = ph_survey_get_spec (survey, node->inputs[0])->shape.rank == 2;

  *rows = ph_survey_is_conv (node) ? (guint)weights->shape.dim[2] : flat ? tap->rows : 1;
  *columns = ph_survey_is_conv (node) ? (guint)weights->shape.dim[3] : flat ? tap->columns : 1;
}

gboolean
ph_survey_add_weights (const PhSurvey *survey, const PhNode *node, guint i, guint k,
                       const PhTap *tap, double factor, PhSynapse *synapse)
{
  const PhTensor *w = weights_of (survey, node);
  gsize n = (gsize)synapse->rows * synapse->columns, at;

  factor *= tap->factor;
  if (ph_survey_is_conv (node))
    {
      gsize per_group = (gsize)w->shape.dim[1];
      gsize n_groups = ph_survey_count_taps (survey, node) / per_group;
      gsize group = k / ((gsize)w->shape.dim[0] / n_groups);

      if (i / per_group != group)
        return FALSE;
      at = (k * per_group + i % per_group) * ph_survey_plane (&w->shape);
      for (gsize j = 0; j < n; j++)
        synapse->kernel[j] +=
            factor * (tap->depthwise != NULL
                          ? (double)w->f[at] * tap->depthwise->f[tap->filter * n + j]
                          : (double)w->f[at + j]);
      return TRUE;
    }
  if (g_str_equal (node->op_type, "Gemm"))
    {
      gboolean turned = ph_attrs_get_int (node->attrs, "transB", 0) != 0;

      factor *= (double)ph_attrs_get_real (node->attrs, "alpha", 1);
      at = turned ? (gsize)k * (gsize)w->shape.dim[1] + i : (gsize)i * (gsize)w->shape.dim[1] + k;
    }
  else
    at = (gsize)i * (gsize)w->shape.dim[1] + k;
  synapse->kernel[n > 1 ? tap->position : 0] += factor * (double)w->f[at];
  return TRUE;
}

gboolean
ph_survey_is_readable (const PhSurvey *survey, const PhNode *node)
{
  const PhTensor *w;

  if (!ph_survey_is_conv (node) && !g_str_equal (node->op_type, "Gemm") &&
      !g_str_equal (node->op_type, "MatMul"))
    return FALSE;
  if (node->n_inputs < 2 || node->inputs[0] < 0 || node->inputs[1] < 0 ||
      ph_survey_get_spec (survey, node->inputs[0])->shape.rank < 2)
    return FALSE;
  w = weights_of (survey, node);
  return w != NULL && ph_type_is_real (w->type) &&
         w->shape.rank == (ph_survey_is_conv (node) ? 4 : 2) &&
         ph_attrs_get_int (node->attrs, "transA", 0) == 0;
}
