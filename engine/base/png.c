#include "base/png.h"

#include <glib/gi18n.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "base/save.h"

static void
on_write (png_structp png, png_bytep data, png_size_t n)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint)n);
}

static void
on_flush (png_structp png)
{
}

static void
on_error (png_structp png, png_const_charp message)
{
  longjmp (png_jmpbuf (png), 1);
}

static void
on_warning (png_structp png, png_const_charp message)
{
}

static gboolean
write_png (png_structp png, png_infop info, GByteArray *bytes, const guint8 *pixels, guint channels,
           guint width, guint height, const char *recipe)
{
  if (setjmp (png_jmpbuf (png)))
    return FALSE;
  png_set_write_fn (png, bytes, on_write, on_flush);
  png_set_user_limits (png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR (png, info, width, height, 8,
                channels == 4   ? PNG_COLOR_TYPE_RGB_ALPHA
                : channels == 3 ? PNG_COLOR_TYPE_RGB
                                : PNG_COLOR_TYPE_GRAY,
                PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB (png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  if (recipe != NULL)
    {
      png_text text = { 0 };

      text.compression = PNG_ITXT_COMPRESSION_NONE;
      text.key = (char *)PH_PNG_RECIPE;
      text.text = (char *)recipe;
      text.itxt_length = strlen (recipe);
      text.lang = (char *)"";
      text.lang_key = (char *)"";
      png_set_text (png, info, &text, 1);
    }
  png_write_info (png, info);
  for (guint y = 0; y < height; y++)
    png_write_row (png, pixels + (gsize)y * width * channels);
  png_write_end (png, info);
  return TRUE;
}

GBytes *
ph_png_encode (const guint8 *pixels, guint channels, guint width, guint height, const char *recipe,
               GError **error)
{
  g_return_val_if_fail (channels == 1 || channels == 3 || channels == 4, NULL);

  if (recipe != NULL &&
      (strlen (recipe) > PH_PNG_RECIPE_MAX || !g_utf8_validate (recipe, -1, NULL)))
    {
      g_set_error (
          error, PH_ERROR, PH_ERROR_DATA_INVALID,
          _ ("The recipe cannot be stored in a picture: it must be UTF-8 text of at most %d kB"),
          PH_PNG_RECIPE_MAX / 1024);
      return NULL;
    }

  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
  png_infop info = png_create_info_struct (png);
  gboolean written = write_png (png, info, bytes, pixels, channels, width, height, recipe);

  png_destroy_write_struct (&png, &info);
  if (!written)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("A picture of %u × %u pixels cannot be written as PNG"), width, height);
      return NULL;
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

gboolean
ph_png_save (const char *path, const guint8 *pixels, guint channels, guint width, guint height,
             const char *recipe, GError **error)
{
  g_autoptr (GBytes) bytes = ph_png_encode (pixels, channels, width, height, recipe, error);

  return bytes != NULL &&
         ph_save_bytes (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}

gboolean
ph_png_save_image (const char *path, const PhImage *image, const char *recipe, GError **error)
{
  g_autoptr (PhFrame) frame = ph_image_to_frame (image, 0, 0);

  return ph_png_save_frame (path, frame, recipe, error);
}

gboolean
ph_png_save_frame (const char *path, const PhFrame *frame, const char *recipe, GError **error)
{
  const guint8 *rgb = g_bytes_get_data (frame->pixels, NULL);
  const guint8 *alpha = frame->alpha != NULL ? g_bytes_get_data (frame->alpha, NULL) : NULL;
  gsize n = (gsize)frame->width * frame->height;
  g_autofree guint8 *rgba = NULL;

  if (alpha == NULL)
    return ph_png_save (path, rgb, 3, frame->width, frame->height, recipe, error);
  rgba = g_malloc (4 * n);
  for (gsize i = 0; i < n; i++)
    {
      memcpy (rgba + 4 * i, rgb + 3 * i, 3);
      rgba[4 * i + 3] = alpha[i];
    }
  return ph_png_save (path, rgba, 4, frame->width, frame->height, recipe, error);
}

/* Walks the chunks by hand: only their headers are read, and the recipe may stand before or after
 * the pixels. Ours is never compressed. */
static char *
find_recipe (const guint8 *data, gsize size)
{
  const gsize key = sizeof PH_PNG_RECIPE; /* with its NUL */

  for (gsize at = 8; size - at >= 12;)
    {
      gsize length = (gsize)data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3];
      const guint8 *body = data + at + 8;

      if (length > size - at - 12)
        return NULL;
      if (memcmp (data + at + 4, "iTXt", 4) == 0 && length > key + 4 &&
          memcmp (body, PH_PNG_RECIPE, key) == 0 && body[key] == 0)
        {
          /* Compression flag, method, language, translated keyword, text. */
          const guint8 *end = body + length;
          const guint8 *text = memchr (body + key + 2, 0, length - key - 2);

          text = text != NULL ? memchr (text + 1, 0, (gsize)(end - text - 1)) : NULL;
          if (text == NULL || end - text - 1 > PH_PNG_RECIPE_MAX ||
              !g_utf8_validate ((const char *)text + 1, end - text - 1, NULL))
            return NULL;
          return g_strndup ((const char *)text + 1, (gsize)(end - text - 1));
        }
      at += 12 + length;
    }
  return NULL;
}

char *
ph_png_load_recipe (const char *path, GError **error)
{
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, error);

  if (file == NULL)
    return NULL;

  const guint8 *data = (const guint8 *)g_mapped_file_get_contents (file);
  gsize size = g_mapped_file_get_length (file);
  gboolean is_png = size >= 8 && png_sig_cmp (data, 0, 8) == 0;
  char *recipe = is_png ? find_recipe (data, size) : NULL;

  if (recipe == NULL)
    {
      g_autofree char *name = g_filename_display_basename (path);

      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   is_png ? _ ("“%s” is no picture made by Phosphene: no recipe is stored in it")
                          : _ ("“%s” is no PNG file"),
                   name);
    }
  return recipe;
}
