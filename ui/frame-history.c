#include "frame-history.h"

#include <math.h>

#define LEAST 4

struct _PhFrameHistory
{
  GPtrArray *frames; /* owned, of owned PhFrame */
  guint most;
  gsize bytes;
  guint apart; /* steps that kept frames are apart at least */
};

static void
frame_unref (gpointer frame)
{
  ph_frame_unref (frame);
}

PhFrameHistory *
ph_frame_history_new (guint most, gsize bytes)
{
  PhFrameHistory *history = g_new0 (PhFrameHistory, 1);

  history->frames = g_ptr_array_new_with_free_func (frame_unref);
  history->most = MAX (most, LEAST);
  history->bytes = bytes;
  return history;
}

void
ph_frame_history_free (PhFrameHistory *history)
{
  g_ptr_array_unref (history->frames);
  g_free (history);
}

void
ph_frame_history_clear (PhFrameHistory *history)
{
  g_ptr_array_set_size (history->frames, 0);
  history->apart = 0;
}

static gboolean
is_too_large (PhFrameHistory *history)
{
  guint n = history->frames->len;

  if (n > history->most)
    return TRUE;
  if (n <= LEAST)
    return FALSE;
  return g_bytes_get_size (ph_frame_history_get (history, n - 1)->pixels) > history->bytes / n;
}

/* Every second frame goes; the first and the newest stay. */
static void
thin (PhFrameHistory *history)
{
  guint n = history->frames->len, kept = 1;
  guint newest = ph_frame_history_get (history, n - 1)->step;

  history->apart = MAX (2 * history->apart, 2 * newest / n);
  for (guint i = 2; i < n; i += 2, kept++)
    {
      gpointer frame = history->frames->pdata[i];

      history->frames->pdata[i] = history->frames->pdata[kept];
      history->frames->pdata[kept] = frame;
    }
  if (n % 2 == 0)
    {
      gpointer frame = history->frames->pdata[n - 1];

      history->frames->pdata[n - 1] = history->frames->pdata[kept];
      history->frames->pdata[kept++] = frame;
    }
  g_ptr_array_set_size (history->frames, (int)kept);
}

void
ph_frame_history_add (PhFrameHistory *history, PhFrame *frame)
{
  guint n = history->frames->len;

  if (n > 0 && ph_frame_history_get (history, n - 1)->step > frame->step)
    return;
  /* The newest frame is provisional: it stays only when it is far enough from the one before. */
  if (n > 0 && ph_frame_history_get (history, n - 1)->step == frame->step)
    g_ptr_array_set_size (history->frames, (int)n - 1);
  else if (n > 1 && ph_frame_history_get (history, n - 1)->step -
                            ph_frame_history_get (history, n - 2)->step <
                        history->apart)
    g_ptr_array_set_size (history->frames, (int)n - 1);
  g_ptr_array_add (history->frames, ph_frame_ref (frame));
  while (is_too_large (history))
    thin (history);
}

guint
ph_frame_history_get_n_frames (PhFrameHistory *history)
{
  return history->frames->len;
}

PhFrame *
ph_frame_history_get (PhFrameHistory *history, guint i)
{
  g_return_val_if_fail (i < history->frames->len, NULL);

  return g_ptr_array_index (history->frames, i);
}

int
ph_frame_history_find (PhFrameHistory *history, double step)
{
  int best = -1;

  for (guint i = 0; i < history->frames->len; i++)
    if (best < 0 || fabs (ph_frame_history_get (history, i)->step - step) <
                        fabs (ph_frame_history_get (history, (guint)best)->step - step))
      best = (int)i;
  return best;
}
