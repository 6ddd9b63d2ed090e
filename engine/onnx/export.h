#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/**
 * ph_onnx_export:
 * @graph: finished
 * @preprocess: (nullable): what the network wants for a picture, stored in the metadata
 * @labels: (nullable): %NULL-terminated names of the classes, without line ends
 * @channel_labels: (nullable): value name → char **, %NULL-terminated names of its channels
 * @doc: (nullable): what the network is, for people
 *
 * Writes the network as an ONNX file that ph_model_load() reads back as it is, preprocessing and
 * labels included, and that other programs can use. Outputs without a declared shape get the one
 * that a picture of the usual size leads to. Replaces @path only once all is written.
 *
 * Returns: %FALSE with %PH_ERROR_DATA_INVALID (a label with a line end, more than 2 GiB),
 * %PH_ERROR_NO_MEMORY, an error of the plan or of the file.
 */
gboolean ph_onnx_export (PhGraph *graph, const PhPreprocess *preprocess, const char *const *labels,
                         GHashTable *channel_labels, const char *doc, const char *path,
                         GError **error);

G_END_DECLS
