/* Pictures that the program draws itself: the same ones every time, of what they say, and not to be
 * told apart by single pixels. */
#include <math.h>
#include <string.h>

#include "engine/engine.h"

static PhImage *
draw (const PhWorld *world, guint64 index, guint size, double *attributes)
{
  g_autoptr (GError) error = NULL;
  PhImage *image = ph_world_draw (world, 3, index, size, attributes, &error);

  g_assert_no_error (error);
  return image;
}

static double
distance (const PhImage *a, const PhImage *b)
{
  double sum = 0;

  g_assert_cmpuint (ph_image_n_values (a), ==, ph_image_n_values (b));
  for (gsize i = 0; i < ph_image_n_values (a); i++)
    sum += fabs (a->data[i] - b->data[i]);
  return sum / (double)ph_image_n_values (a);
}

static void
test_same (gconstpointer data)
{
  const PhWorld *world = data;

  for (guint i = 0; i < 2 * ph_world_get_n_classes (world); i++)
    {
      g_autoptr (PhImage) one = draw (world, i, 40, NULL);
      g_autoptr (PhImage) again = draw (world, i, 40, NULL);
      g_autoptr (PhImage) other = draw (world, i + ph_world_get_n_classes (world), 40, NULL);

      g_assert_cmpfloat (distance (one, again), ==, 0);
      g_assert_cmpfloat (distance (one, other), >, 0.01);
      for (gsize k = 0; k < ph_image_n_values (one); k++)
        g_assert_true (one->data[k] >= 0 && one->data[k] <= 1);
      g_assert_cmpuint (ph_world_get_label (world, i), ==, i % ph_world_get_n_classes (world));
    }
}

/* The number of pixels changes the sharpness, not the scene. */
static void
test_sizes (gconstpointer data)
{
  const PhWorld *world = data;
  double apart = 0, alike = 0;

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (PhImage) small = draw (world, i, 32, NULL);
      g_autoptr (PhImage) large = draw (world, i, 96, NULL);
      g_autoptr (PhImage) other = draw (world, i + 1, 32, NULL);
      g_autoptr (PhImage) reduced = ph_image_resize (large, 32, 32, NULL);

      alike += distance (small, reduced);
      apart += distance (small, other);
    }
  g_assert_cmpfloat (alike, <, apart / 3);
}

static void
test_attributes (void)
{
  const PhWorld *world = &ph_world_faces;
  guint n = ph_world_get_n_attributes (world), n_classes = ph_world_get_n_classes (world);
  double sum[7][PH_WORLD_MAX_ATTRIBUTES] = { { 0 } };
  guint smile = 0, slant = 4, glasses = 8;

  g_assert_cmpuint (n_classes, ==, 7);
  g_assert_cmpstr (world->attributes[smile].name, ==, "smile");
  g_assert_cmpstr (world->attributes[slant].name, ==, "brows-slant");
  g_assert_cmpstr (world->attributes[glasses].name, ==, "glasses");
  for (guint i = 0; i < 40 * n_classes; i++)
    {
      double a[PH_WORLD_MAX_ATTRIBUTES];
      g_autoptr (PhImage) image = draw (world, i, 8, a);

      for (guint k = 0; k < n; k++)
        {
          g_assert_cmpfloat (a[k], >=, world->attributes[k].low);
          g_assert_cmpfloat (a[k], <=, world->attributes[k].high);
          sum[i % n_classes][k] += a[k] / 40;
        }
    }
  g_assert_cmpfloat (sum[1][smile], >, 0.6);  /* happy */
  g_assert_cmpfloat (sum[2][smile], <, -0.5); /* sad */
  g_assert_cmpfloat (sum[2][slant], >, 0.6);
  g_assert_cmpfloat (sum[3][slant], <, -0.6); /* angry */
  g_assert_cmpfloat (sum[0][glasses], >, 0.1);
  g_assert_cmpfloat (sum[0][glasses], <, 0.7);
}

