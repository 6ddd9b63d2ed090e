#pragma once

#include "assets/textbook/bank.h"

G_BEGIN_DECLS

/** TB_THRESHOLD: how much of what a unit was designed for must be there before it answers. */
#define TB_THRESHOLD 0.72

/** TB_STEEPNESS: the sum of a unit that sees exactly what it was designed for. */
#define TB_STEEPNESS 3.0

/**
 * tb_calibrate:
 * @bank: with weights, and biases 0
 * @layer: its name
 *
 * Scales each unit that has a row in the table so that its sum is %TB_STEEPNESS where the picture
 * of the test set that was drawn for it excites it most, and 0 where it is excited only
 * %TB_THRESHOLD times as much. So half of a corner is no corner.
 */
void tb_calibrate (TbBank *bank, const char *layer);

G_END_DECLS
