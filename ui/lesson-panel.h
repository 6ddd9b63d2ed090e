#pragma once

#include <adwaita.h>

#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * PhLessonHost:
 * @act: does what a button of a lesson says
 * @ask: whether what a task waits for holds now
 * @go: shows a unit of a network; either may be %NULL
 * @describe: fills network and unit of @state with what is in view
 *
 * What a lesson is taught with: the window.
 */
typedef struct
{
  void (*act) (const PhLessonAction *action, gpointer data);
  gboolean (*ask) (const PhLessonCheck *check, gpointer data);
  void (*go) (const char *network, const char *unit, gpointer data);
  void (*describe) (PhLessonState *state, gpointer data);
} PhLessonHost;

#define PH_TYPE_LESSON_PANEL (ph_lesson_panel_get_type ())
/**
 * PhLessonPanel:
 *
 * Lessons beside the pages: the list of them, and one step of the one that is taken. Remembers
 * where each was left, in the user's data. Emits "changed" when another lesson or step is shown.
 * Its buttons activate actions of the window: "win.lesson-next", "win.lesson-previous",
 * "win.lesson-list", "win.lesson-restart", "win.open-lesson", "win.lessons" (closes the panel).
 */
G_DECLARE_FINAL_TYPE (PhLessonPanel, ph_lesson_panel, PH, LESSON_PANEL, AdwBin)

/** ph_lesson_panel_set_up: once, before anything else. @settings, @queue: references are taken */
void ph_lesson_panel_set_up (PhLessonPanel *self, GSettings *settings, PhQueue *queue,
                             const PhLessonHost *host, gpointer data);

/** ph_lesson_panel_show_list: reads the folders of lessons anew. */
void ph_lesson_panel_show_list (PhLessonPanel *self);

/**
 * ph_lesson_panel_open:
 * @path: a lesson, or a file by which one was handed out
 *
 * Goes on where it was left. Mistakes in it are told on the panel.
 *
 * Returns: %FALSE with an error when there is no such file, or none of these.
 */
gboolean ph_lesson_panel_open (PhLessonPanel *self, const char *path, GError **error);

/** ph_lesson_panel_open_first: the first lesson of the course, in the language chosen. */
void ph_lesson_panel_open_first (PhLessonPanel *self);

/** ph_lesson_panel_get_lesson: (nullable) (transfer none): the one that is shown. */
const PhLesson *ph_lesson_panel_get_lesson (PhLessonPanel *self);
guint ph_lesson_panel_get_step (PhLessonPanel *self);

/** ph_lesson_panel_move: @offset: 1 or -1: to the next or previous step; after the last one the
 * lesson is finished, and the list is shown. */
void ph_lesson_panel_move (PhLessonPanel *self, int offset);

/** ph_lesson_panel_restart: begins the lesson anew. */
void ph_lesson_panel_restart (PhLessonPanel *self);

/** ph_lesson_panel_focus: gives the keyboard to what is shown. */
void ph_lesson_panel_focus (PhLessonPanel *self);

/** ph_lesson_panel_hand_out: writes the lesson as it stands to a file. There must be one. */
gboolean ph_lesson_panel_hand_out (PhLessonPanel *self, const char *path, GError **error);

/** ph_lesson_panel_save_progress: writes what was done in all lessons to a file. */
gboolean ph_lesson_panel_save_progress (PhLessonPanel *self, const char *path, GError **error);
/** ph_lesson_panel_read_progress: takes over what such a file says. */
gboolean ph_lesson_panel_read_progress (PhLessonPanel *self, const char *path, GError **error);

/** PH_LESSON_STATE_SUFFIX: of files by which a lesson is handed out. */
#define PH_LESSON_STATE_SUFFIX ".phosphene-lesson"

G_END_DECLS
