#include "base/image.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <math.h>
#include <png.h>
#include <string.h>

#include "base/png.h"

static PhImage *
make_image (guint channels, guint height, guint width, const float *values)
{
  g_autoptr (GError) error = NULL;
  PhImage *image = ph_image_new (channels, height, width, &error);

  g_assert_no_error (error);
  memcpy (image->data, values, sizeof (float) * ph_image_n_values (image));
  return image;
}

static void
assert_values (const PhImage *image, const float *expected, float tolerance)
{
  for (gsize i = 0; i < ph_image_n_values (image); i++)
    if (!(fabsf (image->data[i] - expected[i]) <= tolerance))
      g_error ("value %" G_GSIZE_FORMAT ": expected %g, got %g", i, expected[i], image->data[i]);
}

static void
test_pack (void)
{
  g_autoptr (PhImage) image = make_image (3, 1, 2, (float[]){ 0.0f, 1.0f, 0.5f, -3.0f, 2.0f, NAN });
  g_autoptr (GBytes) pixels = ph_image_pack (image);

  g_assert_cmpmem (g_bytes_get_data (pixels, NULL), g_bytes_get_size (pixels),
                   ((guint8[]){ 0, 128, 255, 255, 0, 0 }), 6);

  g_autoptr (PhImage) grey = make_image (1, 2, 1, (float[]){ 0.2f, 0.4f });
  g_autoptr (PhFrame) frame = ph_image_to_frame (grey, 7, 1.5);

  g_assert_cmpuint (frame->width, ==, 1);
  g_assert_cmpuint (frame->height, ==, 2);
  g_assert_cmpuint (frame->step, ==, 7);
  g_assert_cmpmem (g_bytes_get_data (frame->pixels, NULL), 6,
                   ((guint8[]){ 51, 51, 51, 102, 102, 102 }), 6);
}

static void
test_resize_by_hand (void)
{
  g_autoptr (PhImage) image = make_image (1, 1, 4, (float[]){ 0, 1, 0, 1 });

  /* Halving: the triangle is 4 wide, weights 1/8 3/8 3/8 1/8 inside, cut and rescaled outside. */
  g_autoptr (PhImage) half = ph_image_resize (image, 1, 2, NULL);

  assert_values (half, (float[]){ 3.0f / 7, 4.0f / 7 }, 1e-6f);

  /* Doubling: bilinear with the corners of the pixels aligned. */
  g_autoptr (PhImage) column = make_image (1, 2, 1, (float[]){ 0, 1 });
  g_autoptr (PhImage) twice = ph_image_resize (column, 4, 1, NULL);

  assert_values (twice, (float[]){ 0, 0.25f, 0.75f, 1 }, 1e-6f);
}

static void
test_resize_keeps_constants (void)
{
  const guint sizes[] = { 1, 2, 3, 7, 40, 113 };
  g_autoptr (PhImage) image = ph_image_new (3, 19, 31, NULL);

  for (gsize i = 0; i < ph_image_n_values (image); i++)
    image->data[i] = 0.375f;
  for (guint h = 0; h < G_N_ELEMENTS (sizes); h++)
    for (guint w = 0; w < G_N_ELEMENTS (sizes); w++)
      {
        g_autoptr (PhImage) other = ph_image_resize (image, sizes[h], sizes[w], NULL);

        for (gsize i = 0; i < ph_image_n_values (other); i++)
          g_assert_cmpfloat_with_epsilon (other->data[i], 0.375f, 1e-5f);
      }
}

static void
test_resize_does_not_alias (void)
{
  g_autoptr (PhImage) stripes = ph_image_new (1, 3, 64, NULL);

  for (guint i = 0; i < 3 * 64; i++)
    stripes->data[i] = i % 2 ? 1.0f : 0.0f;

  g_autoptr (PhImage) small = ph_image_resize (stripes, 3, 9, NULL);

  for (guint i = 0; i < 27; i++)
    g_assert_cmpfloat_with_epsilon (small->data[i], 0.5f, 0.05f);
}

