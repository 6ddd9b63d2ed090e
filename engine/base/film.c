#include "base/film-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/image.h"
#include "base/png.h"
#include "base/save.h"

/* Pixels of all pictures: what is built in memory must stay below 2 GB. */
#define MAX_PIXELS ((gsize)500 * 1000 * 1000)

static const char *const format_names[] = { NC_ ("choice", "apng"), NC_ ("choice", "gif"),
                                            NC_ ("choice", "strip"), NULL };

#define FIELD(name) G_STRUCT_OFFSET (PhFilmSettings, name)

const PhSetting ph_film_settings[] = {
  { "format", N_ ("Format"),
    N_ ("apng: a PNG that moves, in all colours. gif: 256 colours, understood everywhere. strip: "
        "all pictures side by side in one PNG."),
    PH_SETTING_CHOICE, FIELD (format), .value = PH_FILM_APNG, .choices = format_names },
  { "rate", N_ ("Speed"), N_ ("How many pictures are shown in a second."), PH_SETTING_REAL,
    FIELD (rate), 0.1, PH_FILM_MAX_RATE, 12, .unit = N_ ("a second") },
  { "hold", N_ ("Hold"), N_ ("How long the last picture stays before the film begins again."),
    PH_SETTING_REAL, FIELD (hold), 0, 60, 1, .unit = N_ ("s") },
  { "bounce", N_ ("Forth and back"),
    N_ ("Runs backwards to the beginning instead of jumping there."), PH_SETTING_BOOL,
    FIELD (bounce), .value = FALSE },
  { NULL },
};

const char *
ph_film_get_suffix (PhFilmFormat format)
{
  return format == PH_FILM_GIF ? ".gif" : ".png";
}

/* All pictures in one row, or in as many as make the whole about as wide as four times its height.
 */
GBytes *
ph_film_encode_strip (const PhFilmShot *shots, guint n, const char *recipe, GError **error)
{
  guint width = shots[0].frame->width, height = shots[0].frame->height;
  guint columns = n <= 12 ? n : (guint)ceil (sqrt (4.0 * n * height / width));
  guint rows = (n + columns - 1) / columns;
  gsize stride = (gsize)3 * width * columns;

  if ((gsize)width * columns * height * rows > PH_IMAGE_MAX_PIXELS)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "A strip of %u pictures of %u × %u pixels is too large; take fewer or smaller "
                   "ones",
                   n, width, height);
      return NULL;
    }

  g_autofree guint8 *pixels = g_try_malloc (stride * height * rows);

  if (pixels == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   "There is no memory for a strip of %u "
                   "pictures",
                   n);
      return NULL;
    }
  memset (pixels, 255, stride * height * rows);
  for (guint i = 0; i < n; i++)
    {
      const guint8 *from = g_bytes_get_data (shots[i].frame->pixels, NULL);
      guint8 *to = pixels + stride * height * (i / columns) + (gsize)3 * width * (i % columns);

      for (guint y = 0; y < height; y++)
        memcpy (to + y * stride, from + (gsize)3 * width * y, (gsize)3 * width);
    }
  return ph_png_encode (pixels, 3, width * columns, height * rows, recipe, error);
}

static gboolean
check_frames (GPtrArray *frames, GError **error)
{
  if (frames->len == 0 || frames->len > PH_FILM_MAX_FRAMES)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "A film has 1 to %d pictures, not %u",
                   PH_FILM_MAX_FRAMES, frames->len);
      return FALSE;
    }

  const PhFrame *first = frames->pdata[0];

  if ((gsize)frames->len * first->width * first->height > MAX_PIXELS)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "A film of %u pictures of %u × %u pixels is too large; take fewer or smaller "
                   "ones",
                   frames->len, first->width, first->height);
      return FALSE;
    }

  for (guint i = 1; i < frames->len; i++)
    {
      const PhFrame *frame = frames->pdata[i];

      if (frame->width == first->width && frame->height == first->height)
        continue;
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   "The pictures of a film must have one size: picture 0 is %u × %u pixels, "
                   "picture %u is %u × %u",
                   first->width, first->height, i, frame->width, frame->height);
      return FALSE;
    }
  return TRUE;
}

GBytes *
ph_film_encode (GPtrArray *frames, const PhFilmSettings *settings, const char *recipe,
                GError **error)
{
  if (!check_frames (frames, error))
    return NULL;

  PhFrame *last = frames->pdata[frames->len - 1];
  guint delay = (guint)MAX (1, lround (100 / settings->rate));
  g_autoptr (GArray) shots = g_array_new (FALSE, FALSE, sizeof (PhFilmShot));

  for (guint i = 0; i < frames->len; i++)
    {
      PhFilmShot shot = { frames->pdata[i], delay };

      if (i + 1 == frames->len && frames->len > 1)
        shot.delay += (guint)lround (100 * settings->hold);
      g_array_append_val (shots, shot);
    }
  /* A strip is read, not played. */
  for (guint i = frames->len - 1; settings->bounce && settings->format != PH_FILM_STRIP && i-- > 1;)
    {
      PhFilmShot shot = { frames->pdata[i], delay };

      g_array_append_val (shots, shot);
    }

  const PhFilmShot *all = (const PhFilmShot *)shots->data;

  switch ((PhFilmFormat)settings->format)
    {
    case PH_FILM_GIF:
      return ph_film_encode_gif (all, shots->len, recipe, error);
    case PH_FILM_STRIP:
      return ph_film_encode_strip (all, shots->len, recipe, error);
    case PH_FILM_APNG:
    default:
      return ph_film_encode_apng (all, shots->len, last, recipe, error);
    }
}

gboolean
ph_film_save (const char *path, GPtrArray *frames, const PhFilmSettings *settings,
              const char *recipe, GError **error)
{
  g_autoptr (GBytes) bytes = ph_film_encode (frames, settings, recipe, error);

  return bytes != NULL &&
         ph_save_bytes (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}
