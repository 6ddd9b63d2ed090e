/* Pow: a to the power b. Since opset 12 the exponent may be of another type; the result has the
 * type of a. Gradient of the exponent: 0 where a <= 0. */

#include "ops/binary.h"

#include <math.h>
#include <string.h>

static gboolean
pow_infer (PhStep *step, GError **error)
{
  PhShape out;

  if (!ph_binary_infer_shape (step, &out, error))
    return FALSE;
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

/* The exponents that networks use need no logarithm. */
static void
pow_row (gsize n, const float *a, gsize step_a, const float *b, gsize step_b, float *y)
{
  const float exponent = *b;

  if (step_b == 0 && exponent == 2)
    PH_FOR_ELEMENTS (i, 0, n)
    {
      y[i] = a[i * step_a] * a[i * step_a];
    }
  else if (step_b == 0 && exponent == 3)
    PH_FOR_ELEMENTS (i, 0, n)
    {
      const float x = a[i * step_a];
      y[i] = x * x * x;
    }
  else if (step_b == 0 && exponent == 0.5f)
    PH_FOR_ELEMENTS (i, 0, n)
    {
      y[i] = sqrtf (a[i * step_a]);
    }
  else
    PH_FOR_ELEMENTS (i, 0, n)
    {
      y[i] = powf (a[i * step_a], b[i * step_b]);
    }
}

static void
pow_back_a (gsize n, const float *a, gsize step_a, const float *b, gsize step_b, const float *dy,
            float *t)
{
  const float exponent = *b;

  if (step_b == 0 && exponent == 2)
    PH_FOR_ELEMENTS (i, 0, n)
    {
      t[i] = dy[i] * 2 * a[i * step_a];
    }
  else if (step_b == 0 && exponent == 3)
    PH_FOR_ELEMENTS (i, 0, n)
    {
      t[i] = dy[i] * 3 * a[i * step_a] * a[i * step_a];
    }
  else if (step_b == 0 && exponent == 0.5f)
    PH_FOR_ELEMENTS (i, 0, n)
    {
      t[i] = dy[i] * 0.5f / sqrtf (a[i * step_a]);
    }
  else
    PH_FOR_ELEMENTS (i, 0, n)
    {
      const float e = b[i * step_b];
      t[i] = e == 0 ? 0 : dy[i] * e * powf (a[i * step_a], e - 1);
    }
}

PH_BINARY_BACK_ROW (pow_back_b, PH_LOAD_AB, a > 0 ? d * powf (a, b) * logf (a) : 0)

/* Squaring, so that integers wrap as repeated multiplication does. */
static gint64
pow_int (PhType type, gint64 a, gint64 b)
{
  guint64 result = 1, base = (guint64)a;

  if (b < 0 && type != PH_TYPE_UINT64)
    return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
  for (guint64 e = (guint64)b; e != 0; e >>= 1)
    {
      if (e & 1)
        result *= base;
      base *= base;
    }
  return (gint64)result;
}

/* Inputs of which one is real and the other is not. */
typedef struct
{
  PhBroadcast walk;
  PhType type_a, type_b;
  gconstpointer a, b;
  gpointer y;
  const float *dy;
  float *da;
} Mixed;

static double
element (PhType type, gconstpointer data, gsize i)
{
  return ph_type_is_real (type) ? ((const float *)data)[i] : (double)((const gint64 *)data)[i];
}

static void
mixed_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const Mixed *m = data;
  const gsize step_a = ph_broadcast_step (&m->walk, 0), step_b = ph_broadcast_step (&m->walk, 1);
  PhBroadcastPart part;

  for (ph_broadcast_first (&m->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&m->walk, &part))
    for (gsize j = 0; j < part.n; j++)
      {
        double a = element (m->type_a, m->a, part.offset[0] + j * step_a);
        double b = element (m->type_b, m->b, part.offset[1] + j * step_b);
        gsize i = part.begin + j;

        if (m->da != NULL)
          m->da[part.offset[0] + j * step_a] += b == 0 ? 0 : m->dy[i] * b * pow (a, b - 1);
        else if (ph_type_is_real (m->type_a))
          ((float *)m->y)[i] = (float)pow (a, b);
        else
          {
            double y = pow (a, b);
            ((gint64 *)m->y)[i] = fabs (y) < 0x1p63 ? ph_type_wrap (m->type_a, (gint64)y) : 0;
          }
      }
}

static gboolean
is_mixed (const PhStep *step)
{
  return ph_type_is_real (step->in[0]->type) != ph_type_is_real (step->in[1]->type);
}

static void
run_mixed (const PhStep *step, const PhRun *run, Mixed *m)
{
  m->type_a = step->in[0]->type;
  m->type_b = step->in[1]->type;
  m->a = ph_run_in (run, step, 0);
  m->b = ph_run_in (run, step, 1);
  ph_broadcast_init (&m->walk, &step->out[0]->shape,
                     (const PhShape *[]){ &step->in[0]->shape, &step->in[1]->shape }, 2);
  mixed_span (0, m->walk.rows * m->walk.columns, 0, m);
}

static void
pow_forward (const PhStep *step, PhRun *run)
{
  Mixed m = { .y = ph_run_out (run, step, 0) };

  if (is_mixed (step))
    run_mixed (step, run, &m);
  else
    ph_binary_forward (step, run, pow_row, pow_int);
}

static void
pow_backward (const PhStep *step, PhRun *run)
{
  Mixed m = { .dy = ph_run_out_grad (run, step, 0), .da = ph_run_in_grad (run, step, 0) };

  if (!is_mixed (step))
    {
      ph_binary_backward (step, run, pow_back_a, pow_back_b);
      return;
    }
  if (m.dy == NULL || m.da == NULL)
    return;
  if (!ph_run_accumulates (run, step, 0))
    memset (m.da, 0, ph_shape_count (&step->in[0]->shape) * sizeof (float));
  run_mixed (step, run, &m);
}

const PhOpClass ph_op_Pow = {
  .name = "Pow",
  .summary = "a to the power b",
  .min_inputs = 2,
  .max_inputs = 2,
  .max_outputs = 1,
  .flags = PH_OP_POINTWISE | PH_OP_IN_PLACE | PH_OP_OVERWRITES | PH_OP_KEEP_INPUTS,
  .infer = pow_infer,
  .forward = pow_forward,
  .backward = pow_backward,
};
