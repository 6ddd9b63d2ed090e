#pragma once

#include "network/op.h"

G_BEGIN_DECLS

#define EINSUM_MAX_TERMS 8
#define EINSUM_MAX_AXES 16

/**
 * EinsumState:
 * @n_terms: inputs
 * @n_axes: different labels, those of the output first
 * @n_out: how many of them belong to the output; over the others is summed
 * @extent: of each label
 * @stride: elements of each input per step along each label; 0 where it lacks the label or is
 *   stretched, the sum of strides where a label occurs twice (a diagonal)
 * @out_stride: the same for the output
 * @is_product: whether it is a product of matrices: two inputs, and every label that is summed over
 *   belongs to both. Labels then fall into the groups below.
 * @group: labels of the batch (in both inputs and the output), rows (first input and output),
 *   columns (second input and output) and inner ones (both inputs, summed)
 */
typedef struct
{
  guint n_terms, n_axes, n_out;
  gsize extent[EINSUM_MAX_AXES];
  gsize stride[EINSUM_MAX_TERMS][EINSUM_MAX_AXES];
  gsize out_stride[EINSUM_MAX_AXES];

  gboolean is_product;
  struct
  {
    guint n;
    guint axis[EINSUM_MAX_AXES];
    gsize size;
  } group[4];
} EinsumState;

enum
{
  EINSUM_BATCH,
  EINSUM_ROWS,
  EINSUM_COLUMNS,
  EINSUM_INNER
};

/** einsum_scratch: bytes of scratch that the functions below use. */
gsize einsum_scratch (const EinsumState *state);

void einsum_forward (const PhStep *step, PhRun *run);
void einsum_backward (const PhStep *step, PhRun *run);

G_END_DECLS
