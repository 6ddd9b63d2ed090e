#include "kernels/parallel.h"

#include <sched.h>
#include <stdatomic.h>

#define MAX_THREADS 256

/* About 30 µs: longer than the gap between two operators, shorter than anyone would notice. */
#define SPINS 1500

/* The one pool of the process. Fields of the job are written by the thread that holds `busy` while
 * no worker runs, and published by the increment of `generation`. */
static struct
{
  GMutex mutex;
  GCond work, done;
  GThread *workers[MAX_THREADS];
  guint n_workers;   /* running ones; changes under `busy` only */
  guint started_for; /* threads that were wanted when they were started */
  atomic_uint threads;
  atomic_uint busy;
  atomic_uint generation;
  atomic_uint sleeping; /* workers waiting on `work` */
  atomic_uint pending;  /* workers that have not finished this generation */
  atomic_uint waiting;  /* the caller waits on `done` */
  atomic_uint quit;

  PhParallelFunc func;
  gpointer data;
  gsize n;
  guint parts;
} pool;

static _Thread_local guint alone; /* how often this thread asked to be */

static void
pause_briefly (void)
{
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause ();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

static guint
default_threads (void)
{
  guint n = 0;
  cpu_set_t set;

  if (sched_getaffinity (0, sizeof set, &set) == 0)
    n = (guint)CPU_COUNT (&set);
  if (n == 0)
    n = g_get_num_processors ();
  return CLAMP (n, 1, MAX_THREADS);
}

static void
do_part (guint part)
{
  gsize begin = pool.n * part / pool.parts;
  gsize end = pool.n * (part + 1) / pool.parts;

  if (begin < end)
    pool.func (begin, end, part, pool.data);
}

static gpointer
worker_main (gpointer data)
{
  guint part = GPOINTER_TO_UINT (data);
  guint seen = 0;

  for (;;)
    {
      for (guint i = 0; i < SPINS && atomic_load (&pool.generation) == seen; i++)
        pause_briefly ();
      if (atomic_load (&pool.generation) == seen)
        {
          g_mutex_lock (&pool.mutex);
          atomic_fetch_add (&pool.sleeping, 1);
          while (atomic_load (&pool.generation) == seen)
            g_cond_wait (&pool.work, &pool.mutex);
          atomic_fetch_sub (&pool.sleeping, 1);
          g_mutex_unlock (&pool.mutex);
        }
      seen++;
      if (atomic_load (&pool.quit))
        return NULL;

      /* Each worker answers each generation, also without work in it: the next job may only be
       * written once nobody can still be reading this one. */
      if (part < pool.parts)
        do_part (part);
      if (atomic_fetch_sub (&pool.pending, 1) == 1 && atomic_load (&pool.waiting))
        {
          g_mutex_lock (&pool.mutex);
          g_cond_signal (&pool.done);
          g_mutex_unlock (&pool.mutex);
        }
    }
}

/* Publishes what was written to the pool and wakes who sleeps. */
static void
start_generation (void)
{
  atomic_store (&pool.pending, pool.n_workers);
  atomic_fetch_add (&pool.generation, 1);
  if (atomic_load (&pool.sleeping) > 0)
    {
      g_mutex_lock (&pool.mutex);
      g_cond_broadcast (&pool.work);
      g_mutex_unlock (&pool.mutex);
    }
}

static void
wait_for_workers (void)
{
  for (guint i = 0; i < SPINS && atomic_load (&pool.pending) > 0; i++)
    pause_briefly ();
  if (atomic_load (&pool.pending) == 0)
    return;
  g_mutex_lock (&pool.mutex);
  atomic_store (&pool.waiting, 1);
  while (atomic_load (&pool.pending) > 0)
    g_cond_wait (&pool.done, &pool.mutex);
  atomic_store (&pool.waiting, 0);
  g_mutex_unlock (&pool.mutex);
}

static void
stop_workers (void)
{
  if (pool.n_workers == 0)
    return;
  atomic_store (&pool.quit, 1);
  start_generation ();
  for (guint i = 0; i < pool.n_workers; i++)
    g_thread_join (pool.workers[i]);
  atomic_store (&pool.quit, 0);
  atomic_store (&pool.generation, 0);
  pool.n_workers = 0;
}

/* Makes the pool fit @threads threads; fewer when the system refuses more. */
static void
start_workers (guint threads)
{
  if (pool.started_for == threads)
    return;
  stop_workers ();
  pool.started_for = threads;
  while (pool.n_workers + 1 < threads)
    {
      GThread *worker = g_thread_try_new ("phosphene-compute", worker_main,
                                          GUINT_TO_POINTER (pool.n_workers + 1), NULL);

      if (worker == NULL)
        break;
      pool.workers[pool.n_workers++] = worker;
    }
}

void
ph_parallel_for (gsize n, gsize grain, PhParallelFunc func, gpointer data)
{
  guint threads = ph_parallel_get_threads ();
  gsize parts = MIN (threads, n / MAX (grain, 1));
  guint idle = 0;

  if (n == 0)
    return;
  if (parts < 2 || alone > 0 || !atomic_compare_exchange_strong (&pool.busy, &idle, 1))
    {
      func (0, n, 0, data);
      return;
    }

  start_workers (threads);
  pool.func = func;
  pool.data = data;
  pool.n = n;
  pool.parts = (guint)MIN (parts, pool.n_workers + 1);
  start_generation ();
  do_part (0);
  wait_for_workers ();
  atomic_store (&pool.busy, 0);
}

guint
ph_parallel_get_threads (void)
{
  guint threads = atomic_load (&pool.threads);

  if (alone > 0)
    return 1;
  if (threads == 0)
    {
      threads = default_threads ();
      atomic_store (&pool.threads, threads);
    }
  return threads;
}

void
ph_parallel_push_alone (void)
{
  alone++;
}

void
ph_parallel_pop_alone (void)
{
  g_return_if_fail (alone > 0);
  alone--;
}

void
ph_parallel_set_threads (guint threads)
{
  atomic_store (&pool.threads, threads == 0 ? default_threads () : MIN (threads, MAX_THREADS));
}
