#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhAutoencoder:
 * @code: value of the model's graph: the bottleneck, what the encoder makes of a picture
 * @picture: value: what the decoder makes of that, of the shape of the input
 * @shape: of @code for one image
 * @size: numbers of an embedding: all of @shape
 *
 * The two halves of an autoencoder.
 */
typedef struct
{
  int code, picture;
  PhShape shape;
  gsize size;
} PhAutoencoder;

/**
 * ph_autoencoder_find:
 * @parts: (out)
 *
 * Looks at any network whether it gives back its input: an output with the shape of the image. The
 * bottleneck is the layer of that name, else the layer with the fewest numbers among those that
 * everything must pass through.
 *
 * Returns: %FALSE when @model is no autoencoder.
 */
gboolean ph_autoencoder_find (PhModel *model, PhAutoencoder *parts);

/**
 * ph_autoencoder_copy_decoder:
 *
 * Returns: (transfer full): a finished graph from the code, its only input, for any number of
 * images, to the picture; %NULL with %PH_ERROR_MODEL_INVALID when the decoder also reads something
 * else of the encoder, as the places of its max-pooling.
 */
PhGraph *ph_autoencoder_copy_decoder (PhModel *model, const PhAutoencoder *parts, GError **error);

G_END_DECLS
