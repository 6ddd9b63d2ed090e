#include "kernels/conv-private.h"
#include "kernels/cpu.h"

#include <string.h>

#include "base/tensor.h"
#include "kernels/parallel.h"

struct _PhPass
{
  PhConvShape shape; /* n, c, h, w and k, out_h, out_w as this pass reads and writes them */
  const char *name;
  const PhKernels *kernels;
  gboolean zero_first; /* some outputs belong to no part */
  gboolean framed;
  PhFrameShape frame;
  gsize frame_size; /* bytes */

  /* owned */
  PhFilters *filters; /* one for each part */
  gsize *first;       /* where each of them begins */
  gsize n_filters;
  GPtrArray *parts; /* of PhImplicit; or instead of them: */
  PhWinograd *winograd;
  PhDepthwise *depthwise;
};

static PhPass *
pass_new (const PhConvShape *shape)
{
  PhPass *pass = g_new0 (PhPass, 1);

  pass->shape = *shape;
  pass->name = "implicit";
  pass->kernels = ph_kernels ();
  pass->parts = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_implicit_free);
  return pass;
}

void
ph_pass_free (PhPass *pass)
{
  if (pass == NULL)
    return;
  g_free (pass->filters);
  g_free (pass->first);
  g_ptr_array_unref (pass->parts);
  ph_winograd_free (pass->winograd);
  ph_depthwise_free (pass->depthwise);
  g_free (pass);
}

/* Products that @p costs, in units of one filter and one pixel. */
static gsize
cost (const PhConvShape *p, gboolean framed, gsize frame_w)
{
  gsize filters = p->k / p->groups, depth = conv_shape_depth (p) * p->groups;

  if (framed)
    return depth * p->out_h * frame_w * filters;
  return depth * p->out_h * p->out_w * (filters + PH_IMPLICIT_PACK_COST);
}

/* Decides whether to copy the input into a frame of zeros, so that all @parts can read it in place:
 * worth it when few filters share the packing. */
static void
choose_frame (PhPass *pass, const PhCorrelation *parts, gsize n_parts)
{
  PhFrameShape *frame = &pass->frame;
  gssize top = 0, left = 0, bottom = 0, right = 0;
  gsize planes = pass->shape.n * pass->shape.c, with = 0, without = 0;

  for (gsize i = 0; i < n_parts; i++)
    {
      const PhConvShape *p = &parts[i].shape;
      gssize last_row = (gssize)(p->out_h + (p->r - 1) * p->dilation_h) - p->pad_top;
      gssize last_column = (gssize)(p->out_w + (p->s - 1) * p->dilation_w) - p->pad_left;

      if (p->stride_h != 1 || p->stride_w != 1)
        return;
      top = MAX (top, p->pad_top);
      left = MAX (left, p->pad_left);
      bottom = MAX (bottom, last_row - (gssize)p->h);
      right = MAX (right, last_column - (gssize)p->w);
    }
  *frame = (PhFrameShape){ pass->shape.h,
                           pass->shape.w,
                           (gsize)top,
                           (gsize)left,
                           pass->shape.h + (gsize)(top + bottom),
                           pass->shape.w + (gsize)(left + right) };
  for (gsize i = 0; i < n_parts; i++)
    {
      with += cost (&parts[i].shape, TRUE, frame->frame_w);
      without += cost (&parts[i].shape, FALSE, 0);
    }
  with += planes * frame->frame_h * frame->frame_w * PH_IMPLICIT_PACK_COST;
  if (with >= without || pass->shape.c * frame->frame_h * frame->frame_w > G_MAXINT32)
    return;
  pass->framed = TRUE;
  pass->name = "direct";
  pass->frame_size = conv_align (planes * frame->frame_h * frame->frame_w + PH_IMPLICIT_SLACK);
}

/* Appends the product for one part; FALSE when there is no memory. */
static gboolean
add_part (PhPass *pass, const PhCorrelation *part, const PhEpilogue *epilogue, gboolean masked)
{
  PhCorrelation p = *part;

  if (pass->framed)
    {
      p.shape.h = pass->frame.frame_h;
      p.shape.w = pass->frame.frame_w;
      p.shape.pad_top -= (gssize)pass->frame.top;
      p.shape.pad_left -= (gssize)pass->frame.left;
    }
  PhImplicit *implicit = ph_implicit_new (&p, epilogue, masked && !pass->framed, pass->framed);
  if (implicit == NULL)
    return FALSE;
  g_ptr_array_add (pass->parts, implicit);
  return TRUE;
}

