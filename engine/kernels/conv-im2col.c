#include "kernels/conv-private.h"

#include <string.h>

#include "kernels/gemm.h"
#include "kernels/parallel.h"

/* Floats of the unfolded input that are in memory at a time: what the caches hold. */
#define BAND_FLOATS (1024 * 1024)

/* Some rows of output of one image and group as a matrix: depth (c, r, s) by output pixels, padding
 * as zeros. */
typedef struct
{
  const PhConvShape *shape;
  const float *x; /* C/groups planes */
  gsize row, n_rows;
  float *matrix;
} Band;

/* First and last + 1 output column whose input column lies inside the image, for filter column @s:
 * 0 <= ow * stride + offset < w. */
static void
inner_columns (const PhConvShape *p, gsize s, gssize *offset, gsize *begin, gsize *end)
{
  gssize stride = (gssize)p->stride_w;
  gssize first, last;

  *offset = (gssize)(s * p->dilation_w) - p->pad_left;
  first = *offset >= 0 ? 0 : (-*offset + stride - 1) / stride;
  last = (gssize)p->w - *offset <= 0 ? 0 : ((gssize)p->w - *offset + stride - 1) / stride;
  *begin = MIN ((gsize)first, p->out_w);
  *end = CLAMP ((gsize)last, *begin, p->out_w);
}

static void
unfold_depths (gsize begin, gsize end, guint thread, gpointer data)
{
  const Band *band = data;
  const PhConvShape *p = band->shape;

  for (gsize d = begin; d < end; d++)
    {
      gsize s = d % p->s, r = d / p->s % p->r, c = d / p->s / p->r;
      gsize first, last;
      gssize offset;
      float *to = band->matrix + d * band->n_rows * p->out_w;

      inner_columns (p, s, &offset, &first, &last);
      for (gsize oh = band->row; oh < band->row + band->n_rows; oh++, to += p->out_w)
        {
          gssize ih = (gssize)(oh * p->stride_h + r * p->dilation_h) - p->pad_top;

          if (ih < 0 || ih >= (gssize)p->h || first == last)
            {
              memset (to, 0, p->out_w * sizeof (float));
              continue;
            }
          const float *x = band->x + (c * p->h + (gsize)ih) * p->w;
          memset (to, 0, first * sizeof (float));
          if (p->stride_w == 1)
            memcpy (to + first, x + (gssize)first + offset, (last - first) * sizeof (float));
          else
            for (gsize ow = first; ow < last; ow++)
              to[ow] = x[(gssize)(ow * p->stride_w) + offset];
          memset (to + last, 0, (p->out_w - last) * sizeof (float));
        }
    }
}

static gsize
band_rows (const PhConvShape *shape)
{
  gsize row = conv_shape_depth (shape) * shape->out_w;

  return CLAMP (BAND_FLOATS / row, 1, shape->out_h);
}

static gsize
band_floats (const PhConvShape *shape)
{
  return conv_align (conv_shape_depth (shape) * band_rows (shape) * shape->out_w) / sizeof (float);
}

/* Threads that work on groups of their own; 1 means that they share each product instead. */
static guint
group_threads (const PhConvShape *shape, guint threads)
{
  return shape->groups >= threads ? threads : 1;
}

gsize
ph_conv_im2col_scratch (const PhConvShape *shape, guint threads)
{
  return group_threads (shape, threads) * band_floats (shape) * sizeof (float);
}

typedef struct
{
  const PhConvShape *shape;
  const float *x, *dy;
  float *dw, *scratch;
  guint threads;
} Gradient;

/* All images of groups [@begin, @end) of the shares. */
static void
do_shares (gsize begin, gsize end, guint thread, gpointer data)
{
  const Gradient *g = data;
  const PhConvShape *p = g->shape;
  gsize depth = conv_shape_depth (p), rows = band_rows (p), pixels = p->out_h * p->out_w;
  gsize c = p->c / p->groups, k = p->k / p->groups;

  for (gsize group = p->groups * begin / g->threads; group < p->groups * end / g->threads; group++)
    for (gsize i = group; i < p->n * p->groups; i += p->groups)
      for (gsize row = 0; row < p->out_h; row += rows)
        {
          Band band = { p, g->x + i * c * p->h * p->w, row, MIN (rows, p->out_h - row),
                        g->scratch + begin * band_floats (p) };

          ph_parallel_for (depth, 1, unfold_depths, &band);
          ph_gemm (FALSE, TRUE, k, depth, band.n_rows * p->out_w, 1.0f,
                   g->dy + i * k * pixels + row * p->out_w, pixels, band.matrix,
                   band.n_rows * p->out_w, 1.0f, g->dw + group * k * depth, depth);
        }
}

void
ph_conv_im2col_backward_weights (const PhConvShape *shape, const float *x, const float *dy,
                                 float *dw, guint threads, gpointer scratch)
{
  Gradient gradient = { shape, x, dy, dw, scratch, group_threads (shape, threads) };

  ph_parallel_for (gradient.threads, 1, do_shares, &gradient);
}
