#pragma once

#include "base/error.h"
#include "base/frame.h"
#include "base/setting.h"

G_BEGIN_DECLS

/**
 * PhFilmFormat:
 * @PH_FILM_APNG: a PNG file that moves: all colours; programs that know no films show the last
 *   picture
 * @PH_FILM_GIF: 256 colours, understood everywhere
 * @PH_FILM_STRIP: a PNG file with the pictures side by side, for paper
 */
typedef enum
{
  PH_FILM_APNG,
  PH_FILM_GIF,
  PH_FILM_STRIP,
} PhFilmFormat;

/** PH_FILM_MAX_FRAMES, PH_FILM_MAX_RATE: pictures of a film, and pictures a second. GIF counts in
 * hundredths of a second, and players refuse less than two. */
#define PH_FILM_MAX_FRAMES 10000
#define PH_FILM_MAX_RATE 50

/**
 * PhFilmSettings:
 *
 * How pictures become a film; described, with defaults, by ph_film_settings.
 */
typedef struct
{
  int format; /* PhFilmFormat */
  double rate;
  double hold;
  gboolean bounce;
} PhFilmSettings;

extern const PhSetting ph_film_settings[];

/** ph_film_get_suffix: (transfer none): of file names, ".png" or ".gif". */
const char *ph_film_get_suffix (PhFilmFormat format);

/**
 * ph_film_encode:
 * @frames: (element-type PhFrame): at least one, all of one size
 * @recipe: (nullable): stored inside: in PNG files as ph_png_encode() does, in GIF files as a
 * comment
 *
 * Returns: (transfer full): the content of the file. %NULL with %PH_ERROR_DATA_INVALID when the
 * pictures differ in size or are too many or too large for the format, with %PH_ERROR_NO_MEMORY or
 * the errors of ph_png_encode().
 */
GBytes *ph_film_encode (GPtrArray *frames, const PhFilmSettings *settings, const char *recipe,
                        GError **error);

/** ph_film_save: encodes and writes atomically, see ph_save_bytes() for the errors. */
gboolean ph_film_save (const char *path, GPtrArray *frames, const PhFilmSettings *settings,
                       const char *recipe, GError **error);

/**
 * ph_film_load_recipe:
 *
 * Returns: (transfer full): the text stored in the PNG or GIF file @path; %NULL with %G_FILE_ERROR
 * or with %PH_ERROR_DATA_INVALID when it is neither or holds no recipe.
 */
char *ph_film_load_recipe (const char *path, GError **error);

G_END_DECLS
