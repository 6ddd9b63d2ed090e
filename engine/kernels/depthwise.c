#include "kernels/conv-private.h"

#include "base/tensor.h"
#include "kernels/parallel.h"

/* Room behind the frame and behind each line, for reads of whole vectors. */
#define SLACK 16

/* Floats of frames that are filled before the first is read: a read across rows that have just been
 * written would wait for them to reach the cache, which small planes do most of the time. */
#define FRAMES_FLOATS 2048

static void
choose_frame (PhDepthwise *d, const PhCorrelation *parts)
{
  gssize top = 0, left = 0, bottom = 0, right = 0;

  for (gsize i = 0; i < d->n_parts; i++)
    {
      const PhConvShape *p = &parts[i].shape;

      top = MAX (top, p->pad_top);
      left = MAX (left, p->pad_left);
    }
  for (gsize i = 0; i < d->n_parts; i++)
    {
      const PhConvShape *p = &parts[i].shape;
      gsize rows = (p->out_h - 1) * p->stride_h + (p->r - 1) * p->dilation_h + 1;
      gsize columns = (p->out_w - 1) * p->stride_w + (p->s - 1) * p->dilation_w + 1;

      bottom = MAX (bottom, (gssize)rows + top - p->pad_top);
      right = MAX (right, (gssize)columns + left - p->pad_left);
    }
  d->top = (gsize)top;
  d->left = (gsize)left;
  d->frame_h = MAX ((gsize)bottom, d->top + d->shape.h);
  d->pitch = (MAX ((gsize)right, d->left + d->shape.w) + d->stride - 1) / d->stride;
  d->frames = CLAMP (FRAMES_FLOATS / MAX (d->stride * d->frame_h * d->pitch, 1), 1, 16);
}

static gboolean
part_init (const PhDepthwise *d, const PhCorrelation *p, PhDepthwisePart *part)
{
  const PhConvShape *shape = &p->shape;
  gsize taps = shape->r * shape->s, row_gap = d->top - (gsize)shape->pad_top;
  gsize column_gap = d->left - (gsize)shape->pad_left;

  *part = (PhDepthwisePart){
    .rows = shape->out_h,
    .columns = shape->out_w,
    .y_top = p->y_top,
    .y_left = p->y_left,
    .y_step_h = p->y_step_h,
    .y_step_w = p->y_step_w,
    .row_step = shape->stride_h,
    .n_taps = taps,
    .taps_w = shape->s,
    .offsets = ph_aligned_alloc (taps * sizeof (gint32)),
    .weights = ph_aligned_alloc (shape->c * taps * sizeof (float)),
  };
  if (part->offsets == NULL || part->weights == NULL)
    return FALSE;
  part->is_3x3 = shape->r == 3 && shape->s == 3 && shape->dilation_h == 1 &&
                 shape->dilation_w == 1 && shape->stride_h == 1 && d->stride == 1;
  for (gsize t = 0; t < taps; t++)
    {
      gsize row = t / shape->s * shape->dilation_h + row_gap;
      gsize column = t % shape->s * shape->dilation_w + column_gap;

      part->offsets[t] =
          (gint32)((column % d->stride * d->frame_h + row) * d->pitch + column / d->stride);
    }
  return TRUE;
}

PhDepthwise *
ph_depthwise_new (const PhConvShape *shape, const PhCorrelation *parts, gsize n_parts,
                  const PhEpilogue *epilogue)
{
  g_autoptr (PhDepthwise) d = g_new0 (PhDepthwise, 1);

  d->shape = *shape;
  if (epilogue != NULL)
    d->epilogue = *epilogue;
  d->kernels = ph_kernels ();
  d->threads = ph_parallel_get_threads ();
  d->n_parts = n_parts;
  d->stride = n_parts > 0 ? parts[0].shape.stride_w : 1;
  d->parts = g_new0 (PhDepthwisePart, n_parts);
  choose_frame (d, parts);
  for (gsize i = 0; i < n_parts; i++)
    if (!part_init (d, &parts[i], &d->parts[i]))
      return NULL;
  d->bias = ph_aligned_alloc (shape->c * sizeof (float));
  if (d->bias == NULL)
    return NULL;
  return g_steal_pointer (&d);
}

void
ph_depthwise_set_weights (PhDepthwise *d, const PhFilters *filters, const float *bias)
{
  for (gsize i = 0; i < d->n_parts; i++)
    {
      const PhFilters *f = &filters[i];
      float *to = d->parts[i].weights;

      for (gsize c = 0; c < d->shape.c; c++)
        for (gsize t = 0; t < d->parts[i].n_taps; t++)
          *to++ = f->first[(gssize)c * f->group + (gssize)(t / d->parts[i].taps_w) * f->row +
                           (gssize)(t % d->parts[i].taps_w) * f->column];
    }
  for (gsize c = 0; c < d->shape.c; c++)
    d->bias[c] = bias != NULL ? bias[c] : 0.0f;
}

void
ph_depthwise_free (PhDepthwise *d)
{
  if (d == NULL)
    return;
  for (gsize i = 0; i < d->n_parts; i++)
    {
      ph_aligned_free (d->parts[i].offsets);
      ph_aligned_free (d->parts[i].weights);
    }
  g_free (d->parts);
  ph_aligned_free (d->bias);
  g_free (d);
}

/* The frames and some lines of output for two phases. */
static gsize
thread_floats (const PhDepthwise *d)
{
  gsize lines = 2 * PH_DEPTHWISE_ROWS * (d->shape.out_w + 2 * SLACK);

  return conv_align (d->frames * d->stride * d->frame_h * d->pitch + 2 * SLACK + lines) /
         sizeof (float);
}

gsize
ph_depthwise_scratch (const PhDepthwise *d)
{
  return d->threads * thread_floats (d) * sizeof (float);
}

typedef struct
{
  const PhDepthwise *d;
  const PhCorrelationCall *call;
  float *scratch;
} Run;

static void
do_shares (gsize begin, gsize end, guint thread, gpointer data)
{
  const Run *run = data;
  const PhDepthwise *d = run->d;
  gsize planes = d->shape.n * d->shape.c;

  for (gsize share = begin; share < end; share++)
    d->kernels->depthwise_planes (d, run->call, planes * share / d->threads,
                                  planes * (share + 1) / d->threads,
                                  run->scratch + share * thread_floats (d));
}

void
ph_depthwise_run (const PhDepthwise *d, const PhCorrelationCall *call, gpointer scratch)
{
  Run run = { d, call, scratch };

  ph_parallel_for (d->threads, 1, do_shares, &run);
}
