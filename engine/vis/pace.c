#include "vis/pace.h"

#include <glib/gi18n.h>
#include <math.h>

static guint
count_numbers (const char *text)
{
  char *end = NULL;
  guint n = 0;

  for (g_ascii_strtod (text, &end); end != text; g_ascii_strtod (text, &end))
    {
      n++;
      text = end;
    }
  return n;
}

gboolean
ph_pace_check (const char *text, GError **error)
{
  const char *at = text;
  char *end = NULL;
  guint n = 0;

  for (;;)
    {
      double number = g_ascii_strtod (at, &end);

      if (end == at)
        break;
      if (!(number >= 0 && number <= 100))
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%g is outside 0 to 100"),
                       number);
          return FALSE;
        }
      n++;
      at = end;
    }
  while (*at == ' ')
    at++;
  if (n > 0 && *at == '\0')
    return TRUE;
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
               _ ("“%s” is not a list of numbers with blanks between, as “1 0”"), text);
  return FALSE;
}

double
ph_pace_at (const char *text, double done)
{
  guint n = count_numbers (text);
  double at = CLAMP (done, 0, 1) * (n > 1 ? n - 1 : 0), value = 1, next;
  char *end = NULL;

  for (double left = at;; left--)
    {
      value = g_ascii_strtod (text, &end);
      next = g_ascii_strtod (end, NULL);
      if (left < 1 || count_numbers (end) == 0)
        return left > 0 && count_numbers (end) > 0 ? value + left * (next - value) : value;
      text = end;
    }
}
