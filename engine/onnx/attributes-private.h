#pragma once

#include "network/attrs.h"
#include "onnx/parse-private.h"

G_BEGIN_DECLS

/**
 * ph_onnx_attributes:
 * @folder: where external data of a tensor attribute is
 *
 * The attributes of @node. Lists of texts are joined by newlines. Graphs, types and sparse tensors
 * are left out: no operator that has such attributes is supported.
 *
 * Returns: (transfer full): %NULL with %PH_ERROR_MODEL_INVALID naming node and attribute.
 */
PhAttrs *ph_onnx_attributes (const Onnx__NodeProto *node, const char *folder, GError **error);

/**
 * ph_onnx_attributes_to_message:
 * @node: its attributes are set to newly allocated memory
 *
 * The way back. Free with ph_onnx_attributes_clear_message().
 */
gboolean ph_onnx_attributes_to_message (const PhAttrs *attrs, Onnx__NodeProto *node,
                                        GError **error);

void ph_onnx_attributes_clear_message (Onnx__NodeProto *node);

G_END_DECLS
