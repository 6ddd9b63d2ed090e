#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * TbStroke:
 * @x, @y: where a line begins, or the centre of an arc; pixels right and down of the shape's middle
 * @x2, @y2: where a line ends; unused for an arc
 * @radius: 0 for a line
 * @from, @to: degrees of an arc, counter-clockwise from the right
 * @weight: how much it speaks for the shape; negative: must not be there
 *
 * One stroke of a pen. What a unit looks for and what the test set draws are the same strokes.
 */
typedef struct
{
  double x, y, x2, y2;
  double radius, from, to;
  double weight;
} TbStroke;

/** tb_line, tb_arc: strokes of weight 1. */
TbStroke tb_line (double x, double y, double x2, double y2);
TbStroke tb_arc (double x, double y, double radius, double from, double to);

/** tb_turn: the stroke turned by @degrees counter-clockwise around the middle. */
TbStroke tb_turn (TbStroke stroke, double degrees);

/** tb_against: the stroke with a negative weight. */
TbStroke tb_against (TbStroke stroke, double weight);

/**
 * TbShape:
 * @across, @down: in a texture of these shapes, pixels to the next one right and below
 * @stagger: how far each row is moved against the one above, pixels
 * @strokes: ends with a stroke of weight 0
 *
 * A shape drawn with a pen.
 */
typedef struct
{
  char *label;
  double across, down, stagger;
  TbStroke strokes[16];
} TbShape;

/** tb_shapes_new: (element-type TbShape): the shapes that `shapes` looks for, in its order. */
GArray *tb_shapes_new (void);

/**
 * tb_shape_make_template:
 * @size: of the window, in cells
 * @cell: pixels of a cell
 * @weights: (TB_N_DIRECTIONS + 1, size, size), overwritten; the last map is that of colour
 *
 * What speaks for the shape in maps of contours: each direction where a stroke has it. All else
 * speaks against it, colour too, and the sum without it is zero. Answers 1 to contours of strength
 * 1 just on the strokes.
 */
void tb_shape_make_template (const TbShape *shape, guint size, double cell, double *weights);

/** TbVisit: called for points along strokes at most half a pixel apart; @direction in degrees. */
typedef void (*TbVisit) (double x, double y, double direction, double weight, gpointer data);
void tb_shape_visit (const TbShape *shape, TbVisit visit, gpointer data);

G_END_DECLS
