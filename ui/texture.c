#include "texture.h"

#include <string.h>

/* Each pixel of @pixels (w × h) becomes a square of @factor × @factor. */
static GBytes *
enlarge (GBytes *pixels, guint w, guint h, guint factor)
{
  const guint8 *in = g_bytes_get_data (pixels, NULL);
  gsize row = (gsize)3 * w * factor;
  guint8 *out = g_malloc (row * h * factor);

  for (guint y = 0; y < h; y++)
    {
      guint8 *first = out + row * factor * y;

      for (guint x = 0; x < w; x++)
        for (guint k = 0; k < factor; k++)
          memcpy (first + 3 * ((gsize)x * factor + k), in + 3 * ((gsize)y * w + x), 3);
      for (guint k = 1; k < factor; k++)
        memcpy (first + row * k, first, row);
    }
  return g_bytes_new_take (out, row * h * factor);
}

GdkTexture *
ph_texture_new_for_frame (PhFrame *frame, guint least)
{
  guint shorter = MIN (frame->width, frame->height);
  guint factor = shorter >= least || shorter == 0 ? 1 : (least + shorter - 1) / shorter;

  if (factor == 1)
    return gdk_memory_texture_new ((int)frame->width, (int)frame->height, GDK_MEMORY_R8G8B8,
                                   frame->pixels, (gsize)3 * frame->width);

  g_autoptr (GBytes) large = enlarge (frame->pixels, frame->width, frame->height, factor);

  return gdk_memory_texture_new ((int)(frame->width * factor), (int)(frame->height * factor),
                                 GDK_MEMORY_R8G8B8, large, (gsize)3 * frame->width * factor);
}
