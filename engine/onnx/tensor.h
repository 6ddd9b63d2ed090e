#pragma once

#include "base/tensor.h"

G_BEGIN_DECLS

/**
 * ph_onnx_tensor_load:
 * @path: a file that holds one serialised TensorProto
 * @name: (out) (optional) (transfer full): the name in it, "" for none
 *
 * Reads a tensor as ONNX's test data has it.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_DATA_INVALID or an error of the file.
 */
PhTensor *ph_onnx_tensor_load (const char *path, char **name, GError **error);

G_END_DECLS
