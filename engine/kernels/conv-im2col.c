#include "kernels/conv-private.h"

#include <string.h>

#include "kernels/gemm.h"
#include "kernels/parallel.h"

/* The matrix of one image and group: depth (c, r, s) by output pixels, padding as zeros. */
typedef struct
{
  const PhConvShape *shape;
  const float *x; /* C/groups planes, read by unfold */
  float *dx;      /* C/groups planes, added into by fold */
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

/* The adjoint of unfold_rows(), by channels so that threads never share a plane. */
static void
fold_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const Unfold *u = data;
  const PhConvShape *p = u->shape;

  for (gsize d = begin * p->r * p->s; d < end * p->r * p->s; d++)
    {
      gsize s = d % p->s, r = d / p->s % p->r, c = d / p->s / p->r;
      gsize first, last;
      gssize offset;
      const float *row = u->matrix + d * p->out_h * p->out_w;

      inner_columns (p, s, &offset, &first, &last);
      for (gsize oh = 0; oh < p->out_h; oh++, row += p->out_w)
        {
          gssize ih = (gssize)(oh * p->stride_h + r * p->dilation_h) - p->pad_top;

          if (ih < 0 || ih >= (gssize)p->h)
            continue;
          float *dx = u->dx + (c * p->h + (gsize)ih) * p->w;
          for (gsize ow = first; ow < last; ow++)
            dx[(gssize)(ow * p->stride_w) + offset] += row[ow];
        }
    }
}

typedef struct
{
  const PhConvShape *shape;
  const float *bias;
  const PhEpilogue *epilogue;
  float *y;
} Finish;

static void
finish_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Finish *f = data;
  gsize plane = f->shape->out_h * f->shape->out_w;
  gboolean clamp = f->epilogue != NULL && f->epilogue->kind == PH_ACTIVATION_CLAMP;

  for (gsize i = begin; i < end; i++)
    {
      float *y = f->y + i * plane;
      float bias = f->bias != NULL ? f->bias[i % f->shape->k] : 0.0f;

      for (gsize j = 0; j < plane; j++)
        y[j] += bias;
      if (clamp)
        for (gsize j = 0; j < plane; j++)
          {
            y[j] = y[j] < f->epilogue->low ? f->epilogue->low : y[j];
            y[j] = y[j] > f->epilogue->high ? f->epilogue->high : y[j];
          }
    }
}

gsize
ph_conv_im2col_scratch (const PhConvShape *shape)
{
  return conv_shape_depth (shape) * shape->out_h * shape->out_w * sizeof (float);
}

void
ph_conv_im2col_forward (const PhConvShape *shape, const float *weights, const float *bias,
                        const PhEpilogue *epilogue, const float *x, float *y, gpointer scratch)
{
  gsize depth = conv_shape_depth (shape), pixels = shape->out_h * shape->out_w;
  gsize c = shape->c / shape->groups, k = shape->k / shape->groups;
  Finish finish = { shape, bias, epilogue, y };

  for (gsize i = 0; i < shape->n * shape->groups; i++)
    {
      Unfold u = { shape, x + i * c * shape->h * shape->w, NULL, scratch };

      ph_parallel_for (depth, 1, unfold_rows, &u);
      ph_gemm (FALSE, FALSE, k, pixels, depth, 1.0f, weights + i % shape->groups * k * depth, depth,
               u.matrix, pixels, 0.0f, y + i * k * pixels, pixels);
    }
  ph_parallel_for (shape->n * shape->k, 1, finish_planes, &finish);
}

void
ph_conv_im2col_backward_data (const PhConvShape *shape, const float *weights, const float *dy,
                              float *dx, gpointer scratch)
{
  gsize depth = conv_shape_depth (shape), pixels = shape->out_h * shape->out_w;
  gsize c = shape->c / shape->groups, k = shape->k / shape->groups;

  for (gsize i = 0; i < shape->n * shape->groups; i++)
    {
      Unfold u = { shape, NULL, dx + i * c * shape->h * shape->w, scratch };

      ph_gemm (TRUE, FALSE, depth, pixels, k, 1.0f, weights + i % shape->groups * k * depth, depth,
               dy + i * k * pixels, pixels, 0.0f, u.matrix, pixels);
      ph_parallel_for (c, 1, fold_channels, &u);
    }
}

void
ph_conv_im2col_backward_weights (const PhConvShape *shape, const float *x, const float *dy,
                                 float *dw, gpointer scratch)
{
  gsize depth = conv_shape_depth (shape), pixels = shape->out_h * shape->out_w;
  gsize c = shape->c / shape->groups, k = shape->k / shape->groups;

  for (gsize i = 0; i < shape->n * shape->groups; i++)
    {
      Unfold u = { shape, x + i * c * shape->h * shape->w, NULL, scratch };

      ph_parallel_for (depth, 1, unfold_rows, &u);
      ph_gemm (FALSE, TRUE, k, depth, pixels, 1.0f, dy + i * k * pixels, pixels, u.matrix, pixels,
               1.0f, dw + i % shape->groups * k * depth, depth);
    }
}
