#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * ph_model_load:
 * @path: an ONNX file
 *
 * Opens a network with all that is known about it. It is called by its file, or by its folder where
 * the file is "network.onnx", as a training makes it. Preprocessing: from NAME.json beside the
 * file, else from the file's metadata, else guessed, with a note. Labels: from the file that
 * NAME.json names, else NAME.labels.txt beside it, else from the metadata ("phosphene.labels").
 * What does not fit is a note of the model, never an error.
 *
 * Returns: (transfer full): %NULL with an error that begins with the file's name.
 */
PhModel *ph_model_load (const char *path, GCancellable *cancellable, GError **error);

/**
 * ph_labels_load:
 * @path: a text file, one name per line, the first for class 0
 *
 * Returns: (transfer full): %NULL-terminated names, for ph_model_set_labels(); %NULL with
 * %PH_ERROR_DATA_INVALID when the file cannot be used as such.
 */
char **ph_labels_load (const char *path, GError **error);

G_END_DECLS
