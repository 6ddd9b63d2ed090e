#pragma once

#include "base/film.h"
#include "base/image.h"

G_BEGIN_DECLS

/**
 * PhWalk:
 * @rows, @columns: 1 row between two images, a square between four
 * @drawn: (owned) (element-type PhImage): rows × columns pictures: what the network makes of the
 * way
 * @faded: (owned) (element-type PhImage): the images laid over one another in the same measure
 *
 * The way from one image to another, or between four, in pictures.
 */
typedef struct
{
  guint rows, columns;
  GPtrArray *drawn, *faded;
} PhWalk;

void ph_walk_clear (PhWalk *walk);

/**
 * ph_walk_fade:
 * @corners: top left, top right, bottom left, bottom right, of one size; with one row only the
 *   first two count
 *
 * The same way through the pixels: fills @faded.
 */
gboolean ph_walk_fade (PhWalk *walk, const PhImage *const corners[4], GError **error);

/** ph_walk_blend: (transfer full): the corners laid over one another at the place @across, @down,
 * both 0 to 1. */
PhImage *ph_walk_blend (const PhImage *const corners[4], double across, double down,
                        GError **error);

/** ph_walk_draw: (transfer full): all of it for paper: what the network makes above what the pixels
 * do; a square beside the other. */
PhImage *ph_walk_draw (const PhWalk *walk, GError **error);

/** ph_walk_make_frames: (transfer full) (element-type PhFrame): a film along the single row: the
 * network's picture above the pixels'. */
GPtrArray *ph_walk_make_frames (const PhWalk *walk, GError **error);

/** ph_walk_save: as the film says; a square is always written as one picture. */
gboolean ph_walk_save (const PhWalk *walk, const PhFilmSettings *film, const char *path,
                       GError **error);

G_END_DECLS
