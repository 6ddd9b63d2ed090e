#pragma once

#include "network/op.h"

G_BEGIN_DECLS

/**
 * ph_activation_get_clamp:
 * @step: any step
 * @low, @high: (out): -inf or +inf where there is no bound
 *
 * For operators that apply a clamp on the way to memory.
 *
 * Returns: whether @step is Relu or Clip of real numbers with bounds known before the run.
 */
gboolean ph_activation_get_clamp (const PhStep *step, float *low, float *high);

G_END_DECLS
