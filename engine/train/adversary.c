#include "train/adversary.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/rng.h"

struct _PhAdversary
{
  PhAdversaryOptions options;
  guint n, n_classes; /* images, scores of each */
  gsize item;         /* numbers of one image */

  /* owned */
  PhRun *run;
  float *low, *factor; /* per number of an image: what black becomes, and a step from 0 to 1 */
  float *change;       /* in pixels: (n, item) */
  float *clean;        /* (n, item) */
};

/* How pixels become numbers of the input, found by asking: preprocessing is linear. */
static gboolean
measure_preprocess (PhAdversary *a, GError **error)
{
  const PhPreprocess *p = a->options.preprocess;
  g_autoptr (PhImage) image = NULL;

  for (gsize i = 0; i < a->item; i++)
    {
      a->low[i] = -INFINITY;
      a->factor[i] = 1;
    }
  if (p == NULL)
    return TRUE;
  image = ph_image_new (p->channels, p->height, p->width, error);
  if (image == NULL)
    return FALSE;
  g_return_val_if_fail (ph_image_n_values (image) == a->item, FALSE);
  ph_preprocess_apply (p, 1, p->height, p->width, image->data, a->low);
  for (gsize i = 0; i < a->item; i++)
    image->data[i] = 1;
  ph_preprocess_apply (p, 1, p->height, p->width, image->data, a->factor);
  for (gsize i = 0; i < a->item; i++)
    a->factor[i] -= a->low[i];
  return TRUE;
}

static gboolean
make_run (PhAdversary *a, const PhWeights *weights, GError **error)
{
  PhSpec input = { .type = PH_TYPE_FLOAT, .shape = a->options.shape };
  g_autofree int *values = g_new (int, weights->n + 1);
  g_autoptr (PhPlan) plan = NULL;
  PhQuestion question = { .inputs = &input,
                          .n_inputs = 1,
                          .targets = &a->options.target,
                          .n_targets = 1,
                          .gradient = TRUE,
                          .parameters = values,
                          .n_parameters = weights->n };

  for (guint i = 0; i < weights->n; i++)
    values[i] = weights->weights[i].parameter.value;
  plan = ph_plan_new (weights->graph, &question, error);
  a->run = plan != NULL ? ph_run_new (plan, error) : NULL;
  if (a->run == NULL)
    return FALSE;
  ph_weights_bind (weights, a->run, values, weights->n);
  a->n_classes =
      (guint)(ph_shape_count (&ph_plan_get_spec (plan, a->options.target)->shape) / a->n);
  return TRUE;
}

PhAdversary *
ph_adversary_new (const PhWeights *weights, const PhAdversaryOptions *options, GError **error)
{
  g_autoptr (PhAdversary) a = g_new0 (PhAdversary, 1);

  a->options = *options;
  a->n = (guint)options->shape.dim[0];
  a->item = ph_shape_count (&options->shape) / a->n;
  a->low = ph_aligned_alloc (a->item * sizeof (float));
  a->factor = ph_aligned_alloc (a->item * sizeof (float));
  a->change = ph_aligned_alloc (a->n * a->item * sizeof (float));
  a->clean = ph_aligned_alloc (a->n * a->item * sizeof (float));
  if (a->low == NULL || a->factor == NULL || a->change == NULL || a->clean == NULL)
    {
      g_set_error_literal (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                           _ ("There is no memory for changed images; choose smaller batches"));
      return NULL;
    }
  if (!measure_preprocess (a, error) || !make_run (a, weights, error))
    return NULL;
  return g_steal_pointer (&a);
}

void
ph_adversary_free (PhAdversary *a)
{
  if (a == NULL)
    return;
  g_clear_pointer (&a->run, ph_run_free);
  ph_aligned_free (a->low);
  ph_aligned_free (a->factor);
  ph_aligned_free (a->change);
  ph_aligned_free (a->clean);
  g_free (a);
}

static double
length_of (const float *v, gsize n)
{
  double squares = 0;

  for (gsize i = 0; i < n; i++)
    squares += (double)v[i] * v[i];
  return sqrt (squares);
}

static void
scale (float *v, gsize n, double factor)
{
  for (gsize i = 0; i < n; i++)
    v[i] *= (float)factor;
}

/* A random direction, any length up to the radius. */
static void
begin (PhAdversary *a, guint64 seed)
{
  for (guint k = 0; k < a->n; k++)
    {
      float *change = a->change + k * a->item;
      PhRng rng;
      double length;

      ph_rng_init (&rng, seed, k);
      for (gsize i = 0; i < a->item; i++)
        change[i] = (float)ph_rng_uniform (&rng, -1, 1);
      length = length_of (change, a->item);
      scale (change, a->item,
             a->options.radius * ph_rng_uniform (&rng, 0, 1) / MAX (length, 1e-12));
    }
}

/* Lays the changes over the clean images; pixels stay within 0..1. */
static void
lay_over (const PhAdversary *a, const int *labels, float *x)
{
  for (guint k = 0; k < a->n; k++)
    for (gsize i = 0; i < a->item; i++)
      {
        gsize at = k * a->item + i;
        float value = a->clean[at] + a->factor[i] * a->change[at];

        if (a->options.preprocess != NULL)
          value = CLAMP (value, a->low[i], a->low[i] + a->factor[i]);
        x[at] = labels[k] >= 0 ? value : a->clean[at];
      }
}

/* One step along the normalised gradient at the pixels, back into the ball. */
static void
climb (PhAdversary *a, const float *gradient, double step)
{
  for (guint k = 0; k < a->n; k++)
    {
      float *change = a->change + k * a->item;
      const float *g = gradient + k * a->item;
      double squares = 0, length;

      for (gsize i = 0; i < a->item; i++)
        squares += (double)g[i] * g[i] * a->factor[i] * a->factor[i];
      if (!(squares > 0) || !isfinite (squares))
        continue;

      const float factor = (float)(step / sqrt (squares));

      for (gsize i = 0; i < a->item; i++)
        change[i] += factor * g[i] * a->factor[i];
      length = length_of (change, a->item);
      if (length > a->options.radius)
        scale (change, a->item, a->options.radius / length);
    }
}

gboolean
ph_adversary_attack (PhAdversary *a, const PhLoss *loss, const int *labels, guint64 seed, float *x,
                     GCancellable *cancellable, GError **error)
{
  const gsize bytes = a->n * a->item * sizeof (float);
  /* Far enough that every place of the ball can be reached. */
  const double step = 2.5 * a->options.radius / (a->options.n_steps + 1);

  memcpy (a->clean, x, bytes);
  begin (a, seed);
  for (guint i = 0; i < a->options.n_steps; i++)
    {
      lay_over (a, labels, ph_run_get_input (a->run, 0));
      if (!ph_run_forward (a->run, cancellable, error))
        return FALSE;
      ph_run_clear_gradients (a->run);
      ph_loss_classes (loss, a->n, a->n_classes, ph_run_get_value (a->run, a->options.target),
                       labels, ph_run_get_gradient (a->run, a->options.target));
      if (!ph_run_backward (a->run, cancellable, error))
        return FALSE;
      climb (a, ph_run_get_input_gradient (a->run, 0), step);
    }
  lay_over (a, labels, x);
  return TRUE;
}
