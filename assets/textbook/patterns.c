/* The test set: for each unit a picture of what it was designed for, drawn from the same waves and
 * strokes as the unit, and by the same hand. */

#include "assets/textbook/patterns.h"

#include <math.h>
#include <string.h>

#include "assets/textbook/filters.h"
#include "assets/textbook/strokes.h"
#include "assets/textbook/things.h"

/* Half of the contrast, from 0.5. */
#define CONTRAST 0.4
#define MIDDLE (TB_SIZE / 2)

static void
pattern_free (gpointer data)
{
  TbPattern *pattern = data;
  g_free (pattern->name);
  g_free (pattern->subject);
  ph_image_free (pattern->image);
  g_free (pattern);
}

static float *
pixel (PhImage *image, guint channel, int x, int y)
{
  return &image->data[(channel * image->height + (guint)y) * image->width + (guint)x];
}

/* Adds a picture, filled with one colour. */
static PhImage *
add (GPtrArray *patterns, const char *layer, const char *label, const double rgb[3])
{
  TbPattern *pattern = g_new0 (TbPattern, 1);
  pattern->name = g_strconcat (layer, label[0] != '\0' ? "/" : "", label, NULL);
  pattern->subject = g_strdup (label);
  pattern->image = ph_image_new (3, TB_SIZE, TB_SIZE, NULL);
  g_assert (pattern->image != NULL);
  for (guint c = 0; c < 3; c++)
    for (int y = 0; y < TB_SIZE; y++)
      for (int x = 0; x < TB_SIZE; x++)
        *pixel (pattern->image, c, x, y) = (float)(0.5 + 2 * CONTRAST * (rgb[c] - 0.5));
  g_ptr_array_add (patterns, pattern);
  return pattern->image;
}

static const double grey[3] = { 0.5, 0.5, 0.5 };
static const double light[3] = { 1, 1, 1 };
static const double dark[3] = { 0, 0, 0 };
static const double paper[3] = { 0.95, 0.95, 0.95 };
static const double ink[3] = { 0.05, 0.05, 0.05 };

/* Mixes @amount of a colour into a pixel, if it is inside. */
static void
paint (PhImage *image, int x, int y, const double rgb[3], double amount)
{
  if (x < 0 || y < 0 || x >= TB_SIZE || y >= TB_SIZE)
    return;
  for (guint c = 0; c < 3; c++)
    {
      float *value = pixel (image, c, x, y);
      *value += (float)(amount * (0.5 + 2 * CONTRAST * (rgb[c] - 0.5) - *value));
    }
}

static void
draw_disc (PhImage *image, double cx, double cy, double radius, const double rgb[3])
{
  int reach = (int)ceil (radius) + 1, x0 = (int)floor (cx), y0 = (int)floor (cy);

  for (int y = y0 - reach; y <= y0 + reach + 1; y++)
    for (int x = x0 - reach; x <= x0 + reach + 1; x++)
      paint (image, x, y, rgb, CLAMP (radius + 0.5 - hypot (x - cx, y - cy), 0, 1));
}

static void
draw_wave (PhImage *image, const double one[3], const double other[3], double direction,
           double wave, double phase)
{
  for (int y = 0; y < TB_SIZE; y++)
    for (int x = 0; x < TB_SIZE; x++)
      {
        double value = 2 * tb_wave_at (x - MIDDLE, y - MIDDLE, direction, wave, phase);
        double rgb[3];
        value = CLAMP (value, -1, 1);
        for (guint c = 0; c < 3; c++)
          rgb[c] = (one[c] + other[c]) / 2 + value * (one[c] - other[c]) / 2;
        paint (image, x, y, rgb, 1);
      }
}

typedef struct
{
  PhImage *image;
  double x, y;
} Pen;

/* A pen three pixels wide. */
static void
draw_point (double x, double y, double direction, double weight, gpointer data)
{
  Pen *pen = data;
  if (weight > 0)
    draw_disc (pen->image, pen->x + x, pen->y + y, 1.2, ink);
}

/* Calls @draw for each place of a texture that covers the picture. */
static void
repeat (double across, double down, double stagger, void (*draw) (Pen *pen, gconstpointer what),
        PhImage *image, gconstpointer what)
{
  int rows = down > 0 ? (int)(MIDDLE / down) + 1 : 0;
  int columns = across > 0 ? (int)((MIDDLE + stagger) / across) + 1 : 0;

  for (int row = -rows; row <= rows; row++)
    for (int column = -columns; column <= columns; column++)
      {
        Pen pen = { image, MIDDLE + column * across + (row % 2 != 0 ? stagger : 0),
                    MIDDLE + row * down };
        draw (&pen, what);
      }
}

static void
draw_shape (Pen *pen, gconstpointer what)
{
  tb_shape_visit (what, draw_point, pen);
}

typedef struct
{
  const TbThing *thing;
  const GArray *shapes;
} Composition;

static void
draw_thing (Pen *pen, gconstpointer what)
{
  const Composition *composition = what;

  for (const TbPlace *place = composition->thing->places; place->part != NULL; place++)
    {
      Pen part = { pen->image, pen->x + place->x, pen->y + place->y };
      if (strstr (place->part, "spot") != NULL)
        draw_disc (part.image, part.x, part.y, strstr (place->part, "large") != NULL ? 3.2 : 1.8,
                   ink);
      for (guint i = 0; i < composition->shapes->len; i++)
        {
          const TbShape *shape = &g_array_index (composition->shapes, TbShape, i);
          if (g_str_equal (shape->label, place->part))
            draw_shape (&part, shape);
        }
    }
}

