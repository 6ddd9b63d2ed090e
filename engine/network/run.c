#include "network/run.h"

#include <glib/gi18n.h>
#include <string.h>
#include <time.h>

#include "kernels/pointwise.h"
#include "network/noise.h"
#include "network/plan-private.h"
#include "network/step-private.h"

PhRun *
ph_run_new (PhPlan *plan, GError **error)
{
  g_autoptr (PhRun) run = g_new0 (PhRun, 1);
  guint n_values = ph_graph_get_n_values (plan->trace->graph);

  run->plan = ph_plan_ref (plan);
  run->arena = ph_aligned_alloc (plan->arena_size);
  if (run->arena == NULL)
    {
      g_autofree char *size = g_format_size (plan->arena_size);

      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("there is no memory for the activations of this network at this size (%s); "
                      "choose a smaller picture"),
                   size);
      return NULL;
    }
  run->scratch = run->arena + plan->scratch_offset;
  run->data = g_new0 (gpointer, n_values + 1);
  run->grad = g_new0 (float *, n_values + 1);
  run->fresh = g_new0 (guint8, n_values + 1);
  run->is_writable = g_new0 (guint8, n_values + 1);
  run->grad_root = plan->grad_root;
  for (guint i = 0; i < n_values; i++)
    {
      const PhSpec *spec = &plan->trace->specs[i];

      if (spec->constant != NULL)
        run->data[i] = spec->constant->data;
      else if (plan->data_offset[i] != G_MAXSIZE)
        run->data[i] = run->arena + plan->data_offset[i];
      if (plan->grad_offset[i] != G_MAXSIZE)
        run->grad[i] = (float *)(gpointer)(run->arena + plan->grad_offset[i]);
    }
  for (guint i = 0; i < plan->n_parameters; i++)
    ph_run_set_parameter (run, plan->parameters[i], NULL);
  return g_steal_pointer (&run);
}

void
ph_run_free (PhRun *run)
{
  ph_aligned_free (run->arena);
  g_free (run->data);
  g_free (run->grad);
  g_free (run->fresh);
  g_free (run->times);
  g_free (run->is_writable);
  ph_plan_unref (run->plan);
  g_free (run);
}

PhPlan *
ph_run_get_plan (const PhRun *run)
{
  return run->plan;
}

static int
input_value (const PhRun *run, guint i)
{
  guint n;
  const int *inputs = ph_graph_get_inputs (run->plan->trace->graph, &n);

  g_return_val_if_fail (i < n, -1);
  return inputs[i];
}

gpointer
ph_run_get_input (PhRun *run, guint i)
{
  int value = input_value (run, i);

  return run->plan->trace->specs[value].constant == NULL ? run->data[value] : NULL;
}

const PhStepTime *
ph_run_time_steps (PhRun *run)
{
  if (run->times == NULL)
    run->times = g_new0 (PhStepTime, run->plan->steps->len + 1);
  return run->times;
}

static gint64
nanoseconds (const PhRun *run)
{
  struct timespec t;

  if (run->times == NULL)
    return 0;
  clock_gettime (CLOCK_MONOTONIC, &t);
  return (gint64)t.tv_sec * 1000000000 + t.tv_nsec;
}

void
ph_run_set_parameter (PhRun *run, int value, float *data)
{
  const PhPlan *plan = run->plan;
  guint n_values = ph_graph_get_n_values (plan->trace->graph);

  g_return_if_fail (plan->trace->is_parameter[value]);
  for (guint i = 0; i < n_values; i++)
    if (plan->data_root[i] == value && plan->trace->specs[i].constant == NULL)
      run->data[i] =
          data != NULL ? data : ph_graph_get_value (plan->trace->graph, value)->constant->data;
  run->is_writable[value] = data != NULL;
}

void
ph_run_set_seed (PhRun *run, guint64 seed)
{
  run->seed = seed;
}

void
ph_run_set_noise (PhRun *run, double amount, guint64 seed)
{
  run->noise = amount;
  run->noise_seed = seed;
}

static gboolean
is_target (const PhRun *run, int value)
{
  for (guint i = 0; i < run->plan->n_targets; i++)
    if (run->plan->targets[i] == value)
      return TRUE;
  return FALSE;
}

/* @memory: per value, its data or its gradient. */
static void
add_noise (PhRun *run, const PhStep *step, guint i, gpointer *memory)
{
  int value = step->n_outputs > 0 ? step->out_values[0] : -1;

  if (run->noise > 0 && value >= 0 && memory[value] != NULL && step->op->takes_noise != NULL &&
      step->op->takes_noise (step) && !is_target (run, value))
    ph_noise_apply (step, run->noise, run->noise_seed, i, memory[value]);
}

