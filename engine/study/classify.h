#pragma once

#include "base/image.h"
#include "network/run.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhPrediction:
 * @class_number: position in the logits, from 0
 * @probability: softmax of the logits
 */
typedef struct
{
  guint class_number;
  float logit;
  double probability;
} PhPrediction;

/** ph_predictions_new: all @n classes, most probable first, ties by number; free with g_free(). */
PhPrediction *ph_predictions_new (const float *logits, guint n);

/**
 * PhClassifier:
 *
 * A network ready to name images one at a time. Not for two threads at once.
 */
typedef struct _PhClassifier PhClassifier;

/** ph_classifier_new: Returns: %NULL with %PH_ERROR_NO_SUCH_UNIT when the network has no classes,
 * or with an error of ph_plan_new(). */
PhClassifier *ph_classifier_new (PhModel *model, GError **error);
void ph_classifier_free (PhClassifier *classifier);

/** ph_classifier_set_whole: whether images are shown up to their edges, instead of the middle 7/8
 * that photographs are tested with: the right thing for pictures made for networks. */
void ph_classifier_set_whole (PhClassifier *classifier, gboolean whole);

/**
 * ph_classifier_predict:
 * @image: of any size; what the network sees is what ph_preprocess_fit() makes of it
 * @n: (out): number of classes
 *
 * Returns: (transfer full): all classes, most probable first; free with g_free().
 */
PhPrediction *ph_classifier_predict (PhClassifier *classifier, const PhImage *image, guint *n,
                                     GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhClassifier, ph_classifier_free)

G_END_DECLS
