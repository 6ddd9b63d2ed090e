#include "ops/volume-private.h"

#include <string.h>

#include "kernels/pointwise.h"

void
ph_volume_init (PhVolume *volume, const PhShape *x, const PhShape *w, const PhShape *y,
                gsize groups, const PhSpatial *spatial)
{
  guint n = x->rank - 2;
  guint column = n - 1, row = n - 2;
  PhConvShape *p = &volume->plane;

  *p = (PhConvShape){
    .n = x->dim[0],
    .c = x->dim[1],
    .h = 1,
    .w = x->dim[x->rank - 1],
    .k = w->dim[0],
    .r = 1,
    .s = w->dim[w->rank - 1],
    .groups = groups,
    .stride_h = 1,
    .stride_w = spatial->stride[column],
    .dilation_h = 1,
    .dilation_w = spatial->dilation[column],
    .pad_left = spatial->before[column],
    .pad_right = spatial->after[column],
    .out_h = 1,
    .out_w = y->dim[y->rank - 1],
  };
  if (n >= 2)
    {
      p->h = x->dim[x->rank - 2];
      p->r = w->dim[w->rank - 2];
      p->stride_h = spatial->stride[row];
      p->dilation_h = spatial->dilation[row];
      p->pad_top = spatial->before[row];
      p->pad_bottom = spatial->after[row];
      p->out_h = y->dim[y->rank - 2];
    }

  volume->has_depth = n == 3;
  if (!volume->has_depth)
    return;
  volume->n = p->n;
  volume->c = p->c;
  volume->k = p->k;
  volume->depth = x->dim[2];
  volume->filter_depth = w->dim[2];
  volume->out_depth = y->dim[2];
  volume->stride = spatial->stride[0];
  volume->dilation = spatial->dilation[0];
  volume->before = spatial->before[0];
  p->n = 1;
  p->c *= volume->filter_depth;
}

static gsize
rounded (gsize bytes)
{
  return (bytes + 63) & ~(gsize)63;
}

static gsize
slab_size (const PhVolume *volume)
{
  return rounded (volume->plane.c * volume->plane.h * volume->plane.w * sizeof (float));
}

static gsize
slice_size (const PhVolume *volume)
{
  return rounded (volume->plane.k * volume->plane.out_h * volume->plane.out_w * sizeof (float));
}

gsize
ph_volume_scratch (const PhVolume *volume, const PhConv *conv)
{
  gsize bytes = rounded (ph_conv_scratch (conv));

  return volume->has_depth ? bytes + slab_size (volume) + 2 * slice_size (volume) : bytes;
}

/* Memory of one gathered input and two output slices behind the scratch of the kernel. */
static void
divide_scratch (const PhVolume *volume, const PhConv *conv, gpointer scratch, float **slab,
                float **slice)
{
  char *memory = (char *)scratch + rounded (ph_conv_scratch (conv));

  *slab = (float *)memory;
  *slice = (float *)(memory + slab_size (volume));
}

/* The planes of image @image that output slice @out_slice sees, to @slab. */
static void
gather_slab (const PhVolume *volume, const float *x, gsize image, gsize out_slice, float *slab)
{
  gsize plane = volume->plane.h * volume->plane.w;

  for (gsize c = 0; c < volume->c; c++)
    for (gsize r = 0; r < volume->filter_depth; r++, slab += plane)
      {
        gssize d = (gssize)(out_slice * volume->stride + r * volume->dilation) - volume->before;

        if (d >= 0 && d < (gssize)volume->depth)
          memcpy (slab, x + ((image * volume->c + c) * volume->depth + d) * plane,
                  plane * sizeof (float));
        else
          memset (slab, 0, plane * sizeof (float));
      }
}

