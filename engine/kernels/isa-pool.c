#include <math.h>

#include "kernels/isa-private.h"
#include "kernels/pool-private.h"
#include "kernels/simd-private.h"

/* One window, whatever its edges. */
static void
one_window (const PhPoolShape *p, gssize top, gssize left, const float *x, float *y, gint32 *winner)
{
  gsize r0, r1, s0, s1;
  float best = NAN;

  pool_inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
  pool_inside (left, p->s, p->dilation_w, p->w, &s0, &s1);
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

/* @n windows side by side, the first at column @left, with window rows [@r0, @r1) in the image.
 * @clipped: whether some reach over a side. */
PH_INLINE void
vector_of_windows (const PhPoolShape *p, gsize stride, gboolean clipped, gssize top, gssize left,
                   gsize r0, gsize r1, VecInt lane, gsize n, const float *x, float *y,
                   gint32 *indices)
{
  const Vec nothing = vec_set1 (-INFINITY);
  Vec best = nothing;
  VecInt winner = vec_set1_int (-1);

  for (gsize r = r0; r < r1; r++)
    {
      const gssize row = (top + (gssize)(r * p->dilation_h)) * (gssize)p->w;

      for (gsize s = 0; s < p->s; s++)
        {
          gssize column = left + (gssize)(s * p->dilation_w);
          Vec v;

          if (clipped)
            {
              gssize last = MIN ((gssize)p->w - column, (gssize)((n - 1) * stride) + 1);

              v = vec_load_lanes (x + row + column, vec_lanes (-column, last), nothing);
              if (stride == 2)
                v = vec_even (v, vec_load_lanes (x + row + column + PH_LANES,
                                                 vec_lanes (-column - PH_LANES, last - PH_LANES),
                                                 nothing));
            }
          else
            v = load_strided (x + row + column, stride, n);
          winner = vec_int_where_greater (v, best, lane + (gint32)(row + column), winner);
          best = vec_max (v, best);
        }
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
        one_window (p, top, left + (gssize)(i * stride), x, y + i, &found[i]);
        if (indices != NULL)
          indices[i] = found[i];
      }
}

/* One row of windows. */
PH_INLINE void
row_of_windows (const PhPoolShape *p, gsize stride, gssize top, const float *x, float *y,
                gint32 *indices)
{
  gssize reach = (gssize)((p->s - 1) * p->dilation_w);
  VecInt lane;
  gsize r0, r1;

  for (gsize i = 0; i < PH_LANES; i++)
    lane[i] = (gint32)(i * stride);
  pool_inside (top, p->r, p->dilation_h, p->h, &r0, &r1);
  for (gsize ow = 0; ow < p->out_w; ow += PH_LANES)
    {
      gssize left = (gssize)(ow * stride) - p->pad_left;
      gsize n = MIN (p->out_w - ow, PH_LANES);
      gint32 *to = indices == NULL ? NULL : indices + ow;

      if (left < 0 || left + (gssize)((n - 1) * stride) + reach >= (gssize)p->w)
        vector_of_windows (p, stride, TRUE, top, left, r0, r1, lane, n, x, y + ow, to);
      else if (n == PH_LANES)
        vector_of_windows (p, stride, FALSE, top, left, r0, r1, lane, PH_LANES, x, y + ow, to);
      else
        vector_of_windows (p, stride, FALSE, top, left, r0, r1, lane, n, x, y + ow, to);
    }
}

void
PH_KERNEL (ph_pool_max) (const PhPoolShape *p, const float *x, float *y, gint32 *indices)
{
  for (gsize oh = 0; oh < p->out_h; oh++)
    {
      gssize top = (gssize)(oh * p->stride_h) - p->pad_top;
      float *to = y + oh * p->out_w;
      gint32 *winners = indices == NULL ? NULL : indices + oh * p->out_w;

      if (p->stride_w == 1)
        row_of_windows (p, 1, top, x, to, winners);
      else if (p->stride_w == 2)
        row_of_windows (p, 2, top, x, to, winners);
      else
        for (gsize ow = 0; ow < p->out_w; ow++)
          {
            gint32 winner;

            one_window (p, top, (gssize)(ow * p->stride_w) - p->pad_left, x, to + ow, &winner);
            if (winners != NULL)
              winners[ow] = winner;
          }
    }
}
