#include "train/loss.h"

#include <glib/gi18n.h>
#include <math.h>

const char *const ph_loss_names[] = { NC_ ("choice", "cross-entropy"), NC_ ("choice", "mse"),
                                      NC_ ("choice", "bce"), NULL };

/* log (1 + exp (x)) without overflow. */
static double
softplus (double x)
{
  return MAX (x, 0) + log1p (exp (-fabs (x)));
}

/* Loss of one output and its derivative. */
static double
element (PhLossKind kind, double output, double target, double *derivative)
{
  if (kind == PH_LOSS_MSE)
    {
      *derivative = 2 * (output - target);
      return (output - target) * (output - target);
    }
  *derivative = 1 / (1 + exp (-output)) - target;
  return softplus (output) - target * output;
}

static double
weight_of (const PhLoss *loss, int label)
{
  return label < 0 ? 0 : loss->class_weights != NULL ? loss->class_weights[label] : 1;
}

/* The cross-entropy of one image, not divided by the sum of weights. With log p = s - lse, target t
 * and class weights w: loss = -Σ w t log p, gradient = p Σ w t - w t. */
static double
cross_entropy (const PhLoss *loss, guint n_classes, const float *scores, int label, double scale,
               float *gradient)
{
  double largest = scores[0], sum = 0, mass = 0, value = 0, lse;

  for (guint i = 1; i < n_classes; i++)
    largest = MAX (largest, scores[i]);
  for (guint i = 0; i < n_classes; i++)
    sum += exp (scores[i] - largest);
  lse = largest + log (sum);
  for (guint i = 0; i < n_classes; i++)
    {
      double w = loss->class_weights != NULL ? loss->class_weights[i] : 1;
      double t = loss->smoothing / n_classes + (i == (guint)label ? 1 - loss->smoothing : 0);

      mass += w * t;
      value -= t > 0 ? w * t * (scores[i] - lse) : 0;
      if (gradient != NULL)
        gradient[i] = (float)(-w * t * scale);
    }
  for (guint i = 0; i < n_classes && gradient != NULL; i++)
    gradient[i] += (float)(exp (scores[i] - lse) * mass * scale);
  return value;
}

double
ph_loss_classes (const PhLoss *loss, guint n, guint n_classes, const float *scores,
                 const int *labels, float *gradient)
{
  double total = 0, weights = 0;

  for (guint i = 0; i < n; i++)
    weights += weight_of (loss, labels[i]);
  if (!(weights > 0))
    weights = 1;
  for (guint i = 0; i < n; i++)
    {
      const float *row = scores + (gsize)i * n_classes;
      float *d = gradient != NULL ? gradient + (gsize)i * n_classes : NULL;
      double scale = weight_of (loss, labels[i]) / (weights * n_classes);

      if (labels[i] < 0)
        {
          for (guint j = 0; j < n_classes && d != NULL; j++)
            d[j] = 0;
          continue;
        }
      if (loss->kind == PH_LOSS_CROSS_ENTROPY)
        {
          total += cross_entropy (loss, n_classes, row, labels[i], 1 / weights, d) / weights;
          continue;
        }
      for (guint j = 0; j < n_classes; j++)
        {
          double t =
              loss->smoothing / n_classes + (j == (guint)labels[i] ? 1 - loss->smoothing : 0);
          double derivative;

          total += scale * element (loss->kind, row[j], t, &derivative);
          if (d != NULL)
            d[j] = (float)(scale * derivative);
        }
    }
  return total;
}

double
ph_loss_values (PhLossKind kind, gsize n, const float *outputs, const float *targets,
                float *gradient)
{
  double total = 0;

  g_return_val_if_fail (kind != PH_LOSS_CROSS_ENTROPY && n > 0, 0);

  for (gsize i = 0; i < n; i++)
    {
      double derivative;

      total += element (kind, outputs[i], targets[i], &derivative);
      if (gradient != NULL)
        gradient[i] = (float)(derivative / (double)n);
    }
  return total / (double)n;
}

double
ph_loss_pictures (guint n, gsize size, const float *outputs, const float *targets,
                  const int *labels, float *gradient)
{
  double total = 0;
  guint n_counted = 0;

  for (guint i = 0; i < n; i++)
    n_counted += labels[i] >= 0;
  for (guint i = 0; i < n; i++)
    {
      float *d = gradient != NULL ? gradient + i * size : NULL;

      if (labels[i] >= 0)
        total += ph_loss_values (PH_LOSS_MSE, size, outputs + i * size, targets + i * size, d);
      for (gsize j = 0; j < size && d != NULL; j++)
        d[j] = labels[i] >= 0 ? d[j] / (float)n_counted : 0;
    }
  return total / MAX (n_counted, 1);
}

double
ph_psnr (double mse)
{
  return -10 * log10 (MAX (mse, 1e-12));
}
