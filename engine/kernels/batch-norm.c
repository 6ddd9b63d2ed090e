#include "kernels/batch-norm.h"

#include <math.h>

#include "kernels/isa-private.h"
#include "kernels/parallel.h"

/* Elements below which a second thread costs more than it brings. */
#define GRAIN 16384

typedef struct
{
  const PhKernels *kernels;
  const PhBatchNormShape *shape;
  gboolean accumulate;
  const float *x, *dy, *scale, *bias;
  float *mean, *variance, *y;
  const float *batch_mean, *batch_variance;
  float *dx, *dscale, *dbias;
} BatchNorm;

static void
for_channels (const PhBatchNormShape *shape, PhParallelFunc func, BatchNorm *b)
{
  b->kernels = ph_kernels ();
  b->shape = shape;
  ph_parallel_for (shape->channels, GRAIN / MAX (shape->images * shape->plane, 1) + 1, func, b);
}

/* One channel after the other, so that its elements are still in the cache for the next sweep. */
static void
forward_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const BatchNorm *b = data;
  const PhBatchNormShape *s = b->shape;
  const double count = (double)s->images * (double)s->plane;

  for (gsize c = begin; c < end; c++)
    {
      double sum = 0, squares = 0, r;

      for (gsize i = 0; i < s->images; i++)
        sum += b->kernels->sum (s->plane, b->x + (i * s->channels + c) * s->plane);
      b->mean[c] = (float)(sum / count);
      for (gsize i = 0; i < s->images; i++)
        squares +=
            b->kernels->squares (s->plane, b->mean[c], b->x + (i * s->channels + c) * s->plane);
      b->variance[c] = (float)(squares / count);
      if (b->y == NULL)
        continue;
      r = b->scale[c] / sqrt ((double)b->variance[c] + s->epsilon);
      for (gsize i = 0; i < s->images; i++)
        {
          const float *x = b->x + (i * s->channels + c) * s->plane;

          b->kernels->pointwise[PH_POINTWISE_SCALE_SHIFT](s->plane, x, x, (float)r,
                                                          (float)(b->bias[c] - b->mean[c] * r),
                                                          b->y + (i * s->channels + c) * s->plane);
        }
    }
}

void
ph_batch_norm_forward (const PhBatchNormShape *shape, const float *x, const float *scale,
                       const float *bias, float *mean, float *variance, float *y)
{
  BatchNorm b = {
    .x = x, .scale = scale, .bias = bias, .mean = mean, .variance = variance, .y = y
  };

  for_channels (shape, forward_channels, &b);
}

static void
backward_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const BatchNorm *b = data;
  const PhBatchNormShape *s = b->shape;
  const double count = (double)s->images * (double)s->plane;

  for (gsize c = begin; c < end; c++)
    {
      const double r = 1 / sqrt ((double)b->batch_variance[c] + s->epsilon);
      const float mean = b->batch_mean[c];
      double sum = 0, moment = 0, along_dy, along_x;

      for (gsize i = 0; i < s->images; i++)
        {
          gsize at = (i * s->channels + c) * s->plane;
          float sums[2];

          b->kernels->moments (s->plane, mean, b->x + at, b->dy + at, sums);
          sum += sums[0];
          moment += sums[1];
        }
      if (b->dbias != NULL)
        b->dbias[c] += (float)sum;
      if (b->dscale != NULL)
        b->dscale[c] += (float)(r * moment);
      if (b->dx == NULL)
        continue;
      along_dy = b->scale[c] * r;
      along_x = -along_dy * r * r * moment / count;
      for (gsize i = 0; i < s->images; i++)
        {
          gsize at = (i * s->channels + c) * s->plane;

          b->kernels->blend (s->plane, (float)along_dy, b->dy + at, (float)along_x, b->x + at,
                             (float)(-along_dy * sum / count - along_x * mean), b->accumulate,
                             b->dx + at);
        }
    }
}

void
ph_batch_norm_backward (const PhBatchNormShape *shape, const float *x, const float *dy,
                        const float *scale, const float *mean, const float *variance,
                        gboolean accumulate, float *dx, float *dscale, float *dbias)
{
  BatchNorm b = { .x = x,
                  .dy = dy,
                  .scale = scale,
                  .batch_mean = mean,
                  .batch_variance = variance,
                  .accumulate = accumulate,
                  .dx = dx,
                  .dscale = dscale,
                  .dbias = dbias };

  for_channels (shape, backward_channels, &b);
}
