#include <glib.h>

#include "base/error.h"
#include "job/queue.h"

/* Runs the main loop until @job is finished. */
static void
run_to_end (PhJob *job)
{
  while (!ph_job_is_finished (job))
    g_main_context_iteration (NULL, TRUE);
}

static void
run_until_idle (PhQueue *queue)
{
  while (!ph_queue_is_idle (queue))
    g_main_context_iteration (NULL, TRUE);
}

static void
run_until (gint *flag)
{
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (!g_atomic_int_get (flag))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (200);
    }
}

#define N_POSTS 100000

static gpointer
post_many (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  static const guint8 pixels[3 * 2 * 1] = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);

  for (guint i = 1; i <= N_POSTS; i++)
    {
      g_autoptr (PhFrame) frame = ph_frame_new (bytes, 2, 1, i, i * 0.5);
      ph_monitor_frame (monitor, frame);
      ph_monitor_progress (monitor, i / (double)N_POSTS, i == N_POSTS ? "last" : "earlier");
      if (i % 100 == 0)
        ph_monitor_value (monitor, i, i * 0.5);
    }
  return g_strdup ("result");
}

static void
count (guint *n)
{
  (*n)++;
}

static void
test_coalesce (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autoptr (PhJob) job = ph_job_new ("Posts", post_many, NULL, NULL, g_free);
  guint n_frames = 0, n_finished = 0;

  g_signal_connect_swapped (job, "notify::frame", G_CALLBACK (count), &n_frames);
  g_signal_connect_swapped (job, "finished", G_CALLBACK (count), &n_finished);
  ph_queue_add (queue, job, PH_LANE_COMPUTE);
  g_usleep (50 * 1000); /* a busy main loop */
  run_to_end (job);

  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);
  g_assert_cmpuint (n_frames, >=, 1);
  g_assert_cmpuint (n_frames, <, N_POSTS / 10);
  g_assert_cmpuint (n_finished, ==, 1);
  g_assert_cmpuint (ph_job_get_frame (job)->step, ==, N_POSTS);
  g_assert_cmpfloat (ph_job_get_progress (job), ==, 1);
  g_assert_cmpstr (ph_job_get_message (job), ==, "last");
  g_assert_cmpstr (ph_job_get_result (job), ==, "result");

  /* Frames may be skipped, points of the curve may not. */
  guint n;
  const PhJobValue *values = ph_job_get_values (job, &n);
  g_assert_cmpuint (n, ==, N_POSTS / 100);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (values[i].step, ==, (i + 1) * 100);
  g_assert_true (ph_queue_is_idle (queue));
}

typedef struct
{
  gint begun, ended; /* atomic */
  gint frames_wanted;
  gint steps;
} Loop;

/* A well-behaved loop of steps of a millisecond. */
static gpointer
loop (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  Loop *state = spec;
  gboolean cancelled = FALSE;

  g_atomic_int_set (&state->begun, TRUE);
  while (!ph_monitor_should_stop (monitor) && !cancelled)
    {
      ph_monitor_wait (monitor, cancellable);
      cancelled = g_cancellable_set_error_if_cancelled (cancellable, error);
      g_usleep (1000);
      g_atomic_int_inc (&state->steps);
      if (ph_monitor_wants_frame (monitor))
        {
          static const guint8 pixels[3] = { 0 };
          g_autoptr (GBytes) bytes = g_bytes_new_static (pixels, sizeof pixels);
          g_autoptr (PhFrame) frame = ph_frame_new (bytes, 1, 1, 0, 0);
          g_atomic_int_inc (&state->frames_wanted);
          ph_monitor_frame (monitor, frame);
        }
    }
  g_atomic_int_set (&state->ended, TRUE);
  return cancelled ? NULL : GINT_TO_POINTER (TRUE);
}

