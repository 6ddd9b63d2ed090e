/* Exact search against a loop over all vectors in double precision; the index against exact search;
 * its file against damage. */

#include "engine/engine.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "kernels/distance.h"

static float *
make_vectors (gsize n, gsize size, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  float *data = g_new (float, n *size);

  /* Far from the origin, where differences of squares lose the most. */
  for (gsize i = 0; i < n * size; i++)
    data[i] = 3 + (float)g_rand_double (rand);
  return data;
}

typedef struct
{
  double distance;
  guint32 index;
} Plain;

static int
compare_plain (gconstpointer a, gconstpointer b)
{
  const Plain *x = a, *y = b;

  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

static double
plain_distance (const float *a, const float *b, gsize size, PhMetric metric)
{
  double sum = 0, aa = 0, bb = 0, ab = 0;

  for (gsize i = 0; i < size; i++)
    {
      sum += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
      aa += (double)a[i] * a[i];
      bb += (double)b[i] * b[i];
      ab += (double)a[i] * b[i];
    }
  if (metric == PH_METRIC_EUCLIDEAN)
    return sqrt (sum);
  return aa > 0 && bb > 0 ? CLAMP (1 - ab / (sqrt (aa) * sqrt (bb)), 0, 2) : 1;
}

static void
compare (const PhVectors *base, const PhVectors *queries, PhMetric metric, guint k)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhNeighbours) found =
      ph_neighbours_find (base, queries, metric, k, NULL, NULL, &error);
  g_autofree Plain *all = g_new (Plain, base->n);

  g_assert_no_error (error);
  g_assert_cmpuint (found->n, ==, queries->n);
  for (gsize q = 0; q < queries->n; q++)
    {
      for (guint32 i = 0; i < base->n; i++)
        all[i] = (Plain){ plain_distance (queries->data + q * base->size,
                                          base->data + i * base->size, base->size, metric),
                          i };
      qsort (all, base->n, sizeof *all, compare_plain);
      for (guint i = 0; i < k; i++)
        {
          g_assert_cmpuint (found->indices[q * k + i], ==, all[i].index);
          g_assert_cmpfloat (found->distances[q * k + i], ==, (float)all[i].distance);
        }
    }
}

