#include "base/image-rows.h"

#include <string.h>

static void
place (PhImage *sheet, const PhImage *image, guint top, guint left)
{
  const gsize plane = (gsize)image->height * image->width;

  for (guint c = 0; c < 3; c++)
    for (guint y = 0; y < image->height; y++)
      memcpy (sheet->data + ((gsize)c * sheet->height + top + y) * sheet->width + left,
              image->data + (image->channels >= 3 ? c * plane : 0) + (gsize)y * image->width,
              image->width * sizeof (float));
}

PhImage *
ph_image_rows (GPtrArray *const *rows, guint n_rows, guint gap, GError **error)
{
  guint n_columns = 0, height = 0, width = 0;
  PhImage *sheet;

  for (guint i = 0; i < n_rows; i++)
    {
      n_columns = MAX (n_columns, rows[i]->len);
      for (guint j = 0; j < rows[i]->len; j++)
        {
          const PhImage *image = rows[i]->pdata[j];

          g_return_val_if_fail (height == 0 || (image->height == height && image->width == width),
                                NULL);
          height = image->height;
          width = image->width;
        }
    }
  sheet = ph_image_new (3, n_rows * height + (MAX (n_rows, 1) - 1) * gap,
                        n_columns * width + (MAX (n_columns, 1) - 1) * gap, error);
  if (sheet == NULL)
    return NULL;
  for (gsize i = 0; i < ph_image_n_values (sheet); i++)
    sheet->data[i] = 1;
  for (guint i = 0; i < n_rows; i++)
    for (guint j = 0; j < rows[i]->len; j++)
      place (sheet, rows[i]->pdata[j], i * (height + gap), j * (width + gap));
  return sheet;
}
