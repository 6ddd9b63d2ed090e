#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ph_onnx_labels_load:
 *
 * Reads a text file of one label per line, line number = class from 0: UTF-8 or UTF-16 with its
 * mark, any line ending. Text in another encoding is read as Windows-1252, with a note.
 *
 * Returns: (transfer full): %NULL with a note when the file cannot be used.
 */
char **ph_onnx_labels_load (const char *path, GPtrArray *notes);

/** ph_onnx_labels_split: the lines of @text, without line ends and without empty lines at the
 * end. Free with g_strfreev(). */
char **ph_onnx_labels_split (const char *text);

/**
 * ph_onnx_channel_labels_from_json:
 * @text: {"value": ["label of channel 0", …], …}
 *
 * Returns: (transfer full): value name → char **; %NULL with a note when @text is broken.
 */
GHashTable *ph_onnx_channel_labels_from_json (const char *text, GPtrArray *notes);

/** ph_onnx_channel_labels_to_json: the way back. Caller frees. */
char *ph_onnx_channel_labels_to_json (GHashTable *channel_labels);

G_END_DECLS
