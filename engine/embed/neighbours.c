#include "embed/neighbours.h"

#include <glib/gi18n.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/distance.h"
#include "kernels/gemm.h"
#include "kernels/parallel.h"

/* Rows of a block of either table: the products of two blocks stay in the cache. */
#define BASE_BLOCK 2048
#define QUERY_BLOCK 256

/* Results */

PhNeighbours *
ph_neighbours_new (gsize n, guint k, GError **error)
{
  PhNeighbours *neighbours = g_new0 (PhNeighbours, 1);

  neighbours->n = n;
  neighbours->k = k;
  if (k == 0 || n <= G_MAXSIZE / sizeof (float) / k)
    {
      neighbours->indices = g_try_new0 (guint32, n * k);
      neighbours->distances = g_try_new0 (float, n *k);
    }
  if (n * k == 0 || (neighbours->indices != NULL && neighbours->distances != NULL))
    return neighbours;
  ph_neighbours_free (neighbours);
  g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
               "there is no memory for %u neighbours of %" G_GSIZE_FORMAT " vectors", k, n);
  return NULL;
}

void
ph_neighbours_free (PhNeighbours *neighbours)
{
  if (neighbours == NULL)
    return;
  g_free (neighbours->indices);
  g_free (neighbours->distances);
  g_free (neighbours);
}

PhNeighbours *
ph_neighbours_leave_out_selves (PhNeighbours *neighbours, GError **error)
{
  g_autoptr (PhNeighbours) with = neighbours;
  PhNeighbours *without = ph_neighbours_new (with->n, with->k - 1, error);

  for (gsize i = 0; without != NULL && i < with->n; i++)
    for (gsize from = 0, to = 0; from < with->k && to < without->k; from++)
      if (with->indices[i * with->k + from] != i)
        {
          without->indices[i * without->k + to] = with->indices[i * with->k + from];
          without->distances[i * without->k + to++] = with->distances[i * with->k + from];
        }
  return without;
}

/* Searching.  For a query q, vectors x are ordered by
 *
 *   euclidean  |x|² - 2 q·x         (|q|² is the same for all)
 *   cosine     1 - q·x / |x|        (q of length 1; 1 for zeros)
 *
 * so by  scale * (q·x) + shift  with numbers that belong to x. */

typedef struct
{
  float score;
  guint32 index;
} Candidate;

/* Who may be among the nearest of one query. */
typedef struct
{
  Candidate *items; /* owned */
  gsize n, room;
  float limit;  /* no score above it is of interest any more */
  float margin; /* by how much two scores may be in the wrong order */
} Candidates;

typedef struct
{
  const PhVectors *base, *queries;
  PhMetric metric;
  guint k;
  float *scale, *shift; /* owned: of all base vectors */
  double longest;       /* of the base vectors */

  /* a block of queries */
  gsize first, n_queries;
  float *block; /* owned: queries as they are multiplied */
  Candidates candidates[QUERY_BLOCK];

  /* a block of base vectors */
  gsize begin, n_base;
  float *products; /* owned */
  PhNeighbours *result;
} Search;

static void
describe_base (gsize begin, gsize end, guint thread, gpointer data)
{
  Search *self = data;

  for (gsize i = begin; i < end; i++)
    {
      double square = ph_vector_square (self->base->data + i * self->base->size, self->base->size);

      self->scale[i] = self->metric == PH_METRIC_EUCLIDEAN ? -2.0f
                       : square > 0                        ? (float)(-1 / sqrt (square))
                                                           : 0;
      self->shift[i] = self->metric == PH_METRIC_EUCLIDEAN ? (float)square : 1;
    }
}

/* The k-th smallest score (Hoare's selection). */
static float
find_kth (Candidate *items, gsize n, gsize k)
{
  gssize low = 0, high = (gssize)n - 1, wanted = (gssize)k - 1;

  while (low < high)
    {
      float pivot = items[low + (high - low) / 2].score;
      gssize i = low, j = high;

      while (i <= j)
        {
          while (items[i].score < pivot)
            i++;
          while (items[j].score > pivot)
            j--;
          if (i > j)
            break;

          Candidate held = items[i];

          items[i++] = items[j];
          items[j--] = held;
        }
      if (wanted <= j)
        high = j;
      else if (wanted >= i)
        low = i;
      else
        break;
    }
  return items[wanted].score;
}