/* Adjoint of gather_slab(). */
static void
scatter_slab (const PhVolume *volume, const float *slab, gsize image, gsize out_slice, float *dx)
{
  gsize plane = volume->plane.h * volume->plane.w;

  for (gsize c = 0; c < volume->c; c++)
    for (gsize r = 0; r < volume->filter_depth; r++, slab += plane)
      {
        gssize d = (gssize)(out_slice * volume->stride + r * volume->dilation) - volume->before;

        if (d < 0 || d >= (gssize)volume->depth)
          continue;

        float *to = dx + ((image * volume->c + c) * volume->depth + d) * plane;

        for (gsize i = 0; i < plane; i++)
          to[i] += slab[i];
      }
}

static float *
slice_plane (const PhVolume *volume, float *y, gsize image, gsize out_slice, gsize k)
{
  gsize plane = volume->plane.out_h * volume->plane.out_w;

  return y + ((image * volume->k + k) * volume->out_depth + out_slice) * plane;
}

static void
gather_slice (const PhVolume *volume, const float *y, gsize image, gsize out_slice, float *slice)
{
  gsize plane = volume->plane.out_h * volume->plane.out_w;

  for (gsize k = 0; k < volume->k; k++)
    memcpy (slice + k * plane, slice_plane (volume, (float *)y, image, out_slice, k),
            plane * sizeof (float));
}

void
ph_volume_forward (const PhVolume *volume, const PhConv *conv, const float *x, const float *summand,
                   float *y, gpointer scratch)
{
  if (!volume->has_depth)
    {
      ph_conv_forward (conv, x, summand, y, scratch);
      return;
    }

  gsize plane = volume->plane.out_h * volume->plane.out_w;
  float *slab, *slice;

  divide_scratch (volume, conv, scratch, &slab, &slice);
  for (gsize i = 0; i < volume->n; i++)
    for (gsize d = 0; d < volume->out_depth; d++)
      {
        gather_slab (volume, x, i, d, slab);
        if (summand != NULL)
          gather_slice (volume, summand, i, d, slice);
        ph_conv_forward (conv, slab, summand != NULL ? slice : NULL, slice, scratch);
        for (gsize k = 0; k < volume->k; k++)
          memcpy (slice_plane (volume, y, i, d, k), slice + k * plane, plane * sizeof (float));
      }
}

void
ph_volume_backward_data (const PhVolume *volume, const PhConv *conv, const float *dy,
                         const float *y, gboolean accumulate, const PhValueGate *gate, float *dx,
                         gpointer scratch)
{
  if (!volume->has_depth)
    {
      ph_conv_backward_data (conv, dy, y, accumulate, gate, dx, scratch);
      return;
    }

  float *slab, *slice;

  divide_scratch (volume, conv, scratch, &slab, &slice);

  float *y_slice = y == NULL ? NULL : slice + slice_size (volume) / sizeof (float);

  if (!accumulate)
    memset (dx, 0,
            volume->n * volume->c * volume->depth * volume->plane.h * volume->plane.w *
                sizeof (float));
  for (gsize i = 0; i < volume->n; i++)
    for (gsize d = 0; d < volume->out_depth; d++)
      {
        gather_slice (volume, dy, i, d, slice);
        if (y != NULL)
          gather_slice (volume, y, i, d, y_slice);
        ph_conv_backward_data (conv, slice, y_slice, FALSE, NULL, slab, scratch);
        scatter_slab (volume, slab, i, d, dx);
      }
  if (gate != NULL)
    ph_pointwise_gate (volume->n * volume->c * volume->depth * volume->plane.h * volume->plane.w,
                       gate->values, gate->low, gate->high, dx);
}

void
ph_volume_backward_weights (const PhVolume *volume, const PhConv *conv, const float *x,
                            const float *dy, float *dw, float *db, gpointer scratch)
{
  if (!volume->has_depth)
    {
      ph_conv_backward_weights (conv, x, dy, dw, db, scratch);
      return;
    }

  float *slab, *slice;

  divide_scratch (volume, conv, scratch, &slab, &slice);
  for (gsize i = 0; i < volume->n; i++)
    for (gsize d = 0; d < volume->out_depth; d++)
      {
        gather_slab (volume, x, i, d, slab);
        gather_slice (volume, dy, i, d, slice);
        ph_conv_backward_weights (conv, slab, slice, dw, db, scratch);
      }
}
