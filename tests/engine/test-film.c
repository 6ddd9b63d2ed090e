/* Films, taken apart again: PNG by libpng and by hand, GIF by gdk-pixbuf. */
#include "base/film.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>

#include "base/image.h"
#include "base/png.h"
#include "base/rng.h"

/* Neither square nor a multiple of anything. */
enum
{
  WIDTH = 23,
  HEIGHT = 17,
};

static PhFrame *
make_frame (guint step, guint n_colours)
{
  PhRng rng;
  guint8 *pixels = g_malloc (3 * WIDTH * HEIGHT);

  ph_rng_init (&rng, step + 1, 0);
  for (guint i = 0; i < WIDTH * HEIGHT; i++)
    {
      guint colour = (guint)(ph_rng_uniform (&rng, 0, n_colours));

      pixels[3 * i] = (guint8)(colour * 40);
      pixels[3 * i + 1] = (guint8)(255 - colour * 3);
      pixels[3 * i + 2] = (guint8)(colour * colour);
    }

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 3 * WIDTH * HEIGHT);

  return ph_frame_new (bytes, WIDTH, HEIGHT, step, 0);
}

static GPtrArray *
make_frames (guint n, guint n_colours)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (frames, make_frame (i, n_colours));
  return frames;
}

static GBytes *
encode (GPtrArray *frames, PhFilmFormat format, gboolean bounce, const char *recipe)
{
  PhFilmSettings settings;
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  ph_settings_init (ph_film_settings, &settings);
  settings.format = format;
  settings.bounce = bounce;
  settings.rate = 25;
  settings.hold = 1.5;
  bytes = ph_film_encode (frames, &settings, recipe, &error);
  g_assert_no_error (error);
  return bytes;
}

static guint
get_32 (const guint8 *p)
{
  return (guint)p[0] << 24 | (guint)p[1] << 16 | (guint)p[2] << 8 | p[3];
}

/* As the PNG specification writes it, a bit at a time. */
static guint
checksum (const guint8 *data, gsize n)
{
  guint sum = 0xffffffff;

  for (gsize i = 0; i < n; i++)
    {
      sum ^= data[i];
      for (guint bit = 0; bit < 8; bit++)
        sum = sum & 1 ? 0xedb88320 ^ sum >> 1 : sum >> 1;
    }
  return ~sum;
}

static void
add_chunk (GByteArray *png, const char *type, const guint8 *body, guint n)
{
  guint8 number[4] = { (guint8)(n >> 24), (guint8)(n >> 16), (guint8)(n >> 8), (guint8)n };
  guint start = png->len, sum;

  g_byte_array_append (png, number, 4);
  g_byte_array_append (png, (const guint8 *)type, 4);
  if (n > 0)
    g_byte_array_append (png, body, n);
  sum = checksum (png->data + start + 4, n + 4);
  for (guint i = 0; i < 4; i++)
    number[i] = (guint8)(sum >> (24 - 8 * i));
  g_byte_array_append (png, number, 4);
}

static void
assert_pixels (GBytes *png, const PhFrame *frame)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) image = ph_image_load_bytes (png, "frame", &error);

  g_assert_no_error (error);

  g_autoptr (GBytes) pixels = ph_image_pack (image);

  g_assert_true (g_bytes_equal (pixels, frame->pixels));
}

/* One picture of the film as a file of its own, which libpng opens. */
static void
check_frame (const guint8 *header, GByteArray *data, const PhFrame *frame)
{
  static const guint8 signature[8] = { 137, 'P', 'N', 'G', 13, 10, 26, 10 };
  g_autoptr (GByteArray) png = g_byte_array_new ();

  g_byte_array_append (png, signature, 8);
  add_chunk (png, "IHDR", header, 13);
  add_chunk (png, "IDAT", data->data, data->len);
  add_chunk (png, "IEND", NULL, 0);

  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&png));

  assert_pixels (bytes, frame);
}

