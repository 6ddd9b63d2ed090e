#include "network/unit.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean no_such (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
no_such (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (PH_ERROR, PH_ERROR_NO_SUCH_UNIT, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
parse_number (const char *text, guint *number)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &value, NULL))
    return FALSE;
  *number = (guint)value;
  return TRUE;
}

/* 3: the label itself; 2: one of its comma-separated names; 1: a beginning; 0: no match. */
static int
match_label (const char *label, const char *wanted)
{
  g_autofree char *folded = g_utf8_casefold (label, -1);
  g_auto (GStrv) names = g_strsplit (folded, ",", -1);

  if (g_str_equal (folded, wanted))
    return 3;
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (g_strstrip (names[i]), wanted))
      return 2;
  return g_str_has_prefix (folded, wanted) ? 1 : 0;
}

static gboolean
parse_class (PhModel *model, const char *text, PhUnit *unit, GError **error)
{
  guint n = ph_model_get_n_classes (model);
  g_autofree char *wanted = g_utf8_casefold (text, -1);
  int best = 0;
  guint n_best = 0, other = 0;

  if (n == 0)
    return no_such (error, "“class:%s”: this network has no classes", text);
  unit->kind = PH_UNIT_CLASS;
  if (parse_number (text, &unit->channel))
    return unit->channel < n ||
           no_such (error, "“class:%s”: classes of this network are numbered 0 to %u", text, n - 1);
  for (guint i = 0; i < n && *wanted != '\0'; i++)
    {
      const char *label = ph_model_get_label (model, i);
      int match = label != NULL ? match_label (label, wanted) : 0;

      if (match > best)
        {
          best = match;
          n_best = 0;
          unit->channel = i;
        }
      if (match == best && match > 0)
        {
          n_best++;
          other = i;
        }
    }
  if (best == 0)
    return no_such (error, "“class:%s”: no class of this network has that label", text);
  if (n_best > 1)
    return no_such (error, "“class:%s” may mean class %u (%s) or class %u (%s); say the number",
                    text, unit->channel, ph_model_get_label (model, unit->channel), other,
                    ph_model_get_label (model, other));
  return TRUE;
}

static gboolean
parse_position (const PhLayer *layer, const char *text, PhUnit *unit, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  if (g_str_equal (text, "middle"))
    {
      unit->row = layer->rows / 2;
      unit->column = layer->columns / 2;
      return TRUE;
    }
  if (g_strv_length (parts) != 2 || !parse_number (g_strstrip (parts[0]), &unit->row) ||
      !parse_number (g_strstrip (parts[1]), &unit->column))
    return no_such (error, "“%s” is not a position; write ROW,COLUMN or middle", text);
  return TRUE;
}

static gboolean
parse_in_layer (PhModel *model, guint index, const char *rest, PhUnit *unit, GError **error)
{
  const PhLayer *layer = ph_model_get_layer (model, index);
  g_auto (GStrv) parts = g_strsplit (rest, ":", 2);

  unit->layer = index;
  if (*rest == '\0')
    {
      unit->kind = PH_UNIT_LAYER;
      return TRUE;
    }
  unit->kind = PH_UNIT_CHANNEL;
  if (!parse_number (parts[0], &unit->channel) ||
      (layer->n_channels > 0 && unit->channel >= layer->n_channels))
    return no_such (error, "“%s”: channels of %s are numbered 0 to %u", parts[0], layer->name,
                    MAX (layer->n_channels, 1) - 1);
  if (parts[1] == NULL)
    return TRUE;
  unit->kind = PH_UNIT_NEURON;
  return parse_position (layer, parts[1], unit, error);
}

gboolean
ph_unit_parse (PhModel *model, const char *text, PhUnit *unit, GError **error)
{
  *unit = (PhUnit){ 0 };
  if (g_str_has_prefix (text, "class:"))
    return parse_class (model, text + strlen ("class:"), unit, error);

  /* Layer names may contain colons themselves: the longest that fits wins. */
  g_autofree char *name = g_strdup (text);

  for (char *colon = name + strlen (name); colon != NULL; colon = strrchr (name, ':'))
    {
      int index;

      *colon = '\0';
      index = ph_model_find_layer (model, name);
      if (index >= 0)
        {
          const char *rest = text + (colon - name);

          return parse_in_layer (model, (guint)index, *rest == ':' ? rest + 1 : rest, unit, error);
        }
    }
  g_autofree char *first = g_strndup (text, strcspn (text, ":"));

  return no_such (error,
                  "this network has no layer “%s”; “phosphene-cli layers” lists them; a unit is "
                  "written LAYER, LAYER:CHANNEL, LAYER:CHANNEL:ROW,COLUMN or class:NUMBER",
                  first);
}

