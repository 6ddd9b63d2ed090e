#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/**
 * ph_save_bytes:
 * @path: the file to make or replace
 * @data: @size bytes
 *
 * Writes a file so that it is either there completely or as it was before: into a temporary file of
 * the same folder, synchronised to the disk, then renamed over @path. Nothing is left behind when
 * it fails.
 *
 * Returns: %FALSE with a code of %G_FILE_ERROR and a sentence that names @path: folder missing or
 * not writable, disk full.
 */
gboolean ph_save_bytes (const char *path, gconstpointer data, gsize size, GError **error);

G_END_DECLS
