/* Maps of embeddings: forces by brute force, clusters that must stay
 * apart, and scikit-learn's trustworthiness. */

#include <math.h>
#include <string.h>

#include "embed/projection-private.h"
#include "engine/engine.h"

/* Numbers in [-1, 1) by a hash of the position, as in the golden files. */
static double
noise (guint64 i, guint64 seed)
{
  guint64 h = (i * 2654435761u + seed * 40503) & 0xffffffff;

  h ^= h >> 15;
  h = h * 2246822519u & 0xffffffff;
  h ^= h >> 13;
  return (double)(h >> 8) / 8388608 - 1;
}

/* With theta 0 every pair counts by itself; with 0.5 nearly so. Two points lie at one place. */
static void
test_forces (void)
{
  enum
  {
    N = 250
  };
  float y[2 * N], force[2 * N];
  double expected[2 * N] = { 0 }, sum = 0, largest = 0;

  for (guint i = 0; i < 2 * N; i++)
    y[i] = (float)(5 * noise (i, 3));
  memcpy (y + 2 * 17, y + 2 * 90, 2 * sizeof (float));
  for (guint i = 0; i < N; i++)
    for (guint j = 0; j < N; j++)
      {
        double dx = (double)y[2 * i] - (double)y[2 * j];
        double dy = (double)y[2 * i + 1] - (double)y[2 * j + 1], q = 1 / (1 + dx * dx + dy * dy);

        if (i == j)
          continue;
        sum += q;
        expected[2 * i] += q * q * dx;
        expected[2 * i + 1] += q * q * dy;
      }
  for (guint i = 0; i < 2 * N; i++)
    largest = MAX (largest, fabs (expected[i]));
  for (guint pass = 0; pass < 2; pass++)
    {
      double z = ph_quadtree_repel (y, N, pass == 0 ? 0 : 0.5, force);

      g_assert_cmpfloat_with_epsilon (z / sum, 1, pass == 0 ? 1e-5 : 0.02);
      for (guint i = 0; i < 2 * N; i++)
        g_assert_cmpfloat_with_epsilon (force[i], expected[i], (pass == 0 ? 1e-4 : 0.05) * largest);
    }
}

/* Numbers of scikit-learn 1.2.1's manifold.trustworthiness(). */
static void
test_trustworthiness (void)
{
  static const struct
  {
    guint k;
    double expected;
  } cases[] = { { 3, 0.7623809523809524 }, { 5, 0.76546875 }, { 12, 0.7770348837209302 } };
  float x[200], y[80];

  for (guint i = 0; i < 200; i++)
    x[i] = (float)noise (i, 1);
  for (guint i = 0; i < 80; i++)
    y[i] = (float)((double)x[i / 2 * 5 + i % 2] + 0.3 * noise (i, 2));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpfloat_with_epsilon (ph_trustworthiness (x, 40, 5, y, cases[i].k, 40),
                                    cases[i].expected, 1e-9);
  /* A point that is not there is as if it had never been. */
  y[78] = y[79] = x[195] = NAN;
  g_assert_cmpfloat_with_epsilon (ph_trustworthiness (x, 40, 5, y, 5, 40),
                                  ph_trustworthiness (x, 39, 5, y, 5, 39), 1e-9);
  for (guint i = 0; i < 80; i++)
    y[i] = x[i / 2 * 5 + i % 2];
  y[78] = 0;
  g_assert_cmpfloat (ph_trustworthiness (y, 40, 2, y, 5, 100), ==, 1);
}

enum
{
  N_POINTS = 150,
  N_NUMBERS = 10
};

/* Three heaps in ten dimensions, taking turns; one vector is broken. */
static void
make_heaps (float *x)
{
  for (guint i = 0; i < N_POINTS; i++)
    for (guint j = 0; j < N_NUMBERS; j++)
      x[i * N_NUMBERS + j] =
          (float)(4 * noise (i % 3 * N_NUMBERS + j, 11) + noise (i * N_NUMBERS + j, 12));
  x[7 * N_NUMBERS + 3] = NAN;
}

static void
on_moved (const float *y, guint n, gpointer data)
{
  g_assert_cmpuint (n, ==, N_POINTS);
  g_assert_true (isnan (y[2 * 7]));
  g_assert_false (isnan (y[2 * 8]));
  *(guint *)data += 1;
}

static void
test_methods (void)
{
  float x[N_POINTS * N_NUMBERS], y[2 * N_POINTS], again[2 * N_POINTS];
  PhProjectionSettings settings;
  g_autoptr (GError) error = NULL;

  make_heaps (x);
  ph_settings_init (ph_projection_settings, &settings);
  settings.iterations = 300;
  for (int method = PH_PROJECTION_PCA; method <= PH_PROJECTION_UMAP; method++)
    {
      double means[3][2] = { { 0 } }, inside = 0, between = G_MAXDOUBLE;
      guint n_moves = 0;

      settings.method = method;
      g_assert_true (ph_projection_run (x, N_POINTS, N_NUMBERS, &settings, y, on_moved, &n_moves,
                                        NULL, NULL, &error));
      g_assert_true (ph_projection_run (x, N_POINTS, N_NUMBERS, &settings, again, NULL, NULL, NULL,
                                        NULL, &error));
      g_assert_cmpmem (y, 14 * sizeof (float), again, 14 * sizeof (float));
      g_assert_true (isnan (y[14]) && isnan (y[15]));
      g_assert_true (method == PH_PROJECTION_PCA || n_moves > 0);
      for (guint i = 0; i < N_POINTS; i++)
        for (guint d = 0; d < 2 && i != 7; d++)
          means[i % 3][d] += (double)y[2 * i + d] / (N_POINTS / 3);
      for (guint i = 0; i < N_POINTS; i++)
        if (i != 7)
          inside = MAX (inside, hypot ((double)y[2 * i] - means[i % 3][0],
                                       (double)y[2 * i + 1] - means[i % 3][1]));
      for (guint i = 0; i < 3; i++)
        between = MIN (between, hypot (means[i][0] - means[(i + 1) % 3][0],
                                       means[i][1] - means[(i + 1) % 3][1]));
      g_test_message ("method %d: heaps reach %.2f, are %.2f apart", method, inside, between);
      g_assert_cmpfloat (between, >, inside);
    }
  g_assert_false (
      ph_projection_run (x, 9, N_NUMBERS, &settings, y, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  ph_settings_clear (ph_projection_settings, &settings);
}

static void
test_cancel (void)
{
  float x[N_POINTS * N_NUMBERS], y[2 * N_POINTS];
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  PhProjectionSettings settings;

  make_heaps (x);
  ph_settings_init (ph_projection_settings, &settings);
  g_cancellable_cancel (cancellable);
  for (int method = PH_PROJECTION_PCA; method <= PH_PROJECTION_UMAP; method++)
    {
      g_autoptr (GError) error = NULL;

      settings.method = method;
      g_assert_false (ph_projection_run (x, N_POINTS, N_NUMBERS, &settings, y, NULL, NULL, NULL,
                                         cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  ph_settings_clear (ph_projection_settings, &settings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/projection/forces", test_forces);
  g_test_add_func ("/projection/trustworthiness", test_trustworthiness);
  g_test_add_func ("/projection/methods", test_methods);
  g_test_add_func ("/projection/cancel", test_cancel);
  return g_test_run ();
}
