#pragma once

#include "assets/textbook/bank.h"

G_BEGIN_DECLS

/**
 * tb_calibrate:
 * @bank: with weights, and biases 0
 * @kind: which rows of the table: "hues", "spots", "waves", "shapes" or "things"
 * @threshold: how much of what a unit was designed for must be there before its sum is above 0
 * @steepness: its sum when all of it is there
 *
 * Scales each unit of that kind by how strongly the picture of the test set that was drawn for it
 * excites it at best. So half of a corner is no corner. The steeper, the less a unit answers to
 * less than its threshold, but also the less it can tell which way more of it would be found.
 */
void tb_calibrate (TbBank *bank, const char *kind, double threshold, double steepness);

G_END_DECLS
