#pragma once

#include "base/setting.h"
#include "data/augment.h"
#include "data/corrupt.h"
#include "train/architecture.h"
#include "train/loss.h"
#include "train/schedule.h"

G_BEGIN_DECLS

/**
 * PhTrainMode:
 * @PH_TRAIN_HEAD: transfer: a new head learns over frozen features, which are computed once
 * @PH_TRAIN_FINE_TUNE: a new head and the later layers learn, from the weights that are there
 * @PH_TRAIN_SCRATCH: everything learns, from random weights
 */
typedef enum
{
  PH_TRAIN_HEAD,
  PH_TRAIN_FINE_TUNE,
  PH_TRAIN_SCRATCH,
} PhTrainMode;

/** PhTrainHead: what becomes of the network's classifier. */
typedef enum
{
  PH_TRAIN_HEAD_LINEAR,
  PH_TRAIN_HEAD_MLP,
  PH_TRAIN_HEAD_KEEP,
} PhTrainHead;

/** PhTrainOptimiser: in the words of training frameworks. */
typedef enum
{
  PH_TRAIN_SGD,
  PH_TRAIN_ADAM,
  PH_TRAIN_ADAMW,
} PhTrainOptimiser;

/**
 * PhTrainSettings:
 *
 * Everything about a training but the network and the images; see ph_train_settings for what each
 * field means. Zeros of @epochs and @learning_rate mean what suits the mode; see
 * ph_train_settings_resolve().
 */
typedef struct
{
  int mode; /* PhTrainMode */
  int head; /* PhTrainHead */
  int hidden;
  double dropout;
  char *layer;
  char *frozen;
  double block_rate;
  int unfreeze;
  gboolean freeze_statistics;
  gboolean normalise;
  int epochs;
  int batch;
  int optimiser; /* PhTrainOptimiser */
  double learning_rate, momentum, weight_decay, clip;
  int schedule; /* PhScheduleKind */
  double warm_up;
  int step_epochs;
  double step_factor;
  int loss; /* PhLossKind */
  double smoothing;
  gboolean balance;
  int patience;
  double validation;
  int per_class;
  int size;
  int seed;
  PhAugment augment;
  double adversarial_radius;
  int adversarial_steps;
  int bottleneck;
  int unpool; /* PhUnpool */
  PhCorruption corruption;
  int checkpoint;
  gboolean keep_epochs;
} PhTrainSettings;

extern const PhSetting ph_train_settings[];

/** ph_train_settings_resolve: puts numbers in the place of zeros that mean "as suits the mode". */
void ph_train_settings_resolve (PhTrainSettings *settings);

G_END_DECLS
