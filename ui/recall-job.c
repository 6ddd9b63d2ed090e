#include "ui/recall-job.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_QUERIES 1000
#define FEWEST 20 /* vectors */
#define ROUNDS 3

/* As is usual for an index, see ph_hnsw_new(). */
#define M 16
#define CONSTRUCTION 200

static const guint ks[] = { 10, 100 };

struct _PhRecallRun
{
  gatomicrefcount refs;
  PhMetric metric;

  /* owned */
  PhTensor *base, *queries;
  PhHnsw *hnsw;
  GArray *points;
  PhNeighbours *truth[G_N_ELEMENTS (ks)]; /* nullable: once somebody has asked */
  GMutex lock;                            /* of truth */
};

PhRecallRun *
ph_recall_run_ref (PhRecallRun *run)
{
  g_atomic_ref_count_inc (&run->refs);
  return run;
}

void
ph_recall_run_unref (PhRecallRun *run)
{
  if (!g_atomic_ref_count_dec (&run->refs))
    return;
  g_clear_pointer (&run->base, ph_tensor_unref);
  g_clear_pointer (&run->queries, ph_tensor_unref);
  g_clear_pointer (&run->hnsw, ph_hnsw_free);
  for (guint i = 0; i < G_N_ELEMENTS (ks); i++)
    g_clear_pointer (&run->truth[i], ph_neighbours_free);
  g_array_unref (run->points);
  g_mutex_clear (&run->lock);
  g_free (run);
}

const GArray *
ph_recall_run_get_points (const PhRecallRun *run)
{
  return run->points;
}

static PhVectors
get_vectors (const PhTensor *table)
{
  return (PhVectors){ table->f, (gsize)table->shape.dim[0], (gsize)table->shape.dim[1] };
}

gsize
ph_recall_run_get_n (const PhRecallRun *run)
{
  return (gsize)run->base->shape.dim[0];
}

gsize
ph_recall_run_get_n_queries (const PhRecallRun *run)
{
  return (gsize)run->queries->shape.dim[0];
}

/* Measuring */

typedef struct
{
  PhEmbedding *embedding; /* owned */
  PhMetric metric;
} Spec;

static void
spec_free (gpointer data)
{
  Spec *spec = data;

  ph_embedding_unref (spec->embedding);
  g_free (spec);
}

/* Every so many-th vector asks, the others are what is searched. */
static gboolean
split (PhRecallRun *run, PhEmbedding *embedding, GError **error)
{
  const gsize size = ph_embedding_get_size (embedding);
  const guint n_all = ph_dataset_get_n_items (ph_embedding_get_dataset (embedding));
  const guint n = n_all - ph_embedding_get_n_failed (embedding);
  const guint n_queries = MIN (MAX (n / 10, 1), MOST_QUERIES);
  PhShape base = PH_SHAPE (n - MIN (n_queries, n), (gint64)size);
  PhShape queries = PH_SHAPE (n_queries, (gint64)size);
  guint seen = 0, asked = 0;

  if (n < FEWEST)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("Measuring takes %d images or more; there are %u"), FEWEST, n);
      return FALSE;
    }
  run->base = ph_tensor_new (PH_TYPE_FLOAT, &base, error);
  run->queries = run->base != NULL ? ph_tensor_new (PH_TYPE_FLOAT, &queries, error) : NULL;
  if (run->queries == NULL)
    return FALSE;
  for (guint i = 0; i < n_all; i++)
    {
      const float *vector = ph_embedding_get_vector (embedding, i);
      const gboolean asks = (guint64)(seen + 1) * n_queries / n > asked;
      PhTensor *table = asks ? run->queries : run->base;

      if (vector == NULL)
        continue;
      memcpy (table->f + (asks ? asked : seen - asked) * size, vector, size * sizeof *vector);
      asked += asks;
      seen++;
    }
  return TRUE;
}

typedef struct
{
  PhRecallRun *run;
  const PhMonitor *monitor;
} Told;

static void
on_measured (const PhRecallPoint *point, gpointer data)
{
  Told *told = data;
  GArray *points = told->run->points;
  float *rows;

  g_array_append_val (points, *point);
  rows = g_new (float, 4 * points->len);
  for (guint i = 0; i < points->len; i++)
    {
      const PhRecallPoint *p = &g_array_index (points, PhRecallPoint, i);

      rows[4 * i] = (float)p->k;
      rows[4 * i + 1] = (float)p->ef;
      rows[4 * i + 2] = (float)p->recall;
      rows[4 * i + 3] = (float)p->speed;
    }

  g_autoptr (GBytes) nothing = g_bytes_new_take (g_malloc0 (3), 3);
  g_autoptr (PhFrame) frame = ph_frame_new (nothing, 1, 1, 0, 0);

  ph_frame_take_map (frame, rows, points->len, 4);
  ph_monitor_frame (told->monitor, frame);
}

