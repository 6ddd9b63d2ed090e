#include "base/image.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "base/tensor.h"

PhImage *
ph_image_new (guint channels, guint height, guint width, GError **error)
{
  if (channels == 0 || height == 0 || width == 0 || (guint64)height * width > PH_IMAGE_MAX_PIXELS ||
      channels > 4)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_DATA_INVALID,
                   _ ("A picture of %u × %u pixels with %u channels is not possible; it needs at "
                      "least one and at most %d million pixels"),
                   width, height, channels, PH_IMAGE_MAX_PIXELS / 1000000);
      return NULL;
    }

  float *data = ph_aligned_alloc (sizeof (float) * channels * height * width);

  if (data == NULL)
    {
      g_set_error (error, PH_ERROR, PH_ERROR_NO_MEMORY,
                   _ ("There is no memory for a picture of %u × %u pixels"), width, height);
      return NULL;
    }

  PhImage *image = g_new (PhImage, 1);

  *image = (PhImage){ channels, height, width, data };
  return image;
}

PhImage *
ph_image_new_from_pixels (const guint8 *pixels, guint height, guint width, GError **error)
{
  PhImage *image = ph_image_new (3, height, width, error);

  if (image == NULL)
    return NULL;

  gsize plane = (gsize)height * width;

  for (gsize i = 0; i < plane; i++)
    for (guint c = 0; c < 3; c++)
      image->data[c * plane + i] = (float)pixels[3 * i + c] / 255.0f;
  return image;
}

PhImage *
ph_image_copy (const PhImage *image, GError **error)
{
  PhImage *copy = ph_image_new (image->channels, image->height, image->width, error);

  if (copy != NULL)
    memcpy (copy->data, image->data, sizeof (float) * ph_image_n_values (image));
  return copy;
}

void
ph_image_free (PhImage *image)
{
  if (image == NULL)
    return;
  ph_aligned_free (image->data);
  g_free (image);
}

gsize
ph_image_n_values (const PhImage *image)
{
  return (gsize)image->channels * image->height * image->width;
}

/* The weights of one output coordinate: inputs first … first + count - 1. */
typedef struct
{
  guint first, count;
  gsize at; /* of its weights in the table */
} Tap;

/* Weights of the triangle filter from @in to @out pixels; out[] has @out entries. */
static GArray *
triangle_weights (guint in, guint out, Tap *taps)
{
  GArray *weights = g_array_new (FALSE, FALSE, sizeof (float));
  double ratio = (double)in / out;
  double radius = MAX (ratio, 1.0);

  for (guint o = 0; o < out; o++)
    {
      double centre = (o + 0.5) * ratio;
      guint first = (guint)MAX (0.0, floor (centre - radius + 0.5));
      guint end = (guint)MIN ((double)in, floor (centre + radius + 0.5));
      double sum = 0;

      taps[o] = (Tap){ first, end - first, weights->len };
      for (guint i = first; i < end; i++)
        sum += MAX (0.0, 1.0 - fabs (i + 0.5 - centre) / radius);
      for (guint i = first; i < end; i++)
        {
          float weight = (float)(MAX (0.0, 1.0 - fabs (i + 0.5 - centre) / radius) / sum);

          g_array_append_val (weights, weight);
        }
    }
  return weights;
}

PhImage *
ph_image_resize (const PhImage *image, guint height, guint width, GError **error)
{
  if (image->height == height && image->width == width)
    return ph_image_copy (image, error);

  g_autoptr (PhImage) narrow = ph_image_new (image->channels, image->height, width, error);
  g_autoptr (PhImage) result = ph_image_new (image->channels, height, width, error);

  if (narrow == NULL || result == NULL)
    return NULL;

  g_autofree Tap *columns = g_new (Tap, width);
  g_autofree Tap *rows = g_new (Tap, height);
  g_autoptr (GArray) column_weights = triangle_weights (image->width, width, columns);
  g_autoptr (GArray) row_weights = triangle_weights (image->height, height, rows);

  for (gsize r = 0; r < (gsize)image->channels * image->height; r++)
    {
      const float *from = image->data + r * image->width;
      float *to = narrow->data + r * width;

      for (guint x = 0; x < width; x++)
        {
          const float *weights = (const float *)column_weights->data + columns[x].at;
          float sum = 0;

          for (guint i = 0; i < columns[x].count; i++)
            sum += weights[i] * from[columns[x].first + i];
          to[x] = sum;
        }
    }

  for (guint c = 0; c < image->channels; c++)
    for (guint y = 0; y < height; y++)
      {
        const float *weights = (const float *)row_weights->data + rows[y].at;
        float *to = result->data + ((gsize)c * height + y) * width;

        for (guint i = 0; i < rows[y].count; i++)
          {
            const float *from =
                narrow->data + ((gsize)c * image->height + rows[y].first + i) * width;

            for (guint x = 0; x < width; x++)
              to[x] += weights[i] * from[x];
          }
      }
  return g_steal_pointer (&result);
}

