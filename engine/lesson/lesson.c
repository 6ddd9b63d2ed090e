#include "lesson/lesson.h"

#include <errno.h>
#include <string.h>

#include "lesson/lesson-private.h"

static void
step_free (gpointer data)
{
  PhLessonStep *step = data;

  g_free (step->title);
  g_ptr_array_unref (step->blocks);
  g_free (step);
}

static void
mistake_free (gpointer data)
{
  PhLessonMistake *mistake = data;

  g_free (mistake->reason);
  g_free (mistake);
}

static PhLesson *
lesson_new (const char *name)
{
  PhLesson *lesson = g_new0 (PhLesson, 1);

  lesson->name = g_strdup (name);
  lesson->steps = g_ptr_array_new_with_free_func (step_free);
  lesson->mistakes = g_ptr_array_new_with_free_func (mistake_free);
  return lesson;
}

void
ph_lesson_free (PhLesson *lesson)
{
  g_free (lesson->name);
  g_free (lesson->title);
  g_free (lesson->network);
  g_ptr_array_unref (lesson->steps);
  g_ptr_array_unref (lesson->mistakes);
  g_free (lesson);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const PhLessonMistake *const *first = a, *const *second = b;

  return (*first)->line < (*second)->line ? -1 : (*first)->line > (*second)->line;
}

void
ph_lesson_add_mistake (PhLesson *lesson, guint line, const char *format, ...)
{
  PhLessonMistake *mistake = g_new0 (PhLessonMistake, 1);
  va_list arguments;

  va_start (arguments, format);
  mistake->line = line;
  mistake->reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_ptr_array_add (lesson->mistakes, mistake);
  g_ptr_array_sort (lesson->mistakes, compare_lines);
}

/* The head */

static void
take_number (PhLesson *lesson, guint *field, const char *key, const char *value, guint most,
             guint line)
{
  guint64 number;

  if (g_ascii_string_to_unsigned (value, 10, 1, most, &number, NULL))
    *field = (guint)number;
  else
    ph_lesson_add_mistake (lesson, line, "“%s: %s” is no number from 1 to %u", key, value, most);
}

static void
take_head_line (PhLesson *lesson, char *text, guint line)
{
  char *colon = strchr (text, ':');
  const char *value;

  if (*g_strstrip (text) == '\0')
    return;
  if (colon == NULL)
    {
      ph_lesson_add_mistake (lesson, line, "a line of the head is “name: value”");
      return;
    }
  *colon = '\0';
  value = g_strstrip (colon + 1);
  if (g_str_equal (text, "title") && *value != '\0')
    {
      g_free (lesson->title);
      lesson->title = g_strdup (value);
    }
  else if (g_str_equal (text, "network") && *value != '\0')
    {
      g_free (lesson->network);
      lesson->network = g_strdup (value);
    }
  else if (g_str_equal (text, "number"))
    take_number (lesson, &lesson->number, text, value, 999, line);
  else if (g_str_equal (text, "minutes"))
    take_number (lesson, &lesson->minutes, text, value, 120, line);
  else if (*value == '\0')
    ph_lesson_add_mistake (lesson, line, "nothing stands after “%s:”", text);
  else
    ph_lesson_add_mistake (lesson, line,
                           "the head has no “%s”; it has title, number, minutes and network", text);
}

static gboolean
has_mistake_at (const PhLesson *lesson, guint from, guint to)
{
  for (guint i = 0; i < lesson->mistakes->len; i++)
    {
      const PhLessonMistake *mistake = lesson->mistakes->pdata[i];

      if (mistake->line >= from && mistake->line <= to)
        return TRUE;
    }
  return FALSE;
}

/* Returns: the line after the head. */
static guint
take_head (PhLesson *lesson, char **lines, guint n)
{
  guint end = 1;

  if (n == 0 || !g_str_equal (lines[0], "---"))
    {
      ph_lesson_add_mistake (lesson, 1,
                             "a lesson begins with its head: “---”, lines of title:, number: and "
                             "minutes:, “---”");
      return 0;
    }
  while (end < n && !g_str_equal (lines[end], "---") && !g_str_has_prefix (lines[end], "#"))
    {
      take_head_line (lesson, lines[end], end + 1);
      end++;
    }
  if (end == n || !g_str_equal (lines[end], "---"))
    ph_lesson_add_mistake (lesson, 1, "the head is not closed by a second “---”");
  else
    end++;
  if (lesson->title == NULL && !has_mistake_at (lesson, 2, end))
    ph_lesson_add_mistake (lesson, 1, "the head does not say title:");
  if (lesson->number == 0 && !has_mistake_at (lesson, 2, end))
    ph_lesson_add_mistake (lesson, 1, "the head does not say number:");
  if (lesson->minutes == 0 && !has_mistake_at (lesson, 2, end))
    ph_lesson_add_mistake (lesson, 1, "the head does not say minutes:");
  return end;
}

