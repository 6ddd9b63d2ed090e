#pragma once

#include "vis/ascent.h"

G_BEGIN_DECLS

/**
 * PhEpochPicture:
 * @frame: (owned): the picture of the unit; its step is the number of the network
 * @value: what the objective is for it
 * @unit_change, @layer_change: |w - w0| / |w0| of the weights of the unit and of its layer, w0
 * those of the first network; NAN where it has none
 *
 * A unit in one of the networks that a training went through.
 */
typedef struct
{
  PhFrame *frame;
  double value, unit_change, layer_change;
} PhEpochPicture;

/**
 * ph_epoch_film_make:
 * @paths: (element-type utf8): files of the same network at different times, in order
 * @unit: its name in all of them
 * @settings: how the pictures are made: the same for all, from the same noise
 *
 * How a unit changed while a network learned: its picture in each network, and how far the weights
 * have gone from the first. Stopping keeps the pictures that are finished. Blocks; has two networks
 * in memory.
 *
 * Returns: (transfer full) (element-type PhEpochPicture): %NULL with the errors of ph_model_load(),
 * ph_unit_parse(), ph_compare_run() and ph_ascent_run().
 */
GPtrArray *ph_epoch_film_make (GPtrArray *paths, const char *unit, const PhAscentSettings *settings,
                               const PhMonitor *monitor, GCancellable *cancellable, GError **error);

/** ph_epoch_film_get_frames: (transfer full) (element-type PhFrame): for ph_film_save(). */
GPtrArray *ph_epoch_film_get_frames (GPtrArray *pictures);

G_END_DECLS
