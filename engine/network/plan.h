#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * PhQuestion:
 * @inputs: one per input of the graph, in order: type, shape and, where the shapes of other values
 *   depend on it, the constant value (borrowed)
 * @targets: values that shall be there after a forward pass
 * @gradient: whether the gradient of the targets with respect to the inputs is wanted; inputs of
 *   integer type and constants have none
 * @parameters: (nullable): constants of the graph that may change from pass to pass: each run reads
 *   them where ph_run_set_parameter() says. Nothing that depends on them is folded or fused.
 * @parameter_gradients: whether the gradient with respect to @parameters is wanted, for
 *   ph_run_get_parameter_gradient()
 * @training: whether Dropout drops (by ph_run_set_seed()), and each BatchNormalization whose mean
 *   and variance are among @parameters uses the statistics of the batch and moves those two towards
 *   them; other BatchNormalizations stay as they are, which is how statistics are frozen
 *
 * What a plan is made for. Nothing is computed that this does not need. Drawing pictures wants
 * @gradient alone; learning wants @parameters and @parameter_gradients and, for all but the last
 * touch to a network, @training; checking what was learned wants @parameters alone.
 */
typedef struct
{
  const PhSpec *inputs;
  guint n_inputs;
  const int *targets;
  guint n_targets;
  gboolean gradient;
  const int *parameters;
  guint n_parameters;
  gboolean parameter_gradients;
  gboolean training;
} PhQuestion;

/**
 * PhPlan:
 *
 * Which nodes to run, with all shapes, fused operators, packed weights and the place of every
 * buffer in one arena. Immutable, with atomic reference count; several runs may share it.
 */
typedef struct _PhPlan PhPlan;

/**
 * ph_plan_new:
 *
 * Errors, each naming the node: %PH_ERROR_OP_UNSUPPORTED when a needed node has no operator,
 * %PH_ERROR_SHAPE_MISMATCH, %PH_ERROR_NOT_DIFFERENTIABLE, %PH_ERROR_NO_MEMORY.
 */
PhPlan *ph_plan_new (PhGraph *graph, const PhQuestion *question, GError **error);

/** ph_plan_new_for_image: the plan of a graph with a single input of @shape. */
PhPlan *ph_plan_new_for_image (PhGraph *graph, const PhShape *shape, const int *targets,
                               guint n_targets, gboolean gradient, GError **error);

PhPlan *ph_plan_ref (PhPlan *plan);
void ph_plan_unref (PhPlan *plan);

PhGraph *ph_plan_get_graph (const PhPlan *plan);

/** ph_plan_get_spec: type, shape and constant of a value; %PH_TYPE_NONE when the plan does not
 * compute it. */
const PhSpec *ph_plan_get_spec (const PhPlan *plan, int value);

/** ph_plan_get_arena_size: bytes that each run allocates. */
gsize ph_plan_get_arena_size (const PhPlan *plan);

/** ph_plan_get_n_steps: nodes left after folding and fusion. */
guint ph_plan_get_n_steps (const PhPlan *plan);
const PhStep *ph_plan_get_step (const PhPlan *plan, guint i);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhPlan, ph_plan_unref)

G_END_DECLS
