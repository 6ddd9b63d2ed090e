#pragma once

#include "base/image.h"
#include "network/run.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhObjective:
 *
 * What is maximised: a weighted sum of terms, each the name of a unit, a word, or a word with
 * arguments. The words are those of ph_objective_terms(). Of units:
 *
 * - a neuron or class: its value
 * - a channel: the mean over its positions
 * - a layer: the mean of squares over channels and positions (DeepDream)
 *
 * Over a batch, the mean over its images. Numbers are those of the network: a class is its logit.
 */
typedef struct _PhObjective PhObjective;

/**
 * PhObjectiveTerm:
 * @usage: what is written between parentheses after the name; %NULL: nothing
 *
 * A word of the grammar besides the names of units.
 */
typedef struct
{
  const char *name;
  const char *usage;
  const char *summary;
} PhObjectiveTerm;

/** ph_objective_terms: all words; ends with a %NULL name. */
const PhObjectiveTerm *ph_objective_terms (void);

/**
 * ph_objective_parse:
 * @text: terms joined by " + " and " - " (the spaces are needed, as names may contain either), each
 *   optionally with a factor: "fire6/concat:37 + 0.5*class:zebra - 1e-3*tv". Arguments of a word
 *   are separated by commas; one that contains a comma is put in quotes, or in brackets where it is
 *   a list: "invert(fire6/concat, photo.jpg) + direction(fire6/concat, [0, 0.5, 1])"
 *
 * Opens no files; whether they are there is checked.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_SUCH_UNIT, %PH_ERROR_DATA_INVALID or
 * %G_FILE_ERROR, naming the column.
 */
PhObjective *ph_objective_parse (PhModel *model, const char *text, GError **error);

/** ph_objective_parse_at: the same, but the error is without the column (in characters, from 1),
 * which goes to @column. */
PhObjective *ph_objective_parse_at (PhModel *model, const char *text, guint *column,
                                    GError **error);

/** ph_objective_new_for_unit: the objective of a single unit. */
PhObjective *ph_objective_new_for_unit (PhModel *model, const PhUnit *unit);
void ph_objective_free (PhObjective *objective);

/** ph_objective_add: adds another term, written as in ph_objective_parse() but without factor. */
gboolean ph_objective_add (PhObjective *objective, double weight, const char *term, GError **error);

/** ph_objective_negate: lowers the units instead of raising them; terms that are no answer of
 * something, as a property of the picture, stay. */
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

/**
 * ph_objective_set_rivals:
 * @rivals: 0 (the default) to 1
 *
 * How much the other classes count against a class that is raised: at 1 the gradient is that of the
 * logarithm of its odds, its score less log Σ exp of all others. The score alone also grows with
 * what is common to many classes, fur or sky; other networks then name one of those. Odds, unlike
 * the probability, still tell better from worse when the network is sure. Values stay scores.
 */
void ph_objective_set_rivals (PhObjective *objective, double rivals);
guint ph_objective_get_n_terms (const PhObjective *objective);

/** ph_objective_get_term: (transfer none): term @i as the grammar has it, without its factor, which
 * goes to @weight. */
const char *ph_objective_get_term (const PhObjective *objective, guint i, double *weight);

/** ph_objective_dup_text: as ph_objective_parse() reads it back. Caller frees. */
char *ph_objective_dup_text (const PhObjective *objective);

/** ph_objective_sees_all: whether each of its units sees the whole picture at the network's usual
 * size, as a class does. */
gboolean ph_objective_sees_all (const PhObjective *objective);

/** ph_objective_is_in_place: whether a term is about things where they are in the picture, so that
 * moving it would blur them. */
gboolean ph_objective_is_in_place (const PhObjective *objective);

/** ph_objective_get_files: (transfer none): %NULL-terminated paths of the files and folders that it
 * reads. */
const char *const *ph_objective_get_files (const PhObjective *objective);

/** ph_objective_set_pictures: how many pictures are optimised together (1 until told). The batch of
 * the plan is a multiple: the views of the first picture, then those of the second. Before
 * ph_objective_bind(). */
void ph_objective_set_pictures (PhObjective *objective, guint n);

/** ph_objective_get_targets: values of the graph that a plan must compute for this. */
const int *ph_objective_get_targets (const PhObjective *objective, guint *n);

/**
 * ph_objective_bind:
 *
 * Finds the units in the shapes of @plan, which must have been made for the targets, and reads the
 * files, which may take a while.
 *
 * Returns: %FALSE with %PH_ERROR_NO_SUCH_UNIT when a position lies outside, %PH_ERROR_DATA_INVALID
 * or %G_FILE_ERROR when a file does not serve.
 */
gboolean ph_objective_bind (PhObjective *objective, const PhPlan *plan, GError **error);

/**
 * ph_objective_evaluate:
 * @run: (nullable): a run of the bound plan after its forward pass; may be %NULL when only terms of
 *   the picture are there
 * @image: (nullable): the first of the pictures, whose values follow one another, for the terms of
 *   the picture, which are left out without it
 * @gradient: whether gradients are wanted: those at the targets are added to the run's, which
 *   ph_run_clear_gradients() has zeroed
 * @d_image: (nullable): gradient of the terms of the picture, of all pictures, added to
 *
 * The gradients are those of the value, but for ph_objective_set_wake(), ph_objective_set_rivals()
 * and what the weights of terms without a scale are multiplied by, which counts as constant: how
 * much all terms of units bring.
 *
 * Returns: the value.
 */
double ph_objective_evaluate (const PhObjective *objective, PhRun *run, const PhImage *image,
                              gboolean gradient, float *d_image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhObjective, ph_objective_free)

G_END_DECLS
