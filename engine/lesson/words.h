#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhLessonArgument: what stands after a verb or a condition. Those without spaces come first; the
 * last one takes the rest of the line.
 * @PH_LESSON_NETWORK: name of a network that comes with the program
 * @PH_LESSON_LAYER: of the network at hand, or "classes"
 * @PH_LESSON_UNIT: of the network at hand
 * @PH_LESSON_UNITS: several, joined by " or "; "LAYER:*" is any channel of a layer
 * @PH_LESSON_OBJECTIVE: as ph_objective_parse() reads it
 * @PH_LESSON_CLASS: a label of the network at hand
 * @PH_LESSON_PAGE: "explore", "unit", "image", "learn", "compare", "embeddings"
 * @PH_LESSON_IMAGES: as ph_dataset_open() reads it
 * @PH_LESSON_PICTURE: the same and "#" and the number of one of them
 * @PH_LESSON_METHOD: of explaining a picture
 * @PH_LESSON_OPERATOR: "=", ">=" or "<="
 * @PH_LESSON_NUMBER: with a point
 * @PH_LESSON_ASCENT: name of a setting of pictures
 * @PH_LESSON_TRAIN: name of a setting of trainings
 * @PH_LESSON_VALUE: of the setting before it
 */
typedef enum
{
  PH_LESSON_NOTHING,
  PH_LESSON_NETWORK,
  PH_LESSON_LAYER,
  PH_LESSON_UNIT,
  PH_LESSON_UNITS,
  PH_LESSON_OBJECTIVE,
  PH_LESSON_CLASS,
  PH_LESSON_PAGE,
  PH_LESSON_IMAGES,
  PH_LESSON_PICTURE,
  PH_LESSON_METHOD,
  PH_LESSON_OPERATOR,
  PH_LESSON_NUMBER,
  PH_LESSON_ASCENT,
  PH_LESSON_TRAIN,
  PH_LESSON_VALUE,
} PhLessonArgument;

/** What may follow a verb after semicolons: pairs of a name and a value. */
typedef enum
{
  PH_LESSON_NO_PIECES,
  PH_LESSON_ASCENT_PIECES, /* settings of pictures */
  PH_LESSON_TRAIN_PIECES,  /* settings of trainings and ph_lesson_train_words */
} PhLessonPieces;

#define PH_LESSON_MOST_ARGUMENTS 3

/**
 * PhLessonVerb:
 * @arguments: end with %PH_LESSON_NOTHING
 * @n_optional: of these, from the end
 * @usage, @summary: for teachers
 *
 * Something that a lesson's button can do. What it does in the window is in ui/lesson-actions.c.
 */
typedef struct
{
  const char *name;
  PhLessonArgument arguments[PH_LESSON_MOST_ARGUMENTS + 1];
  guint n_optional;
  PhLessonPieces pieces;
  const char *usage;
  const char *summary;
} PhLessonVerb;

/** PhLessonCondition: something that a task can wait for; how it is told is in ui/lesson-checks.c.
 */
typedef struct
{
  const char *name;
  PhLessonArgument arguments[PH_LESSON_MOST_ARGUMENTS + 1];
  const char *usage;
  const char *summary;
} PhLessonCondition;

/** ph_lesson_verbs, ph_lesson_conditions: end with a %NULL name. */
extern const PhLessonVerb ph_lesson_verbs[];
extern const PhLessonCondition ph_lesson_conditions[];

/** ph_lesson_train_words: what "learn" takes besides settings; ends with a %NULL name. */
typedef struct
{
  const char *name;
  PhLessonArgument argument;
  const char *summary;
} PhLessonTrainWord;
extern const PhLessonTrainWord ph_lesson_train_words[];

/** ph_lesson_pages: %NULL-terminated names of pages. */
extern const char *const ph_lesson_pages[];

const PhLessonVerb *ph_lesson_find_verb (const char *name);
const PhLessonCondition *ph_lesson_find_condition (const char *name);
const PhLessonTrainWord *ph_lesson_find_train_word (const char *name);

G_END_DECLS
