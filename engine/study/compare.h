#pragma once

#include "base/monitor.h"
#include "base/setting.h"
#include "data/dataset.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhCompareSettings:
 *
 * Described, with defaults, by ph_compare_settings. Initialise with ph_settings_init().
 */
typedef struct
{
  int images;
  double variance;
  double silent, kept, overlap;
} PhCompareSettings;

extern const PhSetting ph_compare_settings[];

/**
 * PhUnitMeasure:
 * @PH_UNIT_WEIGHTS: |w_b - w_a| / |w_a| of its own weights; 0 and more
 * @PH_UNIT_CORRELATION: of its means over the map, image by image; -1 to 1
 * @PH_UNIT_OVERLAP: Jaccard index of the images that excite it most in either network, 0 to 1
 * @PH_UNIT_SELECTIVITY: how much more selective for its favourite class it has become, -1 to 1
 * @PH_UNIT_PICTURE: ph_compare_pictures(), where somebody has made pictures; 0 and more
 *
 * What can be told of the same unit in two networks. NAN: not known.
 */
typedef enum
{
  PH_UNIT_WEIGHTS,
  PH_UNIT_CORRELATION,
  PH_UNIT_OVERLAP,
  PH_UNIT_SELECTIVITY,
  PH_UNIT_PICTURE,
  PH_N_UNIT_MEASURES,
} PhUnitMeasure;

/** ph_unit_measure_name: as in tables: "weights", "correlation", … */
const char *ph_unit_measure_name (PhUnitMeasure measure);

/** ph_unit_measure_change: a number that is larger the more has changed, for sorting: distances as
 * they are, likeness negated, differences by size. NAN stays. */
double ph_unit_measure_change (PhUnitMeasure measure, double value);

/**
 * PhUnitChange:
 * @spread: in either network, the standard deviation of the unit's means over the images
 * @selectivity: in either network, (m - o) / (m + o) with m the mean of its values over its
 *   favourite class and o that over the other classes (Morcos et al. 2018)
 * @favourite: that class of the images in either network, -1 unknown
 */
typedef struct
{
  double measure[PH_N_UNIT_MEASURES];
  double spread[2], selectivity[2];
  int favourite[2];
} PhUnitChange;

/**
 * PhLayerMeasure:
 * @PH_LAYER_WEIGHTS: |w_b - w_a| / |w_a|
 * @PH_LAYER_CKA: ph_cka(), unbiased
 * @PH_LAYER_CKA_PLAIN: the same, biased
 * @PH_LAYER_SVCCA: ph_svcca()
 * @PH_LAYER_PROBE_A, @PH_LAYER_PROBE_B: ph_linear_probe() in either network
 *
 * What can be told of a layer in two networks, of each image the means over the positions of each
 * channel. NAN: not known.
 */
typedef enum
{
  PH_LAYER_WEIGHTS,
  PH_LAYER_CKA,
  PH_LAYER_CKA_PLAIN,
  PH_LAYER_SVCCA,
  PH_LAYER_PROBE_A,
  PH_LAYER_PROBE_B,
  PH_N_LAYER_MEASURES,
} PhLayerMeasure;

const char *ph_layer_measure_name (PhLayerMeasure measure);

/**
 * PhLayerChange:
 * @name: in either network
 * @target: the same as scans know it
 * @layer: number of the layer in either network, -1 for classes that are no layer
 * @by_name: see #PhPair
 * @n_weights: numbers that were compared
 * @typical_spread: in either network, the median of its units' spreads
 * @units: (n_units)
 *
 * A layer that two networks share.
 */
typedef struct
{
  char *name[2], *target[2];
  int layer[2];
  gboolean by_name;
  guint n_units;
  gsize n_weights;
  double measure[PH_N_LAYER_MEASURES];
  double typical_spread[2];
  PhUnitChange *units;
} PhLayerChange;

