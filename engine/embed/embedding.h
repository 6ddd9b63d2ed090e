#pragma once

#include "base/monitor.h"
#include "data/dataset.h"
#include "data/world.h"
#include "embed/linear-probe.h"
#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhEmbeddingKind:
 * @PH_EMBEDDING_NETWORK: a layer of a network
 * @PH_EMBEDDING_PCA: principal components of the pictures themselves
 * @PH_EMBEDDING_PIXELS: the pictures themselves, small
 *
 * What makes vectors of pictures.
 */
typedef enum
{
  PH_EMBEDDING_NETWORK,
  PH_EMBEDDING_PCA,
  PH_EMBEDDING_PIXELS,
} PhEmbeddingKind;

/**
 * PhEmbedding:
 *
 * A set of images with the vector of each, what made them, and what is known of each image. Does
 * not change; atomic reference count. What runs the network takes turns, so that any thread may
 * ask.
 */
typedef struct _PhEmbedding PhEmbedding;

/**
 * PhTrait:
 * @name: of an attribute of a drawn world, or of a class
 * @low, @high: range of its values; of a class 0, not in it, to 1
 *
 * Something that is known of each image.
 */
typedef struct
{
  const char *name;
  double low, high;
} PhTrait;

/** PH_EMBEDDING_MAX_CLASSES: of more classes than this nothing is known as a trait. */
#define PH_EMBEDDING_MAX_CLASSES 40

/** PH_EMBEDDING_COMPONENTS, _SIDE: of %PH_EMBEDDING_PCA; PH_EMBEDDING_PIXELS_SIDE: of
 * %PH_EMBEDDING_PIXELS. */
#define PH_EMBEDDING_COMPONENTS 64
#define PH_EMBEDDING_SIDE 64
#define PH_EMBEDDING_PIXELS_SIDE 32

/**
 * ph_embedding_new:
 * @model: (nullable): for %PH_EMBEDDING_NETWORK
 * @layer: (nullable): as ph_encoder_new() takes it
 *
 * Computes the vectors of all images, or takes them from the user's cache, where they are kept for
 * each encoder and set of images. Blocks; stopping counts as cancelling.
 *
 * Returns: (transfer full): %NULL with an error of the network, of the images, or when cancelled
 */
PhEmbedding *ph_embedding_new (PhEmbeddingKind kind, PhModel *model, const char *layer,
                               PhDataset *dataset, const PhMonitor *monitor,
                               GCancellable *cancellable, GError **error);
PhEmbedding *ph_embedding_ref (PhEmbedding *embedding);
void ph_embedding_unref (PhEmbedding *embedding);

PhEmbeddingKind ph_embedding_get_kind (const PhEmbedding *embedding);

/** ph_embedding_get_model: (nullable): the network; of principal components the one that they are;
 * %NULL: pixels. */
PhModel *ph_embedding_get_model (const PhEmbedding *embedding);

/** ph_embedding_get_layer: (nullable): the one that was asked for. */
const char *ph_embedding_get_layer (const PhEmbedding *embedding);
PhDataset *ph_embedding_get_dataset (const PhEmbedding *embedding);

/** ph_embedding_get_size: numbers of a vector. */
gsize ph_embedding_get_size (const PhEmbedding *embedding);

/** ph_embedding_get_vectors: (transfer none): (n, size); rows of images that cannot be read are
 * not-a-number. */
PhTensor *ph_embedding_get_vectors (const PhEmbedding *embedding);

/** ph_embedding_get_vector: (transfer none) (nullable): of an image; %NULL: it cannot be read. */
const float *ph_embedding_get_vector (const PhEmbedding *embedding, guint item);

/** ph_embedding_get_n_failed: images that cannot be read. */
guint ph_embedding_get_n_failed (const PhEmbedding *embedding);

/** ph_embedding_get_mean, _get_deviation: (size): over all images. */
const float *ph_embedding_get_mean (const PhEmbedding *embedding);
const float *ph_embedding_get_deviation (const PhEmbedding *embedding);

/** ph_embedding_get_n_traits: attributes first, then classes. */
guint ph_embedding_get_n_traits (const PhEmbedding *embedding);
const PhTrait *ph_embedding_get_trait (const PhEmbedding *embedding, guint i);

/** ph_embedding_get_trait_value: how much an image has of trait @i. */
double ph_embedding_get_trait_value (const PhEmbedding *embedding, guint item, guint i);

/** ph_embedding_dup_probe: (transfer full): what reads the traits off vectors; computed when it is
 * asked for the first time, so not on the main thread. Errors: as ph_linear_probe_new(). */
PhLinearProbe *ph_embedding_dup_probe (PhEmbedding *embedding, GCancellable *cancellable,
                                       GError **error);

/** ph_embedding_can_decode: whether pictures can be made of vectors. @why: (out) (optional)
 * (nullable): a sentence that tells why not. */
gboolean ph_embedding_can_decode (const PhEmbedding *embedding, const char **why);

/** ph_embedding_can_reconstruct: whether the network gives back pictures, perhaps by more than the
 * vector. */
gboolean ph_embedding_can_reconstruct (const PhEmbedding *embedding);

/** ph_embedding_load: (transfer full): an image of the set, as its vector was made of it. */
PhImage *ph_embedding_load (PhEmbedding *embedding, guint item, GError **error);

/** ph_embedding_fit: (transfer full): what the encoder sees of a picture, as RGB or grey, 0..1. */
PhImage *ph_embedding_fit (PhEmbedding *embedding, const PhImage *image, GError **error);

/** ph_embedding_encode: @vector: (out): of a picture of any size. */
gboolean ph_embedding_encode (PhEmbedding *embedding, const PhImage *image, float *vector,
                              GCancellable *cancellable, GError **error);

/** ph_embedding_decode: as ph_decoder_run(). */
GPtrArray *ph_embedding_decode (PhEmbedding *embedding, guint n, const float *vectors,
                                GCancellable *cancellable, GError **error);

/** ph_embedding_reconstruct: as ph_reconstructor_run(). @picture: as ph_embedding_fit() makes it */
PhImage *ph_embedding_reconstruct (PhEmbedding *embedding, const PhImage *picture, float *vector,
                                   GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhEmbedding, ph_embedding_unref)

G_END_DECLS
