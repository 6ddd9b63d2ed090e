#include "ops/binary.h"

#include <string.h>

/* Elements whose derivatives are held in a local buffer before they are added up. */
#define CHUNK 512

gboolean
ph_binary_infer_shape (const PhStep *step, PhShape *out, GError **error)
{
  const PhShape *a = &step->in[0]->shape, *b = &step->in[1]->shape;

  if (ph_shape_broadcast (a, b, out))
    return TRUE;
  g_autofree char *text_a = ph_shape_dup_string (a);
  g_autofree char *text_b = ph_shape_dup_string (b);
  return ph_step_fail (error, PH_ERROR_SHAPE_MISMATCH,
                       "expected shapes that stretch to a common one, got %s and %s", text_a,
                       text_b);
}

gboolean
ph_binary_infer (PhStep *step, GError **error)
{
  PhShape out;

  if (step->in[0]->type != step->in[1]->type)
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID,
                         "expected two inputs of one type, got %s and %s",
                         ph_type_name (step->in[0]->type), ph_type_name (step->in[1]->type));
  if (!ph_binary_infer_shape (step, &out, error))
    return FALSE;
  ph_step_set_out (step, 0, step->in[0]->type, &out);
  return TRUE;
}

typedef struct
{
  PhBroadcast walk;
  PhType type;
  PhBinaryRow row;
  PhBinaryInt integer;
  gconstpointer a, b;
  gpointer y;
} Forward;

static void
forward_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const Forward *f = data;
  const gsize step_a = ph_broadcast_step (&f->walk, 0), step_b = ph_broadcast_step (&f->walk, 1);
  PhBroadcastPart part;

  for (ph_broadcast_first (&f->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&f->walk, &part))
    if (f->integer == NULL)
      f->row (part.n, (const float *)f->a + part.offset[0], step_a,
              (const float *)f->b + part.offset[1], step_b, (float *)f->y + part.begin);
    else
      {
        const gint64 *a = (const gint64 *)f->a + part.offset[0];
        const gint64 *b = (const gint64 *)f->b + part.offset[1];
        gint64 *y = (gint64 *)f->y + part.begin;
        for (gsize j = 0; j < part.n; j++)
          y[j] = ph_type_wrap (f->type, f->integer (f->type, a[j * step_a], b[j * step_b]));
      }
}

void
ph_binary_forward (const PhStep *step, PhRun *run, PhBinaryRow row, PhBinaryInt integer)
{
  Forward f = { .type = step->in[0]->type,
                .row = row,
                .integer = ph_type_is_real (step->in[0]->type) ? NULL : integer,
                .a = ph_run_in (run, step, 0),
                .b = ph_run_in (run, step, 1),
                .y = ph_run_out (run, step, 0) };

  ph_broadcast_init (&f.walk, &step->out[0]->shape,
                     (const PhShape *[]){ &step->in[0]->shape, &step->in[1]->shape }, 2);
  ph_parallel_for (f.walk.rows * f.walk.columns, PH_GRAIN, forward_span, &f);
}

typedef struct
{
  PhBroadcast walk;
  guint which; /* operand whose gradient is made */
  PhBinaryBackRow row;
  gboolean overwrite; /* only for operands that are not stretched */
  const float *a, *b, *dy;
  gsize step_a, step_b;
  float *dx;
} Backward;

/* Eight sums side by side, as vectors hold them. */
static float
sum_of (const float *x, gsize n)
{
  float lane[8] = { 0 }, sum = 0;
  gsize i = 0;

  for (; i + 8 <= n; i += 8)
    for (guint k = 0; k < 8; k++)
      lane[k] += x[i + k];
  for (; i < n; i++)
    sum += x[i];
  for (guint k = 0; k < 8; k++)
    sum += lane[k];
  return sum;
}

