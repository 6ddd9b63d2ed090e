#include "kernels/pool.h"

#include <string.h>

#include "kernels/isa-private.h"
#include "kernels/parallel.h"

/* Products of window and output worth a second thread. */
#define GRAIN 16384

typedef struct
{
  const PhPoolShape *shape;
  const PhKernels *kernels;
  gboolean count_include_pad, accumulate;
  const float *x, *dy;
  const gint32 *winners;
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

/* Window rows or columns [begin, end) that lie inside an extent of @size when the window starts at
 * @start. */
static void
inside (gssize start, gsize window, gsize dilation, gsize size, gsize *begin, gsize *end)
{
  gssize step = (gssize)dilation;

  *begin = start >= 0 ? 0 : (gsize)((-start + step - 1) / step);
  *end = (gssize)size <= start ? 0 : (gsize)(((gssize)size - start + step - 1) / step);
  *end = MIN (*end, window);
}

static gboolean
axis_is_valid (gsize in, gssize pad, gsize window, gsize dilation, gsize stride, gsize out)
{
  gsize begin, end;

  if (in == 0 || window == 0 || dilation == 0 || stride == 0 || out == 0)
    return FALSE;
  for (gsize o = 0; o < out; o++)
    {
      inside ((gssize)(o * stride) - pad, window, dilation, in, &begin, &end);
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
      for (gsize j = i * out; j < (i + 1) * out; j++)
        dx[pool->winners[j]] += pool->dy[j];
    }
}

void
ph_pool_max_backward (const PhPoolShape *shape, const float *dy, const gint32 *indices,
                      gboolean accumulate, float *dx)
{
  Pool pool = { .shape = shape, .dy = dy, .winners = indices, .accumulate = accumulate, .dx = dx };

  ph_parallel_for (shape->planes, planes_grain (shape), max_backward_planes, &pool);
}

/* 1 / the divisor of the window at (@top, @left). */
static float
weight_of_window (const Pool *pool, gssize top, gssize left)
{
  const PhPoolShape *p = pool->shape;
  gsize r0, r1, s0, s1;

  if (pool->count_include_pad)
    {
      /* As if the image were larger by its padding; beyond that nothing counts. */
      inside (top + p->pad_top, p->r, p->dilation_h,
              (gsize)((gssize)p->h + p->pad_top + p->pad_bottom), &r0, &r1);
      inside (left + p->pad_left, p->s, p->dilation_w,
              (gsize)((gssize)p->w + p->pad_left + p->pad_right), &s0, &s1);
    }
  else
    {
      inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
      inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
    }
  return 1.0f / (float)((r1 - r0) * (s1 - s0));
}

static void
average_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pool *pool = data;
  const PhPoolShape *p = pool->shape;

  for (gsize oh = 0; oh < p->out_h; oh++)
    for (gsize ow = 0; ow < p->out_w; ow++)
      {
        gssize top = (gssize)(oh * p->stride_h) - p->pad_top;
        gssize left = (gssize)(ow * p->stride_w) - p->pad_left;
        float weight = weight_of_window (pool, top, left);
        gsize r0, r1, s0, s1;

        inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
        inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
        for (gsize i = begin; i < end; i++)
          {
            const float *x = pool->x + i * p->h * p->w;
            float sum = 0.0f;

            for (gsize r = r0; r < r1; r++)
              for (gsize s = s0; s < s1; s++)
                sum += x[(top + (gssize)(r * p->dilation_h)) * (gssize)p->w + left +
                         (gssize)(s * p->dilation_w)];
            pool->y[(i * p->out_h + oh) * p->out_w + ow] = weight * sum;
          }
      }
}

void
ph_pool_average_forward (const PhPoolShape *shape, gboolean count_include_pad, const float *x,
                         float *y)
{
  Pool pool = { .shape = shape, .count_include_pad = count_include_pad, .x = x, .y = y };

  ph_parallel_for (shape->planes, planes_grain (shape), average_planes, &pool);
}

static void
average_backward_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pool *pool = data;
  const PhPoolShape *p = pool->shape;

  if (!pool->accumulate)
    memset (pool->dx + begin * p->h * p->w, 0, (end - begin) * p->h * p->w * sizeof (float));
  for (gsize oh = 0; oh < p->out_h; oh++)
    for (gsize ow = 0; ow < p->out_w; ow++)
      {
        gssize top = (gssize)(oh * p->stride_h) - p->pad_top;
        gssize left = (gssize)(ow * p->stride_w) - p->pad_left;
        float weight = weight_of_window (pool, top, left);
        gsize r0, r1, s0, s1;

        inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
        inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
        for (gsize i = begin; i < end; i++)
          {
            float *dx = pool->dx + i * p->h * p->w;
            float share = weight * pool->dy[(i * p->out_h + oh) * p->out_w + ow];

            for (gsize r = r0; r < r1; r++)
              for (gsize s = s0; s < s1; s++)
                dx[(top + (gssize)(r * p->dilation_h)) * (gssize)p->w + left +
                   (gssize)(s * p->dilation_w)] += share;
          }
      }
}

void
ph_pool_average_backward (const PhPoolShape *shape, gboolean count_include_pad, const float *dy,
                          gboolean accumulate, float *dx)
{
  Pool pool = { .shape = shape,
                .count_include_pad = count_include_pad,
                .dy = dy,
                .accumulate = accumulate,
                .dx = dx };

  ph_parallel_for (shape->planes, planes_grain (shape), average_backward_planes, &pool);
}
