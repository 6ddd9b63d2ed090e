#include <string.h>

#include "lesson/lesson-private.h"

/* What a button does and what a task waits for: a word of the vocabulary and its arguments. */

/* Takes what is wanted from @rest; the last argument takes all that is left. */
static char **
split (const char *rest, const PhLessonArgument *wanted)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  for (guint i = 0; wanted[i] != PH_LESSON_NOTHING && *rest != '\0'; i++)
    {
      gsize length = wanted[i + 1] == PH_LESSON_NOTHING ? strlen (rest) : strcspn (rest, " ");

      g_ptr_array_add (found, g_strndup (rest, length));
      rest += length;
      rest += strspn (rest, " ");
    }
  g_ptr_array_add (found, NULL);
  return (char **)g_ptr_array_steal (found, NULL);
}

static guint
count (const PhLessonArgument *wanted)
{
  guint n = 0;

  while (wanted[n] != PH_LESSON_NOTHING)
    n++;
  return n;
}

/* What can be told without knowing any network. */
static gboolean
check_argument (PhLessonParser *parser, PhLessonArgument wanted, const char *text, guint line)
{
  static const char *const operators[] = { "=", ">=", "<=", NULL };

  if (wanted == PH_LESSON_OPERATOR && !g_strv_contains (operators, text))
    {
      ph_lesson_add_mistake (parser->lesson, line,
                             "“%s” is no comparison: write =, >= or <=", text);
      return FALSE;
    }
  if (wanted == PH_LESSON_NUMBER)
    {
      char *end;

      g_ascii_strtod (text, &end);
      if (end == text || *end != '\0')
        {
          ph_lesson_add_mistake (parser->lesson, line, "“%s” is no number", text);
          return FALSE;
        }
    }
  if (wanted == PH_LESSON_PAGE && !g_strv_contains (ph_lesson_pages, text))
    {
      g_autofree char *pages = g_strjoinv (", ", (char **)ph_lesson_pages);

      ph_lesson_add_mistake (parser->lesson, line, "there is no page “%s”; there are %s", text,
                             pages);
      return FALSE;
    }
  return TRUE;
}