/**
 * PhComparison:
 * @layers: (element-type PhLayerChange): that both have, in order
 * @alone: (element-type utf8): for either network, sentences about layers without a partner
 * @n_images: that the activations are about; 0: the weights alone were compared
 * @n_classes: of the images
 *
 * What is different in the second of two networks, a fine-tuned one as a rule, from the first.
 * Atomic reference count; the units' picture distances are written by one thread alone.
 */
typedef struct
{
  GPtrArray *layers;
  GPtrArray *alone[2];
  guint n_images, n_classes;
  char **class_names; /* %NULL-terminated */

  /*< private >*/
  gatomicrefcount refs;
} PhComparison;

/**
 * ph_compare_run:
 * @models: two
 * @dataset: (nullable): images to show both; without them only weights are compared
 *
 * Pairs the layers of two networks and measures what has changed. Both networks are scanned first
 * (ph_scan_run()), then shown up to settings->images of the images once more, an even sample, for
 * the means. All of this is kept in the store of the scan: whatever interrupts it, the next call
 * goes on, and a third network is compared with less work. Stopping compares by the images that
 * both have been shown. Blocks.
 *
 * Memory: that of a scan; then the means of one layer at a time.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID when no two layers fit each other.
 */
PhComparison *ph_compare_run (PhModel *const models[2], PhDataset *dataset,
                              const PhCompareSettings *settings, const PhMonitor *monitor,
                              GCancellable *cancellable, GError **error);
PhComparison *ph_comparison_ref (PhComparison *comparison);
void ph_comparison_unref (PhComparison *comparison);

/** ph_layer_change_get_unit: unit @i of the layer in the first (0) or second (1) network. */
PhUnit ph_layer_change_get_unit (const PhLayerChange *layer, guint side, guint i);

/** ph_comparison_find_layer: (nullable): the layer that holds @unit of the network @side. */
const PhLayerChange *ph_comparison_find_layer (const PhComparison *comparison, PhModel *model,
                                               guint side, const PhUnit *unit);

/**
 * PhVerdict:
 * @PH_VERDICT_UNKNOWN: no images were shown
 * @PH_VERDICT_SILENT: the same answer to every image in both networks
 * @PH_VERDICT_BORN: silent in the first only
 * @PH_VERDICT_DIED: silent in the second only
 * @PH_VERDICT_REPURPOSED: answers to other images than before
 * @PH_VERDICT_KEPT: answers to the same
 */
typedef enum
{
  PH_VERDICT_UNKNOWN,
  PH_VERDICT_SILENT,
  PH_VERDICT_BORN,
  PH_VERDICT_DIED,
  PH_VERDICT_REPURPOSED,
  PH_VERDICT_KEPT,
  PH_N_VERDICTS,
} PhVerdict;

const char *ph_verdict_name (PhVerdict verdict);

/**
 * ph_unit_verdict:
 *
 * A unit is silent where its spread is below settings->silent times what is typical of its layer;
 * repurposed where its answers correlate less than settings->kept and the images that excite it
 * most overlap less than settings->overlap.
 */
PhVerdict ph_unit_verdict (const PhLayerChange *layer, guint i, const PhCompareSettings *settings);

/** PhRankedUnit: unit @i of the layer, which @change says how much it changed. */
typedef struct
{
  const PhLayerChange *layer;
  guint i;
  double change;
} PhRankedUnit;

/**
 * ph_comparison_rank:
 * @layer: (nullable): only of this one
 * @verdict: only units of this verdict; %PH_VERDICT_UNKNOWN: all
 *
 * Returns: (transfer full) (element-type PhRankedUnit): units by how much they changed by @measure,
 * most first; those of which nothing is known are left out.
 */
GArray *ph_comparison_rank (const PhComparison *comparison, const PhLayerChange *layer,
                            PhUnitMeasure measure, PhVerdict verdict,
                            const PhCompareSettings *settings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhComparison, ph_comparison_unref)

G_END_DECLS
