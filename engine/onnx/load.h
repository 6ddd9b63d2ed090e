#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * ph_model_load:
 * @path: an ONNX file
 *
 * Opens a network with all that is known about it. Preprocessing: from NAME.json beside the file,
 * else from the file's metadata, else guessed, with a note. Labels: from the file that NAME.json
 * names, else NAME.labels.txt beside it, else from the metadata ("phosphene.labels"). What does not
 * fit is a note of the model, never an error.
 *
 * Returns: (transfer full): %NULL with an error that begins with the file's name.
 */
PhModel *ph_model_load (const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
