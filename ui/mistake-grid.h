#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_MISTAKE_GRID (ph_mistake_grid_get_type ())
/**
 * PhMistakeGrid:
 *
 * The images that a network is most sure and most wrong about, with the right class, its answer and
 * how probable it thinks that is. Emits "picked" with the item (uint) when one is activated.
 */
G_DECLARE_FINAL_TYPE (PhMistakeGrid, ph_mistake_grid, PH, MISTAKE_GRID, AdwBin)

GtkWidget *ph_mistake_grid_new (void);

/** ph_mistake_grid_set_dataset: (nullable): where the images are; forgets what is shown. */
void ph_mistake_grid_set_dataset (PhMistakeGrid *self, PhDataset *dataset, PhQueue *queue);

/**
 * ph_mistake_grid_show:
 * @evaluation: (nullable): its mistakes
 * @label, @answer: only those with this class and answer; -1: all
 */
void ph_mistake_grid_show (PhMistakeGrid *self, const PhEvaluation *evaluation, int label,
                           int answer);

/** ph_mistake_grid_get_n_shown: how many there are now. */
guint ph_mistake_grid_get_n_shown (PhMistakeGrid *self);

G_END_DECLS