/* Sizes on both sides of blocks and vectors; the first and the last k. */
static void
test_exact (void)
{
  static const struct
  {
    gsize n, m, size;
    guint k;
  } cases[] = { { 1, 1, 1, 1 },      { 7, 3, 5, 7 },       { 2049, 13, 33, 10 },
                { 500, 257, 17, 3 }, { 300, 5, 784, 100 }, { 2048, 3, 64, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int metric = 0; metric < 2; metric++)
      {
        g_autofree float *base = make_vectors (cases[i].n, cases[i].size, i);
        g_autofree float *queries = make_vectors (cases[i].m, cases[i].size, i + 100);

        compare (&(PhVectors){ base, cases[i].n, cases[i].size },
                 &(PhVectors){ queries, cases[i].m, cases[i].size }, (PhMetric)metric, cases[i].k);
      }
}

/* Whole numbers: many vectors at the same distance, and many that are the same. */
static void
test_ties (void)
{
  const gsize n = 5000, size = 3, m = 20;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autofree float *base = g_new (float, n *size);
  g_autofree float *zeros = g_new0 (float, n *size);

  for (gsize i = 0; i < n * size; i++)
    base[i] = (float)g_rand_int_range (rand, 0, 4);
  for (int metric = 0; metric < 2; metric++)
    {
      compare (&(PhVectors){ base, n, size }, &(PhVectors){ base, m, size }, (PhMetric)metric, 150);
      compare (&(PhVectors){ zeros, n, size }, &(PhVectors){ base, 2, size }, (PhMetric)metric, 9);
      compare (&(PhVectors){ base, n, size }, &(PhVectors){ zeros, 1, size }, (PhMetric)metric, 9);
    }
}

/* Vectors that differ less than the rounding of a product of theirs. */
static void
test_near (void)
{
  const gsize n = 300, size = 50;
  g_autofree float *base = g_new (float, n *size);

  for (gsize i = 0; i < n; i++)
    for (gsize j = 0; j < size; j++)
      base[i * size + j] = 1000 + (j == i % size ? 1e-4f * (float)(i * 7 % n) : 0);
  compare (&(PhVectors){ base, n, size }, &(PhVectors){ base, 30, size }, PH_METRIC_EUCLIDEAN, 20);
}

static void
test_levels (void)
{
  const gsize n = 700, size = 37;
  g_autofree float *base = make_vectors (n, size, 8);
  PhCpuLevel best = ph_cpu_level ();

  for (int level = PH_CPU_PORTABLE; level <= (int)best; level++)
    {
      ph_cpu_set_level ((PhCpuLevel)level);
      for (gsize length = 1; length <= size; length++)
        {
          double wanted = plain_distance (base, base + size, length, PH_METRIC_EUCLIDEAN);
          float found = ph_distance_func () (base, base + size, &length);

          g_assert_cmpfloat_with_epsilon (found, (float)(wanted * wanted), 1e-5);
        }
      compare (&(PhVectors){ base, n, size }, &(PhVectors){ base, 9, size }, PH_METRIC_COSINE, 5);
    }
  ph_cpu_set_level (best);
}

static void
assert_refused (const PhVectors *base, const PhVectors *queries, guint k, int code,
                const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ph_neighbours_find (base, queries, PH_METRIC_EUCLIDEAN, k, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

static void
test_refused (void)
{
  float data[12] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3 };
  PhVectors good = { data, 4, 3 }, other = { data, 3, 4 };
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  PhMetric metric;

  assert_refused (&good, &other, 1, PH_ERROR_SHAPE_MISMATCH, "of 4 numbers");
  assert_refused (&good, &good, 5, PH_ERROR_DATA_INVALID, "there are 4 vectors");
  assert_refused (&good, &good, 0, PH_ERROR_DATA_INVALID, "0 neighbours");
  g_cancellable_cancel (cancelled);
  g_assert_null (ph_neighbours_find (&good, &good, PH_METRIC_COSINE, 1, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  data[7] = NAN;
  assert_refused (&good, &good, 1, PH_ERROR_DATA_INVALID, "vector 2 holds");
  data[7] = -INFINITY;
  assert_refused (&good, &good, 1, PH_ERROR_DATA_INVALID, "vector 2 holds");
  data[7] = 1e20f;
  assert_refused (&good, &good, 1, PH_ERROR_DATA_INVALID, "too long");
  g_assert_true (ph_metric_parse ("cosine", &metric, NULL) && metric == PH_METRIC_COSINE);
  g_assert_false (ph_metric_parse ("manhattan", &metric, &error));
  g_assert_nonnull (strstr (error->message, "euclidean"));
}

static void
test_selves (void)
{
  /* Two that are the same: each is the other's nearest. */
  const float data[] = { 0, 0, 5, 5, 0, 0, 1, 0 };
  PhVectors all = { data, 4, 2 };
  PhNeighbours *with = ph_neighbours_find (&all, &all, PH_METRIC_EUCLIDEAN, 3, NULL, NULL, NULL);
  g_autoptr (PhNeighbours) without = ph_neighbours_leave_out_selves (with, NULL);
  const guint32 wanted[] = { 2, 3, 3, 0, 0, 3, 0, 2 };

  g_assert_cmpuint (without->k, ==, 2);
  g_assert_cmpmem (without->indices, 8 * sizeof (guint32), wanted, sizeof wanted);
  g_assert_cmpfloat (without->distances[0], ==, 0);
}

/* The index */

#define SKIP_WITHOUT_HNSW()                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (!ph_hnsw_is_available ())                                                                  \
      {                                                                                            \
        g_test_skip ("built without hnswlib");                                                     \
        return;                                                                                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

static PhHnsw *
make_index (const PhVectors *base, PhMetric metric)
{
  g_autoptr (GError) error = NULL;
  PhHnsw *hnsw = ph_hnsw_new (base->size, metric, 16, 100, &error);

  g_assert_no_error (error);
  g_assert_true (ph_hnsw_add (hnsw, base, NULL, NULL, &error));
  g_assert_no_error (error);
  return hnsw;
}

static void
assert_same (const PhNeighbours *a, const PhNeighbours *b)
{
  g_assert_cmpmem (a->indices, a->n * a->k * 4, b->indices, b->n * b->k * 4);
  g_assert_cmpmem (a->distances, a->n * a->k * 4, b->distances, b->n * b->k * 4);
}

static void
test_index (void)
{
  SKIP_WITHOUT_HNSW ();

  const gsize n = 3000, size = 24, m = 100;
  g_autofree float *base = make_vectors (n, size, 1);
  g_autofree float *queries = make_vectors (m, size, 2);
  PhVectors all = { base, n, size }, asked = { queries, m, size };

  for (int metric = 0; metric < 2; metric++)
    {
      g_autoptr (PhHnsw) hnsw = make_index (&all, (PhMetric)metric);
      g_autoptr (PhNeighbours) truth =
          ph_neighbours_find (&all, &asked, (PhMetric)metric, 10, NULL, NULL, NULL);
      g_autoptr (PhNeighbours) few = ph_hnsw_search (hnsw, &asked, 10, 10, NULL, NULL);
      g_autoptr (PhNeighbours) many = ph_hnsw_search (hnsw, &asked, 10, 3000, NULL, NULL);
      g_autoptr (GError) error = NULL;
      double reached;
      guint ef;

      /* All candidates kept in mind: nothing is missed. */
      g_assert_cmpfloat (ph_recall (truth, few), <, 1);
      g_assert_cmpfloat (ph_recall (truth, few), >, 0.3);
      g_assert_cmpfloat (ph_recall (truth, many), ==, 1);
      for (gsize i = 0; i < m * 10; i++)
        {
          g_assert_cmpuint (many->indices[i], ==, truth->indices[i]);
          g_assert_cmpfloat_with_epsilon (many->distances[i], truth->distances[i], 1e-5);
        }

      /* The smallest ef for a recall: it reaches it, one less does not. */
      ef = ph_recall_choose_ef (hnsw, &asked, truth, 0.95, &reached, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (ef, >, 10);
      g_assert_cmpfloat (reached, >=, 0.95);

      g_autoptr (PhNeighbours) less = ph_hnsw_search (hnsw, &asked, 10, ef - 1, NULL, NULL);

      g_assert_cmpfloat (ph_recall (truth, less), <, 0.95);
    }
}

static void
test_incremental (void)
{
  SKIP_WITHOUT_HNSW ();

  const gsize n = 2500, size = 9;
  g_autofree float *base = make_vectors (n, size, 3);
  PhVectors all = { base, n, size }, first = { base, 700, size },
            rest = { base + 700 * size, n - 700, size }, asked = { base, 40, size };
  g_autoptr (PhHnsw) grown = NULL, whole = NULL;
  g_autoptr (PhNeighbours) a = NULL, b = NULL;

  ph_parallel_push_alone ();
  grown = make_index (&first, PH_METRIC_EUCLIDEAN);
  g_assert_cmpuint (ph_hnsw_count_common (grown, &all), ==, 700);
  g_assert_true (ph_hnsw_add (grown, &rest, NULL, NULL, NULL));
  whole = make_index (&all, PH_METRIC_EUCLIDEAN);
  ph_parallel_pop_alone ();
  g_assert_cmpuint (ph_hnsw_get_n (grown), ==, n);
  g_assert_cmpuint (ph_hnsw_count_common (grown, &all), ==, n);

  /* One thread: the same graph, however the vectors came. */
  a = ph_hnsw_search (grown, &asked, 5, 6, NULL, NULL);
  b = ph_hnsw_search (whole, &asked, 5, 6, NULL, NULL);
  assert_same (a, b);
  base[3 * size] += 1;
  g_assert_cmpuint (ph_hnsw_count_common (grown, &all), ==, 3);
}

/* The same vector many times leaves islands that no link leads to; there are still k neighbours. */
static void
test_islands (void)
{
  SKIP_WITHOUT_HNSW ();

  const gsize n = 400;
  g_autofree float *base = g_new0 (float, n * 2);
  PhVectors all = { base, n, 2 }, asked = { base, 1, 2 };
  g_autoptr (PhHnsw) hnsw = NULL;
  g_autoptr (PhNeighbours) found = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (gsize i = 0; i < n; i++)
    base[2 * i] = (float)(i % 3);
  hnsw = make_index (&all, PH_METRIC_EUCLIDEAN);
  found = ph_hnsw_search (hnsw, &asked, (guint)n, (guint)n, NULL, NULL);
  for (gsize i = 0; i < n; i++)
    g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (found->indices[i])));
}

static void
test_file (void)
{
  SKIP_WITHOUT_HNSW ();

  const gsize n = 600, size = 7;
  g_autofree float *base = make_vectors (n, size, 4);
  PhVectors all = { base, n, size }, asked = { base, 30, size };
  g_autofree char *folder = g_dir_make_tmp ("phosphene-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "index.hnsw", NULL);
  g_autoptr (PhHnsw) hnsw = make_index (&all, PH_METRIC_COSINE), read = NULL;
  g_autoptr (PhNeighbours) a = NULL, b = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (ph_hnsw_save (hnsw, path, &error));
  g_assert_no_error (error);
  read = ph_hnsw_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ph_hnsw_get_n (read), ==, n);
  g_assert_cmpint (ph_hnsw_get_metric (read), ==, PH_METRIC_COSINE);
  g_assert_cmpuint (ph_hnsw_count_common (read, &all), ==, n);
  a = ph_hnsw_search (hnsw, &asked, 6, 8, NULL, NULL);
  b = ph_hnsw_search (read, &asked, 6, 8, NULL, NULL);
  assert_same (a, b);

  /* It goes on growing. */
  g_assert_true (ph_hnsw_add (read, &asked, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ph_hnsw_get_n (read), ==, n + 30);

  /* A byte wrong anywhere, or the end missing. */
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  for (guint i = 0; i < 200; i++)
    {
      gsize at = i < 100 ? (gsize)i * 3 : (gsize)g_test_rand_int_range (0, (int)length);

      content[at] ^= 0x10;
      g_assert_true (g_file_set_contents (path, content, (gssize)length, NULL));
      content[at] ^= 0x10;
      g_assert_null (ph_hnsw_load (path, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_assert_nonnull (strstr (error->message, "index.hnsw"));
      g_clear_error (&error);
    }
  for (gsize cut = 0; cut < length; cut += length / 23)
    {
      g_assert_true (g_file_set_contents (path, content, (gssize)cut, NULL));
      g_assert_null (ph_hnsw_load (path, &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_clear_error (&error);
    }
  g_assert_true (g_file_set_contents (path, "\x93NUMPY", 6, NULL));
  g_assert_null (ph_hnsw_load (path, &error));
  g_assert_nonnull (strstr (error->message, "is no index"));
  g_clear_error (&error);
  g_unlink (path);
  g_assert_null (ph_hnsw_load (path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_false (ph_hnsw_save (hnsw, folder, &error));
  g_assert_nonnull (error);
  g_rmdir (folder);
}

static gboolean
stop_now (gpointer data)
{
  guint *looks = data;

  return ++*looks > 3;
}

static void
test_stop (void)
{
  SKIP_WITHOUT_HNSW ();

  const gsize n = 4000, size = 8;
  g_autofree float *base = make_vectors (n, size, 6);
  PhVectors all = { base, n, size }, part = { base, 5, size };
  guint looks = 0;
  PhMonitor monitor = { .should_stop = stop_now, .data = &looks };
  g_autoptr (PhHnsw) hnsw = ph_hnsw_new (size, PH_METRIC_EUCLIDEAN, 8, 40, NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (ph_hnsw_add (hnsw, &all, &monitor, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ph_hnsw_get_n (hnsw), >, 0);
  g_assert_cmpuint (ph_hnsw_get_n (hnsw), <, n);
  g_assert_cmpuint (ph_hnsw_count_common (hnsw, &all), ==, ph_hnsw_get_n (hnsw));
  g_cancellable_cancel (cancelled);
  g_assert_false (ph_hnsw_add (hnsw, &part, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ph_hnsw_search (hnsw, &part, 2, 2, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ph_hnsw_new (0, PH_METRIC_EUCLIDEAN, 8, 40, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

static void
on_measured (const PhRecallPoint *point, gpointer data)
{
  g_array_append_val ((GArray *)data, *point);
}

static void
test_curve (void)
{
  SKIP_WITHOUT_HNSW ();

  const gsize n = 1500, size = 20;
  g_autofree float *base = make_vectors (n, size, 7);
  PhVectors all = { base, n, size }, asked = { base, 50, size };
  g_autoptr (PhHnsw) hnsw = make_index (&all, PH_METRIC_EUCLIDEAN);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) told = g_array_new (FALSE, FALSE, sizeof (PhRecallPoint));
  g_autoptr (GArray) curve =
      ph_recall_measure_curve (hnsw, &all, &asked, 10, on_measured, told, NULL, NULL, &error);
  const PhRecallPoint *points = (const PhRecallPoint *)(gpointer)curve->data;

  g_assert_no_error (error);
  g_assert_cmpuint (curve->len, >=, 3);
  g_assert_cmpmem (told->data, told->len * sizeof (PhRecallPoint), curve->data,
                   curve->len * sizeof (PhRecallPoint));
  g_assert_cmpuint (points[0].ef, ==, 0);
  g_assert_cmpfloat (points[0].recall, ==, 1);
  g_assert_cmpuint (points[1].ef, ==, 10);
  for (guint i = 1; i < curve->len; i++)
    {
      g_assert_cmpuint (points[i].ef, >, points[i - 1].ef);
      g_assert_cmpfloat (points[i].speed, >, 0);
    }
  g_assert_cmpfloat (points[curve->len - 1].recall, >=, 0.999);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/neighbours/exact", test_exact);
  g_test_add_func ("/neighbours/ties", test_ties);
  g_test_add_func ("/neighbours/near", test_near);
  g_test_add_func ("/neighbours/levels", test_levels);
  g_test_add_func ("/neighbours/refused", test_refused);
  g_test_add_func ("/neighbours/selves", test_selves);
  g_test_add_func ("/neighbours/index", test_index);
  g_test_add_func ("/neighbours/incremental", test_incremental);
  g_test_add_func ("/neighbours/islands", test_islands);
  g_test_add_func ("/neighbours/file", test_file);
  g_test_add_func ("/neighbours/stop", test_stop);
  g_test_add_func ("/neighbours/curve", test_curve);
  return g_test_run ();
}
