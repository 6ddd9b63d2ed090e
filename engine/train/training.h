#pragma once

#include "train/trainer.h"

G_BEGIN_DECLS

/**
 * PhTraining:
 *
 * A whole training, from a network (or the description of one) and a set of images to a network
 * that can be used: new head, split, frozen layers, cached features, training, export. Its folder
 * holds "recipe.txt", from which the same training can be repeated, "checkpoint", from which it
 * goes on after an interruption, "history.json", and in the end "network.onnx".
 */
typedef struct _PhTraining PhTraining;

/**
 * PhTrainingSource:
 * @network: path of an ONNX file, or the name of what the program comes with
 * @images: path that ph_dataset_open() understands
 * @model: (nullable): the open network
 * @description: (nullable): otherwise the text of an architecture
 *
 * What a training begins with. Borrowed.
 */
typedef struct
{
  const char *network, *images;
  PhModel *model;
  const char *description;
  PhDataset *dataset;
} PhTrainingSource;

/**
 * ph_training_new:
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID for images without classes or
 * settings that do not fit the network (an unknown layer), or an error of the network.
 */
PhTraining *ph_training_new (const PhTrainingSource *source, const PhTrainSettings *settings,
                             GError **error);
void ph_training_free (PhTraining *training);

/**
 * ph_training_run:
 * @folder: (nullable): made when it does not exist; must be empty or belong to the same training
 *
 * Blocks. Stopping keeps the best so far, and the same call goes on from there later.
 */
gboolean ph_training_run (PhTraining *training, const char *folder, const PhTrainWatch *watch,
                          const PhMonitor *monitor, GCancellable *cancellable, GError **error);

/** ph_training_publish: (transfer full): the network as it is now, with its labels; call it from
 * within a watch or after ph_training_run(). */
PhModel *ph_training_publish (PhTraining *training, GError **error);

/** ph_training_export: the same as an ONNX file. */
gboolean ph_training_export (PhTraining *training, const char *path, GError **error);

/** ph_training_get_trainer: (nullable): what does the work, once it has begun. */
PhTrainer *ph_training_get_trainer (PhTraining *training);

/** ph_training_get_settings: with everything resolved. */
const PhTrainSettings *ph_training_get_settings (const PhTraining *training);

/** ph_training_get_counts: how many images there are to learn from and to measure on, and how many
 * numbers are learned, of how many. */
void ph_training_get_counts (const PhTraining *training, guint *n_items, guint *n_validation,
                             gsize *n_trained, gsize *n_weights);

/** ph_training_dup_recipe: "phosphene training 1" and "name = value" lines. Caller frees. */
char *ph_training_dup_recipe (const PhTraining *training);

/**
 * ph_training_parse_recipe:
 * @network, @images: (out) (transfer full)
 * @settings: uninitialised; filled
 *
 * Returns: %FALSE with %PH_ERROR_DATA_INVALID, naming the line.
 */
gboolean ph_training_parse_recipe (const char *text, char **network, char **images,
                                   PhTrainSettings *settings, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhTraining, ph_training_free)

G_END_DECLS
