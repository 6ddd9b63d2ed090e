/* The arguments of a term: "layer, \"a photo.jpg\", rows=3-5". */
#include "vis/objective-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

typedef struct
{
  char *text;     /* owned: without quotes */
  const char *at; /* where it begins */
  gboolean taken;
} Arg;

struct _PhTermArgs
{
  PhObjective *objective; /* borrowed */
  GArray *args;           /* owned: Arg */
  const char *at, *end;
};

static void
clear_arg (gpointer data)
{
  g_free (((Arg *)data)->text);
}

/* Where the argument at @at ends: at a comma outside quotes and brackets that does not stand
 * between two digits, as in the position 5,9. */
static const char *
find_end (const char *at, const char *end)
{
  int depth = 0;
  gboolean quoted = FALSE;

  for (const char *c = at; c < end; c++)
    {
      if (*c == '"')
        quoted = !quoted;
      else if (quoted)
        continue;
      else if (*c == '(' || *c == '[' || *c == '{')
        depth++;
      else if (*c == ')' || *c == ']' || *c == '}')
        depth--;
      else if (*c == ',' && depth <= 0 &&
               !(c > at && g_ascii_isdigit (c[-1]) && c + 1 < end && g_ascii_isdigit (c[1])))
        return c;
    }
  return end;
}

PhTermArgs *
ph_term_args_new (PhObjective *objective, const char *at, gsize length)
{
  PhTermArgs *args = g_new0 (PhTermArgs, 1);
  const char *end = at + length;

  args->objective = objective;
  args->at = args->end = end;
  args->args = g_array_new (FALSE, FALSE, sizeof (Arg));
  g_array_set_clear_func (args->args, clear_arg);
  while (at < end)
    {
      const char *stop = find_end (at, end);

      while (at < stop && *at == ' ')
        at++;

      Arg arg = { g_strchomp (g_strndup (at, (gsize)(stop - at))), at, FALSE };
      gsize n = strlen (arg.text);

      if (n >= 2 && arg.text[0] == '"' && arg.text[n - 1] == '"')
        {
          memmove (arg.text, arg.text + 1, n - 2);
          arg.text[n - 2] = '\0';
        }
      g_array_append_val (args->args, arg);
      at = stop + 1;
    }
  return args;
}

void
ph_term_args_free (PhTermArgs *args)
{
  if (args == NULL)
    return;
  g_array_unref (args->args);
  g_free (args);
}

const char *
ph_term_args_get_at (const PhTermArgs *args)
{
  return args->at;
}

PhObjective *
ph_term_args_get_objective (const PhTermArgs *args)
{
  return args->objective;
}

gboolean
ph_term_args_finish (PhTermArgs *args, GError **error)
{
  for (guint i = 0; i < args->args->len; i++)
    {
      const Arg *arg = &g_array_index (args->args, Arg, i);

      if (arg->taken)
        continue;
      args->at = arg->at;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("“%s” means nothing here"),
                   arg->text);
      return FALSE;
    }
  return TRUE;
}

char *
ph_term_take_text (PhTermArgs *args, const char *what, GError **error)
{
  args->at = args->end;
  for (guint i = 0; i < args->args->len; i++)
    {
      Arg *arg = &g_array_index (args->args, Arg, i);

      if (arg->taken)
        continue;
      args->at = arg->at;
      if (arg->text[0] == '\0')
        break;
      arg->taken = TRUE;
      return g_strdup (arg->text);
    }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%s is missing"), what);
  return NULL;
}

char *
ph_term_take_named (PhTermArgs *args, const char *name)
{
  gsize n = strlen (name);

  for (guint i = 0; i < args->args->len; i++)
    {
      Arg *arg = &g_array_index (args->args, Arg, i);

      if (arg->taken || !g_str_has_prefix (arg->text, name) || arg->text[n] != '=')
        continue;
      arg->taken = TRUE;
      args->at = arg->at;
      return g_strdup (arg->text + n + 1);
    }
  return NULL;
}

gboolean
ph_term_take_unit (PhTermArgs *args, PhUnit *unit, GError **error)
{
  g_autofree char *text = ph_term_take_text (args, "a unit", error);

  return text != NULL &&
         ph_unit_parse (ph_objective_get_model (args->objective), text, unit, error);
}

gboolean
ph_term_take_layer (PhTermArgs *args, guint *layer, GError **error)
{
  g_autofree char *text = ph_term_take_text (args, "a layer", error);
  PhModel *model = ph_objective_get_model (args->objective);
  int index = text != NULL ? ph_model_find_layer (model, text) : -1;

  if (text == NULL)
    return FALSE;
  if (index < 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_SUCH_UNIT, _ ("this network has no layer “%s”"),
                   text);
      return FALSE;
    }
  *layer = (guint)index;
  ph_objective_add_target (args->objective, ph_model_get_layer (model, *layer)->value);
  ph_objective_add_layer (args->objective, *layer);
  return TRUE;
}

char *
ph_term_take_file (PhTermArgs *args, const char *what, GError **error)
{
  g_autofree char *path = ph_term_take_text (args, what, error);

  if (path == NULL)
    return NULL;
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, _ ("there is no file “%s”"), path);
      return NULL;
    }
  ph_objective_add_file (args->objective, path);
  return g_steal_pointer (&path);
}

gboolean
ph_term_take_number (PhTermArgs *args, const char *name, double minimum, double maximum,
                     double *value, GError **error)
{
  g_autofree char *text = ph_term_take_named (args, name);
  char *end = NULL;

  if (text == NULL)
    return TRUE;

  double number = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !(number >= minimum && number <= maximum))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%s” is not a number between %g and %g"), text, minimum, maximum);
      return FALSE;
    }
  *value = number;
  return TRUE;
}