PhImage *
ph_image_crop (const PhImage *image, guint top, guint left, guint height, guint width,
               GError **error)
{
  g_return_val_if_fail (top + height <= image->height && left + width <= image->width, NULL);

  PhImage *result = ph_image_new (image->channels, height, width, error);

  if (result == NULL)
    return NULL;
  for (guint c = 0; c < image->channels; c++)
    for (guint y = 0; y < height; y++)
      memcpy (result->data + ((gsize)c * height + y) * width,
              image->data + ((gsize)c * image->height + top + y) * image->width + left,
              sizeof (float) * width);
  return result;
}

PhImage *
ph_image_fit (const PhImage *image, guint height, guint width, double margin, GError **error)
{
  g_return_val_if_fail (margin > 0 && margin <= 1, NULL);

  double scale = MAX ((double)height / image->height, (double)width / image->width) / margin;
  double tall = MAX (round (image->height * scale), height);
  double wide = MAX (round (image->width * scale), width);

  /* A strip many times longer than wide need not be enlarged as a whole: cut it first. */
  g_autoptr (PhImage) strip = NULL;
  guint keep_h = (guint)MIN (image->height, ceil (2 * height / scale) + 2);
  guint keep_w = (guint)MIN (image->width, ceil (2 * width / scale) + 2);

  if (keep_h < image->height / 4 || keep_w < image->width / 4)
    {
      strip = ph_image_crop (image, (image->height - keep_h) / 2, (image->width - keep_w) / 2,
                             keep_h, keep_w, error);
      if (strip == NULL)
        return NULL;
      tall = MAX (round (keep_h * scale), height);
      wide = MAX (round (keep_w * scale), width);
    }

  g_autoptr (PhImage) resized =
      ph_image_resize (strip != NULL ? strip : image, (guint)tall, (guint)wide, error);

  if (resized == NULL)
    return NULL;
  return ph_image_crop (resized, (resized->height - height) / 2, (resized->width - width) / 2,
                        height, width, error);
}

PhImage *
ph_image_to_channels (const PhImage *image, guint channels, GError **error)
{
  if (image->channels == channels)
    return ph_image_copy (image, error);

  PhImage *result = ph_image_new (channels, image->height, image->width, error);

  if (result == NULL)
    return NULL;

  gsize plane = (gsize)image->height * image->width;
  const float *from = image->data;

  if (channels <= 2)
    {
      for (gsize i = 0; i < plane && image->channels >= 3; i++)
        result->data[i] =
            0.299f * from[i] + 0.587f * from[plane + i] + 0.114f * from[2 * plane + i];
      if (image->channels < 3)
        memcpy (result->data, from, sizeof (float) * plane);
    }
  else
    for (guint c = 0; c < 3; c++)
      memcpy (result->data + c * plane, image->channels >= 3 ? from + c * plane : from,
              sizeof (float) * plane);
  if (channels % 2 == 0)
    for (gsize i = 0; i < plane; i++)
      result->data[(channels - 1) * plane + i] = 1.0f;
  return result;
}

/* The comparison is false for a value that is no number. */
static inline guint8
to_byte (float value)
{
  return (guint8)(MIN (value > 0.0f ? value : 0.0f, 1.0f) * 255.0f + 0.5f);
}

GBytes *
ph_image_pack (const PhImage *image)
{
  gsize plane = (gsize)image->height * image->width;
  guint8 *pixels = g_malloc (3 * plane);

  for (guint c = 0; c < 3; c++)
    {
      const float *from = image->data + (image->channels >= 3 ? c * plane : 0);

      for (gsize i = 0; i < plane; i++)
        pixels[3 * i + c] = to_byte (from[i]);
    }
  return g_bytes_new_take (pixels, 3 * plane);
}

GBytes *
ph_image_pack_alpha (const PhImage *image)
{
  gsize plane = (gsize)image->height * image->width;
  const float *from = image->data + (image->channels - 1) * plane;
  guint8 *alpha;

  if (image->channels % 2 != 0)
    return NULL;
  alpha = g_malloc (plane);
  for (gsize i = 0; i < plane; i++)
    alpha[i] = to_byte (from[i]);
  return g_bytes_new_take (alpha, plane);
}

PhFrame *
ph_image_to_frame (const PhImage *image, guint step, double objective)
{
  g_autoptr (GBytes) pixels = ph_image_pack (image);
  g_autoptr (GBytes) alpha = ph_image_pack_alpha (image);
  PhFrame *frame = ph_frame_new (pixels, image->width, image->height, step, objective);

  if (alpha != NULL)
    ph_frame_set_alpha (frame, alpha);
  return frame;
}
