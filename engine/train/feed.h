#pragma once

#include "data/augment.h"
#include "data/corrupt.h"
#include "data/dataset.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhFeedOptions:
 * @batch: items in a batch
 * @shuffle: a new order for each epoch, and only full batches (a smaller one only when there are
 * not enough items for one); otherwise in order, the last batch with what is left
 * @seed: of order and augmentation
 * @first_epoch, @first_batch: where to begin
 * @n_epochs: the epoch to end before
 * @augment: (nullable) (borrowed): random changes of images
 * @pictures: whether the pictures themselves are wanted, as what an autoencoder is to make
 * @corruption: (nullable) (borrowed): how what the network is given is spoiled, not the pictures
 */
typedef struct
{
  guint batch;
  gboolean shuffle;
  guint64 seed;
  guint first_epoch, first_batch, n_epochs;
  const PhAugment *augment;
  gboolean pictures;
  const PhCorruption *corruption;
} PhFeedOptions;

/**
 * PhFeedBatch:
 * @items: (borrowed): of the dataset
 * @labels: (borrowed): their classes (with @pictures 0 for those that have none); -1 for an image
 *   that cannot be read, whose numbers are 0
 * @x: (borrowed): (n, …): what the network is given
 * @pictures: (borrowed) (nullable): (n, channels, height, width), RGB, 0..1: clean, if wanted
 */
typedef struct
{
  guint epoch, number, n;
  gboolean is_last;
  const guint *items;
  const int *labels;
  const float *x, *pictures;
} PhFeedBatch;

/**
 * PhFeed:
 *
 * What a network learns from, batch after batch: images of a dataset, fitted, changed and
 * preprocessed by other threads meanwhile, or vectors of features that were computed before.
 */
typedef struct _PhFeed PhFeed;

/**
 * ph_feed_new_images:
 * @items: of @dataset; each must have a label
 * @preprocess: with the size of the pictures
 *
 * Images fill the whole picture (the longer side is cut), as networks are shown theirs in training.
 */
PhFeed *ph_feed_new_images (PhDataset *dataset, const guint *items, guint n,
                            const PhPreprocess *preprocess, const PhFeedOptions *options,
                            GError **error);

/** ph_feed_new_vectors: @vectors (n, size) in the order of @items; both are borrowed and must live
 * as long as the feed. One that begins with not-a-number is of an image that cannot be read. */
PhFeed *ph_feed_new_vectors (PhDataset *dataset, const guint *items, guint n, const float *vectors,
                             gsize size, const PhFeedOptions *options, GError **error);
void ph_feed_free (PhFeed *feed);

/** ph_feed_get_n_batches: of an epoch. */
guint ph_feed_get_n_batches (const PhFeed *feed);

/** ph_feed_get_n_failures: images so far that cannot be read. */
guint ph_feed_get_n_failures (const PhFeed *feed);

/** ph_feed_next: the next batch, valid until the next call. Returns: %FALSE at the end, or with an
 * error when cancelled. */
gboolean ph_feed_next (PhFeed *feed, PhFeedBatch *batch, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhFeed, ph_feed_free)

G_END_DECLS