/* Squares of a checkerboard whose diagonals have a wave of @wave. */
static void
draw_checkerboard (PhImage *image, double direction, double wave)
{
  for (int y = 0; y < TB_SIZE; y++)
    for (int x = 0; x < TB_SIZE; x++)
      {
        double one = tb_wave_at (x - MIDDLE, y - MIDDLE, direction, wave, 0);
        double other = tb_wave_at (x - MIDDLE, y - MIDDLE, direction + 90, wave, 0);
        paint (image, x, y, light, CLAMP (0.5 + 0.6 * (one + other), 0, 1));
      }
}

static void
add_shapes (GPtrArray *patterns, const GArray *shapes)
{
  for (guint i = 0; i < shapes->len; i++)
    {
      const TbShape *shape = &g_array_index (shapes, TbShape, i);
      PhImage *image = add (patterns, "shapes", shape->label, shape->across > 0 ? paper : dark);
      if (shape->across > 0)
        repeat (shape->across, shape->down, shape->stagger, draw_shape, image, shape);
      else
        draw_checkerboard (image, strstr (shape->label, "corner") != NULL ? 0 : 45, 8);
    }
}

typedef struct
{
  const double *rgb;
  double radius;
} Spot;

static void
draw_spot (Pen *pen, gconstpointer what)
{
  const Spot *spot = what;
  draw_disc (pen->image, pen->x, pen->y, spot->radius, spot->rgb);
}

static const double *
hue_named (const char *name, gsize length)
{
  for (guint i = 0; i < tb_n_hues; i++)
    if (strlen (tb_hues[i].name) == length && strncmp (tb_hues[i].name, name, length) == 0)
      return tb_hues[i].rgb;
  g_assert_not_reached ();
}

/* Labels say it all: "red", "large light spot on dark", "red spot on green", "red and green 45°,
 * 8 px". */
static void
add_colours (GPtrArray *patterns, const TbBank *colours)
{
  for (guint i = 0; i < tb_bank_get_n_units (colours); i++)
    {
      const char *label = tb_bank_get_label (colours, i);
      g_auto (GStrv) words = g_strsplit (label, " ", -1);
      guint first = g_str_equal (words[0], "small") || g_str_equal (words[0], "large") ? 1 : 0;
      const double *one = hue_named (words[first], strlen (words[first]));

      if (g_strv_length (words) == 1)
        add (patterns, "colours", label, one);
      else if (g_str_equal (words[1], "and"))
        draw_wave (add (patterns, "colours", label, grey), one,
                   hue_named (words[2], strlen (words[2])), g_ascii_strtod (words[3], NULL), 8, 0);
      else
        {
          double radius = first == 0 ? 3 : g_str_equal (words[0], "small") ? 1.8 : 3.6;
          Spot spot = { one, radius };
          const char *around = words[first + 3];
          PhImage *image = add (patterns, "colours", label, hue_named (around, strlen (around)));
          repeat (3.6 * radius, 3.12 * radius, 1.8 * radius, draw_spot, image, &spot);
        }
    }
}

GPtrArray *
tb_patterns_new (const TbTextbook *textbook)
{
  GPtrArray *patterns = g_ptr_array_new_with_free_func (pattern_free);
  g_autoptr (GArray) shapes = tb_shapes_new ();

  for (guint i = 0; i < tb_bank_get_n_units (textbook->edges); i++)
    {
      guint grating = i / TB_N_PHASES;
      PhImage *image = add (patterns, "edges", tb_bank_get_label (textbook->edges, i), grey);
      TbPattern *pattern = g_ptr_array_index (patterns, patterns->len - 1);

      g_free (pattern->subject);
      pattern->subject = g_strdup (tb_bank_get_label (textbook->gratings, grating));
      draw_wave (image, light, dark, tb_direction (grating % TB_N_DIRECTIONS),
                 tb_waves[grating / TB_N_DIRECTIONS], 90.0 * (i % TB_N_PHASES));
    }
  add_colours (patterns, textbook->colours);
  add_shapes (patterns, shapes);
  for (guint i = 0; i < tb_n_things; i++)
    {
      Composition composition = { &tb_things[i], shapes };
      repeat (tb_things[i].across, tb_things[i].down, tb_things[i].stagger, draw_thing,
              add (patterns, "things", tb_things[i].label, paper), &composition);
    }
  add (patterns, "grey", "", grey);
  return patterns;
}

gboolean
tb_pattern_shows (const TbPattern *pattern, const char *subject)
{
  if (g_str_equal (pattern->subject, subject))
    return TRUE;
  if (!g_str_has_prefix (pattern->name, "things/"))
    return FALSE;
  for (guint i = 0; i < tb_n_things; i++)
    if (g_str_equal (tb_things[i].label, pattern->subject))
      for (const TbPlace *place = tb_things[i].places; place->part != NULL; place++)
        if (g_str_equal (place->part, subject))
          return TRUE;
  return FALSE;
}
