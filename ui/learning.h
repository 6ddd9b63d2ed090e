#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/** PH_LEARNING_MOST_UNITS: units that are watched at most. */
#define PH_LEARNING_MOST_UNITS 6

/**
 * PhLearningPlan:
 * @model, @dataset: (nullable): when they are open already
 * @network, @images: what they are opened from, and what the recipe says
 * @folder: (nullable): where the result goes, and where an earlier run is gone on with
 * @units: (nullable): %NULL-terminated names of the units to watch; %NULL: they are chosen; empty:
 *   none
 *
 * What to learn, borrowed.
 */
typedef struct
{
  PhModel *model;
  PhDataset *dataset;
  const char *network, *images, *folder;
  const PhTrainSettings *settings;
  const char *const *units;
} PhLearningPlan;

/** PhLearningPoint: the mean loss of some steps; @epoch counts from 0 and has decimals. */
typedef struct
{
  double epoch, loss;
} PhLearningPoint;

/** PhLearningPicture: of a watched unit, as it is after @epoch epochs. */
typedef struct
{
  guint unit, epoch;
  PhFrame *frame; /* owned */
} PhLearningPicture;

#define PH_TYPE_LEARNING (ph_learning_get_type ())
/**
 * PhLearning:
 *
 * A training that somebody watches: the job that does it, and all that it told so far. Emits
 * "changed" whenever there is more, in the main loop and as seldom as that can bear; "finished" of
 * its job follows the last "changed".
 */
G_DECLARE_FINAL_TYPE (PhLearning, ph_learning, PH, LEARNING, GObject)

PhLearning *ph_learning_new (const PhLearningPlan *plan);

/** ph_learning_start: adds the job to the lane of long work. Once. */
void ph_learning_start (PhLearning *self, PhQueue *queue);

/** ph_learning_get_job: (transfer none): pauses, stops and cancels it, tells state and error. */
PhJob *ph_learning_get_job (PhLearning *self);
gboolean ph_learning_is_running (PhLearning *self);

const char *ph_learning_get_network (PhLearning *self);
const char *ph_learning_get_folder (PhLearning *self);

/** ph_learning_get_settings: with everything resolved once it has begun. */
const PhTrainSettings *ph_learning_get_settings (PhLearning *self);

/** ph_learning_get_progress: (nullable): of the last step; %NULL before the first. */
const PhTrainProgress *ph_learning_get_progress (PhLearning *self);

/** ph_learning_get_points: (element-type PhLearningPoint): grows. */
const GArray *ph_learning_get_points (PhLearning *self);

/** ph_learning_get_epochs: (element-type PhEpoch): grows; those of an earlier run come first. */
const GArray *ph_learning_get_epochs (PhLearning *self);

/** ph_learning_get_evaluation: (nullable): of the last epoch; once it is done, of the best. */
const PhEvaluation *ph_learning_get_evaluation (PhLearning *self);

/** ph_learning_get_best: number of the best epoch so far; -1: none or the start. */
int ph_learning_get_best (PhLearning *self);

/** ph_learning_get_n_unreadable: images met so far that cannot be read. */
guint ph_learning_get_n_unreadable (PhLearning *self);

/** ph_learning_get_counts: numbers that are learned, of how many; 0 before the first step. */
void ph_learning_get_counts (PhLearning *self, gsize *n_trained, gsize *n_weights);

/** ph_learning_get_units: %NULL-terminated titles of the watched units, for people; (nullable)
 * before they are known. */
const char *const *ph_learning_get_units (PhLearning *self);

/** ph_learning_get_pictures: (element-type PhLearningPicture): grows. */
const GArray *ph_learning_get_pictures (PhLearning *self);

/** ph_learning_get_remark: (nullable): what went wrong beside the training: a unit that is not
 * there. */
const char *ph_learning_get_remark (PhLearning *self);

G_END_DECLS
