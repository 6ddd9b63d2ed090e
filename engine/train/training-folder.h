#pragma once

#include "data/dataset.h"
#include "train/trainer.h"

G_BEGIN_DECLS

/**
 * PhTrainingRecord:
 * @folder: of the training
 * @network, @images: what it began with, as in its recipe
 * @settings: with everything resolved
 * @epochs: (element-type PhEpoch): what has been written down, which is after an end or a stop
 * @best: number of the best epoch; -1: none, or the start
 * @accuracy: on the images kept for measuring, of what came out; negative while it is not known
 * @has_network: whether a trained network is there
 * @may_go_on: whether running the same training again would go on with it: it was stopped or
 *   interrupted before its last epoch
 * @changed: seconds since 1970 when something was last written
 *
 * What the folder of a training tells about it without running anything.
 */
typedef struct
{
  /* owned */
  char *folder, *network, *images;
  PhTrainSettings settings;
  GArray *epochs;

  int best;
  double accuracy;
  gboolean has_network, may_go_on;
  gint64 changed;
} PhTrainingRecord;

/**
 * ph_training_record_load:
 *
 * Returns: (transfer full): %NULL with %G_FILE_ERROR, or %PH_ERROR_DATA_INVALID naming the file
 * that is broken, when @folder holds no training.
 */
PhTrainingRecord *ph_training_record_load (const char *folder, GError **error);
void ph_training_record_free (PhTrainingRecord *record);

/** ph_training_record_dup_network_path: where the trained network is, when there is one. Caller
 * frees. */
char *ph_training_record_dup_network_path (const PhTrainingRecord *record);

/**
 * ph_training_records_list:
 * @parent: a folder of folders of trainings; one that is not there is empty
 * @images: (nullable): only trainings with these images
 *
 * Folders that hold no training, or a broken one, are passed over.
 *
 * Returns: (transfer full) (element-type PhTrainingRecord): the newest first; frees its elements.
 */
GPtrArray *ph_training_records_list (const char *parent, const char *images);

/**
 * ph_training_records_held_out:
 * @records: (element-type PhTrainingRecord): trainings with the images of @dataset
 *
 * What they can be compared on.
 *
 * Returns: (transfer full) (element-type guint): the items that none of them has learned from.
 */
GArray *ph_training_records_held_out (GPtrArray *records, PhDataset *dataset);

/**
 * ph_training_list_epochs:
 * @path: folder of a training, or a network in it
 *
 * Returns: (transfer full) (element-type utf8): files of the networks that the training kept
 * (setting "keep-epochs"), named by their numbers, "0000.onnx" before the first epoch, in order;
 * none where it kept none. Frees its elements.
 */
GPtrArray *ph_training_list_epochs (const char *path);

/** ph_training_dup_epoch_path: where the network after @epoch epochs goes in the folder of a
 * training. Caller frees. */
char *ph_training_dup_epoch_path (const char *folder, guint epoch);

/** ph_training_save_history: the epochs of @trainer, as "history.json" in @folder. */
gboolean ph_training_save_history (PhTrainer *trainer, const char *folder, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTrainingRecord, ph_training_record_free)

G_END_DECLS
