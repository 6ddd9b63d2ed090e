#include "vis/tiles.h"

#include <math.h>
#include <string.h>

/* Of one axis: how far the first middle begins before the picture, and how many are needed. A
 * picture that fits into one middle with room to spare stays in one. */
static void
place (guint picture, guint middle, double shift, int *begin, guint *n)
{
  guint room = picture + middle / 8 <= middle ? middle - picture : middle - 1;
  guint before = (guint)floor (shift * (room + 1));

  *begin = -(int)before;
  *n = (picture + before + middle - 1) / middle;
}

void
ph_tiles_place (PhTiles *tiles, guint picture_height, guint picture_width, double shift_y,
                double shift_x)
{
  g_return_if_fail (2 * tiles->margin < tiles->height && 2 * tiles->margin < tiles->width);

  place (picture_height, tiles->height - 2 * tiles->margin, shift_y, &tiles->top, &tiles->rows);
  place (picture_width, tiles->width - 2 * tiles->margin, shift_x, &tiles->left, &tiles->columns);
}

/* Mirrored without doubling the edge, as often as needed. */
static guint
mirror (int at, guint n)
{
  int period = 2 * ((int)n - 1);

  if (n == 1)
    return 0;
  at %= period;
  if (at < 0)
    at += period;
  return at < (int)n ? (guint)at : (guint)(period - at);
}

static void
find_corner (const PhTiles *tiles, guint i, int *top, int *left)
{
  guint row = i / tiles->columns, column = i % tiles->columns;

  *top = tiles->top + (int)(row * (tiles->height - 2 * tiles->margin)) - (int)tiles->margin;
  *left = tiles->left + (int)(column * (tiles->width - 2 * tiles->margin)) - (int)tiles->margin;
}

void
ph_tiles_read (const PhTiles *tiles, guint i, const PhImage *image, float *to)
{
  g_autofree guint *columns = g_new (guint, tiles->width);
  int top, left;

  find_corner (tiles, i, &top, &left);
  for (guint x = 0; x < tiles->width; x++)
    columns[x] = mirror (left + (int)x, image->width);
  for (guint c = 0; c < image->channels; c++)
    for (guint y = 0; y < tiles->height; y++)
      {
        gsize row = (gsize)c * image->height + mirror (top + (int)y, image->height);

        for (guint x = 0; x < tiles->width; x++)
          *to++ = image->data[row * image->width + columns[x]];
      }
}

void
ph_tiles_write (const PhTiles *tiles, guint i, const float *from, PhImage *image)
{
  int top, left;

  find_corner (tiles, i, &top, &left);

  int begin = MAX (left + (int)tiles->margin, 0);
  int end = MIN (left + (int)(tiles->width - tiles->margin), (int)image->width);

  if (begin >= end)
    return;
  for (guint c = 0; c < image->channels; c++)
    for (guint y = tiles->margin; y < tiles->height - tiles->margin; y++)
      {
        int row = top + (int)y;

        if (row < 0 || row >= (int)image->height)
          continue;
        memcpy (image->data + ((gsize)c * image->height + (gsize)row) * image->width + begin,
                from + ((gsize)c * tiles->height + y) * tiles->width + (begin - left),
                sizeof (float) * (gsize)(end - begin));
      }
}
