#include <string.h>

#include "lesson/lesson-private.h"

/* The blocks that wait: quiz, predict, task. */

static void
option_free (gpointer data)
{
  PhLessonOption *option = data;

  g_free (option->markup);
  g_free (option);
}

PhLessonBlock *
_ph_lesson_block_new (PhLessonBlockKind kind, guint line)
{
  PhLessonBlock *block = g_new0 (PhLessonBlock, 1);

  block->kind = kind;
  block->line = line;
  block->actions = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_lesson_action_free);
  block->options = g_ptr_array_new_with_free_func (option_free);
  block->checks = g_ptr_array_new_with_free_func ((GDestroyNotify)_ph_lesson_check_free);
  block->solution = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_lesson_action_free);
  return block;
}

void
_ph_lesson_block_free (PhLessonBlock *block)
{
  g_free (block->markup);
  g_free (block->bullet);
  g_free (block->after);
  g_free (block->hint);
  g_ptr_array_unref (block->actions);
  g_ptr_array_unref (block->options);
  g_ptr_array_unref (block->checks);
  g_ptr_array_unref (block->solution);
  g_free (block);
}

gboolean
ph_lesson_block_waits (const PhLessonBlock *block)
{
  return block->kind >= PH_LESSON_QUIZ;
}

/* Which keys a kind has. */
static const struct
{
  const char *word;
  PhLessonBlockKind kind;
  const char *keys[5];
} kinds[] = {
  { "quiz", PH_LESSON_QUIZ, { "why" } },
  { "predict", PH_LESSON_PREDICT, { "then", "do" } },
  { "task", PH_LESSON_TASK, { "check", "hint", "solution", "done" } },
};

/* "hint: text" with a key of the kind; otherwise NULL. */
static const char *
find_key (guint kind, const char *line, const char **value)
{
  for (guint i = 0; kinds[kind].keys[i] != NULL; i++)
    {
      gsize length = strlen (kinds[kind].keys[i]);

      if (strncmp (line, kinds[kind].keys[i], length) != 0 || line[length] != ':')
        continue;
      *value = line + length + 1;
      *value += strspn (*value, " ");
      return kinds[kind].keys[i];
    }
  return NULL;
}

static void
add_option (PhLessonParser *parser, PhLessonBlock *block, const char *text, guint line)
{
  PhLessonOption *option = g_new0 (PhLessonOption, 1);
  gboolean right = g_str_has_prefix (text, "[x] ") || g_str_has_prefix (text, "[X] ");
  gboolean marked = right || g_str_has_prefix (text, "[ ] ");

  if (block->kind == PH_LESSON_QUIZ && !marked)
    ph_lesson_add_mistake (
        parser->lesson, line,
        "an answer of a quiz begins with “- [x] ” when it is right, with “- [ ] ” "
        "when it is wrong");
  if (block->kind == PH_LESSON_PREDICT && marked)
    ph_lesson_add_mistake (
        parser->lesson, line,
        "a prediction has no right answers: write “- ” alone, or make it a quiz");
  option->right = right;
  option->markup = _ph_lesson_parse_inline (parser, marked ? text + 4 : text, line, NULL, NULL);
  g_ptr_array_add (block->options, option);
}

static void
set_text (PhLessonParser *parser, char **field, const char *key, const char *text, guint line)
{
  if (*field != NULL)
    ph_lesson_add_mistake (parser->lesson, line, "“%s:” stands here a second time", key);
  else if (*text == '\0')
    ph_lesson_add_mistake (parser->lesson, line, "nothing stands after “%s:”", key);
  else
    *field = _ph_lesson_parse_inline (parser, text, line, NULL, NULL);
}

static void
take_key (PhLessonParser *parser, PhLessonBlock *block, const char *key, const char *text,
          guint line)
{
  if (g_str_equal (key, "hint"))
    set_text (parser, &block->hint, key, text, line);
  else if (g_str_equal (key, "check"))
    {
      PhLessonCheck *check = _ph_lesson_parse_check (parser, text, line);

      if (check != NULL)
        g_ptr_array_add (block->checks, check);
    }
  else if (g_str_equal (key, "solution") || g_str_equal (key, "do"))
    {
      PhLessonAction *action = _ph_lesson_parse_action (parser, text, NULL, line);

      if (action != NULL)
        g_ptr_array_add (*key == 's' ? block->solution : block->actions, action);
    }
  else
    set_text (parser, &block->after, key, text, line);
}

