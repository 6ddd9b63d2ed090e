#pragma once

#include "vis/ascent.h"

G_BEGIN_DECLS

/** ph_preset_file_dup_path: where the user's presets are kept: presets.ini in the folder of
 * configuration. Caller frees. */
char *ph_preset_file_dup_path (void);

/**
 * ph_preset_file_load:
 *
 * The file has a group for each preset, named as it is, with "setting = value" lines for what
 * differs from the defaults.
 *
 * Returns: (transfer full) (element-type PhAscentPreset): empty when there is no file. %NULL with
 * %G_FILE_ERROR, or %PH_ERROR_DATA_INVALID naming file, preset and what is wrong.
 */
GPtrArray *ph_preset_file_load (const char *path, GError **error);

/** ph_preset_file_save: replaces the file, whole or not at all, making its folder when it is not
 * there. */
gboolean ph_preset_file_save (const char *path, GPtrArray *presets, GError **error);

/**
 * ph_presets_set:
 * @presets: as ph_preset_file_load() returns them
 *
 * Adds a preset that makes @settings, seed and size aside; one of the same name is replaced.
 *
 * Returns: %FALSE with %PH_ERROR_DATA_INVALID when there can be no preset of that name.
 */
gboolean ph_presets_set (GPtrArray *presets, const char *name, const PhAscentSettings *settings,
                         GError **error);

/** ph_presets_find: (nullable): by name. */
const PhAscentPreset *ph_presets_find (GPtrArray *presets, const char *name);

/** ph_presets_find_matching: (nullable): the preset that @settings are, seed and size aside. */
const PhAscentPreset *ph_presets_find_matching (GPtrArray *presets,
                                                const PhAscentSettings *settings);

/** ph_presets_remove: takes the preset of that name out. */
void ph_presets_remove (GPtrArray *presets, const char *name);

G_END_DECLS
