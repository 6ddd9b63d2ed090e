#pragma once

#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhSynapse:
 * @unit: at the other end
 * @weight: the sum of @kernel: what an even patch of the unit adds
 * @strength: the norm of @kernel, so that one which sums to nothing, as an edge's does, still
 * counts
 * @rows, @columns, @kernel: (owned): the weights by position; 1 × 1 for matrices. Those of a matrix
 *   on a whole map have the size of the map.
 *
 * How strongly one unit feeds another, by the weights alone. Factors of batch normalisation are
 * multiplied in; activation functions and pools between the two count as 1.
 */
typedef struct
{
  PhUnit unit;
  double weight, strength;
  guint rows, columns;
  double *kernel;
} PhSynapse;

/** ph_synapse_sign: 1 where the unit excites, -1 where it inhibits, 0 where its kernel does both
 * about as much (its sum is under a fifth of the sum of its magnitudes). */
int ph_synapse_sign (const PhSynapse *synapse);

/**
 * PhCircuit:
 * @fed_by, @feeds: (element-type PhSynapse): strongest first, ties by layer and channel
 * @obstacle: (nullable): where the way back could not be followed
 *
 * The neighbourhood of a unit: Olah et al. 2020, Zoom In: An Introduction to Circuits.
 */
typedef struct
{
  GPtrArray *fed_by, *feeds;
  char *obstacle;
} PhCircuit;

/**
 * ph_circuit_new:
 * @unit: a channel or a class; a neuron counts as its channel
 *
 * Reads all weights that lead to the unit from the nearest units before it, and from it to the next
 * ones. Blocks: some milliseconds to a second.
 *
 * Returns: %NULL with %PH_ERROR_NO_SUCH_UNIT for a whole layer.
 */
PhCircuit *ph_circuit_new (PhModel *model, const PhUnit *unit, GError **error);
void ph_circuit_free (PhCircuit *circuit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhCircuit, ph_circuit_free)

G_END_DECLS
