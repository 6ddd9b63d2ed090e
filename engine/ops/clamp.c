/* Relu, Clip and PRelu: piecewise linear activations. */

#include "ops/broadcast.h"
#include "ops/elementwise.h"

#include <math.h>

/* Relu. At 0 the gradient is 0; NaN stays NaN.
 *
 * A run may go back through relus by another rule than the derivative (PhRule in network/run.h):
 * the rule changes what arrives at the output, by ph_run_rectify(), and the operators stay as they
 * are, but for not applying their derivative where the rule did. A Clip from 0 is a relu with a
 * ceiling; Conv does the same for those it has taken in. Other activations let some of what is
 * negative through and have no such rule. */

typedef struct
{
  const gint64 *x;
  gint64 *y;
  gint64 low, high;
} IntSpan;

static void
clamp_ints (gsize begin, gsize end, guint thread, gpointer data)
{
  const IntSpan *span = data;

  PH_FOR_ELEMENTS (i, begin, end)
  {
    gint64 x = span->x[i] < span->low ? span->low : span->x[i];
    span->y[i] = x > span->high ? span->high : x;
  }
}

static void
clamp_uint64s (gsize begin, gsize end, guint thread, gpointer data)
{
  const IntSpan *span = data;
  guint64 low = (guint64)span->low, high = (guint64)span->high;

  PH_FOR_ELEMENTS (i, begin, end)
  {
    guint64 x = (guint64)span->x[i] < low ? low : (guint64)span->x[i];
    span->y[i] = (gint64)(x > high ? high : x);
  }
}

PH_SPAN_FORWARD (relu_span, MAX (0, x))
PH_SPAN_BACKWARD (relu_back_span, PH_LOAD_Y, y > 0 ? 1 : 0)
PH_SPAN_BACKWARD (pass_back_span, , 1)

static void
relu_forward (const PhStep *step, PhRun *run)
{
  if (ph_type_is_real (step->in[0]->type))
    {
      ph_elementwise_forward (step, run, relu_span, NULL);
      return;
    }
  IntSpan span = { ph_run_in (run, step, 0), ph_run_out (run, step, 0), 0, G_MAXINT64 };
  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN, clamp_ints, &span);
}

static void
relu_backward (const PhStep *step, PhRun *run)
{
  gboolean masked = ph_run_rectify (run, step, INFINITY);

  ph_elementwise_backward (step, run, masked ? pass_back_span : relu_back_span, NULL);
}

const PhOpClass ph_op_Relu = {
  .name = "Relu",
  .summary = "x above 0, else 0",
  .min_inputs = 1,
  .max_inputs = 1,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | PH_OP_KEEP_OUTPUTS,
  .infer = ph_elementwise_infer_any,
  .forward = relu_forward,
  .backward = relu_backward,
};

/* Clip: min (max (x, low), high), so a low above high gives high. Bounds are attributes before
 * opset 11 and scalar inputs since. The gradient passes strictly between the bounds only; bounds
 * have none. */

typedef struct
{
  float low, high;
} ClipConfig;

static gboolean
clip_configure (PhNode *node, GError **error)
{
  ClipConfig *config = node->config;

  config->low = -INFINITY;
  config->high = INFINITY;
  if (node->opset < 11)
    {
      config->low = ph_attrs_get_real (node->attrs, "min", -INFINITY);
      config->high = ph_attrs_get_real (node->attrs, "max", INFINITY);
    }
  return TRUE;
}

static gboolean
clip_infer (PhStep *step, GError **error)
{
  for (guint i = 1; i <= 2; i++)
    {
      const PhSpec *bound = step->in[i];

      if (bound == NULL)
        continue;
      if (bound->type != step->in[0]->type)
        return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected a bound of %s, got %s",
                             ph_type_name (step->in[0]->type), ph_type_name (bound->type));
      if (ph_shape_count (&bound->shape) != 1)
        {
          g_autofree char *shape = ph_shape_dup_string (&bound->shape);
          return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                               "expected a bound of one element, got %s", shape);
        }
    }
  step->keep_inputs = 0;
  return ph_elementwise_infer_any (step, error);
}

PH_SPAN_FORWARD (clip_span, MIN (p[1], MAX (p[0], x)))
PH_SPAN_BACKWARD (clip_back_span, PH_LOAD_Y, y > p[0] && y < p[1] ? 1 : 0)

static void
clip_bounds (const PhStep *step, const PhRun *run, float p[4])
{
  const ClipConfig *config = step->config;
  const float *low = step->in[1] != NULL ? ph_run_in (run, step, 1) : NULL;
  const float *high = step->in[2] != NULL ? ph_run_in (run, step, 2) : NULL;

  p[0] = low != NULL ? *low : config->low;
  p[1] = high != NULL ? *high : config->high;
}

static void
clip_forward (const PhStep *step, PhRun *run)
{
  PhType type = step->in[0]->type;

  if (ph_type_is_real (type))
    {
      float *saved = ph_run_saved (run, step);
      float p[4] = { 0 };
      clip_bounds (step, run, p);
      if (saved != NULL)
        {
          saved[0] = p[0];
          saved[1] = p[1];
        }
      ph_elementwise_forward (step, run, clip_span, p);
      return;
    }
  const gint64 *low = step->in[1] != NULL ? ph_run_in (run, step, 1) : NULL;
  const gint64 *high = step->in[2] != NULL ? ph_run_in (run, step, 2) : NULL;
  IntSpan span = { .x = ph_run_in (run, step, 0), .y = ph_run_out (run, step, 0) };
  gboolean wide = type == PH_TYPE_UINT64;
  span.low = low != NULL ? *low : wide ? 0 : G_MININT64;
  span.high = high != NULL ? *high : wide ? -1 : G_MAXINT64;
  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN,
                   wide ? clamp_uint64s : clamp_ints, &span);
}

