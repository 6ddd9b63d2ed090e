#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/**
 * PhValue:
 * @name: unique in the graph
 * @type, @shape, @has_shape: as declared; extents of -1 are free. Hints only: plans infer.
 * @constant: (owned) (nullable): an initialiser or a folded value
 * @producer: index of the node that makes it, -1 for inputs and constants
 * @n_consumers: inputs of nodes that read it (graph outputs do not count)
 *
 * An edge of a graph.
 */
typedef struct
{
  char *name;
  PhType type;
  PhShape shape;
  gboolean has_shape;
  PhTensor *constant;
  int producer;
  guint n_consumers;
} PhValue;

/**
 * PhGraph:
 *
 * Nodes in topological order and the values between them. Built with the functions below, frozen by
 * ph_graph_finish(), then shared with an atomic reference count.
 */
typedef struct _PhGraph PhGraph;

PhGraph *ph_graph_new (const char *name, int opset);
PhGraph *ph_graph_ref (PhGraph *graph);
void ph_graph_unref (PhGraph *graph);

/* Building. Names are copied. */

/** ph_graph_add_input: @shape may be %NULL when unknown. Returns: index of the value, or -1 with an
 * error when the name is taken. */
int ph_graph_add_input (PhGraph *graph, const char *name, PhType type, const PhShape *shape,
                        GError **error);

/** ph_graph_add_constant: takes a reference of @tensor. Returns: index of the value or -1. */
int ph_graph_add_constant (PhGraph *graph, const char *name, PhTensor *tensor, GError **error);

/**
 * ph_graph_add_node:
 * @name: (nullable): made from the operator and first output when %NULL, empty or taken
 * @attrs: (transfer full) (nullable)
 * @inputs, @outputs: names of values; "" or %NULL for an omitted optional. Values are created on
 *   first mention, so nodes may come in any order.
 *
 * Adds a node. An operator we lack is no error: the node stays without one. A node whose attributes
 * its operator refuses is an error only in ph_graph_finish().
 *
 * Returns: %FALSE when an output already has a producer.
 */
gboolean ph_graph_add_node (PhGraph *graph, const char *op_type, const char *domain,
                            const char *name, PhAttrs *attrs, const char *const *inputs,
                            guint n_inputs, const char *const *outputs, guint n_outputs,
                            GError **error);

/** ph_graph_add_output: declares the value named @name an output. */
void ph_graph_add_output (PhGraph *graph, const char *name);

/** ph_graph_declare: notes the type and shape that the file declares for a value. */
void ph_graph_declare (PhGraph *graph, const char *name, PhType type, const PhShape *shape);

/**
 * ph_graph_finish:
 *
 * Sorts nodes topologically (ties by the order they were added), checks that every value read is
 * made by somebody, that counts of inputs and outputs fit the operators, and configures every node.
 * Nodes that nothing but an unsupported operator feeds stay.
 *
 * Returns: %FALSE with %PH_ERROR_MODEL_INVALID naming the node: a cycle, a value nobody makes, a
 * refused attribute.
 */
gboolean ph_graph_finish (PhGraph *graph, GError **error);

/**
 * ph_graph_fold:
 *
 * Computes every node whose inputs are all constants and removes it, keeping its outputs as
 * constants; then drops nodes and constants that nothing reads. Called once by the importer after
 * ph_graph_finish(); arithmetic on shapes is folded per plan instead, as it depends on the input's
 * size. Memory spent on folded values is bounded by @limit bytes.
 */
gboolean ph_graph_fold (PhGraph *graph, gsize limit, GError **error);

/* Reading a finished graph. All results are borrowed. */
const char *ph_graph_get_name (const PhGraph *graph);
int ph_graph_get_opset (const PhGraph *graph);
guint ph_graph_get_n_nodes (const PhGraph *graph);
const PhNode *ph_graph_get_node (const PhGraph *graph, guint i);
guint ph_graph_get_n_values (const PhGraph *graph);
const PhValue *ph_graph_get_value (const PhGraph *graph, int i);
const int *ph_graph_get_inputs (const PhGraph *graph, guint *n);
const int *ph_graph_get_outputs (const PhGraph *graph, guint *n);

/** ph_graph_mark_sources: per value, whether @value is computed from it; @value itself is none.
 * Caller frees. */
gboolean *ph_graph_mark_sources (const PhGraph *graph, int value);

/** ph_graph_find_value: index of the value named @name, or -1. */
int ph_graph_find_value (const PhGraph *graph, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhGraph, ph_graph_unref)

G_END_DECLS
