#pragma once

#include "network/trace.h"
#include "network/unit.h"

G_BEGIN_DECLS

/**
 * PhPlace:
 * @value: index in the graph
 * @index: of the element, for one image
 * @factor: what the number here is multiplied by on the way to where the walk began
 *
 * One number of a network. Following numbers, not channels, makes every rearrangement exact.
 */
typedef struct
{
  int value;
  gsize index;
  double factor;
} PhPlace;

/**
 * PhStepBack:
 * @PH_STEP_ONE: the number is made of one number before, by an activation function, a factor, …
 * @PH_STEP_SUM: it is the sum of several
 * @PH_STEP_WEIGHTED: a convolution or a matrix makes it
 * @PH_STEP_END: the picture, or something that is not followed
 */
typedef enum
{
  PH_STEP_ONE,
  PH_STEP_SUM,
  PH_STEP_WEIGHTED,
  PH_STEP_END,
} PhStepBack;

/** ph_walk_back: from @place to what it is made of. @before: (out): for %PH_STEP_ONE. */
PhStepBack ph_walk_back (const PhTrace *trace, const PhPlace *place, PhPlace *before);

/** ph_walk_unit: the unit that holds a number, and where in its map (row by row). Returns: %FALSE
 * where no layer does. */
gboolean ph_walk_unit (PhModel *model, int value, gsize index, PhUnit *unit, guint *position);

G_END_DECLS
