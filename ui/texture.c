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

#define SQUARE 8 /* pixels of the board that shows through transparent pictures */

/* The picture over a board of light and dark grey. */
static GBytes *
lay_over_board (PhFrame *frame)
{
  const guint8 *rgb = g_bytes_get_data (frame->pixels, NULL);
  const guint8 *alpha = g_bytes_get_data (frame->alpha, NULL);
  gsize n = (gsize)frame->width * frame->height;
  guint8 *out = g_malloc (3 * n);

  for (gsize i = 0; i < n; i++)
    {
      gsize square = i / frame->width / SQUARE + i % frame->width / SQUARE;
      guint board = square % 2 == 0 ? 0x99 : 0x66;

      for (guint c = 0; c < 3; c++)
        out[3 * i + c] = (guint8)((rgb[3 * i + c] * alpha[i] + board * (255u - alpha[i])) / 255);
    }
  return g_bytes_new_take (out, 3 * n);
}

GdkTexture *
ph_texture_new_for_frame (PhFrame *frame, guint least)
{
  g_autoptr (GBytes) pixels =
      frame->alpha != NULL ? lay_over_board (frame) : g_bytes_ref (frame->pixels);
  guint shorter = MIN (frame->width, frame->height);
  guint factor = shorter >= least || shorter == 0 ? 1 : (least + shorter - 1) / shorter;

  if (factor == 1)
    return gdk_memory_texture_new ((int)frame->width, (int)frame->height, GDK_MEMORY_R8G8B8, pixels,
                                   (gsize)3 * frame->width);

  g_autoptr (GBytes) large = enlarge (pixels, frame->width, frame->height, factor);

  return gdk_memory_texture_new ((int)(frame->width * factor), (int)(frame->height * factor),
                                 GDK_MEMORY_R8G8B8, large, (gsize)3 * frame->width * factor);
}
