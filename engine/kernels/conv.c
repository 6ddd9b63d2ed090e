#include "kernels/conv.h"

#include <string.h>

#include "base/tensor.h"
#include "kernels/conv-private.h"
#include "kernels/parallel.h"

struct _PhConv
{
  PhConvShape shape;
  PhEpilogue epilogue;
  gsize scratch, mask_scratch;

  /* owned */
  float *weights, *bias;
};

gsize
ph_conv_output_size (gsize in, gssize pad_before, gssize pad_after, gsize filter, gsize dilation,
                     gsize stride)
{
  gssize room = (gssize)in + pad_before + pad_after - (gssize)((filter - 1) * dilation) - 1;

  return room < 0 ? 0 : (gsize)room / stride + 1;
}

static float *
copy_floats (const float *values, gsize n)
{
  float *copy = ph_aligned_alloc (n * sizeof (float));

  if (copy != NULL)
    memcpy (copy, values, n * sizeof (float));
  return copy;
}

PhConv *
ph_conv_new (const PhConvShape *shape, const float *weights, const float *bias,
             const PhEpilogue *epilogue, PhConvNeeds needs)
{
  PhConv *conv = g_new0 (PhConv, 1);

  conv->shape = *shape;
  if (epilogue != NULL)
    conv->epilogue = *epilogue;
  conv->weights = copy_floats (weights, shape->k * conv_shape_depth (shape));
  if (bias != NULL)
    conv->bias = copy_floats (bias, shape->k);
  if (conv->weights == NULL || (bias != NULL && conv->bias == NULL))
    {
      ph_conv_free (conv);
      return NULL;
    }
  if ((needs & PH_CONV_BACKWARD_DATA) && conv->epilogue.kind == PH_ACTIVATION_CLAMP)
    conv->mask_scratch =
        (shape->n * shape->k * shape->out_h * shape->out_w * sizeof (float) + 63) & ~(gsize)63;
  conv->scratch = conv->mask_scratch + ph_conv_im2col_scratch (shape);
  return conv;
}

void
ph_conv_free (PhConv *conv)
{
  if (conv == NULL)
    return;
  ph_aligned_free (conv->weights);
  ph_aligned_free (conv->bias);
  g_free (conv);
}

gsize
ph_conv_scratch (const PhConv *conv)
{
  return conv->scratch;
}

const char *
ph_conv_algorithm (const PhConv *conv)
{
  return "im2col";
}

void
ph_conv_forward (const PhConv *conv, const float *x, float *y, gpointer scratch)
{
  ph_conv_im2col_forward (&conv->shape, conv->weights, conv->bias, &conv->epilogue, x, y, scratch);
}

void
ph_conv_backward_data (const PhConv *conv, const float *dy, const float *y, gboolean accumulate,
                       float *dx, gpointer scratch)
{
  const PhConvShape *p = &conv->shape;

  if (conv->epilogue.kind == PH_ACTIVATION_CLAMP)
    {
      gsize n = p->n * p->k * p->out_h * p->out_w;
      float *masked = scratch;

      for (gsize i = 0; i < n; i++)
        masked[i] = y[i] > conv->epilogue.low && y[i] < conv->epilogue.high ? dy[i] : 0.0f;
      dy = masked;
      scratch = (char *)scratch + conv->mask_scratch;
    }
  if (!accumulate)
    memset (dx, 0, p->n * p->c * p->h * p->w * sizeof (float));
  ph_conv_im2col_backward_data (p, conv->weights, dy, dx, scratch);
}

typedef struct
{
  const PhConvShape *shape;
  const float *dy;
  float *db;
} BiasSum;

static void
sum_channels (gsize begin, gsize end, guint thread, gpointer data)
{
  const BiasSum *b = data;
  gsize pixels = b->shape->out_h * b->shape->out_w;

  for (gsize k = begin; k < end; k++)
    for (gsize n = 0; n < b->shape->n; n++)
      {
        const float *dy = b->dy + (n * b->shape->k + k) * pixels;
        double sum = 0.0;

        for (gsize i = 0; i < pixels; i++)
          sum += dy[i];
        b->db[k] += (float)sum;
      }
}

void
ph_conv_backward_weights (const PhConv *conv, const float *x, const float *dy, float *dw, float *db,
                          gpointer scratch)
{
  BiasSum bias = { &conv->shape, dy, db };

  if (dw != NULL)
    ph_conv_im2col_backward_weights (&conv->shape, x, dy, dw, scratch);
  if (db != NULL)
    ph_parallel_for (conv->shape.k, 1, sum_channels, &bias);
}
