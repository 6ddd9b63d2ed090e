#include "network/plan-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "network/step-private.h"

#define BIT(i) (G_GUINT64_CONSTANT (1) << MIN ((i), 63))

static gboolean
is_target (const PhPlan *plan, int value)
{
  for (guint i = 0; i < plan->n_targets; i++)
    if (plan->targets[i] == value)
      return TRUE;
  return FALSE;
}

/* Collects the steps that the targets need once everything known beforehand is folded. */
static void
collect_steps (PhPlan *plan)
{
  PhTrace *trace = plan->trace;
  guint n = ph_graph_get_n_nodes (trace->graph);
  g_autofree gboolean *wanted = g_new0 (gboolean, ph_graph_get_n_values (trace->graph) + 1);
  g_autofree gboolean *live = g_new0 (gboolean, n + 1);

  for (guint i = 0; i < plan->n_targets; i++)
    wanted[plan->targets[i]] = TRUE;
  for (guint i = n; i-- > 0;)
    {
      const PhStep *step = trace->steps[i];

      if (step == NULL)
        continue;
      for (guint j = 0; j < step->n_outputs; j++)
        live[i] |= step->out_values[j] >= 0 && wanted[step->out_values[j]];
      for (guint j = 0; live[i] && j < step->n_inputs; j++)
        if (step->in_values[j] >= 0 && step->in[j]->constant == NULL)
          wanted[step->in_values[j]] = TRUE;
    }
  for (guint i = 0; i < n; i++)
    if (live[i])
      g_ptr_array_add (plan->steps, trace->steps[i]);
}

/* Who makes and who reads each value while steps are being fused. */
typedef struct
{
  guint *n_readers;
  PhStep **reader; /* the last of them */
  PhStep **producer;
} Links;

static void
link_steps (const PhPlan *plan, Links *links)
{
  for (guint i = 0; i < plan->steps->len; i++)
    {
      PhStep *step = plan->steps->pdata[i];

      for (guint j = 0; j < step->n_inputs; j++)
        if (step->in_values[j] >= 0)
          {
            links->n_readers[step->in_values[j]]++;
            links->reader[step->in_values[j]] = step;
          }
      for (guint j = 0; j < step->n_outputs; j++)
        if (step->out_values[j] >= 0)
          links->producer[step->out_values[j]] = step;
    }
}

/* The step that alone reads what @step makes, where nobody asks for that. */
static PhStep *
sole_reader (const PhPlan *plan, const Links *links, const PhStep *step)
{
  int value = step->out_values[0];

  return value >= 0 && links->n_readers[value] == 1 && !is_target (plan, value)
             ? links->reader[value]
             : NULL;
}

static guint
place_of (const PhPlan *plan, const PhStep *step, guint from)
{
  while (plan->steps->pdata[from] != step)
    from++;
  return from;
}

/* Lets steps do the work of the one that follows: convolution takes in batch norm, sum and
 * activation; or of the one before: pooling takes in the padding. */
static void
fuse_steps (PhPlan *plan)
{
  guint n_values = ph_graph_get_n_values (plan->trace->graph), n = 0;
  g_autofree guint *n_readers = g_new0 (guint, n_values + 1);
  g_autofree PhStep **reader = g_new0 (PhStep *, n_values + 1);
  g_autofree PhStep **producer = g_new0 (PhStep *, n_values + 1);
  Links links = { .n_readers = n_readers, .reader = reader, .producer = producer };

  link_steps (plan, &links);
  for (guint i = 0; i < plan->steps->len; i++)
    {
      PhStep *step = plan->steps->pdata[i], *next;
      int input = step->n_inputs > 0 ? step->in_values[0] : -1;
      PhStep *previous = input >= 0 ? producer[input] : NULL;
      guint at = i;

      if (step->removed)
        continue;
      if (step->op->take_in != NULL && previous != NULL &&
          sole_reader (plan, &links, previous) == step && step->op->take_in (step, previous))
        {
          step->in_values[0] = previous->in_values[0];
          step->in[0] = previous->in[0];
          reader[step->in_values[0]] = step;
          previous->removed = TRUE;
        }
      while (step->op->absorb != NULL && (next = sole_reader (plan, &links, step)) != NULL &&
             step->op->absorb (step, next))
        {
          step->out_values[0] = next->out_values[0];
          step->out[0] = next->out[0];
          producer[step->out_values[0]] = step;
          for (guint j = 0; j < next->n_inputs; j++)
            if (next->in_values[j] >= 0 && reader[next->in_values[j]] == next)
              reader[next->in_values[j]] = step;
          next->removed = TRUE;
          at = place_of (plan, next, at);
        }
      if (at == i)
        continue;
      /* All that it reads now has been made by then. */
      plan->steps->pdata[at] = step;
      plan->steps->pdata[i] = NULL;
    }
  for (guint i = 0; i < plan->steps->len; i++)
    {
      PhStep *step = plan->steps->pdata[i];

      if (step != NULL && !step->removed)
        plan->steps->pdata[n++] = step;
    }
  g_ptr_array_set_size (plan->steps, (int)n);
}

