#pragma once

#include "train/loss.h"
#include "train/weights.h"

G_BEGIN_DECLS

/**
 * PhAdversaryOptions:
 * @target: the scores of the classes
 * @shape: of the network's input, with the number of images in a batch
 * @preprocess: (nullable): how pixels become that input; %NULL: they are the input, without bounds
 * @radius: length of the largest change of an image, whose pixels go from 0 to 1
 * @n_steps: of gradient ascent for each attack
 */
typedef struct
{
  int target;
  PhShape shape;
  const PhPreprocess *preprocess;
  double radius;
  guint n_steps;
} PhAdversaryOptions;

/**
 * PhAdversary:
 *
 * Changes images a little so that a network gets them wrong. A network that learns from such images
 * has to rely on what cannot be changed a little, and its gradients and its units' pictures become
 * those of things rather than of noise.
 *
 * The ball of possible changes is Euclidean. Each attack begins at a random place in it and climbs
 * along the normalised gradient of the loss, as the network answers when it is used: batch
 * normalisation with its statistics, nothing dropped. Sources: Madry et al. 2018 (projected
 * gradient descent), Wong et al. 2020 (one step from a random start is nearly as good), Santurkar
 * et al. 2019 (what such networks' gradients look like).
 */
typedef struct _PhAdversary PhAdversary;

/**
 * ph_adversary_new:
 * @weights: (borrowed): read as they are at each attack
 *
 * Returns: (transfer full): %NULL with an error of the plan.
 */
PhAdversary *ph_adversary_new (const PhWeights *weights, const PhAdversaryOptions *options,
                               GError **error);
void ph_adversary_free (PhAdversary *adversary);

/**
 * ph_adversary_attack:
 * @loss: what shall become large
 * @labels: of the batch; an image whose label is -1 stays as it is
 * @seed: of the random start
 * @x: the network's input for the batch; changed in place
 *
 * Returns: %FALSE only when cancelled.
 */
gboolean ph_adversary_attack (PhAdversary *adversary, const PhLoss *loss, const int *labels,
                              guint64 seed, float *x, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAdversary, ph_adversary_free)

G_END_DECLS
