#include "network/step-private.h"

#include <glib/gi18n.h>
#include <string.h>

PhStep *
ph_step_new (const PhNode *node, PhSpec *specs)
{
  PhStep *step = g_new0 (PhStep, 1);
  guint n_in = node->n_inputs, n_out = node->n_outputs;

  /* Missing trailing inputs read as NULL. */
  if (node->op->max_inputs != G_MAXUINT)
    n_in = MAX (n_in, node->op->max_inputs);
  if (node->op->max_outputs != G_MAXUINT)
    n_out = MAX (n_out, node->op->max_outputs);

  step->node = node;
  step->op = node->op;
  step->config = node->config;
  step->n_inputs = node->n_inputs;
  step->n_outputs = node->n_outputs;
  step->in = g_new0 (const PhSpec *, n_in + 1);
  step->in_values = g_new (int, n_in + 1);
  for (guint i = 0; i < n_in; i++)
    {
      step->in_values[i] = i < node->n_inputs ? node->inputs[i] : -1;
      step->in[i] = step->in_values[i] >= 0 ? &specs[step->in_values[i]] : NULL;
    }
  step->out = g_new0 (PhSpec *, n_out + 1);
  step->out_values = g_new (int, n_out + 1);
  for (guint i = 0; i < n_out; i++)
    {
      step->out_values[i] = i < node->n_outputs ? node->outputs[i] : -1;
      step->out[i] = step->out_values[i] >= 0 ? &specs[step->out_values[i]] : NULL;
    }
  step->state = node->op->state_size > 0 ? g_malloc0 (node->op->state_size) : NULL;
  step->is_view = (node->op->flags & PH_OP_VIEW) != 0;
  if (node->op->flags & PH_OP_KEEP_INPUTS)
    step->keep_inputs = G_MAXUINT64;
  if (node->op->flags & PH_OP_KEEP_OUTPUTS)
    step->keep_outputs = G_MAXUINT64;
  return step;
}

void
ph_step_free (PhStep *step)
{
  if (step->state != NULL && step->op->clear_state != NULL)
    step->op->clear_state (step->state);
  g_free (step->state);
  g_free (step->in);
  g_free (step->in_values);
  g_free (step->gates);
  g_free (step->out);
  g_free (step->out_values);
  g_free (step);
}

static void
prefix_node (const PhStep *step, GError **error)
{
  g_prefix_error (error, _ ("node “%s” (%s): "), step->node->name, step->node->op_type);
}

