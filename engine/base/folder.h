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

/**
 * ph_folder_make:
 * @mode: as of mkdir(): 0777 for what the user asked for, 0700 for what is the program's own
 *
 * Makes the folder @path and those above it where they are missing.
 *
 * Returns: %FALSE with %G_FILE_ERROR, naming the folder.
 */
gboolean ph_folder_make (const char *path, int mode, GError **error);

G_END_DECLS
