#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/**
 * PhMapped:
 * @map: (owned): per axis, for each output index, the input elements to skip for it, or -1 where
 *   the output lies outside the input
 *
 * A movement in which each axis has its own table of where its numbers come from: padding,
 * reflection, choosing the nearest pixel.
 */
typedef struct
{
  PhShape in, out;
  gint64 *map[PH_MAX_RANK];
} PhMapped;

/** ph_mapped_init: both shapes have the same rank; tables are allocated, to be filled by
 * ph_mapped_set(). */
void ph_mapped_init (PhMapped *mapped, const PhShape *in, const PhShape *out);
void ph_mapped_clear (PhMapped *mapped);

/** ph_mapped_set: output index @to of @axis takes input index @from, or nothing when that is -1. */
void ph_mapped_set (PhMapped *mapped, guint axis, gint64 to, gint64 from);

/** ph_mapped_copy: @element: 4 or 8 bytes; @fill: one element for what lies outside. Threads: our
 * pool. */
void ph_mapped_copy (const PhMapped *mapped, gsize element, gconstpointer from, gpointer to,
                     gconstpointer fill);

/** ph_mapped_add_back: adds the gradient @dy of the output to that of the input, @dx. Threads: our
 * pool, over leading axes that the movement leaves alone. */
void ph_mapped_add_back (const PhMapped *mapped, const float *dy, float *dx);

G_END_DECLS
