#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/**
 * PhRanks:
 *
 * The processes that work together on one task: those that mpirun started (Open MPI, where the
 * build has it), otherwise this one alone, rank 0 of 1, for which every function here returns at
 * once. MPI is not touched unless mpirun started the process.
 *
 * All ranks must call the functions marked “together” in the same order. One thread at a time.
 */
typedef struct _PhRanks PhRanks;

/**
 * ph_ranks_new:
 *
 * Together, once in a process, before anything else of this file.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID when mpirun started several processes
 * and this build knows no MPI (each would do everything again), or when MPI does not start.
 */
PhRanks *ph_ranks_new (GError **error);

/** ph_ranks_free: together; MPI ends here. Without it mpirun reports a failure. */
void ph_ranks_free (PhRanks *ranks);

guint ph_ranks_get_rank (const PhRanks *ranks);
guint ph_ranks_get_size (const PhRanks *ranks);

/** ph_ranks_get_threads: threads this rank should use so that all ranks of this computer together
 * use its @cores; at least 1. */
guint ph_ranks_get_threads (const PhRanks *ranks, guint cores);

/** ph_ranks_owns: whether @item, 0, 1, 2 …, is this rank's share: every size-th is. */
gboolean ph_ranks_owns (const PhRanks *ranks, guint64 item);

/** ph_ranks_barrier: together; returns when all ranks are here. */
void ph_ranks_barrier (PhRanks *ranks);

/** ph_ranks_agree: together. Returns: whether @good was %TRUE in every rank. Ask it before waiting
 * for one another, so that one rank's error ends all. */
gboolean ph_ranks_agree (PhRanks *ranks, gboolean good);

/** ph_ranks_gather: together; @bytes may differ in size. Returns: (transfer full) (nullable)
 * (element-type GBytes): in rank 0 the bytes of all, in order of ranks; %NULL elsewhere. */
GPtrArray *ph_ranks_gather (PhRanks *ranks, GBytes *bytes);

/** ph_ranks_broadcast: together; @bytes counts in rank 0 only and may be %NULL elsewhere. Returns:
 * (transfer full): rank 0's bytes. */
GBytes *ph_ranks_broadcast (PhRanks *ranks, GBytes *bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhRanks, ph_ranks_free)

G_END_DECLS
