#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_LESSON_LIST (ph_lesson_list_view_get_type ())
/**
 * PhLessonListView:
 *
 * The lessons that there are: those that come with the program in a language to choose, and a
 * teacher's own, with how long each takes and how far one is. Emits "chosen" with the path of a
 * lesson (string) and "language-changed" with a language (string), "": that of the program. Its
 * button activates "win.open-lesson".
 */
G_DECLARE_FINAL_TYPE (PhLessonListView, ph_lesson_list_view, PH, LESSON_LIST_VIEW, AdwBin)

GtkWidget *ph_lesson_list_view_new (void);

/** ph_lesson_list_view_show: reads the folders anew. @language: "": that of the program */
void ph_lesson_list_view_show (PhLessonListView *self, const char *language,
                               const PhLessonRecord *record);

/** ph_lesson_dup_record_name: the name by which a #PhLessonRecord knows the lesson at @path. Caller
 * frees.
 */
char *ph_lesson_dup_record_name (const char *path);

G_END_DECLS