static void
backward_span (gsize begin, gsize end, guint thread, gpointer data)
{
  const Backward *k = data;
  const gsize step = ph_broadcast_step (&k->walk, k->which);
  float buffer[CHUNK];
  PhBroadcastPart part;

  for (ph_broadcast_first (&k->walk, begin, end, &part); part.n > 0;
       ph_broadcast_next (&k->walk, &part))
    {
      float *dx = k->dx + part.offset[k->which];

      for (gsize done = 0; done < part.n;)
        {
          gsize n = MIN (part.n - done, CHUNK);
          const float *t = k->dy + part.begin + done;

          if (k->row != NULL)
            {
              float *target = k->overwrite ? dx + done : buffer;
              k->row (n, k->a != NULL ? k->a + part.offset[0] + done * k->step_a : NULL, k->step_a,
                      k->b != NULL ? k->b + part.offset[1] + done * k->step_b : NULL, k->step_b, t,
                      target);
              t = buffer;
            }
          else if (k->overwrite)
            memcpy (dx + done, t, n * sizeof (float));

          if (!k->overwrite && step == 0)
            dx[0] += sum_of (t, n);
          else if (!k->overwrite)
            PH_FOR_ELEMENTS (j, 0, n)
            {
              dx[done + j] += t[j];
            }
          done += n;
        }
    }
}

static void
backward_rows (gsize begin, gsize end, guint thread, gpointer data)
{
  const Backward *k = data;

  backward_span (begin * k->walk.columns, end * k->walk.columns, thread, data);
}

static void
run_backward (Backward *k, gsize n_operand, gboolean add)
{
  gsize n = k->walk.rows * k->walk.columns;

  k->overwrite = n_operand == n && !add;
  if (n_operand != n && !add)
    memset (k->dx, 0, n_operand * sizeof (float));
  if (n_operand == n)
    ph_parallel_for (n, PH_GRAIN, backward_span, k);
  else if (!ph_broadcast_shares_rows (&k->walk, k->which))
    ph_parallel_for (k->walk.rows, MAX (PH_GRAIN / MAX (k->walk.columns, 1), 1), backward_rows, k);
  else
    backward_span (0, n, 0, k);
}

void
ph_binary_backward (const PhStep *step, PhRun *run, PhBinaryBackRow row_a, PhBinaryBackRow row_b)
{
  Backward k = { .dy = ph_run_out_grad (run, step, 0) };

  if (k.dy == NULL)
    return;
  ph_broadcast_init (&k.walk, &step->out[0]->shape,
                     (const PhShape *[]){ &step->in[0]->shape, &step->in[1]->shape }, 2);
  if (step->keep_inputs & 1)
    {
      k.a = ph_run_in (run, step, 0);
      k.step_a = ph_broadcast_step (&k.walk, 0);
    }
  if (step->keep_inputs & 2)
    {
      k.b = ph_run_in (run, step, 1);
      k.step_b = ph_broadcast_step (&k.walk, 1);
    }
  for (guint i = 0; i < 2; i++)
    {
      k.dx = ph_run_in_grad (run, step, i);
      if (k.dx == NULL)
        continue;
      k.which = i;
      k.row = i == 0 ? row_a : row_b;
      run_backward (&k, ph_shape_count (&step->in[i]->shape), ph_run_accumulates (run, step, i));
    }
}

static void
scale_row (gsize n, const float *pa, gsize step_a, const float *pb, gsize step_b, const float *dy,
           float *t)
{
  const float scale = *pb;

  PH_FOR_ELEMENTS (i, 0, n)
  {
    t[i] = scale * dy[i];
  }
}

void
ph_stretch_add (const PhShape *out, const PhShape *in, float scale, const float *dy, gboolean add,
                float *dx)
{
  const PhShape scalar = { 0 };
  Backward k = { .row = scale == 1 ? NULL : scale_row, .b = &scale, .dy = dy, .dx = dx };

  ph_broadcast_init (&k.walk, out, (const PhShape *[]){ in, &scalar }, 2);
  run_backward (&k, ph_shape_count (in), add);
}
