#pragma once

#include "network/attrs.h"

G_BEGIN_DECLS

/** PH_GRADCHECK_STEP: of the central differences. Inputs must stay four of these from any kink. */
#define PH_GRADCHECK_STEP 1e-2

/** PH_SHAPE_OF: an addressable literal shape, as in `&PH_SHAPE_OF (2, 3)`. */
#define PH_SHAPE_OF(...) ((PhShape){ G_N_ELEMENTS (((gint64[]){ __VA_ARGS__ })), { __VA_ARGS__ } })

/**
 * PhGradInput:
 * @tensor: (borrowed) (nullable): the value; %NULL for an omitted optional input
 * @is_constant: whether it is a constant of the graph; otherwise it is an input of the graph and,
 *   if its type is real, its gradient is checked
 */
typedef struct
{
  PhTensor *tensor;
  gboolean is_constant;
} PhGradInput;

/**
 * ph_gradcheck:
 * @op_type: operator as ONNX spells it
 * @opset: version of the operator set
 * @attrs: (transfer full) (nullable)
 * @inputs: in the order of the operator
 * @n_outputs: how many outputs the node shall have; those of real type enter the sum
 *
 * Compares the gradient of Σ r * y, with random r, with central differences, for every real input
 * that is not constant: forward in float, sum in double, tolerance 1e-3 of the largest gradient
 * plus what the rounding of y alone brings about.
 *
 * It does so in two graphs: the node alone, and the node twice on the same inputs with
 * multiplications before and after, so that buffers are shared by lifetime (a forgotten
 * %PH_OP_KEEP_INPUTS shows) and gradients must be added up. It also runs everything twice and
 * expects the same bits. Differences fail the running test with index, expected and actual.
 */
void ph_gradcheck (const char *op_type, int opset, PhAttrs *attrs, const PhGradInput *inputs,
                   guint n_inputs, guint n_outputs);

/* Random tensors from g_test_rand_*; float32, (transfer full). */

/** ph_gradcheck_random: uniform in [@low, @high). */
PhTensor *ph_gradcheck_random (const PhShape *shape, double low, double high);

/** ph_gradcheck_away: the same, but at least four steps away from each of @kinks. */
PhTensor *ph_gradcheck_away (const PhShape *shape, double low, double high, const double *kinks,
                             guint n_kinks);

/** ph_gradcheck_distinct: a random order of values that are ten steps apart and at least four from
 * zero, centred on it; for operators with ties. */
PhTensor *ph_gradcheck_distinct (const PhShape *shape);

/* Running one node without gradients. */

/**
 * ph_opcheck_run:
 * @outputs: (out caller-allocates): @n_outputs tensors, (transfer full) each
 *
 * Runs one node. Inputs that are not constant are inputs of the graph, so nothing is folded.
 *
 * Returns: %FALSE with the error of building or planning.
 */
gboolean ph_opcheck_run (const char *op_type, int opset, PhAttrs *attrs, const PhGradInput *inputs,
                         guint n_inputs, PhTensor **outputs, guint n_outputs, GError **error);

/** ph_opcheck_close: fails the test unless @actual has the @expected shape and values to within
 * @tolerance of the largest magnitude. Integers must be equal. */
void ph_opcheck_close (const char *what, const PhTensor *actual, const PhTensor *expected,
                       double tolerance);

G_END_DECLS
