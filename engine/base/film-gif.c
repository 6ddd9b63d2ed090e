/* Films as GIF, compressed by cgif. */
#include <cgif.h>

#include "base/film-private.h"

/* A GIF counts its pixels in two bytes. */
#define MAX_SIDE 65535

static int
on_write (void *context, const uint8_t *data, const size_t n)
{
  g_byte_array_append (context, data, (guint)n);
  return 0;
}

static gboolean
fail (GError **error, const char *why)
{
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, "The film cannot be written as GIF: %s",
               why);
  return FALSE;
}

static gboolean
add_shots (CGIF *gif, PhPalette *palette, const PhFilmShot *shots, guint n, GError **error)
{
  gsize n_pixels = (gsize)shots[0].frame->width * shots[0].frame->height;
  g_autofree guint8 *indices = g_try_malloc (n_pixels);
  gboolean good = indices != NULL;

  for (guint i = 0; i < n && good; i++)
    {
      CGIF_FrameConfig config = { .pImageData = indices,
                                  .delay = (guint16)MIN (shots[i].delay, 65535),
                                  .genFlags = CGIF_FRAME_GEN_USE_DIFF_WINDOW };

      ph_palette_map (palette, shots[i].frame, indices);
      good = cgif_addframe (gif, &config) == CGIF_OK;
    }
  return good || fail (error, "there is no memory for it");
}

GBytes *
ph_film_encode_gif (const PhFilmShot *shots, guint n, const char *recipe, GError **error)
{
  const PhFrame *frame = shots[0].frame;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree PhPalette *palette = NULL;
  gboolean good;
  CGIF *gif;

  if (frame->width > MAX_SIDE || frame->height > MAX_SIDE)
    {
      fail (error, "a side may have 65,535 pixels at most");
      return NULL;
    }
  palette = ph_palette_new (shots, n);

  CGIF_Config config = { .pGlobalPalette = palette->rgb,
                         .numGlobalPaletteEntries = (guint16)palette->n,
                         .width = (guint16)frame->width,
                         .height = (guint16)frame->height,
                         .attrFlags = n > 1 ? CGIF_ATTR_IS_ANIMATED : 0,
                         .numLoops = CGIF_INFINITE_LOOP,
                         .pWriteFn = on_write,
                         .pContext = bytes };

  gif = cgif_newgif (&config);
  if (gif == NULL)
    {
      fail (error, "there is no memory for it");
      return NULL;
    }
  good = add_shots (gif, palette, shots, n, error);
  /* Always: it frees. */
  if (cgif_close (gif) != CGIF_OK && good)
    good = fail (error, "it could not be finished");
  if (good && recipe != NULL)
    ph_gif_add_comment (bytes, recipe);
  return good ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}
