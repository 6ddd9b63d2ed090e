#pragma once

#include "network/plan.h"
#include "network/trace.h"

G_BEGIN_DECLS

/**
 * PhBlock:
 * @size: bytes
 * @start, @end: first and last moment, inclusive, at which its content matters
 * @offset: (out): where it lies in the arena
 *
 * A piece of memory with a lifetime, for ph_arena_place().
 */
typedef struct
{
  gsize size;
  int start, end;
  gsize offset;
} PhBlock;

/** ph_arena_place: gives every block an offset (multiple of 64) such that blocks whose lifetimes
 * meet do not overlap. Returns: bytes of the whole arena. Greedy by size (Pisarchyk and Lee 2020).
 */
gsize ph_arena_place (PhBlock *blocks, guint n);

struct _PhPlan
{
  /* owned */
  PhTrace *trace;
  GPtrArray *steps;   /* PhStep in running order; the trace owns them */
  gsize *data_offset; /* per value: in the arena; G_MAXSIZE: none */
  int *data_root;     /* per value: values that share memory have the same root */
  gsize *grad_offset; /* per value: likewise */
  int *grad_root;     /* per value: values that share a gradient have the same root */
  int *targets, *parameters;

  guint n_targets, n_parameters;
  gsize scratch_offset;
  gsize arena_size;
  gatomicrefcount refs;
};

/** ph_plan_place: decides which values share memory and where everything lies. */
void ph_plan_place (PhPlan *plan, const gboolean *needs_grad);

G_END_DECLS
