/* The grammar of objectives: signs and factors, names of units, words, words with arguments. */
#include "vis/objective-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* @at: where in the text the trouble lies, once there is one. */
typedef struct
{
  PhObjective *objective;
  const char *at;
} Parser;

static const char *
skip_spaces (const char *text)
{
  while (*text == ' ')
    text++;
  return text;
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, PH_ERROR, PH_ERROR_DATA_INVALID, message);
  return FALSE;
}

static const PhObjectiveClass *
find_class (const char *name, gsize length)
{
  for (const PhObjectiveClass *const *c = ph_objective_classes (); *c != NULL; c++)
    if (strlen ((*c)->name) == length && strncmp ((*c)->name, name, length) == 0)
      return *c;
  return NULL;
}

/* Length of "word" in "word(…": lower-case letters and then a parenthesis, else 0. */
static gsize
called_length (const char *text)
{
  gsize n = 0;

  while (g_ascii_islower (text[n]))
    n++;
  return text[n] == '(' ? n : 0;
}

/* The parenthesis that closes the one at @text; NULL when there is none. */
static const char *
find_closing (const char *text)
{
  gboolean quoted = FALSE;
  int depth = 0;

  for (; *text != '\0'; text++)
    {
      if (*text == '"')
        quoted = !quoted;
      else if (!quoted && *text == '(')
        depth++;
      else if (!quoted && *text == ')' && --depth == 0)
        return text;
    }
  return NULL;
}

/* The next " + " or " - ", or the end. */
static const char *
find_joint (const char *text)
{
  for (; *text != '\0'; text++)
    if (text[0] == ' ' && (text[1] == '+' || text[1] == '-') && text[2] == ' ')
      return text;
  return text;
}

static gboolean
parse_called (Parser *parser, const PhObjectiveClass *klass, double weight, const char *text,
              const char *open, const char *close, GError **error)
{
  g_autoptr (PhTermArgs) args =
      ph_term_args_new (parser->objective, open + 1, (gsize)(close - open - 1));
  gpointer data = g_malloc0 (MAX (klass->data_size, 1));

  if (!klass->parse (data, args, error) || !ph_term_args_finish (args, error))
    {
      parser->at = ph_term_args_get_at (args);
      if (klass->clear != NULL)
        klass->clear (data);
      g_free (data);
      g_prefix_error (error, "%s(%s): ", klass->name, klass->usage);
      return FALSE;
    }
  ph_objective_append (parser->objective, klass, weight,
                       g_strndup (text, (gsize)(close + 1 - text)), data);
  return TRUE;
}

static char *
dup_called_names (void)
{
  GString *names = g_string_new (NULL);

  for (const PhObjectiveClass *const *c = ph_objective_classes (); *c != NULL; c++)
    if ((*c)->usage != NULL)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", (*c)->name);
  return g_string_free (names, FALSE);
}

/* Whatever the term is, without factor. Sets @end to what follows it. */
static gboolean
parse_body (Parser *parser, double weight, const char *text, const char **end, GError **error)
{
  PhObjective *objective = parser->objective;
  gsize called = called_length (text);
  const PhObjectiveClass *klass = called > 0 ? find_class (text, called) : NULL;
  PhUnit unit;

  parser->at = text;
  if (klass != NULL && klass->usage != NULL)
    {
      const char *close = find_closing (text + called);

      if (close == NULL)
        {
          parser->at = text + called;
          return fail (error, "this parenthesis is never closed");
        }
      *end = close + 1;
      return parse_called (parser, klass, weight, text, text + called, close, error);
    }

  *end = find_joint (text);

  g_autofree char *name = g_strchomp (g_strndup (text, (gsize)(*end - text)));

  if (*name == '\0')
    return fail (error, "a unit is missing here");
  klass = find_class (name, strlen (name));
  if (klass != NULL && klass->usage == NULL)
    {
      ph_objective_append (objective, klass, weight, g_steal_pointer (&name),
                           g_malloc0 (MAX (klass->data_size, 1)));
      return TRUE;
    }
  if (ph_unit_parse (ph_objective_get_model (objective), name, &unit, error))
    {
      ph_objective_append_unit (objective, weight, &unit);
      return TRUE;
    }
  if (called > 0 || klass != NULL)
    {
      g_autofree char *names = dup_called_names ();

      g_clear_error (error);
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%.*s” is none of the terms that take arguments in parentheses: %s"),
                   (int)(called > 0 ? called : strlen (name)), name, names);
      if (klass != NULL)
        {
          g_clear_error (error);
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("it is written %s(%s)"), name,
                       klass->usage);
        }
    }
  return FALSE;
}

/* A term with an optional factor, "0.5*fire6/concat:37". */
static gboolean
parse_term (Parser *parser, double sign, const char *text, const char **end, GError **error)
{
  char *rest = NULL;

  parser->at = text;
  if (*text == '-')
    {
      sign = -sign;
      text = skip_spaces (text + 1);
    }

  double factor = g_ascii_strtod (text, &rest);
  const char *star = skip_spaces (rest);

  /* Names of layers may begin with a number: only the star makes it a factor. */
  if (rest != text && *star == '*')
    text = skip_spaces (star + 1);
  else
    factor = 1;
  if (!isfinite (factor))
    return fail (error, "the factor is not finite");
  return parse_body (parser, sign * factor, text, end, error);
}

static gboolean
parse (Parser *parser, const char *text, GError **error)
{
  const char *at = text, *end = NULL;
  double sign = 1;

  for (;;)
    {
      if (!parse_term (parser, sign, skip_spaces (at), &end, error))
        return FALSE;
      at = skip_spaces (end);
      if (*at == '\0')
        return TRUE;
      parser->at = at;
      if ((*at != '+' && *at != '-') || at == end || at[1] != ' ')
        return fail (error, "“ + ” or “ - ” is missing between two terms");
      sign = *at == '-' ? -1 : 1;
      at++;
    }
}

PhObjective *
ph_objective_parse_at (PhModel *model, const char *text, guint *column, GError **error)
{
  g_autoptr (PhObjective) objective = ph_objective_new (model);
  Parser parser = { objective, text };

  *column = 0;
  if (parse (&parser, text, error))
    return g_steal_pointer (&objective);
  *column = (guint)g_utf8_strlen (text, parser.at - text) + 1;
  return NULL;
}

PhObjective *
ph_objective_parse (PhModel *model, const char *text, GError **error)
{
  guint column;
  PhObjective *objective = ph_objective_parse_at (model, text, &column, error);

  if (objective == NULL)
    g_prefix_error (error, _ ("Objective, column %u: "), column);
  return objective;
}

gboolean
ph_objective_add (PhObjective *objective, double weight, const char *term, GError **error)
{
  Parser parser = { objective, term };
  const char *end;

  if (!parse_body (&parser, weight, term, &end, error))
    return FALSE;
  return *skip_spaces (end) == '\0' || fail (error, "this is more than one term");
}
