#pragma once

#include "base/shape.h"

G_BEGIN_DECLS

#define PH_BROADCAST_MAX_OPERANDS 3

/**
 * PhBroadcast:
 * @rank: axes left after joining neighbours that every operand walks alike; at least 1
 * @dim: their extents; the last one is the extent of a row
 * @stride: elements of each operand per step along each axis, 0 where it is stretched
 * @rows, @columns: product of all but the last extent, and the last one
 *
 * How to walk several dense operands that are stretched to a common shape by NumPy's rule. The last
 * axis has stride 1 or 0 for every operand, so rows are plain loops.
 */
typedef struct
{
  guint rank, n_operands;
  gsize dim[PH_MAX_RANK];
  gsize stride[PH_BROADCAST_MAX_OPERANDS][PH_MAX_RANK];
  gsize rows, columns;
} PhBroadcast;

/**
 * PhBroadcastPart:
 * @begin, @n: the elements of the common shape that this part covers, within one row
 * @offset: of the part's first element in each operand
 *
 * A place in the walk.
 */
typedef struct
{
  gsize begin, n;
  gsize offset[PH_BROADCAST_MAX_OPERANDS];

  /*< private >*/
  gsize end;
  gsize index[PH_MAX_RANK];
  gsize row_offset[PH_BROADCAST_MAX_OPERANDS];
} PhBroadcastPart;

/** ph_broadcast_init: @operands are shapes that stretch to @out. */
void ph_broadcast_init (PhBroadcast *b, const PhShape *out, const PhShape *const *operands,
                        guint n_operands);

/** ph_broadcast_first: the first part of elements @begin (inclusive) to @end (exclusive) of the
 * common shape; its n is 0 when there are none. */
void ph_broadcast_first (const PhBroadcast *b, gsize begin, gsize end, PhBroadcastPart *part);

/** ph_broadcast_next: the part after @part; its n is 0 behind the last one. */
void ph_broadcast_next (const PhBroadcast *b, PhBroadcastPart *part);

/** ph_broadcast_step: stride of @operand within a row, 0 or 1. */
gsize ph_broadcast_step (const PhBroadcast *b, guint operand);

/** ph_broadcast_shares_rows: whether several rows read the same elements of @operand, so that two
 * threads with different rows may not write its gradient. */
gboolean ph_broadcast_shares_rows (const PhBroadcast *b, guint operand);

G_END_DECLS
