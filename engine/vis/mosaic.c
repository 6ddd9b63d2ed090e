#include "vis/mosaic.h"

#include <math.h>
#include <string.h>

#define GAP 4 /* pixels between two pictures, white or clear */

guint
ph_mosaic_get_columns (guint n)
{
  return n <= 4 ? n : (guint)ceil (sqrt ((double)n));
}

PhImage *
ph_mosaic_new (guint n, guint channels, guint height, guint width, GError **error)
{
  guint columns = ph_mosaic_get_columns (n), rows = (n + columns - 1) / columns;
  PhImage *mosaic = ph_image_new (channels, rows * height + (rows - 1) * GAP,
                                  columns * width + (columns - 1) * GAP, error);
  gsize colours = channels % 2 == 0 ? channels - 1 : channels;

  /* An opacity, the last of 2 or 4 channels, is 0 in the gaps. */
  for (gsize i = 0; mosaic != NULL && i < colours * mosaic->height * mosaic->width; i++)
    mosaic->data[i] = 1;
  return mosaic;
}

void
ph_mosaic_put (PhImage *mosaic, guint n, guint i, guint channels, guint height, guint width,
               const float *picture, const float *more)
{
  guint columns = ph_mosaic_get_columns (n);
  gsize top = (gsize)(i / columns) * (height + GAP), left = (gsize)(i % columns) * (width + GAP);

  for (gsize c = 0; c < mosaic->channels; c++)
    {
      const float *from = c < channels ? picture + c * height * width : more;

      for (gsize row = 0; from != NULL && row < height; row++)
        memcpy (mosaic->data + (c * mosaic->height + top + row) * mosaic->width + left,
                from + row * width, sizeof (float) * width);
    }
}
