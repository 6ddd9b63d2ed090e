#include <string.h>

#include "lesson/lesson-private.h"

/* From Markdown inside a paragraph to Pango markup. */

typedef struct
{
  PhLessonParser *parser;
  GPtrArray *actions; /* nullable */
  GString *out;
  const char *at;
  guint line;
  guint n_links;
  gboolean words; /* something besides links and spaces */
} Inline;

static void
append (Inline *self, const char *text, gssize length)
{
  g_autofree char *escaped = g_markup_escape_text (text, length);

  g_string_append (self->out, escaped);
}

/* The bracket that closes the one before @text; brackets inside are paired. */
static const char *
find_close (const char *text, char open, char close)
{
  int depth = 0;

  for (; *text != '\0'; text++)
    if (*text == close && depth-- == 0)
      return text;
    else if (*text == open)
      depth++;
  return NULL;
}

static guint
count_lines (const char *from, const char *to)
{
  guint n = 0;

  for (; from < to; from++)
    n += *from == '\n';
  return n;
}

/* "[label](target)". FALSE when the bracket begins no link. */
static gboolean
take_link (Inline *self)
{
  const char *label_end = find_close (self->at + 1, '[', ']');
  const char *target_end =
      label_end != NULL && label_end[1] == '(' ? find_close (label_end + 2, '(', ')') : NULL;

  if (target_end == NULL)
    return FALSE;

  g_autofree char *label = g_strndup (self->at + 1, (gsize)(label_end - self->at - 1));
  g_autofree char *target = g_strndup (label_end + 2, (gsize)(target_end - label_end - 2));
  PhLesson *lesson = self->parser->lesson;
  guint line = self->line;

  g_strdelimit (label, "\n", ' ');
  g_strdelimit (target, "\n", ' ');
  g_strstrip (label);
  if (*label == '\0')
    ph_lesson_add_mistake (lesson, line, "a link without a name cannot be pressed");
  else if (g_str_has_prefix (target, "https://"))
    {
      g_string_append (self->out, "<a href=\"");
      append (self, target, -1);
      g_string_append (self->out, "\">");
      append (self, label, -1);
      g_string_append (self->out, "</a>");
      self->words = TRUE;
    }
  else if (!g_str_has_prefix (target, "do:"))
    ph_lesson_add_mistake (lesson, line, "“%s” is no address: it begins with do: or https://",
                           target);
  else if (self->actions == NULL)
    ph_lesson_add_mistake (lesson, line,
                           "nothing can be pressed here; put “%s” into the text around the block",
                           label);
  else
    {
      PhLessonAction *action =
          _ph_lesson_parse_action (self->parser, target + strlen ("do:"), label, line);

      if (action != NULL)
        {
          g_string_append_printf (self->out, "<a href=\"do:%u\">", self->actions->len);
          append (self, label, -1);
          g_string_append (self->out, "</a>");
          g_ptr_array_add (self->actions, action);
          self->n_links++;
        }
    }
  self->line += count_lines (self->at, target_end);
  self->at = target_end + 1;
  return TRUE;
}

/* "**strong**", "*emphasis*". */
static void
take_stars (Inline *self, gboolean open[2])
{
  guint kind = self->at[1] == '*' ? 1 : 0;

  g_string_append_printf (self->out, "<%s%s>", open[kind] ? "/" : "", kind == 1 ? "b" : "i");
  open[kind] = !open[kind];
  self->at += kind + 1;
  self->words = TRUE;
}

/* A star between spaces is one. */
static gboolean
is_emphasis (const char *text, const char *at)
{
  gboolean before = at > text && !g_ascii_isspace (at[-1]);
  const char *next = at + (at[1] == '*' ? 2 : 1);

  return before || (*next != '\0' && !g_ascii_isspace (*next));
}

char *
_ph_lesson_parse_inline (PhLessonParser *parser, const char *text, guint line, GPtrArray *actions,
                         gboolean *buttons)
{
  Inline self = { parser, actions, g_string_new (NULL), text, line };
  gboolean open[2] = { FALSE, FALSE };

  while (*self.at != '\0')
    {
      const char *tick = *self.at == '`' ? strchr (self.at + 1, '`') : NULL;

      if (*self.at == '\\' && self.at[1] != '\0' && strchr ("\\*`[]", self.at[1]) != NULL)
        {
          append (&self, ++self.at, 1);
          self.at++;
          self.words = TRUE;
        }
      else if (*self.at == '`' && tick == NULL)
        {
          ph_lesson_add_mistake (parser->lesson, self.line, "a ` is not closed by another one");
          self.at++;
        }
      else if (tick != NULL)
        {
          g_string_append (self.out, "<tt>");
          append (&self, self.at + 1, tick - self.at - 1);
          g_string_append (self.out, "</tt>");
          self.line += count_lines (self.at, tick);
          self.at = tick + 1;
          self.words = TRUE;
        }
      else if (*self.at == '!' && self.at[1] == '[')
        {
          ph_lesson_add_mistake (parser->lesson, self.line,
                                 "a lesson holds no pictures; let it show them in the window");
          self.at += 2;
        }
      else if (*self.at == '[' && take_link (&self))
        ;
      else if (*self.at == '*' && is_emphasis (text, self.at))
        take_stars (&self, open);
      else
        {
          const char *next = g_utf8_next_char (self.at);

          self.line += *self.at == '\n';
          self.words = self.words || !g_ascii_isspace (*self.at);
          if (*self.at == '\n')
            g_string_append_c (self.out, ' ');
          else
            append (&self, self.at, next - self.at);
          self.at = next;
        }
    }
  if (open[0] || open[1])
    {
      ph_lesson_add_mistake (parser->lesson, line, "a %s is not closed by another one",
                             open[1] ? "**" : "*");
      /* Markup that does not close would show nothing at all. */
      g_autofree char *plain = g_markup_escape_text (text, -1);

      g_string_assign (self.out, plain);
    }
  if (buttons != NULL)
    *buttons = self.n_links > 0 && !self.words;
  return g_string_free (self.out, FALSE);
}