/* NULL after a mistake. */
static char **
parse_arguments (PhLessonParser *parser, const char *name, const char *usage,
                 const PhLessonArgument *wanted, guint n_optional, const char *rest, guint line)
{
  g_auto (GStrv) arguments = split (rest, wanted);
  guint n = g_strv_length (arguments), most = count (wanted);

  if (most == 0 && *rest != '\0')
    {
      ph_lesson_add_mistake (parser->lesson, line, "nothing can stand after “%s”, but “%s” does",
                             name, rest);
      return NULL;
    }
  if (n + n_optional < most)
    {
      ph_lesson_add_mistake (parser->lesson, line, "something is missing: write “%s %s”", name,
                             usage);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    if (!check_argument (parser, wanted[i], arguments[i], line))
      return NULL;
  return g_steal_pointer (&arguments);
}

static char *
take_word (const char **text)
{
  char *word;
  gsize length;

  *text += strspn (*text, " ");
  length = strcspn (*text, " ");
  word = g_strndup (*text, length);
  *text += length;
  *text += strspn (*text, " ");
  return word;
}

static void
tell_words (PhLessonParser *parser, const char *kind, const char *word, GPtrArray *known,
            guint line)
{
  g_autofree char *list = NULL;

  g_ptr_array_add (known, NULL);
  list = g_strjoinv (", ", (char **)known->pdata);
  ph_lesson_add_mistake (parser->lesson, line, "there is no %s “%s”; there are %s", kind, word,
                         list);
}

static gboolean
parse_pieces (PhLessonParser *parser, PhLessonAction *action, char **pieces)
{
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();

  for (guint i = 0; pieces[i] != NULL; i++)
    {
      const char *piece = g_strstrip (pieces[i]);

      if (*piece != '\0')
        g_ptr_array_add (kept, g_strdup (piece));
    }
  if (kept->len > 0 && action->verb->pieces == PH_LESSON_NO_PIECES)
    {
      ph_lesson_add_mistake (parser->lesson, action->line,
                             "“%s” takes no settings, but “%s” stands after the semicolon",
                             action->verb->name, (char *)kept->pdata[0]);
      g_ptr_array_set_free_func (kept, g_free);
      return FALSE;
    }
  g_ptr_array_add (kept, NULL);
  action->pieces = (char **)g_ptr_array_steal (kept, NULL);
  return TRUE;
}

PhLessonAction *
_ph_lesson_parse_action (PhLessonParser *parser, const char *text, const char *label, guint line)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  const char *rest = parts[0] != NULL ? g_strstrip (parts[0]) : "";
  g_autofree char *word = take_word (&rest);
  const PhLessonVerb *verb = ph_lesson_find_verb (word);

  if (verb == NULL)
    {
      g_autoptr (GPtrArray) known = g_ptr_array_new ();

      for (verb = ph_lesson_verbs; verb->name != NULL; verb++)
        g_ptr_array_add (known, (gpointer)verb->name);
      tell_words (parser, "verb", word, known, line);
      return NULL;
    }

  PhLessonAction *action = g_new0 (PhLessonAction, 1);
  /* Where settings are all that follows, the first one follows the verb itself. */
  gboolean pieces_only = verb->pieces != PH_LESSON_NO_PIECES && count (verb->arguments) == 0;

  action->verb = verb;
  action->label = g_strdup (label);
  action->line = line;
  if (pieces_only)
    {
      g_autofree char *first = g_strdup (rest);

      g_free (parts[0]);
      parts[0] = g_steal_pointer (&first);
      rest = "";
    }
  action->arguments = parse_arguments (parser, verb->name, verb->usage, verb->arguments,
                                       verb->n_optional, rest, line);
  if (action->arguments == NULL ||
      !parse_pieces (parser, action, pieces_only || parts[0] == NULL ? parts : parts + 1))
    {
      ph_lesson_action_free (action);
      return NULL;
    }
  /* From here on, names are meant in what it opens. */
  if (verb->arguments[0] == PH_LESSON_NETWORK)
    {
      g_free (parser->network);
      parser->network = g_strdup (action->arguments[0]);
    }
  action->network = g_strdup (parser->network);
  return action;
}

PhLessonCheck *
_ph_lesson_parse_check (PhLessonParser *parser, const char *text, guint line)
{
  const char *rest = text;
  g_autofree char *word = take_word (&rest);
  const PhLessonCondition *condition = ph_lesson_find_condition (word);
  g_auto (GStrv) arguments = NULL;
  PhLessonCheck *check;

  if (condition == NULL)
    {
      g_autoptr (GPtrArray) known = g_ptr_array_new ();

      for (condition = ph_lesson_conditions; condition->name != NULL; condition++)
        g_ptr_array_add (known, (gpointer)condition->name);
      tell_words (parser, "condition", word, known, line);
      return NULL;
    }
  arguments = parse_arguments (parser, condition->name, condition->usage, condition->arguments, 0,
                               rest, line);
  if (arguments == NULL)
    return NULL;
  check = g_new0 (PhLessonCheck, 1);
  check->condition = condition;
  check->arguments = g_steal_pointer (&arguments);
  check->network = g_strdup (parser->network);
  check->line = line;
  return check;
}

PhLessonAction *
ph_lesson_action_copy (const PhLessonAction *action)
{
  PhLessonAction *copy = g_new (PhLessonAction, 1);

  *copy = (PhLessonAction){ action->verb,
                            g_strdup (action->label),
                            g_strdupv (action->arguments),
                            g_strdupv (action->pieces),
                            g_strdup (action->network),
                            action->line };
  return copy;
}

void
ph_lesson_action_free (PhLessonAction *action)
{
  g_free (action->label);
  g_strfreev (action->arguments);
  g_strfreev (action->pieces);
  g_free (action->network);
  g_free (action);
}

void
_ph_lesson_check_free (PhLessonCheck *check)
{
  g_strfreev (check->arguments);
  g_free (check->network);
  g_free (check);
}
