#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/**
 * ph_folder_list_images:
 *
 * Returns: (transfer full): %NULL-terminated paths of the pictures in the folder @path itself, by
 * the ends of their names, sorted; %NULL with %G_FILE_ERROR when it cannot be read or
 * %PH_ERROR_DATA_INVALID when it holds none.
 */
char **ph_folder_list_images (const char *path, GError **error);

/**
 * ph_path_digest:
 *
 * Returns: (transfer full): SHA-256 of a file's content in hexadecimal; of a folder, of the names
 * and digests of the pictures in it. %NULL with %G_FILE_ERROR.
 */
char *ph_path_digest (const char *path, GError **error);

G_END_DECLS
