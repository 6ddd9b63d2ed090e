#include "base/monitor.h"

void
ph_monitor_progress (const PhMonitor *monitor, double fraction, const char *message)
{
  if (monitor != NULL && monitor->progress != NULL)
    monitor->progress (fraction, message, monitor->data);
}

gboolean
ph_monitor_wants_frame (const PhMonitor *monitor)
{
  return monitor != NULL && monitor->frame != NULL &&
         (monitor->wants_frame == NULL || monitor->wants_frame (monitor->data));
}

void
ph_monitor_frame (const PhMonitor *monitor, PhFrame *frame)
{
  if (monitor != NULL && monitor->frame != NULL)
    monitor->frame (frame, monitor->data);
}

void
ph_monitor_value (const PhMonitor *monitor, guint step, double value)
{
  if (monitor != NULL && monitor->value != NULL)
    monitor->value (step, value, monitor->data);
}

gboolean
ph_monitor_should_stop (const PhMonitor *monitor)
{
  return monitor != NULL && monitor->should_stop != NULL && monitor->should_stop (monitor->data);
}

void
ph_monitor_wait (const PhMonitor *monitor, GCancellable *cancellable)
{
  if (monitor != NULL && monitor->wait != NULL)
    monitor->wait (cancellable, monitor->data);
}
