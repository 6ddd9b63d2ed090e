#include "lesson/words.h"

/* The vocabulary of lessons: a new word is a line here and a line in ui/lesson-actions.c or
 * ui/lesson-checks.c. */

const PhLessonVerb ph_lesson_verbs[] = {
  { "open",
    { PH_LESSON_NETWORK },
    0,
    0,
    "NETWORK",
    "Opens a network that comes with the program." },
  { "layer", { PH_LESSON_LAYER }, 0, 0, "LAYER", "Shows the units of a layer, or “classes”." },
  { "unit",
    { PH_LESSON_UNIT },
    0,
    0,
    "UNIT",
    "Goes to a unit; its picture forms with the settings as they are." },
  { "draw",
    { PH_LESSON_OBJECTIVE },
    0,
    PH_LESSON_ASCENT_PIECES,
    "UNIT or FORMULA; SETTING VALUE; …",
    "The same with these settings; all others as they are by default." },
  { "stop",
    { PH_LESSON_NOTHING },
    0,
    0,
    "",
    "Stops the picture or the training that is being made." },
  { "examples",
    { PH_LESSON_IMAGES },
    0,
    0,
    "IMAGES",
    "Shows all images to the network, if it has not seen them, and unfolds the examples." },
  { "circuit", { PH_LESSON_NOTHING }, 0, 0, "", "Unfolds what feeds the unit and what it feeds." },
  { "image", { PH_LESSON_PICTURE }, 0, 0, "IMAGES#NUMBER", "Shows a picture to the network." },
  { "explain",
    { PH_LESSON_METHOD, PH_LESSON_UNIT },
    1,
    0,
    "METHOD UNIT",
    "On the image page: which parts excite the unit; without one, that which is watched." },
  { "compare",
    { PH_LESSON_NETWORK, PH_LESSON_NETWORK },
    0,
    0,
    "NETWORK NETWORK",
    "Sets two networks side by side." },
  { "learn",
    { PH_LESSON_NOTHING },
    0,
    PH_LESSON_TRAIN_PIECES,
    "images IMAGES; SETTING VALUE; …; start",
    "Goes to the learning page and sets what is named." },
  { "page", { PH_LESSON_PAGE }, 0, 0, "PAGE", "Goes to a page with what it shows already." },
  { NULL },
};

const PhLessonTrainWord ph_lesson_train_words[] = {
  { "defaults", PH_LESSON_NOTHING, "all settings as they are by default" },
  { "images", PH_LESSON_IMAGES, "the images to learn from" },
  { "network", PH_LESSON_VALUE, "the network that is open, or the name of a description" },
  { "watch", PH_LESSON_UNITS, "units whose pictures are drawn after each epoch" },
  { "start", PH_LESSON_NOTHING, "starts" },
  { "together", PH_LESSON_NOTHING, "lets all trainings on these images answer together" },
  { NULL },
};

const PhLessonCondition ph_lesson_conditions[] = {
  { "opened", { PH_LESSON_NETWORK }, "NETWORK", "the network is open" },
  { "page", { PH_LESSON_PAGE }, "PAGE", "the page is in view" },
  { "layer", { PH_LESSON_LAYER }, "LAYER", "the units of the layer are in view" },
  { "unit", { PH_LESSON_UNITS }, "UNIT or UNIT or LAYER:*", "one of these units is in view" },
  { "likes",
    { PH_LESSON_CLASS },
    "CLASS",
    "of the unit in view, no class of the images shown to the network excites it more on average" },
  { "steps",
    { PH_LESSON_OPERATOR, PH_LESSON_NUMBER },
    ">= NUMBER",
    "so many steps of a picture have been made" },
  { "setting",
    { PH_LESSON_ASCENT, PH_LESSON_OPERATOR, PH_LESSON_VALUE },
    "SETTING = VALUE",
    "a setting of the unit's page" },
  { "examples",
    { PH_LESSON_OPERATOR, PH_LESSON_NUMBER },
    ">= NUMBER",
    "so many examples of the unit in view are shown" },
  { "picture", { PH_LESSON_NOTHING }, "", "a picture is shown to the network" },
  { "names", { PH_LESSON_CLASS }, "CLASS", "the network takes the picture for this class" },
  { "learning",
    { PH_LESSON_TRAIN, PH_LESSON_OPERATOR, PH_LESSON_VALUE },
    "SETTING = VALUE",
    "a setting of the learning page" },
  { "epochs",
    { PH_LESSON_OPERATOR, PH_LESSON_NUMBER },
    ">= NUMBER",
    "so many epochs of the newest training are done" },
  { "accuracy",
    { PH_LESSON_OPERATOR, PH_LESSON_NUMBER },
    ">= NUMBER",
    "the best accuracy of the newest training, 0 to 1" },
  { "trainings",
    { PH_LESSON_OPERATOR, PH_LESSON_NUMBER },
    ">= NUMBER",
    "so many trainings on these images are done" },
  { "compared",
    { PH_LESSON_NETWORK, PH_LESSON_NETWORK },
    "NETWORK NETWORK",
    "these two stand side by side" },
  { NULL },
};

const char *const ph_lesson_pages[] = { "explore", "unit",       "image", "learn",
                                        "compare", "embeddings", NULL };

const PhLessonVerb *
ph_lesson_find_verb (const char *name)
{
  for (const PhLessonVerb *verb = ph_lesson_verbs; verb->name != NULL; verb++)
    if (g_str_equal (verb->name, name))
      return verb;
  return NULL;
}

const PhLessonCondition *
ph_lesson_find_condition (const char *name)
{
  for (const PhLessonCondition *condition = ph_lesson_conditions; condition->name != NULL;
       condition++)
    if (g_str_equal (condition->name, name))
      return condition;
  return NULL;
}

const PhLessonTrainWord *
ph_lesson_find_train_word (const char *name)
{
  for (const PhLessonTrainWord *word = ph_lesson_train_words; word->name != NULL; word++)
    if (g_str_equal (word->name, name))
      return word;
  return NULL;
}
