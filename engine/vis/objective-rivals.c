#include <math.h>

#include "vis/objective-private.h"

/* Of one image: the other classes' shares of their sum, each exp (score). */
static void
add_gradient_of_image (const float *x, gsize n, gsize own, double weight, float *gradient)
{
  double most = -INFINITY, sum = 0;

  for (gsize i = 0; i < n; i++)
    if (i != own)
      most = MAX (most, x[i]);
  for (gsize i = 0; i < n; i++)
    sum += i != own ? exp (x[i] - most) : 0;
  for (gsize i = 0; i < n; i++)
    if (i != own)
      gradient[i] -= (float)(weight * exp (x[i] - most) / sum);
}

void
ph_rivals_add_gradient (const PhUnitTerm *term, PhRun *run, double weight, gsize first, gsize n)
{
  const PhRegion *region = &term->region;
  const float *x = ph_run_get_value (run, term->value);
  float *gradient = ph_run_get_gradient (run, term->value);

  for (gsize i = first; i < first + n && gradient != NULL; i++)
    add_gradient_of_image (x + i * region->batch_stride, region->batch_stride, region->offset,
                           weight, gradient + i * region->batch_stride);
}
