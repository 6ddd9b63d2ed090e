#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhStripLoad:
 * @dataset: opened, to be handed to the next job
 * @strip: (nullable): %NULL when no scan watched the unit
 */
typedef struct
{
  PhDataset *dataset;
  PhStrip *strip;
} PhStripLoad;

void ph_strip_load_free (PhStripLoad *load);

/** ph_strip_job_new: reads the strip of @unit; the result is a #PhStripLoad. @dataset: (nullable):
 * when it is open already, otherwise @path is opened. */
PhJob *ph_strip_job_new (PhModel *model, const char *path, PhDataset *dataset, const PhUnit *unit);

/**
 * PhHighestLoad:
 * @dataset: opened, to be handed to the next job
 * @strips: (element-type PhStrip): one for each unit asked for: its highest examples alone; %NULL
 *   where no scan watched the unit
 */
typedef struct
{
  PhDataset *dataset;
  GPtrArray *strips;
} PhHighestLoad;

void ph_highest_load_free (PhHighestLoad *load);

/** ph_highest_job_new: reads the @n_examples highest examples of each of @n units; the result is a
 * #PhHighestLoad. @dataset: as in ph_strip_job_new() */
PhJob *ph_highest_job_new (PhModel *model, const char *path, PhDataset *dataset,
                           const PhUnit *units, guint n, guint n_examples);

/** ph_item_job_new: writes the item @name of @dataset, which is no file of its own, as a PNG file
 * into the user's cache; the result is its path. */
PhJob *ph_item_job_new (PhDataset *dataset, const char *name);

/** ph_ends_job_new: makes the pictures at both ends of the strip, of the lowest and the highest
 * answer of @unit; the result is a #GPtrArray of two #PhFrame (element nullable). */
PhJob *ph_ends_job_new (PhModel *model, const PhUnit *unit, guint size);

/**
 * PhOrderRead:
 * @order: (nullable) (element-type guint): channels, first comes first; %NULL when no scan watched
 *   the layer
 * @class_names: (element-type utf8): of the dataset
 */
typedef struct
{
  GArray *order;
  GPtrArray *class_names;
} PhOrderRead;

/** ph_order_job_new: reads in which order the units of a layer (negative: the classes) stand by
 * what a scan of the images at @path found; the result is a #PhOrderRead. */
PhJob *ph_order_job_new (PhModel *model, const char *path, int layer, PhLayerColumn column,
                         guint label);

/** ph_scan_job_new: scans the images at @path; the result is the store's path. @unit: (nullable): a
 * neuron: only the neurons of its layer at its position are watched, otherwise all layers. */
PhJob *ph_scan_job_new (PhModel *model, const char *path, const PhUnit *unit);

G_END_DECLS