/* What the kind cannot do without. A mistake inside may be why it is missing. */
static void
check_complete (PhLessonParser *parser, const PhLessonBlock *block, const char *word)
{
  PhLesson *lesson = parser->lesson;
  guint n_right = 0;

  for (guint i = 0; i < block->options->len; i++)
    n_right += ((PhLessonOption *)block->options->pdata[i])->right;
  if (block->markup == NULL || *block->markup == '\0')
    ph_lesson_add_mistake (lesson, block->line, "the %s does not say what is asked", word);
  if (block->kind != PH_LESSON_TASK && block->options->len < 2)
    ph_lesson_add_mistake (lesson, block->line,
                           "the %s has %u answers; it needs two at least, each a line that begins "
                           "with “- ”",
                           word, block->options->len);
  if (block->kind == PH_LESSON_QUIZ && block->options->len > 1 && n_right == 0)
    ph_lesson_add_mistake (lesson, block->line, "no answer is right: mark one with “- [x] ”");
  if (block->kind == PH_LESSON_QUIZ && block->options->len > 1 && n_right == block->options->len)
    ph_lesson_add_mistake (
        lesson, block->line,
        "all answers are right: nobody could fail; mark wrong ones with “- [ ] ”");
  if (block->kind != PH_LESSON_TASK && block->after == NULL)
    ph_lesson_add_mistake (lesson, block->line,
                           block->kind == PH_LESSON_QUIZ
                               ? "the quiz does not tell why: add a line “why: …”"
                               : "the prediction does not tell what happens: add a line “then: …”");
  if (block->kind == PH_LESSON_TASK && block->hint == NULL)
    ph_lesson_add_mistake (lesson, block->line, "the task gives no hint: add a line “hint: …”");
}

PhLessonBlock *
_ph_lesson_parse_fence (PhLessonParser *parser, const char *word, char **lines, guint n, guint line)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean has_check = FALSE, has_solution = FALSE;
  const char *key = NULL;
  guint kind = 0, from = line + 1;
  PhLessonBlock *block;

  while (kind < G_N_ELEMENTS (kinds) && !g_str_equal (kinds[kind].word, word))
    kind++;
  if (kind == G_N_ELEMENTS (kinds))
    return NULL;
  block = _ph_lesson_block_new (kinds[kind].kind, line);
  /* Each key reaches to the next one; what stands before the first is the question. */
  for (guint i = 0; i <= n; i++)
    {
      const char *value = NULL, *raw = i < n ? lines[i] : "";
      const char *next = i < n ? find_key (kind, raw, &value) : NULL;
      gboolean option = i < n && key == NULL && g_str_has_prefix (raw, "- ");
      gboolean open = block->options->len == 0 || key != NULL;

      if (i == n || next != NULL || option)
        {
          g_autofree char *whole = g_strstrip (g_strdup (text->str));

          if (key != NULL)
            take_key (parser, block, key, whole, from);
          else if (block->markup == NULL)
            block->markup = _ph_lesson_parse_inline (parser, whole, from, NULL, NULL);
          g_string_truncate (text, 0);
        }
      if (option && block->kind != PH_LESSON_TASK)
        add_option (parser, block, raw + 2, line + 1 + i);
      else if (option)
        ph_lesson_add_mistake (parser->lesson, line + 1 + i, "a task has no answers to choose");
      if (next != NULL)
        {
          key = next;
          from = line + 1 + i;
          g_string_assign (text, value);
          has_check = has_check || g_str_equal (key, "check");
          has_solution = has_solution || g_str_equal (key, "solution");
        }
      else if (i < n && !option && *raw != '\0' && !open)
        ph_lesson_add_mistake (parser->lesson, line + 1 + i,
                               "“%s” is neither an answer (“- …”) nor a line of %s: …", raw,
                               kinds[kind].keys[0]);
      else if (i < n && !option)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", raw + strspn (raw, " \t"));
    }
  check_complete (parser, block, word);
  if (block->kind == PH_LESSON_TASK && !has_check)
    ph_lesson_add_mistake (parser->lesson, line,
                           "the task waits for nothing: add a line “check: …”");
  if (block->kind == PH_LESSON_TASK && !has_solution)
    ph_lesson_add_mistake (parser->lesson, line,
                           "the task has no solution: add a line “solution: …”, by which it is "
                           "tested");
  /* They hold where the solution ends. */
  for (guint i = 0; i < block->checks->len && block->solution->len > 0; i++)
    {
      PhLessonCheck *check = block->checks->pdata[i];
      PhLessonAction *last = block->solution->pdata[block->solution->len - 1];

      g_free (check->network);
      check->network = g_strdup (last->network);
    }
  return block;
}
