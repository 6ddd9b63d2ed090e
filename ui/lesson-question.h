#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_LESSON_QUESTION (ph_lesson_question_get_type ())
/**
 * PhLessonQuestion:
 *
 * A block of a lesson that waits: a quiz, a prediction or a task. Emits "answered" with what is to
 * be remembered (string) once it is answered rightly, predicted or done, and "act" with a
 * #PhLessonAction (pointer) that is to happen then.
 */
G_DECLARE_FINAL_TYPE (PhLessonQuestion, ph_lesson_question, PH, LESSON_QUESTION, GtkBox)

/** ph_lesson_question_new: @block: must live as long as the widget; @answer: (nullable): what was
 * remembered */
GtkWidget *ph_lesson_question_new (const PhLessonBlock *block, const char *answer);

const PhLessonBlock *ph_lesson_question_get_block (PhLessonQuestion *self);

/** ph_lesson_question_is_done: whether it waits no more. */
gboolean ph_lesson_question_is_done (PhLessonQuestion *self);

/** ph_lesson_question_set_done: of a task: what it waited for has happened. */
void ph_lesson_question_set_done (PhLessonQuestion *self);

G_END_DECLS
