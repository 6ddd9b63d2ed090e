#include "base/jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

typedef struct
{
  struct jpeg_error_mgr base;
  jmp_buf jump;
} JpegProblem;

static void
on_error (j_common_ptr jpeg)
{
  longjmp (((JpegProblem *)jpeg->err)->jump, 1);
}

static void
on_message (j_common_ptr jpeg, int level)
{
  /* A warning (level -1) means damaged data, which others judge. */
  if (level < 0)
    on_error (jpeg);
}

static guint
get_number (const guint8 *at, guint n, gboolean little)
{
  guint value = 0;

  for (guint i = 0; i < n; i++)
    value |= (guint)at[i] << 8 * (little ? i : n - 1 - i);
  return value;
}

/* Whether an APP1 marker holds an EXIF orientation other than upright. */
static gboolean
is_turned (const guint8 *data, gsize n)
{
  if (n < 14 || memcmp (data, "Exif\0\0", 6) != 0)
    return FALSE;
  data += 6;
  n -= 6;

  gboolean little = data[0] == 'I';
  gsize at = get_number (data + 4, 4, little);

  if (at + 2 > n || at > n)
    return FALSE;

  guint entries = get_number (data + at, 2, little);

  for (at += 2; entries > 0 && at + 12 <= n; entries--, at += 12)
    if (get_number (data + at, 2, little) == 0x0112)
      return get_number (data + at + 8, 2, little) != 1;
  return FALSE;
}

static gboolean
is_plain (const struct jpeg_decompress_struct *jpeg)
{
  if (jpeg->jpeg_color_space != JCS_YCbCr && jpeg->jpeg_color_space != JCS_GRAYSCALE)
    return FALSE;
  if (jpeg->image_width == 0 || jpeg->image_height == 0 ||
      (guint64)jpeg->image_width * jpeg->image_height > PH_IMAGE_MAX_PIXELS)
    return FALSE;
  for (jpeg_saved_marker_ptr marker = jpeg->marker_list; marker != NULL; marker = marker->next)
    if (is_turned (marker->data, marker->data_length))
      return FALSE;
  return TRUE;
}

/* Everything that may jump, kept apart from the variables that must survive the jump. */
static gboolean
read_header (struct jpeg_decompress_struct *jpeg, const guint8 *data, gsize size, guint least)
{
  if (setjmp (((JpegProblem *)jpeg->err)->jump))
    return FALSE;
  jpeg_create_decompress (jpeg);
  jpeg_mem_src (jpeg, data, (unsigned long)size);
  jpeg_save_markers (jpeg, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header (jpeg, TRUE);
  if (!is_plain (jpeg))
    return FALSE;
  jpeg->out_color_space = JCS_RGB;
  jpeg->scale_num = 8;
  jpeg->scale_denom = 8;
  while (least > 0 && jpeg->scale_num > 1 &&
         MIN (jpeg->image_width, jpeg->image_height) * (jpeg->scale_num / 2) >= least * 8)
    jpeg->scale_num /= 2;
  jpeg_start_decompress (jpeg);
  return TRUE;
}

static gboolean
read_rows (struct jpeg_decompress_struct *jpeg, guint8 *row, PhImage *image)
{
  gsize plane = (gsize)image->height * image->width;

  if (setjmp (((JpegProblem *)jpeg->err)->jump))
    return FALSE;
  while (jpeg->output_scanline < jpeg->output_height)
    {
      float *to = image->data + (gsize)jpeg->output_scanline * image->width;

      jpeg_read_scanlines (jpeg, &row, 1);
      for (guint x = 0; x < image->width; x++)
        {
          to[x] = (float)row[3 * x] / 255.0f;
          to[plane + x] = (float)row[3 * x + 1] / 255.0f;
          to[2 * plane + x] = (float)row[3 * x + 2] / 255.0f;
        }
    }
  jpeg_finish_decompress (jpeg);
  return TRUE;
}

PhImage *
ph_jpeg_load (GBytes *bytes, guint least)
{
  struct jpeg_decompress_struct jpeg = { 0 };
  JpegProblem problem;
  g_autoptr (PhImage) image = NULL;
  g_autofree guint8 *row = NULL;
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gboolean good;

  if (size < 4 || data[0] != 0xff || data[1] != 0xd8 || data[2] != 0xff)
    return NULL;
  jpeg.err = jpeg_std_error (&problem.base);
  problem.base.error_exit = on_error;
  problem.base.emit_message = on_message;
  good = read_header (&jpeg, data, size, least);
  if (good)
    {
      image = ph_image_new (3, jpeg.output_height, jpeg.output_width, NULL);
      row = g_try_malloc (3 * (gsize)jpeg.output_width);
      good = image != NULL && row != NULL && read_rows (&jpeg, row, image);
    }
  jpeg_destroy_decompress (&jpeg);
  return good ? g_steal_pointer (&image) : NULL;
}
