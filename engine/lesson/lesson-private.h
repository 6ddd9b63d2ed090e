#pragma once

#include "lesson/lesson.h"

G_BEGIN_DECLS

/* What the files of the parser share. */

typedef struct
{
  PhLesson *lesson;
  char *network; /* owned, nullable: the one that names of units are meant in from here on */
} PhLessonParser;

/* lesson-phrase.c: VERB ARGUMENTS; NAME VALUE; …. @label: (nullable). NULL after a mistake. */
PhLessonAction *_ph_lesson_parse_action (PhLessonParser *parser, const char *text,
                                         const char *label, guint line);
/* The same for CONDITION ARGUMENTS. */
PhLessonCheck *_ph_lesson_parse_check (PhLessonParser *parser, const char *text, guint line);
void _ph_lesson_check_free (PhLessonCheck *check);

/* lesson-inline.c: emphasis, code and links become Pango markup. @text may have several lines, the
 * first of which is @line. @actions: what links do is added there; NULL: they are no place here.
 * @buttons: (out) (optional): whether there is nothing but things to do. */
char *_ph_lesson_parse_inline (PhLessonParser *parser, const char *text, guint line,
                               GPtrArray *actions, gboolean *buttons);

/* lesson-block.c: the inside of a fence that begins at @line. NULL for a word that is none. */
PhLessonBlock *_ph_lesson_parse_fence (PhLessonParser *parser, const char *word, char **lines,
                                       guint n, guint line);
PhLessonBlock *_ph_lesson_block_new (PhLessonBlockKind kind, guint line);
void _ph_lesson_block_free (PhLessonBlock *block);

G_END_DECLS
