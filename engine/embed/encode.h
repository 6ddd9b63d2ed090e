#pragma once

#include "base/monitor.h"
#include "data/dataset.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhEncoder:
 *
 * From pictures to vectors, embeddings, so that pictures that are alike lie near one another. Not
 * for two threads at once.
 */
typedef struct _PhEncoder PhEncoder;

/**
 * ph_encoder_new:
 * @layer: (nullable): a layer, whose output is averaged over all positions; %NULL: the bottleneck
 *   of an autoencoder, the features that a classifier looks at
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_NO_SUCH_UNIT when there is no such layer, or an
 * error of the network.
 */
PhEncoder *ph_encoder_new (PhModel *model, const char *layer, GError **error);

/** ph_encoder_new_pixels: the numbers of the picture itself, RGB, 0..1, at that size: what every
 * better embedding is compared with. */
PhEncoder *ph_encoder_new_pixels (guint height, guint width);
void ph_encoder_free (PhEncoder *encoder);

/** ph_encoder_get_size: numbers of a vector. */
gsize ph_encoder_get_size (const PhEncoder *encoder);

/** ph_encoder_get_side: pixels that the shorter side of a picture needs: what to give to
 * ph_dataset_load() for the same vector as in ph_encoder_dataset(). */
guint ph_encoder_get_side (const PhEncoder *encoder);

/** ph_encoder_get_name: for people: "conv-faces, bottleneck", "pixels". */
const char *ph_encoder_get_name (const PhEncoder *encoder);

/** ph_encoder_fit: (transfer full): what the encoder sees of a picture: of its size, as many
 * channels, RGB, 0..1. As much as the proportions allow, as in training. */
PhImage *ph_encoder_fit (const PhEncoder *encoder, const PhImage *image, GError **error);

/** ph_encoder_image: @vector: (out): of a picture of any size. A millisecond for small networks. */
gboolean ph_encoder_image (PhEncoder *encoder, const PhImage *image, float *vector,
                           GCancellable *cancellable, GError **error);

/**
 * ph_encoder_dataset:
 * @items: (nullable): of @dataset; %NULL: all
 * @n_failed: (out) (optional): pictures that cannot be read: their vectors are not-a-number
 *
 * Blocks; pictures are read by other threads meanwhile. Stopping counts as cancelling: half of the
 * vectors are of no use.
 *
 * Returns: (transfer full): (n, size).
 */
PhTensor *ph_encoder_dataset (PhEncoder *encoder, PhDataset *dataset, const guint *items, guint n,
                              guint *n_failed, const PhMonitor *monitor, GCancellable *cancellable,
                              GError **error);

/**
 * ph_encoder_dataset_kept:
 *
 * The same for all images of @dataset, from the user's cache where nothing has changed since they
 * were computed; else they are kept there for the next time, if possible. Vectors by a network
 * without a digest are not kept, nor are pixels.
 */
PhTensor *ph_encoder_dataset_kept (PhEncoder *encoder, PhDataset *dataset, guint *n_failed,
                                   const PhMonitor *monitor, GCancellable *cancellable,
                                   GError **error);

/** ph_encoder_get_identity: (nullable): what vectors depend on besides the pictures; %NULL when it
 * is not known. */
const char *ph_encoder_get_identity (const PhEncoder *encoder);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhEncoder, ph_encoder_free)

G_END_DECLS
