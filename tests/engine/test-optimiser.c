#include "base/optimiser.h"

#include <math.h>

/* The formulas of the papers, spelled out in double. */
static void
test_against_formulas (void)
{
  const double rate = 0.05;
  double x[3][3] = { { 0.5, -1, 2 }, { 0.5, -1, 2 }, { 0.5, -1, 2 } };
  double m[3] = { 0 }, v[3] = { 0 }, velocity[3] = { 0 };
  float values[3][3];
  PhOptimiser *optimisers[3];

  for (guint k = 0; k < 3; k++)
    {
      optimisers[k] = ph_optimiser_new ((PhOptimiserKind)k, 3, NULL);
      for (guint i = 0; i < 3; i++)
        values[k][i] = (float)x[k][i];
    }
  for (guint step = 1; step <= 20; step++)
    {
      float gradient[3];

      for (guint i = 0; i < 3; i++)
        {
          double g = (float)sin (step * 1.7 + i);

          gradient[i] = (float)g;
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          x[0][i] += rate * (m[i] / (1 - pow (0.9, step))) /
                     (sqrt (v[i] / (1 - pow (0.999, step))) + 1e-8);
          velocity[i] = 0.9 * velocity[i] + g;
          x[1][i] += rate * velocity[i];
          x[2][i] += rate * g;
        }
      for (guint k = 0; k < 3; k++)
        {
          ph_optimiser_step (optimisers[k], values[k], gradient, rate);
          for (guint i = 0; i < 3; i++)
            g_assert_cmpfloat_with_epsilon (values[k][i], x[k][i], 2e-5);
        }
    }
  for (guint k = 0; k < 3; k++)
    {
      g_assert_cmpuint (ph_optimiser_get_steps (optimisers[k]), ==, 20);
      ph_optimiser_free (optimisers[k]);
    }
}

/* What PyTorch's SGD, Adam and AdamW do with weight_decay, spelled out in double; downhill. */
static void
test_decay (void)
{
  const double rate = 0.02, decay = 0.3, keep = 0.8;
  double sgd = 1.5, velocity = 0, adam = 1.5, m = 0, v = 0, adamw = 1.5, mw = 0, vw = 0;
  float x[3] = { 1.5f, 1.5f, 1.5f };
  PhOptimiser *optimisers[3];

  for (guint k = 0; k < 3; k++)
    optimisers[k] = ph_optimiser_new (k == 0 ? PH_OPTIMISER_MOMENTUM : PH_OPTIMISER_ADAM, 1, NULL);
  ph_optimiser_set_momentum (optimisers[0], keep);
  for (guint k = 0; k < 3; k++)
    ph_optimiser_set_decay (optimisers[k], decay, k == 2);
  for (guint step = 1; step <= 25; step++)
    {
      float gradient = (float)sin (step * 0.7);
      double g = gradient + decay * sgd, mean, square;

      velocity = keep * velocity + g;
      sgd -= rate * velocity;

      g = gradient + decay * adam;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      mean = m / (1 - pow (0.9, step));
      square = v / (1 - pow (0.999, step));
      adam -= rate * mean / (sqrt (square) + 1e-8);

      g = gradient;
      adamw *= 1 - rate * decay;
      mw = 0.9 * mw + 0.1 * g;
      vw = 0.999 * vw + 0.001 * g * g;
      mean = mw / (1 - pow (0.9, step));
      square = vw / (1 - pow (0.999, step));
      adamw -= rate * mean / (sqrt (square) + 1e-8);

      for (guint k = 0; k < 3; k++)
        ph_optimiser_step (optimisers[k], &x[k], &gradient, -rate);
      g_assert_cmpfloat_with_epsilon (x[0], sgd, 1e-5);
      g_assert_cmpfloat_with_epsilon (x[1], adam, 1e-5);
      g_assert_cmpfloat_with_epsilon (x[2], adamw, 1e-5);
    }
  for (guint k = 0; k < 3; k++)
    ph_optimiser_free (optimisers[k]);
}

/* A hill with its top at (3, -2), steeper in one direction than in the other. */
static void
test_climbs (void)
{
  for (guint k = 0; k < 3; k++)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        g_autoptr (PhOptimiser) optimiser = ph_optimiser_new ((PhOptimiserKind)k, 2, NULL);
        float x[2] = { 0, 0 };

        for (guint step = 0; step < 600; step++)
          {
            float gradient[2] = { -(x[0] - 3) * (float)sign, -4 * (x[1] + 2) * (float)sign };

            ph_optimiser_step (optimiser, x, gradient, sign * 0.03);
          }
        g_assert_cmpfloat_with_epsilon (x[0], 3, 0.05);
        g_assert_cmpfloat_with_epsilon (x[1], -2, 0.05);
      }
}

/* A zero gradient moves nothing, also in Adam's first step, and a huge one stays finite. */
static void
test_extremes (void)
{
  for (guint k = 0; k < 3; k++)
    {
      g_autoptr (PhOptimiser) optimiser = ph_optimiser_new ((PhOptimiserKind)k, 2, NULL);
      float x[2] = { 1, 1 };

      ph_optimiser_step (optimiser, x, (float[]){ 0, 0 }, 0.1);
      g_assert_cmpfloat (x[0], ==, 1);
      ph_optimiser_step (optimiser, x, (float[]){ 1e15f, 0 }, 0.1);
      g_assert_true (isfinite (x[0]));
      g_assert_cmpfloat (x[1], ==, 1);
    }
}

static void
test_state (void)
{
  for (guint k = 0; k < 3; k++)
    {
      g_autoptr (PhOptimiser) first = ph_optimiser_new ((PhOptimiserKind)k, 2, NULL);
      g_autoptr (PhOptimiser) second = ph_optimiser_new ((PhOptimiserKind)k, 2, NULL);
      float x[2] = { 0, 0 }, y[2];

      for (guint step = 0; step < 5; step++)
        ph_optimiser_step (first, x, (float[]){ 1, -2 }, 0.1);
      for (guint which = 0; ph_optimiser_get_state (first, which) != NULL; which++)
        for (guint i = 0; i < 2; i++)
          ph_optimiser_get_state (second, which)[i] = ph_optimiser_get_state (first, which)[i];
      ph_optimiser_set_steps (second, ph_optimiser_get_steps (first));
      y[0] = x[0], y[1] = x[1];
      ph_optimiser_step (first, x, (float[]){ -3, 1 }, 0.1);
      ph_optimiser_step (second, y, (float[]){ -3, 1 }, 0.1);
      g_assert_cmpfloat (x[0], ==, y[0]);
      g_assert_cmpfloat (x[1], ==, y[1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimiser/against-formulas", test_against_formulas);
  g_test_add_func ("/optimiser/decay", test_decay);
  g_test_add_func ("/optimiser/climbs", test_climbs);
  g_test_add_func ("/optimiser/extremes", test_extremes);
  g_test_add_func ("/optimiser/state", test_state);
  return g_test_run ();
}
