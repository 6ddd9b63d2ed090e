#include "kernels/pointwise.h"

#include "kernels/isa-private.h"
#include "kernels/parallel.h"

/* Elements worth a second thread: about 5 µs of copying, and of the functions with polynomials. */
#define GRAIN 16384
#define GRAIN_FUNCTION 4096

typedef struct
{
  PhPointwiseFunc func;
  gsize n;
  const float *a, *b;
  float p, q;
  float *y;
} Elements;

/* Items are blocks of 64 elements, so that no two threads write into one line of the cache. */
static void
do_elements (gsize begin, gsize end, guint thread, gpointer data)
{
  const Elements *e = data;
  gsize first = begin * 64, last = MIN (end * 64, e->n);

  e->func (last - first, e->a + first, e->b + first, e->p, e->q, e->y + first);
}

static void
elements (PhPointwise which, gsize n, gsize grain, const float *a, const float *b, float p, float q,
          float *y)
{
  Elements e = { ph_kernels ()->pointwise[which], n, a, b, p, q, y };

  ph_parallel_for ((n + 63) / 64, grain / 64, do_elements, &e);
}

void
ph_pointwise_fill (gsize n, float value, float *y)
{
  elements (PH_POINTWISE_FILL, n, GRAIN, y, y, value, 0.0f, y);
}

void
ph_pointwise_clamp (gsize n, const float *x, float low, float high, float *y)
{
  elements (PH_POINTWISE_CLAMP, n, GRAIN, x, x, low, high, y);
}

void
ph_pointwise_clamp_backward (gsize n, const float *x, const float *dy, float low, float high,
                             float *dx)
{
  elements (PH_POINTWISE_CLAMP_BACKWARD, n, GRAIN, x, dy, low, high, dx);
}

void
ph_pointwise_gate (gsize n, const float *x, float low, float high, float *y)
{
  elements (PH_POINTWISE_GATE, n, GRAIN, x, x, low, high, y);
}

void
ph_pointwise_pass (gsize n, const float *by, const float *x, float low, float high,
                   gboolean accumulate, float *y)
{
  if (by == NULL)
    elements (accumulate ? PH_POINTWISE_ADD : PH_POINTWISE_COPY, n, GRAIN, x, y, 0, 0, y);
  else
    elements (accumulate ? PH_POINTWISE_CLAMP_BACKWARD : PH_POINTWISE_PASS, n, GRAIN, by, x, low,
              high, y);
}

void
ph_pointwise_accumulate (gsize n, float alpha, const float *x, float *y)
{
  elements (PH_POINTWISE_ACCUMULATE, n, GRAIN, x, x, alpha, 0.0f, y);
}

void
ph_pointwise_add (gsize n, const float *a, const float *b, float *y)
{
  elements (PH_POINTWISE_ADD, n, GRAIN, a, b, 0.0f, 0.0f, y);
}

void
ph_pointwise_subtract (gsize n, const float *a, const float *b, float *y)
{
  elements (PH_POINTWISE_SUBTRACT, n, GRAIN, a, b, 0.0f, 0.0f, y);
}

void
ph_pointwise_multiply (gsize n, const float *a, const float *b, float *y)
{
  elements (PH_POINTWISE_MULTIPLY, n, GRAIN, a, b, 0.0f, 0.0f, y);
}

void
ph_pointwise_multiply_accumulate (gsize n, const float *a, const float *b, float *y)
{
  elements (PH_POINTWISE_MULTIPLY_ACCUMULATE, n, GRAIN, a, b, 0.0f, 0.0f, y);
}

void
ph_pointwise_scale_shift (gsize n, float scale, float shift, const float *x, float *y)
{
  elements (PH_POINTWISE_SCALE_SHIFT, n, GRAIN, x, x, scale, shift, y);
}

void
ph_pointwise_exp (gsize n, const float *x, float *y)
{
  elements (PH_POINTWISE_EXP, n, GRAIN_FUNCTION, x, x, 0.0f, 0.0f, y);
}

void
ph_pointwise_sigmoid (gsize n, const float *x, float *y)
{
  elements (PH_POINTWISE_SIGMOID, n, GRAIN_FUNCTION, x, x, 0.0f, 0.0f, y);
}

void
ph_pointwise_tanh (gsize n, const float *x, float *y)
{
  elements (PH_POINTWISE_TANH, n, GRAIN_FUNCTION, x, x, 0.0f, 0.0f, y);
}

void
ph_pointwise_erf (gsize n, const float *x, float *y)
{
  elements (PH_POINTWISE_ERF, n, GRAIN_FUNCTION, x, x, 0.0f, 0.0f, y);
}

