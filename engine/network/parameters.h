#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * PhParameter:
 * @value: a constant of the graph, for #PhQuestion.parameters
 * @role: what it is to the first node that reads it
 * @node: the index of that node; nodes are in the order of the network, so comparing it with the
 *   producer of a layer's value tells whether the parameter belongs before or after that layer
 */
typedef struct
{
  int value;
  PhRole role;
  guint node;
} PhParameter;

/**
 * ph_graph_list_parameters:
 * @n: (out)
 *
 * What a network has learned, in running order: filters, matrices, biases, and scales and
 * statistics of normalisations, each once. A constant that is added counts as a bias where it is
 * added to what filters or a matrix made. Constants of preprocessing, bounds and shapes are not
 * listed.
 *
 * Returns: (transfer full): to be freed with g_free()
 */
PhParameter *ph_graph_list_parameters (PhGraph *graph, guint *n);

G_END_DECLS
