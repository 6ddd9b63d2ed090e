#pragma once

#include <gio/gio.h>

#include "network/plan.h"

G_BEGIN_DECLS

/**
 * ph_run_new:
 *
 * One execution of a plan: the arena with all activations and gradients. Not for two threads at
 * once; make one run per thread, they share the plan.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_MEMORY.
 */
PhRun *ph_run_new (PhPlan *plan, GError **error);
void ph_run_free (PhRun *run);

PhPlan *ph_run_get_plan (const PhRun *run);

/** ph_run_get_input: memory of the @i-th input of the graph, to be filled before each forward pass
 * (its content does not survive a pass). %NULL for a constant input or one that the plan does not
 * need. */
gpointer ph_run_get_input (PhRun *run, guint i);

/**
 * ph_run_set_parameter:
 * @value: one of the plan's parameters
 * @data: (nullable): as many numbers as the constant of the graph has, aligned to 64 bytes, and
 *   left alone until the run is freed or given others; %NULL: those of the graph
 *
 * Where the run reads a parameter from now on. In training the run also writes there, but only
 * means and variances of batch normalisation; otherwise several runs may share the memory.
 */
void ph_run_set_parameter (PhRun *run, int value, float *data);

/** ph_run_set_seed: what is dropped in training; same seed, same elements. The default is 0; change
 * it for each batch. */
void ph_run_set_seed (PhRun *run, guint64 seed);

/** ph_run_forward: Returns: %FALSE only when cancelled, which is checked between nodes. */
gboolean ph_run_forward (PhRun *run, GCancellable *cancellable, GError **error);

/** ph_run_get_value: data of a target (or constant) after a forward pass. */
gconstpointer ph_run_get_value (const PhRun *run, int value);

/**
 * PhRule:
 * @PH_RULE_GRADIENT: the derivative
 * @PH_RULE_GUIDED: at every relu (also one that a convolution has taken in, and a Clip from 0) only
 *   what raises the target passes back: the gradient behind the relu is cut off below 0 before the
 *   relu's own derivative is applied. Source: Springenberg et al. 2015, guided backpropagation.
 * @PH_RULE_REDIRECTED: at every relu (the same ones) through which nothing of an image's gradient
 *   would pass, because the places that it reaches are dead, that part of it passes which would
 *   bring them to life. Elsewhere the derivative. Source: Lucid's redirected relu.
 *
 * How a backward pass goes through relus; see ops/clamp.c.
 */
typedef enum
{
  PH_RULE_GRADIENT,
  PH_RULE_GUIDED,
  PH_RULE_REDIRECTED,
} PhRule;

/** ph_run_set_rule: for all backward passes from now on. */
void ph_run_set_rule (PhRun *run, PhRule rule);

/**
 * ph_run_set_noise:
 * @amount: 0 (the default: none) to 1
 * @seed: same seed, same factors; change it for each pass
 *
 * Multiplies every channel that a convolution gives, of each image of the batch, by another random
 * factor between 1 - @amount and 1 + @amount; the backward pass is that of what was computed. The
 * targets are left alone, and convolutions that have taken in a clamp with a ceiling or a curve. So
 * each pass is one of a somewhat other network: what all of these agree on tends to hold for
 * networks that were trained apart, too.
 *
 * Source: Li et al., "Learning Transferable Adversarial Examples via Ghost Networks", AAAI 2020,
 * where channels are dropped.
 */
void ph_run_set_noise (PhRun *run, double amount, guint64 seed);

/** ph_run_clear_gradients: zeroes the gradients at all targets. */
void ph_run_clear_gradients (PhRun *run);

/** ph_run_get_gradient: (nullable): the gradient at a target, to be added to between
 * ph_run_clear_gradients() and ph_run_backward(). %NULL when the target does not depend on an input
 * whose gradient is wanted. */
float *ph_run_get_gradient (PhRun *run, int value);

/** ph_run_backward: from the gradients at the targets to those at the inputs and parameters. */
gboolean ph_run_backward (PhRun *run, GCancellable *cancellable, GError **error);

/** ph_run_backward_to: the same, only as far as the target @value (-1: as far as it goes), whose
 * gradient is then complete and can be read with ph_run_get_gradient(); after a whole pass its
 * memory serves others. */
gboolean ph_run_backward_to (PhRun *run, int value, GCancellable *cancellable, GError **error);

/**
 * PhStepTime:
 * @forward, @backward: nanoseconds that the step took in the latest pass, 0 where it did nothing
 */
typedef struct
{
  gint64 forward, backward;
} PhStepTime;

/** ph_run_time_steps: measures from now on how long each step takes. Returns: (transfer none): one
 * entry a step of the plan, written anew by each pass. */
const PhStepTime *ph_run_time_steps (PhRun *run);

/** ph_run_get_input_gradient: (nullable): gradient of the @i-th input after a backward pass, of the
 * input's shape. */
const float *ph_run_get_input_gradient (const PhRun *run, guint i);

/** ph_run_get_parameter_gradient: (nullable): gradient of the parameter @value after a backward
 * pass, zeros where the targets do not depend on it; %NULL when the plan was not asked for it. Mean
 * and variance of a batch normalisation in training have the gradient zero. */
const float *ph_run_get_parameter_gradient (const PhRun *run, int value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhRun, ph_run_free)

G_END_DECLS
