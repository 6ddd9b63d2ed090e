#include "kernels/pool.h"

#include <string.h>

#include "kernels/isa-private.h"
#include "kernels/parallel.h"
#include "kernels/pool-private.h"

/* Products of window and output worth a second thread. */
#define GRAIN 16384

typedef struct
{
  const PhPoolShape *shape;
  const PhKernels *kernels;
  gboolean count_include_pad, accumulate;
  const float *x, *dy;
  const gint32 *winners;
  const PhValueGate *gate;
  float *y, *dx;
  gint32 *indices;
} Pool;

gsize
ph_pool_output_size (gsize in, gssize pad_before, gssize pad_after, gsize window, gsize dilation,
                     gsize stride, gboolean ceil_mode)
{
  gssize room = (gssize)in + pad_before + pad_after - (gssize)((window - 1) * dilation) - 1;
  gssize step = (gssize)stride;

  if (room < 0)
    return 0;
  gssize last = ceil_mode ? (room + step - 1) / step : room / step;
  if (ceil_mode && last * step >= (gssize)in + pad_before)
    last--;
  return (gsize)(last + 1);
}

static gboolean
axis_is_valid (gsize in, gssize pad, gsize window, gsize dilation, gsize stride, gsize out)
{
  gsize begin, end;

  if (in == 0 || window == 0 || dilation == 0 || stride == 0 || out == 0)
    return FALSE;
  for (gsize o = 0; o < out; o++)
    {
      pool_inside ((gssize)(o * stride) - pad, window, dilation, in, &begin, &end);
      if (begin >= end)
        return FALSE;
    }
  return TRUE;
}

gboolean
ph_pool_shape_is_valid (const PhPoolShape *p)
{
  return p->w <= G_MAXINT32 && p->h <= G_MAXINT32 / MAX (p->w, 1) &&
         axis_is_valid (p->h, p->pad_top, p->r, p->dilation_h, p->stride_h, p->out_h) &&
         axis_is_valid (p->w, p->pad_left, p->s, p->dilation_w, p->stride_w, p->out_w);
}

static gsize
planes_grain (const PhPoolShape *p)
{
  return GRAIN / MAX (p->r * p->s * p->out_h * p->out_w, 1) + 1;
}

static void
max_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pool *pool = data;
  const PhPoolShape *p = pool->shape;

  for (gsize i = begin; i < end; i++)
    {
      gsize at = i * p->out_h * p->out_w;

      pool->kernels->pool_max (p, pool->x + i * p->h * p->w, pool->y + at,
                               pool->indices == NULL ? NULL : pool->indices + at);
    }
}

void
ph_pool_max_forward (const PhPoolShape *shape, const float *x, float *y, gint32 *indices)
{
  Pool pool = { .shape = shape, .kernels = ph_kernels (), .x = x, .y = y, .indices = indices };

  ph_parallel_for (shape->planes, planes_grain (shape), max_planes, &pool);
}

static void
max_backward_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pool *pool = data;
  const PhPoolShape *p = pool->shape;
  gsize in = p->h * p->w, out = p->out_h * p->out_w;

  for (gsize i = begin; i < end; i++)
    {
      float *dx = pool->dx + i * in;

      if (!pool->accumulate)
        memset (dx, 0, in * sizeof (float));
      if (pool->gate == NULL)
        for (gsize j = i * out; j < (i + 1) * out; j++)
          dx[pool->winners[j]] += pool->dy[j];
      else
        for (gsize j = i * out; j < (i + 1) * out; j++)
          {
            float value = pool->gate->values[i * in + (gsize)pool->winners[j]];
            gboolean open = value > pool->gate->low && value < pool->gate->high;

            dx[pool->winners[j]] += open ? pool->dy[j] : 0.0f;
          }
    }
}

void
ph_pool_max_backward (const PhPoolShape *shape, const float *dy, const gint32 *indices,
                      gboolean accumulate, const PhValueGate *gate, float *dx)
{
  Pool pool = {
    .shape = shape, .dy = dy, .winners = indices, .accumulate = accumulate, .gate = gate, .dx = dx
  };

  ph_parallel_for (shape->planes, planes_grain (shape), max_backward_planes, &pool);
}

static void
average_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pool *pool = data;
  const PhPoolShape *p = pool->shape;

  for (gsize i = begin; i < end; i++)
    pool->kernels->pool_average (p, pool->count_include_pad, pool->x + i * p->h * p->w,
                                 pool->y + i * p->out_h * p->out_w);
}

void
ph_pool_average_forward (const PhPoolShape *shape, gboolean count_include_pad, const float *x,
                         float *y)
{
  Pool pool = {
    .shape = shape, .kernels = ph_kernels (), .count_include_pad = count_include_pad, .x = x, .y = y
  };

  ph_parallel_for (shape->planes, planes_grain (shape), average_planes, &pool);
}

static void
average_backward_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pool *pool = data;
  const PhPoolShape *p = pool->shape;

  for (gsize i = begin; i < end; i++)
    pool->kernels->pool_average_backward (p, pool->count_include_pad,
                                          pool->dy + i * p->out_h * p->out_w, pool->accumulate,
                                          pool->dx + i * p->h * p->w);
}

void
ph_pool_average_backward (const PhPoolShape *shape, gboolean count_include_pad, const float *dy,
                          gboolean accumulate, float *dx)
{
  Pool pool = { .shape = shape,
                .kernels = ph_kernels (),
                .count_include_pad = count_include_pad,
                .dy = dy,
                .accumulate = accumulate,
                .dx = dx };

  ph_parallel_for (shape->planes, planes_grain (shape), average_backward_planes, &pool);
}
