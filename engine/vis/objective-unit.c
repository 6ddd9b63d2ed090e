#include <string.h>

#include "vis/objective-private.h"

/* The value before the relu behind which @value lies, also behind a mean over positions; -1 when
 * there is none. */
static int
find_before_relu (PhGraph *graph, int value)
{
  const char *const means[] = { "GlobalAveragePool", "Flatten", "Squeeze", "Identity", NULL };
  const char *const relus[] = { "Relu", "Clip", NULL };

  for (;;)
    {
      int producer = ph_graph_get_value (graph, value)->producer;
      const PhNode *node = producer >= 0 ? ph_graph_get_node (graph, (guint)producer) : NULL;

      if (node == NULL || node->n_inputs == 0)
        return -1;
      if (g_strv_contains (relus, node->op_type))
        return node->inputs[0];
      if (!g_strv_contains (means, node->op_type))
        return -1;
      value = node->inputs[0];
    }
}

void
ph_unit_term_init (PhUnitTerm *term, PhModel *model, const PhUnit *unit)
{
  *term = (PhUnitTerm){ .unit = *unit, .value = ph_unit_get_value (model, unit) };
  term->before = find_before_relu (ph_model_get_graph (model), term->value);
}

/* The unit's place before the relu: the same as behind it, or its channel's map when the positions
 * were averaged in between. */
static gboolean
locate_before (PhUnitTerm *term, const PhShape *shape, const PhShape *before)
{
  if (ph_shape_equal (shape, before))
    {
      term->before_region = term->region;
      return TRUE;
    }
  if (before->rank != 4 || shape->rank < 2 || before->dim[1] != shape->dim[1] ||
      term->region.count != 1 || term->region.batch_stride != (gsize)shape->dim[1])
    return FALSE;

  gsize plane = ph_shape_count_range (before, 2, 4);

  term->before_region =
      (PhRegion){ plane * (gsize)before->dim[1], plane * term->region.offset, 1, plane };
  return TRUE;
}

gboolean
ph_unit_term_bind (PhUnitTerm *term, PhModel *model, const PhPlan *plan, GError **error)
{
  const PhSpec *spec = ph_plan_get_spec (plan, term->value);

  if (!ph_unit_locate (model, &term->unit, &spec->shape, &term->region, error))
    return FALSE;
  term->n = spec->shape.rank > 0 ? (gsize)spec->shape.dim[0] : 1;
  if (term->before >= 0 &&
      !locate_before (term, &spec->shape, &ph_plan_get_spec (plan, term->before)->shape))
    term->before = -1;
  return TRUE;
}

/* Sum of the numbers, or of their squares, in the region of all images. */
static double
sum_region (const PhRegion *region, gsize n, const float *x, gboolean squares)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < region->count; j++)
      {
        double value = x[i * region->batch_stride + region->offset + j * region->stride];

        sum += squares ? value * value : value;
      }
  return sum;
}

static void
add_gradient (const PhRegion *region, gsize n, const float *x, gboolean squares, double weight,
              float *gradient)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < region->count; j++)
      {
        gsize at = i * region->batch_stride + region->offset + j * region->stride;

        gradient[at] += (float)(squares ? 2 * weight * x[at] : weight);
      }
}

static gboolean
is_silent (const PhRegion *region, gsize n, const float *x)
{
  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < region->count; j++)
      if (x[i * region->batch_stride + region->offset + j * region->stride] > 0)
        return FALSE;
  return TRUE;
}

static double
unit_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const PhUnitTerm *term = data;
  const PhRegion *region = &term->region;
  gboolean squares = term->unit.kind == PH_UNIT_LAYER;
  int source = term->value;

  if (context->run == NULL)
    return 0;

  /* Behind a relu nothing lies below 0, so what is to be lowered is measured before it. */
  if (context->weight < 0 && term->before >= 0 && !squares)
    {
      source = term->before;
      region = &term->before_region;
    }

  const float *x = ph_run_get_value (context->run, source);
  double share = 1.0 / (double)(term->n * region->count);
  double value = share * sum_region (region, term->n, x, squares);

  if (!context->gradient)
    return value;

  if (source != term->before && term->before >= 0 && context->weight > 0 &&
      is_silent (region, term->n, x))
    {
      source = term->before;
      region = &term->before_region;
      squares = FALSE;
      share = 1.0 / (double)(term->n * region->count);
    }

  float *gradient = ph_run_get_gradient (context->run, source);

  if (gradient != NULL)
    add_gradient (region, term->n, x, squares, context->weight * share, gradient);
  return value;
}

const PhObjectiveClass ph_objective_unit = {
  .name = NULL,
  .summary = "A neuron or class: its value; a channel: its mean; a layer: the mean of squares.",
  .evaluate = unit_evaluate,
};
