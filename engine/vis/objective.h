#pragma once

#include "base/image.h"
#include "network/run.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhObjective:
 *
 * What is maximised: a weighted sum of terms. A term is a unit of the network or a property of the
 * picture:
 *
 * - a neuron or class: its value
 * - a channel: the mean over its positions
 * - a layer: the mean of squares over channels and positions (DeepDream)
 * - "tv": total variation, the mean absolute difference between neighbouring pixels
 * - "l1", "l2": mean distance and mean squared distance of the picture from grey (0.5)
 *
 * Over a batch, the mean over its images. Numbers are those of the network: a class is its logit.
 */
typedef struct _PhObjective PhObjective;

/**
 * ph_objective_parse:
 * @text: terms joined by " + " and " - " (the spaces are needed, as names may contain either), each
 *   optionally with a factor: "fire6/concat:37 + 0.5*class:zebra - 1e-3*tv"
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_SUCH_UNIT or %PH_ERROR_DATA_INVALID, naming the
 * column.
 */
PhObjective *ph_objective_parse (PhModel *model, const char *text, GError **error);

/** ph_objective_new_for_unit: the objective of a single unit. */
PhObjective *ph_objective_new_for_unit (PhModel *model, const PhUnit *unit);
void ph_objective_free (PhObjective *objective);

/** ph_objective_add: adds another term, written as in ph_objective_parse() but without factor. */
gboolean ph_objective_add (PhObjective *objective, double weight, const char *term, GError **error);

/** ph_objective_negate: lowers the units instead of raising them; terms of the picture stay. */
void ph_objective_negate (PhObjective *objective);

/**
 * ph_objective_set_wake:
 * @wake: 0 (the default) to 1
 *
 * Behind a relu, places where a unit is silent have no gradient: a picture would only ever change
 * where the unit already speaks, or nowhere. With this, what comes before the relu is climbed at
 * the silent places, @wake times as strongly; for a class only while its score is 0, for layers and
 * terms with a negative weight never.
 *
 * Source: the idea of redirected gradients in Lucid.
 */
void ph_objective_set_wake (PhObjective *objective, double wake);

/** ph_objective_dup_text: as ph_objective_parse() reads it back. Caller frees. */
char *ph_objective_dup_text (const PhObjective *objective);

/** ph_objective_sees_all: whether each of its units sees the whole picture at the network's usual
 * size, as a class does. */
gboolean ph_objective_sees_all (const PhObjective *objective);

/** ph_objective_get_targets: values of the graph that a plan must compute for this. */
const int *ph_objective_get_targets (const PhObjective *objective, guint *n);

/**
 * ph_objective_bind:
 *
 * Finds the units in the shapes of @plan, which must have been made for the targets.
 *
 * Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT when a position lies outside.
 */
gboolean ph_objective_bind (PhObjective *objective, const PhPlan *plan, GError **error);

/**
 * ph_objective_evaluate:
 * @run: (nullable): a run of the bound plan after its forward pass; may be %NULL when only terms of
 *   the picture are there
 * @image: (nullable): the picture, for its terms; they are left out without it
 * @gradient: whether gradients are wanted: those at the targets are added to the run's, which
 *   ph_run_clear_gradients() has zeroed
 * @d_image: (nullable): gradient of the terms of the picture, added to
 *
 * The gradients are those of the value, but for ph_objective_set_wake().
 *
 * Returns: the value.
 */
double ph_objective_evaluate (const PhObjective *objective, PhRun *run, const PhImage *image,
                              gboolean gradient, float *d_image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhObjective, ph_objective_free)

G_END_DECLS