static void
test_apng (void)
{
  g_autoptr (GPtrArray) frames = make_frames (4, 200);
  g_autoptr (GBytes) film = encode (frames, PH_FILM_APNG, TRUE, "phosphene recipe 1\n");
  const guint order[] = { 0, 1, 2, 3, 2, 1 };
  gsize size;
  const guint8 *data = g_bytes_get_data (film, &size);
  const guint8 *header = NULL;
  g_autoptr (GByteArray) packed = g_byte_array_new ();
  guint n_controls = 0, sequence = 0, n_checked = 0;
  gboolean ended = FALSE, announced = FALSE;

  /* Who knows no films sees the last picture. */
  assert_pixels (film, frames->pdata[3]);
  for (gsize at = 8; at < size; at += 12 + get_32 (data + at))
    {
      guint n = get_32 (data + at);
      const guint8 *type = data + at + 4, *body = data + at + 8;

      g_assert_cmpuint (at + 12 + n, <=, size);
      g_assert_cmphex (checksum (type, n + 4), ==, get_32 (body + n));
      if (memcmp (type, "IHDR", 4) == 0)
        header = body;
      if (memcmp (type, "acTL", 4) == 0)
        {
          g_assert_cmpuint (get_32 (body), ==, G_N_ELEMENTS (order));
          g_assert_cmpuint (get_32 (body + 4), ==, 0);
          announced = TRUE;
        }
      /* The picture that stands for the film is not part of it. */
      if (memcmp (type, "IDAT", 4) == 0)
        g_assert_true (announced && n_controls == 0);
      if ((memcmp (type, "fcTL", 4) == 0 || memcmp (type, "IEND", 4) == 0) && packed->len > 0)
        {
          check_frame (header, packed, frames->pdata[order[n_checked++]]);
          g_byte_array_set_size (packed, 0);
        }
      if (memcmp (type, "fcTL", 4) == 0)
        {
          guint held = order[n_controls++] == 3 ? 150 : 0;

          g_assert_cmpuint (n, ==, 26);
          g_assert_cmpuint (get_32 (body), ==, sequence++);
          g_assert_cmpuint (get_32 (body + 4), ==, WIDTH);
          g_assert_cmpuint (get_32 (body + 8), ==, HEIGHT);
          g_assert_cmpuint (body[20] << 8 | body[21], ==, 4 + held);
          g_assert_cmpuint (body[22] << 8 | body[23], ==, 100);
        }
      if (memcmp (type, "fdAT", 4) == 0)
        {
          g_assert_cmpuint (get_32 (body), ==, sequence++);
          g_byte_array_append (packed, body + 4, n - 4);
        }
      ended = memcmp (type, "IEND", 4) == 0;
    }
  g_assert_true (ended);
  g_assert_cmpuint (n_checked, ==, G_N_ELEMENTS (order));
}

