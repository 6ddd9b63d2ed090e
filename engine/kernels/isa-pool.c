#include <math.h>

#include "kernels/isa-private.h"
#include "kernels/simd-private.h"

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

/* One window, whatever its edges. */
static void
one_window (const PhPoolShape *p, gssize top, gssize left, const float *x, float *y, gint32 *winner)
{
  gsize r0, r1, s0, s1;
  float best = NAN;

  inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
  inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
  *winner = -1;
  for (gsize r = r0; r < r1; r++)
    for (gsize s = s0; s < s1; s++)
      {
        gsize at = (gsize)(top + (gssize)(r * p->dilation_h)) * p->w +
                   (gsize)(left + (gssize)(s * p->dilation_w));

        if (*winner < 0 || x[at] > best || (isnan (best) && !isnan (x[at])))
          {
            best = x[at];
            *winner = (gint32)at;
          }
      }
  *y = best;
}

/* @n <= PH_LANES inputs of windows that are @stride (1 or 2) apart. */
PH_INLINE Vec
load_strided (const float *x, gsize stride, gsize n)
{
  if (stride == 1)
    return n == PH_LANES ? vec_load (x) : vec_load_n (x, n);
  gsize width = 2 * n - 1;

  if (n == PH_LANES)
    return vec_even (vec_load (x), vec_load_n (x + PH_LANES, PH_LANES - 1));
  return vec_even (vec_load_n (x, MIN (width, PH_LANES)),
                   width > PH_LANES ? vec_load_n (x + PH_LANES, width - PH_LANES) : (Vec){ 0 });
}

/* @n windows side by side, the first at column @left, with window rows [@r0, @r1) in the image. */
PH_INLINE void
vector_of_windows (const PhPoolShape *p, gsize stride, gssize top, gsize left, gsize r0, gsize r1,
                   VecInt lane, gsize n, const float *x, float *y, gint32 *indices)
{
  Vec best = vec_set1 (-INFINITY);
  VecInt winner = vec_set1_int (-1);

  for (gsize r = r0; r < r1; r++)
    for (gsize s = 0; s < p->s; s++)
      {
        gsize at = (gsize)(top + (gssize)(r * p->dilation_h)) * p->w + left + s * p->dilation_w;
        Vec v = load_strided (x + at, stride, n);

        winner = vec_int_where_greater (v, best, lane + (gint32)at, winner);
        best = vec_max (v, best);
      }
  vec_store_n (y, best, n);
  if (indices != NULL)
    vec_store_n ((float *)indices, (Vec)winner, n);
  if (!vec_int_any_negative (winner))
    return;

  /* Only NaN and -inf in a window, or lanes without one: rare enough to start again. */
  gint32 found[PH_LANES];
  vec_store_int (found, winner);
  for (gsize i = 0; i < n; i++)
    if (found[i] < 0)
      {
        one_window (p, top, (gssize)(left + i * stride), x, y + i, &found[i]);
        if (indices != NULL)
          indices[i] = found[i];
      }
}

/* Windows [@begin, @end) of one row of windows, none of which reaches over a side. */
PH_INLINE void
inner_windows (const PhPoolShape *p, gsize stride, gssize top, gsize begin, gsize end,
               const float *x, float *y, gint32 *indices)
{
  VecInt lane;
  gsize r0, r1;

  for (gsize i = 0; i < PH_LANES; i++)
    lane[i] = (gint32)(i * stride);
  inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
  for (gsize ow = begin; ow < end; ow += PH_LANES)
    {
      gsize left = (gsize)((gssize)(ow * stride) - p->pad_left);
      gint32 *to = indices == NULL ? NULL : indices + ow;

      if (end - ow >= PH_LANES)
        vector_of_windows (p, stride, top, left, r0, r1, lane, PH_LANES, x, y + ow, to);
      else
        vector_of_windows (p, stride, top, left, r0, r1, lane, end - ow, x, y + ow, to);
    }
}

void
PH_KERNEL (ph_pool_max) (const PhPoolShape *p, const float *x, float *y, gint32 *indices)
{
  gssize reach = (gssize)((p->s - 1) * p->dilation_w);
  gssize stride = (gssize)p->stride_w;
  gsize begin = 0, end = 0;

  if (stride <= 2)
    {
      gssize room = (gssize)p->w + p->pad_left - reach;

      begin = (gsize)(p->pad_left <= 0 ? 0 : (p->pad_left + stride - 1) / stride);
      begin = MIN (begin, p->out_w);
      end = (gsize)(room <= 0 ? 0 : (room + stride - 1) / stride);
      end = CLAMP (end, begin, p->out_w);
    }
  for (gsize oh = 0; oh < p->out_h; oh++)
    {
      gssize top = (gssize)(oh * p->stride_h) - p->pad_top;
      gint32 *row = indices == NULL ? NULL : indices + oh * p->out_w;

      if (stride == 1)
        inner_windows (p, 1, top, begin, end, x, y + oh * p->out_w, row);
      else if (stride == 2)
        inner_windows (p, 2, top, begin, end, x, y + oh * p->out_w, row);
      for (gsize ow = 0; ow < p->out_w; ow++)
        {
          gint32 winner;

          if (ow == begin && end > begin)
            {
              ow = end - 1;
              continue;
            }
          one_window (p, top, (gssize)(ow * p->stride_w) - p->pad_left, x, y + oh * p->out_w + ow,
                      &winner);
          if (row != NULL)
            row[ow] = winner;
        }
    }
}
