#include "ops/elementwise.h"

#include <string.h>

gboolean
ph_elementwise_infer_real (PhStep *step, GError **error)
{
  if (!ph_type_is_real (step->in[0]->type))
    return ph_step_fail (error, PH_ERROR_MODEL_INVALID, "expected real numbers, got %s",
                         ph_type_name (step->in[0]->type));
  return ph_elementwise_infer_any (step, error);
}

gboolean
ph_elementwise_infer_any (PhStep *step, GError **error)
{
  ph_step_set_out (step, 0, step->in[0]->type, &step->in[0]->shape);
  return TRUE;
}

void
ph_elementwise_forward (const PhStep *step, PhRun *run, PhParallelFunc func, const float *p)
{
  PhSpan span = { .x = ph_run_in (run, step, 0), .y = ph_run_out (run, step, 0) };

  if (p != NULL)
    memcpy (span.p, p, sizeof (span.p));
  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN, func, &span);
}

void
ph_elementwise_backward (const PhStep *step, PhRun *run, PhParallelFunc func, const float *p)
{
  PhSpan span = { .dy = ph_run_out_grad (run, step, 0), .dx = ph_run_in_grad (run, step, 0) };

  if (span.dy == NULL || span.dx == NULL)
    return;
  span.add = ph_run_accumulates (run, step, 0);
  /* Only the kept ones may be read; the others may be anything by now. */
  if (step->keep_inputs & 1)
    span.x = ph_run_in (run, step, 0);
  if (step->keep_outputs & 1)
    span.y = ph_run_out (run, step, 0);
  if (p != NULL)
    memcpy (span.p, p, sizeof (span.p));
  ph_parallel_for (ph_shape_count (&step->in[0]->shape), PH_GRAIN, func, &span);
}