static void
test_recipe (void)
{
  g_autoptr (GPtrArray) frames = make_frames (2, 20);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-film-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "film.png", NULL);
  g_autoptr (GError) error = NULL;
  PhFilmSettings settings;

  ph_settings_init (ph_film_settings, &settings);
  g_assert_true (ph_film_save (path, frames, &settings, "phosphene recipe 1\n", &error));
  g_assert_no_error (error);

  g_autofree char *recipe = ph_png_load_recipe (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (recipe, ==, "phosphene recipe 1\n");
  g_assert_cmpint (remove (path), ==, 0);
  g_assert_false (ph_film_save (folder, frames, &settings, NULL, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR);
  g_assert_cmpint (remove (folder), ==, 0);
}

/* In a GIF it is a comment, which may need many blocks; what is cut off is no recipe. */
static void
test_gif_recipe (void)
{
  g_autoptr (GPtrArray) frames = make_frames (3, 20);
  g_autofree char *folder = g_dir_make_tmp ("phosphene-film-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "film.gif", NULL);
  const gsize lengths[] = { 1, 254, 255, 256, 5000 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree char *text = g_strnfill (lengths[i], 'p');
      g_autoptr (GBytes) film = encode (frames, PH_FILM_GIF, FALSE, text);
      g_autofree char *back = NULL;
      gsize size;
      const char *data = g_bytes_get_data (film, &size);

      g_assert_true (g_file_set_contents (path, data, (gssize)size, &error));
      back = ph_film_load_recipe (path, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (back, ==, text);
      for (gsize cut = 2; i == 2 && cut < size; cut += 1 + cut / 16)
        {
          g_autofree char *none = NULL;

          g_assert_true (g_file_set_contents (path, data, (gssize)(size - cut), &error));
          none = ph_film_load_recipe (path, NULL);
          g_assert_true (none == NULL || g_str_has_prefix (text, none));
        }
    }

  g_autoptr (GBytes) film = encode (frames, PH_FILM_GIF, FALSE, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (film, NULL),
                                      (gssize)g_bytes_get_size (film), &error));
  g_assert_null (ph_film_load_recipe (path, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_cmpint (remove (path), ==, 0);
  g_assert_cmpint (remove (folder), ==, 0);
}

/* Largest difference of two pictures, and the mean square of that of their means over blocks of
 * four by four, where dithering evens out. */
static void
compare (const GdkPixbuf *pixbuf, const PhFrame *frame, int *most, double *blocks)
{
  const guint8 *a = gdk_pixbuf_read_pixels (pixbuf);
  const guint8 *b = g_bytes_get_data (frame->pixels, NULL);
  gsize stride = (gsize)gdk_pixbuf_get_rowstride (pixbuf);
  gsize n = (gsize)gdk_pixbuf_get_n_channels (pixbuf);
  guint n_blocks = 0;

  *most = 0;
  *blocks = 0;
  for (gsize y = 0; y + 4 <= frame->height; y += 4)
    for (gsize x = 0; x + 4 <= frame->width; x += 4)
      for (gsize c = 0; c < 3; c++, n_blocks++)
        {
          double sum = 0;

          for (gsize i = 0; i < 16; i++)
            {
              gsize row = y + i / 4, column = x + i % 4;
              int difference =
                  (int)a[row * stride + column * n + c] - b[3 * (row * frame->width + column) + c];

              *most = MAX (*most, ABS (difference));
              sum += difference / 16.0;
            }
          *blocks += sum * sum;
        }
  *blocks /= n_blocks;
}

static GdkPixbufAnimation *
open_gif (GBytes *film)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new_with_type ("gif", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (loader);
  gdk_pixbuf_loader_write_bytes (loader, film, &error);
  g_assert_no_error (error);
  gdk_pixbuf_loader_close (loader, &error);
  g_assert_no_error (error);
  return g_object_ref (gdk_pixbuf_loader_get_animation (loader));
}

G_GNUC_BEGIN_IGNORE_DEPRECATIONS /* GTimeVal is what gdk-pixbuf takes */

    /* Few colours come back as they were; each picture stays as long as it should. */
    static void
    test_gif (void)
{
  g_autoptr (GPtrArray) frames = make_frames (3, 100);
  g_autoptr (GBytes) film = encode (frames, PH_FILM_GIF, FALSE, NULL);
  g_autoptr (GdkPixbufAnimation) animation = open_gif (film);
  GTimeVal time = { 0, 1 };
  g_autoptr (GdkPixbufAnimationIter) iter = gdk_pixbuf_animation_get_iter (animation, &time);

  g_assert_cmpint (gdk_pixbuf_animation_get_width (animation), ==, WIDTH);
  g_assert_cmpint (gdk_pixbuf_animation_get_height (animation), ==, HEIGHT);
  for (guint i = 0; i < 4; i++)
    {
      int most, delay = gdk_pixbuf_animation_iter_get_delay_time (iter);
      double blocks;

      compare (gdk_pixbuf_animation_iter_get_pixbuf (iter), frames->pdata[i % 3], &most, &blocks);
      /* A box may hold two neighbours of 100 colours when they share their leading five bits. */
      g_assert_cmpint (most, <=, 8);
      g_assert_cmpint (delay, ==, i == 2 ? 1540 : 40);
      g_time_val_add (&time, 1000 * delay);
      gdk_pixbuf_animation_iter_advance (iter, &time);
    }
}

G_GNUC_END_IGNORE_DEPRECATIONS

/* A smooth picture of far more than 256 colours: the dither keeps the mean of small blocks. */
static void
test_gif_dithers (void)
{
  enum
  {
    SIDE = 96
  };
  guint8 *pixels = g_malloc (3 * SIDE * SIDE);
  g_autoptr (GPtrArray) frames = g_ptr_array_new_with_free_func ((GDestroyNotify)ph_frame_unref);
  int most;
  double blocks;

  for (guint i = 0; i < SIDE * SIDE; i++)
    {
      guint x = i % SIDE, y = i / SIDE;

      pixels[3 * i] = (guint8)(x * 255 / (SIDE - 1));
      pixels[3 * i + 1] = (guint8)(y * 255 / (SIDE - 1));
      pixels[3 * i + 2] = (guint8)((x + y) * 255 / (2 * SIDE - 2));
    }

  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 3 * SIDE * SIDE);

  g_ptr_array_add (frames, ph_frame_new (bytes, SIDE, SIDE, 0, 0));

  g_autoptr (GBytes) film = encode (frames, PH_FILM_GIF, FALSE, NULL);
  g_autoptr (GdkPixbufAnimation) animation = open_gif (film);

  compare (gdk_pixbuf_animation_get_static_image (animation), frames->pdata[0], &most, &blocks);
  g_assert_cmpint (most, <, 40);
  g_assert_cmpfloat (blocks, <, 9);
}

static void
test_strip (void)
{
  g_autoptr (GPtrArray) frames = make_frames (13, 200);
  g_autoptr (GBytes) film = encode (frames, PH_FILM_STRIP, TRUE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhImage) image = ph_image_load_bytes (film, "strip", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (image->width % WIDTH, ==, 0);
  g_assert_cmpuint (image->height % HEIGHT, ==, 0);

  guint columns = image->width / WIDTH;

  for (guint i = 0; i < frames->len; i++)
    {
      const PhFrame *frame = frames->pdata[i];
      g_autoptr (PhImage) part =
          ph_image_crop (image, i / columns * HEIGHT, i % columns * WIDTH, HEIGHT, WIDTH, &error);
      g_autoptr (GBytes) pixels = ph_image_pack (part);

      g_assert_true (g_bytes_equal (pixels, frame->pixels));
    }
}

static void
test_unlike (void)
{
  g_autoptr (GPtrArray) frames = make_frames (2, 10);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abcdef", 6);
  g_autoptr (GError) error = NULL;
  PhFilmSettings settings;

  ph_settings_init (ph_film_settings, &settings);
  g_ptr_array_add (frames, ph_frame_new (bytes, 2, 1, 0, 0));
  g_assert_null (ph_film_encode (frames, &settings, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
  g_assert_nonnull (strstr (error->message, "picture 2 is 2 × 1"));
  g_clear_error (&error);
  g_ptr_array_set_size (frames, 0);
  g_assert_null (ph_film_encode (frames, &settings, NULL, &error));
  g_assert_error (error, PH_ERROR, PH_ERROR_DATA_INVALID);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/film/apng", test_apng);
  g_test_add_func ("/film/recipe", test_recipe);
  g_test_add_func ("/film/gif-recipe", test_gif_recipe);
  g_test_add_func ("/film/gif", test_gif);
  g_test_add_func ("/film/gif-dithers", test_gif_dithers);
  g_test_add_func ("/film/strip", test_strip);
  g_test_add_func ("/film/unlike", test_unlike);
  return g_test_run ();
}