/* Chooses the algorithm for @n_parts that write one output; FALSE when there is no memory. */
static gboolean
make (PhPass *pass, const PhCorrelation *parts, gsize n_parts, const PhEpilogue *epilogue,
      gboolean masked)
{
  const PhConvShape *p = &pass->shape;

  if (p->groups == p->c && p->k == p->c)
    {
      pass->name = "depthwise";
      pass->depthwise = ph_depthwise_new (p, parts, n_parts, epilogue);
      return pass->depthwise != NULL;
    }
  gsize tile = n_parts == 1 ? ph_winograd_choose (parts) : 0;

  if (tile > 0)
    {
      pass->name = tile == 2 ? "winograd2" : "winograd4";
      pass->winograd = ph_winograd_new (parts, tile, epilogue, masked);
      return pass->winograd != NULL;
    }
  choose_frame (pass, parts, n_parts);
  for (gsize i = 0; i < n_parts; i++)
    if (!add_part (pass, &parts[i], epilogue, masked))
      return FALSE;
  return TRUE;
}

PhPass *
ph_pass_new_forward (const PhConvShape *shape, const PhEpilogue *epilogue)
{
  g_autoptr (PhPass) pass = pass_new (shape);
  PhCorrelation p = { *shape, shape->out_h, shape->out_w, 0, 0, 1, 1 };
  gssize taps = (gssize)(shape->r * shape->s), depth = (gssize)conv_shape_depth (shape);

  pass->n_filters = 1;
  pass->filters = g_new (PhFilters, 1);
  pass->first = g_new0 (gsize, 1);
  pass->filters[0] =
      (PhFilters){ NULL, (gssize)(shape->k / shape->groups) * depth, depth, taps, (gssize)shape->s,
                   1 };
  if (!make (pass, &p, 1, epilogue, FALSE))
    return NULL;
  return g_steal_pointer (&pass);
}

/*
 * One phase of the gradient along one axis. Input i gets a product from output o through tap t
 * where i + pad = o * stride + t * dilation. All i with i + pad = phase + m * stride take the taps
 * t = first + q * step for which t * dilation has the same remainder, and read o = m - shift - q *
 * dilation': a correlation at stride 1 with the order of q turned round.
 */
typedef struct
{
  gsize n;     /* inputs of this phase */
  gsize begin; /* the first of them */
  gsize n_taps;
  gsize first, step;
  gsize dilation;
  gssize pad;
} Phase;

static gsize
greatest_divisor (gsize a, gsize b)
{
  return b == 0 ? a : greatest_divisor (b, a % b);
}

static Phase
find_phase (gsize in, gsize taps, gsize stride, gsize dilation, gssize pad, gsize phase)
{
  gssize step = (gssize)stride, start = pad - (gssize)phase;
  Phase f = { 0 };

  /* The smallest m with phase + m * stride - pad >= 0. */
  gssize m = start > 0 ? (start + step - 1) / step : -(-start / step);
  f.begin = (gsize)(m * step - start);
  f.n = f.begin < in ? (in - f.begin + stride - 1) / stride : 0;
  f.step = stride / greatest_divisor (dilation, stride);
  while (f.first < taps && f.first * dilation % stride != phase)
    f.first++;
  if (f.first == taps)
    return f;
  f.n_taps = (taps - f.first + f.step - 1) / f.step;
  f.dilation = f.step * dilation / stride;
  f.pad = (gssize)((f.n_taps - 1) * f.dilation + (f.first * dilation - phase) / stride) - m;
  return f;
}

static PhCorrelation
phase_correlation (const PhConvShape *shape, const Phase *rows, const Phase *columns)
{
  PhConvShape p = {
    .n = shape->n,
    .c = shape->k,
    .h = shape->out_h,
    .w = shape->out_w,
    .k = shape->c,
    .r = rows->n_taps,
    .s = columns->n_taps,
    .groups = shape->groups,
    .stride_h = 1,
    .stride_w = 1,
    .dilation_h = rows->dilation,
    .dilation_w = columns->dilation,
    .pad_top = rows->pad,
    .pad_left = columns->pad,
    .out_h = rows->n,
    .out_w = columns->n,
  };

  return (PhCorrelation){
    p, shape->h, shape->w, rows->begin, columns->begin, shape->stride_h, shape->stride_w
  };
}

/* The filters of a phase, turned, with input and output channels exchanged; @first counts from the
 * first number of all filters. */
static PhFilters
phase_filters (const PhConvShape *shape, const Phase *rows, const Phase *columns, gsize *first)
{
  gssize taps = (gssize)(shape->r * shape->s), depth = (gssize)conv_shape_depth (shape);
  gsize last_row = rows->first + (rows->n_taps - 1) * rows->step;
  gsize last_column = columns->first + (columns->n_taps - 1) * columns->step;

  *first = last_row * shape->s + last_column;
  return (PhFilters){ NULL,  (gssize)(shape->k / shape->groups) * depth, taps,
                      depth, -(gssize)(rows->step * shape->s),           -(gssize)columns->step };
}

