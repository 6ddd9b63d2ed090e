#pragma once

#include "data/dataset.h"
#include "study/tally.h"

G_BEGIN_DECLS

/**
 * PhStore:
 *
 * What scans of a dataset through a network found out: one SQLite file. One process writes at a
 * time, any number read meanwhile and see the last batch that was written whole. Not for two
 * threads at once; open it once for each.
 */
typedef struct _PhStore PhStore;

/** ph_store_dup_folder: the folder in the user's cache for all scans of the dataset of @identity
 * through @model with its present preprocessing; may not exist. Caller frees. */
char *ph_store_dup_folder (PhModel *model, const char *identity);

/** ph_store_dup_path: the file of a scan that watches @targets. Caller frees. */
char *ph_store_dup_path (PhModel *model, const char *identity, const PhTargets *targets);

/**
 * ph_store_open:
 * @for_writing: makes the file where it does not exist
 *
 * Returns: %NULL with %G_FILE_ERROR or, when the file is no store of this version or damaged,
 * %PH_ERROR_DATA_INVALID.
 */
PhStore *ph_store_open (const char *path, gboolean for_writing, GError **error);
void ph_store_close (PhStore *store);

/* What a scan does. */

/** PhWaiting: @image of the store is @item of the dataset. */
typedef struct
{
  guint32 image, item;
} PhWaiting;

/**
 * ph_store_begin:
 * @waiting: (out) (element-type PhWaiting): images not scanned yet, in their order; free with
 *   g_array_unref()
 * @anew: (out): whether all was thrown away because images that were scanned are gone or have
 *   another content
 *
 * Takes note of the images of @dataset. Those that came since the last time follow those that are
 * there.
 */
gboolean ph_store_begin (PhStore *store, PhModel *model, const PhTargets *targets,
                         PhDataset *dataset, GArray **waiting, gboolean *anew,
                         GCancellable *cancellable, GError **error);

/** ph_store_load: what was found so far. */
gboolean ph_store_load (PhStore *store, PhTally *tally, GError **error);

/** PhScanned: an image that was looked at. @failure: (nullable): why it could not be read. */
typedef struct
{
  guint32 image;
  guint64 digest;
  char *failure;
} PhScanned;

/** ph_store_commit: writes all of @tally and that @n images are done, or nothing at all. Fails with
 * %PH_ERROR_DATA_INVALID when another process has written since. */
gboolean ph_store_commit (PhStore *store, const PhTally *tally, const PhScanned *scanned, guint n,
                          GError **error);

/* What readers ask. */

/** PhProgress: @n images, of which @done were looked at, @failed of these in vain. */
typedef struct
{
  guint n, done, failed;
} PhProgress;

gboolean ph_store_get_progress (PhStore *store, PhProgress *progress, GError **error);

/** PhClassMean: @mean of the unit's values over the @n images of a class. */
typedef struct
{
  guint label;
  guint n;
  double mean;
} PhClassMean;

/**
 * PhUnitStudy:
 * @n_images: counted
 * @peak: the largest value
 * @mean, @spread: of the activation over all positions of all images, and its standard deviation
 * @zeros: share of positions that are exactly 0
 * @examples: highest and lowest
 * @sample: (n_sample): of the even sample, in ascending order of value; its digests are not set
 * @histogram: of the values
 * @classes: (n_classes): highest mean first; classes without image are left out
 */
typedef struct
{
  guint n_images;
  guint rows, columns; /* of the map */
  double peak, mean, spread, zeros;
  PhExamples examples;
  guint n_sample;
  PhExample sample[PH_N_SAMPLE];
  PhHistogram histogram;
  guint n_classes;
  PhClassMean *classes;
} PhUnitStudy;

/** ph_store_read_unit: @target as ph_target_for_unit() says. Returns: %NULL with
 * %PH_ERROR_NO_SUCH_UNIT when this scan does not watch the unit. */
PhUnitStudy *ph_store_read_unit (PhStore *store, const char *target, guint channel, GError **error);
void ph_unit_study_free (PhUnitStudy *study);

