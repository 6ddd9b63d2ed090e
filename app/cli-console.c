#include "app/cli.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

static struct
{
  gint n_interrupts; /* atomic */
  int signals[2];    /* pipe: numbers of signals, from the handler to the thread that waits */
  gboolean drawn;
  gboolean terminal;
  gint64 started, last;
} console;

/* Runs on any thread, also on one that a library made before main, where blocking the signal would
 * not hold it back; so little may be done here. */
static void
on_signal (int signal_number)
{
  int saved = errno;
  char number = (char)signal_number;
  gssize written = write (console.signals[1], &number, 1);

  (void)written;
  errno = saved;
}

static gpointer
watch_interrupts (gpointer data)
{
  GCancellable *cancellable = data;

  for (;;)
    {
      char number;

      if (read (console.signals[0], &number, 1) != 1)
        continue;
      if (g_atomic_int_add (&console.n_interrupts, 1) > 0 || number == SIGTERM)
        g_cancellable_cancel (cancellable);
    }
  return NULL;
}

static gboolean
should_stop (gpointer data)
{
  return g_atomic_int_get (&console.n_interrupts) > 0;
}

static void
draw_progress (double fraction, const char *message, gpointer data)
{
  enum
  {
    WIDTH = 24
  };
  gint64 now = g_get_monotonic_time ();
  GString *line;

  if (!console.terminal || (now - console.last < 100000 && fraction < 1))
    return;
  console.last = now;
  line = g_string_new ("\r\033[K");
  if (fraction >= 0)
    {
      for (int i = 0; i < WIDTH; i++)
        g_string_append (line, i < fraction * WIDTH ? "█" : "░");
      g_string_append_printf (line, " %3.0f %%", fraction * 100);
      if (fraction > 0.02 && fraction < 1)
        {
          double left = (now - console.started) * 1e-6 * (1 - fraction) / fraction;

          g_string_append_printf (line, left < 90 ? ", %.0f s left" : ", %.0f min left",
                                  left < 90 ? left : left / 60);
        }
    }
  if (message != NULL)
    g_string_append_printf (line, "  %s", message);
  if (write (STDERR_FILENO, line->str, line->len) > 0)
    console.drawn = TRUE;
  g_string_free (line, TRUE);
}

void
ph_cli_hold_interrupts (void)
{
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

  if (!g_unix_open_pipe (console.signals, FD_CLOEXEC, NULL))
    return;
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
}

void
ph_cli_use_console (PhCli *cli)
{
  cli->cancellable = g_cancellable_new ();
  cli->monitor = (PhMonitor){ .progress = draw_progress, .should_stop = should_stop };
  console.terminal = isatty (STDERR_FILENO) && !cli->json;
  console.started = g_get_monotonic_time ();
  g_thread_unref (g_thread_new ("interrupts", watch_interrupts, cli->cancellable));
}

void
ph_cli_end_progress (void)
{
  if (console.drawn)
    g_printerr ("\r\033[K");
  console.drawn = FALSE;
}
