/* How smoothly the map of very many images moves.
 *
 *   bench-map [ITEMS]        under a display; on a server: tests/ui/run-under-xvfb.sh bench-map
 *
 * One JSON line for each way to move: frames a second, and what painting one costs, in milliseconds
 * of the processor (a busy machine spoils less of them), median and worst. The display's clock
 * allows 60 frames a second at most. */

#include <adwaita.h>
#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "engine/engine.h"
#include "ui/map-canvas.h"

#define FRAMES 240
#define CLUSTERS 40

typedef enum
{
  MOVE_PAN,
  MOVE_ZOOM,
  MOVE_FORM, /* new places in each frame, as while the map is made */
  MOVE_NEAR, /* pictures, panned */
  N_MOVES,
} Move;

static const char *const move_names[] = { "pan, whole map", "zoom", "new places in each frame",
                                          "pan, pictures" };

typedef struct
{
  PhMapCanvas *canvas;
  float *places, *moved;
  guint n;
  Move move;
  guint frame;
  gint64 began;
  double begin_paint;
  double costs[FRAMES];
  GMainLoop *loop;
} Bench;

/* Of this thread, in milliseconds. */
static double
get_work (void)
{
  struct timespec used;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &used);
  return 1e3 * (double)used.tv_sec + 1e-6 * (double)used.tv_nsec;
}

static void
on_before_paint (GdkFrameClock *clock, Bench *b)
{
  b->begin_paint = get_work ();
}

static void
on_after_paint (GdkFrameClock *clock, Bench *b)
{
  if (b->frame < FRAMES)
    b->costs[b->frame] = get_work () - b->begin_paint;
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Bench *b = data;
  const double t = 2 * G_PI * b->frame / 60;

  if (b->frame == 0)
    b->began = g_get_monotonic_time ();
  if (++b->frame >= FRAMES)
    {
      g_main_loop_quit (b->loop);
      return G_SOURCE_REMOVE;
    }
  switch (b->move)
    {
    case MOVE_PAN:
    case MOVE_NEAR:
      ph_map_canvas_pan (b->canvas, 4 * cos (t), 4 * sin (t));
      break;
    case MOVE_ZOOM:
      ph_map_canvas_zoom (b->canvas, b->frame % 80 < 40 ? 1.1 : 1 / 1.1, 300, 200);
      break;
    default:
      for (guint i = 0; i < 2 * b->n; i++)
        b->moved[i] = b->places[i] * (float)(1 + 0.1 * sin (t + i % 13));
      ph_map_canvas_set_places (b->canvas, b->n, b->moved);
    }
  return G_SOURCE_CONTINUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static void
run (Bench *b, Move move)
{
  double seconds;

  b->move = move;
  b->frame = 0;
  ph_map_canvas_fit (b->canvas);
  if (move == MOVE_NEAR)
    {
      ph_map_canvas_set_picture_size (b->canvas, 48);
      while (!ph_map_canvas_shows_pictures (b->canvas))
        {
          ph_map_canvas_zoom (b->canvas, 1.05, NAN, NAN);
          for (guint i = 0; i < 20; i++)
            if (!g_main_context_iteration (NULL, FALSE))
              g_usleep (1000);
        }
      for (gint64 until = g_get_monotonic_time () + 3 * G_USEC_PER_SEC;
           g_get_monotonic_time () < until;)
        g_main_context_iteration (NULL, FALSE);
    }
  gtk_widget_add_tick_callback (GTK_WIDGET (b->canvas), on_tick, b, NULL);
  g_main_loop_run (b->loop);
  seconds = (g_get_monotonic_time () - b->began) * 1e-6;
  qsort (b->costs + 1, FRAMES - 1, sizeof (double), compare_numbers);
  g_print ("{\"what\": \"%s\", \"images\": %u, \"in_view\": %u, \"frames_per_second\": %.1f, "
           "\"paint_ms_median\": %.2f, \"paint_ms_worst\": %.2f}\n",
           move_names[move], b->n, ph_map_canvas_get_n_visible (b->canvas), FRAMES / seconds,
           b->costs[FRAMES / 2], b->costs[FRAMES - 1]);
}

int
main (int argc, char *argv[])
{
  const guint n = argc > 1 ? (guint)atoi (argv[1]) : 50000;
  g_autofree char *name = g_strdup_printf ("world:faces, images %u, size 32", n);
  g_autofree guint32 *colours = g_new (guint32, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (PhDataset) dataset = NULL;
  g_autoptr (PhQueue) queue = NULL;
  GtkWidget *window;
  PhRng rng;
  Bench b = { .n = n, .places = g_new (float, 2 * n), .moved = g_new (float, 2 * n) };

  gtk_init ();
  adw_init ();
  dataset = ph_dataset_open (name, NULL, &error);
  if (dataset == NULL)
    g_error ("%s", error->message);
  queue = ph_queue_new ();
  ph_rng_init (&rng, 0, 0);
  for (guint i = 0; i < n; i++)
    {
      const guint cluster = i % CLUSTERS;

      b.places[2 * i] = (float)(cos (cluster * 2.4) * sqrt (cluster) + 0.4 * ph_rng_normal (&rng));
      b.places[2 * i + 1] =
          (float)(sin (cluster * 2.4) * sqrt (cluster) + 0.4 * ph_rng_normal (&rng));
      colours[i] = cluster * 0x123457 & 0xffffff;
    }
  window = gtk_window_new ();
  b.canvas = PH_MAP_CANVAS (ph_map_canvas_new ());
  b.loop = g_main_loop_new (NULL, FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 800);
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (b.canvas));
  gtk_window_present (GTK_WINDOW (window));
  ph_map_canvas_set_dataset (b.canvas, dataset, queue);
  ph_map_canvas_set_places (b.canvas, n, b.places);
  ph_map_canvas_set_colours (b.canvas, colours, n);
  while (ph_map_canvas_get_n_visible (b.canvas) < n)
    g_main_context_iteration (NULL, TRUE);

  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), &b);
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &b);
  for (Move move = 0; move < N_MOVES; move++)
    run (&b, move);
  g_signal_handlers_disconnect_by_data (clock, &b);
  gtk_window_destroy (GTK_WINDOW (window));
  ph_queue_cancel_all (queue);
  while (!ph_queue_is_idle (queue))
    g_main_context_iteration (NULL, TRUE);
  g_main_loop_unref (b.loop);
  g_free (b.places);
  g_free (b.moved);
  return 0;
}
