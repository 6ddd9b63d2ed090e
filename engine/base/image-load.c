/* Decoding: libpng for PNG, the loaders of gdk-pixbuf for everything else. */
#include "base/image.h"

#include <glib/gi18n.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "base/jpeg.h"

static PhImage *
fail (const char *name, const char *reason, GError **error)
{
  g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID, _ ("“%s” cannot be opened as a picture: %s"),
               name, reason);
  return NULL;
}

static gboolean
size_is_possible (guint64 width, guint64 height)
{
  return width > 0 && height > 0 && width <= PH_IMAGE_MAX_PIXELS && height <= PH_IMAGE_MAX_PIXELS &&
         width * height <= PH_IMAGE_MAX_PIXELS;
}

static PhImage *
fail_size (const char *name, guint64 width, guint64 height, GError **error)
{
  g_autofree char *reason = g_strdup_printf ("it has %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
                                             " pixels, at most %d million are possible",
                                             width, height, PH_IMAGE_MAX_PIXELS / 1000000);

  return fail (name, reason, error);
}

/* One pixel with opacity @alpha over white. */
static inline float
over_white (float value, float alpha)
{
  return value * alpha + (1.0f - alpha);
}

typedef struct
{
  const guint8 *data;
  gsize size, at;
  png_structp png;
  png_infop info;
  guint8 *pixels;  /* owned */
  png_bytep *rows; /* owned, into pixels */
  gboolean keeps;  /* an opacity, instead of laying the picture over white */
  char reason[128];
} PngReader;

static void
png_reader_read (png_structp png, png_bytep to, png_size_t n)
{
  PngReader *reader = png_get_io_ptr (png);

  if (n > reader->size - reader->at)
    png_error (png, "it ends too early");
  memcpy (to, reader->data + reader->at, n);
  reader->at += n;
}

static void
png_reader_on_error (png_structp png, png_const_charp message)
{
  PngReader *reader = png_get_error_ptr (png);

  g_strlcpy (reader->reason, message, sizeof reader->reason);
  longjmp (png_jmpbuf (png), 1);
}

static void
png_reader_on_warning (png_structp png, png_const_charp message)
{
}

/* libpng allocates what a chunk says it is long before it looks how much there is. */
static gboolean
chunks_fit (const guint8 *data, gsize size)
{
  for (gsize at = 8; at < size;)
    {
      if (size - at < 12)
        return FALSE;

      gsize length = (gsize)data[at] << 24 | data[at + 1] << 16 | data[at + 2] << 8 | data[at + 3];

      if (length > size - at - 12)
        return FALSE;
      if (memcmp (data + at + 4, "IEND", 4) == 0)
        return TRUE;
      at += 12 + length;
    }
  return FALSE;
}

/* Everything that may jump, kept apart from the variables that must survive the jump. */
static gboolean
png_reader_header (PngReader *reader, guint *width, guint *height)
{
  if (setjmp (png_jmpbuf (reader->png)))
    return FALSE;
  png_set_read_fn (reader->png, reader, png_reader_read);
  png_set_user_limits (reader->png, 0x7fffffff, 0x7fffffff);
  png_set_chunk_malloc_max (reader->png, 16 * 1024 * 1024);
  png_read_info (reader->png, reader->info);
  *width = png_get_image_width (reader->png, reader->info);
  *height = png_get_image_height (reader->png, reader->info);
  png_set_expand (reader->png);
  png_set_gray_to_rgb (reader->png);
  png_set_interlace_handling (reader->png);
  png_read_update_info (reader->png, reader->info);
  return TRUE;
}

static gboolean
png_reader_pixels (PngReader *reader)
{
  if (setjmp (png_jmpbuf (reader->png)))
    return FALSE;
  png_read_image (reader->png, reader->rows);
  return TRUE;
}

static void
png_reader_convert (const PngReader *reader, gsize channels, gsize depth, PhImage *image)
{
  gsize plane = (gsize)image->height * image->width;
  float largest = depth == 16 ? 65535.0f : 255.0f;

  for (guint y = 0; y < image->height; y++)
    for (guint x = 0; x < image->width; x++)
      {
        const guint8 *from = reader->rows[y] + x * channels * (depth / 8);
        float v[4] = { 0, 0, 0, 1 };

        for (gsize c = 0; c < MIN (channels, 4); c++)
          v[c] = (depth == 16 ? (float)(from[2 * c] << 8 | from[2 * c + 1]) : (float)from[c]) /
                 largest;
        for (guint c = 0; c < image->channels; c++)
          image->data[c * plane + (gsize)y * image->width + x] =
              image->channels == 4 ? v[c] : over_white (v[c], v[3]);
      }
}

