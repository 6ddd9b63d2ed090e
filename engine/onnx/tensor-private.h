#pragma once

#include "onnx/parse-private.h"
#include "onnx/tensor.h"

G_BEGIN_DECLS

/**
 * ph_onnx_tensor_from_message:
 * @folder: (nullable): where external data is; %NULL: none is allowed
 *
 * Converts raw data, typed fields or external data. What the declared shape needs is compared with
 * what is there before anything is allocated. External data lies in @folder or below; other places
 * are refused. Large float32 data is taken out of @message instead of being copied.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID or an error of the external file.
 */
PhTensor *ph_onnx_tensor_from_message (Onnx__TensorProto *message, const char *folder,
                                       GError **error);

/**
 * ph_onnx_tensor_to_message:
 * @message: initialised; its name, extents and data are set to newly allocated memory
 *
 * The way back, with the declared type, as raw data. Free with ph_onnx_tensor_clear_message().
 *
 * Returns: %FALSE with %PH_ERROR_NO_MEMORY.
 */
gboolean ph_onnx_tensor_to_message (const PhTensor *tensor, const char *name,
                                    Onnx__TensorProto *message, GError **error);

void ph_onnx_tensor_clear_message (Onnx__TensorProto *message);

G_END_DECLS
