#pragma once

#include "base/film.h"

G_BEGIN_DECLS

/**
 * PhFilmShot:
 * @frame: (borrowed)
 * @delay: how long it stays, in hundredths of a second
 */
typedef struct
{
  PhFrame *frame;
  guint delay;
} PhFilmShot;

/** One function a format: the shots in the order they are shown; @last is the picture that stands
 * for the film. */
GBytes *ph_film_encode_apng (const PhFilmShot *shots, guint n, PhFrame *last, const char *recipe,
                             GError **error);
GBytes *ph_film_encode_gif (const PhFilmShot *shots, guint n, const char *recipe, GError **error);
GBytes *ph_film_encode_strip (const PhFilmShot *shots, guint n, const char *recipe, GError **error);

/** ph_gif_add_comment: puts a comment into a finished GIF, before its end. */
void ph_gif_add_comment (GByteArray *gif, const char *text);

/** PH_PALETTE_SIZE: colours of a palette. */
#define PH_PALETTE_SIZE 256

/**
 * PhPalette:
 * @rgb: the colours, three bytes each
 * @nearest: for 6 bits of red, green and blue: index of the nearest colour + 1; 0: not yet looked
 *   for
 */
typedef struct
{
  guint8 rgb[3 * PH_PALETTE_SIZE];
  guint n;
  guint16 nearest[1 << 18];
} PhPalette;

/** ph_palette_new: the colours that suit all of the shots together, so that nothing flickers. Free
 * with g_free(). */
PhPalette *ph_palette_new (const PhFilmShot *shots, guint n);

/** ph_palette_map: @indices (height, width) from the frame, the error of each pixel spread over its
 * neighbours (Floyd and Steinberg 1976), every second row backwards. */
void ph_palette_map (PhPalette *palette, const PhFrame *frame, guint8 *indices);

G_END_DECLS
