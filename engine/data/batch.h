#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/**
 * PhBatchPrepare:
 * @image: as decoded
 * @item, @epoch: for whoever draws random changes from them
 * @x: where the image goes, item_size floats
 *
 * Makes of an image what the network is given: size, channels, preprocessing, augmentation. Called
 * on several threads at once.
 */
typedef gboolean (*PhBatchPrepare) (const PhImage *image, guint item, guint epoch, float *x,
                                    gpointer data, GError **error);

/**
 * PhBatchOptions:
 * @size: images in a batch; the last of an epoch has what is left
 * @item_size: floats of one prepared image
 * @least: for ph_dataset_decode()
 * @digests: whether digests are wanted
 * @shuffle, @seed: a new order in every epoch, drawn from @seed and the epoch; otherwise as given
 * @first_epoch, @first_batch: where to begin, to go on with what was interrupted
 * @n_epochs: the number of the epoch to end before
 * @n_threads: that read and decode; 0: as many as there are cores
 * @ahead: batches that are prepared before they are asked for, 0: 3. Memory is (@ahead + 1) *
 *   @size * @item_size floats and what decoding takes, however many images there are
 * @prepare, @data: as above
 */
typedef struct
{
  guint size;
  gsize item_size;
  guint least;
  gboolean digests;
  gboolean shuffle;
  guint64 seed;
  guint first_epoch, first_batch, n_epochs;
  guint n_threads, ahead;
  PhBatchPrepare prepare;
  gpointer data;
} PhBatchOptions;

/**
 * PhBatch:
 * @epoch, @number: which batch this is
 * @is_last: of its epoch
 * @n: images
 * @items, @labels, @digests, @failures, @x: for each image its item, label or -1, digest (0 where
 *   not wanted), why it could not be read (%NULL where it could) and @item_size numbers (zeros
 *   where it could not)
 */
typedef struct
{
  guint epoch, number;
  gboolean is_last;
  guint n;
  guint *items;
  int *labels;
  guint64 *digests;
  char **failures;
  float *x;
} PhBatch;

/**
 * PhBatches:
 *
 * Items of a dataset as batches, in order, prepared by threads of its own while the caller computes
 * with the batch before. What comes depends on the options only, not on the number of threads.
 */
typedef struct _PhBatches PhBatches;

/**
 * ph_batches_new:
 * @items: (nullable): which items, in which order; copied. %NULL: all
 *
 * Begins to read at once.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_MEMORY.
 */
PhBatches *ph_batches_new (PhDataset *dataset, const guint *items, guint n_items,
                           const PhBatchOptions *options, GError **error);

/** ph_batches_free: ends the threads; waits for images being decoded. */
void ph_batches_free (PhBatches *batches);

/** ph_batches_get_n_batches: of an epoch. */
guint ph_batches_get_n_batches (const PhBatches *batches);

/** ph_batches_next: Returns: the next batch, to be given back by ph_batches_release() before too
 * many are held (one more than that is never a problem); %NULL at the end of the last epoch, or
 * with an error when cancelled. An image that cannot be read is no error. */
PhBatch *ph_batches_next (PhBatches *batches, GCancellable *cancellable, GError **error);

void ph_batches_release (PhBatches *batches, PhBatch *batch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhBatches, ph_batches_free)

G_END_DECLS
