#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PhParallelFunc: does items @begin (inclusive) to @end (exclusive); @thread is 0 … threads-1. */
typedef void (*PhParallelFunc) (gsize begin, gsize end, guint thread, gpointer data);

/**
 * ph_parallel_for:
 * @n: number of items
 * @grain: fewest items worth handing to another thread (at least 1)
 *
 * Splits the items over one persistent pool and returns when all are done. The caller works too.
 * The split depends on @n, @grain and the number of threads only, so sums made per item are
 * reproducible. Called from inside a loop, or while another thread uses the pool, it runs on the
 * calling thread alone. Idle threads spin briefly, then sleep.
 */
void ph_parallel_for (gsize n, gsize grain, PhParallelFunc func, gpointer data);

/** ph_parallel_get_threads: threads in use, at least 1; the default is the number of cores
 * available to this process. */
guint ph_parallel_get_threads (void);

/**
 * ph_parallel_push_alone:
 *
 * From here to ph_parallel_pop_alone() this thread works alone: ph_parallel_get_threads() says 1,
 * ph_parallel_for() asks nobody. For whoever divides images among threads and wants no second
 * division inside; a plan made so is not cut into pieces for several threads. May be nested.
 */
void ph_parallel_push_alone (void);
void ph_parallel_pop_alone (void);

/** ph_parallel_set_threads: 0 means the default. Call it while nothing runs. */
void ph_parallel_set_threads (guint threads);

G_END_DECLS
