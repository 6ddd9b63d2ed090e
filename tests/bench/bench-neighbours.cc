/* Our index beside hnswlib called directly, and exact search beside the product of matrices that it
 * is made of. The programs take turns in one process; built with -march=native, hnswlib has the
 * instructions that ours chooses at run time.
 *
 *   bench-neighbours BASE.npy QUERY.npy [K,…] [THREADS,…] [INDEX]
 *
 * One JSON line for each measurement: queries a second, medians of rounds. Alone on its thread,
 * time is that of the processor, so that a busy machine spoils less. INDEX: the files INDEX.ours
 * and INDEX.hnswlib keep what was built for the next run. */

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include <hnswlib/hnswlib.h>

#include "engine/engine.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

#define M 16
#define CONSTRUCTION 200
#define ROUNDS 7

static bool alone; /* one thread works */

static double
now ()
{
  struct timespec used;

  if (alone && clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used) == 0)
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
  return std::chrono::duration<double> (std::chrono::steady_clock::now ().time_since_epoch ())
      .count ();
}

static double
median (std::vector<double> values)
{
  std::sort (values.begin (), values.end ());
  return values[values.size () / 2];
}

static std::vector<guint>
numbers (const char *text)
{
  std::vector<guint> all;

  for (const char *p = text; p != NULL; p = strchr (p, ','), p = p != NULL ? p + 1 : NULL)
    all.push_back ((guint)atoi (p));
  return all;
}

static PhTensor *
load (const char *path, PhVectors *vectors)
{
  GError *error = NULL;
  PhTensor *tensor = ph_npy_load (path, &error);

  if (tensor == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      exit (1);
    }
  vectors->data = tensor->f;
  vectors->n = (gsize)tensor->shape.dim[0];
  vectors->size = (gsize)tensor->shape.dim[1];
  return tensor;
}

/* hnswlib, called directly */

typedef hnswlib::HierarchicalNSW<float> Direct;

template <typename Function>
static void
on_threads (guint threads, Function function)
{
  std::vector<std::thread> others;

  for (guint t = 1; t < threads; t++)
    others.emplace_back (function, t);
  function (0);
  for (auto &other : others)
    other.join ();
}

static Direct *
build_direct (hnswlib::L2Space *space, const PhVectors *base, guint threads)
{
  Direct *index = new Direct (space, base->n, M, CONSTRUCTION);
  std::atomic<gsize> next (1);

  index->addPoint (base->data, 0);
  on_threads (threads, [&] (guint) {
    for (gsize i; (i = next++) < base->n;)
      index->addPoint (base->data + i * base->size, i);
  });
  return index;
}

static PhNeighbours *
search_direct (Direct *index, const PhVectors *queries, guint k, guint ef, guint threads)
{
  PhNeighbours *found = ph_neighbours_new (queries->n, k, NULL);

  index->setEf (ef);
  on_threads (threads, [&] (guint thread) {
    for (gsize q = queries->n * thread / threads; q < queries->n * (thread + 1) / threads; q++)
      {
        auto hits = index->searchKnn (queries->data + q * queries->size, k);

        for (gsize i = hits.size (); i-- > 0; hits.pop ())
          {
            found->indices[q * k + i] = (guint32)hits.top ().second;
            found->distances[q * k + i] = std::sqrt (hits.top ().first);
          }
      }
  });
  return found;
}

/* Measuring */

static void
measure_exact (const PhVectors *base, const PhVectors *queries, guint k, guint threads)
{
  std::vector<double> plain, ours;
  std::vector<float> products (256 * 2048);

  for (int round = 0; round < ROUNDS; round++)
    {
      double start = now ();

      /* The same blocks, and nothing done with the products. */
      for (gsize q = 0; q < queries->n; q += 256)
        for (gsize b = 0; b < base->n; b += 2048)
          {
            gsize rows = std::min<gsize> (256, queries->n - q);
            gsize columns = std::min<gsize> (2048, base->n - b);

            ph_gemm (FALSE, TRUE, rows, columns, base->size, 1, queries->data + q * base->size,
                     base->size, base->data + b * base->size, base->size, 0, products.data (),
                     columns);
          }
      plain.push_back (queries->n / (now () - start));
      start = now ();
      ph_neighbours_free (
          ph_neighbours_find (base, queries, PH_METRIC_EUCLIDEAN, k, NULL, NULL, NULL));
      ours.push_back (queries->n / (now () - start));
    }
  printf ("{\"what\": \"exact\", \"size\": %zu, \"k\": %u, \"threads\": %u, \"ours\": %.1f, "
          "\"gemm\": %.1f, \"ratio\": %.3f}\n",
          base->size, k, threads, median (ours), median (plain), median (ours) / median (plain));
  fflush (stdout);
}

