#pragma once

#include "gradcheck.h"

G_BEGIN_DECLS

#define PH_OPCASE_MAX 6

/**
 * PhOpCase:
 * @op: operator as ONNX spells it; @opset: version of the operator set
 * @attrs: (nullable): "strides=2,1 mode=linear value=0.5": integers, reals (with a point) and
 * texts; a trailing comma makes a list of one
 * @inputs: tensors as text, "" for an omitted one: a kind, the shape ("" is a scalar) and,
 *   perhaps, the elements: "f 2,3: 1 2 3 4 5 6". Kinds: f reals (random in -1..1 without elements),
 *   d reals in random order without ties, a random reals away from 0, i int64, b bool. A c before
 *   the kind makes it a constant of the graph.
 * @outputs: likewise; at least one name is taken for granted
 *
 * One application of an operator, written on a few lines.
 */
typedef struct
{
  const char *op;
  int opset;
  const char *attrs;
  const char *inputs[PH_OPCASE_MAX];
  const char *outputs[PH_OPCASE_MAX];
} PhOpCase;

/** ph_opcase_attrs: (transfer full): attributes from their text. */
PhAttrs *ph_opcase_attrs (const char *text);

/** ph_opcase_tensor: (transfer full): a tensor from its text. */
PhTensor *ph_opcase_tensor (const char *text);

/** ph_opcase_expect: runs the case and compares every output that is given. */
void ph_opcase_expect (const PhOpCase *test);

/** ph_opcase_gradient: ph_gradcheck() for the case; of the outputs only the number counts. */
void ph_opcase_gradient (const PhOpCase *test);

/** ph_opcase_fails: expects an error of @code whose message contains @words. */
void ph_opcase_fails (const PhOpCase *test, PhError code, const char *words);

G_END_DECLS
