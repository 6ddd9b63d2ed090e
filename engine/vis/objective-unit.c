#include <glib/gi18n.h>
#include <string.h>

#include "vis/objective-private.h"

/* Channels of a value that is some layer's output, else 0. */
static guint
count_channels (PhModel *model, int value)
{
  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    if (ph_model_get_layer (model, i)->value == value)
      return ph_model_get_layer (model, i)->n_channels;
  return 0;
}

/* The input of a join of branches that @channel comes from; makes it the channel there. */
static int
find_branch (PhModel *model, const PhNode *node, guint *channel)
{
  if (ph_attrs_get_int (node->attrs, "axis", 1) != 1)
    return -1;
  for (guint i = 0; i < node->n_inputs; i++)
    {
      guint n = count_channels (model, node->inputs[i]);

      if (n == 0)
        return -1;
      if (*channel < n)
        return node->inputs[i];
      *channel -= n;
    }
  return -1;
}

/* The value before the relu behind which the unit lies, also behind a pool or a join of branches;
 * -1 when there is none. */
static void
find_before_relu (PhUnitTerm *term, PhModel *model)
{
  const char *const means[] = { "GlobalAveragePool", "AveragePool", "MaxPool", "Flatten",
                                "Squeeze",           "Identity",    "Dropout", NULL };
  const char *const relus[] = { "Relu", "Clip", NULL };
  PhGraph *graph = ph_model_get_graph (model);
  int value = term->value;

  term->before = -1;
  term->before_channel = term->unit.channel;
  while (value >= 0 && term->unit.kind != PH_UNIT_LAYER)
    {
      int producer = ph_graph_get_value (graph, value)->producer;
      const PhNode *node = producer >= 0 ? ph_graph_get_node (graph, (guint)producer) : NULL;

      if (node == NULL || node->n_inputs == 0)
        return;
      if (g_strv_contains (relus, node->op_type))
        {
          term->before = node->inputs[0];
          return;
        }
      if (g_str_equal (node->op_type, "Concat"))
        value = find_branch (model, node, &term->before_channel);
      else
        value = g_strv_contains (means, node->op_type) ? node->inputs[0] : -1;
    }
}

void
ph_unit_term_init (PhUnitTerm *term, PhModel *model, const PhUnit *unit)
{
  *term = (PhUnitTerm){ .unit = *unit, .value = ph_unit_get_value (model, unit) };
  find_before_relu (term, model);
}

/* The unit's place before the relu: the same as behind it, in another channel where branches were
 * joined, or the whole map of its channel when the positions were averaged in between. */
static gboolean
locate_before (PhUnitTerm *term, const PhShape *shape, const PhShape *before)
{
  const PhRegion *region = &term->region;
  gsize channel = term->before_channel;

  if (ph_shape_equal (shape, before) && channel == term->unit.channel)
    {
      term->before_region = *region;
      return TRUE;
    }
  if (before->rank != 4 || channel >= (gsize)before->dim[1])
    return FALSE;

  gsize plane = ph_shape_count_range (before, 2, 4);
  gsize batch = plane * (gsize)before->dim[1];

  if (shape->rank == 4 && shape->dim[2] == before->dim[2] && shape->dim[3] == before->dim[3] &&
      region->stride == 1)
    {
      gsize position = region->offset - plane * term->unit.channel;

      term->before_region = (PhRegion){ batch, plane * channel + position, 1, region->count };
      return TRUE;
    }
  /* Behind a pool, a whole map is asked for by the whole map there; a place has no such place. */
  if (shape->rank == 4 && region->stride == 1 && shape->dim[1] <= before->dim[1] &&
      region->count == ph_shape_count_range (shape, 2, 4) && region->count > 1)
    {
      term->before_region = (PhRegion){ batch, plane * channel, 1, plane };
      return TRUE;
    }
  if (region->count != 1 || region->batch_stride != (gsize)before->dim[1])
    return FALSE;
  term->before_region = (PhRegion){ batch, plane * channel, 1, plane };
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

/* The numbers of the region in images @first … @first + @n - 1. */
typedef struct
{
  const PhRegion *region;
  gsize first, n;
} Part;

static inline gsize
index_of (const Part *part, gsize i, gsize j)
{
  const PhRegion *region = part->region;

  return (part->first + i) * region->batch_stride + region->offset + j * region->stride;
}

/* Sum of the numbers, or of their squares. */
static double
sum_part (const Part *part, const float *x, gboolean squares)
{
  double sum = 0;

  for (gsize i = 0; i < part->n; i++)
    for (gsize j = 0; j < part->region->count; j++)
      {
        double value = x[index_of (part, i, j)];

        sum += squares ? value * value : value;
      }
  return sum;
}

static void
add_gradient (const Part *part, const float *x, gboolean squares, double weight, float *gradient)
{
  for (gsize i = 0; i < part->n; i++)
    for (gsize j = 0; j < part->region->count; j++)
      {
        gsize at = index_of (part, i, j);

        gradient[at] += (float)(squares ? 2 * weight * x[at] : weight);
      }
}

/* Climbs what comes before the relu at the places that nothing comes through from. */
static void
wake_silent (const PhUnitTerm *term, const PhObjectiveContext *context, double weight, gsize first,
             gsize n)
{
  Part part = { &term->before_region, first, n };
  const float *x = ph_run_get_value (context->run, term->before);
  float *gradient = ph_run_get_gradient (context->run, term->before);
  double share = context->wake * weight / (double)(n * part.region->count);

  for (gsize i = 0; i < n && gradient != NULL; i++)
    for (gsize j = 0; j < part.region->count; j++)
      {
        gsize at = index_of (&part, i, j);

        if (x[at] <= 0)
          gradient[at] += (float)share;
      }
}

double
ph_unit_term_evaluate (const PhUnitTerm *term, const PhObjectiveContext *context, double weight,
                       gsize first, gsize n)
{
  Part part = { &term->region, first, n };
  gboolean squares = term->unit.kind == PH_UNIT_LAYER;
  int source = term->value;

  /* Behind a relu nothing lies below 0, so what is to be lowered is measured before it. */
  if (weight < 0 && term->before >= 0 && !squares)
    {
      source = term->before;
      part.region = &term->before_region;
    }

  const float *x = ph_run_get_value (context->run, source);
  double share = 1.0 / (double)(n * part.region->count);
  double value = share * sum_part (&part, x, squares);

  if (!context->gradient)
    return value;

  /* A class that has any score is asked for as it is: an animal need not be everywhere. */
  if (context->wake > 0 && weight > 0 && term->before >= 0 && !squares &&
      (term->unit.kind != PH_UNIT_CLASS || value <= 0))
    wake_silent (term, context, weight, first, n);

  float *gradient = ph_run_get_gradient (context->run, source);
  double rivals = term->unit.kind == PH_UNIT_CLASS && weight > 0 ? context->rivals : 0;

  if (gradient != NULL)
    add_gradient (&part, x, squares, weight * share, gradient);
  if (rivals > 0)
    ph_rivals_add_gradient (term, context->run, rivals * weight * share, first, n);
  return value;
}

static gboolean
unit_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  return ph_unit_term_bind (data, model, plan, error);
}

static double
unit_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const PhUnitTerm *term = data;

  return ph_unit_term_evaluate (term, context, context->weight, 0, term->n);
}

const PhObjectiveClass ph_objective_unit = {
  .name = NULL,
  .summary =
      N_ ("A neuron or class: its value; a channel: its mean; a layer: the mean of squares."),
  .flags = PH_TERM_OF_UNIT,
  .bind = unit_bind,
  .evaluate = unit_evaluate,
};