static void
measure_index (PhHnsw *hnsw, Direct *direct, const PhVectors *base, const PhVectors *queries,
               guint k, guint threads)
{
  PhNeighbours *truth =
      ph_neighbours_find (base, queries, PH_METRIC_EUCLIDEAN, k, NULL, NULL, NULL);
  double at_95[2] = { 0, 0 };

  for (guint ef = k; ef <= 40 * k; ef = (guint)(ef * 1.15 + 1))
    {
      std::vector<double> ours, theirs;
      double recall[2] = { 0, 0 };

      for (int round = 0; round < ROUNDS; round++)
        {
          double start = now ();
          PhNeighbours *found = ph_hnsw_search (hnsw, queries, k, ef, NULL, NULL);

          ours.push_back (queries->n / (now () - start));
          recall[0] = ph_recall (truth, found);
          ph_neighbours_free (found);
          start = now ();
          found = search_direct (direct, queries, k, ef, threads);
          theirs.push_back (queries->n / (now () - start));
          recall[1] = ph_recall (truth, found);
          ph_neighbours_free (found);
        }
      for (int i = 0; i < 2; i++)
        if (recall[i] >= 0.95 && at_95[i] == 0)
          at_95[i] = median (i == 0 ? ours : theirs);
      printf ("{\"what\": \"index\", \"size\": %zu, \"k\": %u, \"ef\": %u, \"threads\": %u, "
              "\"ours\": %.1f, \"hnswlib\": %.1f, \"ratio\": %.3f, \"recall_ours\": %.4f, "
              "\"recall_hnswlib\": %.4f}\n",
              base->size, k, ef, threads, median (ours), median (theirs),
              median (ours) / median (theirs), recall[0], recall[1]);
      fflush (stdout);
      if (recall[0] > 0.97 && recall[1] > 0.97)
        break;
    }
  printf ("{\"what\": \"index at recall 0.95\", \"size\": %zu, \"k\": %u, \"threads\": %u, "
          "\"ours\": %.1f, \"hnswlib\": %.1f, \"ratio\": %.3f}\n",
          base->size, k, threads, at_95[0], at_95[1], at_95[0] / at_95[1]);
  fflush (stdout);
  ph_neighbours_free (truth);
}

static bool
exists (const std::string &path)
{
  return g_file_test (path.c_str (), G_FILE_TEST_EXISTS);
}

/* Builds both, or takes those of an earlier run. */
static void
get_indices (hnswlib::L2Space *space, const PhVectors *base, guint threads,
             const std::string &prefix, PhHnsw **hnsw, Direct **direct)
{
  std::string ours = prefix + ".ours", theirs = prefix + ".hnswlib";
  double start = now (), seconds[2] = { 0, 0 };

  if (!prefix.empty () && exists (ours))
    *hnsw = ph_hnsw_load (ours.c_str (), NULL);
  else
    {
      *hnsw = ph_hnsw_new (base->size, PH_METRIC_EUCLIDEAN, M, CONSTRUCTION, NULL);
      ph_hnsw_add (*hnsw, base, NULL, NULL, NULL);
      seconds[0] = now () - start;
      if (!prefix.empty ())
        ph_hnsw_save (*hnsw, ours.c_str (), NULL);
    }
  start = now ();
  if (!prefix.empty () && exists (theirs))
    *direct = new Direct (space, theirs);
  else
    {
      *direct = build_direct (space, base, threads);
      seconds[1] = now () - start;
      if (!prefix.empty ())
        (*direct)->saveIndex (theirs);
    }
  if (seconds[0] > 0 && seconds[1] > 0)
    printf ("{\"what\": \"build\", \"size\": %zu, \"rows\": %zu, \"threads\": %u, "
            "\"ours_s\": %.2f, \"hnswlib_s\": %.2f, \"ratio\": %.3f}\n",
            base->size, base->n, threads, seconds[0], seconds[1], seconds[1] / seconds[0]);
  fflush (stdout);
}

int
main (int argc, char *argv[])
{
  PhVectors base, queries;

  if (argc < 3)
    {
      fprintf (stderr, "bench-neighbours BASE.npy QUERY.npy [K,...] [THREADS,...] [INDEX]\n");
      return 2;
    }

  PhTensor *base_table = load (argv[1], &base), *query_table = load (argv[2], &queries);
  std::vector<guint> ks = numbers (argc > 3 ? argv[3] : "10,100");
  std::vector<guint> threads = numbers (argc > 4 ? argv[4] : "1,2");
  hnswlib::L2Space space (base.size);
  std::string prefix = argc > 5 ? argv[5] : "";
  PhHnsw *hnsw = NULL;
  Direct *direct = NULL;

  ph_parallel_set_threads (threads.back ());
  alone = threads.back () == 1;
  get_indices (&space, &base, threads.back (), prefix, &hnsw, &direct);
  for (guint t : threads)
    for (guint k : ks)
      {
        ph_parallel_set_threads (t);
        alone = t == 1;
        measure_exact (&base, &queries, k, t);
      }
  for (guint t : threads)
    for (guint k : ks)
      {
        ph_parallel_set_threads (t);
        alone = t == 1;
        measure_index (hnsw, direct, &base, &queries, k, t);
      }
  delete direct;
  ph_hnsw_free (hnsw);
  ph_tensor_unref (base_table);
  ph_tensor_unref (query_table);
  return 0;
}
