#pragma once

#include "network/model.h"
#include "network/parameters.h"
#include "network/run.h"

G_BEGIN_DECLS

/**
 * PhWeight:
 * @name: of its value
 * @data: (owned): n numbers, aligned
 * @is_trained: whether training changes it; statistics are never trained, they follow
 * @rate: factor on the learning rate
 *
 * One parameter of a network: the private copy that training changes.
 */
typedef struct
{
  const char *name; /* borrowed from the graph */
  PhParameter parameter;
  gsize n;
  float *data;
  gboolean is_trained;
  double rate;
} PhWeight;

/**
 * PhWeights:
 * @weights: in the order of the network
 *
 * A private copy of everything a network has learned, beside its graph, which stays as it is.
 * Nobody else sees the copy; ph_weights_publish() makes a frozen network of it.
 */
typedef struct
{
  /* owned */
  PhGraph *graph;
  PhWeight *weights;

  guint n;
} PhWeights;

/** ph_weights_new: all are trained, at the same rate. Returns: %NULL with %PH_ERROR_NO_MEMORY. */
PhWeights *ph_weights_new (PhGraph *graph, GError **error);
void ph_weights_free (PhWeights *weights);

/** ph_weights_freeze: freezes what belongs to the node that makes @value (-1: to none) and to those
 * before it, and trains what comes after. */
void ph_weights_freeze (PhWeights *weights, int value);

/** ph_weights_list: the values of @weights that are trained, or whose statistics move when
 * @statistics, for #PhQuestion.parameters. Free with g_free(). */
int *ph_weights_list (const PhWeights *weights, gboolean statistics, guint *n);

/** ph_weights_bind: lets @run read the copy where its plan has parameters. */
void ph_weights_bind (const PhWeights *weights, PhRun *run, const int *values, guint n);

/** ph_weights_count: numbers that are trained, or all of them. */
gsize ph_weights_count (const PhWeights *weights, gboolean trained_only);

/** ph_weights_randomise: forgets everything: new random filters and matrices (He), biases 0, scales
 * 1, means 0, variances 1. */
void ph_weights_randomise (PhWeights *weights, guint64 seed);

/** ph_weights_find: (nullable): the weight of that name. */
PhWeight *ph_weights_find (const PhWeights *weights, const char *name);

/**
 * ph_weights_publish:
 *
 * Returns: (transfer full): a finished graph with copies of the numbers as they are now.
 */
PhGraph *ph_weights_publish (const PhWeights *weights, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhWeights, ph_weights_free)

G_END_DECLS
