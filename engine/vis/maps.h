#pragma once

#include "network/plan.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhMaps:
 * @value: in the graph
 * @n: images of the batch
 * @image_stride, @channel_stride, @row_stride, @column_stride: elements to skip
 *
 * A layer's output in a plan: where each channel at each position lies, whatever the layout.
 */
typedef struct
{
  int value;
  gsize n, channels, rows, columns;
  gsize image_stride, channel_stride, row_stride, column_stride;
} PhMaps;

/** ph_maps_locate: Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT when the layer's values are no maps.
 */
gboolean ph_maps_locate (PhMaps *maps, PhModel *model, guint layer, const PhPlan *plan,
                         GError **error);

/** ph_maps_index: element of that image, channel and position. */
static inline gsize
ph_maps_index (const PhMaps *maps, gsize image, gsize channel, gsize row, gsize column)
{
  return image * maps->image_stride + channel * maps->channel_stride + row * maps->row_stride +
         column * maps->column_stride;
}

/**
 * ph_maps_gather:
 * @x: data of the value
 * @to: (channels, rows * columns), overwritten
 *
 * The maps of one image in the order that products of matrices want.
 */
void ph_maps_gather (const PhMaps *maps, gsize image, const float *x, float *to);

/** ph_maps_scatter: adds @from (channels, rows * columns) to @x: the adjoint of gathering. */
void ph_maps_scatter (const PhMaps *maps, gsize image, const float *from, float *x);

G_END_DECLS
