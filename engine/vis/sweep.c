#include "vis/sweep.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "vis/transform.h"

void
ph_sweep_axis_free (PhSweepAxis *axis)
{
  if (axis == NULL)
    return;
  g_free (axis->name);
  g_strfreev (axis->values);
  g_free (axis);
}

guint
ph_sweep_axis_get_n (const PhSweepAxis *axis)
{
  return g_strv_length (axis->values);
}

static const PhTransformClass *
find_change (const char *name)
{
  for (const PhTransformClass *const *c = ph_transform_classes (); *c != NULL; c++)
    if (g_ascii_strcasecmp ((*c)->name, name) == 0)
      return *c;
  return NULL;
}

static gboolean
is_change (const PhSweepAxis *axis)
{
  return ph_settings_find (ph_ascent_settings, axis->name) == NULL;
}

/* The list of random changes with one of them changed, added or (value "none") taken out. */
static char *
dup_changed (const char *list, const char *name, const char *value)
{
  g_auto (GStrv) items = g_strsplit (g_ascii_strcasecmp (list, "none") != 0 ? list : "", ",", -1);
  g_autofree char *wanted = g_ascii_strcasecmp (value, "none") != 0
                                ? g_strstrip (g_strconcat (name, " ", value, NULL))
                                : NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  gboolean placed = FALSE;

  for (guint i = 0; items[i] != NULL; i++)
    {
      char *item = g_strstrip (items[i]);
      gboolean same = g_ascii_strncasecmp (item, name, strlen (name)) == 0 &&
                      (item[strlen (name)] == '\0' || g_ascii_isspace (item[strlen (name)]));

      if (!same && *item != '\0')
        g_ptr_array_add (kept, item);
      else if (same && wanted != NULL && !placed)
        g_ptr_array_add (kept, wanted);
      placed = placed || same;
    }
  if (!placed && wanted != NULL)
    g_ptr_array_add (kept, wanted);
  if (kept->len == 0)
    return g_strdup ("none");
  g_ptr_array_add (kept, NULL);
  return g_strjoinv (", ", (char **)kept->pdata);
}

static void
set (PhAscentSettings *settings, const char *name, const char *value)
{
  gboolean valid =
      ph_setting_set (ph_settings_find (ph_ascent_settings, name), settings, value, NULL);

  g_assert (valid);
}

void
ph_sweep_axis_apply (const PhSweepAxis *axis, guint i, const PhObjective *objective,
                     PhAscentSettings *settings)
{
  g_autofree char *list = NULL;

  g_return_if_fail (i < ph_sweep_axis_get_n (axis));

  if (!is_change (axis))
    {
      set (settings, axis->name, axis->values[i]);
      return;
    }
  list = dup_changed (ph_ascent_get_transforms (settings, objective), axis->name, axis->values[i]);
  set (settings, "transforms", list);
}

char *
ph_sweep_axis_dup_label (const PhSweepAxis *axis, guint i)
{
  return g_strdup_printf ("%s %s", axis->name, axis->values[i]);
}

static gboolean
check_value (const char *name, const char *value, GError **error)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, name);
  PhAscentSettings settings;
  g_autofree char *list = NULL;
  gboolean valid;

  if (setting == NULL)
    {
      list = dup_changed ("none", name, value);
      return ph_transforms_check (list, error);
    }
  ph_settings_init (ph_ascent_settings, &settings);
  valid = ph_setting_set (setting, &settings, value, error);
  ph_settings_clear (ph_ascent_settings, &settings);
  return valid;
}

