#include "train/schedule.h"

#include <glib/gi18n.h>
#include <math.h>

const char *const ph_schedule_names[] = { NC_ ("choice", "constant"), NC_ ("choice", "step"),
                                          NC_ ("choice", "cosine"), NULL };

double
ph_schedule_rate (const PhSchedule *schedule, guint64 step)
{
  guint64 warm_up = MIN (schedule->warm_up, schedule->total), rest = schedule->total - warm_up;

  if (step < warm_up)
    return schedule->rate * (double)(step + 1) / (double)(warm_up + 1);
  step = MIN (step - warm_up, rest > 0 ? rest - 1 : 0);
  switch (schedule->kind)
    {
    case PH_SCHEDULE_STEP:
      return schedule->rate * pow (schedule->factor, (double)(step / MAX (schedule->period, 1)));
    case PH_SCHEDULE_COSINE:
      return schedule->rate * 0.5 * (1 + cos (G_PI * (double)step / (double)MAX (rest, 1)));
    case PH_SCHEDULE_CONSTANT:
    default:
      return schedule->rate;
    }
}
