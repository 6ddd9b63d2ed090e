#include <math.h>
#include <string.h>

#include "engine/engine.h"

#define ROWS 14
#define COLUMNS 18
#define PLANE (ROWS * COLUMNS)

static void
fill (float *image)
{
  for (guint i = 0; i < 3 * PLANE; i++)
    image[i] = (float)g_test_rand_double_range (0.1, 0.9);
}

static void
apply (const PhAugment *augment, const float *image, guint64 seed, float *result)
{
  PhRng rng;

  ph_rng_init (&rng, seed, 0);
  ph_augment_apply (augment, 3, ROWS, COLUMNS, image, result, &rng);
}

/* Nothing changes nothing, and a seed is a picture. */
static void
test_nothing (void)
{
  PhAugment none = { 0 }, all = { TRUE, 0.1, 20, 0.2, 0.3, 0.3, 0.05, 0.3 };
  float image[3 * PLANE], a[3 * PLANE], b[3 * PLANE];

  fill (image);
  g_assert_true (ph_augment_is_none (&none));
  g_assert_false (ph_augment_is_none (&all));
  for (guint64 seed = 0; seed < 10; seed++)
    {
      apply (&none, image, seed, a);
      g_assert_cmpmem (a, sizeof a, image, sizeof image);
      apply (&all, image, seed, a);
      apply (&all, image, seed, b);
      g_assert_cmpmem (a, sizeof a, b, sizeof b);
      apply (&all, image, seed + 1000, b);
      g_assert_cmpint (memcmp (a, b, sizeof a), !=, 0);
      for (guint i = 0; i < 3 * PLANE; i++)
        g_assert_true (a[i] >= 0 && a[i] <= 1);
    }
}

static void
test_flip (void)
{
  PhAugment flip = { .flip = TRUE };
  float image[3 * PLANE], result[3 * PLANE];
  guint n_flipped = 0;

  fill (image);
  for (guint64 seed = 0; seed < 200; seed++)
    {
      gboolean flipped;

      apply (&flip, image, seed, result);
      flipped = memcmp (result, image, sizeof image) != 0;
      n_flipped += flipped;
      for (guint i = 0; i < 3 * ROWS && flipped; i++)
        for (guint x = 0; x < COLUMNS; x++)
          g_assert_cmpfloat (result[i * COLUMNS + x], ==, image[(i + 1) * COLUMNS - 1 - x]);
    }
  g_assert_cmpuint (n_flipped, >, 70);
  g_assert_cmpuint (n_flipped, <, 130);
}

/* Where the middle of a ramp goes tells shift, size and angle. */
static void
test_geometry (void)
{
  float image[3 * PLANE], result[3 * PLANE];
  double largest = 0, steepest = 0, turned = 0;

  for (guint c = 0; c < 3; c++)
    for (guint y = 0; y < ROWS; y++)
      for (guint x = 0; x < COLUMNS; x++)
        image[c * PLANE + y * COLUMNS + x] = 0.3f + 0.02f * (float)x;
  for (guint64 seed = 0; seed < 100; seed++)
    {
      const float *at = &result[(ROWS / 2) * COLUMNS + COLUMNS / 2];

      apply (&(PhAugment){ .shift = 0.2 }, image, seed, result);
      largest = MAX (largest, fabs (at[0] - image[COLUMNS / 2]));
      apply (&(PhAugment){ .scale = 0.25 }, image, seed, result);
      steepest = MAX (steepest, at[1] - at[0]);
      apply (&(PhAugment){ .rotate = 30 }, image, seed, result);
      turned = MAX (turned, fabs (at[COLUMNS] - at[0]));
      g_assert_cmpfloat_with_epsilon (hypot (at[COLUMNS] - at[0], at[1] - at[0]), 0.02, 1e-5);
    }
  /* 0.2 of 18 pixels, of which each is 0.02 brighter than the one before. */
  g_assert_cmpfloat (largest, <=, 0.2 * 18 * 0.02 + 1e-6);
  g_assert_cmpfloat (largest, >, 0.9 * 0.2 * 18 * 0.02);
  g_assert_cmpfloat (steepest, <=, 0.02 * 1.25 + 1e-6);
  g_assert_cmpfloat (steepest, >, 0.02 * 1.2);
  g_assert_cmpfloat (turned, <=, 0.02 * sin (G_PI / 6) + 1e-6);
  g_assert_cmpfloat (turned, >, 0.02 * sin (G_PI / 7));
}

static void
test_values (void)
{
  float image[3 * PLANE], result[3 * PLANE];
  double sum = 0, squares = 0;
  guint covered = 0;

  for (guint i = 0; i < 3 * PLANE; i++)
    image[i] = 0.3f;
  apply (&(PhAugment){ .noise = 0.05 }, image, 3, result);
  for (guint i = 0; i < 3 * PLANE; i++)
    {
      sum += result[i] - image[i];
      squares += pow (result[i] - image[i], 2);
    }
  g_assert_cmpfloat_with_epsilon (sum / (3 * PLANE), 0, 0.01);
  g_assert_cmpfloat_with_epsilon (sqrt (squares / (3 * PLANE)), 0.05, 0.01);

  apply (&(PhAugment){ .cutout = 0.5 }, image, 3, result);
  for (guint i = 0; i < 3 * PLANE; i++)
    covered += result[i] == 0.5f;
  g_assert_cmpuint (covered, >=, 3 * 3 * 3);
  g_assert_cmpuint (covered, <=, 3 * 8 * 8);

  /* Colours of an even grey picture become another even grey. */
  apply (&(PhAugment){ .colour = 0.5 }, image, 3, result);
  for (guint i = 1; i < 3 * PLANE; i++)
    g_assert_cmpfloat_with_epsilon (result[i], result[0], 1e-6);
  g_assert_cmpfloat (fabs (result[0] - 0.3f), >, 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/augment/nothing", test_nothing);
  g_test_add_func ("/augment/flip", test_flip);
  g_test_add_func ("/augment/geometry", test_geometry);
  g_test_add_func ("/augment/values", test_values);
  return g_test_run ();
}
