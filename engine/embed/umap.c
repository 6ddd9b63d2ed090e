/* UMAP after McInnes, Healy, Melville 2018: a graph of neighbours whose edges pull while random
 * pairs push. Constants are those of the authors' program. */

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "embed/projection-private.h"

#define PUSHES 5 /* random pairs for each edge that pulls */
#define WIDTH 10 /* of the map at the beginning */
#define SECONDS_BETWEEN_MOVES 0.05

typedef struct
{
  guint from, to;
  float weight;
} Edge;

/* How near the neighbours of a point are, as weights 0 to 1: the nearest has 1, and all together
 * log2 (k). */
static void
fit_row (guint k, const float *distances, float *weights)
{
  const double wanted = log2 (k);
  double rho = distances[0], low = 0, high = INFINITY, sigma = 1;

  for (guint i = 0; i < k && rho == 0; i++)
    rho = distances[i];
  for (guint step = 0; step < 64; step++)
    {
      double sum = 0;

      for (guint i = 0; i < k; i++)
        sum += exp (-MAX (distances[i] - rho, 0) / sigma);
      if (fabs (sum - wanted) < 1e-5)
        break;
      if (sum > wanted)
        high = sigma;
      else
        low = sigma;
      sigma = isinf (high) ? sigma * 2 : (low + high) / 2;
    }
  for (guint i = 0; i < k; i++)
    weights[i] = (float)exp (-MAX (distances[i] - rho, 0) / MAX (sigma, 1e-12));
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const Edge *x = a, *y = b;

  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return x->to < y->to ? -1 : x->to > y->to;
}

/* The fuzzy union of what both ends say of an edge: a + b - ab. */
static GArray *
make_edges (const PhNeighbours *neighbours)
{
  const guint n = (guint)neighbours->n, k = neighbours->k;
  GArray *edges = g_array_sized_new (FALSE, FALSE, sizeof (Edge), n * k);
  g_autofree float *weights = g_new (float, k);
  guint kept = 0;

  for (guint i = 0; i < n; i++)
    {
      fit_row (k, neighbours->distances + (gsize)i * k, weights);
      for (guint j = 0; j < k; j++)
        {
          const guint other = neighbours->indices[(gsize)i * k + j];
          Edge edge = { MIN (i, other), MAX (i, other), weights[j] };

          g_array_append_val (edges, edge);
        }
    }
  g_array_sort (edges, compare_edges);
  for (guint i = 0; i < edges->len; i++)
    {
      const Edge edge = g_array_index (edges, Edge, i);
      Edge *last = kept > 0 ? &g_array_index (edges, Edge, kept - 1) : NULL;

      if (last != NULL && compare_edges (last, &edge) == 0)
        last->weight = last->weight + edge.weight - last->weight * edge.weight;
      else
        g_array_index (edges, Edge, kept++) = edge;
    }
  g_array_set_size (edges, kept);
  return edges;
}

/* a and b such that 1 / (1 + a d^2b) is nearest to 1 up to the least distance and exp (-(d -
 * least)) beyond: Gauss-Newton, damped (Levenberg 1944). */
static void
fit_curve (double least, double *a, double *b)
{
  double damping = 1e-3, error = INFINITY;

  *a = 1.5;
  *b = 0.9;
  for (guint step = 0; step < 200; step++)
    {
      double aa = 0, ab = 0, bb = 0, ra = 0, rb = 0, sum = 0, det, new_a, new_b, new_sum = 0;

      for (guint i = 1; i <= 300; i++)
        {
          double d = i * 0.01, p = pow (d, 2 * *b), q = 1 / (1 + *a * p);
          double rest = (d < least ? 1 : exp (least - d)) - q;
          double da = -p * q * q, db = -2 * *a * p * log (d) * q * q;

          sum += rest * rest;
          aa += da * da;
          ab += da * db;
          bb += db * db;
          ra += da * rest;
          rb += db * rest;
        }
      error = sum;
      aa *= 1 + damping;
      bb *= 1 + damping;
      det = aa * bb - ab * ab;
      new_a = *a + (bb * ra - ab * rb) / det;
      new_b = *b + (aa * rb - ab * ra) / det;
      for (guint i = 1; i <= 300; i++)
        {
          double d = i * 0.01;

          new_sum +=
              pow ((d < least ? 1 : exp (least - d)) - 1 / (1 + new_a * pow (d, 2 * new_b)), 2);
        }
      if (new_a > 0 && new_b > 0 && new_sum <= error)
        {
          gboolean settled = error - new_sum < 1e-12;

          *a = new_a;
          *b = new_b;
          damping /= 4;
          if (settled)
            return;
        }
      else
        damping *= 8;
    }
}

