#include "base/optimiser.h"

#include <glib/gi18n.h>
#include <math.h>

#include "base/tensor.h"

#define ADAM_BETA1 0.9f
#define ADAM_BETA2 0.999f
#define ADAM_EPSILON 1e-8f
#define MOMENTUM 0.9

const char *const ph_optimiser_names[] = { NC_ ("choice", "adam"), NC_ ("choice", "momentum"),
                                           NC_ ("choice", "sgd"), NULL };

struct _PhOptimiser
{
  PhOptimiserKind kind;
  gsize n;
  guint64 steps;
  double momentum, decay;
  gboolean decoupled;
  float *m; /* owned: mean of the gradient (adam), velocity (momentum) */
  float *v; /* owned: mean of its square (adam) */
};

PhOptimiser *
ph_optimiser_new (PhOptimiserKind kind, gsize n, GError **error)
{
  g_autoptr (PhOptimiser) optimiser = g_new0 (PhOptimiser, 1);

  optimiser->kind = kind;
  optimiser->n = n;
  optimiser->momentum = MOMENTUM;
  if (kind != PH_OPTIMISER_SGD)
    optimiser->m = ph_aligned_alloc (sizeof (float) * MAX (n, 1));
  if (kind == PH_OPTIMISER_ADAM)
    optimiser->v = ph_aligned_alloc (sizeof (float) * MAX (n, 1));
  if ((kind != PH_OPTIMISER_SGD && optimiser->m == NULL) ||
      (kind == PH_OPTIMISER_ADAM && optimiser->v == NULL))
    {
      g_set_error (
          error, PH_ERROR, PH_ERROR_NO_MEMORY,
          "There is no memory for the state of the optimiser (%" G_GSIZE_FORMAT " numbers)", n);
      return NULL;
    }
  return g_steal_pointer (&optimiser);
}

void
ph_optimiser_free (PhOptimiser *optimiser)
{
  if (optimiser == NULL)
    return;
  ph_aligned_free (optimiser->m);
  ph_aligned_free (optimiser->v);
  g_free (optimiser);
}

void
ph_optimiser_set_momentum (PhOptimiser *optimiser, double momentum)
{
  optimiser->momentum = momentum;
}

void
ph_optimiser_set_decay (PhOptimiser *optimiser, double decay, gboolean decoupled)
{
  optimiser->decay = decay;
  optimiser->decoupled = decoupled;
}

static void
step_adam (PhOptimiser *optimiser, float *restrict x, const float *restrict gradient, double rate,
           float pull)
{
  float *restrict m = optimiser->m;
  float *restrict v = optimiser->v;
  double steps = (double)optimiser->steps;
  /* Both bias corrections, folded into the rate and the epsilon as in section 2 of the paper. */
  double root = sqrt (1 - pow (ADAM_BETA2, steps));
  float corrected = (float)(rate * root / (1 - pow (ADAM_BETA1, steps)));
  float epsilon = (float)(ADAM_EPSILON * root);

  for (gsize i = 0; i < optimiser->n; i++)
    {
      float g = gradient[i] + pull * x[i];

      m[i] = ADAM_BETA1 * m[i] + (1 - ADAM_BETA1) * g;
      v[i] = ADAM_BETA2 * v[i] + (1 - ADAM_BETA2) * g * g;
      x[i] += corrected * m[i] / (sqrtf (v[i]) + epsilon);
    }
}

void
ph_optimiser_step (PhOptimiser *optimiser, float *x, const float *gradient, double rate)
{
  float *restrict m = optimiser->m;
  const float momentum = (float)optimiser->momentum;
  /* Downhill, the pull towards 0 is the gradient of decay * x² / 2; uphill it is its opposite. */
  float pull = (float)(optimiser->decoupled ? 0 : rate > 0 ? -optimiser->decay : optimiser->decay);

  optimiser->steps++;
  if (optimiser->decoupled && optimiser->decay != 0)
    {
      const float keep = (float)(1 - fabs (rate) * optimiser->decay);

      for (gsize i = 0; i < optimiser->n; i++)
        x[i] *= keep;
    }
  switch (optimiser->kind)
    {
    case PH_OPTIMISER_ADAM:
      step_adam (optimiser, x, gradient, rate, pull);
      break;
    case PH_OPTIMISER_MOMENTUM:
      for (gsize i = 0; i < optimiser->n; i++)
        {
          m[i] = momentum * m[i] + (gradient[i] + pull * x[i]);
          x[i] += (float)rate * m[i];
        }
      break;
    case PH_OPTIMISER_SGD:
    default:
      for (gsize i = 0; i < optimiser->n; i++)
        x[i] += (float)rate * (gradient[i] + pull * x[i]);
      break;
    }
}

float *
ph_optimiser_get_state (PhOptimiser *optimiser, guint which)
{
  return which == 0 ? optimiser->m : which == 1 ? optimiser->v : NULL;
}

guint64
ph_optimiser_get_steps (const PhOptimiser *optimiser)
{
  return optimiser->steps;
}

void
ph_optimiser_set_steps (PhOptimiser *optimiser, guint64 steps)
{
  optimiser->steps = steps;
}
