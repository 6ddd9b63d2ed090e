#pragma once

#include <gio/gio.h>

#include "base/error.h"
#include "onnx/onnx.pb-c.h"

G_BEGIN_DECLS

/**
 * ph_onnx_map:
 *
 * Opens @path for reading: a mapping of the file, at most 2 GiB as protobuf demands.
 *
 * Returns: (transfer full): %NULL with an error of %G_FILE_ERROR, or %PH_ERROR_MODEL_INVALID for a
 * folder, an empty file, one too large, and for files that plainly are something else.
 */
GMappedFile *ph_onnx_map (const char *path, GError **error);

/**
 * ph_onnx_parse:
 * @descriptor: the kind of message, as &onnx__model_proto__descriptor
 *
 * Unpacks a message after a look at its structure: the parser beneath follows nested messages by
 * recursion and allocates what it is told to, so depth and memory are bounded here. Every text in
 * the result is valid UTF-8 without zero bytes.
 *
 * Returns: (transfer full): free with ph_onnx_message_free(); %NULL with %PH_ERROR_MODEL_INVALID.
 */
gpointer ph_onnx_parse (const ProtobufCMessageDescriptor *descriptor, gconstpointer data,
                        gsize size, GError **error);

/** ph_onnx_message_free: for messages from ph_onnx_parse(). */
void ph_onnx_message_free (gpointer message);

/** ph_onnx_take_raw: (transfer full): the raw data of a parsed tensor, which then has none. */
GBytes *ph_onnx_take_raw (Onnx__TensorProto *message);

/** ph_onnx_release_raw: frees the raw data of a parsed tensor early, to halve the peak of memory
 * while a network is read. */
void ph_onnx_release_raw (Onnx__TensorProto *message);

typedef Onnx__ModelProto PhOnnxModel;
typedef Onnx__TensorProto PhOnnxTensor;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhOnnxModel, ph_onnx_message_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhOnnxTensor, ph_onnx_message_free)

G_END_DECLS