void
ph_pointwise_atan (gsize n, const float *x, float *y)
{
  elements (PH_POINTWISE_ATAN, n, GRAIN_FUNCTION, x, x, 0.0f, 0.0f, y);
}

void
ph_pointwise_silu (gsize n, const float *x, float *y)
{
  elements (PH_POINTWISE_SILU, n, GRAIN_FUNCTION, x, x, 0.0f, 0.0f, y);
}

void
ph_pointwise_silu_backward (gsize n, const float *x, const float *dy, gboolean accumulate,
                            float *dx)
{
  elements (accumulate ? PH_POINTWISE_SILU_BACKWARD_ADD : PH_POINTWISE_SILU_BACKWARD, n,
            GRAIN_FUNCTION, x, dy, 0.0f, 0.0f, dx);
}

/* What is done plane by plane or row by row. */
typedef struct
{
  const PhKernels *kernels;
  gsize plane, channels;
  gboolean accumulate;
  float factor;
  const float *scale, *shift;
  const float *x, *dy;
  float *y;
} Planes;

static void
scale_shift_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Planes *p = data;
  PhPointwiseFunc func = p->kernels->pointwise[p->accumulate ? PH_POINTWISE_SCALE_SHIFT_ACCUMULATE
                                                             : PH_POINTWISE_SCALE_SHIFT];

  for (gsize i = begin; i < end; i++)
    {
      gsize channel = i % p->channels;
      const float *x = p->x + i * p->plane;

      func (p->plane, x, x, p->scale != NULL ? p->scale[channel] : 1.0f,
            p->shift != NULL ? p->shift[channel] : 0.0f, p->y + i * p->plane);
    }
}

void
ph_pointwise_channels_scale_shift (gsize n_images, gsize channels, gsize plane, const float *scale,
                                   const float *shift, gboolean accumulate, const float *x,
                                   float *y)
{
  Planes p = { .kernels = ph_kernels (),
               .plane = plane,
               .channels = channels,
               .accumulate = accumulate,
               .scale = scale,
               .shift = shift,
               .x = x,
               .y = y };

  ph_parallel_for (n_images * channels, GRAIN / MAX (plane, 1) + 1, scale_shift_planes, &p);
}

static void
sum_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Planes *p = data;

  for (gsize i = begin; i < end; i++)
    p->y[i] = p->factor * p->kernels->sum (p->plane, p->x + i * p->plane);
}

void
ph_pointwise_plane_sums (gsize planes, gsize plane, float factor, const float *x, float *y)
{
  Planes p = { .kernels = ph_kernels (), .plane = plane, .factor = factor, .x = x, .y = y };

  ph_parallel_for (planes, GRAIN / MAX (plane, 1) + 1, sum_planes, &p);
}

static void
spread_planes (gsize begin, gsize end, guint thread, gpointer data)
{
  const Planes *p = data;

  for (gsize i = begin; i < end; i++)
    {
      float *y = p->y + i * p->plane;

      p->kernels->pointwise[PH_POINTWISE_SCALE_SHIFT](p->plane, y, y, 1.0f, p->factor * p->x[i], y);
    }
}

void
ph_pointwise_plane_spread (gsize planes, gsize plane, float factor, const float *y, float *x)
{
  Planes p = { .kernels = ph_kernels (), .plane = plane, .factor = factor, .x = y, .y = x };

  ph_parallel_for (planes, GRAIN / MAX (plane, 1) + 1, spread_planes, &p);
}

static void
softmax_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Planes *p = data;

  for (gsize i = begin; i < end; i++)
    p->kernels->softmax (p->plane, p->x + i * p->plane, p->y + i * p->plane);
}

void
ph_pointwise_softmax (gsize rows, gsize columns, const float *x, float *y)
{
  Planes p = { .kernels = ph_kernels (), .plane = columns, .x = x, .y = y };

  ph_parallel_for (rows, GRAIN_FUNCTION / MAX (columns, 1) + 1, softmax_rows, &p);
}

static void
softmax_backward_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Planes *p = data;

  for (gsize i = begin; i < end; i++)
    p->kernels->softmax_backward (p->plane, p->x + i * p->plane, p->dy + i * p->plane,
                                  p->y + i * p->plane);
}

void
ph_pointwise_softmax_backward (gsize rows, gsize columns, const float *y, const float *dy,
                               float *dx)
{
  Planes p = { .kernels = ph_kernels (), .plane = columns, .x = y, .dy = dy, .y = dx };

  ph_parallel_for (rows, GRAIN / MAX (columns, 1) + 1, softmax_backward_rows, &p);
}
