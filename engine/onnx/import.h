#pragma once

#include <gio/gio.h>

#include "network/graph.h"

G_BEGIN_DECLS

/**
 * ph_onnx_import:
 * @path: an ONNX file
 * @metadata: (out) (optional) (transfer full): the file's metadata, key → value
 * @notes: (element-type utf8) (nullable): sentences the user should know are added
 *
 * Reads a network: messages to a finished graph with its constant parts computed. Operator sets 7
 * to 17 are known; from a newer one it is tried with a note, from an older one where the operators
 * mean the same. Nodes of other domains, with graphs inside, or of operators we lack stay in the
 * graph without an operator. Initialisers that are also listed as inputs are constants.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID, naming node or initialiser, or an
 * error of the file.
 */
PhGraph *ph_onnx_import (const char *path, GHashTable **metadata, GPtrArray *notes,
                         GCancellable *cancellable, GError **error);

G_END_DECLS