static PhImage *
load_png (PngReader *reader, const char *name, GError **error)
{
  guint width = 0, height = 0;

  if (!png_reader_header (reader, &width, &height))
    return fail (name, reader->reason, error);
  if (!size_is_possible (width, height))
    return fail_size (name, width, height, error);

  gsize channels = png_get_channels (reader->png, reader->info);
  gsize depth = png_get_bit_depth (reader->png, reader->info);
  gsize stride = png_get_rowbytes (reader->png, reader->info);
  g_autoptr (PhImage) image =
      ph_image_new (reader->keeps && channels == 4 ? 4 : 3, height, width, error);

  if (image == NULL)
    return NULL;
  reader->pixels = g_try_malloc0 (stride * height);
  reader->rows = g_try_new (png_bytep, height);
  if (reader->pixels == NULL || reader->rows == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY, _ ("There is no memory to open “%s”"),
                   name);
      return NULL;
    }
  for (guint y = 0; y < height; y++)
    reader->rows[y] = reader->pixels + y * stride;
  if (!png_reader_pixels (reader))
    return fail (name, reader->reason, error);
  png_reader_convert (reader, channels, depth, image);
  return g_steal_pointer (&image);
}

typedef struct
{
  int width, height;
} PixbufSize;

static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer data)
{
  PixbufSize *size = data;

  size->width = width;
  size->height = height;
  /* Makes loaders give up before they allocate what will be refused. */
  if (!size_is_possible ((guint64)MAX (width, 0), (guint64)MAX (height, 0)))
    gdk_pixbuf_loader_set_size (loader, 0, 0);
}

static PhImage *
convert_pixbuf (GdkPixbuf *pixbuf, GError **error)
{
  guint width = (guint)gdk_pixbuf_get_width (pixbuf);
  guint height = (guint)gdk_pixbuf_get_height (pixbuf);
  guint channels = (guint)gdk_pixbuf_get_n_channels (pixbuf);
  gsize stride = (gsize)gdk_pixbuf_get_rowstride (pixbuf);
  const guint8 *pixels = gdk_pixbuf_read_pixels (pixbuf);
  PhImage *image = ph_image_new (3, height, width, error);

  if (image == NULL)
    return NULL;

  gsize plane = (gsize)height * width;

  for (guint y = 0; y < height; y++)
    for (guint x = 0; x < width; x++)
      {
        const guint8 *from = pixels + y * stride + x * channels;
        float alpha = channels == 4 ? (float)from[3] / 255.0f : 1.0f;

        for (guint c = 0; c < 3; c++)
          image->data[c * plane + (gsize)y * width + x] =
              over_white ((float)from[c] / 255.0f, alpha);
      }
  return image;
}

static PhImage *
load_pixbuf (const guint8 *data, gsize size, const char *name, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  g_autoptr (GError) problem = NULL;
  PixbufSize extent = { 1, 1 };
  gboolean alright = TRUE;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &extent);
  for (gsize at = 0; alright && at < size; at += 65536)
    {
      alright = gdk_pixbuf_loader_write (loader, data + at, MIN (65536, size - at), &problem);
      if (!size_is_possible ((guint64)MAX (extent.width, 0), (guint64)MAX (extent.height, 0)))
        break;
    }

  /* The loader insists on being closed; a failed write has closed it already. */
  if (alright)
    alright = gdk_pixbuf_loader_close (loader, &problem);
  if (!size_is_possible ((guint64)MAX (extent.width, 0), (guint64)MAX (extent.height, 0)))
    return fail_size (name, (guint64)MAX (extent.width, 0), (guint64)MAX (extent.height, 0), error);
  if (!alright)
    return fail (name, problem->message, error);

  GdkPixbuf *pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);

  if (pixbuf == NULL)
    return fail (name, "it holds no picture", error);

  g_autoptr (GdkPixbuf) upright = gdk_pixbuf_apply_embedded_orientation (pixbuf);

  return convert_pixbuf (upright, error);
}

static PhImage *
load_bytes (GBytes *bytes, const char *name, gboolean keeps, GError **error)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size == 0)
    return fail (name, "the file is empty", error);
  if (size < 8 || png_sig_cmp (data, 0, 8) != 0)
    return load_pixbuf (data, size, name, error);

  if (!chunks_fit (data, size))
    return fail (name, "it ends too early", error);

  PngReader reader = { .data = data, .size = size, .keeps = keeps };

  reader.png = png_create_read_struct (PNG_LIBPNG_VER_STRING, &reader, png_reader_on_error,
                                       png_reader_on_warning);
  reader.info = png_create_info_struct (reader.png);

  PhImage *image = load_png (&reader, name, error);

  png_destroy_read_struct (&reader.png, &reader.info, NULL);
  g_free (reader.pixels);
  g_free (reader.rows);
  return image;
}

PhImage *
ph_image_load_bytes (GBytes *bytes, const char *name, GError **error)
{
  return load_bytes (bytes, name, FALSE, error);
}

PhImage *
ph_image_load_bytes_at_least (GBytes *bytes, const char *name, guint least, GError **error)
{
  PhImage *image = ph_jpeg_load (bytes, least);

  return image != NULL ? image : ph_image_load_bytes (bytes, name, error);
}

static PhImage *
load (const char *path, gboolean keeps, GError **error)
{
  g_autofree char *name = g_filename_display_basename (path);
  g_autofree char *content = NULL;
  gsize size = 0;

  if (!g_file_get_contents (path, &content, &size, error))
    return NULL;

  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&content), size);

  return load_bytes (bytes, name, keeps, error);
}

PhImage *
ph_image_load (const char *path, GError **error)
{
  return load (path, FALSE, error);
}

PhImage *
ph_image_load_with_opacity (const char *path, GError **error)
{
  return load (path, TRUE, error);
}
