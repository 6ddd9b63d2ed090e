#include "study/compare-pictures.h"

#include <math.h>

#include "network/run.h"

/* One network that looks at pictures. */
typedef struct
{
  PhModel *model;
  const PhLayerChange *layer;
  guint side;
  PhRun *run; /* owned */
  int value;
} Viewer;

static gboolean
viewer_open (Viewer *viewer, GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (viewer->model);
  PhShape shape = ph_model_input_shape (viewer->model, 1, p->height, p->width);
  PhUnit unit = ph_layer_change_get_unit (viewer->layer, viewer->side, 0);
  g_autoptr (PhPlan) plan = NULL;

  viewer->value = ph_unit_get_value (viewer->model, &unit);
  plan = ph_plan_new_for_image (ph_model_get_graph (viewer->model), &shape, &viewer->value, 1,
                                FALSE, error);
  viewer->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  return viewer->run != NULL;
}

static gboolean
look (Viewer *viewer, const PhImage *picture, double *means, GCancellable *cancellable,
      GError **error)
{
  const PhPreprocess *p = ph_model_get_preprocess (viewer->model);
  g_autoptr (PhImage) fitted = ph_preprocess_fit (p, picture, TRUE, error);
  const PhShape *shape = &ph_plan_get_spec (ph_run_get_plan (viewer->run), viewer->value)->shape;
  const float *x;

  if (fitted == NULL)
    return FALSE;
  ph_preprocess_apply (p, 1, p->height, p->width, fitted->data, ph_run_get_input (viewer->run, 0));
  if (!ph_run_forward (viewer->run, cancellable, error))
    return FALSE;
  x = ph_run_get_value (viewer->run, viewer->value);
  for (guint i = 0; i < viewer->layer->n_units; i++)
    {
      PhUnit unit = ph_layer_change_get_unit (viewer->layer, viewer->side, i);
      PhRegion region;

      if (!ph_unit_locate (viewer->model, &unit, shape, &region, error))
        return FALSE;
      means[i] = 0;
      for (gsize j = 0; j < region.count; j++)
        means[i] += x[region.offset + j * region.stride] / (double)region.count;
    }
  return TRUE;
}

static double
distance (const double *a, const double *b, guint n)
{
  double ab = 0, aa = 0, bb = 0;

  for (guint i = 0; i < n; i++)
    {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
  return aa > 0 && bb > 0 ? MAX (0, 1 - ab / sqrt (aa * bb)) : aa > 0 || bb > 0 ? 1 : 0;
}

double
ph_compare_pictures (PhModel *const models[2], const PhLayerChange *layer, const PhImage *a,
                     const PhImage *b, GCancellable *cancellable, GError **error)
{
  guint n = layer->n_units;
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, n + 1);
  double sum = 0;

  for (guint side = 0; side < 2; side++)
    {
      Viewer viewer = { models[side], layer, side };
      gboolean seen = viewer_open (&viewer, error) && look (&viewer, a, x, cancellable, error) &&
                      look (&viewer, b, y, cancellable, error);

      g_clear_pointer (&viewer.run, ph_run_free);
      if (!seen)
        return NAN;
      sum += distance (x, y, n);
    }
  return sum / 2;
}
