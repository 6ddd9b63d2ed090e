#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/* Splitting and tiling axes can double their number. */
#define PH_STRIDED_RANK (2 * PH_MAX_RANK)

/**
 * PhStrided:
 * @from, @to: elements to skip for one step along an axis in source and destination; may be
 *   negative, and 0 where an axis repeats (source) or is summed (destination of an addition)
 *
 * A movement of a block of numbers between two tensors, one nested loop. Start from zeroes and add
 * axes with ph_strided_push().
 */
typedef struct
{
  guint rank;
  gboolean is_empty;
  gint64 dim[PH_STRIDED_RANK], from[PH_STRIDED_RANK], to[PH_STRIDED_RANK];
} PhStrided;

/** ph_strided_push: adds an axis inside those already there; joins it with the last one when both
 * tensors allow. */
void ph_strided_push (PhStrided *strided, gint64 dim, gint64 from, gint64 to);

/** ph_strided_reverse: the same movement from destination to source. */
PhStrided ph_strided_reverse (const PhStrided *strided);

/** ph_strided_copy: @element: bytes of one element, 4 or 8. Threads: our pool. */
void ph_strided_copy (const PhStrided *strided, gsize element, gconstpointer from, gpointer to);

/** ph_strided_add: @to += @from; elements that meet in one place (stride 0) are summed in double.
 * Threads: our pool. */
void ph_strided_add (const PhStrided *strided, const float *from, float *to);

G_END_DECLS