PhPass *
ph_pass_new_gradient (const PhConvShape *shape, gboolean masked)
{
  PhConvShape turned = *shape;
  gsize n_phases = shape->stride_h * shape->stride_w, n = 0;
  g_autofree PhCorrelation *parts = g_new (PhCorrelation, n_phases);
  g_autofree Phase *rows = g_new (Phase, n_phases), *columns = g_new (Phase, n_phases);

  turned.c = shape->k;
  turned.k = shape->c;
  turned.h = shape->out_h;
  turned.w = shape->out_w;
  turned.out_h = shape->h;
  turned.out_w = shape->w;
  g_autoptr (PhPass) pass = pass_new (&turned);

  for (gsize i = 0; i < n_phases; i++)
    {
      rows[n] = find_phase (shape->h, shape->r, shape->stride_h, shape->dilation_h, shape->pad_top,
                            i / shape->stride_w);
      columns[n] = find_phase (shape->w, shape->s, shape->stride_w, shape->dilation_w,
                               shape->pad_left, i % shape->stride_w);
      if (rows[n].n == 0 || columns[n].n == 0)
        continue;
      if (rows[n].n_taps == 0 || columns[n].n_taps == 0)
        {
          pass->zero_first = TRUE;
          continue;
        }
      parts[n] = phase_correlation (shape, &rows[n], &columns[n]);
      n++;
    }
  pass->n_filters = n;
  pass->filters = g_new (PhFilters, n);
  pass->first = g_new (gsize, n);
  for (gsize i = 0; i < n; i++)
    pass->filters[i] = phase_filters (shape, &rows[i], &columns[i], &pass->first[i]);
  if (!make (pass, parts, n, NULL, masked))
    return NULL;
  return g_steal_pointer (&pass);
}

void
ph_pass_set_weights (PhPass *pass, const float *weights, const float *bias)
{
  for (gsize i = 0; i < pass->n_filters; i++)
    pass->filters[i].first = weights + pass->first[i];
  if (pass->winograd != NULL)
    ph_winograd_set_weights (pass->winograd, pass->filters, bias);
  if (pass->depthwise != NULL)
    ph_depthwise_set_weights (pass->depthwise, pass->filters, bias);
  for (guint i = 0; i < pass->parts->len; i++)
    ph_implicit_set_weights (g_ptr_array_index (pass->parts, i), &pass->filters[i], bias);
}

const char *
ph_pass_algorithm (const PhPass *pass)
{
  return pass->name;
}

gsize
ph_pass_scratch (const PhPass *pass)
{
  gsize most = 0;

  if (pass->winograd != NULL)
    most = ph_winograd_scratch (pass->winograd);
  if (pass->depthwise != NULL)
    most = ph_depthwise_scratch (pass->depthwise);
  for (guint i = 0; i < pass->parts->len; i++)
    most = MAX (most, ph_implicit_scratch (g_ptr_array_index (pass->parts, i)));
  return pass->frame_size + most;
}

typedef struct
{
  const PhPass *pass;
  const PhCorrelationCall *call;
  float *to;
} Framing;

static void
frame_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Framing *f = data;
  const PhFrameShape *frame = &f->pass->frame;
  gsize plane = frame->h * frame->w;

  for (gsize i = begin; i < end; i++)
    f->pass->kernels->frame (frame, f->call->x + i * plane,
                             f->call->mask == NULL ? NULL : f->call->mask + i * plane, f->call->low,
                             f->call->high, f->to + i * frame->frame_h * frame->frame_w);
}

void
ph_pass_run (const PhPass *pass, const PhCorrelationCall *call, gpointer scratch)
{
  PhCorrelationCall here = *call;

  if (pass->framed)
    {
      Framing framing = { pass, call, scratch };

      ph_parallel_for (pass->shape.n * pass->shape.c, 1, frame_planes, &framing);
      here.x = scratch;
      here.mask = NULL;
      scratch = (char *)scratch + pass->frame_size;
    }
  if (pass->zero_first && call->add == NULL)
    {
      memset (call->y, 0,
              pass->shape.n * pass->shape.k * pass->shape.out_h * pass->shape.out_w *
                  sizeof (float));
      here.add = call->y;
    }
  if (pass->winograd != NULL)
    ph_winograd_run (pass->winograd, &here, scratch);
  if (pass->depthwise != NULL)
    ph_depthwise_run (pass->depthwise, &here, scratch);
  for (guint i = 0; i < pass->parts->len; i++)
    ph_implicit_run (g_ptr_array_index (pass->parts, i), &here, scratch);
}
