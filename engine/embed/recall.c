#include "embed/recall.h"

#include <glib/gi18n.h>

#define ROUNDS 3

/* Above this nobody looks closer. */
#define NEARLY_ALL 0.999

/* ef grows by a quarter from point to point: about ten points from half to nearly all. */
#define GROWTH 1.25

/* Two ways to sum up one distance differ by so much. */
#define ROUNDING 1e-5f

double
ph_recall (const PhNeighbours *truth, const PhNeighbours *found)
{
  guint64 hits = 0;

  g_return_val_if_fail (truth->n == found->n && truth->k == found->k, 0);
  for (gsize i = 0; i < truth->n; i++)
    {
      float last = truth->distances[i * truth->k + truth->k - 1];

      for (guint j = 0; j < found->k; j++)
        hits += found->distances[i * found->k + j] <= last + ROUNDING * (1 + last);
    }
  return truth->n * truth->k > 0 ? (double)hits / ((double)truth->n * truth->k) : 1;
}

/* One way to search, exact where @ef is 0. */
static PhNeighbours *
search (PhHnsw *hnsw, const PhVectors *base, const PhVectors *queries, guint k, guint ef,
        GCancellable *cancellable, GError **error)
{
  return ef == 0 ? ph_neighbours_find (base, queries, ph_hnsw_get_metric (hnsw), k, NULL,
                                       cancellable, error)
                 : ph_hnsw_search (hnsw, queries, k, ef, cancellable, error);
}

/* @truth: (inout): set by exact search, compared with otherwise */
static gboolean
measure (PhHnsw *hnsw, const PhVectors *base, const PhVectors *queries, PhRecallPoint *point,
         PhNeighbours **truth, GCancellable *cancellable, GError **error)
{
  for (guint round = 0; round < ROUNDS; round++)
    {
      gint64 start = g_get_monotonic_time ();
      g_autoptr (PhNeighbours) found =
          search (hnsw, base, queries, point->k, point->ef, cancellable, error);
      double seconds = MAX (g_get_monotonic_time () - start, 1) * 1e-6;

      if (found == NULL)
        return FALSE;
      point->speed = MAX (point->speed, queries->n / seconds);
      if (*truth == NULL)
        *truth = g_steal_pointer (&found);
      else
        point->recall = ph_recall (*truth, found);
    }
  return TRUE;
}

GArray *
ph_recall_measure_curve (PhHnsw *hnsw, const PhVectors *base, const PhVectors *queries, guint k,
                         PhRecallMeasured measured, gpointer data, const PhMonitor *monitor,
                         GCancellable *cancellable, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (PhRecallPoint));
  g_autoptr (PhNeighbours) truth = NULL;
  PhRecallPoint point = { .k = k };

  while (!ph_monitor_should_stop (monitor))
    {
      point.recall = point.speed = 0;
      ph_monitor_progress (monitor, -1, point.ef == 0 ? _ ("exact search") : _ ("the index"));
      if (!measure (hnsw, base, queries, &point, &truth, cancellable, error))
        return NULL;
      if (point.ef == 0)
        point.recall = 1;
      g_array_append_val (points, point);
      if (measured != NULL)
        measured (&point, data);
      if (point.ef > 0 && (point.recall >= NEARLY_ALL || point.ef >= base->n))
        break;
      point.ef = point.ef == 0 ? k : MAX (point.ef + 1, (guint)MIN (point.ef * GROWTH, G_MAXINT32));
    }
  return g_steal_pointer (&points);
}

static gboolean
reaches (PhHnsw *hnsw, const PhVectors *queries, const PhNeighbours *truth, guint ef,
         double *recall, GCancellable *cancellable, GError **error)
{
  g_autoptr (PhNeighbours) found = ph_hnsw_search (hnsw, queries, truth->k, ef, cancellable, error);

  if (found == NULL)
    return FALSE;
  *recall = ph_recall (truth, found);
  return TRUE;
}

guint
ph_recall_choose_ef (PhHnsw *hnsw, const PhVectors *queries, const PhNeighbours *truth,
                     double wanted, double *reached, GCancellable *cancellable, GError **error)
{
  guint most = (guint)MIN (ph_hnsw_get_n (hnsw), G_MAXINT32), low = truth->k - 1, high = truth->k;
  double recall;

  /* Doubled until it is enough, then halved in between: more candidates find more. */
  for (;; low = high, high = MIN (high * 2, most))
    {
      if (!reaches (hnsw, queries, truth, high, reached, cancellable, error))
        return 0;
      if (*reached >= wanted || high >= most)
        break;
    }
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (!reaches (hnsw, queries, truth, middle, &recall, cancellable, error))
        return 0;
      if (recall >= wanted)
        {
          high = middle;
          *reached = recall;
        }
      else
        low = middle;
    }
  return high;
}
