#pragma once

#include "assets/textbook/bank.h"

G_BEGIN_DECLS

#define TB_N_DIRECTIONS 8
#define TB_N_WAVES 2
#define TB_N_PHASES 4

/** tb_waves: from crest to crest, in pixels. */
extern const double tb_waves[TB_N_WAVES];

/** tb_direction: of the lines of a grating, in degrees counter-clockwise from horizontal as one
 * looks at the picture: 0 is horizontal, 45 rises to the right, 90 is vertical. */
double tb_direction (guint i);

/**
 * tb_wave_at:
 * @x, @y: pixels to the right and down
 * @direction: of the lines
 * @wave: from crest to crest
 * @phase: in degrees: 0 has a crest at the origin, 90 has it a quarter of a wave further along
 *   the direction (sin, cos): down, right, or between
 *
 * A plane wave, -1 to 1. Filters and the gratings of the test set are both made of it.
 */
double tb_wave_at (double x, double y, double direction, double wave, double phase);

/** TbHue: a colour by name, each of red, green and blue being 0 or 1. */
typedef struct
{
  const char *name;
  double rgb[3];
} TbHue;

extern const TbHue tb_hues[];
extern const guint tb_n_hues;

/** tb_edges_new: direction × wave × phase: light line, edge, dark line, edge the other way. */
TbBank *tb_edges_new (void);

/** tb_colours_new: plain colours, spots within another colour, coloured gratings. */
TbBank *tb_colours_new (void);

/** tb_gratings_new: from `edges`: a grating wherever its crests lie. */
TbBank *tb_gratings_new (const TbBank *edges);

/** TB_N_CHROMATIC: how many of the first hues are neither light nor dark. */
#define TB_N_CHROMATIC 6

/** tb_contours_new: from `gratings` and `colours`: a line of each direction however thick, and, as
 * the last unit, any colour. */
TbBank *tb_contours_new (const TbBank *colours);

G_END_DECLS
