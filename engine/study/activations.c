#include "study/activations.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdlib.h>

struct _PhActivations
{
  /* owned */
  PhModel *model;
  PhRun *run;

  PhPreprocess preprocess;
  gatomicrefcount refs;
};

static PhPlan *
make_plan (PhModel *model, const PhPreprocess *p, GError **error)
{
  PhShape shape = ph_model_input_shape (model, 1, p->height, p->width);
  g_autoptr (GArray) targets = g_array_new (FALSE, FALSE, sizeof (int));
  int logits = ph_model_get_logits (model);

  for (guint i = 0; i < ph_model_get_n_layers (model); i++)
    {
      const PhLayer *layer = ph_model_get_layer (model, i);

      if (layer->obstacle == NULL)
        g_array_append_val (targets, layer->value);
    }
  if (logits >= 0)
    g_array_append_val (targets, logits);
  if (targets->len == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("No layer of %s can be reached"),
                   ph_model_get_name (model));
      return NULL;
    }
  return ph_plan_new_for_image (ph_model_get_graph (model), &shape,
                                (const int *)(gpointer)targets->data, targets->len, FALSE, error);
}

PhActivations *
ph_activations_new (PhModel *model, GError **error)
{
  g_autoptr (PhActivations) activations = g_new0 (PhActivations, 1);

  g_atomic_ref_count_init (&activations->refs);
  activations->model = g_object_ref (model);
  activations->preprocess = *ph_model_get_preprocess (model);

  g_autoptr (PhPlan) plan = make_plan (model, &activations->preprocess, error);

  activations->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  return activations->run != NULL ? g_steal_pointer (&activations) : NULL;
}

PhActivations *
ph_activations_ref (PhActivations *activations)
{
  g_atomic_ref_count_inc (&activations->refs);
  return activations;
}

void
ph_activations_unref (PhActivations *activations)
{
  if (!g_atomic_ref_count_dec (&activations->refs))
    return;
  g_clear_pointer (&activations->run, ph_run_free);
  g_object_unref (activations->model);
  g_free (activations);
}

gboolean
ph_activations_run (PhActivations *activations, const PhImage *picture, GCancellable *cancellable,
                    GError **error)
{
  const PhPreprocess *p = &activations->preprocess;

  if (picture->channels != p->channels || picture->height != p->height ||
      picture->width != p->width)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                   _ ("the picture has %u channels and %u × %u pixels, %s takes %u and %u × %u"),
                   picture->channels, picture->width, picture->height,
                   ph_model_get_name (activations->model), p->channels, p->width, p->height);
      return FALSE;
    }
  ph_preprocess_apply (p, 1, p->height, p->width, picture->data,
                       ph_run_get_input (activations->run, 0));
  return ph_run_forward (activations->run, cancellable, error);
}

static const PhShape *
shape_of (PhActivations *activations, int value)
{
  return &ph_plan_get_spec (ph_run_get_plan (activations->run), value)->shape;
}

const float *
ph_activations_get_layer (PhActivations *activations, guint layer, PhShape *shape)
{
  int value = ph_model_get_layer (activations->model, layer)->value;

  *shape = *shape_of (activations, value);
  return ph_run_get_value (activations->run, value);
}

gboolean
ph_activations_get_value (PhActivations *activations, const PhUnit *unit, double *value,
                          GError **error)
{
  int at = ph_unit_get_value (activations->model, unit);
  PhRegion region;
  double sum = 0;

  if (at < 0 || (unit->kind != PH_UNIT_CLASS &&
                 ph_model_get_layer (activations->model, unit->layer)->obstacle != NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("%s cannot compute this unit"),
                   ph_model_get_name (activations->model));
      return FALSE;
    }
  if (!ph_unit_locate (activations->model, unit, shape_of (activations, at), &region, error))
    return FALSE;

  const float *x = ph_run_get_value (activations->run, at);

  for (gsize j = 0; j < region.count; j++)
    {
      double number = x[region.offset + j * region.stride];

      sum += unit->kind == PH_UNIT_LAYER ? number * number : number;
    }
  *value = sum / (double)MAX (region.count, 1);
  return TRUE;
}

