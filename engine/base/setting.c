#include "base/setting.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#define FIELD(values, setting, type) (*(type *)((char *)(values) + (setting)->offset))
#define CONST_FIELD(values, setting, type)                                                         \
  (*(const type *)((const char *)(values) + (setting)->offset))

double
ph_setting_get_real (const PhSetting *setting, gconstpointer values)
{
  return setting->type == PH_SETTING_REAL ? CONST_FIELD (values, setting, double)
                                          : CONST_FIELD (values, setting, int);
}

void
ph_setting_set_real (const PhSetting *setting, gpointer values, double value)
{
  switch (setting->type)
    {
    case PH_SETTING_REAL:
      FIELD (values, setting, double) = CLAMP (value, setting->minimum, setting->maximum);
      break;
    case PH_SETTING_INT:
      FIELD (values, setting, int) = (int)CLAMP (value, setting->minimum, setting->maximum);
      break;
    case PH_SETTING_BOOL:
      FIELD (values, setting, gboolean) = value != 0;
      break;
    case PH_SETTING_CHOICE:
      {
        int n = (int)g_strv_length ((char **)setting->choices);

        FIELD (values, setting, int) = CLAMP ((int)value, 0, n - 1);
        break;
      }
    case PH_SETTING_TEXT:
    default:
      g_return_if_reached ();
    }
}

void
ph_settings_init (const PhSetting *table, gpointer values)
{
  for (const PhSetting *s = table; s->name != NULL; s++)
    {
      if (s->type == PH_SETTING_TEXT)
        FIELD (values, s, char *) = g_strdup (s->text != NULL ? s->text : "");
      else
        ph_setting_set_real (s, values, s->value);
    }
}

void
ph_settings_clear (const PhSetting *table, gpointer values)
{
  for (const PhSetting *s = table; s->name != NULL; s++)
    if (s->type == PH_SETTING_TEXT)
      g_clear_pointer (&FIELD (values, s, char *), g_free);
}

void
ph_settings_copy (const PhSetting *table, gpointer to, gconstpointer from)
{
  for (const PhSetting *s = table; s->name != NULL; s++)
    {
      if (s->type == PH_SETTING_TEXT)
        FIELD (to, s, char *) = g_strdup (CONST_FIELD (from, s, char *const));
      else
        ph_setting_set_real (s, to, ph_setting_get_real (s, from));
    }
}

gboolean
ph_settings_equal (const PhSetting *table, gconstpointer a, gconstpointer b)
{
  for (const PhSetting *s = table; s->name != NULL; s++)
    {
      if (s->type == PH_SETTING_TEXT
              ? g_strcmp0 (CONST_FIELD (a, s, char *const), CONST_FIELD (b, s, char *const)) != 0
              : ph_setting_get_real (s, a) != ph_setting_get_real (s, b))
        return FALSE;
    }
  return TRUE;
}

const PhSetting *
ph_settings_find (const PhSetting *table, const char *name)
{
  for (const PhSetting *s = table; s->name != NULL; s++)
    if (g_str_equal (s->name, name))
      return s;
  return NULL;
}

static gboolean
parse_number (const PhSetting *setting, const char *text, double *value, GError **error)
{
  char *end = NULL;

  errno = 0;
  *value = g_ascii_strtod (text, &end);
  while (g_ascii_isspace (*end))
    end++;
  if (end == text || *end != '\0' || errno == ERANGE || !isfinite (*value) ||
      (setting->type == PH_SETTING_INT && *value != floor (*value)))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   setting->type == PH_SETTING_INT ? _ ("%s: “%s” is not a whole number")
                                                   : _ ("%s: “%s” is not a number"),
                   setting->name, text);
      return FALSE;
    }
  if (*value < setting->minimum || *value > setting->maximum)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%s: %s is outside %g to %g"),
                   setting->name, text, setting->minimum, setting->maximum);
      return FALSE;
    }
  return TRUE;
}

