#include "embed/projection-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "embed/pca.h"

#define FEWEST 10     /* vectors */
#define COVERED 10000 /* vectors that the first two components are computed from at most */

static const char *const method_names[] = { NC_ ("choice", "pca"), NC_ ("choice", "tsne"),
                                            NC_ ("choice", "umap"), NULL };

#define FIELD(name) G_STRUCT_OFFSET (PhProjectionSettings, name)

const PhSetting ph_projection_settings[] = {
  { "method", N_ ("Method"),
    N_ ("How many dimensions become two: the largest variance (pca), neighbours kept by forces "
        "between all points (tsne) or along the graph of neighbours (umap)."),
    PH_SETTING_CHOICE, FIELD (method), .value = PH_PROJECTION_UMAP, .choices = method_names },
  { "perplexity", N_ ("Perplexity"), N_ ("About how many neighbours each point has for t-SNE."),
    PH_SETTING_REAL, FIELD (perplexity), 2, 200, 30 },
  { "neighbours", N_ ("Neighbours"),
    N_ ("How many neighbours each point has for UMAP: few show detail, many the whole."),
    PH_SETTING_INT, FIELD (neighbours), 2, 200, 15 },
  { "min-distance", N_ ("Least distance"), N_ ("How near UMAP puts points that are alike."),
    PH_SETTING_REAL, FIELD (min_distance), 0, 1, 0.1 },
  { "iterations", N_ ("Iterations"), N_ ("Steps in which the points find their places."),
    PH_SETTING_INT, FIELD (iterations), 10, 10000, 500, .unit = N_ ("steps") },
  { "seed", N_ ("Seed"), N_ ("Of what is random in UMAP."), PH_SETTING_INT, FIELD (seed), 0,
    G_MAXINT32, 0 },
  { NULL },
};

/* The map while it is being made, for whoever watches: with gaps where nothing can be shown. */
typedef struct
{
  PhProjection projection;
  const guint *rows; /* of the whole */
  guint n_all;
  float *all; /* (n_all, 2) */
  PhProjectionMoved moved;
  gpointer data;
} Show;

static void
spread (Show *show)
{
  for (guint i = 0; i < 2 * show->n_all; i++)
    show->all[i] = NAN;
  for (guint i = 0; i < show->projection.n; i++)
    memcpy (show->all + 2 * show->rows[i], show->projection.y + 2 * i, 2 * sizeof (float));
}

static void
on_moved (gpointer data)
{
  Show *show = data;

  spread (show);
  show->moved (show->all, show->n_all, show->data);
}

/* The first two principal components, scaled so that the first has the deviation 1. */
static gboolean
begin_with_components (PhProjection *p, GError **error)
{
  const guint n = MIN (p->n, COVERED), k = 2;
  const guint step = p->n / n;
  g_autofree float *some = g_try_new (float, (gsize)n * p->size);
  g_autofree float *z = g_new (float, (gsize)p->n *k);
  g_autoptr (PhPca) pca = NULL;
  float scale;

  if (some == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY, "There is no memory for the map");
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    memcpy (some + i * p->size, p->x + (gsize)i * step * p->size, p->size * sizeof (float));
  pca = ph_pca_new (some, n, p->size, k, p->monitor, p->cancellable, error);
  if (pca == NULL)
    return FALSE;
  ph_pca_encode (pca, p->n, p->x, z);
  scale = (float)(1 / sqrt (pca->variance[0]));
  for (guint i = 0; i < p->n; i++)
    for (guint d = 0; d < 2; d++)
      p->y[2 * i + d] = d < pca->n_components ? z[i * pca->n_components + d] * scale : 0;
  return TRUE;
}

PhNeighbours *
ph_projection_find_neighbours (const PhProjection *projection, guint k, GError **error)
{
  const PhVectors all = { projection->x, projection->n, projection->size };
  PhNeighbours *neighbours = ph_neighbours_find (
      &all, &all, PH_METRIC_EUCLIDEAN, k + 1, projection->monitor, projection->cancellable, error);

  return neighbours != NULL ? ph_neighbours_leave_out_selves (neighbours, error) : NULL;
}