static void
test_fit (void)
{
  g_autoptr (PhImage) wide = ph_image_new (3, 20, 50, NULL);

  /* Column number as brightness: the crop must be centred. */
  for (gsize i = 0; i < ph_image_n_values (wide); i++)
    wide->data[i] = (float)(i % 50) / 49.0f;

  g_autoptr (PhImage) whole = ph_image_fit (wide, 10, 10, 1.0, NULL);

  g_assert_cmpuint (whole->height, ==, 10);
  g_assert_cmpuint (whole->width, ==, 10);
  g_assert_cmpfloat_with_epsilon (whole->data[0] + whole->data[9], 1.0f, 0.05f);
  g_assert_cmpfloat_with_epsilon (whole->data[9] - whole->data[0], 18.0f / 49, 0.05f);

  g_autoptr (PhImage) part = ph_image_fit (wide, 7, 8, 0.5, NULL);

  g_assert_cmpuint (part->height, ==, 7);
  g_assert_cmpuint (part->width, ==, 8);
  g_assert_cmpfloat_with_epsilon (part->data[7] - part->data[0], 8.75f / 49, 0.05f);

  /* A strip far longer than wide. */
  g_autoptr (PhImage) strip = ph_image_new (3, 2, 4000, NULL);
  g_autoptr (PhImage) middle = ph_image_fit (strip, 50, 40, 224.0 / 256, NULL);

  g_assert_cmpuint (middle->height, ==, 50);
  g_assert_cmpuint (middle->width, ==, 40);
}

static void
test_channels (void)
{
  g_autoptr (PhImage) image = make_image (3, 1, 1, (float[]){ 1, 0.5f, 0 });
  g_autoptr (PhImage) grey = ph_image_to_channels (image, 1, NULL);
  g_autoptr (PhImage) back = ph_image_to_channels (grey, 3, NULL);
  g_autoptr (PhImage) opaque = ph_image_to_channels (image, 4, NULL);

  assert_values (grey, (float[]){ 0.5925f }, 1e-6f);
  assert_values (back, (float[]){ 0.5925f, 0.5925f, 0.5925f }, 1e-6f);
  assert_values (opaque, (float[]){ 1, 0.5f, 0, 1 }, 0);
}