/* Forgets those that cannot be among the nearest, and makes room. */
static void
prune (Candidates *c, guint k)
{
  gsize kept = 0;

  if (c->n >= k)
    {
      c->limit = MIN (c->limit, find_kth (c->items, c->n, k) + c->margin);
      for (gsize i = 0; i < c->n; i++)
        if (c->items[i].score <= c->limit)
          c->items[kept++] = c->items[i];
      c->n = kept;
    }
  /* Many at one distance: all of them may be wanted. */
  if (c->n * 2 > c->room)
    {
      c->room *= 2;
      c->items = g_renew (Candidate, c->items, c->room);
    }
}

static void
select_candidates (gsize begin, gsize end, guint thread, gpointer data)
{
  Search *self = data;
  guint32 found[BASE_BLOCK];

  for (gsize q = begin; q < end; q++)
    {
      Candidates *c = &self->candidates[q];
      const float *row = self->products + q * self->n_base;
      const float *scale = self->scale + self->begin, *shift = self->shift + self->begin;
      gsize n = ph_select_below (self->n_base, row, scale, shift, c->limit, found);

      for (gsize i = 0; i < n; i++)
        {
          float score = row[found[i]] * scale[found[i]] + shift[found[i]];

          if (score > c->limit)
            continue;
          c->items[c->n++] = (Candidate){ score, (guint32)(self->begin + found[i]) };
          if (c->n == c->room)
            prune (c, self->k);
        }
    }
}

typedef struct
{
  double distance;
  guint32 index;
} Exact;

static int
compare_exact (gconstpointer a, gconstpointer b)
{
  const Exact *x = a, *y = b;

  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

/* Sums side by side: one alone would wait for the addition before it. */
#define SUMS 8

static double
add_up (const double sums[SUMS])
{
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

static double
measure (const Search *self, const float *q, const float *x)
{
  double dots[SUMS] = { 0 }, squares[SUMS] = { 0 }, dot, sum;

  if (self->metric == PH_METRIC_EUCLIDEAN)
    {
      for (gsize i = 0; i < self->base->size; i++)
        {
          double d = (double)q[i] - x[i];

          squares[i % SUMS] += d * d;
        }
      return sqrt (add_up (squares));
    }
  for (gsize i = 0; i < self->base->size; i++)
    dots[i % SUMS] += (double)q[i] * x[i];
  dot = add_up (dots);
  sum =
      sqrt (ph_vector_square (q, self->base->size)) * sqrt (ph_vector_square (x, self->base->size));
  return sum > 0 ? CLAMP (1 - dot / sum, 0, 2) : 1;
}

static void
finish_queries (gsize begin, gsize end, guint thread, gpointer data)
{
  Search *self = data;

  for (gsize q = begin; q < end; q++)
    {
      Candidates *c = &self->candidates[q];
      gsize row = self->first + q;

      prune (c, self->k);

      g_autofree Exact *exact = g_new (Exact, c->n);

      for (gsize i = 0; i < c->n; i++)
        exact[i] =
            (Exact){ measure (self, self->queries->data + row * self->queries->size,
                              self->base->data + (gsize)c->items[i].index * self->base->size),
                     c->items[i].index };
      qsort (exact, c->n, sizeof *exact, compare_exact);
      for (guint i = 0; i < self->k; i++)
        {
          self->result->indices[row * self->k + i] = exact[i].index;
          self->result->distances[row * self->k + i] = (float)exact[i].distance;
        }
    }
}

/* By how much rounding may have changed a score: that of a product of n numbers is at most n times
 * half a unit in the last place of |q| |x|, whatever the order of its sum (Higham 2002, 3.1);
 * norms, scaling and the sum with the shift add a few more. Twice that, as two scores are compared.
 */
static float
find_margin (const Search *self, double length)
{
  double unit = FLT_EPSILON / 2, terms = (double)self->base->size + 8;
  double product = self->metric == PH_METRIC_EUCLIDEAN ? 2 * length * self->longest : 1;
  double square = self->metric == PH_METRIC_EUCLIDEAN ? self->longest * self->longest : 1;

  return (float)(2 * unit * (terms * product + 4 * square));
}

static void
begin_queries (Search *self, gsize first)
{
  gsize size = self->queries->size;

  self->first = first;
  self->n_queries = MIN (QUERY_BLOCK, self->queries->n - first);
  for (gsize q = 0; q < self->n_queries; q++)
    {
      const float *from = self->queries->data + (first + q) * size;
      Candidates *c = &self->candidates[q];

      if (self->metric == PH_METRIC_COSINE)
        ph_vectors_normalise (from, size, self->block + q * size);
      else
        memcpy (self->block + q * size, from, size * sizeof (float));
      c->n = 0;
      c->limit = INFINITY;
      c->margin = find_margin (self, sqrt (ph_vector_square (from, size)));
    }
}

static gboolean
search_block (Search *self, const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  const PhVectors *base = self->base;

  for (self->begin = 0; self->begin < base->n; self->begin += self->n_base)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      ph_monitor_wait (monitor, cancellable);
      self->n_base = MIN (BASE_BLOCK, base->n - self->begin);
      ph_gemm (FALSE, TRUE, self->n_queries, self->n_base, base->size, 1, self->block, base->size,
               base->data + self->begin * base->size, base->size, 0, self->products, self->n_base);
      ph_parallel_for (self->n_queries, 8, select_candidates, self);
    }
  ph_parallel_for (self->n_queries, 1, finish_queries, self);
  return TRUE;
}

static gboolean
check (const PhVectors *base, const PhVectors *queries, guint k, GError **error)
{
  if (base->size != queries->size)
    g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
                 "vectors of %" G_GSIZE_FORMAT " numbers cannot be compared with vectors of "
                 "%" G_GSIZE_FORMAT,
                 queries->size, base->size);
  else if (k == 0 || k > base->n)
    g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                 "%u neighbours were asked for, but there are %" G_GSIZE_FORMAT " vectors", k,
                 base->n);
  else if (base->n > G_MAXUINT32)
    g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "there are too many vectors");
  else
    return ph_vectors_check (base, error) && ph_vectors_check (queries, error);
  return FALSE;
}

