#pragma once

#include <gtk/gtk.h>

#include "engine/engine.h"
#include "ui/thumbnails.h"

G_BEGIN_DECLS

#define PH_TYPE_ACTIVE_UNITS (ph_active_units_get_type ())
/**
 * PhActiveUnits:
 *
 * The most active channels at a position, each with its picture and its activation (a semantic
 * dictionary: Olah et al., The Building Blocks of Interpretability, Distill 2018). Where a set of
 * images has been scanned, those that excite each most stand beside it. Emits "picked" with the
 * channel (uint) when one is chosen.
 */
G_DECLARE_FINAL_TYPE (PhActiveUnits, ph_active_units, PH, ACTIVE_UNITS, GtkWidget)

/** PH_N_ACTIVE_UNITS: how many it shows. */
#define PH_N_ACTIVE_UNITS 6

/** ph_active_units_set_queue: where its jobs go. */
void ph_active_units_set_queue (PhActiveUnits *self, PhQueue *queue);

/** ph_active_units_set_images: @path: (nullable): of a set of images; read anew each time. */
void ph_active_units_set_images (PhActiveUnits *self, const char *path);

void ph_active_units_set_thumbnails (PhActiveUnits *self, PhThumbnails *thumbnails);

/** ph_active_units_set_active: whether pictures are asked for: not while the page is hidden. */
void ph_active_units_set_active (PhActiveUnits *self, gboolean active);

/** ph_active_units_show: @top: (nullable): the most active first */
void ph_active_units_show (PhActiveUnits *self, PhModel *model, guint layer, const PhActive *top,
                           guint n);

G_END_DECLS