/* "0.01 .. 0.2 / 24" as its values; NULL when it is not written so. */
static char **
parse_range (const char *text, gboolean whole)
{
  char *end;
  double from = g_ascii_strtod (text, &end), to, n;
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  gboolean factors;

  if (end == text)
    return NULL;
  end += strspn (end, " ");
  if (!g_str_has_prefix (end, ".."))
    return NULL;
  text = end + 2;
  to = g_ascii_strtod (text, &end);
  if (end == text)
    return NULL;
  end += strspn (end, " ");
  if (*end != '/')
    return NULL;
  text = end + 1;
  n = g_ascii_strtod (text, &end);
  if (end == text || end[strspn (end, " ")] != '\0' || n != floor (n) || n < 2 ||
      n > PH_SWEEP_MAX_VALUES || !isfinite (from) || !isfinite (to))
    return NULL;
  factors = from > 0 && to > 0 && MAX (from / to, to / from) >= 8;
  for (guint i = 0; i < n; i++)
    {
      double share = i / (n - 1);
      double value = factors ? from * pow (to / from, share) : from + (to - from) * share;
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      g_ptr_array_add (values,
                       g_strdup (whole ? g_ascii_formatd (digits, sizeof digits, "%.0f", value)
                                       : g_ascii_formatd (digits, sizeof digits, "%.4g", value)));
    }
  g_ptr_array_add (values, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&values), FALSE);
}

PhSweepAxis *
ph_sweep_axis_parse (const char *text, GError **error)
{
  g_autoptr (PhSweepAxis) axis = g_new0 (PhSweepAxis, 1);
  const char *equals = strchr (text, '=');
  const PhSetting *setting;

  if (equals == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("“%s” is not “setting = value | value | …”"), text);
      return NULL;
    }
  axis->name = g_strstrip (g_strndup (text, (gsize)(equals - text)));
  setting = ph_settings_find (ph_ascent_settings, axis->name);
  if (setting == NULL && find_change (axis->name) == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("There is neither a setting nor a random change “%s”"), axis->name);
      return NULL;
    }
  if (setting == NULL || setting->type == PH_SETTING_INT || setting->type == PH_SETTING_REAL)
    axis->values = parse_range (equals + 1, setting != NULL && setting->type == PH_SETTING_INT);
  if (axis->values == NULL)
    axis->values = g_strsplit (equals + 1, "|", -1);
  if (ph_sweep_axis_get_n (axis) > PH_SWEEP_MAX_VALUES)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("%s: more than %d values"),
                   axis->name, PH_SWEEP_MAX_VALUES);
      return NULL;
    }
  for (guint i = 0; axis->values[i] != NULL; i++)
    if (!check_value (axis->name, g_strstrip (axis->values[i]), error))
      {
        g_prefix_error (error, _ ("%s, value %u: "), axis->name, i + 1);
        return NULL;
      }
  return g_steal_pointer (&axis);
}

