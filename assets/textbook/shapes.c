/* The shapes of the fourth floor. */

#include <string.h>

#include "assets/textbook/strokes.h"

/* Lengths in pixels. */
#define ARM 9.0

static TbShape *
add (GArray *shapes, char *label, double across, double down, double stagger)
{
  TbShape shape = { .label = label, .across = across, .down = down, .stagger = stagger };
  g_array_append_val (shapes, shape);
  return &g_array_index (shapes, TbShape, shapes->len - 1);
}

/* An arm from the middle outwards. */
static TbStroke
arm (double degrees)
{
  return tb_turn (tb_line (0, 0, ARM, 0), degrees);
}

/* What must not go on beyond the middle. */
static TbStroke
no_arm (double degrees)
{
  return tb_against (tb_turn (tb_line (2.5, 0, ARM, 0), degrees), 3);
}

static const char *
place_name (guint eighth)
{
  static const char *const names[] = { "right", "upper right", "top",    "upper left",
                                       "left",  "lower left",  "bottom", "lower right" };
  return names[eighth % 8];
}

static void
add_corners (GArray *shapes)
{
  for (guint i = 0; i < 8; i++)
    {
      double to = 45.0 * i;
      /* Those that open to a side are twice as long one way as the other. */
      double across = i % 2 == 1 ? 15 : i % 4 == 0 ? 13 : 17;
      double down = i % 2 == 1 ? 15 : i % 4 == 0 ? 17 : 13;
      TbShape *shape =
          add (shapes, g_strdup_printf ("corner open to the %s", place_name (i)), across, down, 0);
      shape->strokes[0] = arm (to - 45);
      shape->strokes[1] = arm (to + 45);
      shape->strokes[2] = no_arm (to + 135);
      shape->strokes[3] = no_arm (to - 135);
    }
}

static void
add_crossings (GArray *shapes)
{
  TbShape *shape = add (shapes, g_strdup ("upright cross"), 18, 18, 0);
  for (guint i = 0; i < 4; i++)
    shape->strokes[i] = arm (90.0 * i);
  shape = add (shapes, g_strdup ("diagonal cross"), 18, 18, 0);
  for (guint i = 0; i < 4; i++)
    shape->strokes[i] = arm (90.0 * i + 45);

  for (guint i = 0; i < 8; i += 2)
    {
      double stem = 45.0 * i;
      shape =
          add (shapes, g_strdup_printf ("T with its stem to the %s", place_name (i)), 18, 18, 9);
      shape->strokes[0] = arm (stem);
      shape->strokes[1] = arm (stem + 90);
      shape->strokes[2] = arm (stem - 90);
      shape->strokes[3] = no_arm (stem + 180);
      shape->strokes[4] = no_arm (stem + 180);
    }
  for (guint i = 0; i < 2; i++)
    {
      double stem = i == 0 ? 270 : 90;
      shape = add (shapes, g_strdup (i == 0 ? "three ways, upright" : "three ways, inverted"), 17.5,
                   17.5, 8.75);
      for (guint j = 0; j < 3; j++)
        shape->strokes[j] = arm (stem + 120 * j);
      for (guint j = 0; j < 3; j++)
        shape->strokes[3 + j] = no_arm (stem + 60 + 120 * j);
    }
}

static void
add_curves (GArray *shapes)
{
  const double radius = 11;

  for (guint i = 0; i < 8; i++)
    {
      double towards = 45.0 * i;
      TbShape *shape =
          add (shapes, g_strdup_printf ("curve bulging to the %s", place_name (i)), 20, 20, 0);
      /* The arc's own middle is the shape's middle. */
      shape->strokes[0] = tb_turn (tb_arc (-radius + 2, 0, radius, -55, 55), towards);
      shape->strokes[1] =
          tb_against (tb_turn (tb_arc (radius + 2, 0, radius, 125, 160), towards), 1);
      shape->strokes[2] =
          tb_against (tb_turn (tb_arc (radius + 2, 0, radius, 200, 235), towards), 1);
    }
}

/* Two gratings across one another: straight lines through the whole window in both directions. */
static void
add_plaid (GArray *shapes, const char *label, double direction, double spacing)
{
  TbShape *shape = add (shapes, g_strdup (label), 0, 0, 0);
  guint n = 0;

  for (int i = -1; i <= 1; i++)
    for (guint j = 0; j < 2; j++)
      shape->strokes[n++] = tb_turn (tb_line (-9, i * spacing, 9, i * spacing), direction + 90 * j);
}

static void
shape_clear (gpointer data)
{
  g_free (((TbShape *)data)->label);
}

GArray *
tb_shapes_new (void)
{
  GArray *shapes = g_array_new (FALSE, TRUE, sizeof (TbShape));

  g_array_set_clear_func (shapes, shape_clear);

  add_corners (shapes);
  add_crossings (shapes);
  add_curves (shapes);
  add_plaid (shapes, "checkerboard", 45, 5);
  add_plaid (shapes, "checkerboard on its corner", 0, 5);
  add (shapes, g_strdup ("small ring"), 14, 12, 7)->strokes[0] = tb_arc (0, 0, 4.5, 0, 360);
  add (shapes, g_strdup ("large ring"), 20, 17.5, 10)->strokes[0] = tb_arc (0, 0, 7.5, 0, 360);
  return shapes;
}
