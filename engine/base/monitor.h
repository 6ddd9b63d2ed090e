#pragma once

#include <gio/gio.h>

#include "base/frame.h"

G_BEGIN_DECLS

/**
 * PhMonitor:
 * @progress: how far, 0 to 1 or -1 when unknown, and what is being done now (nullable)
 * @wants_frame: whether somebody would look at a frame now; conversion is skipped otherwise
 * @frame: a new preview; takes no ownership
 * @value: one point of the curve that belongs to the job (objective, loss) at @step
 * @should_stop: TRUE once the user asked to stop and keep what exists
 * @wait: blocks while the user has paused; returns at once on stop or cancellation
 * @data: (borrowed) given to every callback
 *
 * What a blocking function tells its caller, and asks it, while it works. All callbacks may be
 * %NULL and are called on the thread of the work. Cancelling (discard everything) is the
 * #GCancellable's matter.
 */
typedef struct
{
  void (*progress) (double fraction, const char *message, gpointer data);
  gboolean (*wants_frame) (gpointer data);
  void (*frame) (PhFrame *frame, gpointer data);
  void (*value) (guint step, double value, gpointer data);
  gboolean (*should_stop) (gpointer data);
  void (*wait) (GCancellable *cancellable, gpointer data);
  gpointer data;
} PhMonitor;

/* Each of these accepts a NULL monitor and a NULL callback. */
void ph_monitor_progress (const PhMonitor *monitor, double fraction, const char *message);
gboolean ph_monitor_wants_frame (const PhMonitor *monitor);
void ph_monitor_frame (const PhMonitor *monitor, PhFrame *frame);
void ph_monitor_value (const PhMonitor *monitor, guint step, double value);
gboolean ph_monitor_should_stop (const PhMonitor *monitor);
void ph_monitor_wait (const PhMonitor *monitor, GCancellable *cancellable);

G_END_DECLS
