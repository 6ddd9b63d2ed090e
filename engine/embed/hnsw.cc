#include "embed/hnsw-private.h"

#include <math.h>
#include <string.h>

#include "kernels/distance.h"
#include "kernels/parallel.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <fstream>
#include <iostream>
#include <mutex>
#include <queue>
#include <random>
#include <unordered_map>
#include <vector>
#ifdef __SSE__
#include <immintrin.h>
#endif

/* hnswlib reads the number behind the end of a full list, to fetch in advance what it would name;
 * its lists get room for one. */
static void *
malloc_padded (size_t n)
{
  return malloc (n + sizeof (unsigned int));
}

/* hnswlib is a header whose functions would meet those of another copy, built for other processors,
 * in the same program; these names are ours alone. */
#define hnswlib ph_hnswlib
#define cpuid ph_hnswlib_cpuid
#define xgetbv ph_hnswlib_xgetbv
#define AVXCapable ph_hnswlib_avx_capable
#define AVX512Capable ph_hnswlib_avx512_capable
#define malloc malloc_padded
#include <hnswlib/hnswlib.h>

/* Vectors between two looks whether to go on, for each thread. */
#define BATCH 64

#define FIRST_ROOM 1024
#define HIGHEST_LEVEL 30

/* What hnswlib asks about vectors. Its own distances depend on what the compiler was told; ours are
 * chosen for the processor when the program runs. */
class PhHnswSpace : public hnswlib::SpaceInterface<float>
{
public:
  explicit PhHnswSpace (gsize size) : n (size)
  {
  }

  size_t
  get_data_size () override
  {
    return n * sizeof (float);
  }

  hnswlib::DISTFUNC<float>
  get_dist_func () override
  {
    return ph_distance_func ();
  }

  void *
  get_dist_func_param () override
  {
    return &n;
  }

private:
  gsize n;
};

typedef hnswlib::HierarchicalNSW<float> PhHnswGraph;

struct _PhHnsw
{
  gsize size;
  PhMetric metric;
  guint m, ef_construction;

  /* owned */
  PhHnswSpace *space;
  PhHnswGraph *graph;
};

gboolean
ph_hnsw_is_available (void)
{
  return TRUE;
}

static gboolean
fail (const std::exception &what, GError **error)
{
  g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY, "the index cannot grow: %s", what.what ());
  return FALSE;
}

PhHnsw *
ph_hnsw_new (gsize size, PhMetric metric, guint m, guint ef_construction, GError **error)
{
  g_autoptr (PhHnsw) self = g_new0 (PhHnsw, 1);

  if (size == 0 || size > G_MAXINT32 || m < 2 || m > 200 || ef_construction < 1 ||
      ef_construction > 100000)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "an index takes vectors of 1 number or more, 2 to 200 links and 1 to "
                           "100000 candidates");
      return NULL;
    }
  self->size = size;
  self->metric = metric;
  self->m = m;
  self->ef_construction = ef_construction;
  try
    {
      self->space = new PhHnswSpace (size);
      self->graph = new PhHnswGraph (self->space, FIRST_ROOM, m, ef_construction);
    }
  catch (const std::exception &what)
    {
      fail (what, error);
      return NULL;
    }
  return (PhHnsw *)g_steal_pointer (&self);
}

void
ph_hnsw_free (PhHnsw *self)
{
  if (self == NULL)
    return;
  delete self->graph;
  delete self->space;
  g_free (self);
}

gsize
ph_hnsw_get_n (const PhHnsw *self)
{
  return self->graph->cur_element_count;
}

gsize
ph_hnsw_get_size (const PhHnsw *self)
{
  return self->size;
}

PhMetric
ph_hnsw_get_metric (const PhHnsw *self)
{
  return self->metric;
}

/* Room for so many vectors at least. Throws. */
static void
reserve (PhHnsw *self, gsize n)
{
  if (n > self->graph->max_elements_)
    self->graph->resizeIndex (MAX (n, self->graph->max_elements_ / 2 * 3));
}

/* Adding */

/* In how many layers above the lowest a vector is: one in m goes up, decided by its index, so that
 * neither threads nor how the vectors came in change it (SplitMix64). */