static gboolean
measure (PhRecallRun *run, const PhMonitor *monitor, GCancellable *cancellable, GError **error)
{
  PhVectors base = get_vectors (run->base), queries = get_vectors (run->queries);
  Told told = { run, monitor };

  run->hnsw = ph_hnsw_new (base.size, run->metric, M, CONSTRUCTION, error);
  if (run->hnsw == NULL || !ph_hnsw_add (run->hnsw, &base, monitor, cancellable, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (ks) && !ph_monitor_should_stop (monitor); i++)
    {
      g_autoptr (GArray) points = NULL;

      if (ks[i] > base.n)
        continue;
      points = ph_recall_measure_curve (run->hnsw, &base, &queries, ks[i], on_measured, &told,
                                        monitor, cancellable, error);
      if (points == NULL)
        return FALSE;
    }
  return TRUE;
}

static gpointer
run_measuring (const PhMonitor *monitor, GCancellable *cancellable, gpointer data, GError **error)
{
  const Spec *spec = data;
  g_autoptr (PhRecallRun) run = g_new0 (PhRecallRun, 1);

  g_atomic_ref_count_init (&run->refs);
  g_mutex_init (&run->lock);
  run->metric = spec->metric;
  run->points = g_array_new (FALSE, FALSE, sizeof (PhRecallPoint));
  return split (run, spec->embedding, error) && measure (run, monitor, cancellable, error)
             ? g_steal_pointer (&run)
             : NULL;
}

PhJob *
ph_recall_job (PhEmbedding *embedding, PhMetric metric)
{
  Spec *spec = g_new (Spec, 1);

  *spec = (Spec){ ph_embedding_ref (embedding), metric };
  return ph_job_new (_ ("Speed of looking for neighbours"), run_measuring, spec, spec_free,
                     (GDestroyNotify)ph_recall_run_unref);
}

GArray *
ph_recall_points_from_frame (const PhFrame *frame)
{
  GArray *points = g_array_new (FALSE, FALSE, sizeof (PhRecallPoint));
  const float *rows = frame->map != NULL ? g_bytes_get_data (frame->map, NULL) : NULL;

  for (guint i = 0; rows != NULL && i < frame->map_rows; i++)
    {
      const float *row = rows + (gsize)i * frame->map_columns;
      PhRecallPoint point = { (guint)row[0], (guint)row[1], (double)row[2], (double)row[3] };

      g_array_append_val (points, point);
    }
  return points;
}

/* Choosing */

void
ph_recall_wish_free (gpointer data)
{
  PhRecallWish *wish = data;

  ph_recall_run_unref (wish->run);
  g_free (wish);
}

/* What exact search finds, kept for the next wish. */
static const PhNeighbours *
get_truth (PhRecallRun *run, guint k, GCancellable *cancellable, GError **error)
{
  const PhVectors base = get_vectors (run->base), queries = get_vectors (run->queries);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&run->lock);
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (ks) && ks[i] != k)
    i++;
  if (run->truth[i] == NULL)
    run->truth[i] = ph_neighbours_find (&base, &queries, run->metric, k, NULL, cancellable, error);
  return run->truth[i];
}

gpointer
ph_recall_choose (const PhMonitor *monitor, GCancellable *cancellable, gpointer data,
                  GError **error)
{
  const PhRecallWish *wish = data;
  const PhVectors queries = get_vectors (wish->run->queries);
  const PhNeighbours *truth = get_truth (wish->run, wish->k, cancellable, error);
  g_autofree PhRecallPoint *point = g_new0 (PhRecallPoint, 1);

  if (truth == NULL)
    return NULL;
  point->k = wish->k;
  point->ef = ph_recall_choose_ef (wish->run->hnsw, &queries, truth, wish->recall, &point->recall,
                                   cancellable, error);
  if (point->ef == 0)
    return NULL;
  /* The best of some rounds, like the points of the curve. */
  for (guint round = 0; round < ROUNDS; round++)
    {
      const gint64 start = g_get_monotonic_time ();
      g_autoptr (PhNeighbours) found =
          ph_hnsw_search (wish->run->hnsw, &queries, wish->k, point->ef, cancellable, error);

      if (found == NULL)
        return NULL;
      point->speed = MAX (point->speed, (double)queries.n * G_USEC_PER_SEC /
                                            (double)MAX (g_get_monotonic_time () - start, 1));
    }
  return g_steal_pointer (&point);
}