gboolean
ph_run_forward (PhRun *run, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; i < run->plan->steps->len; i++)
    {
      const PhStep *step = run->plan->steps->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      gint64 start = nanoseconds (run);

      if (!step->is_view)
        step->op->forward (step, run);
      add_noise (run, step, i, run->data);
      if (run->times != NULL)
        run->times[i] = (PhStepTime){ .forward = nanoseconds (run) - start };
    }
  return TRUE;
}

gconstpointer
ph_run_get_value (const PhRun *run, int value)
{
  return run->data[value];
}

static gsize
grad_bytes (const PhRun *run, int value)
{
  return ph_shape_count (&run->plan->trace->specs[value].shape) * sizeof (float);
}

void
ph_run_set_rule (PhRun *run, PhRule rule)
{
  run->rule = rule;
}

void
ph_run_clear_gradients (PhRun *run)
{
  memset (run->fresh, 0, ph_graph_get_n_values (run->plan->trace->graph));
  for (guint i = 0; i < run->plan->n_targets; i++)
    {
      int value = run->plan->targets[i];

      if (run->grad[value] == NULL)
        continue;
      memset (run->grad[value], 0, grad_bytes (run, value));
      run->fresh[run->grad_root[value]] = TRUE;
    }
}

float *
ph_run_get_gradient (PhRun *run, int value)
{
  return run->grad[value];
}

static gboolean
has_gradient_at_output (const PhRun *run, const PhStep *step)
{
  for (guint i = 0; i < step->n_outputs; i++)
    if (ph_run_out_grad (run, step, i) != NULL)
      return TRUE;
  return FALSE;
}

/* Zeroes the gradients that this step is the first to write. */
static void
zero_fresh (PhRun *run, const PhStep *step)
{
  for (guint i = 0; i < step->n_inputs; i++)
    {
      float *grad = ph_run_in_grad (run, step, i);

      if (grad != NULL && !ph_run_accumulates (run, step, i))
        memset (grad, 0, grad_bytes (run, step->in_values[i]));
    }
}

static void
zero_untouched (PhRun *run, int value)
{
  if (run->grad[value] != NULL && !run->fresh[run->grad_root[value]])
    memset (run->grad[value], 0, grad_bytes (run, value));
}

void
ph_run_close_gates (PhRun *run, const PhStep *step)
{
  for (guint i = 0; i < step->n_inputs && step->gates != NULL; i++)
    {
      const PhGate *gate = ph_run_gate (run, step, i);

      if (gate != NULL && ph_run_in_grad (run, step, i) != NULL)
        ph_pointwise_gate (ph_shape_count (&step->in[i]->shape), ph_run_in (run, step, i),
                           gate->low, gate->high, ph_run_in_grad (run, step, i));
    }
}

/* Whether this step writes @value, itself or by what is a view of it. */
static gboolean
makes (const PhRun *run, const PhStep *step, int value)
{
  for (guint i = 0; i < step->n_outputs && !step->is_view; i++)
    if (step->out_values[i] >= 0 && run->grad_root[step->out_values[i]] == run->grad_root[value])
      return TRUE;
  return FALSE;
}

gboolean
ph_run_backward_to (PhRun *run, int value, GCancellable *cancellable, GError **error)
{
  for (guint i = run->plan->steps->len; i-- > 0;)
    {
      const PhStep *step = run->plan->steps->pdata[i];

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (value >= 0 && makes (run, step, value))
        break;
      if (!step->wants_gradient || step->is_view || !has_gradient_at_output (run, step))
        continue;
      gint64 start = nanoseconds (run);

      if (!(step->op->flags & PH_OP_OVERWRITES))
        zero_fresh (run, step);
      add_noise (run, step, i, (gpointer *)run->grad);
      step->op->backward (step, run);
      if (!(step->op->flags & PH_OP_GATES))
        ph_run_close_gates (run, step);
      if (run->times != NULL)
        run->times[i].backward = nanoseconds (run) - start;
    }
  return TRUE;
}

gboolean
ph_run_backward (PhRun *run, GCancellable *cancellable, GError **error)
{
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (run->plan->trace->graph, &n_inputs);

  if (!ph_run_backward_to (run, -1, cancellable, error))
    return FALSE;
  for (guint i = 0; i < n_inputs; i++)
    zero_untouched (run, inputs[i]);
  for (guint i = 0; i < run->plan->n_parameters; i++)
    zero_untouched (run, run->plan->parameters[i]);
  return TRUE;
}

const float *
ph_run_get_parameter_gradient (const PhRun *run, int value)
{
  g_return_val_if_fail (run->plan->trace->is_parameter[value], NULL);
  return run->grad[value];
}

const float *
ph_run_get_input_gradient (const PhRun *run, guint i)
{
  return run->grad[input_value (run, i)];
}