gboolean
ph_step_infer (PhStep *step, GError **error)
{
  for (guint i = 0; i < step->n_inputs; i++)
    if (step->in[i] != NULL && step->in[i]->type == PH_TYPE_NONE)
      {
        g_set_error (error, PH_ERROR, PH_ERROR_MODEL_INVALID, _ ("its input %u is not known"),
                     i + 1);
        prefix_node (step, error);
        return FALSE;
      }
  if (!step->op->infer (step, error))
    {
      prefix_node (step, error);
      return FALSE;
    }
  for (guint i = 0; i < step->n_outputs; i++)
    {
      gsize n;

      if (step->out[i] == NULL)
        continue;
      g_assert (ph_type_is_held (step->out[i]->type));
      if (!ph_shape_n_elements (&step->out[i]->shape, &n))
        {
          g_autofree char *text = ph_shape_dup_string (&step->out[i]->shape);

          g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                       _ ("its output would have the impossible shape %s"), text);
          prefix_node (step, error);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
ph_step_prepare (PhStep *step, GError **error)
{
  if (step->op->prepare == NULL || step->op->prepare (step, error))
    return TRUE;
  prefix_node (step, error);
  return FALSE;
}

gboolean
ph_step_is_foldable (const PhStep *step)
{
  if (step->op->flags & PH_OP_RANDOM)
    return FALSE;
  if (step->op->flags & PH_OP_SHAPE_ONLY)
    return TRUE;
  for (guint i = 0; i < step->n_inputs; i++)
    if (step->in[i] != NULL && step->in[i]->constant == NULL)
      return FALSE;
  return TRUE;
}

gboolean
ph_step_fold (PhStep *step, gpointer *data, PhTensor **results, GError **error)
{
  gpointer scratch = NULL;
  gboolean ok = FALSE;
  PhRun run = { .data = data };

  memset (results, 0, step->n_outputs * sizeof *results);
  if (!ph_step_prepare (step, error))
    return FALSE;
  if (step->scratch_size > 0)
    {
      run.scratch = scratch = ph_aligned_alloc (step->scratch_size);
      if (scratch == NULL)
        {
          g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                               _ ("there is no memory for it"));
          prefix_node (step, error);
          return FALSE;
        }
    }
  for (guint i = 0; i < step->n_outputs; i++)
    {
      if (step->out[i] == NULL)
        continue;
      results[i] = ph_tensor_new (step->out[i]->type, &step->out[i]->shape, error);
      if (results[i] == NULL)
        {
          prefix_node (step, error);
          goto out;
        }
      data[step->out_values[i]] = results[i]->data;
    }
  for (guint i = 0; i < step->n_inputs; i++)
    if (step->in[i] != NULL && step->in[i]->constant != NULL)
      data[step->in_values[i]] = step->in[i]->constant->data;

  step->op->forward (step, &run);
  ok = TRUE;

out:
  for (guint i = 0; i < step->n_inputs; i++)
    if (step->in_values[i] >= 0)
      data[step->in_values[i]] = NULL;
  for (guint i = 0; i < step->n_outputs; i++)
    {
      if (step->out_values[i] >= 0)
        data[step->out_values[i]] = NULL;
      if (!ok)
        g_clear_pointer (&results[i], ph_tensor_unref);
    }
  ph_aligned_free (scratch);
  return ok;
}

gboolean
ph_step_fail (GError **error, PhError code, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (PH_ERROR, code, format, args);
  va_end (args);
  return FALSE;
}

const PhTensor *
ph_step_constant (const PhStep *step, guint i)
{
  return step->in[i] != NULL ? step->in[i]->constant : NULL;
}

void
ph_step_set_out (PhStep *step, guint i, PhType type, const PhShape *shape)
{
  if (i >= step->n_outputs || step->out[i] == NULL)
    return;
  step->out[i]->type = type;
  step->out[i]->shape = *shape;
}

guint
ph_step_take_input (PhStep *step, const PhStep *next, guint i)
{
  guint n = MAX (step->n_inputs, step->op->max_inputs);

  step->in = g_renew (const PhSpec *, step->in, n + 1);
  step->in_values = g_renew (int, step->in_values, n + 1);
  step->in[n] = next->in[i];
  step->in_values[n] = next->in_values[i];
  step->n_inputs = n + 1;
  return n;
}

const gint64 *
ph_step_get_ints (const PhStep *step, guint i, const char *what, gsize *n, GError **error)
{
  static const gint64 nothing = 0; /* an empty list is no error */
  const PhTensor *tensor = ph_step_constant (step, i);

  *n = 0;
  if (tensor == NULL || ph_type_is_real (tensor->type))
    {
      ph_step_fail (error, PH_ERROR_OP_UNSUPPORTED,
                    "its %s must be integers that are known before the run", what);
      return NULL;
    }
  *n = tensor->n;
  return tensor->n > 0 ? tensor->i : &nothing;
}

void
ph_op_copy_forward (const PhStep *step, PhRun *run)
{
  gconstpointer x = ph_run_in (run, step, 0);
  gpointer y = ph_run_out (run, step, 0);

  if (x != y && y != NULL)
    memcpy (y, x, ph_shape_count (&step->out[0]->shape) * ph_type_size (step->out[0]->type));
}

gconstpointer
ph_run_in (const PhRun *run, const PhStep *step, guint i)
{
  return step->in_values[i] >= 0 ? run->data[step->in_values[i]] : NULL;
}

float *
ph_run_in_parameter (PhRun *run, const PhStep *step, guint i)
{
  int value = step->in_values[i];

  return value >= 0 && run->is_writable != NULL && run->is_writable[value] ? run->data[value]
                                                                           : NULL;
}

guint64
ph_run_get_seed (const PhRun *run)
{
  return run->seed;
}

gpointer
ph_run_out (PhRun *run, const PhStep *step, guint i)
{
  return i < step->n_outputs && step->out_values[i] >= 0 ? run->data[step->out_values[i]] : NULL;
}

float *
ph_run_in_grad (PhRun *run, const PhStep *step, guint i)
{
  return step->in_values[i] >= 0 &&
                 (step->gradient_inputs & (G_GUINT64_CONSTANT (1) << MIN (i, 63)))
             ? run->grad[step->in_values[i]]
             : NULL;
}

const float *
ph_run_out_grad (const PhRun *run, const PhStep *step, guint i)
{
  int value = i < step->n_outputs ? step->out_values[i] : -1;

  return value >= 0 && run->grad[value] != NULL && run->fresh[run->grad_root[value]]
             ? run->grad[value]
             : NULL;
}

const PhGate *
ph_step_gate (const PhStep *step, guint i)
{
  return step->gates != NULL ? step->gates[i] : NULL;
}

/* Redirection must see all that arrives at a relu, and applies its derivative there. */
const PhGate *
ph_run_gate (const PhRun *run, const PhStep *step, guint i)
{
  return run->rule != PH_RULE_REDIRECTED ? ph_step_gate (step, i) : NULL;
}

gboolean
ph_run_accumulates (const PhRun *run, const PhStep *step, guint i)
{
  guint8 *fresh = &run->fresh[run->grad_root[step->in_values[i]]];
  gboolean accumulates = *fresh;

  *fresh = TRUE;
  return accumulates;
}

/* Of one image: the derivative where any gradient gets through, otherwise what would bring dead
 * places to life. */
static void
redirect (gsize n, const float *y, float high, float *dy)
{
  gboolean through = FALSE;

  for (gsize i = 0; i < n && !through; i++)
    through = y[i] > 0 && y[i] < high && dy[i] != 0;
  for (gsize i = 0; i < n; i++)
    if (!(y[i] > 0 && y[i] < high) && (through || (y[i] > 0 ? dy[i] > 0 : dy[i] < 0)))
      dy[i] = 0;
}

gboolean
ph_run_rectify (PhRun *run, const PhStep *step, float high)
{
  int value = step->n_outputs > 0 ? step->out_values[0] : -1;

  if (run->rule == PH_RULE_GRADIENT || value < 0 || run->grad[value] == NULL)
    return FALSE;

  /* All that read the value have gone back already, so nobody else needs what is changed. */
  const PhShape *shape = &step->out[0]->shape;
  float *dy = run->grad[value];
  gsize n = ph_shape_count (shape), n_images = shape->rank > 0 ? (gsize)shape->dim[0] : 1;

  if (run->rule == PH_RULE_REDIRECTED)
    for (gsize i = 0; i < n_images; i++)
      redirect (n / n_images, (const float *)run->data[value] + i * (n / n_images), high,
                dy + i * (n / n_images));
  else
    for (gsize i = 0; i < n; i++)
      dy[i] = MAX (dy[i], 0);
  return run->rule == PH_RULE_REDIRECTED;
}

gpointer
ph_run_scratch (PhRun *run, const PhStep *step)
{
  return run->scratch;
}

gpointer
ph_run_saved (PhRun *run, const PhStep *step)
{
  return step->saved_size > 0 && run->arena != NULL ? run->arena + step->saved_offset : NULL;
}
