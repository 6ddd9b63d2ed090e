#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * PhScheduleKind:
 * @PH_SCHEDULE_CONSTANT: the same rate all the time
 * @PH_SCHEDULE_STEP: multiplied by a factor at regular steps
 * @PH_SCHEDULE_COSINE: half a wave of a cosine from the rate down to 0 (Loshchilov, Hutter 2017)
 */
typedef enum
{
  PH_SCHEDULE_CONSTANT,
  PH_SCHEDULE_STEP,
  PH_SCHEDULE_COSINE,
} PhScheduleKind;

/** ph_schedule_names: %NULL-terminated names of the kinds, in order, as settings write them. */
extern const char *const ph_schedule_names[];

/**
 * PhSchedule:
 * @rate: learning rate at its highest
 * @total: steps of the whole training
 * @warm_up: steps in which the rate first climbs evenly (Goyal et al. 2017); these are part of
 * @total
 * @period, @factor: of %PH_SCHEDULE_STEP
 *
 * How the learning rate changes while a network learns.
 */
typedef struct
{
  PhScheduleKind kind;
  double rate;
  guint64 total, warm_up, period;
  double factor;
} PhSchedule;

/** ph_schedule_rate: the learning rate of step @step, counted from 0; after the last step as in the
 * last. */
double ph_schedule_rate (const PhSchedule *schedule, guint64 step);

G_END_DECLS
