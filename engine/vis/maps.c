#include "vis/maps.h"

#include <glib/gi18n.h>

gboolean
ph_maps_locate (PhMaps *maps, PhModel *model, guint index, const PhPlan *plan, GError **error)
{
  const PhLayer *layer = ph_model_get_layer (model, index);
  const PhShape *shape = &ph_plan_get_spec (plan, layer->value)->shape;
  gboolean last = layer->layout == PH_LAYOUT_NHWC || layer->layout == PH_LAYOUT_TOKENS;

  if (shape->rank < 2 || shape->rank > 4)
    {
      g_autofree char *text = ph_shape_dup_string (shape);

      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT,
                   _ ("%s has values of the shape %s, which are no maps of channels"), layer->name,
                   text);
      return FALSE;
    }
  *maps = (PhMaps){ .value = layer->value, .rows = 1, .columns = 1 };
  maps->n = (gsize)shape->dim[0];
  maps->channels = (gsize)shape->dim[last ? shape->rank - 1 : 1];
  if (shape->rank == 4)
    {
      maps->rows = (gsize)shape->dim[last ? 1 : 2];
      maps->columns = (gsize)shape->dim[last ? 2 : 3];
    }
  else if (shape->rank == 3)
    maps->columns = (gsize)shape->dim[last ? 1 : 2];
  maps->image_stride = maps->channels * maps->rows * maps->columns;
  maps->channel_stride = last ? 1 : maps->rows * maps->columns;
  maps->column_stride = last ? maps->channels : 1;
  maps->row_stride = maps->columns * maps->column_stride;
  return TRUE;
}

void
ph_maps_gather (const PhMaps *maps, gsize image, const float *x, float *to)
{
  for (gsize c = 0; c < maps->channels; c++)
    for (gsize row = 0; row < maps->rows; row++)
      for (gsize column = 0; column < maps->columns; column++)
        *to++ = x[ph_maps_index (maps, image, c, row, column)];
}

void
ph_maps_scatter (const PhMaps *maps, gsize image, const float *from, float *x)
{
  for (gsize c = 0; c < maps->channels; c++)
    for (gsize row = 0; row < maps->rows; row++)
      for (gsize column = 0; column < maps->columns; column++)
        x[ph_maps_index (maps, image, c, row, column)] += *from++;
}
