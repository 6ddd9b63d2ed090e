#pragma once

#include "base/optimiser.h"
#include "train/adversary.h"
#include "train/trainer.h"

G_BEGIN_DECLS

struct _PhTrainer
{
  PhTrainTask task;
  PhTrainSettings settings;
  PhLoss loss;
  PhSchedule schedule;
  guint n_outputs; /* of an image: classes, or numbers of a picture */
  guint n_batches, batch;

  /* owned */
  PhWeights *weights;
  PhOptimiser **optimisers; /* per weight; NULL for statistics */
  float **best;             /* per weight */
  float *class_weights;
  float *gradient; /* at the scores */
  int *parameters; /* of the plan */
  PhRun *run;
  PhAdversary *adversary; /* %NULL: images are learned from as they are */
  GArray *epochs;         /* PhEpoch */
  GHashTable *unreadable; /* set of items */

  guint n_parameters;
  int opened; /* the first block that is trained in the plan; -1: no plan yet */
  int best_epoch;
  guint epoch, number; /* the batch that comes next */
  double loss_sum;     /* over the batches of this epoch */
  guint64 n_right, n_seen;
  gboolean has_best; /* whether @best holds something: -1 stands for the start */
  double best_accuracy, best_loss, seconds;

  /* of this run of the program */
  gint64 started; /* µs; moved on while it pauses */
  guint64 done;   /* steps */
  gint64 saved, epoch_started;
};

/** ph_trainer_make_plan: the plan for @epoch: made anew when another block joins. */
gboolean ph_trainer_make_plan (PhTrainer *trainer, guint epoch, GError **error);

/** ph_trainer_save: everything that the further course depends on; nothing when @path is %NULL. */
gboolean ph_trainer_save (PhTrainer *trainer, const char *path, const char *identity,
                          GError **error);

/** ph_trainer_restore: goes back to what was saved, when anything was. */
gboolean ph_trainer_restore (PhTrainer *trainer, const char *path, const char *identity,
                             GError **error);

G_END_DECLS