/* The steps */

static PhLessonStep *
last_step (PhLessonParser *parser, guint line)
{
  GPtrArray *steps = parser->lesson->steps;

  if (steps->len == 0)
    {
      ph_lesson_add_mistake (parser->lesson, line,
                             "this stands before the first step, which begins with “## ”");
      g_ptr_array_add (steps, g_new0 (PhLessonStep, 1));
      ((PhLessonStep *)steps->pdata[0])->blocks =
          g_ptr_array_new_with_free_func ((GDestroyNotify)_ph_lesson_block_free);
    }
  return steps->pdata[steps->len - 1];
}

static void
add_step (PhLessonParser *parser, const char *title, guint line)
{
  PhLessonStep *step = g_new0 (PhLessonStep, 1);

  step->title = g_strstrip (g_strdup (title));
  step->line = line;
  step->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify)_ph_lesson_block_free);
  if (*step->title == '\0')
    ph_lesson_add_mistake (parser->lesson, line, "the step has no title");
  g_ptr_array_add (parser->lesson->steps, step);
}

static PhLessonBlock *
add_text (PhLessonParser *parser, PhLessonBlockKind kind, const char *text, guint line)
{
  PhLessonStep *step = last_step (parser, line);
  PhLessonBlock *block = _ph_lesson_block_new (kind, line);
  gboolean buttons = FALSE;

  block->markup = _ph_lesson_parse_inline (parser, text, line, block->actions, &buttons);
  if (buttons && kind == PH_LESSON_TEXT)
    block->kind = PH_LESSON_BUTTONS;
  g_ptr_array_add (step->blocks, block);
  return block;
}

/* "- " or "12. "; the length of it, or 0. */
static gsize
item_length (const char *line)
{
  gsize digits = strspn (line, "0123456789");

  if (g_str_has_prefix (line, "- ") || g_str_has_prefix (line, "* "))
    return 2;
  return digits > 0 && line[digits] == '.' && line[digits + 1] == ' ' ? digits + 2 : 0;
}

/* Returns: the line after the fence that begins at @i. */
static guint
take_fence (PhLessonParser *parser, char **lines, guint n, guint i)
{
  g_autofree char *word = g_strstrip (g_strdup (lines[i] + strlen ("```")));
  PhLessonStep *step = last_step (parser, i + 1);
  PhLessonBlock *block;
  guint end = i + 1;

  while (end < n && !g_str_has_prefix (lines[end], "```"))
    end++;
  if (end == n)
    {
      ph_lesson_add_mistake (parser->lesson, i + 1, "the block is not closed by “```”");
      return n;
    }
  block = _ph_lesson_parse_fence (parser, word, lines + i + 1, end - i - 1, i + 1);
  if (block == NULL && *word != '\0')
    ph_lesson_add_mistake (parser->lesson, i + 1,
                           "there is no block “%s”; there are quiz, predict and task, and “```” "
                           "alone for text as it is typed",
                           word);
  if (block == NULL)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *markup = NULL;

      for (guint j = i + 1; j < end; j++)
        g_string_append_printf (text, "%s%s", j > i + 1 ? "\n" : "", lines[j]);
      markup = g_markup_escape_text (text->str, -1);
      block = _ph_lesson_block_new (PH_LESSON_CODE, i + 1);
      block->markup = g_strdup_printf ("<tt>%s</tt>", markup);
    }
  g_ptr_array_add (step->blocks, block);
  return end + 1;
}