static void
search_clear (Search *self)
{
  g_free (self->scale);
  g_free (self->shift);
  g_free (self->block);
  g_free (self->products);
  for (guint q = 0; q < QUERY_BLOCK; q++)
    g_free (self->candidates[q].items);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Search, search_clear)

/* (nullable) */
static Search *
search_new (const PhVectors *base, const PhVectors *queries, PhMetric metric, guint k)
{
  g_autoptr (Search) self = g_new0 (Search, 1);

  self->base = base;
  self->queries = queries;
  self->metric = metric;
  self->k = k;
  self->scale = g_try_new (float, base->n);
  self->shift = g_try_new (float, base->n);
  self->block = g_try_malloc_n (QUERY_BLOCK * MAX (base->size, 1), sizeof (float));
  self->products = g_try_malloc_n (QUERY_BLOCK * BASE_BLOCK, sizeof (float));
  if (self->scale == NULL || self->shift == NULL || self->block == NULL || self->products == NULL)
    return NULL;
  for (guint q = 0; q < MIN (QUERY_BLOCK, queries->n); q++)
    {
      self->candidates[q].room = 2 * (gsize)k + 64;
      self->candidates[q].items = g_try_new (Candidate, self->candidates[q].room);
      if (self->candidates[q].items == NULL)
        return NULL;
    }
  ph_parallel_for (base->n, 256, describe_base, self);
  for (gsize i = 0; i < base->n; i++)
    self->longest = MAX (self->longest, self->shift[i]);
  self->longest = sqrt (self->longest);
  return g_steal_pointer (&self);
}

PhNeighbours *
ph_neighbours_find (const PhVectors *base, const PhVectors *queries, PhMetric metric, guint k,
                    const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhNeighbours) result = NULL;
  g_autoptr (Search) search = NULL;

  if (!check (base, queries, k, error))
    return NULL;
  result = ph_neighbours_new (queries->n, k, error);
  if (result == NULL)
    return NULL;
  search = search_new (base, queries, metric, k);
  if (search == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "there is no memory to search %" G_GSIZE_FORMAT " vectors", base->n);
      return NULL;
    }
  search->result = result;
  for (gsize first = 0; first < queries->n; first += QUERY_BLOCK)
    {
      begin_queries (search, first);
      if (!search_block (search, monitor, cancellable, error))
        return NULL;
      ph_monitor_progress (monitor, (double)(first + search->n_queries) / queries->n,
                           _ ("searching"));
    }
  return g_steal_pointer (&result);
}
