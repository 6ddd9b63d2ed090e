#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/* Where lessons lie. */

/** ph_lesson_list_languages: %NULL-terminated names of the languages that lessons come in, "en",
 * "ru", sorted. Free with g_strfreev(). */
char **ph_lesson_list_languages (void);

/** ph_lesson_dup_folder: the folder of lessons that come with the program, in the first of
 * @languages (%NULL-terminated, as g_get_language_names() gives them) that there is, else in
 * English. Caller frees. */
char *ph_lesson_dup_folder (const char *const *languages);

/** ph_lesson_dup_own_folder: where a teacher's own lessons lie. Caller frees. */
char *ph_lesson_dup_own_folder (void);

/** ph_lesson_list: (element-type filename): paths of the lessons in @folder, by their names; empty
 * when there is no such folder. %NULL with %G_FILE_ERROR when it cannot be read. */
GPtrArray *ph_lesson_list (const char *folder, GError **error);

G_END_DECLS
