#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhShippedNetwork:
 * @name: as the command knows it
 * @file: relative to the folder of what comes with the program
 * @title: for people, to be translated
 *
 * A network that comes with the program.
 */
typedef struct
{
  const char *name, *file, *title;
} PhShippedNetwork;

/** ph_shipped_networks: ends with a %NULL name. The first whose file is there opens when nothing
 * else was asked for. */
extern const PhShippedNetwork ph_shipped_networks[];

/** PH_SHIPPED_TEXTBOOK: the file of the network whose neurons are known. */
#define PH_SHIPPED_TEXTBOOK "textbook.onnx"

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

/** ph_shipped_dup_network: (nullable): path of the network named @name, with or without ".onnx";
 * %NULL for the default one. Caller frees. Returns: %NULL when it is not there. */
char *ph_shipped_dup_network (const char *name);

G_END_DECLS
