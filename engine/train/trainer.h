#pragma once

#include <gio/gio.h>

#include "base/monitor.h"
#include "train/evaluate.h"
#include "train/feed.h"
#include "train/train-settings.h"
#include "train/weights.h"

G_BEGIN_DECLS

/**
 * PhEpoch:
 * @loss, @accuracy: over what was learned from, while it was (with augmentation and dropout)
 * @validation_loss, @validation_accuracy: afterwards, on what is not learned from
 * @rate: learning rate of the last step
 * @seconds: that it took; not the same in a repetition
 *
 * What is known of one pass over all images.
 */
typedef struct
{
  double loss, accuracy;
  double validation_loss, validation_accuracy;
  double rate;
  double seconds;
} PhEpoch;

/**
 * PhTrainProgress:
 * @epoch, @n_epochs: the epoch that is going on, from 0
 * @step, @n_steps: of the whole training
 * @loss, @rate: of this step
 * @images_per_second, @seconds_left: measured since training began or went on
 */
typedef struct
{
  guint epoch, n_epochs;
  guint64 step, n_steps;
  double loss, rate;
  double images_per_second, seconds_left;
} PhTrainProgress;

typedef struct _PhTrainer PhTrainer;

/**
 * PhTrainWatch:
 * @begin: before the first step, not where an earlier run is gone on with
 * @step: after each step
 * @epoch: after each epoch, with the validation's result (borrowed); ph_trainer_get_weights() may
 * be read meanwhile
 * @data: (borrowed) given to all
 *
 * What a training tells while it goes on, besides what a #PhMonitor is told. All are called on the
 * thread of the work and may be %NULL.
 */
typedef struct
{
  void (*begin) (PhTrainer *trainer, gpointer data);
  void (*step) (const PhTrainProgress *progress, gpointer data);
  void (*epoch) (PhTrainer *trainer, guint epoch, const PhEvaluation *evaluation, gpointer data);
  gpointer data;
} PhTrainWatch;

/**
 * PhTrainTask:
 * @graph: what learns: one input, whose batch size is free
 * @target: the scores of the classes, or the pictures that are given back
 * @reconstruct: whether the target shall be the picture itself, by the mean squared error: an
 *   autoencoder; the picture that goes in may be spoiled (the settings' corruption), the one that
 *   is to come out is not
 * @shape: of the input for one image
 * @preprocess: (nullable): where the network is given images: what it wants; with the size
 * @vectors, @validation_vectors: (nullable): otherwise what it is given, in the order of the items
 * @items, @validation: of the dataset: what is learned from and what is measured on
 * @blocks: (nullable): per node of @graph the number of its block, counted from the start: for
 *   rates and unfreezing
 * @frozen: value up to which everything stays; -1: none
 *
 * Everything is borrowed and must live as long as the trainer.
 */
typedef struct
{
  PhGraph *graph;
  int target;
  gboolean reconstruct;
  PhShape shape;
  PhDataset *dataset;
  const PhPreprocess *preprocess;
  const float *vectors, *validation_vectors;
  const guint *items, *validation;
  guint n_items, n_validation;
  const guint *blocks;
  int frozen;
} PhTrainTask;

/**
 * ph_trainer_new:
 * @settings: copied; the fields of ph_train_settings_resolve() must be resolved
 *
 * Returns: (transfer full): ready to begin; %NULL with %PH_ERROR_DATA_INVALID when there is nothing
 * to learn or to learn from, or an error of the plan.
 */
PhTrainer *ph_trainer_new (const PhTrainTask *task, const PhTrainSettings *settings,
                           GError **error);
void ph_trainer_free (PhTrainer *trainer);

/**
 * ph_trainer_run:
 * @checkpoint: (nullable): file that the state is saved to, every now and then and after every
 * epoch; if it is there and belongs to this training, it goes on from there, with the same result
 * to the bit as if it had never been interrupted
 * @identity: text that tells this training from others, kept in the checkpoint
 *
 * Learns until the last epoch, until patience is over, or until it is stopped; keeps the weights of
 * the best epoch. A training that is stopped before its first epoch has ended keeps what it has.
 *
 * Errors: %PH_ERROR_DIVERGED with the step; %PH_ERROR_DATA_INVALID when no image can be read;
 * errors of the checkpoint file.
 */
gboolean ph_trainer_run (PhTrainer *trainer, const char *checkpoint, const char *identity,
                         const PhTrainWatch *watch, const PhMonitor *monitor,
                         GCancellable *cancellable, GError **error);

/** ph_trainer_get_weights: as they are now: after ph_trainer_run() the best. */
const PhWeights *ph_trainer_get_weights (const PhTrainer *trainer);

/** ph_trainer_get_epochs: what has been done so far. */
const PhEpoch *ph_trainer_get_epochs (const PhTrainer *trainer, guint *n);

/** ph_trainer_get_n_unreadable: images met so far that cannot be read. They do not count. */
guint ph_trainer_get_n_unreadable (const PhTrainer *trainer);

/** ph_trainer_get_best: the number of the best epoch; -1 before the first, and where fine-tuning
 * made nothing better than it was at the start. */
int ph_trainer_get_best (const PhTrainer *trainer);

/** ph_trainer_get_accuracy: of the best weights so far, on the images for validation; negative
 * before anything was measured. */
double ph_trainer_get_accuracy (const PhTrainer *trainer);

/** ph_trainer_evaluate: the weights as they are now, on the images for validation. */
PhEvaluation *ph_trainer_evaluate (PhTrainer *trainer, const PhMonitor *monitor,
                                   GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTrainer, ph_trainer_free)

G_END_DECLS
