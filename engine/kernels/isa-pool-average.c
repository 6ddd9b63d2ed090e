#include <string.h>

#include "kernels/isa-private.h"
#include "kernels/pool-private.h"
#include "kernels/simd-private.h"

/* Windows of a row or column whose divisors are known before the sums are made. */
#define MAX_WINDOWS 2048

/* How many of the window's rows or columns the divisor counts; with @padded as if the image were
 * larger by its padding, beyond which nothing counts. */
static gsize
count (gssize start, gsize window, gsize dilation, gsize size, gssize before, gssize after,
       gboolean padded)
{
  gsize begin, end;

  if (padded)
    pool_inside (start + before, window, dilation, (gsize)((gssize)size + before + after), &begin,
                 &end);
  else
    pool_inside (start, window, dilation, size, &begin, &end);
  return end - begin;
}

static float
row_weight (const PhPoolShape *p, gboolean padded, gsize oh)
{
  return 1.0f / (float)count ((gssize)(oh * p->stride_h) - p->pad_top, p->r, p->dilation_h, p->h,
                              p->pad_top, p->pad_bottom, padded);
}

static float
column_weight (const PhPoolShape *p, gboolean padded, gsize ow)
{
  return 1.0f / (float)count ((gssize)(ow * p->stride_w) - p->pad_left, p->s, p->dilation_w, p->w,
                              p->pad_left, p->pad_right, padded);
}

/* Sums of @n <= PH_LANES windows, the first at (@top, @left), @stride columns apart (1 or 2). */
PH_INLINE Vec
sum_windows (const PhPoolShape *p, gsize stride, gssize top, gssize left, gsize n, const float *x)
{
  Vec sum = { 0 };
  gsize r0, r1;

  pool_inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
  for (gsize s = 0; s < p->s; s++)
    {
      gssize column = left + (gssize)(s * p->dilation_w), first = -column;
      gssize last = MIN ((gssize)p->w - column, (gssize)((n - 1) * stride) + 1);
      VecMask low = vec_lanes (first, last), high = vec_lanes (first - PH_LANES, last - PH_LANES);

      for (gsize r = r0; r < r1; r++)
        {
          const float *from = x + (top + (gssize)(r * p->dilation_h)) * (gssize)p->w + column;
          Vec v = vec_load_lanes (from, low, (Vec){ 0 });

          if (stride == 2)
            v = vec_even (v, vec_load_lanes (from + PH_LANES, high, (Vec){ 0 }));
          sum += v;
        }
    }
  return sum;
}

static float
sum_window (const PhPoolShape *p, gssize top, gssize left, const float *x)
{
  gsize r0, r1, s0, s1;
  float sum = 0.0f;

  pool_inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
  pool_inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
  for (gsize r = r0; r < r1; r++)
    for (gsize s = s0; s < s1; s++)
      sum += x[(top + (gssize)(r * p->dilation_h)) * (gssize)p->w + left +
               (gssize)(s * p->dilation_w)];
  return sum;
}

void
PH_KERNEL (ph_pool_average) (const PhPoolShape *p, gboolean count_include_pad, const float *x,
                             float *y)
{
  float columns[MAX_WINDOWS];
  gboolean vectors = p->stride_w <= 2 && p->out_w <= MAX_WINDOWS;

  for (gsize ow = 0; ow < p->out_w && vectors; ow++)
    columns[ow] = column_weight (p, count_include_pad, ow);
  for (gsize oh = 0; oh < p->out_h; oh++, y += p->out_w)
    {
      gssize top = (gssize)(oh * p->stride_h) - p->pad_top;
      float weight = row_weight (p, count_include_pad, oh);

      for (gsize ow = 0; ow < p->out_w && vectors; ow += PH_LANES)
        {
          gssize left = (gssize)(ow * p->stride_w) - p->pad_left;
          gsize n = MIN (p->out_w - ow, PH_LANES);
          Vec sum = p->stride_w == 1 ? sum_windows (p, 1, top, left, n, x)
                                     : sum_windows (p, 2, top, left, n, x);

          vec_store_n (y + ow, sum * weight * vec_load_n (columns + ow, n), n);
        }
      for (gsize ow = 0; ow < p->out_w && !vectors; ow++)
        y[ow] = sum_window (p, top, (gssize)(ow * p->stride_w) - p->pad_left, x) * weight *
                column_weight (p, count_include_pad, ow);
    }
}

/* At stride 1 each input collects from the windows that hold it, neighbours side by side. */
static void
collect (const PhPoolShape *p, gboolean count_include_pad, const float *dy, gboolean accumulate,
         float *dx)
{
  float rows[MAX_WINDOWS], columns[MAX_WINDOWS];

  for (gsize oh = 0; oh < p->out_h; oh++)
    rows[oh] = row_weight (p, count_include_pad, oh);
  for (gsize ow = 0; ow < p->out_w; ow++)
    columns[ow] = column_weight (p, count_include_pad, ow);
  for (gsize ih = 0; ih < p->h; ih++, dx += p->w)
    for (gsize iw = 0; iw < p->w; iw += PH_LANES)
      {
        gsize n = MIN (p->w - iw, PH_LANES);
        Vec sum = accumulate ? vec_load_n (dx + iw, n) : (Vec){ 0 };

        for (gsize s = 0; s < p->s; s++)
          {
            gssize ow = (gssize)iw + p->pad_left - (gssize)(s * p->dilation_w);
            VecMask lanes = vec_lanes (-ow, MIN ((gssize)p->out_w - ow, (gssize)n));
            Vec column = { 0 };

            for (gsize r = 0; r < p->r; r++)
              {
                gssize oh = (gssize)ih + p->pad_top - (gssize)(r * p->dilation_h);

                if (oh < 0 || oh >= (gssize)p->out_h)
                  continue;
                column +=
                    vec_load_lanes (dy + oh * (gssize)p->out_w + ow, lanes, (Vec){ 0 }) * rows[oh];
              }
            sum += column * vec_load_lanes (columns + ow, lanes, (Vec){ 0 });
          }
        vec_store_n (dx + iw, sum, n);
      }
}

void
PH_KERNEL (ph_pool_average_backward) (const PhPoolShape *p, gboolean count_include_pad,
                                      const float *dy, gboolean accumulate, float *dx)
{
  if (p->stride_h == 1 && p->stride_w == 1 && MAX (p->out_h, p->out_w) <= MAX_WINDOWS)
    {
      collect (p, count_include_pad, dy, accumulate, dx);
      return;
    }
  if (!accumulate)
    memset (dx, 0, p->h * p->w * sizeof (float));
  for (gsize oh = 0; oh < p->out_h; oh++)
    for (gsize ow = 0; ow < p->out_w; ow++)
      {
        gssize top = (gssize)(oh * p->stride_h) - p->pad_top;
        gssize left = (gssize)(ow * p->stride_w) - p->pad_left;
        float share = dy[oh * p->out_w + ow] * row_weight (p, count_include_pad, oh) *
                      column_weight (p, count_include_pad, ow);
        gsize r0, r1, s0, s1;

        pool_inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
        pool_inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
        for (gsize r = r0; r < r1; r++)
          for (gsize s = s0; s < s1; s++)
            dx[(top + (gssize)(r * p->dilation_h)) * (gssize)p->w + left +
               (gssize)(s * p->dilation_w)] += share;
      }
}
