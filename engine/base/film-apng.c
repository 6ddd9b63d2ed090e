/* Films as PNG: the chunks acTL, fcTL and fdAT of the PNG specification, third edition. libpng
 * compresses each picture as a file of its own, and its compressed data are put together here. */
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "base/film-private.h"
#include "base/png.h"

typedef struct
{
  png_structp png; /* writes chunks with their sums */
  GByteArray *bytes;
  guint32 sequence; /* of fcTL and fdAT together */
} Writer;

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
put_32 (guint8 *to, guint32 number)
{
  number = GUINT32_TO_BE (number);
  memcpy (to, &number, 4);
}

static void
put_16 (guint8 *to, guint number)
{
  to[0] = (guint8)(number >> 8);
  to[1] = (guint8)number;
}

static guint32
get_32 (const guint8 *from)
{
  guint32 number;

  memcpy (&number, from, 4);
  return GUINT32_FROM_BE (number);
}

static void
write_control (Writer *writer, const PhFilmShot *shot)
{
  guint8 body[26] = { 0 };

  put_32 (body, writer->sequence++);
  put_32 (body + 4, shot->frame->width);
  put_32 (body + 8, shot->frame->height);
  put_16 (body + 20, MIN (shot->delay, 65535));
  put_16 (body + 22, 100);
  /* Offset 0, 0; neither disposal nor blending: each picture covers all. */
  png_write_chunk (writer->png, (png_const_bytep) "fcTL", body, sizeof body);
}

static void
write_data (Writer *writer, const guint8 *data, gsize size)
{
  g_autofree guint8 *body = g_malloc (size + 4);

  put_32 (body, writer->sequence++);
  memcpy (body + 4, data, size);
  png_write_chunk (writer->png, (png_const_bytep) "fdAT", body, size + 4);
}

/* The compressed pixels of a PNG that libpng has just written. */
static void
write_shot (Writer *writer, const PhFilmShot *shot, GBytes *still)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (still, &size);

  write_control (writer, shot);
  for (gsize at = 8; at < size; at += 12 + get_32 (data + at))
    if (memcmp (data + at + 4, "IDAT", 4) == 0)
      write_data (writer, data + at + 8, get_32 (data + at));
}

/* What stands for the film where films are unknown: all chunks of it, with the control of the film
 * before the pixels. It is no part of the film, which has no control of its own before them. */
static void
write_still (Writer *writer, GBytes *still, guint n)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (still, &size);
  guint8 control[8] = { 0 };
  gboolean begun = FALSE;

  put_32 (control, n);
  png_write_sig (writer->png);
  for (gsize at = 8; at < size; at += 12 + get_32 (data + at))
    {
      const guint8 *type = data + at + 4;

      if (memcmp (type, "IEND", 4) == 0)
        continue;
      if (memcmp (type, "IDAT", 4) == 0 && !begun)
        {
          png_write_chunk (writer->png, (png_const_bytep) "acTL", control, sizeof control);
          begun = TRUE;
        }
      png_write_chunk (writer->png, type, data + at + 8, get_32 (data + at));
    }
}

static GBytes *
encode (const PhFrame *frame, const char *recipe, GError **error)
{
  return ph_png_encode (g_bytes_get_data (frame->pixels, NULL), 3, frame->width, frame->height,
                        recipe, error);
}

static gboolean
write_all (Writer *writer, const PhFilmShot *shots, guint n, PhFrame *last, const char *recipe,
           GError **error)
{
  g_autoptr (GBytes) still = encode (last, recipe, error);

  if (still == NULL)
    return FALSE;
  write_still (writer, still, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GBytes) picture = encode (shots[i].frame, NULL, error);

      if (picture == NULL)
        return FALSE;
      write_shot (writer, &shots[i], picture);
    }
  png_write_chunk (writer->png, (png_const_bytep) "IEND", NULL, 0);
  return TRUE;
}

GBytes *
ph_film_encode_apng (const PhFilmShot *shots, guint n, PhFrame *last, const char *recipe,
                     GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Writer writer = { .png = png_create_write_struct (PNG_LIBPNG_VER_STRING, NULL, on_error, NULL),
                    .bytes = bytes };
  gboolean written;

  png_set_write_fn (writer.png, bytes, on_write, on_flush);
  /* libpng only complains about chunks of 2 GB, which no picture here can have. */
  if (setjmp (png_jmpbuf (writer.png)))
    g_assert_not_reached ();
  written = write_all (&writer, shots, n, last, recipe, error);
  png_destroy_write_struct (&writer.png, NULL);
  return written ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}