gboolean
ph_projection_run (const float *x, guint n, gsize size, const PhProjectionSettings *settings,
                   float *y, PhProjectionMoved moved, gpointer data, const PhMonitor *monitor,
                   GCancellable *cancellable, GError **error)
{
  g_autofree guint *rows = g_new (guint, n + 1);
  g_autofree float *kept = g_try_new (float, (gsize)n *size + 1);
  g_autofree float *places = g_new0 (float, 2 * n + 1);
  Show show = { .rows = rows, .n_all = n, .all = y, .moved = moved, .data = data };
  PhProjection *p = &show.projection;
  gboolean done;

  if (kept == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY, "There is no memory for the map");
      return FALSE;
    }
  *p = (PhProjection){ .x = kept,
                       .size = size,
                       .settings = settings,
                       .y = places,
                       .moved = moved != NULL ? on_moved : NULL,
                       .data = &show,
                       .monitor = monitor,
                       .cancellable = cancellable };
  for (guint i = 0; i < n; i++)
    {
      gboolean whole = TRUE;

      for (gsize j = 0; j < size && whole; j++)
        whole = isfinite (x[i * size + j]);
      if (!whole)
        continue;
      memcpy (kept + p->n * size, x + i * size, size * sizeof (float));
      rows[p->n++] = i;
    }
  if (p->n < FEWEST)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "A map takes %d vectors or more; there are %u", FEWEST, p->n);
      return FALSE;
    }
  done = begin_with_components (p, error) &&
         (settings->method != PH_PROJECTION_TSNE || ph_tsne_run (p, error)) &&
         (settings->method != PH_PROJECTION_UMAP || ph_umap_run (p, error));
  if (done)
    spread (&show);
  return done;
}

/* How many others of @x are nearer to @row than @other is. */
static guint
rank_of (const float *distances, guint n, guint row, guint other)
{
  guint rank = 0;

  for (guint i = 0; i < n; i++)
    rank += i != row &&
            (distances[i] < distances[other] || (distances[i] == distances[other] && i < other));
  return rank;
}

/* Squared; infinite to what is not on the map. */
static void
set_distances (const float *x, guint n, gsize size, guint row, const float *y, float *distances)
{
  for (guint i = 0; i < n; i++)
    {
      double sum = 0;

      for (gsize j = 0; j < size; j++)
        {
          double d = (double)x[i * size + j] - (double)x[row * size + j];

          sum += d * d;
        }
      distances[i] = isnan (y[2 * i]) ? INFINITY : (float)sum;
    }
}

/* The @k that are nearest to @row, in no order. */
static void
pick_nearest (const float *distances, guint n, guint row, guint k, guint *nearest)
{
  guint found = 0;

  for (guint i = 0; i < n; i++)
    {
      guint at;

      if (i == row || (found == k && !(distances[i] < distances[nearest[k - 1]])))
        continue;
      at = found < k ? found++ : k - 1;
      for (; at > 0 && distances[nearest[at - 1]] > distances[i]; at--)
        nearest[at] = nearest[at - 1];
      nearest[at] = i;
    }
}

double
ph_trustworthiness (const float *x, guint n, gsize size, const float *y, guint k, guint n_rows)
{
  g_autofree float *true_distances = g_new (float, n), *map_distances = g_new (float, n);
  g_autofree guint *nearest = g_new (guint, k);
  double sum = 0;
  guint n_there = 0, n_seen = 0;

  for (guint i = 0; i < n; i++)
    n_there += !isnan (y[2 * i]);
  g_return_val_if_fail (k >= 1 && 2 * k < n_there, NAN);

  n_rows = CLAMP (n_rows, 1, n);
  for (guint r = 0; r < n_rows; r++)
    {
      const guint row = (guint)((guint64)r * n / n_rows);

      if (isnan (y[2 * row]))
        continue;
      n_seen++;
      set_distances (x, n, size, row, y, true_distances);
      set_distances (y, n, 2, row, y, map_distances);
      pick_nearest (map_distances, n, row, k, nearest);
      for (guint i = 0; i < k; i++)
        {
          guint rank = rank_of (true_distances, n, row, nearest[i]) + 1;

          sum += rank > k ? rank - k : 0;
        }
    }
  return 1 - sum * 2 / ((double)MAX (n_seen, 1) * k * (2.0 * n_there - 3.0 * k - 1));
}