static int
choose_level (gsize index, guint m)
{
  guint64 z = ((guint64)index + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  double u;

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  z ^= z >> 31;
  u = ((z >> 11) + 1) * 0x1p-53;
  return MIN ((int)(-log (u) / log (m)), HIGHEST_LEVEL);
}

struct Addition
{
  PhHnsw *self;
  const float *data;
  gsize first; /* index of the vector at @data */
  gint failed; /* atomic */
};

static void
add_some (gsize begin, gsize end, guint thread, gpointer data)
{
  Addition *addition = (Addition *)data;
  PhHnsw *self = addition->self;
  std::vector<float> unit (self->size);

  try
    {
      for (gsize i = begin; i < end; i++)
        {
          const float *vector = addition->data + i * self->size;
          gsize index = addition->first + i;

          if (self->metric == PH_METRIC_COSINE)
            {
              ph_vectors_normalise (vector, self->size, unit.data ());
              vector = unit.data ();
            }
          self->graph->addPoint (vector, index, choose_level (index, self->m));
        }
    }
  catch (const std::exception &)
    {
      g_atomic_int_set (&addition->failed, TRUE);
    }
}

static gboolean
check_vectors (const PhHnsw *self, const PhVectors *vectors, GError **error)
{
  if (vectors->size == self->size)
    return ph_vectors_check (vectors, error);
  g_set_error (error, PH_ERROR, PH_ERROR_SHAPE_MISMATCH,
               "the index holds vectors of %" G_GSIZE_FORMAT " numbers; these have "
               "%" G_GSIZE_FORMAT,
               self->size, vectors->size);
  return FALSE;
}

gboolean
ph_hnsw_add (PhHnsw *self, const PhVectors *vectors, const PhMonitor *monitor,
             GCancellable *cancellable, GError **error)
{
  gsize start = ph_hnsw_get_n (self), batch = (gsize)BATCH * ph_parallel_get_threads ();

  if (!check_vectors (self, vectors, error))
    return FALSE;
  if (start + vectors->n > G_MAXINT32)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                           "there are too many vectors for an index");
      return FALSE;
    }
  try
    {
      reserve (self, start + vectors->n);
      /* hnswlib would choose levels by itself; times nothing they are 0 unless we say more. */
      self->graph->mult_ = 0;
    }
  catch (const std::exception &what)
    {
      return fail (what, error);
    }
  for (gsize i = 0; i < vectors->n && !ph_monitor_should_stop (monitor);)
    {
      /* The first one is where all others are entered. */
      gsize n = start + i == 0 ? 1 : MIN (batch, vectors->n - i);
      Addition addition = { self, vectors->data + i * self->size, start + i, FALSE };

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      ph_monitor_wait (monitor, cancellable);
      ph_parallel_for (n, 1, add_some, &addition);
      if (addition.failed)
        {
          g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                       "there is no memory for an index of %" G_GSIZE_FORMAT " vectors",
                       start + vectors->n);
          return FALSE;
        }
      i += n;
      ph_monitor_progress (monitor, (double)i / vectors->n, "adding to the index");
    }
  return TRUE;
}

gsize
ph_hnsw_count_common (const PhHnsw *self, const PhVectors *vectors)
{
  gsize n = MIN (ph_hnsw_get_n (self), vectors->n), i = 0;
  g_autofree float *unit = g_new (float, self->size);

  if (vectors->size != self->size)
    return 0;
  for (; i < n; i++)
    {
      const float *vector = vectors->data + i * self->size;
      auto found = self->graph->label_lookup_.find (i);

      if (self->metric == PH_METRIC_COSINE)
        {
          ph_vectors_normalise (vector, self->size, unit);
          vector = unit;
        }
      if (found == self->graph->label_lookup_.end () ||
          memcmp (self->graph->getDataByInternalId (found->second), vector,
                  self->size * sizeof (float)) != 0)
        break;
    }
  return i;
}

/* Searching */

struct Query
{
  PhHnsw *self;
  const PhVectors *queries;
  gsize first;
  guint ef;
  PhNeighbours *result;
  gint failed; /* atomic */
};

typedef std::pair<float, guint32> Hit;

/* In each layer from the top walks to where it is nearest, hnswlib's own way without its counters,
 * which all threads would write to. */
