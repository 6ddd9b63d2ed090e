#pragma once

#include "network/model.h"
#include "train/train-settings.h"
#include "data/dataset.h"
#include "base/monitor.h"

G_BEGIN_DECLS

/**
 * PhAdviceRow:
 * @PH_ADVICE_HEAD: little data, similar: a new head only
 * @PH_ADVICE_EARLIER: little data, different: a head on an earlier layer
 * @PH_ADVICE_LATER_LAYERS: much data, similar: fine-tune the later layers
 * @PH_ADVICE_ALL: much data, different: fine-tune everything, or learn from scratch
 *
 * The rows of the well-known table of transfer learning.
 */
typedef enum
{
  PH_ADVICE_HEAD,
  PH_ADVICE_EARLIER,
  PH_ADVICE_LATER_LAYERS,
  PH_ADVICE_ALL,
} PhAdviceRow;

/** PH_ADVICE_MUCH: images per class from which on the later layers can learn as well. */
#define PH_ADVICE_MUCH 150

/**
 * PhAdvice:
 * @per_class: images to learn from, per class on average
 * @probe: accuracy of a linear probe on the network's features, on images kept for measuring
 * @similarity: the same on a scale from guessing (0) to perfect (1)
 * @distance: how far the means of the features lie from those that the network's batch
 * normalisation remembers of what it was trained on, in their standard deviations; negative when
 * the network remembers none
 * @is_much, @is_similar: what was made of these
 * @layer: (owned): what the head should read, "auto" or the name of an earlier layer
 * @frozen: (owned): the last frozen layer, "auto" or "none"
 * @why: (owned): a few sentences
 *
 * What to do with a network and a set of images.
 */
typedef struct
{
  PhAdviceRow row;
  guint n_images, n_classes;
  double per_class, probe, similarity, distance;
  gboolean is_much, is_similar;
  char *layer, *frozen, *why;
} PhAdvice;

/**
 * ph_advice_new:
 * @settings: for the split
 *
 * Measures how well the network's features tell the classes apart, and how far their statistics are
 * from what it knows. Takes one pass over the images, whose features are cached. Blocks.
 *
 * Returns: (transfer full): %NULL with an error of ph_training_new().
 */
PhAdvice *ph_advice_new (PhModel *model, PhDataset *dataset, const PhTrainSettings *settings,
                         const PhMonitor *monitor, GCancellable *cancellable, GError **error);
void ph_advice_free (PhAdvice *advice);

/**
 * ph_advice_choose:
 *
 * Sets mode, head layer and frozen layers as @row of the table wants it for @model, whatever was
 * measured.
 */
void ph_advice_choose (PhAdviceRow row, PhModel *model, PhTrainSettings *settings);

/** ph_advice_apply: sets mode, head layer and frozen layers as advised. */
void ph_advice_apply (const PhAdvice *advice, PhTrainSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhAdvice, ph_advice_free)

G_END_DECLS
