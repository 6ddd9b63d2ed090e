#include "base/frame.h"

G_DEFINE_BOXED_TYPE (PhFrame, ph_frame, ph_frame_ref, ph_frame_unref)

PhFrame *
ph_frame_new (GBytes *pixels, guint width, guint height, guint step, double objective)
{
  g_return_val_if_fail (g_bytes_get_size (pixels) == (gsize)3 * width * height, NULL);

  PhFrame *frame = g_new0 (PhFrame, 1);

  frame->pixels = g_bytes_ref (pixels);
  frame->width = width;
  frame->height = height;
  frame->step = step;
  frame->objective = objective;
  g_atomic_ref_count_init (&frame->refs);
  return frame;
}

void
ph_frame_take_map (PhFrame *frame, float *map, guint rows, guint columns)
{
  g_return_if_fail (frame->map == NULL);

  frame->map = g_bytes_new_take (map, sizeof *map * rows * columns);
  frame->map_rows = rows;
  frame->map_columns = columns;
}

void
ph_frame_set_alpha (PhFrame *frame, GBytes *alpha)
{
  g_return_if_fail (g_bytes_get_size (alpha) == (gsize)frame->width * frame->height);
  g_return_if_fail (frame->alpha == NULL);

  frame->alpha = g_bytes_ref (alpha);
}

PhFrame *
ph_frame_ref (PhFrame *frame)
{
  g_atomic_ref_count_inc (&frame->refs);
  return frame;
}

void
ph_frame_unref (PhFrame *frame)
{
  if (!g_atomic_ref_count_dec (&frame->refs))
    return;
  g_bytes_unref (frame->pixels);
  g_clear_pointer (&frame->map, g_bytes_unref);
  g_clear_pointer (&frame->alpha, g_bytes_unref);
  g_free (frame);
}
