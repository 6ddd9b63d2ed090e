#pragma once

#include <adwaita.h>

#include "ui/learning.h"

G_BEGIN_DECLS

#define PH_TYPE_LEARNING_VIEW (ph_learning_view_get_type ())
/**
 * PhLearningView:
 *
 * A training while it goes on and when it is done: curves, pictures of units, the table of answers
 * and the worst mistakes. Emits "mistake-picked" with the item of the set (uint).
 */
G_DECLARE_FINAL_TYPE (PhLearningView, ph_learning_view, PH, LEARNING_VIEW, AdwBin)

GtkWidget *ph_learning_view_new (void);

/** ph_learning_view_set_dataset: (nullable): what is learned from. @queue: reads its pictures. */
void ph_learning_view_set_dataset (PhLearningView *self, PhDataset *dataset, PhQueue *queue);

/** ph_learning_view_show: (nullable): follows @learning; %NULL: there is none yet. */
void ph_learning_view_show (PhLearningView *self, PhLearning *learning);

G_END_DECLS
