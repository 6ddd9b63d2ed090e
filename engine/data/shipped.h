#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** PH_SHIPPED_NETWORK: the network that opens when nothing else was asked for. */
#define PH_SHIPPED_NETWORK "textbook.onnx"

/**
 * ph_shipped_dup_path:
 * @name: of a file that comes with the program
 *
 * Looks in the folder that the environment variable PHOSPHENE_DATA_DIR names (set when running from
 * the build tree), then where the program was installed. Caller frees.
 *
 * Returns: a path, also when no such file is there.
 */
char *ph_shipped_dup_path (const char *name);

G_END_DECLS