/* Bounds that are computed in the run may be gone when it goes back. */
static gboolean
clip_prepare (PhStep *step, GError **error)
{
  step->saved_size = step->wants_gradient ? 2 * sizeof (float) : 0;
  return TRUE;
}

static void
clip_backward (const PhStep *step, PhRun *run)
{
  const float *saved = ph_run_saved (run, step);

  gboolean masked = saved[0] == 0 && ph_run_rectify (run, step, saved[1]);

  ph_elementwise_backward (step, run, masked ? pass_back_span : clip_back_span,
                           (float[4]){ saved[0], saved[1] });
}

const PhOpClass ph_op_Clip = {
  .name = "Clip",
  .summary = "clamps x between two bounds",
  .min_inputs = 1,
  .max_inputs = 3,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | PH_OP_KEEP_OUTPUTS,
  .config_size = sizeof (ClipConfig),
  .configure = clip_configure,
  .infer = clip_infer,
  .prepare = clip_prepare,
  .forward = clip_forward,
  .backward = clip_backward,
};

/* PRelu: x above 0, slope * x below; the slope stretches to the shape of x. At 0 the gradient is
 * the slope for x and 0 for the slope. Source: He et al. 2015. */

static gboolean
prelu_infer (PhStep *step, GError **error)
{
  const PhSpec *x = step->in[0], *slope = step->in[1];
  PhShape common;

  if (x->type != slope->type)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected a slope of %s, got %s",
                         ph_type_name (x->type), ph_type_name (slope->type));
  if (!ph_shape_broadcast (&x->shape, &slope->shape, &common) ||
      !ph_shape_equal (&common, &x->shape))
    {
      g_autofree char *a = ph_shape_dup_string (&x->shape);
      g_autofree char *b = ph_shape_dup_string (&slope->shape);
      return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                           "expected a slope that stretches to %s, got %s", a, b);
    }
  ph_step_set_out (step, 0, x->type, &x->shape);
  return TRUE;
}

typedef struct
{
  PhBroadcast walk;
  const float *x, *slope, *dy;
  float *y, *dx, *dslope;
} PReluWalk;

static void
prelu_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PReluWalk *w = data;
  const gsize step_s = ph_broadcast_step (&w->walk, 1);
  PhBroadcastPart part;

  for (ph_broadcast_first (&w->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&w->walk, &part))
    {
      const float *x = w->x + part.begin, *slope = w->slope + part.offset[1];
      float *y = w->y + part.begin;

      if (step_s == 0)
        {
          const float s = *slope;
          PH_FOR_ELEMENTS (j, 0, part.n)
          {
            y[j] = x[j] > 0 ? x[j] : s * x[j];
          }
        }
      else
        PH_FOR_ELEMENTS (j, 0, part.n)
        {
          y[j] = x[j] > 0 ? x[j] : slope[j] * x[j];
        }
    }
}

static void
prelu_back_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const PReluWalk *w = data;
  const gsize step_s = ph_broadcast_step (&w->walk, 1);
  PhBroadcastPart part;

  for (ph_broadcast_first (&w->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&w->walk, &part))
    {
      const float *x = w->x + part.begin, *dy = w->dy + part.begin;
      const float *slope = w->slope + part.offset[1];

      for (gsize j = 0; w->dx != NULL && j < part.n; j++)
        w->dx[part.begin + j] += x[j] > 0 ? dy[j] : slope[j * step_s] * dy[j];
      for (gsize j = 0; w->dslope != NULL && j < part.n; j++)
        w->dslope[part.offset[1] + j * step_s] += x[j] > 0 ? 0 : x[j] * dy[j];
    }
}

static void
prelu_init_walk (const PhStep *step, PReluWalk *walk)
{
  ph_broadcast_init (&walk->walk, &step->in[0]->shape,
                     (const PhShape *[]){ &step->in[0]->shape, &step->in[1]->shape }, 2);
}

static void
prelu_forward (const PhStep *step, PhRun *run)
{
  PReluWalk walk = { .x = ph_run_in (run, step, 0),
                     .slope = ph_run_in (run, step, 1),
                     .y = ph_run_out (run, step, 0) };

  prelu_init_walk (step, &walk);
  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN, prelu_span, &walk);
}

static void
prelu_backward (const PhStep *step, PhRun *run)
{
  PReluWalk walk = { .x = ph_run_in (run, step, 0),
                     .slope = ph_run_in (run, step, 1),
                     .dy = ph_run_out_grad (run, step, 0),
                     .dx = ph_run_in_grad (run, step, 0),
                     .dslope = ph_run_in_grad (run, step, 1) };

  if (walk.dy == NULL)
    return;
  prelu_init_walk (step, &walk);
  gsize n = ph_shape_count (&step->in[0]->shape);
  if (walk.dslope != NULL)
    prelu_back_span (0, n, 0, &walk);
  else
    ph_parallel_for (n, PH_GRAIN, prelu_back_span, &walk);
}

const PhOpClass ph_op_PRelu = {
  .name = "PRelu",
  .summary = "x above 0, a learned slope times x below",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_KEEP_INPUTS,
  .roles = { [1] = PH_ROLE_SCALE },
  .infer = prelu_infer,
  .forward = prelu_forward,
  .backward = prelu_backward,
};
