#pragma once

#include "base/frame.h"
#include "study/store.h"

G_BEGIN_DECLS

/**
 * PhStripPart:
 *
 * Where in the strip an example is, from the most negative to the most positive.
 */
typedef enum
{
  PH_STRIP_LOWEST,
  PH_STRIP_MIDDLE, /* across the range of all images */
  PH_STRIP_HIGHEST,
} PhStripPart;

/**
 * PhStripItem:
 * @example: the image, its value and place
 * @share: for the middle: of all images that lie below
 * @name, @class_name, @path: of the image in its dataset, of its class (nullable), and its file
 *   (nullable)
 * @picture: as the network is shown it
 * @map: rows * columns: the unit's activation over the image
 * @top, @left, @height, @width: what the place of the value sees, in pixels of the picture
 */
typedef struct
{
  PhStripPart part;
  PhExample example;
  double share;
  char *name, *class_name, *path;
  PhFrame *picture;
  guint rows, columns;
  float *map;
  double top, left, height, width;
} PhStripItem;

/**
 * PhStrip:
 * @progress: of the scan
 * @study: everything that is known of the unit
 * @items: (element-type PhStripItem): most negative first
 * @class_names: names of study->classes, in the same order, at most %PH_STRIP_CLASSES
 * @stand_in: (nullable): name of the layer whose units the numbers are of, where it is another than
 *   the unit's own: that of its activation function
 *
 * A unit's examples, as in Olah, Mordvintsev, Schubert, "Feature Visualization", Distill 2017.
 */
typedef struct
{
  PhProgress progress;
  PhUnitStudy *study;
  GPtrArray *items;
  GPtrArray *class_names;
  char *stand_in;
} PhStrip;

#define PH_STRIP_CLASSES 8

/**
 * ph_strip_load:
 * @preprocess: of @model, copied before
 * @n_lowest, @n_middle, @n_highest: how many of each
 *
 * Reads what scans of @dataset found out about @unit, and shows its examples to the network once
 * more for their maps. Blocks, on the calling thread alone.
 *
 * Returns: (transfer full) (nullable): %NULL without an error when no scan watched the unit.
 */
PhStrip *ph_strip_load (PhModel *model, const PhPreprocess *preprocess, PhDataset *dataset,
                        const PhUnit *unit, guint n_lowest, guint n_middle, guint n_highest,
                        GCancellable *cancellable, GError **error);
void ph_strip_free (PhStrip *strip);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhStrip, ph_strip_free)

G_END_DECLS
