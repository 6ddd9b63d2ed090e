#pragma once

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * PhTrace:
 * @specs: (owned): per value: type, shape and, when known, the constant
 * @steps: (owned): per node: the step, %NULL when the node was not needed, was folded or failed
 * @errors: (owned): per node: why it or something before it cannot be computed, else %NULL
 * @tensors: (owned): the folded constants
 * @is_parameter: (owned): per value
 *
 * A graph for given inputs: all shapes inferred and everything known beforehand computed.
 */
typedef struct
{
  PhGraph *graph;
  PhSpec *specs;
  PhStep **steps;
  GError **errors;
  GPtrArray *tensors;
  gboolean *is_parameter;
} PhTrace;

/**
 * ph_trace_new:
 * @inputs: one per input of the graph
 * @targets: (nullable): values wanted; %NULL traces every node
 * @parameters: (nullable): constants of the graph to treat as unknown
 * @training: passed on to the steps
 * @tolerant: whether to go on after a node that fails, noting the error with it and with all that
 *   depend on it
 */
PhTrace *ph_trace_new (PhGraph *graph, const PhSpec *inputs, const int *targets, guint n_targets,
                       const int *parameters, guint n_parameters, gboolean training,
                       gboolean tolerant, GError **error);
void ph_trace_free (PhTrace *trace);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTrace, ph_trace_free)

G_END_DECLS