static guint32
descend (const PhHnswGraph *graph, const float *query)
{
  guint32 at = graph->enterpoint_node_;
  float nearest =
      graph->fstdistfunc_ (query, graph->getDataByInternalId (at), graph->dist_func_param_);

  for (int level = graph->maxlevel_; level > 0; level--)
    for (bool moved = true; moved;)
      {
        hnswlib::linklistsizeint *list = graph->get_linklist (at, level);
        guint n = graph->getListCount (list);

        moved = false;
        for (guint i = 1; i <= n; i++)
          {
            float distance = graph->fstdistfunc_ (query, graph->getDataByInternalId (list[i]),
                                                  graph->dist_func_param_);

            if (distance < nearest)
              {
                nearest = distance;
                at = list[i];
                moved = true;
              }
          }
      }
  return at;
}

/* What a queue of hnswlib's holds, in the order of its heap: popping all of it would take as long
 * as a tenth of the search. */
typedef std::priority_queue<Hit, std::vector<Hit>, PhHnswGraph::CompareByFirst> Candidates;

struct OpenCandidates : Candidates
{
  static std::vector<Hit> &
  get_hits (Candidates &candidates)
  {
    return candidates.*&OpenCandidates::c;
  }
};

static void
look_at_all (const PhHnswGraph *graph, const float *query, std::vector<Hit> &hits)
{
  hits.clear ();
  for (guint32 i = 0; i < graph->cur_element_count; i++)
    hits.emplace_back (
        graph->fstdistfunc_ (query, graph->getDataByInternalId (i), graph->dist_func_param_), i);
}

static void
search_one (Query *query, gsize row, const float *vector)
{
  const PhHnswGraph *graph = query->self->graph;
  guint k = query->result->k;
  auto found = graph->searchBaseLayerST<false> (descend (graph, vector), vector, query->ef);
  std::vector<Hit> &hits = OpenCandidates::get_hits (found);
  guint32 *indices = query->result->indices + row * k;
  float *distances = query->result->distances + row * k;

  /* In a graph of islands nothing may lead to some vectors. */
  if (hits.size () < k)
    look_at_all (graph, vector, hits);
  std::partial_sort (hits.begin (), hits.begin () + k, hits.end (),
                     [] (const Hit &a, const Hit &b) { return a.first < b.first; });
  for (guint i = 0; i < k; i++)
    {
      guint32 index = (guint32)graph->getExternalLabel (hits[i].second);
      guint at = i;

      for (; at > 0 && hits[at - 1].first == hits[i].first && indices[at - 1] > index; at--)
        indices[at] = indices[at - 1];
      indices[at] = index;
      /* Of vectors of length 1, |a - b|² = 2 (1 - cos). */
      distances[i] =
          query->self->metric == PH_METRIC_COSINE ? hits[i].first / 2 : sqrtf (hits[i].first);
    }
}

static void
search_some (gsize begin, gsize end, guint thread, gpointer data)
{
  Query *query = (Query *)data;
  gsize size = query->self->size;

  try
    {
      std::vector<float> unit (size);

      for (gsize row = query->first + begin; row < query->first + end; row++)
        {
          const float *vector = query->queries->data + row * size;

          if (query->self->metric == PH_METRIC_COSINE)
            {
              ph_vectors_normalise (vector, size, unit.data ());
              vector = unit.data ();
            }
          search_one (query, row, vector);
        }
    }
  catch (const std::exception &)
    {
      g_atomic_int_set (&query->failed, TRUE);
    }
}

PhNeighbours *
ph_hnsw_search (PhHnsw *self, const PhVectors *queries, guint k, guint ef,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (PhNeighbours) result = NULL;

  if (!check_vectors (self, queries, error))
    return NULL;
  if (k == 0 || k > ph_hnsw_get_n (self))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "%u neighbours were asked for, but there are %" G_GSIZE_FORMAT " vectors", k,
                   ph_hnsw_get_n (self));
      return NULL;
    }
  result = ph_neighbours_new (queries->n, k, error);
  if (result == NULL)
    return NULL;

  Query query = { self, queries, 0, MAX (ef, k), result, FALSE };
  gsize batch = (gsize)BATCH * ph_parallel_get_threads ();

  for (; query.first < queries->n; query.first += batch)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      ph_parallel_for (MIN (batch, queries->n - query.first), 1, search_some, &query);
    }
  if (query.failed)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           "there is no memory to search the index");
      return NULL;
    }
  return (PhNeighbours *)g_steal_pointer (&result);
}

