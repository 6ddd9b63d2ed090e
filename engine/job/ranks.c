#include "job/ranks.h"

#ifdef PH_HAVE_MPI
#include <glib/gi18n.h>
#include <mpi.h>
#endif

struct _PhRanks
{
  guint rank, size;
  guint local; /* ranks on this computer */
  gboolean started;
};

/* How many processes mpirun (Open MPI's or another's) says it started; 0 when there is none. */
static guint
announced_size (void)
{
  const char *names[] = { "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_getenv (names[i]) != NULL)
      return (guint)g_ascii_strtoull (g_getenv (names[i]), NULL, 10);
  return 0;
}

#ifdef PH_HAVE_MPI
static gboolean
start (PhRanks *ranks, GError **error)
{
  MPI_Comm computer;
  int provided, rank, size, local;

  /* Only the thread that starts MPI talks to it; the threads that compute do not. */
  if (MPI_Init_thread (NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           _ ("MPI does not start; without mpirun one process does all the work"));
      return FALSE;
    }
  MPI_Comm_rank (MPI_COMM_WORLD, &rank);
  MPI_Comm_size (MPI_COMM_WORLD, &size);
  MPI_Comm_split_type (MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &computer);
  MPI_Comm_size (computer, &local);
  MPI_Comm_free (&computer);
  *ranks = (PhRanks){ (guint)rank, (guint)size, (guint)local, TRUE };
  return TRUE;
}
#else
static gboolean
start (PhRanks *ranks, GError **error)
{
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               _ ("mpirun started %u processes, but this program was built without MPI, so each "
                  "would do all the work; start it without mpirun or build it with -Dmpi=enabled"),
               announced_size ());
  return FALSE;
}
#endif

PhRanks *
ph_ranks_new (GError **error)
{
  g_autofree PhRanks *ranks = g_new0 (PhRanks, 1);

  *ranks = (PhRanks){ 0, 1, 1, FALSE };
  if (announced_size () > 1 && !start (ranks, error))
    return NULL;
  return g_steal_pointer (&ranks);
}

void
ph_ranks_free (PhRanks *ranks)
{
  if (ranks == NULL)
    return;
#ifdef PH_HAVE_MPI
  if (ranks->started)
    MPI_Finalize ();
#endif
  g_free (ranks);
}

guint
ph_ranks_get_rank (const PhRanks *ranks)
{
  return ranks->rank;
}

guint
ph_ranks_get_size (const PhRanks *ranks)
{
  return ranks->size;
}

guint
ph_ranks_get_threads (const PhRanks *ranks, guint cores)
{
  return MAX (cores / ranks->local, 1);
}

gboolean
ph_ranks_owns (const PhRanks *ranks, guint64 item)
{
  return item % ranks->size == ranks->rank;
}

void
ph_ranks_barrier (PhRanks *ranks)
{
#ifdef PH_HAVE_MPI
  if (ranks->started)
    MPI_Barrier (MPI_COMM_WORLD);
#endif
}

gboolean
ph_ranks_agree (PhRanks *ranks, gboolean good)
{
#ifdef PH_HAVE_MPI
  int mine = good ? 1 : 0, all = 0;

  if (ranks->started)
    {
      MPI_Allreduce (&mine, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
      return all == 1;
    }
#endif
  return good;
}

#ifdef PH_HAVE_MPI
/* MPI counts in int. */
#define PIECE ((gsize)1 << 30)

static void
send_bytes (GBytes *bytes, int to)
{
  gsize n;
  const guint8 *data = g_bytes_get_data (bytes, &n);
  guint64 announced = n;

  MPI_Send (&announced, 1, MPI_UINT64_T, to, 0, MPI_COMM_WORLD);
  for (gsize at = 0; at < n; at += PIECE)
    MPI_Send (data + at, (int)MIN (PIECE, n - at), MPI_BYTE, to, 0, MPI_COMM_WORLD);
}

static GBytes *
receive_bytes (int from)
{
  guint64 n = 0;
  guint8 *data;

  MPI_Recv (&n, 1, MPI_UINT64_T, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  data = g_malloc (n);
  for (gsize at = 0; at < n; at += PIECE)
    MPI_Recv (data + at, (int)MIN (PIECE, n - at), MPI_BYTE, from, 0, MPI_COMM_WORLD,
              MPI_STATUS_IGNORE);
  return g_bytes_new_take (data, n);
}
#endif

GPtrArray *
ph_ranks_gather (PhRanks *ranks, GBytes *bytes)
{
  g_autoptr (GPtrArray) all = NULL;

#ifdef PH_HAVE_MPI
  if (ranks->rank != 0)
    {
      send_bytes (bytes, 0);
      return NULL;
    }
#endif
  all = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_ptr_array_add (all, g_bytes_ref (bytes));
#ifdef PH_HAVE_MPI
  for (guint i = 1; i < ranks->size; i++)
    g_ptr_array_add (all, receive_bytes ((int)i));
#endif
  return g_steal_pointer (&all);
}

GBytes *
ph_ranks_broadcast (PhRanks *ranks, GBytes *bytes)
{
#ifdef PH_HAVE_MPI
  if (ranks->rank != 0)
    return receive_bytes (0);
  for (guint i = 1; i < ranks->size; i++)
    send_bytes (bytes, (int)i);
#endif
  return g_bytes_ref (bytes);
}