static void
test_cancel (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  Loop state = { 0 };
  g_autoptr (PhJob) job = ph_job_new ("Loop", loop, &state, NULL, NULL);

  ph_queue_add (queue, job, PH_LANE_COMPUTE);
  run_until (&state.begun);
  gint64 asked = g_get_monotonic_time ();
  ph_job_cancel (job);
  run_to_end (job);
  g_assert_cmpint (g_get_monotonic_time () - asked, <, 100 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_CANCELLED);
  g_assert_error (ph_job_get_error (job), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (ph_job_get_result (job));
}

static void
test_cancel_waiting (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  Loop first = { 0 }, second = { 0 };
  g_autoptr (PhJob) job1 = ph_job_new ("First", loop, &first, NULL, NULL);
  g_autoptr (PhJob) job2 = ph_job_new ("Second", loop, &second, NULL, NULL);

  ph_queue_add (queue, job1, PH_LANE_COMPUTE);
  ph_queue_add (queue, job2, PH_LANE_COMPUTE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 2);
  run_until (&first.begun);
  ph_job_cancel (job2);
  run_to_end (job2); /* although the first one still runs */
  g_assert_cmpint (ph_job_get_state (job2), ==, PH_JOB_CANCELLED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 1);
  ph_job_stop (job1);
  run_until_idle (queue);
  g_assert_false (second.begun);
  g_assert_cmpint (ph_job_get_state (job1), ==, PH_JOB_DONE);
}

static void
test_stop_and_pause (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  Loop state = { 0 };
  g_autoptr (PhJob) job = ph_job_new ("Loop", loop, &state, NULL, NULL);

  ph_queue_add (queue, job, PH_LANE_COMPUTE);
  run_until (&state.steps);
  ph_job_set_paused (job, TRUE);
  g_usleep (50 * 1000);
  gint steps = g_atomic_int_get (&state.steps);
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&state.steps), ==, steps);

  ph_job_set_paused (job, FALSE);
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&state.steps), >, steps);

  ph_job_set_paused (job, TRUE);
  ph_job_stop (job); /* also ends the pause */
  run_to_end (job);
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);
  g_assert_nonnull (ph_job_get_result (job));
}

static void
test_frame_rate (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  Loop state = { 0 };
  g_autoptr (PhJob) job = ph_job_new ("Loop", loop, &state, NULL, NULL);

  ph_job_set_frame_interval (job, 40);
  ph_queue_add (queue, job, PH_LANE_COMPUTE);
  gint64 end = g_get_monotonic_time () + 300 * G_TIME_SPAN_MILLISECOND;
  while (g_get_monotonic_time () < end)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (500);
    }
  ph_job_cancel (job);
  run_to_end (job);
  g_assert_cmpint (state.frames_wanted, >=, 1);
  g_assert_cmpint (state.frames_wanted, <=, 10);
}

static gpointer
fail_once (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  int *runs = spec;

  if ((*runs)++ > 0)
    return GINT_TO_POINTER (TRUE);
  g_set_error (error, PH_ERROR, PH_ERROR_DIVERGED, "step %d: infinite", 7);
  return NULL;
}

static void
test_failure_and_retry (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  int runs = 0;
  g_autoptr (PhJob) job = ph_job_new ("Fails", fail_once, &runs, NULL, NULL);
  GListModel *list = G_LIST_MODEL (queue);

  ph_queue_add (queue, job, PH_LANE_COMPUTE);
  run_until_idle (queue);
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_FAILED);
  g_assert_error (ph_job_get_error (job), PH_ERROR, PH_ERROR_DIVERGED);
  g_assert_cmpstr (ph_job_get_error (job)->message, ==, "step 7: infinite");
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);

  ph_queue_retry (queue, job);
  g_assert_null (ph_job_get_error (job));
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 1);
  run_until_idle (queue);
  g_assert_cmpint (ph_job_get_state (job), ==, PH_JOB_DONE);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 0);
}

static GThread *freed_on;

static void
note_free (gpointer data)
{
  freed_on = g_thread_self ();
  g_free (data);
}

static gpointer
quick (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  return g_strdup (spec);
}

static void
test_lifetime (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();

  for (int i = 0; i < 200; i++)
    {
      PhJob *job = ph_job_new ("Quick", quick, g_strdup ("spec"), note_free, note_free);
      PhJob *watched = job;

      g_object_add_weak_pointer (G_OBJECT (job), (gpointer *)&watched);
      ph_job_set_quiet (job, TRUE);
      freed_on = NULL;
      ph_queue_add (queue, job, i % PH_N_LANES);
      if (i % 5 == 0)
        ph_job_cancel (job);
      g_object_unref (job);
      while (watched != NULL)
        g_main_context_iteration (NULL, TRUE);
      g_assert_true (freed_on == g_thread_self ());
    }
  g_assert_true (ph_queue_is_idle (queue));
}

