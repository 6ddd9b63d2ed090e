#include "kernels/distance.h"

#include "kernels/isa-private.h"

PhDistanceFunc
ph_distance_func (void)
{
  return ph_kernels ()->squared_distance;
}

gsize
ph_select_below (gsize n, const float *x, const float *scale, const float *shift, float limit,
                 guint32 *found)
{
  return ph_kernels ()->select_below (n, x, scale, shift, limit, found);
}