/* Solves A x = b for symmetric positive A by conjugate gradients; @n_right columns. */
static void
solve (guint n, const float *a, guint n_right, const float *b, float *x)
{
  g_autofree float *r = g_new (float, n);
  g_autofree float *p = g_new (float, n);
  g_autofree float *q = g_new (float, n);

  for (guint c = 0; c < n_right; c++)
    {
      double rr = 0;

      for (guint i = 0; i < n; i++)
        {
          x[i * n_right + c] = 0;
          p[i] = r[i] = b[i * n_right + c];
          rr += (double)r[i] * r[i];
        }
      for (guint step = 0; step < 40 && rr > 1e-8; step++)
        {
          double pq = 0, next = 0;

          for (guint i = 0; i < n; i++)
            {
              float s = 0;

              for (guint j = 0; j < n; j++)
                s += a[i * n + j] * p[j];
              q[i] = s;
              pq += (double)p[i] * s;
            }
          for (guint i = 0; i < n; i++)
            {
              x[i * n_right + c] += (float)(rr / pq) * p[i];
              r[i] -= (float)(rr / pq) * q[i];
              next += (double)r[i] * r[i];
            }
          for (guint i = 0; i < n; i++)
            p[i] = r[i] + (float)(next / rr) * p[i];
          rr = next;
        }
    }
}

/* Ridge regression on all pixels, the best that looking at single pixels can do. */
static void
test_pixels_do_not_tell (void)
{
  enum
  {
    SIDE = 12,
    N_VALUES = 3 * SIDE * SIDE,
    N = N_VALUES + 1
  };
  const PhWorld *world = &ph_world_things;
  guint n_classes = ph_world_get_n_classes (world), n_train = 30 * n_classes, right = 0;
  g_autofree float *gram = g_new0 (float, N *N);
  g_autofree float *answers = g_new0 (float, N *n_classes);
  g_autofree float *weights = g_new0 (float, N *n_classes);
  float x[N];

  g_assert_cmpuint (n_classes, >=, 32);
  for (guint i = 0; i < n_train + 5 * n_classes; i++)
    {
      g_autoptr (PhImage) image = draw (world, i, SIDE, NULL);
      guint label = ph_world_get_label (world, i), best = 0;
      float score[64] = { 0 };

      for (guint k = 0; k < N_VALUES; k++)
        x[k] = image->data[k] - 0.4f;
      x[N_VALUES] = 1;
      if (i < n_train)
        for (guint k = 0; k < N; k++)
          {
            for (guint l = 0; l < N; l++)
              gram[k * N + l] += x[k] * x[l];
            answers[k * n_classes + label] += x[k];
          }
      if (i == n_train)
        {
          for (guint k = 0; k < N; k++)
            gram[k * N + k] += 20;
          solve (N, gram, n_classes, answers, weights);
        }
      if (i < n_train)
        continue;
      for (guint c = 0; c < n_classes; c++)
        {
          for (guint k = 0; k < N; k++)
            score[c] += x[k] * weights[k * n_classes + c];
          best = score[c] > score[best] ? c : best;
        }
      right += best == label;
    }
  g_test_message ("%u of %u by their pixels", right, 5 * n_classes);
  g_assert_cmpfloat (right, <, 0.3 * 5 * n_classes);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (const PhWorld *const *w = ph_worlds (); *w != NULL; w++)
    {
      g_autofree char *same = g_strdup_printf ("/world/%s/same", (*w)->name);
      g_autofree char *sizes = g_strdup_printf ("/world/%s/sizes", (*w)->name);

      g_assert_true (ph_world_find ((*w)->name) == *w);
      g_test_add_data_func (same, *w, test_same);
      g_test_add_data_func (sizes, *w, test_sizes);
    }
  g_assert_null (ph_world_find ("nowhere"));
  g_test_add_func ("/world/faces/attributes", test_attributes);
  g_test_add_func ("/world/things/pixels-do-not-tell", test_pixels_do_not_tell);
  return g_test_run ();
}
