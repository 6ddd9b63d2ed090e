#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_DATASET_STRIP (ph_dataset_strip_get_type ())
/**
 * PhDatasetStrip:
 *
 * All images of a set in a row to scroll through, read as they come into view. Emits "picked" (u)
 * when the user chooses one.
 */
G_DECLARE_FINAL_TYPE (PhDatasetStrip, ph_dataset_strip, PH, DATASET_STRIP, AdwBin)

GtkWidget *ph_dataset_strip_new (void);

/** ph_dataset_strip_show: @dataset: (nullable) */
void ph_dataset_strip_show (PhDatasetStrip *self, PhDataset *dataset, PhQueue *queue);

/** ph_dataset_strip_select: marks an image and brings it into view, without "picked"; -1: none. */
void ph_dataset_strip_select (PhDatasetStrip *self, int item);

/** ph_dataset_strip_get_selected: -1: none. */
int ph_dataset_strip_get_selected (PhDatasetStrip *self);

G_END_DECLS
