#pragma once

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * ph_thumbnail_key: digest of everything that decides how the thumbnail looks: network, its
 * preprocessing, objective and size. (nullable) when the network has no digest. Caller frees.
 */
char *ph_thumbnail_key (PhModel *model, const char *objective, guint size);

/** ph_thumbnail_load_job: reads the file at @path, quietly. The result is a #PhFrame. */
PhJob *ph_thumbnail_load_job (const char *path);

/** ph_thumbnail_make_job: makes the picture for @objective, quietly, and saves it at @path
 * (nullable). The result is a #PhFrame. */
PhJob *ph_thumbnail_make_job (PhModel *model, const char *objective, guint size, const char *path);

G_END_DECLS