/* Which values get a gradient: reals that depend on an input through reals. */
static gboolean *
mark_gradients (PhPlan *plan, const PhQuestion *question, GError **error)
{
  PhGraph *graph = plan->trace->graph;
  g_autofree gboolean *needs = g_new0 (gboolean, ph_graph_get_n_values (graph) + 1);
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);
  gboolean any = FALSE;

  if (!question->gradient && !question->parameter_gradients)
    return g_steal_pointer (&needs);
  for (guint i = 0; question->gradient && i < n_inputs; i++)
    needs[inputs[i]] =
        question->inputs[i].constant == NULL && ph_type_is_real (question->inputs[i].type);
  for (guint i = 0; question->parameter_gradients && i < question->n_parameters; i++)
    needs[question->parameters[i]] = TRUE;
  for (guint i = 0; i < plan->steps->len; i++)
    {
      PhStep *step = plan->steps->pdata[i];

      for (guint j = 0; j < step->n_inputs; j++)
        if (step->in_values[j] >= 0 && needs[step->in_values[j]])
          step->gradient_inputs |= BIT (j);
      if (step->gradient_inputs == 0)
        continue;
      for (guint j = 0; j < step->n_outputs; j++)
        if (step->out_values[j] >= 0 && ph_type_is_real (step->out[j]->type))
          {
            needs[step->out_values[j]] = TRUE;
            step->wants_gradient = TRUE;
          }
      if (step->wants_gradient && step->op->backward == NULL && !step->is_view)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE,
                       _ ("node “%s”: %s has no gradient, so nothing after it can be drawn"),
                       step->node->name, step->op->name);
          return NULL;
        }
    }
  for (guint i = 0; i < plan->n_targets; i++)
    any |= needs[plan->targets[i]];
  if (!any)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE,
                   question->gradient
                       ? _ ("“%s” does not depend on the image smoothly: no gradient flows back "
                            "from it")
                       : _ ("“%s” does not depend on what is to be learned smoothly: no gradient "
                            "flows back from it"),
                   ph_graph_get_value (graph, plan->targets[0])->name);
      return NULL;
    }
  return g_steal_pointer (&needs);
}