/** ph_unit_study_quantile: the image of the sample that is nearest to a share of @share of all
 * images lying below it; %NULL when there is none. */
const PhExample *ph_unit_study_quantile (const PhUnitStudy *study, double share);

/** PhLayerColumn: what the units of a layer can be compared by. */
typedef enum
{
  PH_COLUMN_PEAK,
  PH_COLUMN_ZEROS,
  PH_COLUMN_SELECTIVITY,
} PhLayerColumn;

/**
 * ph_store_read_layer:
 * @label: for %PH_COLUMN_SELECTIVITY: how much more a unit answers to this class than to the
 *   others, (m - o) / (m + o) with m the mean of its values over the class and o that over all
 *   other images, negative means taken as 0; -1 to 1 (the index of Morcos et al. 2018 for a chosen
 *   class)
 *
 * Returns: (element-type double): one number a channel; %NULL with %PH_ERROR_NO_SUCH_UNIT.
 */
GArray *ph_store_read_layer (PhStore *store, const char *target, PhLayerColumn column, guint label,
                             GError **error);

/** PhTop: contents (digests) of the images that excite a unit most, the highest first. */
typedef struct
{
  guint n;
  guint64 digest[PH_N_HIGHEST];
} PhTop;

/** ph_store_read_tops: (element-type PhTop): of each channel of a layer at most @most images; those
 * to which it answers 0, silent behind a relu, are left out. %NULL with %PH_ERROR_NO_SUCH_UNIT. */
GArray *ph_store_read_tops (PhStore *store, const char *target, guint most, GError **error);

/** ph_store_read_class_means: (n_channels, @n_classes): the mean of each channel's values over each
 * class, NAN for a class without images. Free with g_free(); %NULL with %PH_ERROR_NO_SUCH_UNIT. */
double *ph_store_read_class_means (PhStore *store, const char *target, guint n_classes,
                                   GError **error);

/* Means over the positions of each channel, image by image: see study/means.h. */

/** PhStoreImage: an image that was looked at; @name: owned by the array. */
typedef struct
{
  guint64 digest;
  char *name;
  int label;
} PhStoreImage;

/** ph_store_list_images: (transfer full) (element-type PhStoreImage): those that could be read,
 * each content once, in the order of their digests. */
GArray *ph_store_list_images (PhStore *store, GError **error);

/** ph_store_list_means: (transfer full) (element-type guint64): digests of the images whose means
 * are known, ascending. */
GArray *ph_store_list_means (PhStore *store, GError **error);

/** ph_store_write_means: @means: for each of @n images, for each target in turn its channels'
 * numbers; all or nothing at all. */
gboolean ph_store_write_means (PhStore *store, const PhTargets *targets, const guint64 *digests,
                               const float *const *means, guint n, GError **error);

/** ph_store_read_means: @means: (out): (n, n_channels). Returns: %FALSE with
 * %PH_ERROR_DATA_INVALID when one is not known. */
gboolean ph_store_read_means (PhStore *store, const char *target, const guint64 *digests, guint n,
                              float *means, GError **error);

/** ph_store_read_image: the name of an image in its dataset and its class, -1 for none. Caller
 * frees. */
char *ph_store_read_image (PhStore *store, guint32 image, int *label, GError **error);

/** ph_store_dup_class_name: Caller frees. */
char *ph_store_dup_class_name (PhStore *store, guint label);

/** ph_store_list_failures: (element-type utf8): "NAME: why" of images that could not be read. */
GPtrArray *ph_store_list_failures (PhStore *store, guint most, GError **error);

/**
 * ph_store_find:
 * @position: (nullable): row and column, for neurons
 *
 * The store in @folder that watches @target with the most images done, opened for reading.
 *
 * Returns: (transfer full) (nullable): %NULL when there is none; that is no error.
 */
PhStore *ph_store_find (const char *folder, const char *target, const guint position[2]);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhStore, ph_store_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhUnitStudy, ph_unit_study_free)

G_END_DECLS
