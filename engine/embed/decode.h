#pragma once

#include <gio/gio.h>

#include "network/model.h"

G_BEGIN_DECLS

/**
 * PhDecoder:
 *
 * From embeddings back to pictures: the second half of an autoencoder. Not for two threads at once.
 */
typedef struct _PhDecoder PhDecoder;

/**
 * ph_decoder_new:
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID when the network is no autoencoder
 * or its decoder reads more than the embedding.
 */
PhDecoder *ph_decoder_new (PhModel *model, GError **error);
void ph_decoder_free (PhDecoder *decoder);

/** ph_decoder_get_size: numbers of an embedding. */
gsize ph_decoder_get_size (const PhDecoder *decoder);

/**
 * ph_decoder_run:
 * @codes: (n, size)
 *
 * Runs for the same @n one after the other take no new memory: a slider may be followed live.
 *
 * Returns: (transfer full) (element-type PhImage): n pictures, 0..1.
 */
GPtrArray *ph_decoder_run (PhDecoder *decoder, guint n, const float *codes,
                           GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhDecoder, ph_decoder_free)

G_END_DECLS
