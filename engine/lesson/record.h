#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/**
 * PhLessonRecord:
 *
 * What somebody has done in lessons: where each was left, what was answered. Lessons are known by
 * name: that of the file for those that come with the program, so that a lesson left in one
 * language goes on in another; the path for others.
 */
typedef struct _PhLessonRecord PhLessonRecord;

PhLessonRecord *ph_lesson_record_new (void);
void ph_lesson_record_free (PhLessonRecord *record);

/** ph_lesson_record_dup_path: where the user's own is kept. Caller frees. */
char *ph_lesson_record_dup_path (void);

/** ph_lesson_record_load: empty when there is no such file; %NULL with %G_FILE_ERROR, or
 * %PH_ERROR_DATA_INVALID when it is none. */
PhLessonRecord *ph_lesson_record_load (const char *path, GError **error);

/** ph_lesson_record_save: whole or not at all, making the folder when it is not there. */
gboolean ph_lesson_record_save (const PhLessonRecord *record, const char *path, GError **error);

/** ph_lesson_record_get_step: where the lesson was left, from 0; 0 when it was not begun. */
guint ph_lesson_record_get_step (const PhLessonRecord *record, const char *lesson);
/** ph_lesson_record_set_step: @n_steps: that it has */
void ph_lesson_record_set_step (PhLessonRecord *record, const char *lesson, guint step,
                                guint n_steps);
/** ph_lesson_record_get_n_steps: 0 when it was not begun. */
guint ph_lesson_record_get_n_steps (const PhLessonRecord *record, const char *lesson);

gboolean ph_lesson_record_is_finished (const PhLessonRecord *record, const char *lesson);
void ph_lesson_record_set_finished (PhLessonRecord *record, const char *lesson);

/** ph_lesson_record_dup_answer: (nullable): what was answered in a block of a step. Caller frees.
 */
char *ph_lesson_record_dup_answer (const PhLessonRecord *record, const char *lesson, guint step,
                                   guint block);
void ph_lesson_record_set_answer (PhLessonRecord *record, const char *lesson, guint step,
                                  guint block, const char *answer);

/** ph_lesson_record_forget: the lesson begins anew. */
void ph_lesson_record_forget (PhLessonRecord *record, const char *lesson);

/** ph_lesson_record_merge: takes over all lessons of @other, in place of those of the same name. */
void ph_lesson_record_merge (PhLessonRecord *record, const PhLessonRecord *other);

/**
 * PhLessonState:
 * @lesson: its name
 * @language: that it was read in, "" for a lesson of a teacher
 * @text: (nullable): the lesson itself, unless it comes with the program
 * @network, @unit: (nullable): what was in view: path, or name of a network that comes with the
 *   program
 *
 * A lesson as it stands, to be handed out: whoever opens it goes on there.
 */
typedef struct
{
  char *lesson, *language, *text, *network, *unit;
} PhLessonState;

void ph_lesson_state_free (PhLessonState *state);

/** ph_lesson_state_save: with what @record says about the lesson. */
gboolean ph_lesson_state_save (const PhLessonState *state, const PhLessonRecord *record,
                               const char *path, GError **error);

/** ph_lesson_state_load: @record: (out): what was done in the lesson */
PhLessonState *ph_lesson_state_load (const char *path, PhLessonRecord **record, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhLessonRecord, ph_lesson_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhLessonState, ph_lesson_state_free)

G_END_DECLS