static void
test_close_during_run (void)
{
  for (int i = 0; i < 20; i++)
    {
      PhQueue *queue = ph_queue_new ();
      Loop compute = { 0 }, background = { 0 };
      PhJob *job1 = ph_job_new ("Compute", loop, &compute, NULL, NULL);
      PhJob *job2 = ph_job_new ("Background", loop, &background, NULL, NULL);

      ph_queue_add (queue, job2, PH_LANE_BACKGROUND);
      ph_queue_add (queue, job1, PH_LANE_COMPUTE);
      g_object_unref (job1);
      g_object_unref (job2);
      if (i % 2 == 0)
        run_until (&compute.steps);
      g_object_unref (queue); /* waits for the threads */
      g_assert_cmpint (compute.begun, ==, compute.ended);
      g_assert_cmpint (background.begun, ==, background.ended);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
}

/* A gallery goes on only while no thumbnail is wanted. */
static void
test_long_yields (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  Loop thumbnail = { 0 }, gallery = { 0 };
  g_autoptr (PhJob) job1 = ph_job_new ("Thumbnail", loop, &thumbnail, NULL, NULL);
  g_autoptr (PhJob) job2 = ph_job_new ("Gallery", loop, &gallery, NULL, NULL);

  ph_queue_add (queue, job2, PH_LANE_LONG);
  run_until (&gallery.steps);
  ph_queue_add (queue, job1, PH_LANE_BACKGROUND);
  run_until (&thumbnail.steps);
  g_usleep (50 * 1000);
  gint steps = g_atomic_int_get (&gallery.steps);
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&gallery.steps), ==, steps);

  ph_job_stop (job1);
  run_to_end (job1);
  gallery.steps = 0;
  run_until (&gallery.steps);
  ph_job_stop (job2);
  run_to_end (job2);
}

static void
test_background_yields (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  Loop live = { 0 }, thumbnail = { 0 };
  g_autoptr (PhJob) job1 = ph_job_new ("Live", loop, &live, NULL, NULL);
  g_autoptr (PhJob) job2 = ph_job_new ("Thumbnail", loop, &thumbnail, NULL, NULL);

  ph_queue_add (queue, job2, PH_LANE_BACKGROUND);
  run_until (&thumbnail.steps);
  ph_queue_add (queue, job1, PH_LANE_COMPUTE);
  run_until (&live.steps);
  g_usleep (50 * 1000);
  gint steps = g_atomic_int_get (&thumbnail.steps);
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&thumbnail.steps), ==, steps);

  ph_job_set_paused (job1, TRUE); /* the processor is free again */
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&thumbnail.steps), >, steps);
  ph_job_set_paused (job1, FALSE);
  ph_job_stop (job1);
  run_to_end (job1);
  steps = g_atomic_int_get (&thumbnail.steps);
  g_usleep (50 * 1000);
  g_assert_cmpint (g_atomic_int_get (&thumbnail.steps), >, steps);
  ph_queue_cancel_all (queue);
  run_until_idle (queue);
}

static gpointer
note_order (const PhMonitor *monitor, GCancellable *cancellable, gpointer spec, GError **error)
{
  g_string_append (((gpointer *)spec)[0], ((gpointer *)spec)[1]);
  return GINT_TO_POINTER (TRUE);
}

static void
test_order (void)
{
  g_autoptr (PhQueue) queue = ph_queue_new ();
  g_autoptr (GString) order = g_string_new (NULL);
  Loop live = { 0 };
  g_autoptr (PhJob) holder = ph_job_new ("Live", loop, &live, NULL, NULL);
  gpointer specs[4][2] = { { order, "a" }, { order, "b" }, { order, "c" }, { order, "d" } };
  PhJob *early = NULL;

  ph_queue_add (queue, holder, PH_LANE_COMPUTE); /* holds the background back */
  run_until (&live.begun);
  for (int i = 0; i < 4; i++)
    {
      g_autoptr (PhJob) job = ph_job_new ("Order", note_order, specs[i], NULL, NULL);
      ph_job_set_quiet (job, TRUE);
      ph_queue_add (queue, job, PH_LANE_BACKGROUND);
      if (i == 1)
        early = job; /* the queue holds it */
    }
  ph_queue_set_rank (queue, early, ph_queue_next_rank (queue));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 1);
  ph_job_stop (holder);
  run_until_idle (queue);
  g_assert_cmpstr (order->str, ==, "bdca");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job/coalesce", test_coalesce);
  g_test_add_func ("/job/cancel", test_cancel);
  g_test_add_func ("/job/cancel-waiting", test_cancel_waiting);
  g_test_add_func ("/job/stop-and-pause", test_stop_and_pause);
  g_test_add_func ("/job/frame-rate", test_frame_rate);
  g_test_add_func ("/job/failure-and-retry", test_failure_and_retry);
  g_test_add_func ("/job/lifetime", test_lifetime);
  g_test_add_func ("/job/close-during-run", test_close_during_run);
  g_test_add_func ("/queue/background-yields", test_background_yields);
  g_test_add_func ("/queue/long-yields", test_long_yields);
  g_test_add_func ("/queue/order", test_order);
  return g_test_run ();
}
