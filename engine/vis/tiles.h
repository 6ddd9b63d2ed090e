#pragma once

#include "base/image.h"

G_BEGIN_DECLS

/**
 * PhTiles:
 * @height, @width: of a tile
 * @margin: of each side: seen by the network, but not changed, as what lies beyond the edge would
 *   matter there; less than half of a side
 * @top, @left: where the middle of the first tile begins, 0 or above the picture; moved at random
 *   between steps so that no seam stays in one place
 * @rows, @columns: how many tiles
 *
 * A picture of any size cut into tiles of one size, whose middles cover each pixel exactly once. So
 * the memory of a network does not grow with the picture.
 */
typedef struct
{
  guint height, width, margin;
  int top, left;
  guint rows, columns;
} PhTiles;

/** ph_tiles_place: sets the place and number of the tiles for a picture of @picture_height ×
 * @picture_width; @shift_y and @shift_x, 0 to below 1, are how far along the possible places. */
void ph_tiles_place (PhTiles *tiles, guint picture_height, guint picture_width, double shift_y,
                     double shift_x);

/** ph_tiles_read: @to (channels, height, width), overwritten: tile @i, row by row; what lies
 * outside the picture is mirrored at its edges. */
void ph_tiles_read (const PhTiles *tiles, guint i, const PhImage *image, float *to);

/** ph_tiles_write: @image, where the middle of tile @i lies inside it, overwritten with that part
 * of @from (channels, height, width). */
void ph_tiles_write (const PhTiles *tiles, guint i, const float *from, PhImage *image);

G_END_DECLS
