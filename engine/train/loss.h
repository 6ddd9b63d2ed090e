#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhLossKind:
 * @PH_LOSS_CROSS_ENTROPY: -log of the softmax of the right class
 * @PH_LOSS_MSE: mean of the squared differences between outputs and targets
 * @PH_LOSS_BCE: binary cross-entropy of sigmoid (output), for each output by itself
 *
 * What training makes small. The scores are those before any softmax or sigmoid.
 */
typedef enum
{
  PH_LOSS_CROSS_ENTROPY,
  PH_LOSS_MSE,
  PH_LOSS_BCE,
} PhLossKind;

/** ph_loss_names: %NULL-terminated names of the kinds, in order, as settings write them. */
extern const char *const ph_loss_names[];

/**
 * PhLoss:
 * @smoothing: share of the target that is spread evenly over all classes (Szegedy et al. 2016)
 * @class_weights: (nullable) (borrowed): how much an image of each class counts; %NULL: all the
 * same
 */
typedef struct
{
  PhLossKind kind;
  double smoothing;
  const float *class_weights;
} PhLoss;

/**
 * ph_loss_classes:
 * @scores: (n, n_classes)
 * @labels: n class numbers; an image whose label is -1 does not count
 * @gradient: (nullable): (n, n_classes), the gradient at the scores, overwritten
 *
 * The mean loss over a batch of classified images, weighted by the weights of their classes as
 * PyTorch's CrossEntropyLoss does. MSE and BCE have 1 for the right class and 0 for others as
 * targets. Sums in double. Not-a-number when the scores are.
 */
double ph_loss_classes (const PhLoss *loss, guint n, guint n_classes, const float *scores,
                        const int *labels, float *gradient);

/**
 * ph_loss_values:
 * @kind: MSE or BCE
 * @outputs, @targets: @n numbers each
 * @gradient: (nullable): @n numbers, overwritten
 *
 * The mean loss where the target is a picture or a vector, as for autoencoders.
 */
double ph_loss_values (PhLossKind kind, gsize n, const float *outputs, const float *targets,
                       float *gradient);

/**
 * ph_loss_pictures:
 * @outputs, @targets: (n, size)
 * @labels: n; a picture whose label is -1 does not count
 * @gradient: (nullable): (n, size), overwritten
 *
 * The mean squared error over a batch of pictures, as autoencoders learn from.
 */
double ph_loss_pictures (guint n, gsize size, const float *outputs, const float *targets,
                         const int *labels, float *gradient);

/** ph_psnr: peak signal-to-noise ratio in decibels of numbers in 0..1 with that mean squared error:
 * 20 is rough, 30 is good. */
double ph_psnr (double mse);

G_END_DECLS