static void
test_impossible_sizes (void)
{
  const guint sizes[][3] = { { 3, 0, 5 }, { 0, 5, 5 }, { 3, 100000, 100000 }, { 5, 4, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ph_image_new (sizes[i][0], sizes[i][1], sizes[i][2], &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
    }
}

/* PNG files of every kind, written by libpng's own simplified writer. */
static PhImage *
load_written (png_uint_32 format, guint width, guint height, const void *pixels,
              const void *colour_map, guint n_colours)
{
  png_image png = { .version = PNG_IMAGE_VERSION,
                    .width = width,
                    .height = height,
                    .format = format,
                    .colormap_entries = n_colours };
  png_alloc_size_t size = 0;

  g_assert_true (png_image_write_to_memory (&png, NULL, &size, 0, pixels, 0, colour_map));

  g_autofree guint8 *memory = g_malloc (size);

  g_assert_true (png_image_write_to_memory (&png, memory, &size, 0, pixels, 0, colour_map));

  g_autoptr (GBytes) bytes = g_bytes_new (memory, size);
  g_autoptr (GError) error = NULL;
  PhImage *image = ph_image_load_bytes (bytes, "test.png", &error);

  g_assert_no_error (error);
  return image;
}

static void
test_png_kinds (void)
{
  g_autoptr (PhImage) one = load_written (PNG_FORMAT_RGB, 1, 1, (guint8[]){ 10, 20, 30 }, NULL, 0);

  assert_values (one, (float[]){ 10 / 255.0f, 20 / 255.0f, 30 / 255.0f }, 1e-6f);

  g_autoptr (PhImage) grey = load_written (PNG_FORMAT_GRAY, 2, 1, (guint8[]){ 0, 51 }, NULL, 0);

  assert_values (grey, (float[]){ 0, 0.2f, 0, 0.2f, 0, 0.2f }, 1e-6f);

  /* A half transparent red and an invisible blue, over white. */
  g_autoptr (PhImage) alpha =
      load_written (PNG_FORMAT_RGBA, 2, 1, (guint8[]){ 255, 0, 0, 51, 0, 0, 255, 0 }, NULL, 0);

  assert_values (alpha, (float[]){ 1, 1, 0.8f, 1, 0.8f, 1 }, 1e-6f);

  /* The same where it is kept; a picture without has three channels as ever. */
  g_autofree char *folder = g_dir_make_tmp ("phosphene-image-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "alpha.png", NULL);

  g_assert_true (
      ph_png_save (path, (guint8[]){ 255, 0, 0, 51, 0, 0, 255, 0 }, 4, 2, 1, NULL, NULL));

  g_autoptr (PhImage) kept = ph_image_load_with_opacity (path, NULL);

  g_assert_cmpuint (kept->channels, ==, 4);
  assert_values (kept, (float[]){ 1, 0, 0, 0, 0, 1, 0.2f, 0 }, 1e-6f);
  g_assert_true (ph_png_save (path, (guint8[]){ 255, 0, 0, 0, 0, 255 }, 3, 2, 1, NULL, NULL));

  g_autoptr (PhImage) opaque = ph_image_load_with_opacity (path, NULL);

  g_assert_cmpuint (opaque->channels, ==, 3);
  g_unlink (path);
  g_rmdir (folder);

  g_autoptr (PhImage) palette = load_written (PNG_FORMAT_RGB_COLORMAP, 3, 1, (guint8[]){ 1, 0, 1 },
                                              (guint8[]){ 0, 0, 0, 255, 102, 51 }, 2);

  assert_values (palette, (float[]){ 1, 0, 1, 0.4f, 0, 0.4f, 0.2f, 0, 0.2f }, 1e-6f);

  /* As stored: libpng notes a gamma of 1 in this file, which is left to the viewer. */
  g_autoptr (PhImage) deep =
      load_written (PNG_FORMAT_LINEAR_Y, 2, 1, (guint16[]){ 32768, 65535 }, NULL, 0);

  assert_values (deep, (float[]){ 0.5f, 1, 0.5f, 1, 0.5f, 1 }, 1e-4f);
}

/* The header of a PNG or BMP of absurd size must be refused before memory is taken for it. */
static void
test_bombs (void)
{
  guint8 png[] = { 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13, 'I', 'H', 'D', 'R', 0,
                   1,    0,   0,   0,   1,  0,  0,  8,  2, 0, 0, 0,  0,   0,   0,   0 };
  guint32 crc = 0xffffffff;

  for (guint i = 12; i < 29; i++)
    {
      crc ^= png[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
  crc = ~crc;
  for (guint i = 0; i < 4; i++)
    png[29 + i] = (guint8)(crc >> (24 - 8 * i));

  g_autoptr (GBytes) bytes = g_bytes_new_static (png, sizeof png);
  g_autoptr (GError) error = NULL;

  /* Pixels and an end that never get looked at. */
  guint8 whole[sizeof png + 24] = { 0 };

  memcpy (whole, png, sizeof png);
  memcpy (whole + sizeof png + 4, "IDAT", 4);
  memcpy (whole + sizeof png + 16, "IEND", 4);

  g_autoptr (GBytes) with_data = g_bytes_new_static (whole, sizeof whole);

  g_assert_null (ph_image_load_bytes (with_data, "bomb.png", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "65536 × 65536"));
  g_clear_error (&error);
  g_assert_null (ph_image_load_bytes (bytes, "cut.png", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_clear_error (&error);

  g_autofree char *pnm = g_strdup ("P6 60000 60000 255\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  g_autoptr (GBytes) pnm_bytes = g_bytes_new (pnm, strlen (pnm));

  g_assert_null (ph_image_load_bytes (pnm_bytes, "bomb.pnm", &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

static void
test_no_picture (void)
{
  const char *contents[] = { "", "hello", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0 broken" };
  const gsize sizes[] = { 0, 5, 8, 11 };

  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (contents[i], sizes[i]);
      g_autoptr (GError) error = NULL;

      g_assert_null (ph_image_load_bytes (bytes, "letter.txt", &error));
      g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
      g_assert_nonnull (strstr (error->message, "letter.txt"));
    }

  g_autoptr (GError) error = NULL;

  g_assert_null (ph_image_load ("/nonexistent/picture.png", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

/* A JPEG lying on its side, with the EXIF tag that says so, comes out upright. */
static void
test_orientation (void)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, 32, 16);
  g_autofree char *jpeg = NULL;
  gsize size = 0;

  /* Left half black, right half white. */
  gdk_pixbuf_fill (pixbuf, 0x000000ff);
  for (int y = 0; y < 16; y++)
    memset (gdk_pixbuf_get_pixels (pixbuf) + y * gdk_pixbuf_get_rowstride (pixbuf) + 48, 255, 48);
  if (!gdk_pixbuf_save_to_buffer (pixbuf, &jpeg, &size, "jpeg", NULL, "quality", "95", NULL))
    {
      g_test_skip ("gdk-pixbuf cannot write JPEG here");
      return;
    }

  /* Orientation 6: the picture's right side is the top row's end, turn it clockwise. */
  static const guint8 exif[] = { 0xff, 0xe1, 0, 34, 'E', 'x', 'i', 'f', 0, 0,    'M', 'M',
                                 0,    42,   0, 0,  0,   8,   0,   1,   1, 0x12, 0,   3,
                                 0,    0,    0, 1,  0,   6,   0,   0,   0, 0,    0,   0 };
  g_autoptr (GByteArray) with_tag = g_byte_array_new ();

  g_byte_array_append (with_tag, (const guint8 *)jpeg, 2);
  g_byte_array_append (with_tag, exif, sizeof exif);
  g_byte_array_append (with_tag, (const guint8 *)jpeg + 2, (guint)size - 2);

  g_autoptr (GBytes) bytes = g_bytes_new (with_tag->data, with_tag->len);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) image = ph_image_load_bytes (bytes, "turned.jpg", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (image->width, ==, 16);
  g_assert_cmpuint (image->height, ==, 32);
  g_assert_cmpfloat (image->data[8], <, 0.1f);
  g_assert_cmpfloat (image->data[31 * 16 + 8], >, 0.9f);
}

static void
test_photographs (void)
{
  const char *shared = g_getenv ("PHOSPHENE_SHARED");
  g_autofree char *folder =
      g_build_filename (shared != NULL ? shared : "", "data", "imagenet-sample", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  if (shared == NULL || dir == NULL)
    {
      g_test_skip ("PHOSPHENE_SHARED holds no photographs");
      return;
    }
  for (guint i = 0; i < 4; i++)
    {
      const char *name = g_dir_read_name (dir);

      if (name == NULL || !g_str_has_suffix (name, "JPEG"))
        continue;

      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (PhImage) image = ph_image_load (path, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (image->channels, ==, 3);

      g_autoptr (PhImage) fitted = ph_image_fit (image, 224, 200, 224.0 / 256, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (fitted->width, ==, 200);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image/pack", test_pack);
  g_test_add_func ("/image/resize-by-hand", test_resize_by_hand);
  g_test_add_func ("/image/resize-keeps-constants", test_resize_keeps_constants);
  g_test_add_func ("/image/resize-does-not-alias", test_resize_does_not_alias);
  g_test_add_func ("/image/fit", test_fit);
  g_test_add_func ("/image/channels", test_channels);
  g_test_add_func ("/image/impossible-sizes", test_impossible_sizes);
  g_test_add_func ("/image/png-kinds", test_png_kinds);
  g_test_add_func ("/image/bombs", test_bombs);
  g_test_add_func ("/image/no-picture", test_no_picture);
  g_test_add_func ("/image/orientation", test_orientation);
  g_test_add_func ("/image/photographs", test_photographs);
  return g_test_run ();
}