/* Parts, for the file */

gsize
ph_hnsw_get_element_size (const PhHnsw *self)
{
  return self->graph->size_data_per_element_;
}

void
ph_hnsw_get_settings (const PhHnsw *self, guint *m, guint *ef_construction)
{
  *m = self->m;
  *ef_construction = self->ef_construction;
}

gboolean
ph_hnsw_get_parts (const PhHnsw *self, PhHnswParts *parts, GByteArray *levels, GByteArray *links,
                   GError **error)
{
  const PhHnswGraph *graph = self->graph;

  for (gsize i = 0; i < graph->cur_element_count; i++)
    {
      guint8 level = (guint8)graph->element_levels_[i];
      gsize bytes = level * graph->size_links_per_element_;

      if (bytes > G_MAXUINT32 - links->len)
        {
          g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                               "the index is too large to be saved");
          return FALSE;
        }
      g_byte_array_append (levels, &level, 1);
      if (bytes > 0)
        g_byte_array_append (links, (const guint8 *)graph->linkLists_[i], (guint)bytes);
    }
  parts->n = graph->cur_element_count;
  parts->layer = graph->data_level0_memory_;
  parts->levels = levels->data;
  parts->links = links->data;
  parts->n_links = links->len;
  parts->highest = graph->maxlevel_;
  parts->entry = graph->enterpoint_node_;
  return TRUE;
}

/* Whether a list of links leads only to vectors that are in its layer. */
static gboolean
list_is_good (const PhHnswGraph *graph, const guint32 *list, int level, gsize most)
{
  gsize n = graph->cur_element_count, length = list[0];

  if (length > most) /* also where the bits above the length mark a deleted vector */
    return FALSE;
  for (gsize i = 1; i <= length; i++)
    if (list[i] >= n || graph->element_levels_[list[i]] < level)
      return FALSE;
  return TRUE;
}

static gboolean
graph_is_good (PhHnswGraph *graph)
{
  gsize n = graph->cur_element_count;

  if (n == 0)
    return TRUE;
  if (graph->enterpoint_node_ >= n || graph->maxlevel_ < 0 ||
      graph->element_levels_[graph->enterpoint_node_] != graph->maxlevel_ ||
      graph->label_lookup_.size () != n)
    return FALSE;
  for (guint32 i = 0; i < n; i++)
    {
      if (graph->getExternalLabel (i) >= n || graph->element_levels_[i] > graph->maxlevel_ ||
          !list_is_good (graph, graph->get_linklist0 (i), 0, graph->maxM0_))
        return FALSE;
      for (int level = 1; level <= graph->element_levels_[i]; level++)
        if (!list_is_good (graph, graph->get_linklist (i, level), level, graph->maxM_))
          return FALSE;
    }
  return TRUE;
}

/* FALSE when the parts do not fit together. Throws. */
static gboolean
fill (PhHnswGraph *graph, const PhHnswParts *parts)
{
  gsize at = 0;

  memcpy (graph->data_level0_memory_, parts->layer, parts->n * graph->size_data_per_element_);
  for (gsize i = 0; i < parts->n; i++)
    {
      gsize bytes = parts->levels[i] * graph->size_links_per_element_;

      if (bytes > parts->n_links - at)
        return FALSE;
      graph->element_levels_[i] = 0;
      graph->cur_element_count = i + 1;
      if (bytes > 0)
        {
          graph->linkLists_[i] = (char *)malloc (bytes);
          if (graph->linkLists_[i] == NULL)
            throw std::bad_alloc ();
          graph->element_levels_[i] = parts->levels[i];
          memcpy (graph->linkLists_[i], parts->links + at, bytes);
          at += bytes;
        }
      graph->label_lookup_[graph->getExternalLabel ((guint32)i)] = (guint32)i;
    }
  graph->maxlevel_ = parts->highest;
  graph->enterpoint_node_ = parts->entry;
  return at == parts->n_links && graph_is_good (graph);
}

gboolean
ph_hnsw_set_parts (PhHnsw *self, const PhHnswParts *parts, GError **error)
{
  try
    {
      reserve (self, parts->n);
      if (fill (self->graph, parts))
        return TRUE;
      g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, "links lead nowhere");
      return FALSE;
    }
  catch (const std::exception &what)
    {
      return fail (what, error);
    }
}