static gboolean
parameters_are_real (PhGraph *graph, const PhQuestion *question, GError **error)
{
  for (guint i = 0; i < question->n_parameters; i++)
    {
      const PhValue *value = ph_graph_get_value (graph, question->parameters[i]);

      if (value->constant == NULL || !ph_type_is_real (value->constant->type))
        {
          g_set_error (error, PH_ERROR, PH_ERROR_NOT_DIFFERENTIABLE,
                       _ ("“%s” cannot be learned: it is not a constant of real numbers"),
                       value->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whether all that writes to the gradient of @value knows it by that name. */
static gboolean
can_be_gated (const PhPlan *plan, int value)
{
  gboolean any = FALSE;

  for (guint i = 0; i < plan->steps->len; i++)
    {
      const PhStep *step = plan->steps->pdata[i];

      for (guint j = 0; j < step->n_inputs; j++)
        if (step->in_values[j] == value && (step->gradient_inputs & BIT (j)))
          {
            if (step->is_view || j >= 63)
              return FALSE;
            any = TRUE;
          }
    }
  return any && !is_target (plan, value);
}

/* Lets those who write the gradient at a clamp apply its derivative, where it costs one look at
 * each number, instead of the step with the clamp, which reads each number often. */
static void
choose_gates (PhPlan *plan)
{
  for (guint i = 0; i < plan->steps->len; i++)
    {
      PhStep *step = plan->steps->pdata[i];

      if (!step->wants_gradient || step->op->gate == NULL || !step->op->gate (step, &step->gate) ||
          !can_be_gated (plan, step->out_values[0]))
        continue;
      step->gated = TRUE;
      for (guint k = i + 1; k < plan->steps->len; k++)
        {
          PhStep *reader = plan->steps->pdata[k];

          for (guint j = 0; j < reader->n_inputs; j++)
            if (reader->in_values[j] == step->out_values[0] && (reader->gradient_inputs & BIT (j)))
              {
                if (reader->gates == NULL)
                  reader->gates = g_new0 (const PhGate *, reader->n_inputs);
                reader->gates[j] = &step->gate;
              }
        }
    }
}

PhPlan *
ph_plan_new (PhGraph *graph, const PhQuestion *question, GError **error)
{
  g_autoptr (PhPlan) plan = g_new0 (PhPlan, 1);
  g_autofree gboolean *needs_grad = NULL;

  g_atomic_ref_count_init (&plan->refs);
  plan->targets = g_memdup2 (question->targets, question->n_targets * sizeof (int));
  plan->n_targets = question->n_targets;
  plan->parameters = g_memdup2 (question->parameters, question->n_parameters * sizeof (int));
  plan->n_parameters = question->n_parameters;
  plan->steps = g_ptr_array_new ();
  if (!parameters_are_real (graph, question, error))
    return NULL;
  plan->trace =
      ph_trace_new (graph, question->inputs, question->targets, question->n_targets,
                    question->parameters, question->n_parameters, question->training, FALSE, error);
  if (plan->trace == NULL)
    return NULL;
  collect_steps (plan);
  fuse_steps (plan);
  needs_grad = mark_gradients (plan, question, error);
  if (needs_grad == NULL)
    return NULL;
  choose_gates (plan);
  for (guint i = 0; i < plan->steps->len; i++)
    if (!ph_step_prepare (plan->steps->pdata[i], error))
      return NULL;
  ph_plan_place (plan, needs_grad);
  return g_steal_pointer (&plan);
}

PhPlan *
ph_plan_new_for_image (PhGraph *graph, const PhShape *shape, const int *targets, guint n_targets,
                       gboolean gradient, GError **error)
{
  guint n_inputs;
  const int *inputs = ph_graph_get_inputs (graph, &n_inputs);

  g_return_val_if_fail (n_inputs == 1, NULL);

  PhType type = ph_graph_get_value (graph, inputs[0])->type;
  PhSpec input = { .type = ph_type_is_real (type) ? type : PH_TYPE_FLOAT, .shape = *shape };
  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = targets,
                          .n_targets = n_targets,
                          .gradient = gradient };

  return ph_plan_new (graph, &question, error);
}

PhPlan *
ph_plan_ref (PhPlan *plan)
{
  g_atomic_ref_count_inc (&plan->refs);
  return plan;
}

void
ph_plan_unref (PhPlan *plan)
{
  if (!g_atomic_ref_count_dec (&plan->refs))
    return;
  g_clear_pointer (&plan->trace, ph_trace_free);
  g_ptr_array_unref (plan->steps);
  g_free (plan->data_offset);
  g_free (plan->data_root);
  g_free (plan->grad_offset);
  g_free (plan->grad_root);
  g_free (plan->targets);
  g_free (plan->parameters);
  g_free (plan);
}

PhGraph *
ph_plan_get_graph (const PhPlan *plan)
{
  return plan->trace->graph;
}

const PhSpec *
ph_plan_get_spec (const PhPlan *plan, int value)
{
  return &plan->trace->specs[value];
}

gsize
ph_plan_get_arena_size (const PhPlan *plan)
{
  return plan->arena_size;
}

guint
ph_plan_get_n_steps (const PhPlan *plan)
{
  return plan->steps->len;
}

const PhStep *
ph_plan_get_step (const PhPlan *plan, guint i)
{
  return plan->steps->pdata[i];
}
