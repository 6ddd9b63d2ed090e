#pragma once

#include "vis/sweep.h"

G_BEGIN_DECLS

/* Pictures that follow one another: the frames of a film, see base/film. Each function blocks and
 * returns (transfer full) (element-type PhFrame) an array; %NULL with the errors of
 * ph_ascent_new() and ph_ascent_step(). Stopping keeps the pictures that are finished. The step of
 * a frame is its number but for a run, where it is the step of the ascent. */

/**
 * ph_sequence_of_run:
 * @n: how many pictures, 2 or more; fewer when there are not so many steps
 *
 * A picture while it is made, from the noise before the first step to the end, evenly.
 */
GPtrArray *ph_sequence_of_run (PhModel *model, const char *objective,
                               const PhAscentSettings *settings, guint n, const PhMonitor *monitor,
                               GCancellable *cancellable, GError **error);

/** ph_sequence_of_steps: the same at the @n steps @at, which rise, and end with the last of them.
 */
GPtrArray *ph_sequence_of_steps (PhModel *model, const char *objective,
                                 const PhAscentSettings *settings, const guint *at, guint n,
                                 const PhMonitor *monitor, GCancellable *cancellable,
                                 GError **error);

/**
 * ph_sequence_of_interpolation:
 * @units: %NULL-terminated names of units, two or more
 * @n: pictures from each unit to the next
 * @steps: made for each picture after the first
 *
 * From the picture of one unit to that of the next: the weight of one falls evenly while that of
 * the other rises. Each picture begins from the one before, so that the film flows; from noise each
 * would find another place for the same things.
 *
 * Also fails with %PH_ERROR_NO_SUCH_UNIT.
 */
GPtrArray *ph_sequence_of_interpolation (PhModel *model, const char *const *units,
                                         const PhAscentSettings *settings, guint n, guint steps,
                                         const PhMonitor *monitor, GCancellable *cancellable,
                                         GError **error);

/** ph_sequence_of_sweep: one picture for each value of a setting, all from the same noise. A value
 * for which there is no picture fails all. */
GPtrArray *ph_sequence_of_sweep (PhModel *model, const char *objective,
                                 const PhAscentSettings *settings, const PhSweepAxis *axis,
                                 const PhMonitor *monitor, GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
