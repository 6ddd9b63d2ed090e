#pragma once

#include "base/error.h"
#include "lesson/words.h"

G_BEGIN_DECLS

/**
 * PhLessonAction:
 * @verb: what is done
 * @label: what the button says; %NULL in a solution
 * @arguments: %NULL-terminated, in the order of the verb's usage; those at the end may be missing
 * @pieces: %NULL-terminated "NAME VALUE", of a verb that takes settings
 * @network: the shipped network that names of units and layers are meant in
 * @line: of the file, from 1
 *
 * Something that a lesson does in the window.
 */
typedef struct
{
  const PhLessonVerb *verb;
  char *label;
  char **arguments;
  char **pieces;
  char *network;
  guint line;
} PhLessonAction;

/** ph_lesson_action_copy: one that lives on without its lesson. */
PhLessonAction *ph_lesson_action_copy (const PhLessonAction *action);
void ph_lesson_action_free (PhLessonAction *action);

/** PhLessonCheck: something that a task waits for; fields as in #PhLessonAction. */
typedef struct
{
  const PhLessonCondition *condition;
  char **arguments;
  char *network;
  guint line;
} PhLessonCheck;

/**
 * PhLessonBlockKind:
 * @PH_LESSON_TEXT: a paragraph
 * @PH_LESSON_HEADING: a smaller heading
 * @PH_LESSON_ITEM: of a list
 * @PH_LESSON_CODE: as it is typed
 * @PH_LESSON_BUTTONS: a paragraph of nothing but things to do
 * @PH_LESSON_QUIZ: a question with right answers
 * @PH_LESSON_PREDICT: a question to answer before one looks
 * @PH_LESSON_TASK: something to do in the window
 */
typedef enum
{
  PH_LESSON_TEXT,
  PH_LESSON_HEADING,
  PH_LESSON_ITEM,
  PH_LESSON_CODE,
  PH_LESSON_BUTTONS,
  PH_LESSON_QUIZ,
  PH_LESSON_PREDICT,
  PH_LESSON_TASK,
} PhLessonBlockKind;

/** PhLessonOption: an answer: Pango markup, and whether it is right. */
typedef struct
{
  char *markup;
  gboolean right;
} PhLessonOption;

/**
 * PhLessonBlock:
 * @markup: the text, the question or the task, as Pango markup, where "do:N" is the address of
 *   action N
 * @bullet: of an item: "•" or "3."
 * @actions: (element-type PhLessonAction): in the order of the text; of a prediction: what follows
 *   the choice
 * @options: (element-type PhLessonOption): of a quiz or a prediction
 * @after: markup of what is said once it is answered or done; %NULL: nothing
 * @hint: markup; %NULL: none
 * @checks: (element-type PhLessonCheck): of a task; all must hold
 * @solution: (element-type PhLessonAction): what makes them hold
 */
typedef struct
{
  PhLessonBlockKind kind;
  guint line;
  char *markup;
  char *bullet;
  GPtrArray *actions;
  GPtrArray *options;
  char *after;
  char *hint;
  GPtrArray *checks;
  GPtrArray *solution;
} PhLessonBlock;

/** PhLessonStep: @blocks: (element-type PhLessonBlock) */
typedef struct
{
  char *title;
  guint line;
  GPtrArray *blocks;
} PhLessonStep;

/** PhLessonMistake: a line of the file, from 1, and what is wrong there. */
typedef struct
{
  guint line;
  char *reason;
} PhLessonMistake;

/**
 * PhLesson:
 * @name: "01-inside": that of the file, without its end
 * @network: (nullable): the shipped network that it is about
 * @steps: (element-type PhLessonStep): at least one when there is no mistake
 * @mistakes: (element-type PhLessonMistake): in the order of lines
 *
 * A lesson as it is written; assets/lessons/README.md tells how. Immutable once made.
 */
typedef struct
{
  char *name;
  char *title;
  char *network;
  guint number, minutes;
  GPtrArray *steps;
  GPtrArray *mistakes;
} PhLesson;

/**
 * ph_lesson_parse:
 * @name: see #PhLesson
 * @text: the file, UTF-8
 *
 * Always gives a lesson, with what could be understood; @mistakes tells the rest. Knows how words
 * are written, not which networks there are: that is ph_lesson_check()'s.
 */
PhLesson *ph_lesson_parse (const char *name, const char *text);

/** ph_lesson_load: the same for a file. %NULL with %G_FILE_ERROR, or %PH_ERROR_DATA_INVALID when it
 * is no text. */
PhLesson *ph_lesson_load (const char *path, GError **error);

void ph_lesson_free (PhLesson *lesson);

/** ph_lesson_add_mistake: keeps the order of lines. */
void ph_lesson_add_mistake (PhLesson *lesson, guint line, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/** ph_lesson_waits: whether @block waits for an answer or for something to be done. */
gboolean ph_lesson_block_waits (const PhLessonBlock *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhLesson, ph_lesson_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PhLessonAction, ph_lesson_action_free)

G_END_DECLS