static float
limit (double force)
{
  return (float)CLAMP (force, -4, 4);
}

static void
pull (float *from, float *to, double a, double b, double alpha)
{
  double dx = (double)from[0] - (double)to[0], dy = (double)from[1] - (double)to[1];
  double d2 = dx * dx + dy * dy;
  double factor = d2 > 0 ? -2 * a * b * pow (d2, b - 1) / (1 + a * pow (d2, b)) : 0;
  float x = limit (factor * dx) * (float)alpha, y = limit (factor * dy) * (float)alpha;

  from[0] += x;
  from[1] += y;
  to[0] -= x;
  to[1] -= y;
}

static void
push (float *from, const float *other, double a, double b, double alpha)
{
  double dx = (double)from[0] - (double)other[0], dy = (double)from[1] - (double)other[1];
  double d2 = dx * dx + dy * dy;
  double factor = 2 * b / ((0.001 + d2) * (1 + a * pow (d2, b)));

  from[0] += limit (factor * dx) * (float)alpha;
  from[1] += limit (factor * dy) * (float)alpha;
}

/* Edges take turns, strong ones more often. */
static void
run_epoch (PhProjection *projection, GArray *edges, double *due, float strongest, guint epoch,
           double a, double b, double alpha, PhRng *rng)
{
  float *y = projection->y;

  for (guint e = 0; e < edges->len; e++)
    {
      const Edge *edge = &g_array_index (edges, Edge, e);

      if (due[e] > epoch + 1)
        continue;
      due[e] += strongest / edge->weight;
      pull (y + 2 * edge->from, y + 2 * edge->to, a, b, alpha);
      /* Both ends are pushed: the edge stands for both directions. */
      for (guint side = 0; side < 2; side++)
        {
          const guint from = side == 0 ? edge->from : edge->to;

          for (guint i = 0; i < PUSHES; i++)
            {
              guint other = ph_rng_below (rng, projection->n);

              if (other != from)
                push (y + 2 * from, y + 2 * other, a, b, alpha);
            }
        }
    }
}

static gboolean
descend (PhProjection *projection, GArray *edges, GError **error)
{
  const guint n_epochs = (guint)projection->settings->iterations;
  g_autofree double *due = g_new (double, edges->len + 1);
  float strongest = 0;
  double a, b;
  gint64 told = 0;
  PhRng rng;

  fit_curve (projection->settings->min_distance, &a, &b);
  ph_rng_init (&rng, (guint64)projection->settings->seed, 0x756d6170); /* "umap" */
  for (guint e = 0; e < edges->len; e++)
    strongest = MAX (strongest, g_array_index (edges, Edge, e).weight);
  for (guint e = 0; e < edges->len; e++)
    due[e] = strongest / g_array_index (edges, Edge, e).weight;
  for (guint i = 0; i < 2 * projection->n; i++)
    projection->y[i] = (float)(projection->y[i] * WIDTH / 4 + 1e-4 * ph_rng_normal (&rng));
  for (guint i = 0; i < n_epochs && !ph_monitor_should_stop (projection->monitor); i++)
    {
      if (g_cancellable_set_error_if_cancelled (projection->cancellable, error))
        return FALSE;
      ph_monitor_wait (projection->monitor, projection->cancellable);
      run_epoch (projection, edges, due, strongest, i, a, b, 1 - (double)i / n_epochs, &rng);
      ph_monitor_progress (projection->monitor, (i + 1.0) / n_epochs, "UMAP");
      if (projection->moved != NULL &&
          g_get_monotonic_time () - told > SECONDS_BETWEEN_MOVES * G_USEC_PER_SEC)
        {
          projection->moved (projection->data);
          told = g_get_monotonic_time ();
        }
    }
  return TRUE;
}

gboolean
ph_umap_run (PhProjection *projection, GError **error)
{
  const guint n = projection->n;
  const guint k = MIN ((guint)projection->settings->neighbours, n - 1);
  g_autoptr (PhNeighbours) neighbours = ph_projection_find_neighbours (projection, k, error);
  g_autoptr (GArray) edges = NULL;

  if (neighbours == NULL)
    return FALSE;
  edges = make_edges (neighbours);
  return descend (projection, edges, error);
}
