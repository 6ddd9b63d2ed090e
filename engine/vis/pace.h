#pragma once

#include "base/error.h"

G_BEGIN_DECLS

/** ph_pace_check: whether @text is a pace: numbers from 0 to 100, spread evenly over a run, with
 * straight lines between: "1" always the same, "1 0" from all to nothing, "0 1 1 0" up, along and
 * down. */
gboolean ph_pace_check (const char *text, GError **error);

/** ph_pace_at: the value of a valid pace at @done, 0 (the first step) to 1 (after the last). */
double ph_pace_at (const char *text, double done);

G_END_DECLS
