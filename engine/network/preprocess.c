#include "network/model.h"

#include <math.h>
#include <string.h>

/* Where picture channel c of the network's input lies, and how far apart its pixels are. */
static void
channel_place (const PhPreprocess *p, guint c, gsize plane, gsize *offset, gsize *stride)
{
  guint to = p->bgr && p->channels >= 3 && c < 3 ? 2 - c : c;

  *offset = p->nhwc ? to : to * plane;
  *stride = p->nhwc ? p->channels : 1;
}

void
ph_preprocess_apply (const PhPreprocess *preprocess, guint n, guint height, guint width,
                     const float *image, float *x)
{
  gsize plane = (gsize)height * width, item = plane * preprocess->channels;

  for (guint i = 0; i < n; i++)
    for (guint c = 0; c < preprocess->channels; c++)
      {
        const float *from = image + i * item + c * plane;
        float factor = preprocess->scale / preprocess->std[c];
        float shift = -preprocess->mean[c] / preprocess->std[c];
        gsize offset, stride;

        channel_place (preprocess, c, plane, &offset, &stride);
        for (gsize j = 0; j < plane; j++)
          x[i * item + offset + j * stride] = from[j] * factor + shift;
      }
}

guint
ph_preprocess_shorter_side (const PhPreprocess *preprocess)
{
  guint side = MIN (preprocess->height, preprocess->width);

  return (guint)MAX (side, round (side * 8.0 / 7 / 32) * 32);
}

PhImage *
ph_preprocess_fit (const PhPreprocess *preprocess, const PhImage *image, gboolean whole,
                   GError **error)
{
  double side = MIN (preprocess->height, preprocess->width);
  g_autoptr (PhImage) fitted =
      ph_image_fit (image, preprocess->height, preprocess->width,
                    whole ? 1 : side / ph_preprocess_shorter_side (preprocess), error);

  if (fitted == NULL || fitted->channels == preprocess->channels)
    return g_steal_pointer (&fitted);
  return ph_image_to_channels (fitted, preprocess->channels, error);
}

char *
ph_preprocess_dup_text (const PhPreprocess *p)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%u %u %u %d %d %a", p->channels, p->height, p->width, p->bgr, p->nhwc,
                   (double)p->scale);
  for (guint c = 0; c < p->channels; c++)
    g_string_append_printf (text, " %a %a", (double)p->mean[c], (double)p->std[c]);
  return g_string_free (text, FALSE);
}

void
ph_preprocess_adjoint (const PhPreprocess *preprocess, guint n, guint height, guint width,
                       const float *dx, float *d_image)
{
  gsize plane = (gsize)height * width, item = plane * preprocess->channels;

  for (guint i = 0; i < n; i++)
    for (guint c = 0; c < preprocess->channels; c++)
      {
        float *to = d_image + i * item + c * plane;
        float factor = preprocess->scale / preprocess->std[c];
        gsize offset, stride;

        channel_place (preprocess, c, plane, &offset, &stride);
        for (gsize j = 0; j < plane; j++)
          to[j] = dx[i * item + offset + j * stride] * factor;
      }
}
