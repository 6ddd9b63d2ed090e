#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

#define PH_TYPE_LESSON_STEP (ph_lesson_step_get_type ())
/**
 * PhLessonStepView:
 *
 * One step of a lesson: its text, buttons and questions. Emits "act" with a #PhLessonAction
 * (pointer) when something is to be done, and "answered" with the number of a block (uint) and what
 * is to be remembered (string).
 */
G_DECLARE_FINAL_TYPE (PhLessonStepView, ph_lesson_step, PH, LESSON_STEP, GtkBox)

/** PhLessonAsk: whether @check holds now. */
typedef gboolean (*PhLessonAsk) (const PhLessonCheck *check, gpointer data);

/** ph_lesson_step_new: @lesson must live as long as the widget. @name: as @record knows it. */
GtkWidget *ph_lesson_step_new (const PhLesson *lesson, guint step, const PhLessonRecord *record,
                               const char *name);

/** ph_lesson_step_ask: looks which tasks are done by now. */
void ph_lesson_step_ask (PhLessonStepView *self, PhLessonAsk ask, gpointer data);

/** ph_lesson_step_is_done: whether nothing waits any more. */
gboolean ph_lesson_step_is_done (PhLessonStepView *self);

G_END_DECLS
