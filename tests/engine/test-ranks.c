/* Processes that share work: alone, and two of them under mpirun where it is installed. */
#include "engine/engine.h"

#define N_RANKS 2

static GBytes *
message_of (guint rank)
{
  g_autofree char *text = g_strnfill (5 + 1000 * rank, (char)('a' + rank));

  return g_bytes_new (text, strlen (text));
}

/* What every rank does; the first words that fail are the message. */
static const char *
work_together (PhRanks *ranks, guint expected)
{
  guint rank = ph_ranks_get_rank (ranks);
  g_autoptr (GBytes) mine = message_of (rank);
  g_autoptr (GBytes) first = message_of (0);
  g_autoptr (GPtrArray) all = ph_ranks_gather (ranks, mine);
  g_autoptr (GBytes) told = ph_ranks_broadcast (ranks, rank == 0 ? mine : NULL);
  guint owned = 0;

  ph_ranks_barrier (ranks);
  for (guint i = 0; i < 10 * expected; i++)
    owned += ph_ranks_owns (ranks, i);
  if (ph_ranks_get_size (ranks) != expected || rank >= expected)
    return "size";
  if (!g_bytes_equal (told, first))
    return "broadcast";
  if ((rank == 0) != (all != NULL) || (all != NULL && all->len != expected))
    return "gather";
  for (guint i = 0; all != NULL && i < all->len; i++)
    {
      g_autoptr (GBytes) wanted = message_of (i);

      if (!g_bytes_equal (wanted, all->pdata[i]))
        return "gathered bytes";
    }
  if (owned != 10 || ph_ranks_owns (ranks, rank) != TRUE)
    return "share";
  if (ph_ranks_get_threads (ranks, 6) != 6 / expected || ph_ranks_get_threads (ranks, 1) != 1)
    return "threads";
  if (!ph_ranks_agree (ranks, TRUE) || ph_ranks_agree (ranks, rank + 1 < expected))
    return "agreement";
  return NULL;
}

static void
test_alone (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhRanks) ranks = ph_ranks_new (&error);

  g_assert_no_error (error);
  g_assert_cmpstr (work_together (ranks, 1), ==, NULL);
}

static void
test_mpirun (gconstpointer data)
{
  g_autofree char *mpirun = g_find_program_in_path ("mpirun");
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  if (mpirun == NULL)
    {
      g_test_skip ("mpirun is not installed");
      return;
    }
  if (!PH_RANKS_AVAILABLE)
    {
      g_test_skip ("built without MPI");
      return;
    }
  /* Open MPI unloads its plugins with what they still hold, so a leak check would name no module
     that could be excused; the process that runs alone checks what is ours. */
  const char *argv[] = { mpirun,
                         "--allow-run-as-root",
                         "--oversubscribe",
                         "-x",
                         "ASAN_OPTIONS=detect_leaks=0",
                         "-n",
                         G_STRINGIFY (N_RANKS),
                         data,
                         "--rank",
                         NULL };

  /* The search for devices would open the display, perhaps that of another test as it ends. */
  g_setenv ("HWLOC_COMPONENTS", "-gl", TRUE);
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_test_message ("%s%s", output, errors);
  g_assert_no_error (error);
}

/* One of the processes that mpirun starts. */
static int
be_a_rank (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhRanks) ranks = ph_ranks_new (&error);
  const char *wrong = ranks != NULL ? work_together (ranks, N_RANKS) : error->message;

  if (wrong != NULL)
    g_printerr ("%s\n", wrong);
  return wrong == NULL ? 0 : 1;
}

int
main (int argc, char *argv[])
{
  if (argc == 2 && g_str_equal (argv[1], "--rank"))
    return be_a_rank ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ranks/alone", test_alone);
  g_test_add_data_func ("/ranks/mpirun", argv[0], test_mpirun);
  return g_test_run ();
}
