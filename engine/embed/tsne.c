/* t-SNE after van der Maaten, Hinton 2008, with sparse similarities and a quadtree (van der Maaten
 * 2014). Constants are those of the authors' programs and of scikit-learn. */

#include <math.h>
#include <string.h>

#include "embed/projection-private.h"
#include "kernels/parallel.h"

#define EXAGGERATION 12
#define EXAGGERATED 250 /* iterations in which points that belong together find one another */
#define THETA 0.5
#define SECONDS_BETWEEN_MOVES 0.05

/* Similarities of each point with its neighbours, symmetric, as rows of a sparse matrix. */
typedef struct
{
  guint n;
  guint *begin; /* n + 1 */
  guint *others;
  float *p;
} Similarities;

static void
similarities_clear (Similarities *s)
{
  g_free (s->begin);
  g_free (s->others);
  g_free (s->p);
}

/* Probabilities p of the neighbours at @distances such that their entropy is log (perplexity). */
static void
fit_row (guint k, const float *distances, double perplexity, double *p)
{
  double beta = 1, low = 0, high = INFINITY, nearest = (double)distances[0] * distances[0];

  for (guint step = 0; step < 64; step++)
    {
      double sum = 0, weighted = 0, entropy;

      for (guint i = 0; i < k; i++)
        {
          double d = (double)distances[i] * distances[i] - nearest;

          p[i] = exp (-beta * d);
          sum += p[i];
          weighted += p[i] * d;
        }
      entropy = log (sum) + beta * weighted / sum;
      for (guint i = 0; i < k; i++)
        p[i] /= sum;
      if (fabs (entropy - log (perplexity)) < 1e-5)
        return;
      if (entropy > log (perplexity))
        low = beta;
      else
        high = beta;
      beta = isinf (high) ? beta * 2 : (low + high) / 2;
    }
}

/* (p + pᵀ) / 2n, from the k neighbours of each point. */
static void
make_similarities (Similarities *s, const PhNeighbours *neighbours, double perplexity)
{
  const guint n = (guint)neighbours->n, k = neighbours->k;
  const guint32 *items = neighbours->indices;
  const float *distances = neighbours->distances;
  g_autofree double *p = g_new (double, (gsize)n *k);
  g_autofree guint *fill = g_new0 (guint, n + 1);

  s->n = n;
  s->begin = g_new0 (guint, n + 1);
  s->others = g_new (guint, 2 * (gsize)n * k);
  s->p = g_new (float, 2 * (gsize)n * k);
  for (guint i = 0; i < n; i++)
    fit_row (k, distances + (gsize)i * k, perplexity, p + (gsize)i * k);
  for (gsize e = 0; e < (gsize)n * k; e++)
    {
      s->begin[e / k + 1]++;
      s->begin[items[e] + 1]++;
    }
  for (guint i = 0; i < n; i++)
    s->begin[i + 1] += s->begin[i];
  /* Both ways; that a pair may stand in a row twice does not matter to a sum. */
  for (gsize e = 0; e < (gsize)n * k; e++)
    {
      const guint ends[2] = { (guint)(e / k), items[e] };

      for (guint side = 0; side < 2; side++)
        {
          guint at = s->begin[ends[side]] + fill[ends[side]]++;

          s->others[at] = ends[1 - side];
          s->p[at] = (float)(p[e] / (2.0 * n));
        }
    }
}

typedef struct
{
  const Similarities *s;
  const float *y;
  float *force;
} Pull;

static void
pull_points (gsize begin, gsize end, guint thread, gpointer data)
{
  const Pull *pull = data;
  const float *y = pull->y;

  for (gsize i = begin; i < end; i++)
    {
      double fx = 0, fy = 0;

      for (guint e = pull->s->begin[i]; e < pull->s->begin[i + 1]; e++)
        {
          const guint j = pull->s->others[e];
          float dx = y[2 * i] - y[2 * j], dy = y[2 * i + 1] - y[2 * j + 1];
          float weight = pull->s->p[e] / (1 + dx * dx + dy * dy);

          fx += (double)weight * dx;
          fy += (double)weight * dy;
        }
      pull->force[2 * i] = (float)fx;
      pull->force[2 * i + 1] = (float)fy;
    }
}

/* Gradient descent with momentum and a gain for each number (Jacobs 1988). */
static void
move (guint n, float *y, const float *pull, const float *push, double z, double exaggeration,
      double momentum, double rate, float *step, float *gains)
{
  double middle[2] = { 0, 0 };

  for (guint i = 0; i < 2 * n; i++)
    {
      double gradient = 4 * (exaggeration * pull[i] - push[i] / z);

      gains[i] = (gradient > 0) != (step[i] > 0) ? gains[i] + 0.2f : MAX (gains[i] * 0.8f, 0.01f);
      step[i] = (float)(momentum * step[i] - rate * gains[i] * gradient);
      y[i] += step[i];
      middle[i % 2] += (double)y[i] / n;
    }
  for (guint i = 0; i < 2 * n; i++)
    y[i] -= (float)middle[i % 2];
}

static gboolean
descend (PhProjection *projection, const Similarities *s, GError **error)
{
  const guint n = projection->n, n_steps = (guint)projection->settings->iterations;
  const double rate = MAX ((double)n / EXAGGERATION / 4, 50);
  g_autofree float *pull = g_new (float, 2 * n), *push = g_new (float, 2 * n);
  g_autofree float *step = g_new0 (float, 2 * n), *gains = g_new (float, 2 * n);
  gint64 told = 0;

  for (guint i = 0; i < 2 * n; i++)
    {
      gains[i] = 1;
      projection->y[i] *= 1e-4f;
    }
  for (guint i = 0; i < n_steps && !ph_monitor_should_stop (projection->monitor); i++)
    {
      const gboolean early = i < MIN (EXAGGERATED, n_steps / 2);
      Pull data = { s, projection->y, pull };
      double z;

      if (g_cancellable_set_error_if_cancelled (projection->cancellable, error))
        return FALSE;
      ph_monitor_wait (projection->monitor, projection->cancellable);
      z = ph_quadtree_repel (projection->y, n, THETA, push);
      ph_parallel_for (n, 64, pull_points, &data);
      move (n, projection->y, pull, push, MAX (z, 1e-30), early ? EXAGGERATION : 1,
            early ? 0.5 : 0.8, rate, step, gains);
      ph_monitor_progress (projection->monitor, (i + 1.0) / n_steps, "t-SNE");
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
ph_tsne_run (PhProjection *projection, GError **error)
{
  const guint n = projection->n;
  const double perplexity = MIN (projection->settings->perplexity, (n - 1) / 3.0);
  const guint k = MIN ((guint)(3 * perplexity), n - 1);
  g_autoptr (PhNeighbours) neighbours = ph_projection_find_neighbours (projection, k, error);
  Similarities s = { 0 };
  gboolean done;

  if (neighbours == NULL)
    return FALSE;
  make_similarities (&s, neighbours, perplexity);
  done = descend (projection, &s, error);
  similarities_clear (&s);
  return done;
}
