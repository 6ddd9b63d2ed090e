/* Several pictures of the same unit, as different as possible. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "vis/gram.h"
#include "vis/maps.h"
#include "vis/objective-private.h"

typedef struct
{
  guint layer;
  PhMaps maps;
} Diversity;

static gboolean
diversity_parse (gpointer data, PhTermArgs *args, GError **error)
{
  Diversity *diversity = data;

  return ph_term_take_layer (args, &diversity->layer, error);
}

static gboolean
diversity_bind (gpointer data, PhModel *model, const PhPlan *plan, GError **error)
{
  Diversity *diversity = data;

  return ph_maps_locate (&diversity->maps, model, diversity->layer, plan, error);
}

static double
dot (gsize n, const float *x, const float *y)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double)x[i] * y[i];
  return sum;
}

/* The Gram matrix of each picture over all its views, scaled to length 1; @lengths before that. */
static void
measure (const PhMaps *maps, guint n_pictures, const float *x, float *a, float *grams,
         double *lengths)
{
  gsize size = maps->channels * maps->channels, n_views = maps->n / n_pictures;

  for (guint p = 0; p < n_pictures; p++)
    {
      float *gram = grams + p * size;

      for (gsize v = 0; v < n_views; v++)
        {
          ph_maps_gather (maps, p * n_views + v, x, a);
          ph_gram_add (maps->channels, maps->rows * maps->columns, a, 1.0 / (double)n_views, gram);
        }
      lengths[p] = sqrt (dot (size, gram, gram));
      for (gsize i = 0; i < size && lengths[p] > 0; i++)
        gram[i] /= (float)lengths[p];
    }
}

/* Minus the mean cosine between the Gram matrices of two pictures. */
static double
diversity_evaluate (gconstpointer data, const PhObjectiveContext *context)
{
  const Diversity *diversity = data;
  const PhMaps *maps = &diversity->maps;
  guint n_pictures = context->n_pictures;
  gsize size = maps->channels * maps->channels, n_views = maps->n / n_pictures;
  gsize n = maps->rows * maps->columns;
  const float *x = ph_run_get_value (context->run, maps->value);
  float *gradient = context->gradient ? ph_run_get_gradient (context->run, maps->value) : NULL;
  double share = 2.0 / ((double)n_pictures * (n_pictures - 1)), value = 0;

  if (n_pictures < 2)
    return 0;

  g_autofree float *a = g_new (float, 2 * maps->channels * n);
  g_autofree float *grams = g_new0 (float, n_pictures *size);
  g_autofree float *others = g_new (float, size);
  g_autofree double *lengths = g_new (double, n_pictures);
  float *d_a = a + maps->channels * n;

  measure (maps, n_pictures, x, a, grams, lengths);
  for (guint p = 0; p < n_pictures; p++)
    {
      const float *gram = grams + p * size;

      memset (others, 0, sizeof (float) * size);
      for (guint q = 0; q < n_pictures; q++)
        for (gsize i = 0; i < size && q != p; i++)
          others[i] += grams[q * size + i];

      double along = dot (size, gram, others);

      value -= share * along / 2;
      if (gradient == NULL || !(lengths[p] > 0))
        continue;
      for (gsize i = 0; i < size; i++)
        others[i] = (float)(-context->weight * share * (others[i] - along * gram[i]) / lengths[p]);
      for (gsize v = 0; v < n_views; v++)
        {
          ph_maps_gather (maps, p * n_views + v, x, a);
          ph_gram_adjoint (maps->channels, n, a, 1.0 / (double)n_views, others, d_a);
          ph_maps_scatter (maps, p * n_views + v, d_a, gradient);
        }
    }
  return value;
}

/* Source: Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017. */
const PhObjectiveClass ph_objective_diversity = {
  .name = "diversity",
  .usage = "LAYER",
  .summary = N_ ("How different several pictures are in what answers together in a layer: -1 "
                 "alike, 0 nothing in common."),
  .flags = PH_TERM_RELATIVE,
  .data_size = sizeof (Diversity),
  .parse = diversity_parse,
  .bind = diversity_bind,
  .evaluate = diversity_evaluate,
};
