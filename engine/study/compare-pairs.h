#pragma once

#include "study/targets.h"

G_BEGIN_DECLS

/**
 * PhPair:
 * @a, @b: numbers of the two targets
 * @by_name: whether they have the same name; else their order and their kind brought them together
 */
typedef struct
{
  guint a, b;
  gboolean by_name;
} PhPair;

/**
 * ph_pair_targets:
 * @alone_a, @alone_b: (out) (element-type utf8): sentences about layers without a partner
 *
 * Which layers of two networks correspond. Partners have equally many channels; those with the same
 * name go together wherever possible, the rest by their order and kind, so that partners follow one
 * another in both networks alike (the longest common subsequence, in which a name counts more than
 * any number of kinds). The classes are partners only if they have the same labels.
 *
 * Returns: (transfer full) (element-type PhPair): in order
 */
GArray *ph_pair_targets (PhModel *model_a, const PhTargets *a, PhModel *model_b, const PhTargets *b,
                         GPtrArray **alone_a, GPtrArray **alone_b);

G_END_DECLS
