#include "kernels/conv-private.h"

#include <string.h>

#include "kernels/gemm.h"
#include "kernels/parallel.h"

/* The matrix of one image and group: depth (c, r, s) by output pixels, padding as zeros. */
typedef struct
{
  const PhConvShape *shape;
  const float *x; /* C/groups planes */
  float *matrix;
} Unfold;

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
unfold_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Unfold *u = data;
  const PhConvShape *p = u->shape;

  for (gsize d = begin; d < end; d++)
    {
      gsize s = d % p->s, r = d / p->s % p->r, c = d / p->s / p->r;
      gsize first, last;
      gssize offset;
      float *row = u->matrix + d * p->out_h * p->out_w;

      inner_columns (p, s, &offset, &first, &last);
      for (gsize oh = 0; oh < p->out_h; oh++, row += p->out_w)
        {
          gssize ih = (gssize)(oh * p->stride_h + r * p->dilation_h) - p->pad_top;

          memset (row, 0, p->out_w * sizeof (float));
          if (ih < 0 || ih >= (gssize)p->h)
            continue;
          const float *x = u->x + (c * p->h + (gsize)ih) * p->w;
          for (gsize ow = first; ow < last; ow++)
            row[ow] = x[(gssize)(ow * p->stride_w) + offset];
        }
    }
}

gsize
ph_conv_im2col_scratch (const PhConvShape *shape)
{
  return conv_shape_depth (shape) * shape->out_h * shape->out_w * sizeof (float);
}

void
ph_conv_im2col_backward_weights (const PhConvShape *shape, const float *x, const float *dy,
                                 float *dw, gpointer scratch)
{
  gsize depth = conv_shape_depth (shape), pixels = shape->out_h * shape->out_w;
  gsize c = shape->c / shape->groups, k = shape->k / shape->groups;

  for (gsize i = 0; i < shape->n * shape->groups; i++)
    {
      Unfold u = { shape, x + i * c * shape->h * shape->w, scratch };

      ph_parallel_for (depth, 1, unfold_rows, &u);
      ph_gemm (FALSE, TRUE, k, depth, pixels, 1.0f, dy + i * k * pixels, pixels, u.matrix, pixels,
               1.0f, dw + i % shape->groups * k * depth, depth);
    }
}