/* Values on both sides of what is there, by factors; 0 and a little where there is nothing. */
static char *
dup_numbers (const PhSetting *setting, double now)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const double factors[] = { 0.25, 1, 4 }, weights[] = { 0, 0.1, 1 };
  const char *const known[][2] = {
    { "seed", "0 | 1 | 2 | 3" },        { "wake", "0 | 16 | 64" },   { "views", "1 | 2 | 4" },
    { "falloff", "0.5 | 1 | 1.5 | 2" }, { "rivals", "0 | 0.5 | 1" }, { "pictures", "1 | 2 | 4" },
    { "base", "0 | 8 | 32" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (setting->name, known[i][0]))
      return g_strdup (known[i][1]);
  for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
    {
      double value = now > 0 ? now * factors[i] : weights[i];
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      if (setting->type == PH_SETTING_INT)
        value = round (now > 0 ? value : 64 * (i + 1));
      g_ascii_formatd (digits, sizeof digits, "%.4g",
                       CLAMP (value, setting->minimum, setting->maximum));
      g_string_append_printf (text, "%s%s", i > 0 ? " | " : "", digits);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Of a random change, or of a setting that is a text. */
static const char *
suggest_texts (const char *name)
{
  static const char *const suggestions[][2] = {
    { "pad", "none | grey | reflect" },
    { "jitter", "none | 2% | 5% | 20%" },
    { "scale", "none | 0.9 1.1 | 0.6 1.2" },
    { "rotate", "none | -10 10 | -30 30" },
    { "shear", "none | 5 | 15" },
    { "mirror", "none | " },
    { "noise", "none | 0.05 | 0.2" },
    { "brightness", "none | 0.1 | 0.3" },
    { "contrast", "none | 0.1 | 0.3" },
    { "crop", "none | 0.7 1 | 0.3 0.7" },
    { "hue", "none | 20 | 90" },
    { "saturation", "none | 0.2 | 0.6" },
    { "rate-pace", "1 | 1 0 | 0 1 0" },
    { "strength-pace", "1 | 0 1 | 1 0" },
    { "transforms", "none | auto" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (suggestions); i++)
    if (g_ascii_strcasecmp (suggestions[i][0], name) == 0)
      return suggestions[i][1];
  return NULL;
}

PhSweepAxis *
ph_sweep_axis_suggest (const char *name, const PhAscentSettings *settings)
{
  const PhSetting *setting = ph_settings_find (ph_ascent_settings, name);
  g_autofree char *values = NULL;
  g_autofree char *text = NULL;

  if (setting == NULL && find_change (name) == NULL)
    return NULL;
  if (setting == NULL || setting->type == PH_SETTING_TEXT)
    values = g_strdup (suggest_texts (name));
  else if (setting->type == PH_SETTING_CHOICE)
    values = g_strjoinv (" | ", (char **)setting->choices);
  else if (setting->type == PH_SETTING_BOOL)
    values = g_strdup ("no | yes");
  else
    values = dup_numbers (setting, ph_setting_get_real (setting, settings));
  if (values == NULL)
    return NULL;
  text = g_strdup_printf ("%s = %s", name, values);
  return ph_sweep_axis_parse (text, NULL);
}

GPtrArray *
ph_sweep_cells (PhModel *model, const char *objective, const PhAscentSettings *settings,
                const PhSweepAxis *x, const PhSweepAxis *y, GError **error)
{
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_sheet_cell_free);
  g_autoptr (PhObjective) parsed = ph_objective_parse (model, objective, error);
  guint n_x = ph_sweep_axis_get_n (x), n_y = y != NULL ? ph_sweep_axis_get_n (y) : 1;

  if (parsed == NULL)
    return NULL;
  if (y != NULL && g_ascii_strcasecmp (x->name, y->name) == 0)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("Both axes are “%s”: choose two different settings"), x->name);
      return NULL;
    }
  for (guint i = 0; i < n_y; i++)
    for (guint j = 0; j < n_x; j++)
      {
        PhSheetCell *cell = ph_sheet_cell_new (objective, "", settings);

        /* "transforms" first: an axis of a single change alters that list. */
        if (y != NULL && !is_change (y))
          ph_sweep_axis_apply (y, i, parsed, &cell->settings);
        ph_sweep_axis_apply (x, j, parsed, &cell->settings);
        if (y != NULL && is_change (y))
          ph_sweep_axis_apply (y, i, parsed, &cell->settings);
        g_ptr_array_add (cells, cell);
      }
  return g_steal_pointer (&cells);
}

PhImage *
ph_sweep_draw (GPtrArray *cells, const char *title, const PhSweepAxis *x, const PhSweepAxis *y,
               guint size, GError **error)
{
  g_autofree char *whole = y != NULL ? g_strdup_printf ("%s · %s →, %s ↓", title, x->name, y->name)
                                     : g_strdup_printf ("%s · %s →", title, x->name);
  PhSheetLook look = { .title = whole,
                       .columns = ph_sweep_axis_get_n (x),
                       .size = size,
                       .column_labels = (const char *const *)x->values,
                       .row_labels = y != NULL ? (const char *const *)y->values : NULL };

  for (guint i = 0; i < cells->len; i++)
    {
      PhSheetCell *cell = cells->pdata[i];

      g_free (cell->caption);
      cell->caption =
          cell->image != NULL ? g_strdup_printf ("objective %.4g", cell->value) : g_strdup ("");
    }
  return ph_sheet_draw (cells, &look, error);
}
