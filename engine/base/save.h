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

/** ph_save_check: whether ph_save_bytes() to @path can be expected to work: asked before long work,
 * so that it is not lost. Returns: %FALSE with the errors of ph_save_bytes(). */
gboolean ph_save_check (const char *path, GError **error);

/** PhSavePart: @size bytes */
typedef struct
{
  gconstpointer data;
  gsize size;
} PhSavePart;

/** ph_save_parts: the same for @n pieces, one after the other, that need not lie together. */
gboolean ph_save_parts (const char *path, const PhSavePart *parts, gsize n, GError **error);

G_END_DECLS