/* Where a channel's numbers lie; FALSE when the layer has no such channel. */
static gboolean
locate_channel (PhActivations *activations, guint layer, guint channel, PhRegion *region)
{
  const PhUnit unit = { .kind = PH_UNIT_CHANNEL, .layer = layer, .channel = channel };
  int value = ph_unit_get_value (activations->model, &unit);

  return ph_unit_locate (activations->model, &unit, shape_of (activations, value), region, NULL);
}

void
ph_activations_fill_map (PhActivations *activations, guint layer, PhMapKind kind, guint channel,
                         float *map)
{
  const PhLayer *info = ph_model_get_layer (activations->model, layer);
  const float *x = ph_run_get_value (activations->run, info->value);
  gsize n = (gsize)info->rows * info->columns;
  guint first = kind == PH_MAP_CHANNEL ? channel : 0;
  guint last = kind == PH_MAP_CHANNEL ? channel + 1 : info->n_channels;
  PhRegion region;

  for (gsize j = 0; j < n; j++)
    map[j] = kind == PH_MAP_MAX ? -INFINITY : 0;
  for (guint k = first; k < last && locate_channel (activations, layer, k, &region); k++)
    for (gsize j = 0; j < MIN (n, region.count); j++)
      {
        float value = x[region.offset + j * region.stride];

        if (kind == PH_MAP_MAX)
          map[j] = MAX (map[j], value);
        else
          map[j] += value / (float)(last - first);
      }
}

static int
more_active (gconstpointer a, gconstpointer b)
{
  const PhActive *x = a, *y = b;

  if (x->value != y->value)
    return x->value > y->value ? -1 : 1;
  return x->channel < y->channel ? -1 : 1;
}

PhActive *
ph_activations_get_top (PhActivations *activations, guint layer, int row, int column, guint *n)
{
  const PhLayer *info = ph_model_get_layer (activations->model, layer);
  const float *x = ph_run_get_value (activations->run, info->value);
  PhActive *all = g_new (PhActive, info->n_channels + 1);
  guint n_all = 0;
  PhRegion region;

  for (guint k = 0; k < info->n_channels && locate_channel (activations, layer, k, &region); k++)
    {
      float value = -INFINITY;

      if (row >= 0)
        value = x[region.offset + ((gsize)row * info->columns + (gsize)column) * region.stride];
      for (gsize j = 0; row < 0 && j < region.count; j++)
        value = MAX (value, x[region.offset + j * region.stride]);
      all[n_all++] = (PhActive){ k, value };
    }
  qsort (all, n_all, sizeof *all, more_active);
  *n = MIN (*n, n_all);
  return all;
}

float *
ph_activations_dup_directions (PhActivations *activations, guint layer, guint most, guint *rows,
                               guint *columns)
{
  const PhLayer *info = ph_model_get_layer (activations->model, layer);
  const float *x = ph_run_get_value (activations->run, info->value);
  guint block = (MAX (info->rows, info->columns) + most - 1) / most;
  float *vectors;
  PhRegion region;

  *rows = (info->rows + block - 1) / block;
  *columns = (info->columns + block - 1) / block;
  vectors = g_new0 (float, (gsize)*rows **columns * info->n_channels);
  for (guint k = 0; k < info->n_channels && locate_channel (activations, layer, k, &region); k++)
    for (guint row = 0; row < info->rows; row++)
      for (guint column = 0; column < info->columns; column++)
        {
          guint r = row / block, c = column / block;
          guint n = MIN (block, info->rows - r * block) * MIN (block, info->columns - c * block);

          vectors[((gsize)r * *columns + c) * info->n_channels + k] +=
              x[region.offset + ((gsize)row * info->columns + column) * region.stride] / (float)n;
        }
  return vectors;
}

PhPrediction *
ph_activations_get_predictions (PhActivations *activations, guint *n)
{
  int logits = ph_model_get_logits (activations->model);

  *n = logits >= 0 ? ph_model_get_n_classes (activations->model) : 0;
  return *n > 0 ? ph_predictions_new (ph_run_get_value (activations->run, logits), *n) : NULL;
}
