#pragma once

#include "study/blend-path.h"
#include "study/compare.h"
#include "vis/ascent.h"

G_BEGIN_DECLS

/**
 * PhCompareReport:
 * @models: the two networks
 * @comparison: what is known of them; the distances of the pictures that are made are written into
 *   its units
 * @thresholds: that the verdicts follow
 * @dataset: (nullable): whose images are shown where scans have found them
 * @ascent: how the pictures are made, the same for both networks
 * @measure: that the units are found by, and @verdict that they must have (unknown: any)
 * @n_units: how many
 * @path: (nullable): how well the networks between the two do
 *
 * What a report is about. Borrowed.
 */
typedef struct
{
  PhModel *models[2];
  PhComparison *comparison;
  const PhCompareSettings *thresholds;
  PhDataset *dataset;
  const PhAscentSettings *ascent;
  PhUnitMeasure measure;
  PhVerdict verdict;
  guint n_units;
  const PhBlendPath *path;
} PhCompareReport;

/**
 * ph_compare_report_save:
 * @path: (nullable): of an HTML file
 * @figures: (nullable): a folder for pictures, made where it is missing
 *
 * Writes a comparison as one page that needs nothing else: the change of each layer as a curve and
 * a table, the units that changed most with their pictures, the images that excite them in either
 * network, and the recipes, which are also in each picture's data. Makes the pictures first, which
 * takes a while; stopping leaves out those that are not finished. The file is there completely or
 * as it was before. The folder gets the same as PNG files for papers and slides: "layers.png",
 * "along.png" where there is a path, of each unit the two pictures side by side
 * ("unit-01-NAME.png") and each by itself with its recipe inside ("-a.png", "-b.png"). Blocks.
 */
gboolean ph_compare_report_save (const PhCompareReport *report, const char *path,
                                 const char *figures, const PhMonitor *monitor,
                                 GCancellable *cancellable, GError **error);

G_END_DECLS
