#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/**
 * PhOptimiserKind:
 * @PH_OPTIMISER_ADAM: Kingma, Ba 2015, with decay rates 0.9 and 0.999 and epsilon 1e-8
 * @PH_OPTIMISER_MOMENTUM: v = 0.9 v + g; x = x + rate v
 * @PH_OPTIMISER_SGD: x = x + rate g
 */
typedef enum
{
  PH_OPTIMISER_ADAM,
  PH_OPTIMISER_MOMENTUM,
  PH_OPTIMISER_SGD,
} PhOptimiserKind;

/** ph_optimiser_names: %NULL-terminated names of the kinds, in order, as settings write them. */
extern const char *const ph_optimiser_names[];

/**
 * PhOptimiser:
 *
 * An update rule for a flat array of parameters, with the state it needs.
 */
typedef struct _PhOptimiser PhOptimiser;

/** ph_optimiser_new: for @n numbers. Returns: %NULL with %PH_ERROR_NO_MEMORY. */
PhOptimiser *ph_optimiser_new (PhOptimiserKind kind, gsize n, GError **error);
void ph_optimiser_free (PhOptimiser *optimiser);

/** ph_optimiser_set_momentum: share of the last step that is kept, for %PH_OPTIMISER_MOMENTUM; 0.9
 * unless set. */
void ph_optimiser_set_momentum (PhOptimiser *optimiser, double momentum);

/**
 * ph_optimiser_set_decay:
 * @decay: pull of each number towards 0; 0 unless set
 * @decoupled: shrink the number itself by |rate| * decay in each step (AdamW: Loshchilov, Hutter
 *   2019) instead of adding the pull to the gradient
 */
void ph_optimiser_set_decay (PhOptimiser *optimiser, double decay, gboolean decoupled);

/**
 * ph_optimiser_step:
 * @x: the n parameters, changed
 * @gradient: of what is to be optimised, n numbers
 * @rate: learning rate: positive climbs (ascent), negative descends (training)
 *
 * One update. Allocates nothing. Each number is updated by itself, so the result does not depend on
 * the number of threads.
 */
void ph_optimiser_step (PhOptimiser *optimiser, float *x, const float *gradient, double rate);

/** ph_optimiser_get_state: (nullable): the arrays that belong to the state, for checkpoints: @which
 * 0 … 1, %NULL past the last. Each has n numbers. */
float *ph_optimiser_get_state (PhOptimiser *optimiser, guint which);

/** ph_optimiser_get_steps, ph_optimiser_set_steps: updates made so far (Adam's bias correction). */
guint64 ph_optimiser_get_steps (const PhOptimiser *optimiser);
void ph_optimiser_set_steps (PhOptimiser *optimiser, guint64 steps);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhOptimiser, ph_optimiser_free)

G_END_DECLS