char *
ph_unit_dup_name (PhModel *model, const PhUnit *unit)
{
  const char *layer =
      unit->kind == PH_UNIT_CLASS ? NULL : ph_model_get_layer (model, unit->layer)->name;

  switch (unit->kind)
    {
    case PH_UNIT_LAYER:
      return g_strdup (layer);
    case PH_UNIT_CHANNEL:
      return g_strdup_printf ("%s:%u", layer, unit->channel);
    case PH_UNIT_NEURON:
      return g_strdup_printf ("%s:%u:%u,%u", layer, unit->channel, unit->row, unit->column);
    case PH_UNIT_CLASS:
    default:
      return g_strdup_printf ("class:%u", unit->channel);
    }
}

char *
ph_unit_dup_title (PhModel *model, const PhUnit *unit)
{
  const PhLayer *layer =
      unit->kind == PH_UNIT_CLASS ? NULL : ph_model_get_layer (model, unit->layer);
  const char *label;

  switch (unit->kind)
    {
    case PH_UNIT_LAYER:
      return g_strdup_printf (_ ("%s, whole layer"), layer->name);
    case PH_UNIT_CHANNEL:
    case PH_UNIT_NEURON:
      label = layer->channel_labels != NULL ? layer->channel_labels[unit->channel] : NULL;
      if (unit->kind == PH_UNIT_NEURON)
        return g_strdup_printf (_ ("%s, channel %u at %u, %u"), layer->name, unit->channel,
                                unit->row, unit->column);
      return label != NULL
                 ? g_strdup_printf (_ ("%s (%s, channel %u)"), label, layer->name, unit->channel)
                 : g_strdup_printf (_ ("%s, channel %u"), layer->name, unit->channel);
    case PH_UNIT_CLASS:
    default:
      label = ph_model_get_label (model, unit->channel);
      return label != NULL ? g_strdup_printf (_ ("%s (class %u)"), label, unit->channel)
                           : g_strdup_printf (_ ("class %u"), unit->channel);
    }
}

gboolean
ph_unit_equal (const PhUnit *a, const PhUnit *b)
{
  if (a->kind != b->kind)
    return FALSE;
  if (a->kind != PH_UNIT_CLASS && a->layer != b->layer)
    return FALSE;
  if (a->kind != PH_UNIT_LAYER && a->channel != b->channel)
    return FALSE;
  return a->kind != PH_UNIT_NEURON || (a->row == b->row && a->column == b->column);
}

int
ph_unit_get_value (PhModel *model, const PhUnit *unit)
{
  return unit->kind == PH_UNIT_CLASS ? ph_model_get_logits (model)
                                     : ph_model_get_layer (model, unit->layer)->value;
}

static gboolean
has_channels_last (const PhLayer *layer)
{
  return layer->layout == PH_LAYOUT_NHWC || layer->layout == PH_LAYOUT_TOKENS;
}

void
ph_unit_map_size (PhModel *model, const PhUnit *unit, const PhShape *shape, gsize *rows,
                  gsize *columns)
{
  *rows = *columns = 1;
  if (unit->kind == PH_UNIT_CLASS)
    return;

  gboolean channels_last = has_channels_last (ph_model_get_layer (model, unit->layer));

  if (shape->rank == 4)
    {
      *rows = (gsize)shape->dim[channels_last ? 1 : 2];
      *columns = (gsize)shape->dim[channels_last ? 2 : 3];
    }
  else if (shape->rank == 3)
    *columns = (gsize)shape->dim[channels_last ? 1 : 2];
}

gboolean
ph_unit_locate (PhModel *model, const PhUnit *unit, const PhShape *shape, PhRegion *region,
                GError **error)
{
  gsize n_channels, rows, columns;

  region->batch_stride = ph_shape_count_range (shape, 1, shape->rank);
  if (unit->kind == PH_UNIT_CLASS)
    {
      region->offset = unit->channel;
      region->stride = region->count = 1;
      return unit->channel < region->batch_stride ||
             no_such (error, "there is no class %u", unit->channel);
    }

  const PhLayer *layer = ph_model_get_layer (model, unit->layer);

  if (unit->kind == PH_UNIT_LAYER)
    {
      region->offset = 0;
      region->stride = 1;
      region->count = region->batch_stride;
      return TRUE;
    }

  gboolean channels_last = has_channels_last (layer);

  n_channels = (gsize)shape->dim[channels_last ? shape->rank - 1 : 1];
  ph_unit_map_size (model, unit, shape, &rows, &columns);

  if (unit->channel >= n_channels)
    return no_such (error, "%s has no channel %u, only 0 to %" G_GSIZE_FORMAT, layer->name,
                    unit->channel, n_channels - 1);
  region->stride = channels_last ? n_channels : 1;
  region->offset = channels_last ? unit->channel : unit->channel * rows * columns;
  region->count = rows * columns;
  if (unit->kind == PH_UNIT_NEURON)
    {
      if (unit->row >= rows || unit->column >= columns)
        return no_such (error,
                        "position %u,%u lies outside the map of %s, which is %" G_GSIZE_FORMAT
                        " by %" G_GSIZE_FORMAT " at this picture size",
                        unit->row, unit->column, layer->name, rows, columns);
      region->offset += (unit->row * columns + unit->column) * region->stride;
      region->stride = region->count = 1;
    }
  return TRUE;
}
