#pragma once

#include <glib.h>

#include "base/shape.h"

G_BEGIN_DECLS

/* ONNX messages written by hand, byte by byte, so that the reader is tested against the format and
 * not against the writer of the same generator. Every function that returns a message gives a new
 * GByteArray; every function that takes one named @child or in a list consumes it. */

typedef GByteArray PbMessage;

PbMessage *pb_new (void);
void pb_int (PbMessage *message, guint field, gint64 value);
void pb_float (PbMessage *message, guint field, float value);
void pb_bytes (PbMessage *message, guint field, gconstpointer data, gsize size);
void pb_text (PbMessage *message, guint field, const char *text);
void pb_child (PbMessage *message, guint field, PbMessage *child);
/** pb_packed: integers as one packed field. */
void pb_packed (PbMessage *message, guint field, const gint64 *values, gsize n);

/** pb_tensor: a TensorProto without data. */
PbMessage *pb_tensor (const char *name, int type, const PhShape *shape);
/** pb_tensor_floats: float32 with raw data. */
PbMessage *pb_tensor_floats (const char *name, const PhShape *shape, const float *values);
/** pb_tensor_entry: one key and value of the external data. */
void pb_tensor_entry (PbMessage *tensor, const char *key, const char *value);

/** pb_value: a ValueInfoProto; extents of -1 become the free dimension "N". */
PbMessage *pb_value (const char *name, int type, const PhShape *shape);

/** pb_node: a NodeProto; @inputs and @outputs are separated by spaces. */
PbMessage *pb_node (const char *op, const char *name, const char *inputs, const char *outputs);
void pb_attr_int (PbMessage *node, const char *name, gint64 value);
void pb_attr_float (PbMessage *node, const char *name, float value);
void pb_attr_text (PbMessage *node, const char *name, const char *value);
void pb_attr_ints (PbMessage *node, const char *name, const gint64 *values, gsize n);
void pb_attr_tensor (PbMessage *node, const char *name, PbMessage *child);

/* Fields of GraphProto. */
#define PB_GRAPH_NODE 1
#define PB_GRAPH_NAME 2
#define PB_GRAPH_INITIALIZER 5
#define PB_GRAPH_INPUT 11
#define PB_GRAPH_OUTPUT 12
#define PB_GRAPH_VALUE_INFO 13
#define PB_GRAPH_SPARSE 15
/* Field of ModelProto: metadata, see pb_metadata(). */
#define PB_MODEL_METADATA 14

/** pb_model: a ModelProto of the default domain's operator set @opset around a graph. */
PbMessage *pb_model (PbMessage *child, int opset);
void pb_metadata (PbMessage *model, const char *key, const char *value);

/**
 * pb_small_graph:
 *
 * The GraphProto of a small classifier: x (N×3×5×7) → Conv "conv" (2 filters 3×3, pads 1) → Relu
 * "relu" → GlobalAveragePool "pool" → Flatten "flat" → Gemm "logits" (4 classes) → Softmax "prob".
 */
PbMessage *pb_small_graph (void);

/** pb_save: writes and frees @child. */
void pb_save (PbMessage *child, const char *path);

/** test_folder_new: (transfer full): a new folder for files of a test. */
char *test_folder_new (void);
/** test_folder_free: removes it with the files in it. */
void test_folder_free (char *folder);

G_END_DECLS