gboolean
ph_setting_set (const PhSetting *setting, gpointer values, const char *text, GError **error)
{
  double number;

  switch (setting->type)
    {
    case PH_SETTING_INT:
    case PH_SETTING_REAL:
      if (!parse_number (setting, text, &number, error))
        return FALSE;
      ph_setting_set_real (setting, values, number);
      return TRUE;

    case PH_SETTING_BOOL:
      if (g_strv_contains ((const char *const[]){ "yes", "true", "on", "1", NULL }, text))
        FIELD (values, setting, gboolean) = TRUE;
      else if (g_strv_contains ((const char *const[]){ "no", "false", "off", "0", NULL }, text))
        FIELD (values, setting, gboolean) = FALSE;
      else
        {
          g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%s: “%s” is neither yes nor no"),
                       setting->name, text);
          return FALSE;
        }
      return TRUE;

    case PH_SETTING_CHOICE:
      for (int i = 0; setting->choices[i] != NULL; i++)
        if (g_ascii_strcasecmp (setting->choices[i], text) == 0)
          {
            FIELD (values, setting, int) = i;
            return TRUE;
          }
      {
        g_autofree char *all = g_strjoinv (", ", (char **)setting->choices);

        g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%s: “%s” is not one of: %s"),
                     setting->name, text, all);
      }
      return FALSE;

    case PH_SETTING_TEXT:
      if (setting->check != NULL && !setting->check (text, error))
        {
          g_prefix_error (error, "%s: ", setting->name);
          return FALSE;
        }
      {
        /* @text may be the very value that it replaces. */
        char *copy = g_strdup (text);

        g_free (FIELD (values, setting, char *));
        FIELD (values, setting, char *) = copy;
      }
      return TRUE;

    default:
      g_return_val_if_reached (FALSE);
    }
}

char *
ph_setting_get (const PhSetting *setting, gconstpointer values)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  switch (setting->type)
    {
    case PH_SETTING_INT:
      return g_strdup_printf ("%d", CONST_FIELD (values, setting, int));
    case PH_SETTING_REAL:
      {
        double value = CONST_FIELD (values, setting, double);

        /* The shortest form that reads back exactly: 0.05 rather than 0.050000000000000003. */
        for (int digits = 6; digits <= 17; digits++)
          {
            g_autofree char *format = g_strdup_printf ("%%.%dg", digits);

            g_ascii_formatd (buffer, sizeof buffer, format, value);
            if (g_ascii_strtod (buffer, NULL) == value)
              break;
          }
        return g_strdup (buffer);
      }
    case PH_SETTING_BOOL:
      return g_strdup (CONST_FIELD (values, setting, gboolean) ? "yes" : "no");
    case PH_SETTING_CHOICE:
      return g_strdup (setting->choices[CONST_FIELD (values, setting, int)]);
    case PH_SETTING_TEXT:
      return g_strdup (CONST_FIELD (values, setting, char *const));
    default:
      g_return_val_if_reached (NULL);
    }
}

gboolean
ph_setting_is_default (const PhSetting *setting, gconstpointer values)
{
  if (setting->type == PH_SETTING_TEXT)
    return g_strcmp0 (CONST_FIELD (values, setting, char *const),
                      setting->text != NULL ? setting->text : "") == 0;
  return ph_setting_get_real (setting, values) == setting->value;
}

char *
ph_settings_to_text (const PhSetting *table, gconstpointer values)
{
  GString *text = g_string_new (NULL);

  for (const PhSetting *s = table; s->name != NULL; s++)
    {
      g_autofree char *value = ph_setting_get (s, values);

      g_string_append_printf (text, "%s = %s\n", s->name, value);
    }
  return g_string_free (text, FALSE);
}

static gboolean
parse_line (const PhSetting *const *tables, const gpointer *values, guint n, const char *line,
            GError **error)
{
  const char *equals = strchr (line, '=');

  if (equals == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("“%s” is not “name = value”"), line);
      return FALSE;
    }

  g_autofree char *name = g_strstrip (g_strndup (line, (gsize)(equals - line)));
  g_autofree char *value = g_strstrip (g_strdup (equals + 1));

  for (guint i = 0; i < n; i++)
    {
      const PhSetting *setting = ph_settings_find (tables[i], name);

      if (setting != NULL)
        return ph_setting_set (setting, values[i], value, error);
    }
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("there is no setting “%s”"), name);
  return FALSE;
}

gboolean
ph_settings_parse (const char *first_line, const PhSetting *const *tables, const gpointer *values,
                   guint n, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!g_utf8_validate (text, -1, NULL) || lines[0] == NULL ||
      !g_str_equal (g_strstrip (lines[0]), first_line))
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("Line 1: a recipe begins with “%s”"),
                   first_line);
      return FALSE;
    }
  for (guint i = 1; lines[i] != NULL; i++)
    {
      const char *line = g_strstrip (lines[i]);

      if (line[0] != '\0' && line[0] != '#' && !parse_line (tables, values, n, line, error))
        {
          g_prefix_error (error, _ ("Line %u: "), i + 1);
          return FALSE;
        }
    }
  return TRUE;
}