/* Returns: the line after the paragraph or item that begins at @i. */
static guint
take_text (PhLessonParser *parser, char **lines, guint n, guint i)
{
  gsize item = item_length (lines[i]);
  g_autoptr (GString) text = g_string_new (lines[i] + item);
  guint end = i + 1;
  PhLessonBlock *block;

  while (end < n && *lines[end] != '\0' && item_length (lines[end]) == 0 && lines[end][0] != '#' &&
         !g_str_has_prefix (lines[end], "```") && !g_str_has_prefix (lines[end], "<!--"))
    {
      const char *more = lines[end++];

      g_string_append_printf (text, "\n%s", more + strspn (more, " \t"));
    }
  block = add_text (parser, item > 0 ? PH_LESSON_ITEM : PH_LESSON_TEXT, text->str, i + 1);
  if (item > 0)
    block->bullet = g_ascii_isdigit (lines[i][0]) ? g_strndup (lines[i], item - 1) : g_strdup ("•");
  return end;
}

/* Returns: the line after what begins at @i. */
static guint
take_block (PhLessonParser *parser, char **lines, guint n, guint i)
{
  const char *line = lines[i];

  if (*line == '\0')
    return i + 1;
  if (g_str_has_prefix (line, "<!--"))
    {
      guint end = i;

      while (end < n && strstr (lines[end], "-->") == NULL)
        end++;
      if (end == n)
        ph_lesson_add_mistake (parser->lesson, i + 1, "the remark is not closed by “-->”");
      return MIN (n, end + 1);
    }
  if (g_str_has_prefix (line, "```"))
    return take_fence (parser, lines, n, i);
  if (g_str_has_prefix (line, "## ") || g_str_equal (line, "##"))
    add_step (parser, line + 2, i + 1);
  else if (g_str_has_prefix (line, "### "))
    add_text (parser, PH_LESSON_HEADING, line + 4, i + 1);
  else if (line[0] == '#')
    ph_lesson_add_mistake (
        parser->lesson, i + 1,
        "this heading is none: steps begin with “## ”, smaller ones with “### ”; "
        "the title stands in the head");
  else if (line[0] == '|' || line[0] == '>')
    ph_lesson_add_mistake (parser->lesson, i + 1, "a lesson has no %s",
                           line[0] == '|' ? "tables" : "quotations");
  else
    return take_text (parser, lines, n, i);
  return i + 1;
}

/* Public */

PhLesson *
ph_lesson_parse (const char *name, const char *text)
{
  g_return_val_if_fail (name != NULL && text != NULL, NULL);

  PhLesson *lesson = lesson_new (name);
  PhLessonParser parser = { .lesson = lesson };
  /* A byte order mark is what some editors write. */
  g_auto (GStrv) lines =
      g_strsplit (g_str_has_prefix (text, "\xef\xbb\xbf") ? text + 3 : text, "\n", -1);
  guint n = g_strv_length (lines), i;

  for (i = 0; i < n; i++)
    g_strchomp (lines[i]);
  while (n > 0 && *lines[n - 1] == '\0')
    n--;
  i = take_head (lesson, lines, n);
  parser.network = g_strdup (lesson->network);
  while (i < n)
    i = take_block (&parser, lines, n, i);
  if (lesson->steps->len == 0)
    ph_lesson_add_mistake (lesson, MAX (n, 1), "there is no step: a line that begins with “## ”");
  for (i = 0; i < lesson->steps->len; i++)
    {
      const PhLessonStep *step = lesson->steps->pdata[i];
      const PhLessonStep *next = i + 1 < lesson->steps->len ? lesson->steps->pdata[i + 1] : NULL;

      if (step->blocks->len == 0 &&
          !has_mistake_at (lesson, step->line, next != NULL ? next->line - 1 : G_MAXUINT))
        ph_lesson_add_mistake (lesson, step->line, "the step “%s” is empty", step->title);
    }
  if (lesson->title == NULL)
    lesson->title = g_strdup (name);
  g_free (parser.network);
  return lesson;
}

PhLesson *
ph_lesson_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *name = g_path_get_basename (path);
  gsize size;

  g_return_val_if_fail (path != NULL, NULL);
  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  if (!g_utf8_validate (text, (gssize)size, NULL))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "“%s” is no text in UTF-8; save it so in your editor", path);
      return NULL;
    }
  if (g_str_has_suffix (name, ".md"))
    name[strlen (name) - strlen (".md")] = '\0';
  return ph_lesson_parse (name, text);
}
