#pragma once

#include <gio/gio.h>

#include "base/monitor.h"
#include "network/graph.h"
#include "train/feed.h"
#include "train/loss.h"

G_BEGIN_DECLS

/**
 * PhMistake:
 * @item: of the dataset
 * @label, @answer: the right class and the one that the network names
 * @probability: which it gives to its answer
 * @right_probability: and to the right class
 */
typedef struct
{
  guint item;
  int label, answer;
  double probability, right_probability;
} PhMistake;

/**
 * PhEvaluation:
 * @n: images that were judged
 * @loss: mean, without label smoothing and class weights
 * @accuracy: share of right answers, 0 to 1
 * @confusion: (n_classes, n_classes): how many images of each class (row) got each answer (column)
 * @mistakes: the images that the network is most sure and most wrong about, worst first
 *
 * How well a network does on images that it has not learned from. Of an autoencoder only @n and
 * @loss, the mean squared error, say something; it has no classes.
 */
typedef struct
{
  guint n, n_classes, n_mistakes;
  double loss, accuracy;

  /* owned */
  guint *confusion;
  PhMistake *mistakes;
} PhEvaluation;

/** PH_EVALUATION_MISTAKES: how many mistakes an evaluation keeps at most. */
#define PH_EVALUATION_MISTAKES 48

/**
 * ph_evaluation_new:
 * @probabilities: (n, n_classes)
 * @items, @labels: n each; images with the label -1 or without numbers are left out
 */
PhEvaluation *ph_evaluation_new (guint n, guint n_classes, const float *probabilities,
                                 const guint *items, const int *labels);
PhEvaluation *ph_evaluation_copy (const PhEvaluation *evaluation);
void ph_evaluation_free (PhEvaluation *evaluation);

/**
 * ph_predict:
 * @graph: with one input
 * @target: a value of it with one vector for each image
 * @shape: of the input for one image: (1, …)
 * @feed: not shuffled, one epoch
 * @n: (in): items that the feed gives
 * @size: (out): numbers for each item
 *
 * What the network says to each item, in order: not-a-number to one that cannot be read. Blocks.
 *
 * Returns: (transfer full): (n, size), to be freed with ph_aligned_free().
 */
float *ph_predict (PhGraph *graph, int target, const PhShape *shape, PhFeed *feed, guint n,
                   guint *size, const char *what, const PhMonitor *monitor,
                   GCancellable *cancellable, GError **error);

/**
 * ph_evaluate_pictures:
 * @target: a value of @graph: for each image a picture like the one it was given
 * @feed: not shuffled, one epoch, with pictures
 *
 * How well an autoencoder gives back the pictures of @feed. Blocks.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID when no picture can be read.
 */
PhEvaluation *ph_evaluate_pictures (PhGraph *graph, int target, const PhShape *shape, PhFeed *feed,
                                    GCancellable *cancellable, GError **error);

/** ph_softmax: makes probabilities of the scores of each of @n rows, in place. */
void ph_softmax (guint n, guint n_classes, float *scores);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhEvaluation, ph_evaluation_free)

G_END_DECLS
