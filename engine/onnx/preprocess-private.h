#pragma once

#include "network/model.h"

G_BEGIN_DECLS

/** ph_onnx_find_image_input: the graph's input that takes the picture: the first of four axes, else
 * the first; -1 when there is none. */
int ph_onnx_find_image_input (PhGraph *graph);

/**
 * ph_onnx_guess_preprocess:
 * @preprocess: (out): channels, size and layout from the graph's input; the range as most networks
 *   have it, or raw where the graph begins with a normalisation of its own; marked as guessed
 *
 * What can be said about the input without being told.
 */
void ph_onnx_guess_preprocess (PhGraph *graph, PhPreprocess *preprocess);

/**
 * ph_onnx_preprocess_from_metadata:
 * @metadata: of an ONNX file
 *
 * Overrides @preprocess by what the file says itself: "phosphene.preprocess" with the text that
 * ph_onnx_preprocess_to_json() writes, or ONNX's image annotations ("Image.BitmapPixelFormat",
 * "Image.NominalPixelRange").
 */
void ph_onnx_preprocess_from_metadata (PhGraph *graph, GHashTable *metadata,
                                       PhPreprocess *preprocess, GPtrArray *notes);

/**
 * ph_onnx_preprocess_from_json:
 * @text: {"input": {"size": [channels, height, width], "mean": […], "std": […], "scale": 1,
 *   "order": "RGB"}, "labels": "file"}; every key may be missing, others are ignored
 * @where: what to call @text in a note
 * @labels_file: (out) (optional) (transfer full) (nullable): name of the file of labels
 *
 * Overrides @preprocess by what @text says and the graph's input permits. Anything that makes no
 * sense is a note.
 *
 * Returns: whether @text said anything about the range.
 */
gboolean ph_onnx_preprocess_from_json (PhGraph *graph, const char *text, gsize length,
                                       const char *where, PhPreprocess *preprocess,
                                       char **labels_file, GPtrArray *notes);

/** ph_onnx_preprocess_to_json: the text that says all of @preprocess. Caller frees. */
char *ph_onnx_preprocess_to_json (const PhPreprocess *preprocess);

/** ph_onnx_parse_json: (nullable): @text as JSON; %NULL with an error when it is broken, larger
 * than a mebibyte or nested absurdly. */
struct _JsonNode *ph_onnx_parse_json (const char *text, gsize length, GError **error);

G_END_DECLS
