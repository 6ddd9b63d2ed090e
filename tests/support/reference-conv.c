#include "reference-conv.h"

/* Calls @BODY for each product of the convolution: x[xi] * weights[wi] belongs to y[yi]. */
#define FOR_EACH_PRODUCT(p, BODY)                                                                  \
  for (gsize yi = 0, wi = 0; yi < (p)->n * (p)->k * (p)->out_h * (p)->out_w; yi++)                 \
    {                                                                                              \
      gsize ow = yi % (p)->out_w, oh = yi / (p)->out_w % (p)->out_h;                               \
      gsize k = yi / (p)->out_w / (p)->out_h % (p)->k, n = yi / (p)->out_w / (p)->out_h / (p)->k;  \
      gsize channels = (p)->c / (p)->groups, group = k / ((p)->k / (p)->groups);                   \
                                                                                                   \
      wi = k * channels * (p)->r * (p)->s;                                                         \
      for (gsize c = group * channels; c < (group + 1) * channels; c++)                            \
        for (gsize r = 0; r < (p)->r; r++)                                                         \
          for (gsize s = 0; s < (p)->s; s++, wi++)                                                 \
            {                                                                                      \
              gssize ih = (gssize)(oh * (p)->stride_h + r * (p)->dilation_h) - (p)->pad_top;       \
              gssize iw = (gssize)(ow * (p)->stride_w + s * (p)->dilation_w) - (p)->pad_left;      \
                                                                                                   \
              if (ih < 0 || iw < 0 || ih >= (gssize)(p)->h || iw >= (gssize)(p)->w)                \
                continue;                                                                          \
              gsize xi = ((n * (p)->c + c) * (p)->h + (gsize)ih) * (p)->w + (gsize)iw;             \
              BODY;                                                                                \
            }                                                                                      \
    }

void
ph_conv_forward_reference (const PhConvShape *shape, const float *weights, const float *bias,
                           const PhEpilogue *epilogue, const float *x, float *y)
{
  gsize pixels = shape->out_h * shape->out_w, total = shape->n * shape->k * pixels;
  g_autofree double *sum = g_new0 (double, total);

  FOR_EACH_PRODUCT (shape, sum[yi] += (double)x[xi] * weights[wi]);
  for (gsize i = 0; i < total; i++)
    {
      double value = sum[i] + (bias != NULL ? bias[i / pixels % shape->k] : 0.0);

      if (epilogue != NULL && epilogue->kind == PH_ACTIVATION_CLAMP)
        value = CLAMP (value, epilogue->low, epilogue->high);
      y[i] = (float)value;
    }
}

void
ph_conv_backward_data_reference (const PhConvShape *shape, const float *weights,
                                 const PhEpilogue *epilogue, const float *dy, const float *y,
                                 gboolean accumulate, float *dx)
{
  gsize total = shape->n * shape->c * shape->h * shape->w;
  g_autofree double *sum = g_new0 (double, total);
  gboolean clamp = epilogue != NULL && epilogue->kind == PH_ACTIVATION_CLAMP;

  FOR_EACH_PRODUCT (shape, if (!clamp || (y[yi] > epilogue->low && y[yi] < epilogue->high))
                               sum[xi] += (double)dy[yi] * weights[wi]);
  for (gsize i = 0; i < total; i++)
    dx[i] = (float)(sum[i] + (accumulate ? dx[i] : 0.0));
}

void
ph_conv_backward_weights_reference (const PhConvShape *shape, const float *x, const float *dy,
                                    float *dw, float *db)
{
  gsize pixels = shape->out_h * shape->out_w;
  gsize total = shape->k * (shape->c / shape->groups) * shape->r * shape->s;
  g_autofree double *sum = g_new0 (double, total);

  FOR_EACH_PRODUCT (shape, sum[wi] += (double)dy[yi] * x[xi]);
  for (gsize i = 0; i < total; i++)
    dw[i] += (float)sum[i];
  for (gsize k = 0; k < shape->k; k++)
    {
      double bias = 0.0;

      for (gsize n = 0; n < shape->n; n++)
        for (gsize i = 0; i < pixels; i++)
          bias += dy[(n * shape->k + k) * pixels + i];
      db[k] += (float)bias;
    }
}
