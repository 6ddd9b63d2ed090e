/* Several pictures that change little from one to the next. */
#include <glib/gi18n.h>
#include <math.h>

#include "vis/maps.h"
#include "vis/objective-private.h"

typedef struct
{
  guint layer;
  double decay;
  PhMaps maps;
} Alignment;

static gboolean
alignment_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Alignment *alignment = data;

  alignment->decay = 2;
  return ph_term_take_number (args, "decay", 1, 100, &alignment->decay, error) &&
         ph_term_take_layer (args, &alignment->layer, error);
}

static gboolean
alignment_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Alignment *alignment = data;

  return ph_maps_locate (&alignment->maps, model, alignment->layer, plan, error);
}

/* Minus the mean squared difference of the layer between two pictures; those d apart count
 * decay^-d. Views of the same number are moved in the same way, so they are compared. */
static double
alignment_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Alignment *alignment = data;
  const PhMaps *maps = &alignment->maps;
  gsize n_views = maps->n / context->n_pictures, n = n_views * maps->image_stride;
  const float *x = ph_run_get_value (context->run, maps->value);
  float *gradient = context->gradient ? ph_run_get_gradient (context->run, maps->value) : NULL;
  double value = 0;

  for (guint p = 0; p < context->n_pictures; p++)
    for (guint q = p + 1; q < context->n_pictures; q++)
      {
        double share = pow (alignment->decay, -(double)(q - p)) / ((double)n * context->n_pictures);
        float slope = (float)(-2 * context->weight * share);
        double sum = 0;

        for (gsize i = 0; i < n; i++)
          {
            float difference = x[p * n + i] - x[q * n + i];

            sum += (double)difference * difference;
            if (gradient == NULL)
              continue;
            gradient[p * n + i] += slope * difference;
            gradient[q * n + i] -= slope * difference;
          }
        value -= share * sum;
      }
  return value;
}

/* Source: Mordvintsev et al., "Differentiable Image Parameterizations", Distill 2018. */
const PhObjectiveClass ph_objective_alignment = {
  .name = "alignment",
  .usage = "LAYER, [decay=2]",
  .summary =
      N_ ("How alike neighbouring pictures are to a layer, so that a sequence changes smoothly."),
  .data_size = sizeof (Alignment),
  .parse = alignment_parse,
  .bind = alignment_bind,
  .evaluate = alignment_evaluate,
};
