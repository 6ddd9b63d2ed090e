/* What those hear and do who watch a run. */
#include <math.h>

#include "tiny-ascent.h"

typedef struct
{
  GCancellable *cancellable;
  guint cancel_at, stop_at, n_waits;
  guint n_values, n_frames, n_maps, last_frame_step;
  double fraction;
} Watch;

static void
on_value (guint step, double value, gpointer data)
{
  Watch *watch = data;

  watch->n_values++;
  g_assert_cmpuint (step, ==, watch->n_values);
  g_assert_true (isfinite (value));
  if (step == watch->cancel_at)
    g_cancellable_cancel (watch->cancellable);
}

static gboolean
on_should_stop (gpointer data)
{
  const Watch *watch = data;

  return watch->stop_at > 0 && watch->n_values >= watch->stop_at;
}

static void
on_wait (GCancellable *cancellable, gpointer data)
{
  ((Watch *)data)->n_waits++;
}

static gboolean
on_wants_frame (gpointer data)
{
  return ((Watch *)data)->n_values % 4 == 0;
}

static void
on_frame (PhFrame *frame, gpointer data)
{
  Watch *watch = data;

  watch->n_frames++;
  watch->n_maps += frame->map != NULL;
  watch->last_frame_step = frame->step;
  g_assert_cmpuint (frame->width, ==, 28);
  g_assert_cmpuint (frame->height, ==, 20);
}

static void
on_progress (double fraction, const char *message, gpointer data)
{
  Watch *watch = data;

  g_assert_cmpfloat (fraction, >, watch->fraction);
  watch->fraction = fraction;
}

static PhMonitor
monitor_for (Watch *watch)
{
  return (PhMonitor){ on_progress,    on_wants_frame, on_frame, on_value,
                      on_should_stop, on_wait,        watch };
}

static void
test_monitor (void)
{
  g_autoptr (PhAscent) ascent = ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=12", NULL);
  Watch watch = { 0 };
  PhMonitor monitor = monitor_for (&watch);
  g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, &monitor, NULL, NULL);

  g_assert_nonnull (result);
  g_assert_cmpuint (watch.n_values, ==, 12);
  g_assert_cmpuint (watch.n_waits, ==, 12);
  g_assert_cmpuint (watch.n_frames, ==, 3);
  g_assert_cmpuint (watch.last_frame_step, ==, 12);
  g_assert_cmpfloat (watch.fraction, ==, 1);
  g_assert_false (result->stopped);
}

/* What the frames of a neuron say of its channel: the neuron itself is in its place, and the mean
 * of all is the channel's. Somebody looking on changes nothing. */
static void
test_map (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (PhAscent) neuron =
      ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "conv2:4:2,5", "steps=8", NULL);
  g_autoptr (PhAscent) channel = ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "conv2:4", "steps=8", NULL);
  g_autoptr (PhAscentResult) unseen = ph_tiny_ascent_run ("conv2:4:2,5", "steps=8");
  g_autoptr (PhFrame) before = ph_ascent_dup_frame (neuron, 0);
  Watch watch = { 0 };
  PhMonitor monitor = monitor_for (&watch);
  g_autoptr (PhAscentResult) seen = ph_ascent_run (neuron, &monitor, NULL, &error);
  gsize bytes = sizeof (float) * ph_image_n_values (seen->image);
  double mean = 0, sum = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (watch.n_maps, ==, 2);
  g_assert_cmpmem (seen->image->data, bytes, unseen->image->data, bytes);

  g_autoptr (PhFrame) frame = ph_ascent_dup_frame (neuron, seen->objective);
  const float *map = g_bytes_get_data (frame->map, NULL);

  g_assert_null (before->map);
  g_assert_cmpuint (frame->map_rows, ==, 10);
  g_assert_cmpuint (frame->map_columns, ==, 14);
  g_assert_cmpfloat_with_epsilon (map[2 * 14 + 5], seen->objective, 1e-5);

  ph_ascent_set_start (channel, seen->image, &error);
  g_assert_no_error (error);
  ph_ascent_measure (channel, &mean, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 10 * 14; i++)
    sum += map[i] / (10 * 14);
  /* A picture turned into waves and back is not the same to the last digit. */
  g_assert_cmpfloat_with_epsilon (mean, sum, 1e-3);

  g_autoptr (PhFrame) without = ph_ascent_dup_frame (channel, mean);

  g_assert_null (without->map);
}

static void
test_cancel_at_every_step (void)
{
  for (guint at = 0; at <= 6; at++)
    {
      g_autoptr (PhAscent) ascent =
          ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=6", NULL);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      Watch watch = { .cancellable = cancellable, .cancel_at = at };
      PhMonitor monitor = monitor_for (&watch);

      if (at == 0)
        g_cancellable_cancel (cancellable);

      g_autoptr (PhAscentResult) result = ph_ascent_run (ascent, &monitor, cancellable, &error);

      g_assert_null (result);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (watch.n_values, ==, at);
    }
}

static void
test_stop_keeps_the_picture (void)
{
  g_autoptr (PhAscent) ascent =
      ph_tiny_ascent_new (PH_TINY_ANY_SIZE, "relu2:4", "steps=30;rate-pace=1", NULL);
  Watch watch = { .stop_at = 5 };
  PhMonitor monitor = monitor_for (&watch);
  g_autoptr (PhAscentResult) part = ph_ascent_run (ascent, &monitor, NULL, NULL);
  g_autoptr (PhAscentResult) same = ph_tiny_ascent_run ("relu2:4", "steps=5;rate-pace=1");
  gsize bytes = sizeof (float) * ph_image_n_values (part->image);

  g_assert_true (part->stopped);
  g_assert_cmpuint (part->n_steps, ==, 5);
  g_assert_cmpmem (part->image->data, bytes, same->image->data, bytes);

  /* It goes on where it stood. */
  g_autoptr (PhAscentResult) rest = ph_ascent_run (ascent, NULL, NULL, NULL);
  g_autoptr (PhAscentResult) whole = ph_tiny_ascent_run ("relu2:4", "steps=30;rate-pace=1");

  g_assert_false (rest->stopped);
  g_assert_cmpuint (rest->n_steps, ==, 30);
  g_assert_cmpmem (rest->image->data, bytes, whole->image->data, bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ascent-watched/monitor", test_monitor);
  g_test_add_func ("/ascent-watched/map", test_map);
  g_test_add_func ("/ascent-watched/cancel-at-every-step", test_cancel_at_every_step);
  g_test_add_func ("/ascent-watched/stop-keeps-the-picture", test_stop_keeps_the_picture);
  return g_test_run ();
}
